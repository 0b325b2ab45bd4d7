//! How fast the job may send: requests a second, and the wait that an application asked for.

use std::time::Duration;

use crate::base::Time;

/// When the next request may leave.
#[derive(Clone, Copy, Default, Debug)]
pub struct Pace {
    next: Time,
    hold_until: Time,
}

impl Pace {
    /// Whether a request may leave now.
    pub fn allows(&self, now: Time) -> bool {
        self.opens() <= now
    }

    /// The first instant at which a request may leave.
    pub fn opens(&self) -> Time {
        self.next.max(self.hold_until)
    }

    /// The end of the wait that the application asked for; an instant in the past when it asked for
    /// none.
    pub fn held_until(&self) -> Time {
        self.hold_until
    }

    /// A request leaves now; the next may follow after a share of a second.
    pub fn sent(&mut self, now: Time, max_rps: u64) {
        if max_rps > 0 {
            self.next = now + Duration::from_micros(1_000_000 / max_rps.min(1_000_000));
        }
    }

    /// Nothing may leave before then.
    pub fn hold(&mut self, until: Time) {
        self.hold_until = self.hold_until.max(until);
    }
}
