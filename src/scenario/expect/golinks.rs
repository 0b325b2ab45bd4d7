//! `golinks.accounts`: how many accounts GoLinks holds.

use super::{Row, Seen, Shape};

/// The names of this family.
pub const ROWS: &[Row] = &[
    Row {
        path: "golinks.accounts.total",
        shape: Shape::Count,
        doc: "accounts that SCIM can see, active or not",
        see: |world, _| Seen::count(world.golinks().accounts().len() as u64),
    },
    Row {
        path: "golinks.accounts.active",
        shape: Shape::Count,
        doc: "accounts whose person may sign in",
        see: |world, _| Seen::count(world.golinks().accounts().active_count() as u64),
    },
];
