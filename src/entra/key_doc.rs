//! The keys of the tables that authors write, with their meaning: for suggestions, `explain` and
//! the reference.

use crate::base::Problems;
use crate::base::node::{Entry, unknown_key};

/// A key of a table.
#[derive(Clone, Copy, Debug)]
pub struct KeyDoc {
    /// The key.
    pub name: &'static str,
    /// What it means, in a sentence or two.
    pub doc: &'static str,
    /// A value as an author writes it.
    pub example: &'static str,
}

/// One row of a table of keys.
pub(super) const fn key(name: &'static str, doc: &'static str, example: &'static str) -> KeyDoc {
    KeyDoc { name, doc, example }
}

/// The names of keys.
pub fn names(keys: &[KeyDoc]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}

/// Reports every entry of the table `whole` whose key is not among `keys`.
pub fn refuse_unknown(entries: &[Entry], whole: &str, keys: &[KeyDoc], problems: &mut Problems) {
    let names = names(keys);
    for entry in entries.iter().filter(|entry| !names.contains(&entry.key.as_str())) {
        unknown_key(entry, whole, &names, problems);
    }
}
