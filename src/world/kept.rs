//! Records as the journal keeps them: small, their texts and bodies elsewhere, so that letting one
//! go touches nothing else.

use std::time::Duration;

use super::bodies;
use super::fact::Fact;
use super::record::{self, Came, Event, Request};
use super::texts::{Place, Texts};
use super::transit::{Door, Origin};
use crate::base::Time;
use crate::entra::CallId;
use crate::golinks::{AccountEvent, AccountId, Happened};

/// A record.
pub(super) struct Kept {
    /// When.
    pub(super) at: Time,
    /// Where its body lies, or lay.
    pub(super) body: bodies::Place,
    /// What.
    pub(super) what: What,
}

/// What is kept of what happened.
pub(super) enum What {
    Request(Asked),
    Answer(Answered),
    Account(Account),
    Fact(Fact),
}

/// A request without its texts.
pub(super) struct Asked {
    call: Caller,
    door: Door,
    /// Method, target, who, content type.
    texts: Place,
}

/// An answer without its texts.
pub(super) struct Answered {
    request: u64,
    call: Caller,
    /// Microseconds.
    after: u64,
    came: Came,
    idle: bool,
    /// Whether it came too late.
    late: bool,
    /// Content type, Retry-After.
    texts: Place,
}

/// What happened to an account, without its texts.
pub(super) struct Account {
    id: AccountId,
    what: Happened,
    /// userName, paths.
    texts: Place,
}

/// The engine's call, or nobody's.
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

impl Asked {
    /// Keeps a request.
    #[inline]
    pub(super) fn keep(request: &Request<'_>, texts: &mut Texts) -> Asked {
        let Request { origin, door, who, method, target, content_type } = *request;
        let call = match origin {
            Origin::Own(call) => Some(call),
            Origin::Outside => None,
        };
        Asked {
            call: Caller::of(call),
            door,
            texts: texts.keep([Some(method), Some(target), who, content_type]),
        }
    }

    fn request<'a>(&self, texts: &'a Texts) -> Request<'a> {
        let [method, target, who, content_type] = texts.at(self.texts);
        let (method, target) = (method.unwrap_or_default(), target.unwrap_or_default());
        let origin = self.call.call().map_or(Origin::Outside, Origin::Own);
        Request { origin, door: self.door, who, method, target, content_type }
    }
}

impl Answered {
    /// Keeps an answer, which may have come too late.
    #[inline]
    pub(super) fn keep(answer: &record::Answer<'_>, late: bool, texts: &mut Texts) -> Answered {
        let record::Answer { request, call, came, after, idle, content_type, retry_after } =
            *answer;
        let after = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        let texts = texts.keep([content_type, retry_after]);
        Answered { request, call: Caller::of(call), came, after, idle, late, texts }
    }

    fn event<'a>(&self, texts: &'a Texts) -> Event<'a> {
        let Answered { request, came, idle, .. } = *self;
        let [content_type, retry_after] = texts.at(self.texts);
        let (call, after) = (self.call.call(), Duration::from_micros(self.after));
        let answer = record::Answer { request, call, came, after, idle, content_type, retry_after };
        if self.late { Event::TooLate(answer) } else { Event::Answer(answer) }
    }
}

impl Account {
    /// Keeps what happened to an account.
    #[inline]
    pub(super) fn keep(event: &AccountEvent<'_>, texts: &mut Texts) -> Account {
        let AccountEvent { id, user_name, what, paths } = *event;
        Account { id, what, texts: texts.keep([Some(user_name), Some(paths)]) }
    }

    fn event<'a>(&self, texts: &'a Texts) -> AccountEvent<'a> {
        let [user_name, paths] = texts.at(self.texts).map(Option::unwrap_or_default);
        AccountEvent { id: self.id, user_name, what: self.what, paths }
    }
}

impl What {
    /// As the journal shows it.
    pub(super) fn event<'a>(&'a self, texts: &'a Texts) -> Event<'a> {
        match self {
            What::Request(asked) => Event::Request(asked.request(texts)),
            What::Answer(answered) => answered.event(texts),
            What::Account(account) => Event::Account(account.event(texts)),
            What::Fact(fact) => fact.event(),
        }
    }

    /// It is let go, and with it the texts of all that came before it.
    pub(super) fn release(&self, texts: &mut Texts) {
        let place = match self {
            What::Request(asked) => asked.texts,
            What::Answer(answered) => answered.texts,
            What::Account(account) => account.texts,
            What::Fact(_) => return,
        };
        texts.let_go_before(place);
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
