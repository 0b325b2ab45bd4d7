//! The one sentence of truth: how the job stands, and why.

use super::World;
use super::intent::{self, Counts};

/// How a status is coloured; always shown with its words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// All is well.
    Good,
    /// Something is under way, or differs and will be mended.
    Busy,
    /// Something needs a look.
    Warning,
    /// Something is wrong.
    Bad,
    /// Nothing runs.
    Idle,
}

/// The sentence and its tone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Status {
    /// How it is coloured.
    pub tone: Tone,
    /// The sentence, with its symbol: `● Healthy: 19 of 19 in scope are right at GoLinks. Next cycle in 31 m.`
    pub text: String,
}

/// Says how the world stands.
pub fn status(world: &World) -> Status {
    sentence(world, &intent::counts(world))
}

/// The same for who has counted already, as the page has: counting anew costs more the more people there are.
pub fn sentence(world: &World, counts: &Counts) -> Status {
    let _ = (world, counts);
    Status { tone: Tone::Idle, text: String::new() }
}
