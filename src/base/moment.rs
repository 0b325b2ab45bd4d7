//! What pure code gets from its caller: the time, the seed, and a list for its events.

use super::{Seed, Time};

/// The instant at which a party acts. `E` is the party's own event type.
///
/// It is always the last parameter. Events go to the journal in the order they were emitted.
pub struct Moment<'a, E> {
    now: Time,
    seed: Seed,
    events: &'a mut Vec<E>,
}

impl<'a, E> Moment<'a, E> {
    /// A moment at `now`; emitted events are appended to `events`.
    pub fn new(now: Time, seed: Seed, events: &'a mut Vec<E>) -> Self {
        Moment { now, seed, events }
    }

    /// The current instant of virtual time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The seed, for named ids and draws.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Emits an event.
    pub fn emit(&mut self, event: E) {
        self.events.push(event);
    }
}
