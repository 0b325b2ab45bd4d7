//! What a check works with: it sends requests in the form that Entra sends them, and remembers
//! them.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue, RETRY_AFTER,
};
use http::{Method, Request, Response, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::answer::{Answer, List};
use super::check::{Check, Needs};
use super::exchange::{Exchange, Sent};
use super::facts::{Facts, Tally};
use super::finding::{Finding, NotPassed, Outcome, Sign, must};
use super::pick::{self, pick};
use super::plan::{Plan, WithGroups};
use super::steadiness::{RequestKind, THROTTLES, WholeFault};
use crate::entra::{Lost, Reply};
use crate::foreign::{Server, is_throttled};
use crate::scim;

pub use super::objects::{Endpoint, Made};

/// The characters that stay as they are in a query value and in a path segment.
pub(super) const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How often a request is sent again when the server throttles it.
const THROTTLED_MAX: u32 = 4;

/// What a check works with.
pub struct Session<'a> {
    pub(super) server: &'a mut dyn Server,
    plan: &'a Plan,
    tally: &'a Tally,
    /// What is known of the server.
    pub(super) facts: Facts,
    pub(super) exchanges: Vec<Exchange>,
    /// All that was sent, with what is no part of the check: the requests of the cleaning, those
    /// that were sent again.
    pub(super) sent: Vec<Sent>,
    /// The check for which it is sent, and whether that is being cleaned up after.
    pub(super) check: &'static str,
    pub(super) is_cleaning: bool,
    /// What was created and is still there, oldest first.
    pub(super) made: Vec<(Endpoint, String)>,
    /// Their names, by their paths, as far as the server has said them.
    pub(super) called: BTreeMap<String, String>,
    /// The number of the check, and how many names it has given, so that no two are equal.
    pub(super) nth: usize,
    pub(super) names: u64,
    /// Creates that broke, so that what they made all the same is looked for in the cleaning.
    pub(super) doubtful: Vec<(Endpoint, String)>,
    /// The check that tells why this one cannot be judged when it fails: some of its requests
    /// broke, or were not sent.
    doubt: Option<&'static str>,
    /// Faults of the server as a whole that were met here.
    pub(super) met: Vec<WholeFault>,
}

impl NotPassed {
    /// The same failure, shown by the last exchange so far, whatever follows.
    pub(super) fn shown_by_last(self, session: &Session<'_>) -> NotPassed {
        match self {
            NotPassed::Failed(found) => {
                let exchange = found.exchange.or(session.exchanges.len().checked_sub(1));
                NotPassed::Failed(Finding { exchange, ..found })
            }
            other => other,
        }
    }
}

impl<'a> Session<'a> {
    /// A session of the check of this number, that has sent nothing.
    pub fn new(
        server: &'a mut dyn Server,
        plan: &'a Plan,
        (facts, tally): (&Facts, &'a Tally),
        nth: usize,
    ) -> Session<'a> {
        Session {
            server,
            plan,
            tally,
            facts: facts.clone(),
            exchanges: Vec::new(),
            sent: Vec::new(),
            check: "",
            is_cleaning: false,
            made: Vec::new(),
            called: BTreeMap::new(),
            nth,
            names: 0,
            doubtful: Vec::new(),
            doubt: None,
            met: Vec::new(),
        }
    }

    /// Runs a check; what it created is still there. Tells, too, which check must pass before this
    /// one means anything, when that is how it ended.
    pub(super) fn judge(&mut self, check: &Check) -> (Outcome, Option<&'static str>) {
        self.check = check.id;
        let judged = self.meets(check.needs).and_then(|()| (check.run)(self));
        let last = self.exchanges.len().checked_sub(1);
        // A server that never answered is told by the check that asks first.
        let doubt = self.doubt.filter(|_| self.tally.steady.answers() > 0);
        if let (Some(doubt), Err(NotPassed::Failed(_) | NotPassed::Needs(_))) = (doubt, &judged) {
            return (Outcome::because_of(doubt), Some(doubt));
        }
        let outcome = match judged {
            Ok(()) => Outcome::Passed,
            Err(NotPassed::Failed(found)) => {
                Outcome::Failed(Finding { exchange: found.exchange.or(last), ..found })
            }
            Err(NotPassed::CannotTell(why) | NotPassed::Ended(why)) => Outcome::CannotTell(why),
            Err(NotPassed::Needs(other)) => return (Outcome::because_of(other), Some(other)),
            Err(NotPassed::Skipped(why)) => Outcome::Skipped(why),
        };
        (outcome, None)
    }

