//! `stall`: the request is taken and never answered.

use super::{Effect, EffectKind};

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "stall",
    doc: "The request is accepted, never handled and never answered.\nThe engine gives up after its time-out \
          (`request_timeout`). An outside client waits in real time, with a cap.",
    example: "stall = true",
    read: |node, problems| super::read_flag(node, Effect::Stall, problems),
};
