//! `exposure`: how long users who had left, or were out of scope, still had an active account.

use super::{ObservableRow, ObservedValue, Shape};
use crate::world::{AppView, intent};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[ObservableRow {
    path: "exposure.longest",
    shape: Shape::Span,
    doc: "the longest time that a user who had left or was out of scope still had an active account",
    see: |world, _| match intent::longest_exposure(world) {
        Some(exposure) => ObservedValue::Span(exposure.lasted),
        None => ObservedValue::Span(std::time::Duration::ZERO),
    },
}];

/// The longest time that one user was exposed; zero for a user who never was.
pub fn of(world: AppView<'_>, name: &str) -> ObservedValue {
    let user = world.entra().tenant().find_user(name);
    let lasted = user.map(|user| intent::longest_exposure_of(world, user));
    ObservedValue::Span(lasted.unwrap_or_default())
}
