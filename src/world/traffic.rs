//! The verbs that carry messages: `next_outgoing`, `receive` for a request at a door, `deliver` for
//! a reply at the engine, and the two steps of an external request.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use http::uri::PathAndQuery;
use http::{Method, Request, Response, StatusCode};

use super::World;
use super::applications::WorkspaceId;
use super::driver::Drive;
use super::fact::{Fact, Struck};
use super::faults::{RequestFacts, Reset, Strike};
use super::masked;
use super::outbox::{DoorOutcome, ExternalAnswer, OutboxItem, PendingCall, PendingReply, Transit};
use super::record::{self, Cause, ReplyStatus};
use super::subject;
use super::transit::{Answer, DelayedReply, Door, Origin, Outgoing, Ticket, WireReply};
use crate::base::Time;
use crate::base::time::earliest;
use crate::entra::call::CallEndpoint;
use crate::entra::job::Subject;
use crate::entra::{Call, CallId, Lost, Reply};
use crate::golinks::ReplyDelay;
use crate::scim::urn;

impl Drive for World {
    fn now(&self) -> Time {
        self.now
    }

    fn next_due(&self) -> Option<Time> {
        let due = [
            self.entra.next_due(),
            self.workspaces.next_due(),
            self.timeline.next_due(),
            self.faults.next_due(),
        ];
        earliest(due)
    }

    fn advance(&mut self, to: Time) {
        self.move_clock(to);
        self.wake_engine();
    }

    fn next_outgoing(&mut self) -> Option<Outgoing> {
        if self.outbox.transit.is_some() {
            return None;
        }
        match self.outbox.waiting.pop_front() {
            Some(OutboxItem::Answer(ready)) => Some(self.answer_leaves(ready)),
            Some(OutboxItem::Abandon(call)) => Some(Outgoing::Abandon(call)),
            Some(OutboxItem::Forget(ticket, call)) => Some(forget(ticket, call)),
            None => self.call_leaves(),
        }
    }

    fn receive(&mut self, call: CallId, request: &Request<Bytes>) -> Ticket {
        let ticket = self.outbox.ticket();
        self.outbox.call_arrived(call);
        let Some(pending) = self.outbox.pending.get_mut(&call) else {
            // The engine gave up while the request was on the wire.
            self.outbox.waiting.push_back(OutboxItem::Forget(ticket, call));
            return ticket;
        };
        pending.ticket = Some(ticket);
        let (record, left, door) = (pending.request, pending.left, pending.door);
        let strike = pending.strike.take().map(|strike| *strike);
        let outcome = self.handle(record, Some(call), door, request, strike);
        self.take_outcome(PendingReply { ticket, to: call, request: record, left, outcome });
        ticket
    }

    fn deliver(&mut self, call: CallId, reply: Reply) {
        if let Some(request) = self.outbox.answer_arrived(call) {
            // The journal has had this answer since it left.
            return self.deliver_to_engine(call, request, reply);
        }
        self.outbox.call_arrived(call);
        // The reply comes from a server of another process, or the connection to it failed.
        let Some(pending) = self.outbox.pending.remove(&call) else { return };
        match &reply {
            Ok(response) => {
                let status = ReplyStatus::Status(response.status().as_u16());
                let answer = record::RecordedAnswer::new(
                    pending.request,
                    Some(call),
                    status,
                    self.now.since(pending.left),
                );
                let heads = Heads::of(response.headers());
                let body = shown(pending.door, response.body());
                self.journal.push_answer(self.now, heads.complete(answer), Some(&*body));
            }
            Err(lost) => self.journal_loss(&pending, call, status_of(*lost)),
        }
        self.deliver_to_engine(call, pending.request, reply);
    }

    /// An object needs a few calls in a cycle, and a call a few things to carry.
    fn most_at_once(&self) -> u64 {
        let users = self.entra.tenant().user_count() * self.entra.apps().count();
        100_000 + 1_000 * (users + self.workspaces.account_count()) as u64
    }
}

impl World {
    /// Handles an external client's request at a door; its path includes the base path. The caller
    /// passes the answer to [`World::send`] at once, because it is never in transit.
    pub fn handle_external(&mut self, door: Door, request: &Request<Bytes>) -> ExternalAnswer {
        let path = request.uri().path();
        let door = match self.target_at(path).is_token_endpoint(path) {
            true => Door::Token,
            false => door,
        };
        let record = self.journal_request(Origin::External, door, None, request);
        let strike = match door {
            // Faults strike what provisions.
            Door::Pages => None,
            _ => self.judge(record, None, |world| subject::outside(world, request), request),
        };
        ExternalAnswer {
            request: record,
            arrived: self.now,
            outcome: self.handle(record, None, door, request, strike),
        }
    }

