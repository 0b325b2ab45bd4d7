//! `issue_token`: GoLinks issues a second token, beside those that are good.

use super::rotate_token::RotateToken;
use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "issue_token",
    doc: "An administrator of GoLinks issues one more token; the others stay good, so that a secret is replaced without a \
          gap.\nThe job knows nothing of it until `set_secret`. With `expires` the token lives for that long.",
    example: "{ issue_token = { value = \"fresh\", expires = \"30d\" } }",
    read: |node, problems| {
        RotateToken::read(node, problems).map(|token| Action::IssueToken(IssueToken(token)))
    },
};

/// See [`VERB`]; written as `rotate_token` is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IssueToken(pub RotateToken);

impl Act for IssueToken {
    fn argument(&self) -> Node {
        self.0.argument()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let RotateToken { value, expires } = &self.0;
        context.golinks(|golinks, moment| golinks.add_token(value, *expires, moment))
    }
}
