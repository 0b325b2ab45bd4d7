//! Provisioning on demand: its stages, what it leaves alone, when it is refused, and that it never
//! makes a second account beside a running cycle.

use super::*;
use crate::entra::AppId;
use crate::entra::job::log::Run;
use crate::entra::job::{
    Absence, NextTry, OnDemandId, OnDemandRefusal, OnDemandResult, OnDemandRun, Removal, Stopped,
};
use crate::entra::scope::SyncScope;
use crate::entra::settings::Dialect;
use std::sync::Arc;

const LOOKUP: &str = "GET /scim/v2/Users?filter=userName+eq+%22ann.lind@";

impl Talk {
    fn on_demand(&mut self, handle: &str) -> Result<OnDemandId, OnDemandRefusal> {
        let user = self.user(handle);
        self.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, user.into(), moment))
    }

    /// Begins a run that is not refused, and lets its connection test pass.
    fn begin_on_demand(&mut self, handle: &str) {
        self.on_demand(handle).expect("not refused");
        self.probe();
    }

    fn run_of(&self, handle: &str) -> Arc<OnDemandRun> {
        let run = self.entra.job().on_demand().last_of(self.user(handle));
        run.expect("a run that ended").clone()
    }

    fn result(&self, handle: &str) -> OnDemandResult {
        self.run_of(handle).result()
    }

    fn tenant(
        &mut self,
        act: impl FnOnce(&mut Tenant, UserKey, &mut Moment<'_, Event>),
        handle: &str,
    ) {
        let user = self.user(handle);
        self.act(|entra, moment| act(entra.tenant_mut(), user, moment));
    }

    fn unassign(&mut self, handle: &str) {
        self.tenant(
            |tenant, user, moment| tenant.unassign(AppId::MAIN, user, moment).expect("assigned"),
            handle,
        );
    }

    fn wait(&mut self, seconds: u64) {
        self.now = self.now + Duration::from_secs(seconds);
        self.act(|entra, moment| {
            entra.wake_directory(moment);
            entra.wake(moment);
        });
    }

    /// The calls that wait to be sent at this instant.
    fn calls(&mut self) -> Vec<(CallId, String)> {
        std::iter::from_fn(|| self.entra.next_call().map(|call| (call.id, shown(&call)))).collect()
    }
}

#[test]
fn a_job_that_never_started_creates_an_account_on_demand_and_its_first_cycle_finds_it() {
    let mut talk = Talk::with(&["ann"]).policy("concurrency", Kind::Integer(1));
    talk.begin_on_demand("ann");
    talk.create("ann", "1");
    let run = talk.run_of("ann");
    assert_eq!((run.result(), run.rows.len()), (OnDemandResult::Success, 1));
    assert_eq!(talk.log("ann"), "create ann success");
    assert_eq!(run.rows[0].run, Run::OnDemand(OnDemandId(1)));
    let job = talk.entra.job();
    assert_eq!((job.state(), job.watermark()), (ScheduleState::Disabled, None));
    assert_eq!((job.links().len(), job.counters().created, job.counters().cycles), (1, 1, 0));
    assert_eq!(talk.entra.next_due(), None, "no cycle is due");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.read("1", "ann", true);
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
}

#[test]
fn a_connection_test_that_fails_ends_the_run_and_nothing_else() {
    let mut talk = Talk::provisioned(&["ann"]);
    let (watermark, next) = (talk.entra.job().watermark(), talk.entra.job().next_cycle());
    talk.on_demand("ann").expect("not refused");
    talk.expect("GET /scim/v2/Users?filter=", 401, "");
    let run = talk.run_of("ann");
    assert_eq!((run.result(), run.rows.len()), (OnDemandResult::Failure, 0));
    let Some(Stopped::ConnectionTest(error)) = &run.stopped else { panic!("{run:?}") };
    assert_eq!(
        error.code.word(),
        "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
    );
    let job = talk.entra.job();
    assert_eq!(
        (job.status(), job.watermark(), job.next_cycle()),
        (JobStatus::Active, watermark, next)
    );
    assert_eq!((job.escrows().len(), job.log().count()), (0, 1));
}

