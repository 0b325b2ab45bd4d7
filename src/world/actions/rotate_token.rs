//! `rotate_token`: GoLinks issues a new token.

use std::time::Duration;

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::node::unknown_key;
use crate::base::time::write_duration;
use crate::base::{Kind, Node, Problems};
use crate::golinks::token_can_be_sent;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "rotate_token",
    doc: "An administrator of GoLinks issues a new token, and all others are revoked.\nThe job knows nothing of it until \
          `set_secret`. With `expires` the token lives for that long.",
    example: "{ rotate_token = { value = \"fresh\", expires = \"30d\" } }",
    read: |node, problems| RotateToken::read(node, problems).map(Action::RotateToken),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RotateToken {
    /// The token.
    pub value: String,
    /// How long it is valid; `None` for ever.
    pub expires: Option<Duration>,
}

const KEYS: [&str; 2] = ["value", "expires"];

impl RotateToken {
    /// Reads a token: its value, or a table with `value` and `expires`.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<RotateToken> {
        let Kind::Table(entries) = &node.kind else {
            return Some(RotateToken { value: read_token(node, problems)?, expires: None });
        };
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "a token", &KEYS, problems);
        }
        let Some(value) = node.get("value") else {
            problems.error(node.span, "a token needs a `value`").help("such as value = \"s3cret\"");
            return None;
        };
        let expires =
            node.get("expires").map_or(Some(None), |n| match n.as_duration(problems)? {
                Duration::ZERO => n.refused("a duration above 0", "no time", problems),
                span => Some(Some(span)),
            });
        Some(RotateToken { value: read_token(value, problems)?, expires: expires? })
    }
}

fn read_token(node: &Node, problems: &mut Problems) -> Option<String> {
    let token = node.as_text(problems)?;
    token_can_be_sent(token, node, problems).then(|| token.to_owned())
}

impl Act for RotateToken {
    fn argument(&self) -> Node {
        match self.expires {
            None => Node::text(&self.value),
            Some(expires) => Node::table([
                ("value", Node::text(&self.value)),
                ("expires", Node::text(write_duration(expires))),
            ]),
        }
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.golinks(|golinks, moment| {
            golinks.rotate_token(&self.value, self.expires, moment);
            Ok::<_, ActionError>(())
        })
    }
}