    fn meets(&mut self, needs: Needs) -> Result<(), NotPassed> {
        match needs {
            Needs::Groups if !self.has_groups()? => {
                Err(NotPassed::skipped("the server has no groups"))
            }
            _ => Ok(()),
        }
    }

    /// Whether the server has a `/Groups` endpoint, or must have one.
    pub(super) fn has_groups(&mut self) -> Result<bool, NotPassed> {
        if self.plan.groups == WithGroups::Yes {
            return Ok(true);
        }
        if let Some(known) = self.facts.has_groups {
            return Ok(known);
        }
        let answer = self.get("/Groups?excludedAttributes=members&count=1")?;
        let has = !matches!(answer.status, 404 | 405 | 501);
        self.exchanges.pop();
        self.facts.has_groups = Some(has);
        Ok(has)
    }

    // ---- requests ----

    /// Reads a path below the base.
    ///
    /// # Errors
    /// When no response came.
    pub fn get(&mut self, path: &str) -> Result<Answer, NotPassed> {
        self.send(Method::GET, path, None)
    }

    /// Reads a resource.
    ///
    /// # Errors
    /// When no response came.
    pub fn get_one(&mut self, kind: Endpoint, id: &str) -> Result<Answer, NotPassed> {
        self.get(&resource(kind, id))
    }

    /// Reads a resource back.
    ///
    /// # Errors
    /// When it is not there; that `user.get` tells of it where a user is asked for by id and
    /// something else comes.
    pub fn read(&mut self, kind: Endpoint, id: &str) -> Result<Value, NotPassed> {
        let answer = self.get_one(kind, id)?;
        let lacks_id = |json: &Value| pick(json, &["id"]).is_none();
        match &answer.json {
            Some(json) if kind == Endpoint::User && answer.status == 200 && lacks_id(json) => {
                Err(NotPassed::Needs("user.get"))
            }
            _ => Ok(answer.resource()?.clone()),
        }
    }

    /// Looks resources up as Entra does: `attribute eq "value"`.
    ///
    /// # Errors
    /// When the answer is no list.
    pub fn find(
        &mut self,
        kind: Endpoint,
        attribute: &str,
        value: &str,
    ) -> Result<List, NotPassed> {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        self.filter(kind, &format!("{attribute} eq \"{escaped}\""))?.list()
    }

    /// Sends any filter.
    ///
    /// # Errors
    /// When no response came.
    pub fn filter(&mut self, kind: Endpoint, filter: &str) -> Result<Answer, NotPassed> {
        let members = if kind == Endpoint::Group { "excludedAttributes=members&" } else { "" };
        self.get(&format!("{}?{members}filter={}", kind.path(), utf8_percent_encode(filter, KEPT)))
    }

    /// Sends a PATCH.
    ///
    /// # Errors
    /// When no response came.
    pub fn patch(&mut self, kind: Endpoint, id: &str, body: &Value) -> Result<Answer, NotPassed> {
        self.send(Method::PATCH, &resource(kind, id), Some(body))
    }

    /// Sends a PATCH that must succeed, and reads the resource back.
    ///
    /// # Errors
    /// When the PATCH fails, or the resource is not there afterwards.
    pub fn patched(&mut self, kind: Endpoint, id: &str, body: &Value) -> Result<Value, NotPassed> {
        self.patch(kind, id, body)?.must_succeed()?;
        self.read(kind, id)
    }

    /// Leaves the server alone for a while.
    pub fn wait(&mut self, time: Duration) {
        self.server.wait(time);
    }

    /// Sends a request in the form of Entra's client.
    ///
    /// # Errors
    /// When no response came.
    pub fn send(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, NotPassed> {
        let request = self.request(method, path, body);
        self.send_as_is(request)
    }

    /// The request that `send` sends, so that a check can change it.
    pub fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Request<Bytes> {
        let bytes = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let mut request = Request::new(bytes);
        *request.method_mut() = method;
        *request.uri_mut() =
            Uri::try_from(format!("{}{path}", self.plan.base_path)).unwrap_or_default();
        *request.headers_mut() = self.plan.headers.clone();
        if let Some(bearer) = &self.facts.bearer {
            request.headers_mut().insert(AUTHORIZATION, bearer.clone());
        }
        self.name_host(&mut request);
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(scim::CONTENT_TYPE));
        if body.is_some() {
            let media = HeaderValue::from_static("application/scim+json; charset=utf-8");
            request.headers_mut().insert(CONTENT_TYPE, media);
        }
        request
    }

