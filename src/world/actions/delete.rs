//! `delete`: moves people to the recycle bin.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "delete",
    doc: "Moves people to the recycle bin, from which they vanish for good after 30 days.",
    example: "{ delete = \"ann\" }",
    read: |node, problems| Users::read(node, problems).map(|users| Action::Delete(Delete(users))),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delete(pub Users);

impl Act for Delete {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, user| tenant.may_delete(user),
            |tenant, user, moment| tenant.delete(user, moment),
        )
    }
}
