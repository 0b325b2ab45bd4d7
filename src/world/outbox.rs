//! What waits to go out, which calls await an answer, and the one thing in transit.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::faults::Verdict;
use super::transit::{Sent, Ticket};
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

/// What came of a request at its door.
pub(super) struct Handled {
    /// What is sent.
    pub(super) sent: Sent,
    /// After how long.
    pub(super) wait: Duration,
    /// Whether it was a write that was carried out and changed nothing.
    pub(super) idle: bool,
}

impl Handled {
    /// Without more to say.
    pub(super) fn by(sent: Sent) -> Handled {
        Handled { sent, wait: Duration::ZERO, idle: false }
    }
}

/// An answer to a call of the engine's that is ready to leave.
pub(super) struct Ready {
    /// Which request it answers.
    pub(super) ticket: Ticket,
    /// The call.
    pub(super) to: CallId,
    /// The record of the request.
    pub(super) request: u64,
    /// When the request left.
    pub(super) came: Time,
    /// The answer.
    pub(super) handled: Handled,
}

/// An outsider's request that has been answered; its answer has not left.
#[must_use = "an answer that never leaves is missing in the journal"]
pub struct Knocked {
    /// The record of the request.
    pub(super) request: u64,
    /// When it came.
    pub(super) came: Time,
    /// The answer.
    pub(super) handled: Handled,
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
