//! `golinks.accounts`: how many accounts GoLinks holds.

use crate::world::intent;

use super::{ObservableRow, ObservedValue, Shape};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "golinks.accounts.total",
        shape: Shape::Count,
        doc: "accounts that SCIM can see, active or not",
        see: |world, _| ObservedValue::count(world.target().account_count() as u64),
    },
    ObservableRow {
        path: "golinks.accounts.active",
        shape: Shape::Count,
        doc: "accounts that are active",
        see: |world, _| ObservedValue::count(world.target().active_count() as u64),
    },
    ObservableRow {
        path: "golinks.accounts.repeated",
        shape: Shape::Count,
        doc: "lists of linked accounts, such as their addresses, with several elements of one type",
        see: |world, _| ObservedValue::count(intent::repeated_elements(world).len() as u64),
    },
];
