//! Whole copies of records, in the order in which they happened: what a sink hands on to another
//! thread, so that the run need not wait until they are written.

use std::ops::Range;
use std::time::Duration;

use http::HeaderMap;

use super::Action;
use super::applications::Party;
use super::journal::Sink;
use super::record::{Cause, Record, RecordedAnswer, RecordedEvent, RecordedRequest, ReplyStatus};
use super::transit::{Door, Origin};
use crate::base::Time;
use crate::entra::CallId;
use crate::golinks::{AccountEvent, AccountId, Happened, Paths};
use crate::{entra, golinks};

/// Copies of some records. Their texts and bodies lie one behind the other.
#[derive(Default)]
pub struct RecordBatch {
    texts: String,
    bodies: Vec<u8>,
    copies: Vec<Copied>,
}

/// A place in the texts.
type Text = Range<usize>;

struct Copied {
    seq: u64,
    at: Time,
    cause: Option<Cause>,
    party: Party,
    label: Option<Text>,
    event: CopiedEvent,
    body: Option<Range<usize>>,
}

enum CopiedEvent {
    Entra(entra::Event),
    GoLinks(golinks::Event),
    Account { id: AccountId, what: Happened, user_name: Text, paths: Text },
    Request(Box<CopiedRequest>),
    Answer { late: bool, answer: Box<CopiedAnswer> },
    FaultOn(Text),
    FaultOff(Text),
    FaultStruck { fault: Text, request: u64, did: Text },
    Narrated(Text),
    Action(Box<Action>),
    Refused { action: Box<Action>, why: Text },
}

struct CopiedRequest {
    origin: Origin,
    door: Door,
    who: Option<Text>,
    group: Option<Text>,
    method: Text,
    target: Text,
    content_type: Option<Text>,
    headers: Option<HeaderMap>,
}

struct CopiedAnswer {
    request: u64,
    call: Option<CallId>,
    status: ReplyStatus,
    after: Duration,
    idle: bool,
    content_type: Option<Text>,
    retry_after: Option<Text>,
    headers: Option<HeaderMap>,
}

impl RecordBatch {
    /// How many records it has.
    pub fn count(&self) -> usize {
        self.copies.len()
    }

    /// How many bytes of texts and bodies it has.
    pub fn bytes(&self) -> usize {
        self.texts.len() + self.bodies.len()
    }

    /// Each record with its body.
    pub fn records(&self) -> impl Iterator<Item = (Record<'_>, Option<&[u8]>)> {
        self.copies.iter().map(|copied| {
            let record = Record {
                seq: copied.seq,
                at: copied.at,
                cause: copied.cause,
                party: copied.party,
                label: copied.label.clone().map(|label| self.at(&label)),
                event: self.event(&copied.event),
            };
            (record, copied.body.clone().map(|body| &self.bodies[body]))
        })
    }

    fn at(&self, text: &Text) -> &str {
        &self.texts[text.clone()]
    }

    fn maybe(&self, text: &Option<Text>) -> Option<&str> {
        text.as_ref().map(|text| self.at(text))
    }

    fn keep(&mut self, text: &str) -> Text {
        let from = self.texts.len();
        self.texts.push_str(text);
        from..self.texts.len()
    }

    fn keep_maybe(&mut self, text: Option<&str>) -> Option<Text> {
        text.map(|text| self.keep(text))
    }

