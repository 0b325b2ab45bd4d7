//! The count of accounts to be disabled or deleted. Every such request passes here before it is
//! sent.
//!
//! A guard against accidental deletions belongs here: above a threshold per cycle it would stage
//! such requests [accidental]. Today the requests are only counted.

use super::subject::Subject;

/// The number of accounts that the current cycle disables or deletes.
#[derive(Clone, Copy, Default, Debug)]
pub struct Deletions {
    planned: u64,
}

impl Deletions {
    /// Begins a new count, because a cycle begins.
    pub fn begin_cycle(&mut self) {
        self.planned = 0;
    }

    /// Counts an account that is about to be disabled or deleted.
    pub fn count(&mut self, _subject: Subject) {
        self.planned += 1;
    }

    /// How many accounts the current cycle disables or deletes.
    pub fn planned(&self) -> u64 {
        self.planned
    }
}
