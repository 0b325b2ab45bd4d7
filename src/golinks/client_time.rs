//! The time of clients that live outside of virtual time: curl, a library, another program.
//!
//! Virtual time may stand still or run fast, but a client that waits in real time for the rate
//! limit, the end of a token or a `Retry-After` must be served by real time. The driver knows that
//! time and puts it into the request.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Request;

use crate::base::Time;
use crate::golinks::AccountId;

/// The time of the client that sends a request; the driver puts it into the request's extensions.
///
/// A request without it comes from the engine, which uses virtual time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ClientTime {
    /// The start of the run, plus the real time that has passed since.
    pub now: Time,
    /// How many virtual seconds pass in a real second; `None` when the clock stands still or jumps.
    pub speed: Option<f64>,
}

impl ClientTime {
    /// Returns the time of the client that sent this request.
    pub(super) fn of<T>(request: &Request<T>) -> Option<ClientTime> {
        request.extensions().get().copied()
    }

    /// Converts a virtual wait into this client's time; `None` when the speed is unknown.
    pub(super) fn real(self, wait: Duration) -> Option<Duration> {
        self.speed.map(|speed| Duration::from_secs_f64((wait.as_secs_f64() / speed).min(1e9)))
    }
}

/// How long the driver must delay a reply to a client in real time; put into the response's
/// extensions.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ReplyDelay(pub Duration);

/// When clients in real time created the accounts that are not found yet, by the client's own time.
#[derive(Clone, Default, Debug)]
pub(super) struct RecentlyCreated {
    created: BTreeMap<AccountId, Time>,
    /// How many accounts may be kept before those that are found by now are dropped.
    room: usize,
}

impl RecentlyCreated {
    /// Notes an account that will be found after `delay`.
    pub(super) fn note(&mut self, id: AccountId, now: Time, delay: Duration) {
        if self.created.len() >= self.room {
            self.created.retain(|_, created| *created + delay > now);
            self.room = (2 * self.created.len()).max(1_000);
        }
        self.created.insert(id, now);
    }

    /// Whether `delay` has passed since the account was created, by its creator's time.
    pub(super) fn is_found(&self, id: AccountId, now: Time, delay: Duration) -> bool {
        self.created.get(&id).is_some_and(|created| *created + delay <= now)
    }
}
