//! How accounts are taken away: what is read first, what travels along, and what is never created.

use super::*;
use crate::entra::AppId;
use crate::entra::job::log::LogAction;

impl Talk {
    fn disable(&mut self, handle: &str) {
        let user = self.user(handle);
        self.act(|entra, moment| entra.tenant_mut().disable(user, moment)).expect("may sign in");
    }
}

const SWITCHED_OFF: &str = r#"{"op":"Replace","path":"active","value":"False"}"#;

#[test]
fn an_account_switched_on_by_hand_is_disabled_again() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.disable("ann");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(SWITCHED_OFF, 204, "");
    // A change of the user has the account looked at again, and so has a restart.
    talk.update("ann", Attribute::Department, "Legal");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(SWITCHED_OFF, 204, "");
    talk.act(|entra, moment| entra.job_mut().restart(ResetScope::PORTAL, moment));
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(SWITCHED_OFF, 204, "");
    assert_eq!(talk.entra.job().deletions().planned(), 1);
}

#[test]
fn an_account_switched_off_by_hand_needs_no_write() {
    let mut talk = Talk::provisioned(&["ann"]);
    talk.disable("ann");
    talk.probe();
    talk.read("1", "ann", false);
    assert_eq!(talk.log("ann"), "other ann skipped RedundantExport");
    assert_eq!(talk.entra.job().deletions().planned(), 0);
}

#[test]
fn what_else_differs_travels_with_a_disable() {
    for (dialect, expected) in [
        (
            "classic",
            concat!(
                r#"[{"op":"Replace","path":"active","value":"False"},"#,
                r#"{"op":"Replace","path":"name.familyName","value":"Berg"}]"#
            ),
        ),
        (
            "compliant",
            concat!(
                r#"[{"op":"replace","path":"active","value":false},"#,
                r#"{"op":"replace","value":{"name.familyName":"Berg"}}]"#
            ),
        ),
    ] {
        let mut talk = Talk::provisioned(&["ann"]);
        talk.save(&["dialect"], &Node::text(dialect));
        talk.update("ann", Attribute::Surname, "Berg");
        talk.disable("ann");
        talk.probe();
        talk.read("1", "ann", true);
        talk.expect(expected, 204, "");
        let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
        assert_eq!((row.action, row.modified().len()), (LogAction::Disable, 2));
    }
}

#[test]
fn a_missing_account_is_never_created_for_a_leaver() {
    for (policy, links, retried) in [("rematch", 0, false), ("fail", 1, true)] {
        for read in [true, false] {
            let mut talk = Talk::provisioned(&["ann"])
                .policy("on_missing_target", Kind::Text(policy.to_owned()))
                .policy("read_before_disable", Kind::Bool(read));
            talk.disable("ann");
            talk.probe();
            talk.expect(if read { "GET /scim/v2/Users/1 " } else { "PATCH" }, 404, "");
            let job = talk.entra.job();
            assert_eq!(
                (job.links().len(), !job.escrows().is_empty()),
                (links, retried),
                "{policy}"
            );
            assert!(job.cycle().is_none(), "nothing is asked or created: {}", talk.log("ann"));
        }
    }
    // A blocked user whose changes still flow is no exception.
    let mut talk = Talk::provisioned(&["ann"])
        .policy("on_missing_target", Kind::Text("rematch".to_owned()))
        .policy("update_inactive", Kind::Bool(true));
    talk.disable("ann");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(SWITCHED_OFF, 204, "");
    talk.update("ann", Attribute::Department, "Legal");
    talk.probe();
    talk.expect("GET /scim/v2/Users/1 ", 404, "");
    assert!(talk.log("ann").starts_with("other ann skipped NotEffectivelyEntitled"));
    assert!(talk.entra.job().links().is_empty());
}

#[test]
fn an_application_without_an_inactive_state_gets_a_delete() {
    let mut talk = Talk::provisioned(&["ann", "bob"]).policy("soft_delete", Kind::Bool(false));
    let bob = talk.user("bob");
    talk.disable("ann");
    talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, bob, moment))
        .expect("bob is assigned");
    talk.probe();
    talk.expect("DELETE /scim/v2/Users/1 ", 204, "");
    talk.expect("DELETE /scim/v2/Users/2 ", 404, "");
    assert_eq!(
        talk.log("ann"),
        "delete ann success: not active in the source system (blocked from sign-in)"
    );
    assert!(talk.entra.job().links().is_empty());
}

#[test]
fn a_blocked_user_whose_changes_flow_is_disabled_like_any_other() {
    let mut talk = Talk::provisioned(&["ann"]).policy("update_inactive", Kind::Bool(true));
    talk.disable("ann");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(SWITCHED_OFF, 204, "");
    talk.update("ann", Attribute::Surname, "Berg");
    talk.probe();
    talk.read("1", "ann", true);
    talk.expect(SWITCHED_OFF, 204, "");
    let row = talk.entra.job().log().last_of(talk.user("ann")).expect("a row");
    assert_eq!(row.action, LogAction::Disable);
    assert_eq!(talk.entra.job().deletions().planned(), 1);
}
