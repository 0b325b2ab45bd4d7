//! `pause`: the clock stands still.

use super::{Act, Action, ActionContext, ActionError, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "pause",
    doc: "Pauses the clock of `serve`, so that a class can look; `run` does not wait.",
    example: "\"pause\"",
    read: |node, problems| bare(node, "pause", Action::Pause(Pause), problems),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pause;

impl Act for Pause {
    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        *context.pause = true;
        Ok(())
    }
}
