//! What the journal holds: one record for each thing that happened, in the order it happened.

use std::time::Duration;

use bytes::Bytes;
use http::Method;

use super::Action;
use super::transit::{Door, Origin, Ticket};
use crate::base::Time;
use crate::entra::CallId;
use crate::{entra, golinks};

/// One thing that happened, with its number and its instant.
#[derive(Clone, Debug)]
pub struct Record {
    /// Counts from 1, without gaps; also the id of the server-sent event.
    pub seq: u64,
    /// When, in virtual time.
    pub at: Time,
    /// What.
    pub event: Event,
}

/// What happened, in the world's own words; each party's words are carried as they are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The directory or the provisioning job says.
    Entra(entra::Event),
    /// GoLinks says.
    GoLinks(golinks::Event),
    /// A request left the engine, or came in from outside.
    Request(Box<Request>),
    /// An answer left, or its loss became known.
    Answer(Box<Answer>),
    /// An answer came after the engine had given up on the call; it was not sent.
    TooLate(Box<Answer>),
    /// A fault became active.
    FaultOn(Box<str>),
    /// A fault is no longer active.
    FaultOff(Box<str>),
    /// A fault struck a request.
    FaultStruck {
        /// Which fault.
        fault: Box<str>,
        /// The engine's call, when it is one.
        call: Option<CallId>,
        /// What it did to the request, such as `delayed by 8 s`.
        did: Box<str>,
    },
    /// The narrator spoke.
    Said(Box<str>),
    /// Somebody acted: the script, a button, the control API.
    Action(Box<Action>),
}

/// A request as it left, without what differs between drivers (host, port, date, secret).
#[derive(Clone, Debug)]
pub struct Request {
    /// Whose it is.
    pub origin: Origin,
    /// The door it knocks at.
    pub door: Door,
    /// Its method.
    pub method: Method,
    /// Path and query, below the base.
    pub target: Box<str>,
    /// Its body; `None` once it has been let go to keep the journal within its bound.
    pub body: Option<Bytes>,
    /// Its content type, when it is not `application/scim+json`.
    pub content_type: Option<Box<str>>,
}

/// An answer, or the loss of one.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The engine's call it answers, when it is one.
    pub call: Option<CallId>,
    /// The ticket, when the request had reached a door.
    pub ticket: Option<Ticket>,
    /// What came.
    pub came: Came,
    /// How long after the request it came, in virtual time.
    pub after: Duration,
    /// Its body; `None` once it has been let go to keep the journal within its bound.
    pub body: Option<Bytes>,
    /// Its content type, when it is not `application/scim+json`.
    pub content_type: Option<Box<str>>,
    /// Its `Retry-After`, when it has one.
    pub retry_after: Option<Box<str>>,
}

/// What came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Came {
    /// A response with this status.
    Status(u16),
    /// The connection was refused.
    Refused,
    /// The connection was reset.
    Reset,
    /// Nothing, within the client's patience.
    TimedOut,
}

impl Record {
    /// Appends the record as one line without a line end: virtual time, who, what, whom, result, in fixed columns.
    pub fn write(&self, out: &mut String) {
        let _ = out;
    }
}
