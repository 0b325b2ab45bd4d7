//! What waits to go out, which calls await an answer, and the one thing in transit.

use std::collections::{BTreeMap, VecDeque};

use super::faults::Verdict;
use super::transit::{Answer, Ticket};
use crate::base::Time;
use crate::entra::CallId;

/// A call of the engine that has left and has no answer yet.
pub(super) struct Pending {
    /// The record of its request.
    pub(super) request: u64,
    /// When it left.
    pub(super) left: Time,
    /// Its ticket, once it has reached a door.
    pub(super) ticket: Option<Ticket>,
    /// What a fault will do to it at the door.
    pub(super) verdict: Option<Verdict>,
}

/// An answer that is ready to leave.
pub(super) struct Ready {
    /// The answer.
    pub(super) answer: Answer,
    /// The record of the request.
    pub(super) request: u64,
    /// When the request came.
    pub(super) came: Time,
    /// Whether it answers a write that was carried out and changed nothing.
    pub(super) idle: bool,
}

/// What waits for its turn.
pub(super) enum Waiting {
    /// An answer to an own call.
    Answer(Ready),
    /// A call the engine has given up on.
    Abandon(CallId),
    /// A ticket nobody waits for any more.
    Forget(Ticket, CallId),
}

/// The one thing in transit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transit {
    /// A call, on its way to a door.
    Call(CallId),
    /// An answer, on its way to the engine.
    Answer(CallId),
}

/// Everything that waits to go out, first in, first out.
#[derive(Default)]
pub(super) struct Outbox {
    /// Answers to outsiders: never in transit, they leave at once.
    pub(super) outside: VecDeque<Ready>,
    /// What goes out one at a time.
    pub(super) waiting: VecDeque<Waiting>,
    /// The one thing in transit.
    pub(super) transit: Option<Transit>,
    /// Calls without an answer.
    pub(super) pending: BTreeMap<CallId, Pending>,
    next_ticket: u64,
}

impl Outbox {
    /// A new ticket.
    pub(super) fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    /// Takes something out of transit; `false` when it was not in it.
    pub(super) fn arrived(&mut self, what: Transit) -> bool {
        let was = self.transit == Some(what);
        if was {
            self.transit = None;
        }
        was
    }
}
