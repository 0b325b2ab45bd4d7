//! Delayed answers, in the order in which they arrive in virtual time.

use std::collections::BTreeMap;

use super::outbox::PendingReply;
use crate::base::Time;

/// Parked answers by (time, order of parking).
#[derive(Default)]
pub(super) struct Timeline {
    parked: BTreeMap<(Time, u64), PendingReply>,
    next: u64,
}

impl Timeline {
    /// Parks an answer until `at`.
    pub(super) fn park(&mut self, at: Time, ready: PendingReply) {
        self.parked.insert((at, self.next), ready);
        self.next += 1;
    }

    /// When the next answer arrives.
    pub(super) fn next_due(&self) -> Option<Time> {
        self.parked.keys().next().map(|(at, _)| *at)
    }

    /// Takes the first answer that has arrived by `now`.
    pub(super) fn take_due(&mut self, now: Time) -> Option<PendingReply> {
        let entry = self.parked.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }
}
