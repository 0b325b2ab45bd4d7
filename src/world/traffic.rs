//! The verbs that carry messages: what goes out, a request reached a door, a reply reached the
//! engine.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, StatusCode};

use super::World;
use super::about;
use super::driver::Drive;
use super::fact::{Fact, Struck};
use super::faults::{Reset, Seen, Verdict};
use super::outbox::{Handled, Knocked, Pending, Ready, Transit, Waiting};
use super::record::{self, Came};
use super::transit::{Answer, Door, Origin, Outgoing, Sending, Sent, Ticket};
use crate::base::Time;
use crate::entra::tenant::UserKey;
use crate::entra::{Call, CallId, Lost, Reply};
use crate::golinks::ReplyDelay;
use crate::scim::urn;

impl World {
    /// The next thing to carry, first in, first out; `None` while something of the engine's own is
    /// in transit.
    pub fn next_outgoing(&mut self) -> Option<Outgoing> {
        if self.outbox.transit.is_some() {
            return None;
        }
        match self.outbox.waiting.pop_front() {
            Some(Waiting::Answer(ready)) => Some(self.answer_leaves(ready)),
            Some(Waiting::Abandon(call)) => Some(Outgoing::Abandon(call)),
            Some(Waiting::Forget(ticket, call)) => Some(forget(ticket, call)),
            None => self.call_leaves(),
        }
    }

    /// A call of the engine's reached its door; its path is the whole one, such as
    /// `/scim/v2/Users`.
    pub fn receive(&mut self, call: CallId, request: &Request<Bytes>) -> Ticket {
        let ticket = self.outbox.ticket();
        self.outbox.arrived(Transit::Call(call));
        let Some(pending) = self.outbox.pending.get_mut(&call) else {
            // The engine has given up while the request was on the wire.
            self.outbox.waiting.push_back(Waiting::Forget(ticket, call));
            return ticket;
        };
        pending.ticket = Some(ticket);
        let (record, came, verdict) = (pending.request, pending.left, pending.verdict.take());
        let handled = self.handle(Door::Scim, request, verdict);
        let wait = handled.wait;
        let ready = Ready { ticket, to: call, request: record, came, handled };
        match &ready.handled.sent {
            // The engine will give up on it, and the ticket is forgotten then.
            Sent::Never => {}
            _ if wait > Duration::ZERO => self.timeline.park(self.now + wait, ready),
            _ => self.send(ready),
        }
        ticket
    }

    /// An outsider's request reached a door; its path is the whole one. It leaves by
    /// [`World::leave`], at once: outsiders are never in transit.
    pub fn knock(&mut self, door: Door, request: &Request<Bytes>) -> Knocked {
        let record = self.journal_request(Origin::Outside, door, None, request);
        let verdict = self.judge(record, |world| about::outside(world, request), request);
        Knocked { request: record, came: self.now, handled: self.handle(door, request, verdict) }
    }

    /// The answer to an outsider leaves; its delay is left to the driver, in real time.
    pub fn leave(&mut self, Knocked { request, came, handled }: Knocked) -> Sending {
        self.journal_answer(request, came, &handled, None);
        Sending { wait: handled.wait, sent: handled.sent }
    }

    /// A reply reached the engine, or the loss of one became known to the driver.
    pub fn deliver(&mut self, call: CallId, reply: Reply) {
        if self.outbox.arrived(Transit::Answer(call)) {
            // Its answer stands in the journal since it left.
            return self.with_entra(|entra, moment| entra.deliver(call, reply, moment));
        }
        self.outbox.arrived(Transit::Call(call));
        // No door of ours answered it: somebody else's server did, or the way there is broken.
        let Some(pending) = self.outbox.pending.remove(&call) else { return };
        match &reply {
            Ok(response) => {
                let came = Came::Status(response.status().as_u16());
                let answer = record::Answer::new(
                    pending.request,
                    Some(call),
                    came,
                    self.now.since(pending.left),
                );
                let heads = Heads::of(response.headers());
                self.journal.push_answer(self.now, heads.complete(answer), Some(response.body()));
            }
            Err(lost) => self.journal_loss(&pending, call, came_of(*lost)),
        }
        self.with_entra(|entra, moment| entra.deliver(call, reply, moment));
    }

    /// Queues an answer that is ready to leave.
    pub(super) fn send(&mut self, ready: Ready) {
        self.outbox.waiting.push_back(Waiting::Answer(ready));
    }

