//! Policies that no other topic shows: each with a value of its own, beside its default.

use super::groups::ready;
use super::*;
use crate::entra::job::NextTry;
use crate::entra::job::log::LogStatus;
use crate::entra::tenant::{NewAssignment, NewGroup};

fn text(word: &str) -> Kind {
    Kind::Text(word.to_owned())
}

impl Talk {
    /// Ann alone, with a policy, when the first cycle asks for her.
    fn asked_with(name: &str, value: Kind) -> Talk {
        let mut talk = Talk::with(&["ann"]).policy(name, value);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk
    }

    fn hours(&self) -> u64 {
        self.now.since(START).as_secs() / 3600
    }

    /// Lets the create of ann fail, and returns in which hour it is tried next.
    fn fail_until_next(&mut self) -> u64 {
        self.expect("GET", 200, EMPTY);
        self.expect("POST", 400, "");
        loop {
            self.probe();
            let due = self.entra.job().escrows().get(self.user("ann")).map(|held| held.next_retry);
            if due.is_some_and(|due| due <= self.now) {
                return self.hours();
            }
        }
    }

    /// The hours of the attempts in a quarantine that every probe keeps.
    fn attempts(&mut self, count: usize) -> Vec<u64> {
        let mut hours = Vec::new();
        for _ in 0..count {
            let (id, _) = self.next();
            hours.push(self.hours());
            self.reply(id, 401, "");
        }
        hours
    }
}

#[test]
fn the_interval_is_what_the_policy_says() {
    let mut talk = Talk::with(&[]).policy("cycle_interval", text("5m"));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    for minutes in [0, 5, 10] {
        talk.probe();
        assert_eq!(talk.now, START + Duration::from_secs(minutes * 60));
    }
}

#[test]
fn requests_keep_the_rate_and_as_many_wait_as_may() {
    for (rate, gap) in [(25, 40), (5, 200), (0, 0)] {
        let mut talk = Talk::with(&["ann", "bob", "cat"]).policy("max_rps", Kind::Integer(rate));
        talk = talk.policy("concurrency", Kind::Integer(2));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        let (first, _) = talk.next();
        let sent = talk.now;
        let (second, _) = talk.next();
        assert_eq!(talk.now.since(sent), Duration::from_millis(gap), "{rate} a second");
        // The third waits for a reply, not for the rate: nothing is due before the time-out.
        assert_eq!(talk.entra.next_due(), Some(sent + Duration::from_secs(100)));
        talk.reply(first, 200, EMPTY);
        talk.reply(second, 200, EMPTY);
        talk.expect("", 200, EMPTY);
    }
}

#[test]
fn a_request_that_is_throttled_for_too_long_fails_its_object() {
    let throttle = |talk: &mut Talk, secs: &str| {
        let (id, _) = talk.next();
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let wait = http::HeaderValue::from_str(secs).expect("digits");
        response.headers_mut().insert(http::header::RETRY_AFTER, wait);
        talk.act(|entra, moment| entra.deliver(id, Ok(response), moment));
    };
    for (most, fails) in [("1h", false), ("5m", true)] {
        let mut talk = Talk::asked_with("retry_after_max", text(most));
        throttle(&mut talk, "600");
        let failed = talk.entra.job().log().failures() == 1;
        assert_eq!(failed, fails, "{most}");
    }
}

#[test]
fn the_ladder_of_retries_has_the_rungs_that_the_policies_say() {
    let mut talk = Talk::with(&["ann"])
        .policy("retry_first", text("2h"))
        .policy("retry_second", text("4h"))
        .policy("retry_daily", text("8h"))
        .policy("retry_until", text("20h"));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let rungs: Vec<u64> = (0..5).map(|_| talk.fail_until_next()).collect();
    assert_eq!(rungs, [0, 2, 4, 8, 16]);
    talk.expect("GET", 200, EMPTY);
    talk.expect("POST", 400, "");
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row").clone();
    assert!(matches!(row.status, LogStatus::Failure(failure) if failure.next == NextTry::GivenUp));
    assert!(talk.entra.job().escrows().given_up(talk.user("ann")).is_some());
}

