//! `purge`: empties people out of the recycle bin.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "purge",
    doc: "Deletes people in the recycle bin for good, before their 30 days are over.",
    example: "{ purge = \"ann\" }",
    read: |node, problems| Users::read(node, problems).map(|users| Action::Purge(Purge(users))),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purge(pub Users);

impl Act for Purge {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, user| tenant.may_purge(user),
            |tenant, user, moment| tenant.purge(user, moment),
        )
    }
}
