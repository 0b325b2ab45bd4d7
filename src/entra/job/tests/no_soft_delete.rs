//! An application without an inactive state: all four triggers delete (row 17 of the decision
//! table).

use super::*;

impl Talk {
    fn hard(handles: &[&str]) -> Talk {
        Talk::provisioned(handles).policy("soft_delete", Kind::Bool(false))
    }

    fn deletes(&mut self, handle: &str, why: &str) {
        self.probe();
        self.expect("DELETE /scim/v2/Users/1 ", 204, "");
        assert_eq!(self.log(handle), format!("delete {handle} success: {why}"));
        assert!(self.entra.job().links().is_empty());
    }
}

#[test]
fn a_blocked_user_is_deleted() {
    let mut talk = Talk::hard(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("is active");
    talk.deletes("ann", "not active in the source system (blocked from sign-in)");
    // Back again, the user is matched anew, and nothing is found.
    talk.act(|entra, moment| entra.tenant_mut().enable(ann, moment)).expect("is blocked");
    talk.probe();
    talk.create("ann", "2");
}

#[test]
fn a_deleted_user_is_deleted_at_once_and_no_second_time() {
    let mut talk = Talk::hard(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("is there");
    talk.deletes("ann", "not active in the source system (in the recycle bin)");
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("in the bin");
    talk.probe();
    talk.probe();
}

#[test]
fn an_unassigned_user_is_deleted() {
    let mut talk = Talk::hard(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().unassign(AppId::MAIN, ann, moment))
        .expect("is assigned");
    talk.deletes("ann", "not assigned to the application, without the required role");
}

#[test]
fn a_user_outside_the_filters_is_deleted() {
    let mut talk = Talk::hard(&["ann"]);
    talk.filter("Sales");
    talk.deletes("ann", "outside the scoping filters");
}

#[test]
fn a_user_deleted_for_good_is_deleted() {
    let mut talk = Talk::hard(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().delete(ann, moment)).expect("is there");
    talk.act(|entra, moment| entra.tenant_mut().purge(ann, moment)).expect("in the bin");
    talk.deletes("ann", "not active in the source system (deleted for good)");
}

#[test]
fn a_failed_delete_is_tried_again() {
    let mut talk = Talk::hard(&["ann"]);
    let ann = talk.user("ann");
    talk.act(|entra, moment| entra.tenant_mut().disable(ann, moment)).expect("is active");
    talk.probe();
    talk.expect("DELETE /scim/v2/Users/1 ", 503, "");
    talk.deletes("ann", "not active in the source system (blocked from sign-in)");
}
