//! The sentence of truth.

use serde::Serialize;

use super::panels::Scene;
use crate::world::status::{self, Tone};

/// The sentence of truth.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// `good`, `busy`, `warn`, `bad` or `idle`.
    pub tone: &'static str,
    /// `●`, `▶`, `▲`, `⊘`, `■`: a shape for each tone.
    pub symbol: &'static str,
    /// The word before the colon: `Healthy`, `Quarantined for 6 h`.
    pub word: String,
    /// The rest of the sentence, which answers why.
    pub text: String,
    /// What follows: `Next try in 5 h 48 m.`
    pub next: Option<String>,
}

/// The sentence of truth in its parts: symbol, word, why, and what follows.
pub fn view(scene: &Scene<'_>) -> Truth {
    let status = status::status_with(scene.play.world(), scene.board.counts());
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
