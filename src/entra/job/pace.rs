//! How fast the job may send: requests per second, and the wait that a 429 asked for.

use std::time::Duration;

use crate::base::Time;

/// When the next request may be sent.
#[derive(Clone, Copy, Default, Debug)]
pub struct Pace {
    next: Time,
    hold_until: Time,
}

impl Pace {
    /// Whether a request may be sent now.
    pub fn allows(&self, now: Time) -> bool {
        self.opens() <= now
    }

    /// The first instant at which a request may be sent.
    pub fn opens(&self) -> Time {
        self.next.max(self.hold_until)
    }

    /// The end of the wait that a 429 asked for; an instant in the past when there is none.
    pub fn held_until(&self) -> Time {
        self.hold_until
    }

    /// Records that a request is sent now; the next may follow after 1/`max_rps` of a second.
    pub fn sent(&mut self, now: Time, max_rps: u64) {
        if max_rps > 0 {
            self.next = now + Duration::from_micros(1_000_000 / max_rps.min(1_000_000));
        }
    }

    /// Holds back all requests until an instant.
    pub fn hold(&mut self, until: Time) {
        self.hold_until = self.hold_until.max(until);
    }
}