#[test]
fn the_dialect_is_classic_on_demand_whatever_the_tenant_url_says() {
    for (policy, operation) in [
        ("classic", r#"{"op":"Replace","path":"name.familyName","value":"Park"}"#),
        ("as_set", r#"{"op":"replace","value":{"name.familyName":"Park"}}"#),
    ] {
        let mut talk =
            Talk::provisioned(&["ann"]).policy("on_demand_dialect", Kind::Text(policy.to_owned()));
        talk.save(&["dialect"], &Node::text("compliant"));
        assert_eq!(talk.entra.job().settings().dialect, Dialect::Compliant);
        talk.update("ann", Attribute::Surname, "Park");
        talk.begin_on_demand("ann");
        talk.read("1", "ann", true);
        talk.expect(operation, 204, "");
        assert_eq!(talk.log("ann"), "update ann success (name.familyName)");
    }
}

#[test]
fn the_sixth_request_in_ten_seconds_is_refused() {
    let mut talk = Talk::with(&["ann"]);
    for _ in 0..5 {
        talk.on_demand("ann").expect("not refused");
        talk.wait(1);
    }
    let refusal = talk.on_demand("ann").expect_err("the sixth");
    assert_eq!(refusal.to_string(), "429: 5 requests in 10 s are the limit, the next in 5 s");
    talk.wait(5);
    talk.on_demand("ann").expect("the first is ten seconds old");
    let mut talk = talk.policy("on_demand_window", Kind::Text("1m".to_owned()));
    assert!(talk.on_demand("ann").is_err());
    let mut talk = talk.policy("on_demand_limit", Kind::Integer(9));
    talk.on_demand("ann").expect("nine are allowed");
}

#[test]
fn who_is_blocked_or_deleted_is_not_found() {
    let mut talk = Talk::provisioned(&["ann"]);
    let refused = |talk: &mut Talk| match talk.on_demand("ann") {
        Err(OnDemandRefusal::NotFound { absence, .. }) => absence,
        other => panic!("{other:?}"),
    };
    talk.tenant(|tenant, ann, moment| tenant.disable(ann, moment).expect("enabled"), "ann");
    assert_eq!(refused(&mut talk), Absence::Blocked);
    talk.tenant(|tenant, ann, moment| tenant.delete(ann, moment).expect("there"), "ann");
    assert_eq!(refused(&mut talk), Absence::InRecycleBin);
    talk.tenant(|tenant, ann, moment| tenant.purge(ann, moment).expect("in the bin"), "ann");
    assert_eq!(refused(&mut talk), Absence::Gone);
    assert_eq!(talk.entra.job().on_demand().count(), 0);
}

#[test]
fn who_goes_between_the_pick_and_the_import_is_no_longer_found() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.on_demand("ann").expect("not refused");
    talk.tenant(|tenant, ann, moment| tenant.delete(ann, moment).expect("there"), "ann");
    talk.probe();
    assert_eq!(talk.run_of("ann").stopped, Some(Stopped::NotFound(Absence::InRecycleBin)));
    assert_eq!(talk.calls(), [], "nothing is sent about ann");
    // The cycle deactivates the account.
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(r#""path":"active","value":"False""#, 204, "");
}

#[test]
fn an_unassigned_user_is_disabled_once_the_service_knows_of_it() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.unassign("ann");
    talk.begin_on_demand("ann");
    talk.read("1", "ann", true);
    assert_eq!(
        talk.log("ann"),
        "other ann skipped RedundantExport",
        "assigned, as far as is known"
    );
    talk.wait(120);
    talk.begin_on_demand("ann");
    talk.read("1", "ann", true);
    talk.expect(r#""path":"active","value":"False""#, 204, "");
    assert!(
        talk.log("ann").starts_with("disable ann success: not assigned"),
        "{}",
        talk.log("ann")
    );
    assert_eq!(talk.entra.job().deletions().planned(), 0, "it is not counted for a cycle");
}

#[test]
fn somebody_out_of_scope_without_an_account_stops_at_the_scope() {
    let mut talk =
        Talk::with(&["ann"]).policy("assignment_replication_delay", Kind::Text("0s".into()));
    talk.unassign("ann");
    talk.begin_on_demand("ann");
    assert_eq!(talk.calls(), [], "nothing is sent about ann");
    assert_eq!(talk.result("ann"), OnDemandResult::Skipped);
    assert!(talk.log("ann").starts_with("create ann skipped NotEffectivelyEntitled: not assigned"));
}

#[test]
fn an_inactive_account_is_not_restored_unless_a_policy_allows_it() {
    for restores in [false, true] {
        let mut talk =
            Talk::provisioned(&["ann"]).policy("on_demand_restores", Kind::Bool(restores));
        talk.begin_on_demand("ann");
        talk.read("1", "ann", false);
        if restores {
            talk.expect(r#""path":"active","value":"True""#, 204, "");
            assert_eq!(talk.log("ann"), "update ann success (active)");
        } else {
            assert_eq!(talk.log("ann"), "update ann skipped RestoreNotSupported");
        }
    }
}

#[test]
fn a_run_goes_past_pace_and_concurrency_and_waits_out_no_throttle() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    let (lookup_of_bob, _) = talk.next();
    let before = talk.now;
    talk.begin_on_demand("ann");
    // One request may be awaited at a time, and the cycle awaits one.
    let (read, said) = talk.next();
    assert!(said.starts_with("GET /scim/v2/Users/1 "), "{said}");
    let mut throttled = Response::new(Bytes::new());
    *throttled.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    let wait = http::HeaderValue::from_static("30");
    throttled.headers_mut().insert(http::header::RETRY_AFTER, wait);
    talk.act(|entra, moment| entra.deliver(read, Ok(throttled), moment));
    assert_eq!(
        talk.log("ann"),
        "update ann failure TooManyRequests: 429 Too Many Requests, retries 0, the run is not repeated"
    );
    assert_eq!((talk.now, talk.result("ann")), (before, OnDemandResult::Failure));
    assert!(talk.entra.job().held_until() <= talk.now, "the cycle is not held");
    talk.reply(lookup_of_bob, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"2"}"#);
}

#[test]
fn refused_credentials_fail_the_run_and_not_the_cycle() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    let (lookup_of_bob, _) = talk.next();
    talk.begin_on_demand("ann");
    talk.expect("GET /scim/v2/Users/1 ", 401, "");
    assert_eq!(talk.entra.job().status(), JobStatus::NotRun);
    talk.reply(lookup_of_bob, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"2"}"#);
    assert_eq!(talk.entra.job().counters().cycles_failed, 0);
}

#[test]
fn a_run_waits_for_the_cycle_that_is_at_the_same_user() {
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let (lookup, _) = talk.next();
    talk.begin_on_demand("ann");
    assert_eq!(talk.calls(), [], "the cycle is at ann");
    talk.reply(lookup, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
    talk.read("1", "ann", true);
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
    assert_eq!(talk.entra.job().counters().created, 1);
}

#[test]
fn a_cycle_postpones_the_user_of_a_run_and_ends_after_it() {
    let mut talk = Talk::with(&["ann", "bob"]);
    talk.begin_on_demand("ann");
    let (lookup, said) = talk.next();
    assert!(said.starts_with(LOOKUP), "{said}");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("bob", "2");
    assert!(talk.entra.job().cycle().is_some(), "ann is still to be looked at");
    talk.reply(lookup, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
    talk.read("1", "ann", true);
    let job = talk.entra.job();
    assert_eq!((job.counters().created, job.counters().cycles), (2, 1));
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
}

#[test]
fn a_run_survives_the_failure_of_the_cycle_beside_it() {
    let mut talk = Talk::with(&["ann", "bob"]);
    talk.begin_on_demand("ann");
    let (lookup, _) = talk.next();
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users?filter=userName+eq+%22bob.lind@", 401, "");
    assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
    talk.reply(lookup, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
    assert_eq!(talk.result("ann"), OnDemandResult::Success);
    assert_eq!(talk.entra.job().status(), JobStatus::Quarantine, "a run lifts no quarantine");
}

#[test]
fn a_run_is_broken_off_when_the_job_is_deleted_and_leaves_nothing_behind() {
    for what in [Removal::Job, Removal::Application] {
        // At its test, at a request, and with a reply that comes too late.
        for asked in 0..3 {
            let mut talk = Talk::with(&["ann"]);
            talk.on_demand("ann").expect("not refused");
            if asked > 0 {
                talk.probe();
            }
            if asked > 1 {
                talk.expect(LOOKUP, 200, EMPTY);
            }
            let (travels, _) = talk.next();
            talk.act(|entra, moment| entra.job_mut().delete(what, moment));
            let run = talk.run_of("ann");
            assert_eq!(run.stopped, Some(Stopped::Deleted(what)), "{asked}");
            assert_eq!(run.words(), format!("ann: broken off, {}", what.words()));
            assert!(!talk.entra.job().awaits(travels), "{asked}");
            talk.reply(travels, 201, r#"{"id":"1"}"#);
            let job = talk.entra.job();
            assert_eq!((job.links().len(), job.on_demand().under_way().count()), (0, 0));
            assert_eq!((talk.calls(), talk.entra.next_due()), (vec![], None), "{asked}");
        }
    }
}

#[test]
fn in_quarantine_a_run_is_allowed_unless_a_policy_forbids_it() {
    let mut talk = Talk::provisioned(&["ann"]);
    let (probe, _) = talk.next();
    talk.reply(probe, 503, "");
    let attempt = talk.entra.job().next_cycle();
    talk.begin_on_demand("ann");
    talk.read("1", "ann", true);
    let job = talk.entra.job();
    assert_eq!((job.status(), job.next_cycle()), (JobStatus::Quarantine, attempt));
    let mut talk = talk.policy("on_demand_in_quarantine", Kind::Bool(false));
    assert_eq!(talk.on_demand("ann"), Err(OnDemandRefusal::Quarantined));
}

#[test]
fn a_failure_on_demand_is_not_tried_again_unless_a_policy_says_so() {
    let cases = [(false, "the run is not repeated"), (true, "next once the job is started")];
    for (holds, next) in cases {
        let mut talk = Talk::with(&["ann"]).policy("on_demand_holds_failures", Kind::Bool(holds));
        talk.begin_on_demand("ann");
        talk.expect(LOOKUP, 200, EMPTY);
        talk.expect("POST /scim/v2/Users ", 409, "");
        let row = format!("create ann failure EntryConflict: 409 Conflict, retries 0, {next}");
        assert_eq!(talk.log("ann"), row);
        assert_eq!(talk.entra.job().escrows().len(), usize::from(holds));
    }
}

#[test]
fn a_success_ends_the_wait_of_its_own_user_and_a_failure_leaves_it() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    for _ in 0..2 {
        talk.expect("GET /scim/v2/Users?filter=userName", 200, EMPTY);
        talk.expect("POST /scim/v2/Users ", 409, "");
    }
    let retries = |talk: &Talk| talk.entra.job().escrows().get(talk.user("ann")).map(|e| e.retries);
    talk.begin_on_demand("ann");
    talk.expect(LOOKUP, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 409, "");
    assert_eq!(retries(&talk), Some(0), "the retries of the cycles are as before");
    assert!(talk.log("ann").ends_with("retries 0, the run is not repeated"), "{}", talk.log("ann"));
    talk.begin_on_demand("ann");
    talk.create("ann", "1");
    assert_eq!(retries(&talk), None);
    assert!(talk.entra.job().escrows().get(talk.user("bob")).is_some());
}

#[test]
fn what_was_saved_counts_even_while_a_cycle_uses_the_old_mappings() {
    let mut talk = Talk::with(&["ann", "bob"]).policy("concurrency", Kind::Integer(1));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let (lookup, _) = talk.next();
    talk.change(&[("target", "nickName"), ("source", "givenName")]);
    talk.begin_on_demand("bob");
    talk.expect("GET /scim/v2/Users?filter=userName+eq+%22bob.lind@", 200, EMPTY);
    talk.expect(r#""nickName":"bob""#, 201, r#"{"id":"2"}"#);
    talk.reply(lookup, 200, EMPTY);
    let (post, said) = talk.next();
    assert!(said.starts_with("POST") && !said.contains("nickName"), "{said}");
    talk.reply(post, 201, r#"{"id":"1"}"#);
}

#[test]
fn what_is_saved_and_not_in_force_counts_on_demand_or_not_by_policy() {
    for (policy, result) in
        [("saved", OnDemandResult::Skipped), ("in_force", OnDemandResult::Success)]
    {
        let mut talk = Talk::provisioned(&["ann"])
            .policy("on_demand_uses", Kind::Text(policy.to_owned()))
            .policy("assignment_replication_delay", Kind::Text("0s".to_owned()));
        talk.unassign("ann");
        talk.save(&["scope"], &Node::text("all"));
        talk.begin_on_demand("ann");
        assert_eq!(talk.entra.job().scope(), SyncScope::Assigned, "{policy}");
        talk.read("1", "ann", true);
        if policy == "in_force" {
            talk.expect("PATCH /scim/v2/Users/1", 204, "");
        }
        assert_eq!(talk.result("ann"), result, "{policy}: {}", talk.log("ann"));
    }
}

#[test]
fn roles_are_left_out_on_demand() {
    let mut talk = Talk::with(&["ann"]);
    talk.change(&[
        ("target", "roles[primary eq \"True\"].value"),
        ("expression", "SingleAppRoleAssignment([appRoleAssignments])"),
    ]);
    talk.begin_on_demand("ann");
    talk.expect(LOOKUP, 200, EMPTY);
    let (post, said) = talk.next();
    assert!(said.starts_with("POST") && !said.contains("roles"), "{said}");
    talk.reply(post, 201, r#"{"id":"1"}"#);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(r#""path":"roles"#, 204, "");
}

#[test]
fn without_credentials_a_run_is_refused() {
    let mut talk = Talk::with(&["ann"]);
    talk.entra = Entra::new(Settings::default(), Tenant::new(Default::default(), Seed(7)));
    let mut new = NewUser::new("ann");
    new.assigned = None;
    talk.entra.tenant_mut().set_up_user(new).expect("a fresh handle");
    assert_eq!(talk.on_demand("ann"), Err(OnDemandRefusal::NotConfigured));
}

#[test]
fn what_follows_a_failure_on_demand_is_what_cycles_do() {
    // Nothing is read: the next cycle looks at the user.
    let mut talk = Talk::with(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.expect("GET /scim/v2/Users?filter=userName", 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 500, "");
    let row = |talk: &Talk| {
        let job = talk.entra.job();
        job.log().last_of(talk.user("ann")).expect("a row").clone()
    };
    let line = |talk: &Talk| talk.entra.job().line(&row(talk), talk.entra.tenant());
    let of_cycle = row(&talk);
    talk.begin_on_demand("ann");
    talk.expect(LOOKUP, 200, EMPTY);
    talk.expect("POST /scim/v2/Users ", 500, "");
    let told = line(&talk);
    let retry = "the run is not repeated, the retry of cycles is due 2026-03-02T08:40:00Z";
    assert!(told.ends_with(retry), "{told}");
    // As it is written the row promises nothing.
    assert!(talk.log("ann").ends_with("retries 0, the run is not repeated"), "{}", talk.log("ann"));
    // Stopped, no cycle comes.
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    assert!(line(&talk).ends_with("the run is not repeated, and the job does not run"));
    // What waits and was tried on demand before a restart drops it was tried.
    let escrows = ResetScope { escrows: true, ..ResetScope::NONE };
    let at = talk.now;
    talk.act(|entra, moment| entra.job_mut().restart(escrows, moment));
    let became = talk.entra.job().next_after(&of_cycle, talk.entra.tenant());
    assert_eq!(became, Some(NextTry::TriedOnDemand(at)));
}
