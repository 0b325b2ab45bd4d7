//! `delete_group`: groups are deleted.

use super::names::Groups;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "delete_group",
    doc: "Deletes groups. Security groups and Microsoft 365 groups rest in the recycle bin for 30 days, others are gone at once.",
    example: "{ delete_group = \"sales\" }",
    read: |node, problems| {
        Groups::read(node, problems).map(|groups| Action::DeleteGroup(DeleteGroup(groups)))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteGroup(pub Groups);

impl Act for DeleteGroup {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, group| tenant.may_delete_group(group),
            |tenant, group, moment| tenant.delete_group(group, moment),
        )
    }
}