    /// Sends the answer to an external client; the driver waits out its delay in real time.
    pub fn send(
        &mut self,
        ExternalAnswer { request, arrived, outcome }: ExternalAnswer,
    ) -> DelayedReply {
        self.journal_answer(request, arrived, &outcome, None);
        DelayedReply { wait: outcome.wait, reply: outcome.reply }
    }

    fn deliver_to_engine(&mut self, call: CallId, request: u64, reply: Reply) {
        self.because(Cause::Request(request), |world| {
            world.with_entra(call.app(), |entra, moment| entra.deliver(call, reply, moment));
        });
    }

    /// Queues the answer to a call, at once or after its delay.
    pub(super) fn take_outcome(&mut self, ready: PendingReply) {
        let wait = ready.outcome.wait;
        match &ready.outcome.reply {
            // The engine will give up on the call, and then the ticket is forgotten.
            WireReply::Never => {}
            _ if wait > Duration::ZERO => self.timeline.park(self.now + wait, ready),
            _ => self.enqueue(ready),
        }
    }

    /// Queues an answer that is ready to leave.
    pub(super) fn enqueue(&mut self, ready: PendingReply) {
        self.outbox.waiting.push_back(OutboxItem::Answer(ready));
    }

    /// Handles a request at a door, as far as the fault that strikes it allows.
    fn handle(
        &mut self,
        record: u64,
        call: Option<CallId>,
        door: Door,
        request: &Request<Bytes>,
        strike: Option<Strike>,
    ) -> DoorOutcome {
        let to = self.destination(call, request);
        let mut outcome =
            self.because(Cause::Request(record), |world| world.struck(door, to, request, strike));
        if let WireReply::Response(response) = &outcome.reply
            && let Some(ReplyDelay(takes)) = response.extensions().get()
        {
            // GoLinks itself may make an external client wait, in real time.
            outcome.wait = outcome.wait.max(*takes);
        }
        outcome
    }

    fn struck(
        &mut self,
        door: Door,
        to: WorkspaceId,
        request: &Request<Bytes>,
        strike: Option<Strike>,
    ) -> DoorOutcome {
        match strike {
            // The service's own failure is nothing to other clients.
            None | Some(Strike::ServiceError) => self.open(door, to, request),
            Some(Strike::Stall) => DoorOutcome::by(door, WireReply::Never),
            Some(Strike::Refuse | Strike::Certificate(_) | Strike::Reset(Reset::Before)) => {
                DoorOutcome::by(door, WireReply::Reset)
            }
            Some(Strike::Respond(response)) => {
                let idle = is_write(door, request.method()) && response.status().is_success();
                DoorOutcome { idle, ..DoorOutcome::by(door, WireReply::Response(response)) }
            }
            Some(Strike::Reset(Reset::After)) => {
                self.open(door, to, request);
                DoorOutcome::by(door, WireReply::Reset)
            }
            Some(Strike::Delay(by)) => {
                let outcome = self.open(door, to, request);
                DoorOutcome { wait: by, ..outcome }
            }
            Some(Strike::Garble(garble)) => {
                let outcome = self.open(door, to, request);
                match outcome.reply {
                    WireReply::Response(response) => DoorOutcome {
                        reply: WireReply::Response(garble.spoil(response)),
                        ..outcome
                    },
                    WireReply::Reset | WireReply::Never => outcome,
                }
            }
        }
    }

    /// The workspace to which a request goes: where its path leads, else the one that the caller is
    /// meant to provision, whose server answers that it knows no such path.
    pub(super) fn destination(
        &self,
        call: Option<CallId>,
        request: &Request<Bytes>,
    ) -> WorkspaceId {
        let meant = call.map_or(WorkspaceId::MAIN, |call| self.applications.workspace(call.app()));
        self.workspaces.at(request.uri().path()).unwrap_or(meant)
    }

    /// Hands the request to the server behind its door.
    fn open(&mut self, door: Door, to: WorkspaceId, request: &Request<Bytes>) -> DoorOutcome {
        match door {
            Door::Scim | Door::Token => {
                let handled =
                    self.with_golinks(to, |golinks, moment| golinks.handle(request, moment));
                let Some((response, changed)) = handled else {
                    return DoorOutcome::by(door, WireReply::Response(no_mock()));
                };
                let writes = is_write(door, request.method());
                let idle = writes && !changed && response.status().is_success();
                DoorOutcome { idle, ..DoorOutcome::by(door, WireReply::Response(response)) }
            }
            Door::Graph => DoorOutcome::by(door, WireReply::Response(self.graph(request))),
            Door::Pages => DoorOutcome::by(door, WireReply::Response(self.golinks_form(request))),
        }
    }

