//! `service_error`: the provisioning service fails by itself, before it sends the request.

use super::{Effect, EffectKind};

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "service_error",
    doc: "The provisioning service fails by itself before it sends the request: GoLinks does not see it, and the object \
          fails with InternalError.\nRequests of outside clients are not struck.",
    example: "service_error = true",
    read: |node, problems| super::read_flag(node, Effect::ServiceError, problems),
};
