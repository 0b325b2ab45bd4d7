//! Records as the journal keeps them: small, with their texts and bodies elsewhere, so that
//! dropping a request, an answer or an account event touches no other memory.

use std::time::Duration;

use super::applications::{Party, WorkspaceId, party_of};
use super::bodies;
use super::fact::Fact;
use super::record::{self, Cause, RecordedEvent, RecordedRequest, ReplyStatus};
use super::texts::{PageRef, Texts};
use super::transit::{Door, Origin};
use crate::base::Time;
use crate::entra::CallId;
use crate::golinks::{AccountEvent, AccountId, Happened, Paths};

/// A record as the journal keeps it.
pub(super) struct Kept {
    /// When it happened.
    pub(super) at: Time,
    /// The place of its body, which may be overwritten by now.
    pub(super) body: bodies::BodyRef,
    /// What happened.
    pub(super) what: KeptEvent,
}

/// What happened, in its kept form.
pub(super) enum KeptEvent {
    Request(KeptRequest, KeptCause),
    Answer(KeptAnswer),
    Account(KeptAccountEvent, KeptCause),
    Fact(Fact, KeptCause),
}

/// A cause in eight bytes: the kind in the lowest two bits, the record's number above them.
#[derive(Clone, Copy)]
pub(super) struct KeptCause(u64);

impl From<Option<Cause>> for KeptCause {
    fn from(cause: Option<Cause>) -> KeptCause {
        KeptCause(match cause {
            None => 0,
            Some(Cause::Timer) => 1,
            Some(Cause::Request(seq)) => seq << 2 | 2,
            Some(Cause::Action(seq)) => seq << 2 | 3,
        })
    }
}

impl From<KeptCause> for Option<Cause> {
    fn from(KeptCause(bits): KeptCause) -> Option<Cause> {
        match bits & 3 {
            0 => None,
            1 => Some(Cause::Timer),
            2 => Some(Cause::Request(bits >> 2)),
            _ => Some(Cause::Action(bits >> 2)),
        }
    }
}

/// A request without its texts.
pub(super) struct KeptRequest {
    call: Caller,
    door: Door,
    /// Method, target, the user or the group it is about, content type.
    texts: PageRef,
}

/// An answer without its texts.
pub(super) struct KeptAnswer {
    request: u64,
    call: Caller,
    /// How long after the request it came, in microseconds.
    after: u64,
    status: ReplyStatus,
    idle: bool,
    /// Whether it came too late.
    late: bool,
    /// Content type, Retry-After.
    texts: PageRef,
}

/// What happened to an account, without its texts.
pub(super) struct KeptAccountEvent {
    workspace: WorkspaceId,
    id: AccountId,
    what: Happened,
    /// userName, paths.
    texts: PageRef,
}

/// The engine's call; `None` for an external client's.
#[derive(Clone, Copy)]
struct Caller(u64);

const NOBODY: u64 = u64::MAX;

impl Caller {
    fn of(call: Option<CallId>) -> Caller {
        Caller(call.map_or(NOBODY, |call| call.0))
    }

    fn call(self) -> Option<CallId> {
        (self.0 != NOBODY).then_some(CallId(self.0))
    }
}

impl KeptRequest {
    /// Keeps a request.
    #[inline]
    pub(super) fn keep(request: &RecordedRequest<'_>, texts: &mut Texts) -> KeptRequest {
        let RecordedRequest { origin, door, who, group, method, target, content_type, .. } =
            *request;
        let call = match origin {
            Origin::Engine(call) => Some(call),
            Origin::External => None,
        };
        KeptRequest {
            call: Caller::of(call),
            door,
            texts: texts.keep([Some(method), Some(target), who, group, content_type]),
        }
    }

    fn request<'a>(&self, texts: &'a Texts) -> RecordedRequest<'a> {
        let [method, target, who, group, content_type] = texts.at(self.texts);
        let (method, target) = (method.unwrap_or_default(), target.unwrap_or_default());
        let origin = self.call.call().map_or(Origin::External, Origin::Engine);
        RecordedRequest {
            origin,
            door: self.door,
            who,
            group,
            method,
            target,
            content_type,
            headers: None,
        }
    }
}

