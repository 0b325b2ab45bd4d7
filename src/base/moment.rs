//! The one door for what a pure part may not invent: what time it is, named chance, and telling
//! what happened.

use super::{Seed, Time};

/// What a party is handed at the instant it acts; `E` is the party's own words for what happened.
///
/// It is always the last parameter. What is said goes to the journal in the order it was said.
pub struct Moment<'a, E> {
    now: Time,
    seed: Seed,
    said: &'a mut Vec<E>,
}

impl<'a, E> Moment<'a, E> {
    /// A moment at `now`, whose sayings are appended to `said`.
    pub fn new(now: Time, seed: Seed, said: &'a mut Vec<E>) -> Self {
        Moment { now, seed, said }
    }

    /// The current instant of virtual time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The seed, for ids and draws that carry a name.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// Tells the journal what happened.
    pub fn say(&mut self, event: E) {
        self.said.push(event);
    }
}
