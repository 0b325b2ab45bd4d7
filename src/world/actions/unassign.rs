//! `unassign`: people and groups are no longer assigned to the application.

use super::assignees::Assignees;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "unassign",
    doc: "Takes the direct assignment of people or groups away: a name, a list of names, or `{ group = \"sales\" }`. \
          The service sees it only after `assignment_replication_delay`, so a cycle at the same time may pass it by.",
    example: "{ unassign = \"ann\" }",
    read: |node, problems| {
        Assignees::read("unassign", node, problems).map(|whom| Action::Unassign(Unassign(whom)))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unassign(pub Assignees);

impl Act for Unassign {
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
            |tenant, user, moment| tenant.unassign(app, user, moment),
            |tenant, group, moment| tenant.unassign_group(app, group, moment),
        )
    }
}
