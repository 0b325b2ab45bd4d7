//! Records as the journal keeps them: small, their texts and bodies elsewhere, so that letting one go touches nothing else.

use std::time::Duration;

use super::bodies;
use super::fact::Fact;
use super::record::{Answer, Came, Event, Request};
use super::texts::{Place, Texts};
use super::transit::{Door, Origin};
use crate::base::Time;
use crate::entra::CallId;

/// A record.
pub(super) struct Kept {
    /// When.
    pub(super) at: Time,
    /// Where its body lies, or lay.
    pub(super) body: Option<bodies::Place>,
    /// What.
    pub(super) what: What,
}

/// What is kept of what happened.
pub(super) enum What {
    Request(Asked),
    Answer(Answered),
    TooLate(Answered),
    Fact(Fact),
}

/// A request without its texts.
pub(super) struct Asked {
    origin: Origin,
    door: Door,
    /// Method, target, who, content type.
    texts: Place<4>,
}

/// An answer without its texts.
pub(super) struct Answered {
    request: u64,
    call: Option<CallId>,
    came: Came,
    after: Duration,
    idle: bool,
    /// Content type, Retry-After.
    texts: Place<2>,
}

impl Asked {
    /// Keeps a request.
    #[inline]
    pub(super) fn keep(request: &Request<'_>, texts: &mut Texts) -> Asked {
        let Request { origin, door, who, method, target, content_type } = *request;
        Asked { origin, door, texts: texts.keep([Some(method), Some(target), who, content_type]) }
    }

    fn request<'a>(&self, texts: &'a Texts) -> Request<'a> {
        let [method, target, who, content_type] = texts.at(&self.texts);
        let (method, target) = (method.unwrap_or_default(), target.unwrap_or_default());
        Request { origin: self.origin, door: self.door, who, method, target, content_type }
    }
}

impl Answered {
    /// Keeps an answer.
    #[inline]
    pub(super) fn keep(answer: &Answer<'_>, texts: &mut Texts) -> Answered {
        let Answer { request, call, came, after, idle, content_type, retry_after } = *answer;
        Answered { request, call, came, after, idle, texts: texts.keep([content_type, retry_after]) }
    }

    fn answer<'a>(&self, texts: &'a Texts) -> Answer<'a> {
        let Answered { request, call, came, after, idle, .. } = *self;
        let [content_type, retry_after] = texts.at(&self.texts);
        Answer { request, call, came, after, idle, content_type, retry_after }
    }
}

impl What {
    /// As the journal shows it.
    pub(super) fn event<'a>(&'a self, texts: &'a Texts) -> Event<'a> {
        match self {
            What::Request(asked) => Event::Request(asked.request(texts)),
            What::Answer(answered) => Event::Answer(answered.answer(texts)),
            What::TooLate(answered) => Event::TooLate(answered.answer(texts)),
            What::Fact(fact) => fact.event(),
        }
    }

    /// It is let go, and with it the texts of all that came before it.
    pub(super) fn let_go(&self, texts: &mut Texts) {
        match self {
            What::Request(asked) => texts.let_go_before(&asked.texts),
            What::Answer(answered) | What::TooLate(answered) => texts.let_go_before(&answered.texts),
            What::Fact(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn it_is_small() {
        // A hundred thousand of them are written round and round.
        assert!(size_of::<super::Kept>() <= 104, "{}", size_of::<super::Kept>());
    }
}
