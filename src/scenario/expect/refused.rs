//! `refused`: the words with which an action of the moment was refused.

use super::{Expectation, Observable, ObservableRow, ObservedValue, Shape};

/// The name, which is also its family.
const REFUSED: &str = "refused";

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[ObservableRow {
    path: REFUSED,
    shape: Shape::Text,
    doc: "why the last action of this moment that was refused was refused; absent when none was. Where it is \
          expected, a refusal does not fail the story",
    see: |_, memory| ObservedValue::text(memory.refused()),
}];

impl Expectation {
    /// Whether it observes that an action was refused.
    pub fn is_refusal(&self) -> bool {
        matches!(&self.observed, Observable::Named(row) if row.path == REFUSED)
    }
}