    fn name_host(&self, request: &mut Request<Bytes>) {
        let host = self.plan.origin.split_once("://").map_or("", |(_, host)| host);
        if let Ok(host) = HeaderValue::from_str(host) {
            request.headers_mut().insert(HOST, host);
        }
    }

    /// Writes into a request to the server what its client sends along with every one, so that what
    /// is shown of it is what was sent.
    fn carry_along(&self, request: &mut Request<Bytes>) {
        let to_server = request.uri().authority().is_none();
        if let Some(carried) = self.plan.carried.as_ref().filter(|_| to_server) {
            *request.uri_mut() = carried.added_to(request.uri());
            request.extensions_mut().insert(carried.clone());
        }
    }

    /// Sends a request as it is; again when the server throttles it, which the client waits for.
    ///
    /// # Errors
    /// When no response came, or the server throttles it for ever.
    pub fn send_as_is(&mut self, request: Request<Bytes>) -> Result<Answer, NotPassed> {
        if let Some(why) = self.tally.ended(self.plan) {
            return Err(NotPassed::Ended(why));
        }
        self.send_anyway(request)
    }

    /// The same, whatever has ended: a cleaning goes on.
    pub(super) fn send_anyway(&mut self, request: Request<Bytes>) -> Result<Answer, NotPassed> {
        self.send_steadily(request, Session::send_patiently)
    }

    /// Sends a request again while the server throttles it.
    fn send_patiently(&mut self, request: Request<Bytes>) -> Result<Answer, NotPassed> {
        for _ in 0..THROTTLED_MAX {
            let answer = self.send_once(request.clone());
            match self.exchanges.last().is_some_and(|last| is_throttled(&last.reply)) {
                // What was refused for haste is no part of what the check is about.
                true => self.exchanges.pop(),
                false => return answer,
            };
        }
        let answer = self.send_once(request)?;
        if answer.status != 429 {
            return Ok(answer);
        }
        self.tally.give_up();
        Err(NotPassed::Ended(self.tally.ended(self.plan).unwrap_or_else(|| answer.said())))
    }

    /// Sends a request once, however the server throttles.
    ///
    /// # Errors
    /// When no response came.
    pub fn send_once(&mut self, request: Request<Bytes>) -> Result<Answer, NotPassed> {
        let (reply, took) = self.server.exchange(request.clone());
        self.tally.note(1);
        self.note(Exchange { request, reply, took, at_once: false, is_shown: false })
    }

    /// Sends requests at the same time because that is faster, and not because it is checked;
    /// `None` for one without a response.
    pub(super) fn in_company(
        &mut self,
        requests: Vec<Request<Bytes>>,
    ) -> Result<Vec<Option<Answer>>, NotPassed> {
        match self.tally.ended(self.plan) {
            Some(why) => Err(NotPassed::Ended(why)),
            None => Ok(self.company_anyway(requests)),
        }
    }

    /// The same, whatever has ended.
    pub(super) fn company_anyway(&mut self, requests: Vec<Request<Bytes>>) -> Vec<Option<Answer>> {
        let kinds = self.kinds(&requests);
        if kinds.iter().any(|kind| self.tally.steady.is_silent(*kind)) {
            return requests.iter().map(|_| None).collect();
        }
        let replies = self.sent_at_once(&requests, &kinds);
        let all = requests.into_iter().zip(replies);
        all.map(|(request, (reply, took))| {
            self.note(Exchange { request, reply, took, at_once: false, is_shown: false }).ok()
        })
        .collect()
    }

    fn kinds(&self, requests: &[Request<Bytes>]) -> Vec<RequestKind> {
        let base = &self.plan.base_path;
        requests.iter().map(|request| RequestKind::of(request, base)).collect()
    }

