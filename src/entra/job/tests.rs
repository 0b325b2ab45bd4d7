//! Dialogues with the engine: wake it, expect a call, answer it, expect the next.

mod applications;
mod audit;
mod buttons;
mod codes;
mod connections;
mod credentials;
mod cycles;
mod deletions;
mod discovery;
mod expressions;
mod failures;
mod filters;
mod groups;
mod interruption;
mod leaving;
mod mappings;
mod members;
mod no_soft_delete;
mod on_demand;
mod on_demand_groups;
mod policies;
mod pruning;
mod references;
mod retries;
mod rows;
mod second_kind;
mod setup;
mod status;
mod steps;
mod summary;
mod wire;

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::base::{Kind, Moment, Node, Problems, Seed, Time};
use crate::entra::AppId;
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

    /// Lets time pass until the engine sends a request; returns how it reads on the wire.
    fn next(&mut self) -> (CallId, String) {
        let call = self.next_call();
        (call.id, shown(&call))
    }

    /// Lets time pass until the engine sends a request.
    fn next_call(&mut self) -> Call {
        for _ in 0..10_000 {
            if let Some(call) = self.entra.next_call() {
                return call;
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

    /// Lets time pass to the end of all that is due; `respond` gives each request its status and
    /// body.
    fn run_to_end(&mut self, respond: impl Fn(&str) -> (u16, &'static str)) {
        loop {
            if let Some(call) = self.entra.next_call() {
                let (status, body) = respond(&shown(&call));
                self.reply(call.id, status, body);
            } else if let Some(due) = self.entra.next_due() {
                self.now = self.now.max(due);
                self.act(|entra, moment| entra.wake(moment));
            } else {
                return;
            }
        }
    }

    fn reply(&mut self, call: CallId, status: u16, body: &str) {
        let mut response = Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *response.status_mut() = StatusCode::from_u16(status).expect("a status");
        let scim = http::HeaderValue::from_static(crate::scim::CONTENT_TYPE);
        response.headers_mut().insert(http::header::CONTENT_TYPE, scim);
        self.act(|entra, moment| entra.deliver(call, Ok(response), moment));
    }

    /// Expects the next call to contain these words, and replies to it.
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

    /// Expects a read of a linked account, and shows it.
    fn read(&mut self, id: &str, handle: &str, active: bool) {
        self.expect(&format!("GET /scim/v2/Users/{id} "), 200, &account(id, handle, active));
    }

    fn create(&mut self, handle: &str, id: &str) {
        self.expect(
            &format!("GET /scim/v2/Users?filter=userName+eq+%22{handle}.lind@"),
            200,
            EMPTY,
        );
        self.expect("POST /scim/v2/Users ", 201, &format!(r#"{{"id":"{id}"}}"#));
    }

    /// Provisions all users, one after the other.
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
    talk.read("1", "ann", true);
    // The GUID before the sign-in name travels along (B92, B93).
    let disable = r#"ann.lind@contoso.example"},{"op":"Replace","path":"active","value":"False"}]"#;
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
    talk.read("1", "ann", true);
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
    talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, ann, moment))
        .expect("ann is assigned");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    talk.read("1", "ann", false);
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("ann is in the bin");
    talk.probe();
    talk.probe();
    assert!(talk.entra.job().links().is_empty(), "the link was dropped without a word");
}

#[test]
fn who_was_entitled_again_before_being_deleted_is_deleted_though_no_cycle_saw_it() {
    let mut talk =
        Talk::provisioned(&["ann"]).policy("assignment_replication_delay", Kind::Text("0s".into()));
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, ann, moment))
        .expect("ann is assigned");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    talk.act(|entra, moment| {
        let tenant = entra.tenant_mut();
        tenant.assign(AppId::MAIN, ann, Role::User, moment).expect("ann is not assigned");
        tenant.wake(moment);
        tenant.delete(ann, moment).expect("ann is there");
        tenant.purge(ann, moment).expect("ann is in the bin");
    });
    talk.probe();
    talk.expect("DELETE", 204, "");
    assert!(talk.entra.job().links().is_empty());
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
    let changes = row.modified();
    let hidden =
        changes.iter().find(|modified| &*modified.attribute == "nickName").expect("it was sent");
    assert_eq!(hidden.new.shown().as_deref(), Some("[Redact]"));
}
