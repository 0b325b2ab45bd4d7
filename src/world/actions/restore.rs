//! `restore`: takes people out of the recycle bin.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "restore",
    doc: "Takes people out of the recycle bin, with their groups and assignments.",
    example: "{ restore = \"ann\" }",
    read: |node, problems| Users::read(node, problems).map(|users| Action::Restore(Restore(users))),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restore(pub Users);

impl Act for Restore {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, user| tenant.may_restore(user),
            |tenant, user, moment| tenant.restore(user, moment),
        )
    }
}
