//! Members of groups that cannot be sent, or not yet: without an account, refused, throttled, after
//! a restart, in quarantine.

use super::groups::{grouped, ready, values};
use super::*;
use crate::entra::AppId;

const UNRESOLVED: &str = "update sales skipped UnableToResolveReferenceAttributeValue: ";

#[test]
fn a_member_who_comes_into_scope_later_is_sent_by_a_restart_alone() {
    let mut talk = ready(&["ann", "ben", "cid"], &[]);
    let ben = talk.user("ben");
    talk.act(|entra, moment| entra.tenant_mut().disable(ben, moment)).expect("ben may sign in");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.create("cid", "3");
    talk.group_probe();
    talk.create_group("7");
    let unresolved = format!("{UNRESOLVED}1 member is not connected with an account");
    assert!(talk.rows_of_group().contains(&unresolved), "{:?}", talk.rows_of_group());
    talk.patch_group(&values("Add", &["1", "3"]), 204);
    talk.act(|entra, moment| entra.tenant_mut().enable(ben, moment)).expect("ben is blocked");
    talk.probe();
    talk.create("ben", "2");
    talk.group_probe();
    assert!(talk.entra.job().cycle().is_none(), "the membership is not looked at again (B86)");
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    for (id, handle) in [("1", "ann"), ("2", "ben"), ("3", "cid")] {
        talk.read(id, handle, true);
    }
    talk.group_probe();
    talk.read_group("Sales");
    // Those who are members already are sent too: nobody knows what the application has (B33, B46).
    talk.patch_group(&values("Add", &["1", "2", "3"]), 204);
    talk.quiet_cycle();
}

#[test]
fn a_restart_removes_whom_the_service_added_itself_unless_a_policy_says_no() {
    for removes in [true, false] {
        let policy = ("restart_removes_members", Kind::Bool(removes));
        let mut talk = grouped(&["ann", "ben"], &[policy]);
        talk.patch_group(&values("Add", &["1", "2"]), 204);
        talk.act(|entra, moment| entra.job_mut().stop(moment));
        talk.leave("ben");
        talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
        talk.probe();
        for (id, handle) in [("1", "ann"), ("2", "ben")] {
            talk.read(id, handle, true);
        }
        talk.group_probe();
        talk.read_group("Sales");
        talk.patch_group(&values("Add", &["1"]), 204);
        if removes {
            talk.patch_group(&values("Remove", &["2"]), 204);
        }
        talk.quiet_cycle();
    }
}

