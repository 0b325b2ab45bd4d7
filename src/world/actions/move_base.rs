//! `move_base`: an upgrade of GoLinks moves its SCIM endpoint.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::{Node, Problems};
use crate::golinks::BasePath;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "move_base",
    doc: "An upgrade moves GoLinks' SCIM endpoint to another path, and the old one answers 404 (B69).\nThe job knows nothing \
          of it until its `tenant_url` is set.",
    example: "{ move_base = \"/scim/v3\" }",
    read: |node, problems| MoveBase::read(node, problems).map(Action::MoveBase),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MoveBase {
    /// The new path of the endpoint.
    pub path: String,
}

impl MoveBase {
    fn read(node: &Node, problems: &mut Problems) -> Option<MoveBase> {
        let path = node.as_text(problems)?;
        if let Err(why) = BasePath::check(path) {
            problems.error(node.span, why).help(BasePath::advice(path));
            return None;
        }
        Some(MoveBase { path: path.to_owned() })
    }
}

impl Act for MoveBase {
    fn argument(&self) -> Node {
        Node::text(&self.path)
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.golinks(|golinks, moment| {
            golinks.set_base(&self.path, moment);
            Ok::<_, ActionError>(())
        })
    }
}
