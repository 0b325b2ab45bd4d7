//! The five verbs: what is due, advance, what goes out, receive, deliver; and acting.

use bytes::Bytes;
use http::Request;

use super::driver::Drive;
use super::faults::Faults;
use super::journal::{Bounds, Journal};
use super::transit::{Door, Origin, Outgoing, Ticket};
use super::{Action, ActionError, Event, Fault};
use crate::base::{Seed, Time};
use crate::entra::{CallId, Entra, Reply};
use crate::golinks::GoLinks;

/// What a world is made of.
pub struct Setup {
    /// The seed of all chance.
    pub seed: Seed,
    /// The first instant.
    pub start: Time,
    /// The tenant and its provisioning job.
    pub entra: Entra,
    /// The server.
    pub golinks: GoLinks,
    /// The faults, in file order.
    pub faults: Vec<Fault>,
    /// The tenant URL as outsiders reach it; `Location` is built from it.
    pub base_url: String,
    /// How much the journal keeps.
    pub journal: Bounds,
}

/// A clock, the tenant, GoLinks, the faults and a journal.
pub struct World {
    seed: Seed,
    now: Time,
    entra: Entra,
    golinks: GoLinks,
    faults: Faults,
    journal: Journal,
    next_ticket: u64,
    pause: bool,
}

impl World {
    /// A world at its first instant.
    pub fn new(setup: Setup) -> World {
        let Setup { seed, start, entra, golinks, faults, base_url: _, journal } = setup;
        let faults = Faults::new(faults, start);
        let journal = Journal::new(journal);
        World { seed, now: start, entra, golinks, faults, journal, next_ticket: 1, pause: false }
    }

    /// The current instant.
    pub fn now(&self) -> Time {
        self.now
    }

    /// The seed of the run.
    pub fn seed(&self) -> Seed {
        self.seed
    }

    /// The tenant and its job.
    pub fn entra(&self) -> &Entra {
        &self.entra
    }

    /// GoLinks.
    pub fn golinks(&self) -> &GoLinks {
        &self.golinks
    }

    /// The journal.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The journal, to drain it.
    pub fn journal_mut(&mut self) -> &mut Journal {
        &mut self.journal
    }

    /// The faults and which of them are active.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The earliest instant at which something is due; `None` when nothing ever will be.
    pub fn next_due(&self) -> Option<Time> {
        None
    }

    /// First half of an advance: the clock, expiries, parked answers, faults switching and the recycle bin.
    pub fn move_clock(&mut self, to: Time) {
        self.now = to;
    }

    /// Second half of an advance: the engine does what is due.
    pub fn wake_engine(&mut self) {}

    /// Moves the clock to `to` and does what is due then.
    pub fn advance(&mut self, to: Time) {
        self.move_clock(to);
        self.wake_engine();
    }

    /// The next thing to carry, first in, first out.
    pub fn next_outgoing(&mut self) -> Option<Outgoing> {
        None
    }

    /// A request reached a door; its path is the one below the base, such as `/scim/v2/Users`.
    pub fn receive(&mut self, origin: Origin, door: Door, request: Request<Bytes>) -> Ticket {
        let _ = (origin, door, request);
        self.next_ticket += 1;
        Ticket(self.next_ticket - 1)
    }

    /// A reply reached the engine.
    pub fn deliver(&mut self, call: CallId, reply: Reply) {
        let _ = (call, reply);
    }

    /// Somebody acts.
    ///
    /// # Errors
    /// Why it could not be done; nothing has changed then.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let _ = action;
        Ok(())
    }

    /// The narrator speaks.
    pub fn say(&mut self, text: &str) {
        self.journal.push(self.now, Event::Said(text.into()));
    }

    /// Whether a `pause` action asked the driver to stop the clock since this was last asked.
    pub fn take_pause(&mut self) -> bool {
        std::mem::take(&mut self.pause)
    }
}

impl Drive for World {
    fn now(&self) -> Time {
        World::now(self)
    }
    fn next_due(&self) -> Option<Time> {
        World::next_due(self)
    }
    fn advance(&mut self, to: Time) {
        World::advance(self, to)
    }
    fn next_outgoing(&mut self) -> Option<Outgoing> {
        World::next_outgoing(self)
    }
    fn receive(&mut self, origin: Origin, door: Door, request: Request<Bytes>) -> Ticket {
        World::receive(self, origin, door, request)
    }
    fn deliver(&mut self, call: CallId, reply: Reply) {
        World::deliver(self, call, reply)
    }
}
