//! `test`: the last connection test.

use super::{ObservableRow, ObservedValue, Shape};
use crate::entra::job::SyncError;
use crate::world::AppView;

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "test.result",
        shape: Shape::Word(&["passed", "failed"]),
        doc: "how the last connection test went; absent before the first has a result",
        see: |world, _| {
            let words = world.entra().job().last_test().map(|test| match test {
                Ok(()) => "passed",
                Err(_) => "failed",
            });
            ObservedValue::text(words)
        },
    },
    ObservableRow {
        path: "test.code",
        shape: Shape::Text,
        doc: "the error code with which the last connection test failed; absent when it passed",
        see: |world, _| ObservedValue::text(failure(world).map(|error| error.code.word())),
    },
    ObservableRow {
        path: "test.message",
        shape: Shape::Text,
        doc: "why the last connection test failed, in the words of the portal; absent when it passed",
        see: |world, _| ObservedValue::text(failure(world).map(SyncError::text).as_deref()),
    },
];

fn failure(world: AppView<'_>) -> Option<&SyncError> {
    world.entra().job().last_test()?.as_ref().err()
}
