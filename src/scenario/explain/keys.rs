//! The topics of a scenario's own keys: what stands at its top, in a moment, and in a matrix.

use super::topics::{Topic, topic};
use crate::scenario::read::{STEP_KEYS, TOP};
use crate::scenario::schema::TABLES;

/// The key of `[matrix]` that is no axis, with what it means and an example.
const KNOWN_BAD: (&str, &str, &str) = (
    "matrix.known_bad",
    "Cells of a matrix that are expected to fail, and why: a bug, or a sentence. The run is green \
     when these fail and no others.",
    "  [[matrix.known_bad]]\n  when    = { entra.dialect = \"classic\" }\n  because = \"B27\"\n",
);

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
    let (name, doc, example) = KNOWN_BAD;
    let known_bad = topic("key of scenarios", name, doc, example.to_owned());
    top.chain(moments).chain([known_bad])
}
