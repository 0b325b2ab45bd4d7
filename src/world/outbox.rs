//! The outbox: what waits to go out, the calls that await an answer, and the one thing in transit.

use std::collections::VecDeque;
use std::time::Duration;

use super::faults::Strike;
use super::transit::{Door, Ticket, WireReply};
use crate::base::{AscendingMap, Time};
use crate::entra::CallId;

/// A call of the engine that has left and has no answer yet.
pub(super) struct PendingCall {
    /// The record of its request.
    pub(super) request: u64,
    /// The door it goes to.
    pub(super) door: Door,
    /// When it left.
    pub(super) left: Time,
    /// Its ticket, once it has reached a door.
    pub(super) ticket: Option<Ticket>,
    /// What a fault will do to it at the door. It is rare, and most calls carry none.
    pub(super) strike: Option<Box<Strike>>,
}

/// The outcome of a request at its door.
pub(super) struct DoorOutcome {
    /// What is sent.
    pub(super) reply: WireReply,
    /// How long it waits first.
    pub(super) wait: Duration,
    /// Whether it reports success for a write that changed nothing.
    pub(super) idle: bool,
    /// The door.
    pub(super) door: Door,
}

impl DoorOutcome {
    /// An outcome with this reply, sent without a wait.
    pub(super) fn by(door: Door, reply: WireReply) -> DoorOutcome {
        DoorOutcome { reply, wait: Duration::ZERO, idle: false, door }
    }
}

/// An answer to a call of the engine, ready to leave.
pub(super) struct PendingReply {
    /// The ticket of the request it answers.
    pub(super) ticket: Ticket,
    /// The call.
    pub(super) to: CallId,
    /// The record of the request.
    pub(super) request: u64,
    /// When the request left.
    pub(super) left: Time,
    /// The answer.
    pub(super) outcome: DoorOutcome,
}

/// The answer to an external client's request; it has not left yet.
#[must_use = "an answer that never leaves is missing in the journal"]
pub struct ExternalAnswer {
    /// The record of the request.
    pub(super) request: u64,
    /// When it arrived.
    pub(super) arrived: Time,
    /// The answer.
    pub(super) outcome: DoorOutcome,
}

/// What waits for its turn.
pub(super) enum OutboxItem {
    /// An answer to a call of the engine.
    Answer(PendingReply),
    /// A call the engine has given up on.
    Abandon(CallId),
    /// A ticket that no caller waits for any more.
    Forget(Ticket, CallId),
}

/// The one thing in transit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transit {
    /// A call, on its way to a door.
    Call(CallId),
    /// An answer, on its way to the engine, with the record of the request it answers.
    Answer(CallId, u64),
}

/// Everything that waits to go out, first in, first out.
#[derive(Default)]
pub(super) struct Outbox {
    /// What goes out one at a time.
    pub(super) waiting: VecDeque<OutboxItem>,
    /// The one thing in transit.
    pub(super) transit: Option<Transit>,
    /// Calls without an answer.
    pub(super) pending: AscendingMap<CallId, PendingCall>,
    next_ticket: u64,
}

impl Outbox {
    /// A new ticket.
    pub(super) fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    /// Takes a call out of transit, if it is the thing in transit.
    pub(super) fn call_arrived(&mut self, call: CallId) {
        if self.transit == Some(Transit::Call(call)) {
            self.transit = None;
        }
    }

    /// Takes the answer to a call out of transit and returns the record of the request; `None`
    /// when it was not in transit.
    pub(super) fn answer_arrived(&mut self, call: CallId) -> Option<u64> {
        match self.transit {
            Some(Transit::Answer(answered, request)) if answered == call => {
                self.transit = None;
                Some(request)
            }
            _ => None,
        }
    }
}