    /// Sends the engine's next call. When a fault prevents the connection, the engine is told of
    /// the loss at once, and the call after it is tried.
    fn call_leaves(&mut self) -> Option<Outgoing> {
        for _ in 0..self.most_at_once() {
            let Call { id, subject, endpoint, request } = self.entra.next_call()?;
            let door = match endpoint {
                CallEndpoint::Scim => Door::Scim,
                CallEndpoint::Token => Door::Token,
            };
            let user = subject.and_then(Subject::user);
            let cause = self.call_causes.of(id);
            let outer = self.journal.set_cause(cause);
            let record = self.journal_request(Origin::Engine(id), door, subject, &request);
            self.journal.set_cause(outer);
            if let Some(user) = user.filter(|_| door == Door::Scim && request.method() == "POST") {
                self.exposures[id.app().index()].note_create(user);
            }
            let about = |_: &World| subject::RequestSubject::User(user);
            let strike = self.judge(record, Some(id), about, &request);
            let mut pending =
                PendingCall { request: record, door, left: self.now, ticket: None, strike: None };
            let lost = match strike {
                Some(Strike::Refuse) => Some(Lost::Refused),
                Some(Strike::Certificate(_)) => Some(Lost::Untrusted),
                Some(Strike::ServiceError) => Some(Lost::Internal),
                _ => None,
            };
            if let Some(lost) = lost {
                self.journal_loss(&pending, id, status_of(lost));
                self.deliver_to_engine(id, record, Err(lost));
                continue;
            }
            pending.strike = strike.map(Box::new);
            self.outbox.pending.insert(id, pending);
            self.outbox.transit = Some(Transit::Call(id));
            return Some(Outgoing::Call(Call { id, subject, endpoint, request }));
        }
        panic!("bug: the engine makes call after call at one instant while every one is refused")
    }

    /// Sends an answer to the engine, unless it has given up on the call.
    fn answer_leaves(&mut self, ready: PendingReply) -> Outgoing {
        let PendingReply { ticket, to: call, request, left, outcome } = ready;
        if self.outbox.pending.remove(&call).is_none() {
            let heads = Heads::sent(&outcome.reply);
            let answer = heads.complete(self.answer_record(request, left, &outcome, Some(call)));
            self.journal.push_too_late(self.now, answer, &body_of(&outcome));
            return forget(ticket, call);
        }
        self.journal_answer(request, left, &outcome, Some(call));
        self.outbox.transit = Some(Transit::Answer(call, request));
        Outgoing::Answer(Answer { ticket, to: call, reply: outcome.reply })
    }

    /// Decides what the faults do to a request, and journals the fault that strikes it.
    fn judge(
        &mut self,
        record: u64,
        call: Option<CallId>,
        whom: impl FnOnce(&World) -> subject::RequestSubject,
        request: &Request<Bytes>,
    ) -> Option<Strike> {
        if !self.faults.any_on() {
            return None;
        }
        let whom =
            if self.faults.ask_whom() { whom(self) } else { subject::RequestSubject::User(None) };
        let to = self.destination(call, request);
        let World { faults, entra, workspaces, applications, seed, now, .. } = self;
        let target = workspaces.of(to);
        let seen = RequestFacts {
            method: request.method(),
            path: request.uri().path(),
            base: target.base_path(),
            about: &|handle| whom.is(handle, entra.tenant()),
            app: call.map(|call| &**applications.name(call.app())),
            accounts: target.account_count(),
        };
        let (fault, strike) = faults.judge(*seed, *now, &seen)?;
        let did = target.called().fill(&strike.words()).into();
        let struck = Fact::FaultStruck(Box::new(Struck { fault, request: record, did }));
        self.because(Cause::Request(record), |world| world.journal.push(world.now, struck));
        Some(strike)
    }

    fn journal_request(
        &mut self,
        origin: Origin,
        door: Door,
        subject: Option<Subject>,
        request: &Request<Bytes>,
    ) -> u64 {
        let heads = match door {
            Door::Pages => Heads::default(),
            _ => Heads::of(request.headers()),
        };
        let tenant = self.entra.tenant();
        let (who, group) = match subject {
            Some(Subject::User(user)) => (Some(&**tenant.user(user).handle()), None),
            Some(Subject::Group(group)) => (None, Some(&**tenant.group(group).handle())),
            None => (None, None),
        };
        let record = record::RecordedRequest {
            origin,
            door,
            who,
            group,
            method: request.method().as_str(),
            target: match door {
                Door::Pages => request.uri().path(),
                _ => request.uri().path_and_query().map_or("/", PathAndQuery::as_str),
            },
            content_type: heads.content_type.as_deref(),
            headers: heads.all,
        };
        let body = match door {
            Door::Graph => masked::asked_of_graph(request.uri().path(), request.body())
                .map_or(Cow::Borrowed(&**request.body()), Cow::Owned),
            door => shown(door, request.body()),
        };
        self.journal.push_request(self.now, record, &body)
    }