    fn sent_at_once(
        &mut self,
        requests: &[Request<Bytes>],
        kinds: &[RequestKind],
    ) -> Vec<(Reply, Duration)> {
        let came = self.server.at_once(requests.to_vec());
        self.tally.note(came.len() as u64);
        let replies: Vec<Reply> = came.iter().map(|(reply, _)| reply.clone()).collect();
        self.note_company(&replies, kinds);
        for (request, (reply, took)) in requests.iter().zip(&came) {
            if broke(reply) {
                let (request, reply, took) = (request.clone(), reply.clone(), *took);
                let exchange = Exchange { request, reply, took, at_once: true, is_shown: false };
                self.doubt_create(&exchange);
            }
        }
        came
    }

    /// Sends requests at once; what they created is remembered for the cleaning.
    ///
    /// # Errors
    /// When a response did not come.
    pub fn at_once(
        &mut self,
        kind: Endpoint,
        requests: Vec<Request<Bytes>>,
    ) -> Result<Vec<Answer>, NotPassed> {
        let kinds = self.kinds(&requests);
        if kinds.iter().any(|kind| self.tally.steady.is_silent(*kind)) {
            return Err(self.not_answered());
        }
        let replies = self.sent_at_once(&requests, &kinds);
        let mut answers = Vec::new();
        for (request, (reply, took)) in requests.into_iter().zip(replies) {
            let is_create = request.method() == Method::POST;
            let answer =
                self.note(Exchange { request, reply, took, at_once: true, is_shown: false });
            // Each create is remembered before a lost one ends the check.
            if let (true, Ok(answer)) = (is_create, &answer) {
                self.adopt(kind, answer);
            }
            answers.push(answer);
        }
        answers.into_iter().collect()
    }

    /// Sends a request of the engine; it is remembered like one of a check.
    pub fn carry(&mut self, mut request: Request<Bytes>) -> (Reply, Duration) {
        self.name_host(&mut request);
        let before = self.exchanges.len();
        let sent = self.send_steadily(request, Session::send_once);
        match (sent, self.exchanges.get(before)) {
            (Err(NotPassed::Needs(_) | NotPassed::Ended(_)), _) | (_, None) => {
                (Err(Lost::TimedOut), Duration::ZERO)
            }
            (_, Some(exchange)) => (exchange.reply.clone(), exchange.took),
        }
    }

    /// The exchange that tells most of a life that went wrong, and its answer in words: the last
    /// write that failed, else the last write.
    pub fn telling_exchange(&self) -> Option<(usize, String)> {
        let writes = || {
            let all = self.exchanges.iter().enumerate();
            all.filter(|(_, exchange)| *exchange.request.method() != Method::GET)
        };
        let failed = |exchange: &Exchange| exchange.status().is_none_or(|status| status >= 400);
        let told = writes().filter(|(_, exchange)| failed(exchange)).last().or(writes().last());
        let (nth, exchange) = told?;
        let answer = match &exchange.reply {
            Ok(response) => answer_of(response).said(),
            Err(lost) => lost_words(*lost),
        };
        Some((nth, format!("{} was answered {answer}", exchange.request.method())))
    }

    /// A failure in place of "nothing more is sent" and of "no answer comes to such a request": for
    /// the check that decides whether anything is sent. That a server has died another one tells.
    pub fn or_failed(&self, why: NotPassed) -> NotPassed {
        match why {
            NotPassed::Ended(why) if !self.tally.steady.is_gone() => NotPassed::failed(why),
            NotPassed::Needs(_) => NotPassed::failed("no response: timed out"),
            other => other,
        }
    }

