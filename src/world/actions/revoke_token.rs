//! `revoke_token`: GoLinks takes a token back.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::{Kind, Node};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "revoke_token",
    doc: "An administrator of GoLinks revokes a token, by its value, or all of them: every request is answered 401 \
          until there is another one.",
    example: "\"revoke_token\"",
    read: |node, problems| match node.kind {
        Kind::Bool(true) => Some(Action::RevokeToken(RevokeToken { value: None })),
        _ => node
            .as_text(problems)
            .map(|value| Action::RevokeToken(RevokeToken { value: Some(value.to_owned()) })),
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevokeToken {
    /// The token; `None` revokes all.
    pub value: Option<String>,
}

impl Act for RevokeToken {
    fn argument(&self) -> Node {
        self.value.as_ref().map_or(Node::bare(Kind::Bool(true)), Node::text)
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.golinks(|golinks, moment| golinks.revoke_token(self.value.as_deref(), moment))
    }
}
