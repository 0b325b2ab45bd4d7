//! `break_assignment`: the record of an assignment goes wrong.

use super::assignees::Assignees;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "break_assignment",
    doc: "The record of an assignment goes wrong: a name, a list of names, or `{ group = \"sales\" }`.\nThe portal still \
          shows the user as assigned, but the record has no role that the application knows, so the user is not \
          effectively entitled. Unassigning and assigning again makes a new record [no-users].",
    example: "{ break_assignment = \"ann\" }",
    read: |node, problems| {
        Assignees::read("break_assignment", node, problems)
            .map(|whom| Action::BreakAssignment(BreakAssignment(whom)))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BreakAssignment(pub Assignees);

impl Act for BreakAssignment {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        self.0.each(
            context,
            |tenant, user| tenant.may_unassign(app, user),
            |tenant, user, moment| tenant.break_assignment(app, user, moment),
            |tenant, group, moment| tenant.break_group_assignment(app, group, moment),
        )
    }
}