    /// The headers that let the client in.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = self.plan.headers.clone();
        headers.extend(self.facts.bearer.iter().map(|bearer| (AUTHORIZATION, bearer.clone())));
        headers
    }

    /// How many requests are left.
    pub fn requests_left(&self) -> u64 {
        self.plan.budget.saturating_sub(self.tally.sent())
    }

    /// The last exchange of this check.
    pub fn last(&self) -> Option<&Exchange> {
        self.exchanges.last()
    }

    /// Makes the last exchange part of what shows a failure of this check.
    pub fn show_last(&mut self) {
        if let Some(last) = self.exchanges.last_mut() {
            last.is_shown = true;
        }
    }

    /// Scheme, host and port of the server, as the client names them.
    pub fn origin(&self) -> &str {
        &self.plan.origin
    }

    /// Whether a token is sent.
    pub fn has_token(&self) -> bool {
        self.facts.bearer.is_some() || self.plan.headers.contains_key(AUTHORIZATION)
    }

    /// The plan.
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// The count of what was sent to the server.
    pub(super) fn tally(&self) -> &'a Tally {
        self.tally
    }

    /// Says that this check cannot be judged when it fails, and which one tells why.
    pub(super) fn doubt(&mut self, told_by: &'static str) {
        self.doubt = Some(told_by);
    }

    /// Remembers a fault of the server as a whole; the last exchange shows it.
    pub(super) fn shows(&mut self, told_by: &'static str) {
        self.met.push(WholeFault::of(told_by, &self.exchanges));
    }

    /// Keeps an exchange as one of all that were sent.
    pub(super) fn keep_sent(&mut self, exchange: &Exchange) {
        let (check, is_cleaning) = (self.check, self.is_cleaning);
        self.sent.push(Sent { check, is_cleaning, exchange: exchange.clone() });
    }

    pub(super) fn note(&mut self, mut exchange: Exchange) -> Result<Answer, NotPassed> {
        self.carry_along(&mut exchange.request);
        let answer = match &exchange.reply {
            Ok(response) => Ok(answer_of(response)),
            Err(lost) => {
                let why = self.server.loss().map(|why| format!(" ({why})")).unwrap_or_default();
                let help = match lost {
                    Lost::Untrusted => ": give it, or the authority it comes from, with --ca",
                    _ => "",
                };
                Err(NotPassed::failed(format!("{}{why}{help}", lost_words(*lost))))
            }
        };
        let throttled = is_throttled(&exchange.reply);
        let badly = throttled && is_throttled_badly(&exchange.reply);
        self.keep_sent(&exchange);
        self.exchanges.push(exchange);
        if throttled {
            self.tally.note_throttled();
        }
        if badly {
            self.shows(THROTTLES);
        }
        answer
    }
}

/// Whether a server that throttles does so in another way than 429 with Retry-After.
fn is_throttled_badly(reply: &Reply) -> bool {
    let says = |answer: &Response<Bytes>| answer.headers().contains_key(RETRY_AFTER);
    reply.as_ref().is_ok_and(|answer| answer.status().as_u16() != 429 || !says(answer))
}

/// A response as a check reads it.
pub(super) fn answer_of(response: &Response<Bytes>) -> Answer {
    let media_type = response.headers().get(CONTENT_TYPE);
    let media_type = media_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Answer {
        status: response.status().as_u16(),
        media_type: media_type.unwrap_or_default(),
        json: json_of(response.body()),
        is_empty: response.body().is_empty(),
    }
}

/// Whether the server broke: no response came, or an error of its own.
pub(super) fn broke(reply: &Reply) -> bool {
    reply
        .as_ref()
        .map_or(true, |answer| answer.status().is_server_error() && answer.status().as_u16() != 501)
}

pub(super) fn json_of(body: &Bytes) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

/// What is said of a request without a response.
pub(super) fn lost_words(lost: Lost) -> String {
    format!("no response: {}", lost.word())
}

/// The path of a resource below the base.
pub(super) fn resource(kind: Endpoint, id: &str) -> String {
    format!("{}/{}", kind.path(), utf8_percent_encode(id, KEPT))
}

/// Fails unless a value of a resource is this text.
///
/// # Errors
/// The failure, with the value that is there.
pub fn must_hold(resource: &Value, steps: &[&str], wanted: &str) -> Result<(), NotPassed> {
    let value = pick(resource, steps);
    must_not_nest(resource, steps)?;
    must(value.and_then(Value::as_str) == Some(wanted), || {
        format!("{} is {} and not \"{wanted}\"", pick::path(steps), pick::shown(value))
    })
}

/// Fails when a core attribute stands below the URN of its schema, where no client looks for it.
///
/// # Errors
/// The failure, with where it stands.
pub fn must_not_nest(resource: &Value, steps: &[&str]) -> Result<(), NotPassed> {
    let below = |urn: &&str| pick(resource, &[urn]).and_then(|it| pick(it, steps)).is_some();
    let nested = [scim::urn::USER, scim::urn::GROUP].into_iter().find(below);
    let Some(urn) = nested.filter(|_| pick(resource, steps).is_none()) else { return Ok(()) };
    let came = format!("{} stands below {urn}, and not at the top", pick::path(steps));
    Err(NotPassed::failed(came).of_kind(Sign::Nested))
}
