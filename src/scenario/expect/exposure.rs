//! `exposure`: how long people who had lost their right to an account still had one that was
//! active.

use super::{Row, Seen, Shape};
use crate::world::intent;

/// The names of this family.
pub const ROWS: &[Row] = &[Row {
    path: "exposure.longest",
    shape: Shape::Span,
    doc: "the longest time that somebody out of scope still had an active account",
    see: |world, _| match intent::longest_exposure(world) {
        Some(exposure) => Seen::Span(exposure.lasted),
        None => Seen::Span(std::time::Duration::ZERO),
    },
}];
