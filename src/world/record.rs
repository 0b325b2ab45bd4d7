//! What the journal holds: one record for each thing that happened, in the order it happened.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use http::Method;

use super::Action;
use super::faults::Switched;
use super::transit::{Door, Origin};
use crate::base::Time;
use crate::base::time::show_duration;
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
        /// The record of the request.
        request: u64,
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
    /// The user it is about, by handle, when the engine says so.
    pub who: Option<Arc<str>>,
    /// Its method.
    pub method: Method,
    /// Path and query.
    pub target: Arc<str>,
    /// Its content type, when it is neither absent nor `application/scim+json`.
    pub content_type: Option<Box<str>>,
}

/// An answer, or the loss of one.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The record of the request it answers.
    pub request: u64,
    /// The engine's call it answers, when it is one.
    pub call: Option<CallId>,
    /// What came.
    pub came: Came,
    /// How long after the request it came, in virtual time.
    pub after: Duration,
    /// Whether it answers a write that succeeded and changed nothing at GoLinks.
    pub idle: bool,
    /// Its content type, when it is neither absent nor `application/scim+json`.
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
    /// The certificate was not trusted.
    Untrusted,
    /// The connection was reset.
    Reset,
    /// Nothing, within the client's patience.
    TimedOut,
    /// Nothing yet, and the engine does not want it any more: its cycle has ended.
    Unwanted,
}

impl Came {
    /// Whether it counts as a failed request: an error status, or no answer at all.
    pub fn failed(self) -> bool {
        !matches!(self, Came::Status(..400))
    }
}

impl Record {
    /// Appends the record as one line without a line end: virtual time, who, and what happened.
    pub fn write(&self, start: Time, out: &mut String) {
        write_clock(start, self.at, out);
        out.push_str("  ");
        out.push_str(self.event.who());
        for _ in self.event.who().len()..9 {
            out.push(' ');
        }
        self.event.write(out);
    }
}

/// Writes the day of the run by the calendar and the time of the day: `day  30 08:00:00`.
fn write_clock(start: Time, at: Time, out: &mut String) {
    let days = at.day_since(start);
    let second = at.as_micros().div_euclid(1_000_000).rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    // Writing to a String cannot fail.
    let _ = write!(out, "day {days:>3} {hour:02}:{minute:02}:{second:02}");
}

impl Event {
    /// A fault became active, or ceased to be.
    pub(super) fn switched(switched: Switched) -> Event {
        if switched.on { Event::FaultOn(switched.name) } else { Event::FaultOff(switched.name) }
    }

    /// Whose words they are: the second column.
    pub fn who(&self) -> &'static str {
        match self {
            Event::Entra(_) => "entra",
            Event::GoLinks(_) => "golinks",
            Event::Request(request) => match request.origin {
                Origin::Own(_) => "request",
                Origin::Outside => "outside",
            },
            Event::Answer(_) => "answer",
            Event::TooLate(_) => "too late",
            Event::FaultOn(_) | Event::FaultOff(_) | Event::FaultStruck { .. } => "fault",
            Event::Said(_) => "story",
            Event::Action(_) => "action",
        }
    }

    /// Appends what happened as one line of words, without time and without a line end. The digest covers these words.
    pub fn write(&self, out: &mut String) {
        match self {
            Event::Entra(event) => event.write(out),
            Event::GoLinks(event) => event.write(out),
            Event::Request(request) => request.write(out),
            Event::Answer(answer) | Event::TooLate(answer) => answer.write(out),
            Event::FaultOn(name) => push(out, &[name, " begins"]),
            Event::FaultOff(name) => push(out, &[name, " ends"]),
            Event::FaultStruck { fault, request, did } => {
                push(out, &[fault, " strikes request "]);
                push_number(out, *request);
                push(out, &[": ", did]);
            }
            Event::Said(text) => text.lines().enumerate().for_each(|(nth, line)| {
                push(out, &[if nth == 0 { "" } else { " " }, line]);
            }),
            Event::Action(action) => out.push_str(&action.to_toml()),
        }
    }

    /// Reads a little of everything that dropping it will touch.
    pub(super) fn reach(&self) -> usize {
        match self {
            Event::Request(request) => Arc::strong_count(&request.target),
            Event::Answer(answer) | Event::TooLate(answer) => usize::from(answer.idle),
            Event::Entra(event) => event.reach(),
            Event::GoLinks(golinks::Event::AccountCreated { user_name, .. }) => Arc::strong_count(user_name),
            _ => 0,
        }
    }
}

impl Request {
    fn write(&self, out: &mut String) {
        push(out, &[self.method.as_str(), " ", &self.target]);
        if let Some(who) = &self.who {
            push(out, &["  ", who]);
        }
        if let Some(kind) = &self.content_type {
            push(out, &["  ", kind]);
        }
    }
}

impl Answer {
    /// What came of a request, without a body or headers.
    pub(super) fn new(request: u64, call: Option<CallId>, came: Came, after: Duration) -> Answer {
        Answer { request, call, came, after, idle: false, content_type: None, retry_after: None }
    }

    fn write(&self, out: &mut String) {
        match self.came {
            Came::Status(status) => push_number(out, status.into()),
            Came::Refused => out.push_str("connection refused"),
            Came::Untrusted => out.push_str("certificate not trusted"),
            Came::Reset => out.push_str("connection reset"),
            Came::TimedOut => out.push_str("none in time"),
            Came::Unwanted => out.push_str("none, and none is wanted any more"),
        }
        out.push_str(" to request ");
        push_number(out, self.request);
        if !self.after.is_zero() {
            push(out, &[" after ", &show_duration(self.after)]);
        }
        if self.idle {
            out.push_str(", changed nothing");
        }
        if let Some(kind) = &self.content_type {
            push(out, &["  ", kind]);
        }
        if let Some(wait) = &self.retry_after {
            push(out, &["  Retry-After: ", wait]);
        }
    }
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

/// Appends a whole number, faster than formatting does: it stands in most records.
fn push_number(out: &mut String, mut number: u64) {
    let mut digits = [0u8; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}
