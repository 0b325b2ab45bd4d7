//! The topics of a scenario's own keys: what stands at its top, in a moment, and in a matrix.

use super::topics::{Topic, topic};
use crate::scenario::read::{STEP_KEYS, TOP};
use crate::scenario::schema::TABLES;

/// The keys of `[matrix]` that are no axis, with what they mean and an example.
const MATRIX: [(&str, &str, &str); 3] = [
    (
        "matrix.known_bad",
        "Cells of a matrix that are expected to fail: the run is green when they do, and when nothing else fails.",
        "[[matrix.known_bad]]\nwhen    = { entra.dialect = \"classic\" }\nbecause = \"B27\"",
    ),
    (
        "matrix.known_bad.when",
        "Which cells: axes with one value each.",
        "[[matrix.known_bad]]\nwhen = { entra.dialect = \"classic\" }",
    ),
    (
        "matrix.known_bad.because",
        "Why they fail: a bug, or a sentence.",
        "[[matrix.known_bad]]\nbecause = \"B27\"",
    ),
];

/// The topics of these keys.
pub fn all() -> impl Iterator<Item = Topic> {
    let top = TOP.iter().zip(TABLES).map(|(key, doc)| {
        topic(
            "key of scenarios",
            key,
            doc,
            String::from("  docs/scenario-format.md has all of it.\n"),
        )
    });
    let moments = STEP_KEYS.iter().map(|key| {
        let long = format!("  [[at]]\n  {} = {}\n", key.name, key.example);
        topic("key of moments", &format!("at.{}", key.name), key.doc, long)
    });
    let matrix = MATRIX.iter().map(|(name, doc, example)| {
        let example: String = example.lines().map(|line| format!("  {line}\n")).collect();
        topic("key of scenarios", name, doc, example)
    });
    top.chain(moments).chain(matrix)
}