#[test]
fn after_a_full_restart_nothing_is_known_of_members_and_none_is_removed() {
    let mut talk = grouped(&["ann", "ben"], &[]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    talk.leave("ben");
    let full = ResetScope::read(&["Full"], &Default::default()).expect("a flag");
    talk.act(|entra, moment| entra.job_mut().restart(full, moment));
    talk.probe();
    for (id, handle) in [("1", "ann"), ("2", "ben")] {
        talk.expect("GET /scim/v2/Users?", 200, &list(1, &account(id, handle, true)));
    }
    talk.group_probe();
    let group = talk.group_json("Sales");
    talk.expect("filter=displayName+eq+%22Sales%22", 200, &list(1, &group));
    talk.patch_group(&values("Add", &["1"]), 204);
    talk.quiet_cycle();
}

#[test]
fn a_batch_that_fails_is_retried_and_counts_as_a_failed_reference() {
    let mut talk = grouped(&["ann", "ben"], &[("members_per_patch", Kind::Integer(1))]);
    talk.patch_group(&values("Add", &["1"]), 400);
    talk.patch_group(&values("Add", &["2"]), 204);
    let job = talk.entra.job();
    assert_eq!((job.escrows().len(), job.escrows().references()), (1, 1));
    // In the next cycle, and then on the ladder, only those who were not added are sent.
    for (retries, hours) in [(1, 0), (2, 6), (3, 12)] {
        loop {
            let (id, said) = talk.next();
            if said.starts_with("GET /scim/v2/Groups/7?") {
                let group = talk.group_json("Sales");
                talk.reply(id, 200, &group);
                break;
            }
            talk.reply(id, 200, EMPTY);
        }
        assert!(talk.now >= START + Duration::from_secs(hours * 3600));
        talk.patch_group(&values("Add", &["1"]), 400);
        let row = talk.group_log();
        assert!(row.contains(&format!("retries {retries}, next")), "{row}");
    }
    // A change is tried at once, and takes along what failed.
    talk.leave("ben");
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Add", &["1"]), 204);
    assert_eq!(talk.entra.job().escrows().references(), 1, "a part is still to be sent");
    talk.patch_group(&values("Remove", &["2"]), 204);
    assert!(talk.entra.job().escrows().is_empty());
    talk.quiet_cycle();
}

#[test]
fn several_batches_that_fail_in_one_cycle_are_one_failure() {
    let mut talk = grouped(&["ann", "ben"], &[("members_per_patch", Kind::Integer(1))]);
    talk.patch_group(&values("Add", &["1"]), 500);
    talk.patch_group(&values("Add", &["2"]), 500);
    talk.probes();
    talk.read_group("Sales");
    talk.patch_group(&values("Add", &["1"]), 204);
    assert_eq!(talk.entra.job().escrows().len(), 1);
    talk.patch_group(&values("Add", &["2"]), 204);
    assert!(talk.entra.job().escrows().is_empty());
}

#[test]
fn a_group_that_fails_itself_gets_no_members_before_it_succeeds() {
    let mut talk = grouped(&["ann", "ben"], &[]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.leave("ben");
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.expect("GET /scim/v2/Groups/7?", 404, "");
    assert!(talk.group_log().contains("InvalidAnchor"), "{}", talk.group_log());
    assert_eq!(talk.entra.job().escrows().references(), 0);
    talk.probes();
    talk.read_group("Sales");
    talk.patch_group(&values("Remove", &["2"]), 204);
    assert!(talk.entra.job().escrows().is_empty());
}

#[test]
fn a_group_that_is_gone_is_created_anew_with_its_members_where_a_policy_says_so() {
    let rematch = ("on_missing_target", Kind::Text("rematch".to_owned()));
    let mut talk = grouped(&["ann", "ben"], &[rematch]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.leave("ben");
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.expect("GET /scim/v2/Groups/7?", 404, "");
    talk.create_group("7");
    talk.patch_group(&values("Add", &["1"]), 204);
}

#[test]
fn members_of_a_cycle_that_failed_are_sent_by_the_next_one() {
    let mut talk = grouped(&["ann", "ben"], &[]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.leave("ben");
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Remove", &["2"]), 401);
    assert_eq!(talk.entra.job().status(), JobStatus::Quarantine);
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Remove", &["2"]), 204);
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
    talk.quiet_cycle();
}

#[test]
fn a_group_linked_in_a_cycle_that_failed_gets_its_members_in_the_next_one() {
    let mut talk = ready(&["ann"], &[]);
    let group = talk.group();
    talk.act(|entra, moment| entra.tenant_mut().unassign_group(AppId::MAIN, group, moment))
        .expect("assigned");
    talk.now = talk.now + Duration::from_secs(3600);
    talk.act(|entra, moment| entra.wake_directory(moment));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.group_probe();
    talk.act(|entra, moment| {
        entra.tenant_mut().assign_group(AppId::MAIN, group, Role::User, moment)
    })
    .expect("free");
    talk.probe();
    talk.read("1", "ann", true);
    talk.group_probe();
    talk.create_group("7");
    talk.patch_group(&values("Add", &["1"]), 401);
    talk.probe();
    talk.read("1", "ann", true);
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Add", &["1"]), 204);
}

#[test]
fn a_member_deleted_for_good_is_removed_by_the_id_that_was_sent() {
    let mut talk = grouped(&["ann", "ben"], &[]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    let ben = talk.user("ben");
    talk.act(|entra, moment| entra.tenant_mut().delete(ben, moment)).expect("ben is there");
    talk.probe();
    talk.read("2", "ben", true);
    talk.expect("PATCH /scim/v2/Users/2 ", 204, "");
    talk.group_probe();
    assert!(talk.entra.job().cycle().is_none(), "a member in the recycle bin stays one");
    talk.act(|entra, moment| entra.tenant_mut().purge(ben, moment)).expect("ben is in the bin");
    talk.probe();
    talk.expect("DELETE /scim/v2/Users/2 ", 204, "");
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Remove", &["2"]), 204);
    talk.quiet_cycle();
}

#[test]
fn a_restored_member_is_not_sent_again_before_a_restart() {
    let mut talk = grouped(&["ann"], &[]);
    talk.patch_group(&values("Add", &["1"]), 204);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("ann is there");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect("PATCH /scim/v2/Users/1 ", 204, "");
    talk.group_probe();
    talk.act(|entra, moment| entra.tenant_mut().restore(ann, moment)).expect("in the bin");
    talk.probe();
    talk.read("1", "ann", false);
    talk.expect(r#"{"op":"Replace","path":"active","value":"True"}"#, 204, "");
    talk.group_probe();
    assert!(talk.entra.job().cycle().is_none(), "the application is to keep memberships");
}

#[test]
fn a_group_that_exists_twice_there_or_whose_name_is_taken_fails() {
    let mut talk = ready(&["ann"], &[]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.group_probe();
    talk.expect("filter=displayName+eq+%22Sales%22", 200, &list(2, ""));
    assert!(talk.group_log().starts_with("create sales failure DuplicateTargetEntries"));
    talk.probes();
    talk.expect("filter=displayName+eq+%22Sales%22", 200, EMPTY);
    talk.expect("POST /scim/v2/Groups ", 409, "");
    assert!(talk.group_log().starts_with("create sales failure EntryConflict"));
}

#[test]
fn two_groups_of_one_name_are_not_linked_to_one_group_there() {
    let mut talk = ready(&["ann"], &[]);
    talk.set_up_group("second", "Sales", true);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.group_probe();
    let group = talk.group_json("Sales");
    talk.expect("filter=displayName+eq+%22Sales%22", 200, &list(1, &group));
    talk.expect("filter=displayName+eq+%22Sales%22", 200, &list(1, &group));
    let second = talk.entra.tenant().find_group("second").expect("it is set up");
    let row = talk.entra.job().log().last_of(second).expect("a row");
    assert_eq!(row.status.code(), "DuplicateSourceEntries");
    talk.patch_group(&values("Add", &["1"]), 204);
}

#[test]
fn a_group_that_shows_members_fails_unless_a_policy_lets_it_pass() {
    for (policy, fails) in [("fail", true), ("ignore", false)] {
        let policy = ("members_in_read", Kind::Text(policy.to_owned()));
        let mut talk = grouped(&["ann", "ben"], &[policy]);
        talk.patch_group(&values("Add", &["1", "2"]), 204);
        talk.leave("ben");
        talk.probe();
        talk.read("2", "ben", true);
        talk.group_probe();
        let members = r#""members":[{"value":"1"},{"value":"2"}],"displayName""#;
        let shown = talk.group_json("Sales").replace(r#""displayName""#, members);
        talk.expect("GET /scim/v2/Groups/7?excludedAttributes=members ", 200, &shown);
        if fails {
            let log = talk.group_log();
            assert!(log.contains("MultipleEntriesInResponse: 2 members came"), "{log}");
        } else {
            talk.patch_group(&values("Remove", &["2"]), 204);
        }
    }
}

#[test]
fn an_application_without_groups_is_quarantined_although_no_row_failed() {
    let mut talk = ready(&["ann"], &[]);
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.create("ann", "1");
    talk.expect("GET /scim/v2/Groups?excludedAttributes=members&filter=displayName", 404, "");
    let job = talk.entra.job();
    assert_eq!((job.status(), job.log().failures()), (JobStatus::Quarantine, 0));
    assert_eq!(talk.log("ann"), "create ann success");
    talk.save(&["mappings", "groups", "enabled"], &Node::bare(Kind::Bool(false)));
    talk.probe();
    talk.read("1", "ann", true);
    assert_eq!(talk.entra.job().status(), JobStatus::Active);
    assert!(talk.entra.job().cycle().is_none());
}

#[test]
fn a_reported_client_sends_each_member_as_the_whole_list() {
    let policy = ("member_update", Kind::Text("replace_single".to_owned()));
    let mut talk = grouped(&["ann", "ben"], &[policy]);
    talk.patch_group(&values("replace", &["1"]), 204);
    talk.patch_group(&values("replace", &["2"]), 204);
}

#[test]
fn an_addition_without_a_clear_answer_is_taken_back_when_the_member_leaves() {
    // A refused request has not been carried out, so the application has no such member.
    for (status, taken_back) in [(None, true), (Some(500), true), (Some(400), false)] {
        let mut talk = grouped(&["ann", "ben"], &[]);
        let (id, said) = talk.next();
        assert!(said.contains(&values("Add", &["1", "2"])), "{said}");
        match status {
            Some(status) => talk.reply(id, status, ""),
            None => talk.act(|entra, moment| entra.deliver(id, Err(Lost::TimedOut), moment)),
        }
        talk.leave("ben");
        talk.probe();
        talk.read("2", "ben", true);
        talk.group_probe();
        talk.read_group("Sales");
        talk.patch_group(&values("Add", &["1"]), 204);
        if taken_back {
            talk.patch_group(&values("Remove", &["2"]), 204);
        }
        talk.quiet_cycle();
    }
}

#[test]
fn a_removal_without_a_clear_answer_is_made_good_when_the_member_comes_back() {
    // A refused removal has not been carried out, so the member is there still.
    for (status, added) in [(None, true), (Some(500), true), (Some(400), false)] {
        let mut talk = grouped(&["ann", "ben"], &[]);
        talk.patch_group(&values("Add", &["1", "2"]), 204);
        talk.leave("ben");
        talk.probe();
        talk.read("2", "ben", true);
        talk.group_probe();
        talk.read_group("Sales");
        let (id, said) = talk.next();
        assert!(said.contains(&values("Remove", &["2"])), "{said}");
        match status {
            Some(status) => talk.reply(id, status, ""),
            None => talk.act(|entra, moment| entra.deliver(id, Err(Lost::Reset), moment)),
        }
        talk.join("ben");
        talk.probe();
        talk.read("2", "ben", true);
        talk.group_probe();
        talk.read_group("Sales");
        if added {
            talk.patch_group(&values("Add", &["2"]), 204);
        }
        talk.quiet_cycle();
    }
}

#[test]
fn a_removal_that_a_broken_cycle_leaves_unanswered_is_made_good_when_the_member_comes_back() {
    let mut talk = grouped(&["ann", "ben"], &[]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.leave("ben");
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.read_group("Sales");
    let (_, said) = talk.next();
    assert!(said.contains(&values("Remove", &["2"])), "{said}");
    talk.act(|entra, moment| entra.job_mut().interrupt(moment)).expect("a cycle is under way");
    talk.join("ben");
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Add", &["2"]), 204);
    talk.quiet_cycle();
}

#[test]
fn members_who_join_while_the_deletion_of_their_group_is_staged_are_sent_when_it_is_back() {
    let mut talk = grouped(&["ann", "ben"], &[]);
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.leave("ben");
    talk.probe();
    talk.read("2", "ben", true);
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Remove", &["2"]), 204);
    // The group is unassigned, and the guard stages its deletion in a cycle that reads everything.
    talk.save(&["delete_threshold"], &Node::bare(Kind::Integer(1)));
    let group = talk.group();
    talk.act(|entra, moment| entra.tenant_mut().unassign_group(AppId::MAIN, group, moment))
        .expect("it is assigned");
    talk.join("ben");
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.now = talk.now + Duration::from_secs(600);
    talk.act(|entra, moment| entra.wake_directory(moment));
    talk.probe();
    for (id, handle) in [("1", "ann"), ("2", "ben")] {
        talk.read(id, handle, true);
    }
    talk.group_probe();
    assert_eq!(talk.entra.job().deletions().staged().len(), 1);
    let role = Role::User;
    talk.act(|entra, moment| entra.tenant_mut().assign_group(AppId::MAIN, group, role, moment))
        .expect("it is not assigned");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.now = talk.now + Duration::from_secs(600);
    talk.act(|entra, moment| entra.wake_directory(moment));
    talk.probe();
    for (id, handle) in [("1", "ann"), ("2", "ben")] {
        talk.read(id, handle, true);
    }
    talk.group_probe();
    talk.read_group("Sales");
    talk.patch_group(&values("Add", &["1", "2"]), 204);
    talk.quiet_cycle();
}
