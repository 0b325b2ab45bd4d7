//! `reset`: the connection breaks, before or after GoLinks has handled the request.

use super::{Effect, EffectKind};

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "reset",
    doc: "The connection breaks without an answer.\n`before`: GoLinks has not seen the request. `after`: GoLinks has \
          carried it out and the engine does not know.",
    example: "reset = \"after\"",
    read: |node, problems| node.as_word(&Reset::WORDS, problems).map(Effect::Reset),
};

/// When the connection breaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reset {
    /// Before GoLinks handles the request.
    Before,
    /// After GoLinks has handled it.
    After,
}

impl Reset {
    const WORDS: [(&'static str, Reset); 2] = [("before", Reset::Before), ("after", Reset::After)];

    /// The word for it in a scenario.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].0
    }
}
