//! What a check works with: it sends requests in the form that Entra sends them, remembers them,
//! and deletes afterwards what was created.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use http::{Method, Request, Response, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::answer::{Answer, List};
use super::bodies;
use super::check::{Check, Needs};
use super::exchange::Exchange;
use super::finding::{Finding, NotPassed, Outcome, must};
use super::pick::{self, pick};
use super::plan::{Plan, WithGroups};
use crate::entra::{Lost, Reply};
use crate::foreign::Server;
use crate::scim;

/// The characters that stay as they are in a query value and in a path segment.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Server errors in a row after which nothing more is sent.
const ERRORS_IN_A_ROW: u32 = 5;

/// The two endpoints that Entra uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Endpoint {
    /// `/Users`.
    User,
    /// `/Groups`.
    Group,
}

impl Endpoint {
    /// The path of the endpoint.
    pub fn path(self) -> &'static str {
        match self {
            Endpoint::User => "/Users",
            Endpoint::Group => "/Groups",
        }
    }
}

/// A resource that a check has created.
#[derive(Clone, Debug)]
pub struct Made {
    /// The kind.
    pub kind: Endpoint,
    /// Its id.
    pub id: String,
    /// Its `userName` or `displayName`.
    pub name: String,
    /// Its `externalId`.
    pub external_id: String,
}

/// What a check works with.
pub struct Session<'a> {
    server: &'a mut dyn Server,
    plan: &'a Plan,
    exchanges: Vec<Exchange>,
    /// What was created and is still there, oldest first.
    made: Vec<(Endpoint, String)>,
    /// Counts the names that were given, so that no two are equal.
    names: u64,
    requests: u64,
    errors_in_a_row: u32,
    has_groups: Option<bool>,
    shows_members: Option<bool>,
    /// The status with which every PATCH is refused, if the plainest one was.
    no_patch: Option<u16>,
    /// The access token that was granted.
    bearer: Option<HeaderValue>,
}

