//! `purge_group`: groups are deleted for good before their time.

use super::names::Groups;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "purge_group",
    doc: "Deletes groups in the recycle bin for good, before their 30 days are over.",
    example: "{ purge_group = \"sales\" }",
    read: |node, problems| {
        Groups::read(node, problems).map(|groups| Action::PurgeGroup(PurgeGroup(groups)))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PurgeGroup(pub Groups);

impl Act for PurgeGroup {
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
            |tenant, group, moment| tenant.purge_group(group, moment),
        )
    }
}
