//! `set_secret`: the job gets another secret token.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::Node;
use crate::entra::settings::read_secret;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "set_secret",
    doc: "Gives the provisioning job another secret token, as under Admin credentials; one beyond `secret_limit` is refused.\nNothing restarts by it.",
    example: "{ set_secret = \"fresh\" }",
    read: |node, problems| {
        read_secret(node, problems).map(|secret| Action::SetSecret(SetSecret { secret }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetSecret {
    /// The token.
    pub secret: String,
}

impl Act for SetSecret {
    fn argument(&self) -> Node {
        Node::text(&self.secret)
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.portal(|job, moment| job.set_secret(&self.secret, moment))
    }
}