    fn event<'b>(&'b self, copied: &'b CopiedEvent) -> RecordedEvent<'b> {
        match copied {
            CopiedEvent::Entra(event) => RecordedEvent::Entra(event),
            CopiedEvent::GoLinks(event) => RecordedEvent::GoLinks(event),
            CopiedEvent::Account { id, what, user_name, paths } => {
                let paths = Paths::from_lines(self.at(paths));
                let user_name = self.at(user_name);
                RecordedEvent::Account(AccountEvent { id: *id, user_name, what: *what, paths })
            }
            CopiedEvent::Request(request) => RecordedEvent::Request(RecordedRequest {
                origin: request.origin,
                door: request.door,
                who: self.maybe(&request.who),
                group: self.maybe(&request.group),
                method: self.at(&request.method),
                target: self.at(&request.target),
                content_type: self.maybe(&request.content_type),
                headers: request.headers.as_ref(),
            }),
            CopiedEvent::Answer { late, answer } => {
                let answer = RecordedAnswer {
                    request: answer.request,
                    call: answer.call,
                    status: answer.status,
                    after: answer.after,
                    idle: answer.idle,
                    content_type: self.maybe(&answer.content_type),
                    retry_after: self.maybe(&answer.retry_after),
                    headers: answer.headers.as_ref(),
                };
                match late {
                    true => RecordedEvent::TooLate(answer),
                    false => RecordedEvent::Answer(answer),
                }
            }
            CopiedEvent::FaultOn(name) => RecordedEvent::FaultOn(self.at(name)),
            CopiedEvent::FaultOff(name) => RecordedEvent::FaultOff(self.at(name)),
            CopiedEvent::FaultStruck { fault, request, did } => RecordedEvent::FaultStruck {
                fault: self.at(fault),
                request: *request,
                did: self.at(did),
            },
            CopiedEvent::Narrated(text) => RecordedEvent::Narrated(self.at(text)),
            CopiedEvent::Action(action) => RecordedEvent::Action(action),
            CopiedEvent::Refused { action, why } => {
                RecordedEvent::Refused { action, why: self.at(why) }
            }
        }
    }

    fn copy(&mut self, event: &RecordedEvent<'_>) -> CopiedEvent {
        match event {
            RecordedEvent::Entra(event) => CopiedEvent::Entra((*event).clone()),
            RecordedEvent::GoLinks(event) => CopiedEvent::GoLinks((*event).clone()),
            RecordedEvent::Account(account) => CopiedEvent::Account {
                id: account.id,
                what: account.what,
                user_name: self.keep(account.user_name),
                paths: self.keep(account.paths.as_lines()),
            },
            RecordedEvent::Request(request) => {
                CopiedEvent::Request(Box::new(self.copy_request(request)))
            }
            RecordedEvent::Answer(answer) => {
                CopiedEvent::Answer { late: false, answer: Box::new(self.copy_answer(answer)) }
            }
            RecordedEvent::TooLate(answer) => {
                CopiedEvent::Answer { late: true, answer: Box::new(self.copy_answer(answer)) }
            }
            RecordedEvent::FaultOn(name) => CopiedEvent::FaultOn(self.keep(name)),
            RecordedEvent::FaultOff(name) => CopiedEvent::FaultOff(self.keep(name)),
            RecordedEvent::FaultStruck { fault, request, did } => CopiedEvent::FaultStruck {
                fault: self.keep(fault),
                request: *request,
                did: self.keep(did),
            },
            RecordedEvent::Narrated(text) => CopiedEvent::Narrated(self.keep(text)),
            RecordedEvent::Action(action) => CopiedEvent::Action(Box::new((*action).clone())),
            RecordedEvent::Refused { action, why } => {
                CopiedEvent::Refused { action: Box::new((*action).clone()), why: self.keep(why) }
            }
        }
    }

    fn copy_request(&mut self, request: &RecordedRequest<'_>) -> CopiedRequest {
        CopiedRequest {
            origin: request.origin,
            door: request.door,
            who: self.keep_maybe(request.who),
            group: self.keep_maybe(request.group),
            method: self.keep(request.method),
            target: self.keep(request.target),
            content_type: self.keep_maybe(request.content_type),
            headers: request.headers.cloned(),
        }
    }

    fn copy_answer(&mut self, answer: &RecordedAnswer<'_>) -> CopiedAnswer {
        CopiedAnswer {
            request: answer.request,
            call: answer.call,
            status: answer.status,
            after: answer.after,
            idle: answer.idle,
            content_type: self.keep_maybe(answer.content_type),
            retry_after: self.keep_maybe(answer.retry_after),
            headers: answer.headers.cloned(),
        }
    }
}

impl Sink for RecordBatch {
    fn take(&mut self, record: &Record<'_>, body: Option<&[u8]>) {
        let event = self.copy(&record.event);
        let label = self.keep_maybe(record.label);
        let from = self.bodies.len();
        self.bodies.extend_from_slice(body.unwrap_or_default());
        self.copies.push(Copied {
            seq: record.seq,
            at: record.at,
            cause: record.cause,
            party: record.party,
            label,
            event,
            body: body.map(|_| from..self.bodies.len()),
        });
    }
}
