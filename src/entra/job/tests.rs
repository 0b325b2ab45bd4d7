//! Dialogues with the engine: wake it, expect a call, answer it, expect the next.

mod expressions;
mod mappings;
mod references;

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::base::{Kind, Moment, Node, Problems, Seed, Time};
use crate::entra::call::{Call, CallId, Lost};
use crate::entra::event::CycleKind;
use crate::entra::job::{JobStatus, ResetScope, ScheduleState};
use crate::entra::tenant::{Attribute, NewUser, Role, Tenant, UserKey};
use crate::entra::{Entra, Event, Settings};

const START: Time = Time::from_secs(1_772_438_400);
const EMPTY: &str = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0,"Resources":[]}"#;

/// A conversation with one tenant's job, in the role of the application.
struct Talk {
    entra: Entra,
    now: Time,
    events: Vec<Event>,
}

impl Talk {
    /// A tenant with these users, all assigned, and a job with a secret.
    fn with(handles: &[&str]) -> Talk {
        let mut tenant = Tenant::new(Default::default(), Seed(7));
        for handle in handles {
            let mut new = NewUser::new(handle).with_name(&format!("{handle} Lind"));
            new.assigned = Some(crate::entra::tenant::NewAssignment::As(Role::User));
            tenant.set_up_user(new).expect("a fresh handle");
        }
        let settings = Settings {
            secret: Some("class-token".to_owned()),
            notify: Some("it@contoso.example".to_owned()),
            ..Settings::default()
        };
        Talk { entra: Entra::new(settings, tenant), now: START, events: Vec::new() }
    }

    fn policy(mut self, name: &str, kind: Kind) -> Talk {
        let mut problems = Problems::default();
        self.act(|entra, moment| {
            entra.set(&["policy", name], &Node::bare(kind), moment, &mut problems)
        });
        self
    }

    fn user(&self, handle: &str) -> UserKey {
        self.entra.tenant().find_user(handle).expect("a known handle")
    }