#[test]
fn the_attempts_in_quarantine_and_its_end_are_those_that_the_policies_say() {
    let mut talk = Talk::with(&["ann"])
        .policy("quarantine_first", text("1h"))
        .policy("quarantine_second", text("3h"))
        .policy("quarantine_daily", text("5h"))
        .policy("quarantine_disable_after", text("12h"));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    assert_eq!(talk.attempts(5), [0, 1, 3, 5, 10]);
    let due = talk.entra.next_due().expect("it is given up");
    talk.now = due;
    talk.act(|entra, moment| entra.wake(moment));
    assert_eq!((talk.hours(), talk.entra.job().state()), (12, ScheduleState::Disabled));
}

#[test]
fn a_401_about_one_object_fails_that_object_alone_where_a_policy_says_so() {
    for (word, quarantined) in [("quarantine", true), ("object_failure", false)] {
        let mut talk = Talk::asked_with("unauthorized_mid_cycle", text(word));
        talk.expect("GET", 401, "");
        assert!(talk.log("ann").starts_with("create ann failure Unauthorized"));
        assert_eq!(talk.entra.job().quarantine().is_some(), quarantined, "{word}");
    }
    let mut talk = Talk::asked_with("forbidden_mid_cycle", text("quarantine"));
    talk.expect("GET", 403, "");
    assert!(talk.entra.job().quarantine().is_some());
}

#[test]
fn two_users_of_one_account_fail_the_second_or_are_both_linked() {
    for (word, links) in [("fail_second", 1), ("link_both", 2)] {
        let mut talk = Talk::with(&["ann", "bob"])
            .policy("concurrency", Kind::Integer(1))
            .policy("on_shared_target", text(word));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.expect("ann.lind", 200, &list(1, &account("9", "ann", true)));
        talk.expect("bob.lind", 200, &list(1, &account("9", "bob", true)));
        let linked = [talk.user("ann"), talk.user("bob")].map(|user| {
            talk.entra.job().links().get(user).is_some_and(|link| &*link.target == "9")
        });
        assert_eq!(linked.iter().filter(|linked| **linked).count(), links, "{word}");
        let failed = talk.log("bob").contains("failure DuplicateSourceEntries");
        assert_eq!(failed, word == "fail_second", "{}", talk.log("bob"));
    }
}

#[test]
fn accounts_out_of_scope_are_kept_all_of_them_or_only_those_of_active_users() {
    for (covers, disabled) in [("all", false), ("scope_only", true)] {
        let mut talk = Talk::provisioned(&["ann", "bob"])
            .policy("skip_out_of_scope_deletions", Kind::Bool(true))
            .policy("skip_flag_covers", text(covers));
        let (ann, bob) = (talk.user("ann"), talk.user("bob"));
        talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("is active");
        talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, bob, moment))
            .expect("is assigned");
        talk.probe();
        if disabled {
            talk.read("1", "ann", true);
            talk.expect(r#""path":"active","value":"False""#, 204, "");
        }
        talk.probe();
        assert_eq!(talk.entra.job().counters().disabled, u64::from(disabled), "{covers}");
        assert!(talk.log("bob").contains("skipped NotEffectivelyEntitled"), "{}", talk.log("bob"));
    }
}

