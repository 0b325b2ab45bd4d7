//! `disable`: blocks people from sign-in.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "disable",
    doc: "Blocks people from sign-in (`accountEnabled = false`).\nProvisioning deactivates their accounts in its next cycle.",
    example: "{ disable = \"ann\" }",
    read: |node, problems| Users::read(node, problems).map(|users| Action::Disable(Disable(users))),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disable(pub Users);

impl Act for Disable {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.0.each(
            context,
            |tenant, user| tenant.may_disable(user),
            |tenant, user, moment| tenant.disable(user, moment),
        )
    }
}
