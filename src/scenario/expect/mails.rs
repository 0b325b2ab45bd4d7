//! `mails`: what the provisioning service sent to its notification address.

use super::{Row, Seen, Shape};

/// The names of this family.
pub const ROWS: &[Row] = &[Row {
    path: "mails.sent",
    shape: Shape::Count,
    doc: "notification mails sent since the start",
    see: |world, _| Seen::count(world.journal().counters().mails),
}];
