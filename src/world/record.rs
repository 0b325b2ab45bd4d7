//! What the journal holds: one record for each thing that happened, in the order it happened.

use std::fmt::Write;
use std::time::Duration;

use http::HeaderMap;

use super::Action;
use super::applications::Party;
use super::transit::{Door, Origin};
use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::CallId;
use crate::entra::call::LEFT_ALONE;
use crate::{entra, golinks};

/// One thing that happened, with its number and its instant, as the journal shows it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Counts from 1, without gaps; also the id of the server-sent event.
    pub seq: u64,
    /// When, in virtual time.
    pub at: Time,
    /// The cause; not part of the digest. `None` when the record came from outside of the world (an
    /// action, a narration, an external request).
    pub cause: Option<Cause>,
    /// The application or the workspace that it is about.
    pub party: Party,
    /// The name of that party, where the world has several of its kind.
    pub label: Option<&'a str>,
    /// What happened.
    pub event: RecordedEvent<'a>,
}

/// The cause of a record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// The clock: something was due. It makes the requests with which a cycle begins or goes on.
    Timer,
    /// A request, by the number of its record: it was handled, or its answer reached the engine,
    /// which may send another one for it.
    Request(u64),
    /// An action, by the number of its record.
    Action(u64),
}

/// What happened; the events of Entra and GoLinks are carried unchanged.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RecordedEvent<'a> {
    /// An event of the directory or of the provisioning job.
    Entra(&'a entra::Event),
    /// An event of GoLinks that is not about an account.
    GoLinks(&'a golinks::Event),
    /// An event of GoLinks about an account.
    Account(golinks::AccountEvent<'a>),
    /// A request left the engine, or came in from outside.
    Request(RecordedRequest<'a>),
    /// An answer left, or its loss became known.
    Answer(RecordedAnswer<'a>),
    /// An answer came after the engine had given up on the call; it was not sent.
    TooLate(RecordedAnswer<'a>),
    /// A fault became active.
    FaultOn(&'a str),
    /// A fault is no longer active.
    FaultOff(&'a str),
    /// A fault struck a request.
    FaultStruck {
        /// The name of the fault.
        fault: &'a str,
        /// The record of the request.
        request: u64,
        /// What it did to the request, such as `delayed by 8 s`.
        did: &'a str,
    },
    /// The narrator spoke.
    Narrated(&'a str),
    /// An action of the script, a button or the control API.
    Action(&'a Action),
    /// An action of the script was refused; nothing has changed.
    Refused {
        /// The action.
        action: &'a Action,
        /// Why.
        why: &'a str,
    },
}

/// A request as it left. What is kept of it has no parts that differ between drivers (host, port,
/// date, secret).
#[derive(Clone, Copy, Debug)]
pub struct RecordedRequest<'a> {
    /// The client that sent it.
    pub origin: Origin,
    /// The door it arrives at.
    pub door: Door,
    /// The handle of the user it is about; only for the engine's requests.
    pub who: Option<&'a str>,
    /// The handle of the group it is about; only for the engine's requests. The words of a record
    /// and the digest leave it out.
    pub group: Option<&'a str>,
    /// Its method.
    pub method: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Its content type, when it is neither absent nor `application/scim+json`.
    pub content_type: Option<&'a str>,
    /// Its headers, while it is handed to a sink; what is kept has none. The words of a record and
    /// the digest leave them out.
    pub headers: Option<&'a HeaderMap>,
}

/// An answer, or the loss of one.
#[derive(Clone, Copy, Debug)]
pub struct RecordedAnswer<'a> {
    /// The record of the request it answers.
    pub request: u64,
    /// The engine's call it answers; `None` for an external client's request.
    pub call: Option<CallId>,
    /// The status, or why there is none.
    pub status: ReplyStatus,
    /// How long after the request it came, in virtual time.
    pub after: Duration,
    /// Whether it reports success for a write that changed nothing at GoLinks.
    pub idle: bool,
    /// Its content type, when it is neither absent nor `application/scim+json`.
    pub content_type: Option<&'a str>,
    /// Its `Retry-After`, when it has one.
    pub retry_after: Option<&'a str>,
    /// Its headers, as those of a request.
    pub headers: Option<&'a HeaderMap>,
}

/// What came back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReplyStatus {
    /// A response with this status.
    Status(u16),
    /// The connection was refused.
    Refused,
    /// The certificate was not trusted.
    Untrusted,
    /// The connection was reset.
    Reset,
    /// Nothing, before the client gave up.
    TimedOut,
    /// The request was never sent: the provisioning service failed by itself.
    NotSent,
    /// The request was never sent: it would have changed what was there before the run.
    LeftAlone,
    /// Nothing yet, and the engine no longer waits for it: its cycle has ended.
    Unwanted,
}

impl ReplyStatus {
    /// Whether it counts as a failed request: an error status, or no answer at all.
    pub fn failed(self) -> bool {
        !matches!(self, ReplyStatus::Status(..400))
    }
}

impl Record<'_> {
    /// Appends the record as one line without a line end: virtual time, the party, and what
    /// happened.
    pub fn write(&self, start: Time, out: &mut String) {
        write_clock(start, self.at, out);
        out.push_str("  ");
        out.push_str(self.event.who());
        for _ in self.event.who().len()..9 {
            out.push(' ');
        }
        write_label(self.label, out);
        self.event.write(out);
    }
}

/// Writes the name of a party before the words that are its: `[test] `.
pub(super) fn write_label(label: Option<&str>, out: &mut String) {
    if let Some(label) = label {
        push(out, &["[", label, "] "]);
    }
}

/// Writes the calendar day of the run and the time of day: `day  30 08:00:00`.
fn write_clock(start: Time, at: Time, out: &mut String) {
    let days = at.day_since(start);
    let second = at.as_micros().div_euclid(1_000_000).rem_euclid(86_400);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    // Writing to a String cannot fail.
    let _ = write!(out, "day {days:>3} {hour:02}:{minute:02}:{second:02}");
}

impl RecordedEvent<'_> {
    /// Whether settings of a job were changed.
    pub fn is_setting(&self) -> bool {
        use entra::Event::{Saved, SettingChanged};
        matches!(self, RecordedEvent::Entra(SettingChanged(_) | Saved))
    }

    /// The party, or the kind of record, as the second column shows it.
    pub fn who(&self) -> &'static str {
        match self {
            RecordedEvent::Entra(_) => "entra",
            RecordedEvent::GoLinks(_) | RecordedEvent::Account(_) => "golinks",
            RecordedEvent::Request(request) => match request.origin {
                Origin::Engine(_) => "request",
                Origin::External => "outside",
            },
            RecordedEvent::Answer(_) => "answer",
            RecordedEvent::TooLate(_) => "too late",
            RecordedEvent::FaultOn(_)
            | RecordedEvent::FaultOff(_)
            | RecordedEvent::FaultStruck { .. } => "fault",
            RecordedEvent::Narrated(_) => "story",
            RecordedEvent::Action(_) => "action",
            RecordedEvent::Refused { .. } => "refused",
        }
    }

    /// Appends what happened as one line of words, without time and without a line end. The digest
    /// covers these words.
    pub fn write(&self, out: &mut String) {
        match self {
            RecordedEvent::Entra(event) => event.write(out),
            RecordedEvent::GoLinks(event) => event.write(out),
            RecordedEvent::Account(event) => event.write(out),
            RecordedEvent::Request(request) => request.write(out),
            RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => answer.write(out),
            RecordedEvent::FaultOn(name) => push(out, &[name, " begins"]),
            RecordedEvent::FaultOff(name) => push(out, &[name, " ends"]),
            RecordedEvent::FaultStruck { fault, request, did } => {
                push(out, &[fault, " strikes request "]);
                push_number(out, *request);
                push(out, &[": ", did]);
            }
            RecordedEvent::Narrated(text) => text.lines().enumerate().for_each(|(nth, line)| {
                push(out, &[if nth == 0 { "" } else { " " }, line]);
            }),
            RecordedEvent::Action(action) => out.push_str(&action.to_toml()),
            RecordedEvent::Refused { action, why } => push(out, &[&action.to_toml(), ": ", why]),
        }
    }
}

impl<'a> RecordedRequest<'a> {
    /// The handle of the user or of the group that it is about.
    pub fn about(&self) -> Option<&'a str> {
        self.who.or(self.group)
    }

    fn write(&self, out: &mut String) {
        push(out, &[self.method, " ", self.target]);
        if let Some(who) = self.who {
            push(out, &["  ", who]);
        }
        if let Some(kind) = self.content_type {
            push(out, &["  ", kind]);
        }
    }
}

impl RecordedAnswer<'_> {
    /// The outcome of a request, without a body or headers.
    pub(super) fn new(
        request: u64,
        call: Option<CallId>,
        status: ReplyStatus,
        after: Duration,
    ) -> Self {
        RecordedAnswer {
            request,
            call,
            status,
            after,
            idle: false,
            content_type: None,
            retry_after: None,
            headers: None,
        }
    }

    fn write(&self, out: &mut String) {
        match self.status {
            ReplyStatus::Status(status) => push_number(out, status.into()),
            ReplyStatus::Refused => out.push_str("connection refused"),
            ReplyStatus::Untrusted => out.push_str("certificate not trusted"),
            ReplyStatus::Reset => out.push_str("connection reset"),
            ReplyStatus::TimedOut => out.push_str("none in time"),
            ReplyStatus::NotSent => out.push_str("none, because the service failed"),
            ReplyStatus::LeftAlone => out.push_str(LEFT_ALONE),
            ReplyStatus::Unwanted => out.push_str("none, and none is wanted any more"),
        }
        out.push_str(" to request ");
        push_number(out, self.request);
        if !self.after.is_zero() {
            push(out, &[" after ", &show_duration(self.after)]);
        }
        if self.idle {
            out.push_str(", changed nothing");
        }
        if let Some(kind) = self.content_type {
            push(out, &["  ", kind]);
        }
        if let Some(wait) = self.retry_after {
            push(out, &["  Retry-After: ", wait]);
        }
    }
}

fn push(out: &mut String, parts: &[&str]) {
    parts.iter().for_each(|part| out.push_str(part));
}

fn push_number(out: &mut String, number: u64) {
    out.push_str(itoa::Buffer::new().format(number));
}
