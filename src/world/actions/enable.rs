//! `enable`: lets people sign in again.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "enable",
    doc: "Lets people sign in again (`accountEnabled = true`).",
    example: "{ enable = \"ann\" }",
    read: |node, problems| Users::read(node, problems).map(|users| Action::Enable(Enable(users))),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Enable(pub Users);

impl Act for Enable {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, user| tenant.may_enable(user),
            |tenant, user, moment| tenant.enable(user, moment),
        )
    }
}
