//! The time of clients that live outside of virtual time: curl, a library, another program.
//!
//! Virtual time may stand still or race; a client that waits in real time for a rate to recover,
//! for a token to end, or for what a `Retry-After` says, must be measured and answered in real
//! time. The driver knows it and says so with the request.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Request;

use crate::base::Time;
use crate::golinks::AccountId;

/// What time it is for the client that sends a request; put into the request's extensions by the
/// driver.
///
/// A request without it comes from the engine, which lives in virtual time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ClientTime {
    /// The start of the run, and as much later as real time has passed since.
    pub now: Time,
    /// How many virtual seconds pass in a real one; `None` when that is unknown, because the clock
    /// stands still or jumps.
    pub speed: Option<f64>,
}

impl ClientTime {
    /// The time of the client that sent this.
    pub(super) fn of<T>(request: &Request<T>) -> Option<ClientTime> {
        request.extensions().get().copied()
    }

    /// How long a virtual wait is for this client; `None` when that is unknown.
    pub(super) fn real(self, wait: Duration) -> Option<Duration> {
        self.speed.map(|speed| Duration::from_secs_f64((wait.as_secs_f64() / speed).min(1e9)))
    }
}

/// How long an answer takes a client that lives in real time; in the answer's extensions, for the
/// driver to wait.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ReplyDelay(pub Duration);

/// When clients in real time created what not every client finds yet, by their own time.
#[derive(Clone, Default, Debug)]
pub(super) struct RecentlyCreated {
    created: BTreeMap<AccountId, Time>,
    /// How many may be kept before those found by now are dropped.
    room: usize,
}

impl RecentlyCreated {
    /// Notes an account that will be found after so long.
    pub(super) fn note(&mut self, id: AccountId, now: Time, delay: Duration) {
        if self.created.len() >= self.room {
            self.created.retain(|_, created| *created + delay > now);
            self.room = (2 * self.created.len()).max(1_000);
        }
        self.created.insert(id, now);
    }

    /// Whether so much of its creator's time has passed for this account.
    pub(super) fn is_found(&self, id: AccountId, now: Time, delay: Duration) -> bool {
        self.created.get(&id).is_some_and(|created| *created + delay <= now)
    }
}