    fn act<T>(&mut self, what: impl FnOnce(&mut Entra, &mut Moment<'_, Event>) -> T) -> T {
        let mut moment = Moment::new(self.now, Seed(7), &mut self.events);
        what(&mut self.entra, &mut moment)
    }

    /// Lets time pass until the engine says something; answers how it reads on the wire.
    fn next(&mut self) -> (CallId, String) {
        for _ in 0..10_000 {
            if let Some(call) = self.entra.next_call() {
                return (call.id, shown(&call));
            }
            let due = self.entra.next_due().expect("the engine has something to do");
            self.now = self.now.max(due);
            self.act(|entra, moment| {
                entra.wake_directory(moment);
                entra.wake(moment);
            });
        }
        panic!("the engine says nothing");
    }

    fn reply(&mut self, call: CallId, status: u16, body: &str) {
        let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        let scim = http::HeaderValue::from_static(crate::scim::CONTENT_TYPE);
        response.headers_mut().insert(http::header::CONTENT_TYPE, scim);
        self.act(|entra, moment| entra.deliver(call, Ok(response), moment));
    }

    /// Expects the next call to read so, and answers it.
    fn expect(&mut self, words: &str, status: u16, body: &str) {
        let (id, said) = self.next();
        assert!(said.contains(words), "expected {words:?}, the engine says {said:?}");
        self.reply(id, status, body);
    }

    fn probe(&mut self) {
        let (id, said) = self.next();
        assert!(
            said.starts_with("GET /scim/v2/Users?filter=userName+eq+%22") && !said.contains('@'),
            "{said}"
        );
        self.reply(id, 200, EMPTY);
    }

    fn create(&mut self, handle: &str, id: &str) {
        self.expect(
            &format!("GET /scim/v2/Users?filter=userName+eq+%22{handle}.lind@"),
            200,
            EMPTY,
        );
        self.expect("POST /scim/v2/Users ", 201, &format!(r#"{{"id":"{id}"}}"#));
    }

    /// Provisions everybody, one after the other.
    fn provisioned(handles: &[&str]) -> Talk {
        let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        for (nth, handle) in handles.iter().enumerate() {
            talk.create(handle, &format!("{}", nth + 1));
        }
        talk
    }

    fn log(&self, handle: &str) -> String {
        let row = self.entra.job().log().last_of(self.user(handle)).expect("a row in the log");
        let mut out = String::new();
        row.write(&mut out);
        out
    }

    fn silent_until(&mut self, words: &str) {
        let (id, said) = self.next();
        assert!(said.contains(words), "{said}");
        self.reply(id, 200, EMPTY);
    }
}

/// A list response as a server writes it.
fn list(total: u32, resources: &str) -> String {
    let schema = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    format!(r#"{{"schemas":["{schema}"],"totalResults":{total},"Resources":[{resources}]}}"#)
}

fn shown(call: &Call) -> String {
    let body = String::from_utf8_lossy(call.request.body());
    format!("{} {} {body}", call.request.method(), call.request.uri())
}

fn account(id: &str, handle: &str, active: bool) -> String {
    format!(
        r#"{{"id":"{id}","userName":"{handle}.lind@contoso.example","externalId":"{handle}.lind","active":{active},
        "name":{{"givenName":"{handle}","familyName":"Lind"}},
        "emails":[{{"type":"work","value":"{handle}.lind@contoso.example"}}]}}"#
    )
}

#[test]
fn a_first_sync_probes_matches_creates_and_then_keeps_quiet() {
    let mut talk = Talk::provisioned(&["ann", "bob"]);
    assert_eq!(talk.log("bob"), "create bob success");
    assert_eq!(talk.entra.job().links().len(), 2);
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
    assert_eq!(talk.entra.job().next_cycle(), Some(START + Duration::from_secs(2400)));
    talk.probe();
    assert_eq!(talk.now, START + Duration::from_secs(2400));
    talk.probe();
    assert_eq!(talk.entra.job().counters().cycles, 3);
    assert_eq!(talk.now, START + Duration::from_secs(4800));
}

#[test]
fn a_matching_account_is_linked_and_only_differences_are_sent() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let stale = account("8", "ann", true).replace("\"Lind\"", "\"Old\"");
    talk.expect("GET", 200, &list(1, &stale));
    let patch = r#"PATCH /scim/v2/Users/8 {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"name.familyName","value":"Lind"}]}"#;
    talk.expect(patch, 204, "");
    let other_case = account("9", "bob", true).replace("bob.lind@", "Bob.Lind@");
    talk.expect("GET", 200, &list(1, &other_case));
    assert_eq!(talk.log("ann"), "update ann success (name.familyName)");
    assert_eq!(talk.log("bob"), "other bob skipped RedundantExport");
    assert_eq!(talk.entra.job().links().len(), 2);
}

#[test]
fn several_matches_are_nobodys_account() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, &list(2, ""));
    assert!(talk.log("ann").starts_with("create ann failure DuplicateTargetEntries"));
    // It is tried again in the next cycle, and then on the ladder.
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 201, r#"{"id":"1"}"#);
    assert!(talk.entra.job().escrows().is_empty());
}

