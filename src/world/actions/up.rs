//! `up`: GoLinks is back.

use super::down::NAME;
use super::{Act, Action, ActionContext, ActionError, Verb, bare};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "up",
    doc: "GoLinks is back after `down`; nobody tells the job, which finds out at its next attempt.",
    example: "\"up\"",
    read: |node, problems| bare(node, "up", Action::Up(Up), problems),
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Up;

impl Act for Up {
    fn argument(&self) -> Node {
        Node::bare(crate::base::Kind::Bool(true))
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let Some(switched) = context.faults.clear(NAME) else {
            return Err(ActionError {
                message: "GoLinks is not down".to_owned(),
                help: "other faults end with `clear_fault`".to_owned(),
            });
        };
        if switched.on {
            context.switched(crate::world::faults::Switched { on: false, ..switched });
        }
        Ok(())
    }
}