impl<'a> Session<'a> {
    /// A session that has sent nothing.
    pub fn new(server: &'a mut dyn Server, plan: &'a Plan) -> Session<'a> {
        Session {
            server,
            plan,
            exchanges: Vec::new(),
            made: Vec::new(),
            names: 0,
            requests: 0,
            errors_in_a_row: 0,
            has_groups: None,
            shows_members: None,
            no_patch: None,
            bearer: None,
        }
    }

    /// Runs one check and deletes what it created.
    pub fn judge(&mut self, check: &Check) -> Outcome {
        let judged = self.meets(check.needs).and_then(|()| (check.run)(self));
        let last = self.exchanges.len().checked_sub(1);
        let outcome = match judged {
            Ok(()) => Outcome::Passed,
            Err(NotPassed::Failed(Finding { came, exchange })) => {
                Outcome::Failed(Finding { came, exchange: exchange.or(last) })
            }
            Err(NotPassed::CannotTell(why)) => Outcome::CannotTell(why),
            Err(NotPassed::Needs(other)) => Outcome::Skipped(format!("{other} must pass first")),
            Err(NotPassed::Skipped(why)) => Outcome::Skipped(why),
        };
        let kept = self.exchanges.len();
        if !self.plan.keep {
            self.clean_up();
        }
        self.exchanges.truncate(kept);
        outcome
    }

    /// The exchanges of the last check.
    pub fn take_exchanges(&mut self) -> Vec<Exchange> {
        std::mem::take(&mut self.exchanges)
    }

    /// How many requests were sent.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Remembers the status with which the plainest PATCH was refused as a method, if it was.
    pub fn remember_refused_patch(&mut self, outcome: &Outcome) {
        let refused = matches!(outcome, Outcome::Failed(_)).then(|| self.refused_patch()).flatten();
        self.no_patch = refused;
    }

    /// The status of the last exchange, when it refused a PATCH in the way in which the plainest
    /// one was refused.
    pub fn unsupported_patch(&self) -> Option<u16> {
        self.refused_patch().filter(|status| self.no_patch == Some(*status))
    }

    fn refused_patch(&self) -> Option<u16> {
        let last = self.last()?;
        let is_patch = last.request.method() == Method::PATCH;
        last.status().filter(|status| is_patch && matches!(status, 404 | 405 | 501))
    }

    /// Why nothing more is sent, when that is so.
    pub fn pointless(&self) -> Option<String> {
        if self.requests >= self.plan.budget {
            return Some(format!("the budget of {} requests is spent", self.plan.budget));
        }
        (self.errors_in_a_row >= ERRORS_IN_A_ROW)
            .then(|| format!("the server broke {ERRORS_IN_A_ROW} times in a row"))
    }

    /// Deletes what is still there; returns the paths of what could not be deleted or is kept.
    pub fn finish(&mut self) -> Vec<String> {
        if !self.plan.keep {
            self.clean_up();
        }
        let left = std::mem::take(&mut self.made);
        left.into_iter().map(|(kind, id)| format!("{}/{id}", kind.path())).collect()
    }

    fn clean_up(&mut self) {
        // A server that cannot delete is told so by a check; the others still run.
        self.errors_in_a_row = 0;
        let mut left = Vec::new();
        while let Some((kind, id)) = self.made.pop() {
            let gone = self
                .delete(kind, &id)
                .is_ok_and(|answer| matches!(answer.status, 200..300 | 404 | 410));
            if !gone {
                left.insert(0, (kind, id));
            }
        }
        self.made = left;
        self.errors_in_a_row = 0;
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
    fn has_groups(&mut self) -> Result<bool, NotPassed> {
        if self.plan.groups == WithGroups::Yes {
            return Ok(true);
        }
        if let Some(known) = self.has_groups {
            return Ok(known);
        }
        let answer = self.get("/Groups?excludedAttributes=members&count=1")?;
        let has = !matches!(answer.status, 404 | 405 | 501);
        self.exchanges.pop();
        self.has_groups = Some(has);
        Ok(has)
    }

    /// Fails with "cannot tell" when the server never shows the members of a group.
    ///
    /// # Errors
    /// That it cannot be told, or what kept a group from being made.
    pub fn must_show_members(&mut self) -> Result<(), NotPassed> {
        let shows = match self.shows_members {
            Some(shows) => shows,
            None => {
                let user = self.new_user()?;
                let group = self.new_group()?;
                let member = serde_json::json!([{"value": user.id, "type": "User"}]);
                let body = bodies::patch_one("Add", "members", member);
                self.patch(Endpoint::Group, &group.id, &body)?;
                let shows =
                    !pick::list(&self.read(Endpoint::Group, &group.id)?, &["members"]).is_empty();
                self.shows_members = Some(shows);
                shows
            }
        };
        if shows { Ok(()) } else { Err(NotPassed::cannot_tell("the server never shows members")) }
    }

    // ---- names and resources ----

    /// A name that no other object has: the tag and a number.
    pub fn name(&mut self, what: &str) -> String {
        self.names += 1;
        format!("{}-{what}-{}", self.plan.tag, self.names)
    }

    /// A GUID-like text that no object has.
    pub fn nobody(&mut self) -> String {
        self.names += 1;
        format!("7c1f0b5a-0000-4000-8000-{:012x}", self.names)
    }

    /// The body of a complete user with a fresh name, as Entra's default mappings send it.
    pub fn user_body(&mut self) -> Value {
        let name = self.name("user");
        bodies::user(&name)
    }

    /// Creates a complete user.
    ///
    /// # Errors
    /// That `user.create` must pass first.
    pub fn new_user(&mut self) -> Result<Made, NotPassed> {
        let body = self.user_body();
        self.make(Endpoint::User, &body).map_err(|_| NotPassed::Needs("user.create"))
    }

    /// Creates an empty group.
    ///
    /// # Errors
    /// That `group.create` must pass first.
    pub fn new_group(&mut self) -> Result<Made, NotPassed> {
        let name = self.name("group");
        let body = bodies::group(&name);
        self.make(Endpoint::Group, &body).map_err(|_| NotPassed::Needs("group.create"))
    }

    /// Creates a resource and remembers it for the cleaning.
    ///
    /// # Errors
    /// When the server refuses it, or answers without a resource.
    pub fn make(&mut self, kind: Endpoint, body: &Value) -> Result<Made, NotPassed> {
        let answer = self.create(kind, body)?;
        let id = pick::text(answer.resource()?, &["id"]).unwrap_or_default().to_owned();
        let name = if kind == Endpoint::User { "userName" } else { "displayName" };
        let own = |name| pick::text(body, &[name]).unwrap_or_default().to_owned();
        Ok(Made { kind, id, name: own(name), external_id: own("externalId") })
    }

    /// Sends a create, whatever comes of it; what was created is remembered for the cleaning.
    ///
    /// # Errors
    /// When no response came.
    pub fn create(&mut self, kind: Endpoint, body: &Value) -> Result<Answer, NotPassed> {
        let answer = self.send(Method::POST, kind.path(), Some(body))?;
        self.adopt(kind, &answer);
        Ok(answer)
    }

    /// Remembers for the cleaning what an answer says was created, after a create that the check
    /// wrote itself.
    pub fn adopt(&mut self, kind: Endpoint, answer: &Answer) {
        if let (200..300, Some(json)) = (answer.status, &answer.json)
            && let Some(id) = pick::text(json, &["id"])
            && !self.made.iter().any(|(_, known)| known == id)
        {
            self.made.push((kind, id.to_owned()));
        }
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
    /// When it is not there.
    pub fn read(&mut self, kind: Endpoint, id: &str) -> Result<Value, NotPassed> {
        Ok(self.get_one(kind, id)?.resource()?.clone())
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

    /// Deletes a resource.
    ///
    /// # Errors
    /// When no response came.
    pub fn delete(&mut self, kind: Endpoint, id: &str) -> Result<Answer, NotPassed> {
        let answer = self.send(Method::DELETE, &resource(kind, id), None)?;
        if (200..300).contains(&answer.status) {
            self.made.retain(|(_, known)| known != id);
        }
        Ok(answer)
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
        if let Some(bearer) = &self.bearer {
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

    /// Sends a request as it is.
    ///
    /// # Errors
    /// When no response came.
    pub fn send_as_is(&mut self, request: Request<Bytes>) -> Result<Answer, NotPassed> {
        if let Some(why) = self.pointless() {
            return Err(NotPassed::Skipped(why));
        }
        let (reply, took) = self.server.exchange(request.clone());
        self.note(Exchange { request, reply, took, at_once: false })
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
        let replies: Vec<(Reply, _)> = self.server.at_once(requests.clone());
        let mut answers = Vec::new();
        for (request, (reply, took)) in requests.into_iter().zip(replies) {
            let is_create = request.method() == Method::POST;
            let answer = self.note(Exchange { request, reply, took, at_once: true })?;
            if is_create {
                self.adopt(kind, &answer);
            }
            answers.push(answer);
        }
        Ok(answers)
    }

    /// Sends a request of the engine; it is remembered like one of a check.
    pub fn carry(&mut self, mut request: Request<Bytes>) -> (Reply, Duration) {
        self.name_host(&mut request);
        let (reply, took) = self.server.exchange(request.clone());
        let _ = self.note(Exchange { request, reply: reply.clone(), took, at_once: false });
        (reply, took)
    }

    /// Remembers for the cleaning what a life has made.
    pub fn remember(&mut self, kind: Endpoint, id: &str) {
        if !self.made.iter().any(|(known, other)| *known == kind && other == id) {
            self.made.push((kind, id.to_owned()));
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

    /// The headers that let the client in.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = self.plan.headers.clone();
        headers.extend(self.bearer.iter().map(|bearer| (AUTHORIZATION, bearer.clone())));
        headers
    }

    /// How many requests are left.
    pub fn left(&self) -> u64 {
        self.plan.budget.saturating_sub(self.requests)
    }

    /// The last exchange of this check.
    pub fn last(&self) -> Option<&Exchange> {
        self.exchanges.last()
    }

    /// Scheme, host and port of the server, as the client names them.
    pub fn origin(&self) -> &str {
        &self.plan.origin
    }

    /// Whether a token is sent.
    pub fn has_token(&self) -> bool {
        self.bearer.is_some() || self.plan.headers.contains_key(AUTHORIZATION)
    }

    /// The plan.
    pub fn plan(&self) -> &'a Plan {
        self.plan
    }

    /// Sends a form to the token endpoint; it is remembered as `shown`, and the answer without its
    /// tokens. A token that is granted travels in every request from then on, if `keep` says so.
    ///
    /// # Errors
    /// When no response came.
    pub fn ask_for_token(
        &mut self,
        uri: &Uri,
        form: &Bytes,
        shown: &Bytes,
        keep: bool,
    ) -> Result<Answer, NotPassed> {
        let mut request = Request::new(form.clone());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri.clone();
        let media = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, media);
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        let (reply, took) = self.server.exchange(request.clone());
        *request.body_mut() = shown.clone();
        let whole = reply.as_ref().ok().and_then(|reply| json_of(reply.body()));
        let reply = reply.map(without_tokens);
        let mut answer = self.note(Exchange { request, reply, took, at_once: false })?;
        let token = whole.as_ref().and_then(|json| pick::text(json, &["access_token"]));
        if let (true, Some(token)) = (keep, token) {
            self.bearer = HeaderValue::try_from(format!("Bearer {token}")).ok();
        }
        answer.json = whole;
        Ok(answer)
    }

    fn note(&mut self, exchange: Exchange) -> Result<Answer, NotPassed> {
        self.requests += 1;
        let broke = exchange.status().is_none_or(|status| status >= 500 && status != 501);
        self.errors_in_a_row = if broke { self.errors_in_a_row + 1 } else { 0 };
        let answer = match &exchange.reply {
            Ok(response) => Ok(answer_of(response)),
            Err(lost) => Err(NotPassed::failed(lost_words(*lost))),
        };
        self.exchanges.push(exchange);
        answer
    }
}

/// A response as a check reads it.
fn answer_of(response: &Response<Bytes>) -> Answer {
    let media_type = response.headers().get(CONTENT_TYPE);
    let media_type = media_type.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    Answer {
        status: response.status().as_u16(),
        media_type: media_type.unwrap_or_default(),
        json: json_of(response.body()),
        is_empty: response.body().is_empty(),
    }
}

fn json_of(body: &Bytes) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

/// A response of a token endpoint as it may be shown.
fn without_tokens(mut response: Response<Bytes>) -> Response<Bytes> {
    if let Some(Value::Object(mut json)) = json_of(response.body()) {
        for name in ["access_token", "refresh_token", "id_token"] {
            if let Some(token) = json.get_mut(name) {
                *token = Value::from("…");
            }
        }
        *response.body_mut() = Value::Object(json).to_string().into();
    }
    response
}

/// What is said of a request without a response.
fn lost_words(lost: Lost) -> String {
    format!("no response: {}", lost.word())
}

fn resource(kind: Endpoint, id: &str) -> String {
    format!("{}/{}", kind.path(), utf8_percent_encode(id, KEPT))
}

/// Fails unless a value of a resource is this text.
///
/// # Errors
/// The failure, with the value that is there.
pub fn must_hold(resource: &Value, steps: &[&str], wanted: &str) -> Result<(), NotPassed> {
    let value = pick(resource, steps);
    must(value.and_then(Value::as_str) == Some(wanted), || {
        format!("{} is {} and not \"{wanted}\"", steps.join("."), pick::shown(value))
    })
}
