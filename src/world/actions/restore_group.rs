//! `restore_group`: takes groups out of the recycle bin.

use super::names::Groups;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "restore_group",
    doc: "Takes groups out of the recycle bin, with their members and assignments.",
    example: "{ restore_group = \"sales\" }",
    read: |node, problems| {
        Groups::read(node, problems).map(|groups| Action::RestoreGroup(RestoreGroup(groups)))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RestoreGroup(pub Groups);

impl Act for RestoreGroup {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, group| tenant.may_leave_bin(group),
            |tenant, group, moment| tenant.restore_group(group, moment),
        )
    }
}
