//! `refuse`: the connection is refused.

use super::{Effect, EffectKind};

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "refuse",
    doc: "The connection is refused: the request never reaches GoLinks, and the engine knows it at once.\nAn outside \
          client, which has a connection already, sees it reset.",
    example: "refuse = true",
    read: |node, problems| super::read_flag(node, Effect::Refuse, problems),
};
