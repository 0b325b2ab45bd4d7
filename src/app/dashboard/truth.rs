//! The sentence of truth: the state of the whole run in one sentence.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use crate::world::status::{self, Tone};

/// The sentence of truth.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// The tone: `good`, `busy`, `warn`, `bad` or `idle`.
    pub tone: &'static str,
    /// The symbol of the tone: `●`, `▶`, `▲`, `⊘` or `■`.
    pub symbol: &'static str,
    /// The word before the colon: `Healthy`, `Quarantined for 6 h`.
    pub word: String,
    /// The rest of the sentence, which gives the reason.
    pub text: String,
    /// The consequence, if any: `Next try in 5 h 48 m.`
    pub next: Option<String>,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Truth {
    let status = status::status_with(
        scene.app(),
        scene.side().comparison.counts(),
        scene.side().groups.wrong,
    );
    // Shapes that every font can draw.
    let (tone, shape) = match status.tone {
        Tone::Good => ("good", "●"),
        Tone::Busy => ("busy", "▶"),
        Tone::Warning => ("warn", "▲"),
        Tone::Bad => ("bad", "⊘"),
        Tone::Idle => ("idle", "■"),
    };
    let next = status.consequence();
    Truth { tone, symbol: shape, word: status.word, text: format!("{}.", status.why), next }
}