    fn journal_answer(
        &mut self,
        request: u64,
        left: Time,
        outcome: &DoorOutcome,
        call: Option<CallId>,
    ) {
        let heads = match outcome.door {
            Door::Pages => Heads::default(),
            _ => Heads::sent(&outcome.reply),
        };
        let answer = heads.complete(self.answer_record(request, left, outcome, call));
        self.journal.push_answer(self.now, answer, Some(&*body_of(outcome)));
    }

    fn answer_record(
        &self,
        request: u64,
        left: Time,
        outcome: &DoorOutcome,
        call: Option<CallId>,
    ) -> record::RecordedAnswer<'static> {
        let after = self.now.since(left);
        let status = match &outcome.reply {
            WireReply::Response(response) => ReplyStatus::Status(response.status().as_u16()),
            WireReply::Reset => ReplyStatus::Reset,
            WireReply::Never => ReplyStatus::TimedOut,
        };
        record::RecordedAnswer {
            idle: outcome.idle,
            ..record::RecordedAnswer::new(request, call, status, after)
        }
    }

    /// Journals that a call gets no answer, and why.
    pub(super) fn journal_loss(
        &mut self,
        pending: &PendingCall,
        call: CallId,
        status: ReplyStatus,
    ) {
        let answer = record::RecordedAnswer::new(
            pending.request,
            Some(call),
            status,
            self.now.since(pending.left),
        );
        self.journal.push_answer(self.now, answer, None);
    }
}

/// Whether a request asks for a change of what GoLinks holds; a token is no such change.
fn is_write(door: Door, method: &Method) -> bool {
    door != Door::Token
        && door != Door::Pages
        && !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Tells the driver that no caller waits for a ticket any more.
fn forget(ticket: Ticket, call: CallId) -> Outgoing {
    Outgoing::Answer(Answer { ticket, to: call, reply: WireReply::Never })
}

fn status_of(lost: Lost) -> ReplyStatus {
    match lost {
        Lost::TimedOut => ReplyStatus::TimedOut,
        Lost::Refused => ReplyStatus::Refused,
        Lost::Untrusted => ReplyStatus::Untrusted,
        Lost::Reset => ReplyStatus::Reset,
        Lost::Internal => ReplyStatus::NotSent,
        Lost::LeftAlone => ReplyStatus::LeftAlone,
    }
}

/// The headers of a request or an answer, and those that the journal keeps.
#[derive(Default)]
struct Heads<'a> {
    all: Option<&'a HeaderMap>,
    /// The content type, when it is neither absent nor the usual one.
    content_type: Option<Cow<'a, str>>,
    retry_after: Option<Cow<'a, str>>,
}

impl<'a> Heads<'a> {
    /// A message has few headers: to walk over all costs less than two look-ups by name.
    fn of(headers: &'a HeaderMap) -> Heads<'a> {
        let mut heads = Heads { all: Some(headers), ..Heads::default() };
        for (name, value) in headers {
            if name == CONTENT_TYPE && value.as_bytes() != urn::CONTENT_TYPE.as_bytes() {
                heads.content_type.get_or_insert_with(|| String::from_utf8_lossy(value.as_bytes()));
            } else if name == RETRY_AFTER {
                heads.retry_after.get_or_insert_with(|| String::from_utf8_lossy(value.as_bytes()));
            }
        }
        heads
    }

    fn sent(reply: &'a WireReply) -> Heads<'a> {
        match reply {
            WireReply::Response(response) => Heads::of(response.headers()),
            WireReply::Reset | WireReply::Never => Heads::default(),
        }
    }

    fn complete(&'a self, answer: record::RecordedAnswer<'a>) -> record::RecordedAnswer<'a> {
        record::RecordedAnswer {
            content_type: self.content_type.as_deref(),
            retry_after: self.retry_after.as_deref(),
            headers: self.all,
            ..answer
        }
    }
}

/// The body of an answer as the journal has it.
fn body_of(outcome: &DoorOutcome) -> Cow<'_, [u8]> {
    match &outcome.reply {
        WireReply::Response(response) => shown(outcome.door, response.body()),
        WireReply::Reset | WireReply::Never => Cow::Borrowed(&[]),
    }
}

/// A body as the journal has it: without the secrets of the token endpoint.
fn shown(door: Door, body: &Bytes) -> Cow<'_, [u8]> {
    match door {
        Door::Token => Cow::Owned(masked::without_secrets(body)),
        Door::Graph => masked::without_graph_secrets(body).map_or(Cow::Borrowed(body), Cow::Owned),
        Door::Scim => Cow::Borrowed(body),
        // Sessions, Responses and what people write.
        Door::Pages => Cow::Borrowed(&[]),
    }
}

/// The 404 at the SCIM door when the server that is provisioned is not the mock.
fn no_mock() -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