    /// Carries out a verdict at the door.
    fn handle(
        &mut self,
        door: Door,
        request: &Request<Bytes>,
        verdict: Option<Verdict>,
    ) -> Handled {
        let mut handled = match verdict {
            None => self.open(door, request),
            Some(Verdict::Stall) => Handled::by(Sent::Never),
            Some(Verdict::Refuse | Verdict::Certificate(_) | Verdict::Reset(Reset::Before)) => {
                Handled::by(Sent::Reset)
            }
            Some(Verdict::Respond(response)) => {
                let idle = is_write(request.method()) && response.status().is_success();
                Handled { idle, ..Handled::by(Sent::Response(response)) }
            }
            Some(Verdict::Reset(Reset::After)) => {
                self.open(door, request);
                return Handled::by(Sent::Reset);
            }
            Some(Verdict::Delay(by)) => {
                let handled = self.open(door, request);
                Handled { wait: by, ..handled }
            }
            Some(Verdict::Garble(garble)) => {
                let handled = self.open(door, request);
                match handled.sent {
                    Sent::Response(response) => {
                        Handled { sent: Sent::Response(garble.spoil(response)), ..handled }
                    }
                    Sent::Reset | Sent::Never => handled,
                }
            }
        };
        if let Sent::Response(response) = &handled.sent
            && let Some(ReplyDelay(takes)) = response.extensions().get()
        {
            // How long GoLinks itself keeps a client in real time waiting.
            handled.wait = handled.wait.max(*takes);
        }
        handled
    }

    /// Lets whoever lives behind a door answer.
    fn open(&mut self, door: Door, request: &Request<Bytes>) -> Handled {
        match door {
            Door::Scim => {
                let (response, changed) =
                    self.with_golinks(|golinks, moment| golinks.handle(request, moment));
                let idle = is_write(request.method()) && !changed && response.status().is_success();
                Handled { idle, ..Handled::by(Sent::Response(response)) }
            }
            Door::Graph => Handled::by(Sent::Response(nobody_home())),
        }
    }

    /// The engine's next call, unless a fault keeps it from having a connection; then its loss is
    /// known at once.
    fn call_leaves(&mut self) -> Option<Outgoing> {
        for _ in 0..self.most_at_once() {
            let Call { id, subject, request } = self.entra.next_call()?;
            let record = self.journal_request(Origin::Own(id), Door::Scim, subject, &request);
            let verdict = self.judge(record, |_| about::Whom::User(subject), &request);
            let mut pending =
                Pending { request: record, left: self.now, ticket: None, verdict: None };
            let lost = match verdict {
                Some(Verdict::Refuse) => Some(Lost::Refused),
                Some(Verdict::Certificate(_)) => Some(Lost::Untrusted),
                _ => None,
            };
            if let Some(lost) = lost {
                self.journal_loss(&pending, id, came_of(lost));
                self.with_entra(|entra, moment| entra.deliver(id, Err(lost), moment));
                continue;
            }
            pending.verdict = verdict;
            self.outbox.pending.insert(id, pending);
            self.outbox.transit = Some(Transit::Call(id));
            return Some(Outgoing::Call(Call { id, subject, request }));
        }
        panic!("bug: the engine makes call after call at one instant while every one is refused")
    }

    /// An own answer leaves, unless the engine has given up on the call.
    fn answer_leaves(&mut self, ready: Ready) -> Outgoing {
        let Ready { ticket, to: call, request, came, handled } = ready;
        if self.outbox.pending.remove(&call).is_none() {
            let heads = Heads::sent(&handled.sent);
            let answer = heads.complete(self.answer_record(request, came, &handled, Some(call)));
            self.journal.push_too_late(self.now, answer, body_of(&handled.sent));
            return forget(ticket, call);
        }
        self.journal_answer(request, came, &handled, Some(call));
        self.outbox.transit = Some(Transit::Answer(call));
        Outgoing::Answer(Answer { ticket, to: call, sent: handled.sent })
    }

    /// What the faults will do to a request; the journal says which one struck.
    fn judge(
        &mut self,
        record: u64,
        whom: impl FnOnce(&World) -> about::Whom,
        request: &Request<Bytes>,
    ) -> Option<Verdict> {
        if !self.faults.any_on() {
            return None;
        }
        let whom = if self.faults.ask_whom() { whom(self) } else { about::Whom::User(None) };
        let World { faults, entra, golinks, seed, now, .. } = self;
        let seen = Seen {
            method: request.method(),
            path: request.uri().path(),
            base: &golinks.settings().base_path,
            about: &|handle| whom.is(handle, entra.tenant()),
            accounts: golinks.accounts().len(),
        };
        let (fault, verdict) = faults.judge(*seed, *now, &seen)?;
        let did = verdict.words().into();
        self.journal
            .push(self.now, Fact::FaultStruck(Box::new(Struck { fault, request: record, did })));
        Some(verdict)
    }

