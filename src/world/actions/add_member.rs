//! `add_member`: people join a group.

use super::membership::Membership;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "add_member",
    doc: "Makes people direct members of a group.\n`user` is a name or a list of names.",
    example: "{ add_member = { group = \"sales\", user = \"ann\" } }",
    read: |node, problems| {
        Membership::read(node, problems).map(|membership| Action::AddMember(AddMember(membership)))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddMember(pub Membership);

impl Act for AddMember {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, group, user| tenant.may_add_member(group, user),
            |tenant, group, user, moment| tenant.add_member(group, user, moment),
        )
    }
}