#[test]
fn a_leaver_is_disabled_restored_on_the_same_id_and_deleted_after_the_bin() {
    let mut talk = Talk::provisioned(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    let disable = r#""Operations":[{"op":"Replace","path":"active","value":"False"}]"#;
    talk.expect(disable, 200, &account("1", "ann", false));
    assert_eq!(
        talk.log("ann"),
        "disable ann success: not active in the source system (in the recycle bin)"
    );
    talk.act(|entra, moment| entra.tenant_mut().restore(ann, moment)).expect("ann is in the bin");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", false));
    talk.expect(r#"{"op":"Replace","path":"active","value":"True"}"#, 200, "");
    assert_eq!(talk.log("ann"), "update ann success (active)");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    talk.expect(disable, 204, "");
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("ann is in the bin");
    talk.probe();
    talk.expect("DELETE /scim/v2/Users/1 ", 204, "");
    assert_eq!(
        talk.log("ann"),
        "delete ann success: not active in the source system (deleted for good)"
    );
    assert!(talk.entra.job().links().is_empty());
}

#[test]
fn who_was_unassigned_before_being_deleted_is_never_deleted() {
    let mut talk = Talk::provisioned(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().unassign(ann, moment)).expect("ann is assigned");
    talk.probe();
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("ann is in the bin");
    talk.probe();
    talk.probe();
    assert!(talk.entra.job().links().is_empty(), "the link was dropped without a word");
}

#[test]
fn the_blocked_are_not_created_until_they_may_sign_in() {
    let mut talk = Talk::with(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    assert_eq!(
        talk.log("ann"),
        "create ann skipped NotEffectivelyEntitled: not active in the source system (blocked from sign-in)"
    );
    talk.act(|entra, moment| entra.tenant_mut().enable(ann, moment)).expect("ann is blocked");
    talk.probe();
    talk.create("ann", "1");
}

#[test]
fn a_failed_probe_of_any_kind_is_quarantine_with_one_mail_and_a_thinning_pace() {
    type Answer = Result<(u16, &'static str), Lost>;
    let answers: [Answer; 9] = [
        Ok((401, "")),
        Ok((403, "")),
        Ok((404, "")),
        Ok((500, "")),
        Ok((429, "")),
        Ok((200, "<html>")),
        Err(Lost::Refused),
        Err(Lost::TimedOut),
        Err(Lost::Reset),
    ];
    for answer in answers {
        let mut talk = Talk::provisioned(&["ann"]);
        let imposed = START + Duration::from_secs(2400);
        let mut attempts = Vec::new();
        for _ in 0..31 {
            let (id, _) = talk.next();
            attempts.push(talk.now.since(imposed).as_secs() / 3600);
            match answer {
                Ok((status, body)) => talk.reply(id, status, body),
                Err(lost) => talk.act(|entra, moment| entra.deliver(id, Err(lost), moment)),
            }
            if attempts.len() == 30 {
                break;
            }
        }
        assert_eq!(attempts[..6], [0, 6, 12, 24, 48, 72], "{answer:?}");
        assert_eq!(attempts[29], 27 * 24);
        assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
        assert_eq!(talk.entra.job().counters().mails, 1);
        talk.now = talk.entra.next_due().expect("the end of the quarantine");
        assert_eq!(talk.now.since(imposed).as_secs(), 28 * 86_400);
        talk.act(|entra, moment| entra.wake(moment));
        assert_eq!(
            (talk.entra.job().state(), talk.entra.job().status()),
            (ScheduleState::Disabled, JobStatus::Quarantine)
        );
        assert_eq!(talk.entra.next_due(), None);
        assert_eq!(talk.entra.job().log().failures(), 0, "no object failed");
    }
}

#[test]
fn a_probe_in_json_fails_the_test_and_the_cycle_unless_a_policy_lets_it_pass() {
    let answers = [("scim", true, false), ("json", true, true), ("any", true, true)];
    for (policy, scim, json) in answers {
        for (media, passes) in
            [("application/scim+json; charset=utf-8", scim), ("application/json", json)]
        {
            let mut talk = Talk::provisioned(&["ann"])
                .policy("probe_media_type", Kind::Text(policy.to_owned()));
            let (id, _) = talk.next();
            let mut response = Response::new(Bytes::from_static(EMPTY.as_bytes()));
            response.headers_mut().insert("content-type", http::HeaderValue::from_static(media));
            talk.act(|entra, moment| entra.deliver(id, Ok(response), moment));
            let status = if passes { JobStatus::Active } else { JobStatus::Quarantine };
            assert_eq!(talk.entra.job().status(), status, "{policy} {media}");
        }
    }
}

#[test]
fn a_good_attempt_lifts_the_quarantine_and_goes_back_to_the_grid() {
    let mut talk = Talk::provisioned(&["ann"]);
    let (id, _) = talk.next();
    talk.reply(id, 503, "");
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    assert_eq!(talk.now, START + Duration::from_secs(2400 + 6 * 3600));
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
    assert_eq!(talk.entra.job().next_cycle(), Some(START + Duration::from_secs(2400 * 11)));
}

#[test]
fn a_throttled_request_is_repeated_after_the_wait_or_fails_by_policy() {
    let refuse = |talk: &mut Talk| {
        let (id, _) = talk.next();
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert("retry-after", http::HeaderValue::from_static("30"));
        talk.act(|entra, moment| entra.deliver(id, Ok(response), moment));
    };
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    refuse(&mut talk);
    let held = talk.now;
    talk.create("ann", "1");
    assert!(talk.now >= held + Duration::from_secs(30));
    assert_eq!(talk.log("ann"), "create ann success, throttled 1 times");

    // An application that never relents costs the object an hour, and the cycle ends.
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    for _ in 0..=120 {
        refuse(&mut talk);
    }
    assert!(
        talk.log("ann").starts_with("create ann failure TooManyRequests"),
        "{}",
        talk.log("ann")
    );
    assert!(talk.now.since(START) <= Duration::from_secs(3601));

    let mut talk = Talk::with(&["ann"]).policy("honor_retry_after", Kind::Bool(false));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    refuse(&mut talk);
    assert!(talk.log("ann").starts_with("create ann failure TooManyRequests"));
}

#[test]
fn a_create_that_timed_out_is_found_and_matched_in_the_next_cycle() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    let (late, _) = talk.next();
    let sent = talk.now;
    talk.now = talk.entra.next_due().expect("the time-out");
    assert_eq!(talk.now.since(sent).as_secs(), 100);
    talk.act(|entra, moment| entra.wake(moment));
    assert!(talk.log("ann").starts_with("create ann failure Timeout"));
    // The answer comes too late: nobody waits for it any more.
    talk.reply(late, 201, r#"{"id":"1"}"#);
    assert!(talk.entra.job().links().is_empty());
    talk.probe();
    talk.expect("GET", 200, &list(1, &account("1", "ann", true)));
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
    assert!(talk.entra.job().escrows().is_empty());
}

#[test]
fn refused_credentials_in_the_middle_end_the_cycle_without_losing_anybody() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.expect("GET", 401, "");
    assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
    assert_eq!(talk.entra.job().watermark(), None);
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.create("bob", "2");
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
}

#[test]
fn stop_lets_the_cycle_run_out_and_start_goes_on() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    talk.create("ann", "1");
    assert_eq!(
        (talk.entra.job().state(), talk.entra.job().status()),
        (ScheduleState::Paused, JobStatus::Paused)
    );
    assert_eq!(talk.entra.next_due(), None);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    assert_eq!(talk.entra.job().counters().cycles, 2);
    let kind = talk.entra.job().ended().next_back().map(|cycle| cycle.kind);
    assert_eq!(kind, Some(CycleKind::Incremental));
}

#[test]
fn a_restart_reads_everybody_again_and_full_forgets_the_links() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let full = ResetScope::read(&["Full"]).expect("a flag");
    talk.act(|entra, moment| entra.job_mut().restart(full, moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users?filter=", 200, &list(1, &account("1", "ann", true)));
    assert_eq!(talk.entra.job().links().len(), 1);
}

#[test]
fn a_linked_account_that_is_gone_is_an_invalid_anchor_or_matched_anew_by_policy() {
    for (policy, after) in [("fail", None), ("rematch", Some("GET /scim/v2/Users?filter="))] {
        let mut talk =
            Talk::provisioned(&["ann"]).policy("on_missing_target", Kind::Text(policy.to_owned()));
        let ann = talk.user("ann");
        let title = |entra: &mut Entra, moment: &mut Moment<'_, Event>| {
            entra.tenant_mut().update(ann, Attribute::Department, Some("Design"), moment)
        };
        talk.act(title).expect("a department");
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 404, "");
        match after {
            None => assert!(
                talk.log("ann").starts_with("update ann failure InvalidAnchor"),
                "{}",
                talk.log("ann")
            ),
            Some(words) => talk.silent_until(words),
        }
    }
}

#[test]
fn the_compliant_dialect_gathers_what_has_no_filter() {
    let mut talk = Talk::provisioned(&["ann"]);
    let mut problems = Problems::default();
    talk.act(|entra, moment| {
        entra.set(&["dialect"], &Node::text("compliant"), moment, &mut problems)
    });
    let ann = talk.user("ann");
    for (attribute, value) in [
        (Attribute::Surname, "Berg"),
        (Attribute::GivenName, "Anna"),
        (Attribute::Mail, "anna@contoso.example"),
        (Attribute::Department, "Design"),
    ] {
        talk.act(|entra, moment| entra.tenant_mut().update(ann, attribute, Some(value), moment))
            .expect("a change");
    }
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let operations = concat!(
        r#"[{"op":"replace","path":"emails[type eq \"work\"].value","value":"anna@contoso.example"},"#,
        r#"{"op":"replace","value":{"name.givenName":"Anna","name.familyName":"Berg"}},"#,
        r#"{"op":"add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Design"}]"#,
    );
    talk.expect(operations, 204, "");
}

#[test]
fn a_new_account_is_written_as_the_vendor_shows_it() {
    let mut talk = Talk::with(&["mira"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    let mira = talk.user("mira");
    talk.act(|entra, moment| {
        entra.tenant_mut().update(mira, Attribute::Department, Some("Design"), moment)
    })
    .expect("ok");
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    let (_, said) = talk.next();
    let body = concat!(
        r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"#,
        r#""externalId":"mira.lind","userName":"mira.lind@contoso.example","active":true,"#,
        r#""emails":[{"primary":true,"type":"work","value":"mira.lind@contoso.example"}],"#,
        r#""name":{"givenName":"mira","familyName":"Lind"},"meta":{"resourceType":"User"},"#,
        r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Design"}}"#,
    );
    assert_eq!(said, format!("POST /scim/v2/Users {body}"));
}

#[test]
fn nothing_a_peer_answers_panics() {
    let answers = [
        "",
        "null",
        "[]",
        "{}",
        "0",
        "\"x\"",
        "{\"id\":7}",
        "{\"id\":\"\"}",
        "{\"totalResults\":-1}",
        "{\"totalResults\":1}",
        "{\"totalResults\":1,\"Resources\":[{}]}",
        "{\"totalResults\":1,\"Resources\":[{\"id\":{}}]}",
        "{\"totalResults\":1,\"Resources\":7}",
        "{\"totalResults\":1e99,\"Resources\":[]}",
        "\u{feff}{}",
        "{\"active\":[]}",
    ];
    for status in [200, 201, 204, 302, 400, 404, 409, 429, 500, 599] {
        for body in answers {
            let mut talk = Talk::with(&["ann"]);
            talk.act(|entra, moment| entra.job_mut().start(moment));
            talk.probe();
            for _ in 0..4 {
                let (id, _) = talk.next();
                talk.reply(id, status, body);
            }
        }
    }
}

impl Talk {
    /// Saves a setting, as an administrator does.
    fn save(&mut self, path: &[&str], node: &Node) {
        let mut problems = Problems::default();
        self.act(|entra, moment| entra.set(path, node, moment, &mut problems));
        assert!(!problems.has_errors(), "{:?}", problems.list());
    }

    fn change(&mut self, row: &[(&str, &str)]) {
        let row = Node::table(row.iter().map(|(key, text)| (*key, Node::text(*text))));
        self.save(&["mappings", "users", "change"], &Node::bare(Kind::List(vec![row])));
    }

    fn switch(&mut self, action: &str) {
        self.save(&["mappings", "users", action], &Node::bare(Kind::Bool(false)));
    }

    fn update(&mut self, handle: &str, attribute: Attribute, value: &str) {
        let user = self.user(handle);
        let value = Some(value).filter(|value| !value.is_empty());
        self.act(|entra, moment| entra.tenant_mut().update(user, attribute, value, moment))
            .expect("a known user");
    }

    fn filter(&mut self, department: &str) {
        let clause = [("attribute", "department"), ("is", "EQUALS"), ("value", department)];
        let clause = Node::table(clause.map(|(key, text)| (key, Node::text(text))));
        let filter = Node::table([("where", Node::bare(Kind::List(vec![clause])))]);
        self.save(&["filters"], &Node::bare(Kind::List(vec![filter])));
    }
}

#[test]
fn a_saved_filter_restarts_with_everybody_and_disables_who_falls_out() {
    let mut talk = Talk::provisioned(&["ann", "bob"]);
    talk.update("ann", Attribute::Department, "Sales");
    talk.filter("Sales");
    talk.probe();
    assert!(talk.now < START + Duration::from_secs(1), "a restart does not wait for the grid");
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect(r#"User:department","value":"Sales""#, 204, "");
    talk.expect(r#"{"op":"Replace","path":"active","value":"False"}"#, 204, "");
    assert_eq!(talk.log("bob"), "disable bob success: outside the scoping filters");
    talk.update("bob", Attribute::Department, "sales");
    talk.probe();
    assert!(talk.log("bob").contains("RedundantExport"), "{}", talk.log("bob"));
}

#[test]
fn what_is_saved_during_a_cycle_counts_from_the_next_one() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let (lookup, _) = talk.next();
    talk.change(&[("target", "name.familyName"), ("expression", "ToUpper([surname])")]);
    talk.reply(lookup, 200, EMPTY);
    talk.expect(r#""familyName":"Lind""#, 201, r#"{"id":"1"}"#);
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    talk.expect(r#"{"op":"Replace","path":"name.familyName","value":"LIND"}"#, 204, "");
    assert!(talk.events.iter().any(
        |event| matches!(event, Event::SettingChanged(path) if path.starts_with("entra.mappings"))
    ));
}

#[test]
fn switched_off_actions_are_skipped_and_disabling_is_an_update() {
    let mut talk = Talk::with(&["ann"]);
    talk.switch("create");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    assert_eq!(talk.log("ann"), "create ann skipped AddDisabled");

    let mut talk = Talk::provisioned(&["ann"]);
    talk.switch("update");
    talk.probe();
    talk.expect(
        "GET /scim/v2/Users/1 ",
        200,
        &account("1", "ann", true).replace("Lind\"", "Old\""),
    );
    assert_eq!(talk.log("ann"), "other ann skipped UpdateDisabled");
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann is there");
    talk.probe();
    assert_eq!(talk.log("ann"), "other ann skipped UpdateDisabled");

    let mut talk = Talk::provisioned(&["ann"]);
    talk.switch("delete");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let ann = talk.user("ann");
    talk.act(|entra, moment| {
        entra.tenant_mut().delete(ann, moment).expect("ann is there");
        entra.tenant_mut().purge(ann, moment).expect("ann is in the bin");
    });
    talk.probe();
    assert_eq!(talk.log("ann"), "other ann skipped DeleteDisabled");
    assert_eq!(talk.entra.job().links().len(), 0);
}

#[test]
fn defaults_and_rows_for_creation_are_not_sent_again() {
    let mut talk = Talk::with(&["ann"]);
    talk.change(&[("target", "title"), ("source", "jobTitle"), ("default", "Colleague")]);
    talk.change(&[("target", "nickName"), ("source", "givenName"), ("apply", "create")]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    talk.expect(r#""title":"Colleague","nickName":"ann""#, 201, r#"{"id":"1"}"#);
    talk.update("ann", Attribute::GivenName, "Anna");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let patch = r#""Operations":[{"op":"Replace","path":"name.givenName","value":"Anna"}]"#;
    talk.expect(patch, 204, "");
}

#[test]
fn a_mapping_that_cannot_be_evaluated_fails_the_user_and_is_tried_again() {
    let mut talk = Talk::with(&["ann"]);
    talk.change(&[
        ("target", "title"),
        ("expression", "FormatDateTime([jobTitle], , \"yyyy\", \"yy\")"),
    ]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    assert!(
        talk.log("ann")
            .starts_with("create ann failure EntrySynchronizationError: a date is needed"),
        "{}",
        talk.log("ann")
    );
    talk.update("ann", Attribute::JobTitle, "2026");
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    talk.expect(r#""title":"26""#, 201, r#"{"id":"1"}"#);
    assert!(talk.entra.job().escrows().is_empty());
}

#[test]
fn a_redacted_value_flows_and_the_log_hides_it() {
    let mut talk = Talk::with(&["ann"]);
    talk.change(&[("target", "nickName"), ("expression", "Redact([givenName])")]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET", 200, EMPTY);
    talk.expect(r#""nickName":"ann""#, 201, r#"{"id":"1"}"#);
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
    let hidden = row
        .modified
        .iter()
        .find(|modified| &*modified.attribute == "nickName")
        .expect("it was sent");
    assert_eq!(hidden.new.shown().as_deref(), Some("[Redact]"));
}

#[test]
fn app_roles_are_patched_in_the_shapes_of_their_dialect() {
    let classic = r#"{"op":"Add","path":"roles","value":[{"value":"{\"id\":"#;
    let compliant = r#"{"op":"add","path":"roles","value":[{"primary":false,"type":"WindowsAzureActiveDirectoryRole","displayName":"User","value":"User"}]}"#;
    let assertive = r#"{"op":"replace","path":"roles","value":[{"primary":false,"type":"WindowsAzureActiveDirectoryRole","display":"User","value":"User"}]}"#;
    for (function, dialect, expected) in [
        ("AppRoleAssignmentsComplex", "classic", classic),
        ("AppRoleAssignmentsComplex", "compliant", compliant),
        ("AssertiveAppRoleAssignmentsComplex", "classic", assertive),
        ("AssertiveAppRoleAssignmentsComplex", "compliant", assertive),
    ] {
        let mut talk = Talk::provisioned(&["ann"]);
        talk.save(&["dialect"], &Node::text(dialect));
        talk.change(&[
            ("target", "roles"),
            ("expression", &format!("{function}([appRoleAssignments])")),
        ]);
        talk.probe();
        talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
        talk.expect(expected, 204, "");
        let mut problems = Problems::default();
        talk.act(|entra, moment| entra.set(&["scope"], &Node::text("all"), moment, &mut problems));
        assert!(problems.list()[0].message.contains("app roles"), "{:?}", problems.list());
    }
}

#[test]
fn an_account_that_may_have_been_activated_is_disabled_all_the_same() {
    let mut talk = Talk::provisioned(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    talk.act(|entra, moment| entra.tenant_mut().enable(ann, moment)).expect("ann is blocked");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 200, &account("1", "ann", false));
    let (id, said) = talk.next();
    assert!(said.contains(r#""path":"active","value":"True""#), "{said}");
    talk.act(|entra, moment| entra.deliver(id, Err(Lost::Reset), moment));
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("ann may sign in");
    talk.probe();
    talk.expect(r#""path":"active","value":"False""#, 204, "");
}
