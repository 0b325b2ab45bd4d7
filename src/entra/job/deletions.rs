//! The one place between deciding and writing that every request to disable or delete an account
//! passes.
//!
//! A guard against accidental deletions belongs here: it counts such requests in a cycle, and from
//! a threshold on it stages them instead of letting them pass [accidental]. Today it counts and
//! lets all of them pass.

use super::subject::Subject;

/// The accounts that the current cycle takes away.
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