#[test]
fn a_boolean_travels_as_text_or_as_itself() {
    for (as_text, value) in [(true, r#""value":"False""#), (false, r#""value":false"#)] {
        let mut talk = Talk::provisioned(&["ann"]).policy("bool_as_string", Kind::Bool(as_text));
        let ann = talk.user("ann");
        talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("is active");
        talk.probe();
        talk.read("1", "ann", true);
        talk.expect(&format!(r#"{{"op":"Replace","path":"active",{value}}}"#), 204, "");
    }
}

#[test]
fn who_is_deleted_and_purged_within_one_interval_gets_a_delete_or_nothing() {
    for (word, deleted) in [("delete", 1), ("drop", 0)] {
        let mut talk = Talk::provisioned(&["ann"]).policy("hard_delete_within_cycle", text(word));
        let ann = talk.user("ann");
        talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("is there");
        talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("in the bin");
        talk.probe();
        if deleted == 1 {
            talk.expect("DELETE /scim/v2/Users/1 ", 204, "");
        }
        talk.probe();
        assert_eq!(talk.entra.job().counters().deleted, deleted, "{word}");
        assert!(talk.entra.job().links().is_empty());
    }
}

#[test]
fn the_log_keeps_as_many_rows_as_the_policy_says() {
    let talk = Talk::provisioned(&["ann", "bob", "cat"]);
    assert_eq!(talk.entra.job().log().rows().count(), 3);
    let mut talk = Talk::with(&["ann", "bob", "cat"])
        .policy("concurrency", Kind::Integer(1))
        .policy("log_capacity", Kind::Integer(2));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    for (id, handle) in [("1", "ann"), ("2", "bob"), ("3", "cat")] {
        talk.create(handle, id);
    }
    let log = talk.entra.job().log();
    assert_eq!((log.rows().count(), log.count()), (2, 3));
    assert!(log.last_of(talk.user("ann")).is_none(), "the oldest is forgotten");
}

#[test]
fn progress_is_counted_in_pages_of_the_size_that_the_policy_says() {
    let mut talk = Talk::with(&["ann", "bob", "cat"])
        .policy("concurrency", Kind::Integer(1))
        .policy("progress_page_size", Kind::Integer(2));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    let total = talk.entra.job().progress().map(|progress| progress.total);
    assert_eq!(total, Some(2), "three people are two pages");
}

#[test]
fn of_several_app_roles_the_first_is_taken_or_the_user_fails() {
    for (word, fails) in [("first", false), ("fail", true)] {
        let mut talk = Talk::with(&["ann"]).policy("several_roles", text(word));
        let mut group = NewGroup::new("staff", "Staff");
        group.assigned = Some(NewAssignment::As(Role::DefaultAccess));
        let group = talk.entra.tenant_mut().set_up_group(group).expect("a fresh handle");
        let ann = talk.user("ann");
        talk.entra.tenant_mut().set_up_member(group, ann);
        let role = "SingleAppRoleAssignment([appRoleAssignments])";
        talk.change(&[("target", "nickName"), ("expression", role)]);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        if !fails {
            talk.create("ann", "1");
        }
        let failed = talk.log("ann").starts_with("create ann failure EntrySynchronizationError");
        assert_eq!(failed, fails, "{word}: {}", talk.log("ann"));
    }
}

#[test]
fn an_account_that_is_read_has_the_shape_that_answer_shape_asks_for() {
    let account = |more: &str| format!(r#"{{"schemas":["s"],"id":"1","userName":"ann@x"{more}}}"#);
    let manager =
        account(r#","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":"7"}"#);
    let active = account(r#","active":"True""#);
    for (word, as_text, fails) in [
        ("lenient", &manager, false),
        ("objects", &manager, true),
        ("objects", &active, false),
        ("strict", &active, true),
    ] {
        let mut talk = Talk::provisioned(&["ann"]).policy("answer_shape", text(word));
        talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
        talk.probe();
        talk.expect("GET /scim/v2/Users/", 200, as_text);
        let failed = talk.log("ann").contains("failure ServiceIncompatible")
            || talk.log("ann").contains("ManagementServiceIncompatible");
        assert_eq!(failed, fails, "{word} {as_text}: {}", talk.log("ann"));
    }
}

#[test]
fn a_new_group_says_nothing_about_members_or_an_empty_list() {
    for says_it in [false, true] {
        let mut talk = ready(&["ann"], &[("empty_members_in_create", Kind::Bool(says_it))]);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.create("ann", "1");
        talk.group_probe();
        talk.expect("/Groups?", 200, EMPTY);
        let (_, said) = talk.next();
        assert!(said.starts_with("POST /scim/v2/Groups "), "{said}");
        assert_eq!(said.contains(r#""members":[]"#), says_it, "{said}");
    }
}

#[test]
fn a_new_group_names_the_vendors_schema_too_unless_a_policy_says_no() {
    for names_it in [true, false] {
        let mut talk = ready(&["ann"], &[("vendor_group_schema", Kind::Bool(names_it))]);
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk.probe();
        talk.create("ann", "1");
        talk.group_probe();
        talk.expect("/Groups?", 200, EMPTY);
        let (_, said) = talk.next();
        assert!(said.starts_with("POST /scim/v2/Groups "), "{said}");
        let vendors = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group";
        assert_eq!(said.contains(vendors), names_it, "{said}");
    }
}
