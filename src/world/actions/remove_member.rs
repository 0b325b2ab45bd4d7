//! `remove_member`: people leave a group.

use super::membership::Membership;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "remove_member",
    doc: "Takes people out of a group.\n`user` is a name or a list of names.",
    example: "{ remove_member = { group = \"sales\", user = \"ann\" } }",
    read: |node, problems| {
        Membership::read(node, problems)
            .map(|membership| Action::RemoveMember(RemoveMember(membership)))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoveMember(pub Membership);

impl Act for RemoveMember {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, group, user| tenant.may_remove_member(group, user),
            |tenant, group, user, moment| tenant.remove_member(group, user, moment),
        )
    }
}
