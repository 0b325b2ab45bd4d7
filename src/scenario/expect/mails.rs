//! `mails`: the mails that the provisioning service sent to its notification address.

use super::{ObservableRow, ObservedValue, Shape};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[ObservableRow {
    path: "mails.sent",
    shape: Shape::Count,
    doc: "notification mails sent since the start",
    see: |world, _| ObservedValue::count(world.counters().mails),
}];
