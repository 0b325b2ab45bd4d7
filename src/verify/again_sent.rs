//! Sends a request again that broke: a check is judged by what comes then, and what broke is told
//! of the server as a whole.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Method, Request, StatusCode};

use super::answer::Answer;
use super::exchange::Exchange;
use super::finding::NotPassed;
use super::pick;
use super::session::{Endpoint, Session, broke, json_of};
use super::steadiness::{ALIVE, HANGS, RequestKind, STEADY};
use crate::entra::{Lost, Reply};

/// What a server is asked that broke for good at a request: some answer lists with an error, some
/// have no discovery.
const QUESTIONS: [&str; 3] =
    ["/Users?filter=userName%20eq%20%22nobody%22", "/Users/nobody", "/ServiceProviderConfig"];

/// Sends a request in one way or another.
type Send<'a> = fn(&mut Session<'a>, Request<Bytes>) -> Result<Answer, NotPassed>;

impl<'a> Session<'a> {
    /// Sends a request; again when it breaks. Of all its exchanges the last one is remembered.
    pub(super) fn send_steadily(
        &mut self,
        request: Request<Bytes>,
        send: Send<'a>,
    ) -> Result<Answer, NotPassed> {
        let (kind, tally) = (RequestKind::of(&request, &self.plan().base_path), self.tally());
        if tally.steady.is_silent(kind) {
            return Err(self.not_answered());
        }
        let mut first = None;
        let mut tries = 0;
        loop {
            let before = self.exchanges.len();
            let answer = send(self, request.clone());
            let Some(last) = self.exchanges.get(before).cloned() else { return answer };
            if self.is_locked_out(&request, &last.reply) {
                return Err(self.gone());
            }
            if !may_pass(&last.reply) {
                self.passed(kind, &last.reply, first.as_ref());
                return answer;
            }
            self.doubt_create(&last);
            if matches!(last.reply, Err(Lost::TimedOut)) && tally.steady.timed_out(kind) {
                self.shows(HANGS);
                return Err(self.not_answered());
            }
            if tries >= tally.steady.more_tries() {
                return self.broke_for_good(kind, answer);
            }
            tries += 1;
            first.get_or_insert(last);
            self.exchanges.truncate(before);
        }
    }

    /// Notes what came of a request in the end, and that it broke before if it did.
    fn passed(&mut self, kind: RequestKind, reply: &Reply, first: Option<&Exchange>) {
        let steady = &self.tally().steady;
        steady.sent(kind);
        if !broke(reply) {
            steady.answered(kind);
        }
        let Some(first) = first else { return };
        steady.wavered(kind);
        self.doubt(STEADY);
        // What shows it is the exchange that broke, after those of the check on which it rests.
        let last = self.exchanges.pop();
        self.exchanges.push(first.clone());
        self.shows(STEADY);
        self.exchanges.pop();
        self.exchanges.extend(last);
        // What a create made all the same is found by its name, which the check may change.
        self.settle_doubts();
    }

    /// A request broke each time. The server is asked whether it still answers anything: if not, no
    /// check is to blame.
    fn broke_for_good(
        &mut self,
        kind: RequestKind,
        answer: Result<Answer, NotPassed>,
    ) -> Result<Answer, NotPassed> {
        let steady = &self.tally().steady;
        steady.sent(kind);
        // A server that never answered is told by the check that asks first.
        if steady.answers() == 0 || QUESTIONS.iter().any(|path| self.is_answered(path)) {
            return answer;
        }
        Err(self.gone())
    }

    /// The server answers nothing any more: what was sent last shows it.
    fn gone(&mut self) -> NotPassed {
        let steady = &self.tally().steady;
        if !steady.is_gone() {
            steady.end();
            self.shows(ALIVE);
        }
        NotPassed::Ended(self.tally().ended(self.plan()).unwrap_or_default())
    }

    /// Whether the credentials that let the client in do so no more: not for this request, and not
    /// for the question that it asked first.
    fn is_locked_out(&mut self, request: &Request<Bytes>, reply: &Reply) -> bool {
        let refused = |reply: &Reply| {
            reply.as_ref().is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED)
        };
        let usual = self.headers().get(AUTHORIZATION) == request.headers().get(AUTHORIZATION);
        if !usual || !refused(reply) || self.tally().steady.answers() == 0 {
            return false;
        }
        let question = self.request(Method::GET, QUESTIONS[0], None);
        refused(&self.asked(question))
    }

    /// Asks a question; tells whether an answer came that is no server error.
    fn is_answered(&mut self, path: &str) -> bool {
        let question = self.request(Method::GET, path, None);
        !broke(&self.asked(question))
    }

    /// Asks beside what a check sends.
    fn asked(&mut self, request: Request<Bytes>) -> Reply {
        let (reply, took) = self.server.exchange(request.clone());
        self.tally().note(1);
        let came = reply.clone();
        self.keep_sent(&Exchange { request, reply, took, at_once: false, is_shown: false });
        came
    }

    /// Sends a request once, however the server throttles; again when it breaks.
    ///
    /// # Errors
    /// When no response came.
    pub fn send_unthrottled(&mut self, request: Request<Bytes>) -> Result<Answer, NotPassed> {
        self.send_steadily(request, Session::send_once)
    }

    /// Notes what came of requests that were sent at the same time.
    pub(super) fn note_company(&mut self, replies: &[Reply], kinds: &[RequestKind]) {
        let steady = &self.tally().steady;
        for (reply, kind) in replies.iter().zip(kinds) {
            steady.sent(*kind);
            match reply {
                Err(Lost::TimedOut) => drop(steady.timed_out(*kind)),
                reply if !broke(reply) => steady.answered(*kind),
                _ => {}
            }
        }
        if steady.wavers() && replies.iter().any(broke) {
            self.doubt(STEADY);
        }
    }

    /// Why a request is not sent whose kind gets no answer.
    pub(super) fn not_answered(&mut self) -> NotPassed {
        self.doubt(HANGS);
        NotPassed::Needs(HANGS)
    }

    /// Remembers a create that broke: it may have been carried out.
    pub(super) fn doubt_create(&mut self, broken: &Exchange) {
        let path = broken.request.uri().path().trim_end_matches('/');
        let kind = [Endpoint::User, Endpoint::Group]
            .into_iter()
            .find(|kind| path.strip_prefix(self.plan().base_path.as_str()) == Some(kind.path()));
        let name = json_of(broken.request.body());
        let name = name.as_ref().and_then(|body| {
            pick::text(body, &["userName"]).or_else(|| pick::text(body, &["displayName"]))
        });
        if let (true, Some(kind), Some(name)) =
            (*broken.request.method() == Method::POST, kind, name)
        {
            let doubt = (kind, name.to_owned());
            // It is sent again under the same name.
            if !self.doubtful.contains(&doubt) {
                self.doubtful.push(doubt);
            }
        }
    }
}

/// Whether another try may be answered otherwise: a server error, or no answer.
fn may_pass(reply: &Reply) -> bool {
    broke(reply) && !matches!(reply, Err(Lost::Untrusted | Lost::Internal))
}