    fn journal_request(
        &mut self,
        origin: Origin,
        door: Door,
        subject: Option<UserKey>,
        request: &Request<Bytes>,
    ) -> u64 {
        let heads = Heads::of(request.headers());
        let record = record::Request {
            origin,
            door,
            who: subject.map(|user| &**self.entra.tenant().user(user).handle()),
            method: request.method().as_str(),
            target: request.uri().path_and_query().map_or("/", PathAndQuery::as_str),
            content_type: heads.content_type.as_deref(),
        };
        self.journal.push_request(self.now, record, request.body())
    }

    fn journal_answer(
        &mut self,
        request: u64,
        came: Time,
        handled: &Handled,
        call: Option<CallId>,
    ) {
        let heads = Heads::sent(&handled.sent);
        let answer = heads.complete(self.answer_record(request, came, handled, call));
        self.journal.push_answer(self.now, answer, Some(body_of(&handled.sent)));
    }

    fn answer_record(
        &self,
        request: u64,
        came: Time,
        handled: &Handled,
        call: Option<CallId>,
    ) -> record::Answer<'static> {
        let after = self.now.since(came);
        let came = match &handled.sent {
            Sent::Response(response) => Came::Status(response.status().as_u16()),
            Sent::Reset => Came::Reset,
            Sent::Never => Came::TimedOut,
        };
        record::Answer { idle: handled.idle, ..record::Answer::new(request, call, came, after) }
    }

    /// Journals that a call has no answer of ours.
    pub(super) fn journal_loss(&mut self, pending: &Pending, call: CallId, came: Came) {
        let answer =
            record::Answer::new(pending.request, Some(call), came, self.now.since(pending.left));
        self.journal.push_answer(self.now, answer, None);
    }
}

fn is_write(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Says that nobody waits for a ticket any more.
fn forget(ticket: Ticket, call: CallId) -> Outgoing {
    Outgoing::Answer(Answer { ticket, to: call, sent: Sent::Never })
}

fn came_of(lost: Lost) -> Came {
    match lost {
        Lost::TimedOut => Came::TimedOut,
        Lost::Refused => Came::Refused,
        Lost::Untrusted => Came::Untrusted,
        Lost::Reset => Came::Reset,
    }
}

/// What of the head of a request or an answer is worth keeping.
#[derive(Default)]
struct Heads<'a> {
    /// When it is neither absent nor the usual one.
    content_type: Option<Cow<'a, str>>,
    retry_after: Option<Cow<'a, str>>,
}

impl<'a> Heads<'a> {
    /// There are few headers: looking at each costs less than looking for these.
    fn of(headers: &'a HeaderMap) -> Heads<'a> {
        let mut heads = Heads::default();
        for (name, value) in headers {
            if name == CONTENT_TYPE && value.as_bytes() != urn::CONTENT_TYPE.as_bytes() {
                heads.content_type.get_or_insert_with(|| String::from_utf8_lossy(value.as_bytes()));
            } else if name == RETRY_AFTER {
                heads.retry_after.get_or_insert_with(|| String::from_utf8_lossy(value.as_bytes()));
            }
        }
        heads
    }

    fn sent(sent: &'a Sent) -> Heads<'a> {
        match sent {
            Sent::Response(response) => Heads::of(response.headers()),
            Sent::Reset | Sent::Never => Heads::default(),
        }
    }

    fn complete(&'a self, answer: record::Answer<'a>) -> record::Answer<'a> {
        record::Answer {
            content_type: self.content_type.as_deref(),
            retry_after: self.retry_after.as_deref(),
            ..answer
        }
    }
}

fn body_of(sent: &Sent) -> &[u8] {
    match sent {
        Sent::Response(response) => response.body(),
        Sent::Reset | Sent::Never => &[],
    }
}

/// The directory's API, until somebody lives there.
fn nobody_home() -> Response<Bytes> {
    let body = br#"{"error":{"code":"NotImplemented","message":"The directory's API is not served yet."}}"#;
    let mut response = Response::new(Bytes::from_static(body));
    *response.status_mut() = StatusCode::NOT_IMPLEMENTED;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