impl KeptAnswer {
    /// Keeps an answer, which may have come too late.
    #[inline]
    pub(super) fn keep(
        answer: &record::RecordedAnswer<'_>,
        late: bool,
        texts: &mut Texts,
    ) -> KeptAnswer {
        let record::RecordedAnswer {
            request,
            call,
            status,
            after,
            idle,
            content_type,
            retry_after,
            ..
        } = *answer;
        let after = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        let texts = texts.keep([content_type, retry_after]);
        KeptAnswer { request, call: Caller::of(call), status, after, idle, late, texts }
    }

    /// Whether it reports success for a write that changed nothing, and came in time.
    pub(super) fn is_idle(&self) -> bool {
        self.idle && !self.late
    }

    fn event<'a>(&self, texts: &'a Texts) -> RecordedEvent<'a> {
        let KeptAnswer { request, status, idle, .. } = *self;
        let [content_type, retry_after] = texts.at(self.texts);
        let (call, after) = (self.call.call(), Duration::from_micros(self.after));
        let answer = record::RecordedAnswer {
            request,
            call,
            status,
            after,
            idle,
            content_type,
            retry_after,
            headers: None,
        };
        if self.late { RecordedEvent::TooLate(answer) } else { RecordedEvent::Answer(answer) }
    }
}

impl KeptAccountEvent {
    /// Keeps what happened to an account.
    #[inline]
    pub(super) fn keep(
        workspace: WorkspaceId,
        event: &AccountEvent<'_>,
        texts: &mut Texts,
    ) -> KeptAccountEvent {
        let AccountEvent { id, user_name, what, paths } = *event;
        KeptAccountEvent {
            workspace,
            id,
            what,
            texts: texts.keep([Some(user_name), Some(paths.as_lines())]),
        }
    }

    fn event<'a>(&self, texts: &'a Texts) -> AccountEvent<'a> {
        let [user_name, paths] = texts.at(self.texts).map(Option::unwrap_or_default);
        let paths = Paths::from_lines(paths);
        AccountEvent { id: self.id, user_name, what: self.what, paths }
    }
}

impl KeptEvent {
    /// The event as the journal shows it.
    pub(super) fn event<'a>(&'a self, texts: &'a Texts) -> RecordedEvent<'a> {
        match self {
            KeptEvent::Request(asked, _) => RecordedEvent::Request(asked.request(texts)),
            KeptEvent::Answer(answered) => answered.event(texts),
            KeptEvent::Account(account, _) => RecordedEvent::Account(account.event(texts)),
            KeptEvent::Fact(fact, _) => fact.event(),
        }
    }

    /// The party that it is about.
    pub(super) fn party(&self) -> Party {
        match self {
            KeptEvent::Request(KeptRequest { call, .. }, _)
            | KeptEvent::Answer(KeptAnswer { call, .. }) => party_of(call.call()),
            KeptEvent::Account(account, _) => Party::Workspace(account.workspace),
            KeptEvent::Fact(fact, _) => fact.party(),
        }
    }

    /// The cause; that of an answer is its request.
    pub(super) fn cause(&self) -> Option<Cause> {
        match self {
            KeptEvent::Answer(answer) => Some(Cause::Request(answer.request)),
            KeptEvent::Request(_, cause)
            | KeptEvent::Account(_, cause)
            | KeptEvent::Fact(_, cause) => (*cause).into(),
        }
    }

    /// Releases the texts of all records before this one, which is dropped.
    pub(super) fn release(&self, texts: &mut Texts) {
        let place = match self {
            KeptEvent::Request(asked, _) => asked.texts,
            KeptEvent::Answer(answered) => answered.texts,
            KeptEvent::Account(account, _) => account.texts,
            KeptEvent::Fact(..) => return,
        };
        texts.release_before(place);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_small() {
        // A hundred thousand of them are written round and round: each is one line of a cache.
        assert!(size_of::<super::Kept>() <= 64, "{}", size_of::<super::Kept>());
    }
}
