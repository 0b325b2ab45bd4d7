//! What can go wrong on the way: a matcher says when, a verdict says what; one file a verdict, and the table of them.

use crate::base::{Node, Problems, Time};

/// One fault: when it strikes, and what it does.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// Its name; unique in a world.
    pub name: String,
}

/// How a verdict is written and explained.
pub struct Kind {
    /// The key in scenario files.
    pub name: &'static str,
    /// What it does, for `explain`.
    pub doc: &'static str,
    /// An example in TOML: a whole `[[fault]]`.
    pub example: &'static str,
}

/// Every verdict, in the order `explain` prints them.
pub const FAULTS: &[Kind] = &[];

impl Fault {
    /// Reads a `[[fault]]` table.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Fault> {
        let _ = (node, problems);
        None
    }
}

/// The faults of a world and which of them are active.
pub struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// The faults of a world that starts at `start`.
    pub fn new(list: Vec<Fault>, start: Time) -> Faults {
        let _ = start;
        Faults { list }
    }

    /// All faults with whether they are active.
    pub fn iter(&self) -> impl Iterator<Item = (&Fault, bool)> {
        self.list.iter().map(|fault| (fault, false))
    }
}
