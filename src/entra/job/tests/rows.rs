//! Rows of the decision table that no other topic shows.

use super::*;

#[test]
fn row_9_a_linked_account_that_is_equal_needs_no_write() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    talk.read("1", "ann", true);
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
}

#[test]
fn row_16_without_a_mapping_for_active_nobody_is_disabled() {
    let mut talk = Talk::provisioned(&["ann"]);
    let active = Node::bare(Kind::List(vec![Node::text("active")]));
    talk.save(&["mappings", "users", "remove"], &active);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, ann, moment))
        .expect("is assigned");
    // The saved mapping restarts at once, and the assignment is seen to be gone a little later.
    for _ in 0..2 {
        talk.probe();
        talk.read("1", "ann", true);
    }
    assert!(talk.log("ann").contains("skipped NotEffectivelyEntitled"), "{}", talk.log("ann"));
    assert_eq!(talk.entra.job().counters().disabled, 0);
}

#[test]
fn row_22_a_deleted_user_who_never_had_an_account_gets_no_row() {
    let mut talk = Talk::with(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("is there");
    talk.act(|entra, moment| entra.job_mut().start(moment));
    talk.probe();
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("in the bin");
    talk.probe();
    talk.probe();
    assert_eq!(talk.entra.job().log().count(), 0);
}

#[test]
fn row_26_an_account_that_is_gone_already_counts_as_deleted() {
    let mut talk = Talk::provisioned(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("is there");
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("in the bin");
    talk.probe();
    talk.expect("DELETE /scim/v2/Users/1 ", 404, "");
    assert!(talk.log("ann").starts_with("delete ann success"));
    assert!(talk.entra.job().links().is_empty() && talk.entra.job().escrows().is_empty());
}
