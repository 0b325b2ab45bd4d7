//! A server that is not ours, as a job provisions it: sends the engine's requests, reads back what
//! they changed, remembers what this run made, and deletes it at the end.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use http::{Method, Request, StatusCode, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::cleaning::{Stays, StillThere, delete_all};
use super::server::Server;
use crate::entra::call::CallEndpoint;
use crate::entra::field::ObjectKind;
use crate::entra::{Lost, Reply};
use crate::scim::{self, Object, Value};
use crate::world::ReadBack;

/// The question that tells whether a SCIM server answers and lets the client in.
pub const FIRST_QUESTION: &str = "/Users?startIndex=1&count=1";

/// Server errors in a row after which nothing more is sent.
const ERRORS_IN_A_ROW: u32 = 5;

/// Requests in a row without an answer after which the server counts as gone.
const LOST_IN_A_ROW: u32 = 3;

/// How often a request of our own is sent again when the server throttles it.
const THROTTLED_MAX: u32 = 5;

/// The characters that stay as they are in a query value.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How the target is reached, and what may be done there.
pub struct Access {
    /// The path of the tenant URL, without a slash at its end.
    pub base_path: String,
    /// The headers that let the client in; they replace those of the scenario's secret.
    pub headers: HeaderMap,
    /// Where access tokens come from, when they do.
    pub tokens: Option<TokenEndpoint>,
    /// The greatest number of requests.
    pub budget: u64,
    /// Whether resources that were there before this run may be changed and deleted.
    pub adopt: bool,
}

/// A token endpoint, and what is sent to it. Its secret is nowhere else.
pub struct TokenEndpoint {
    /// Where it is, whole.
    pub uri: Uri,
    /// Writes the form that asks for a token now.
    pub form: Box<dyn Fn() -> Bytes + Send>,
}

/// A server that is not ours.
pub struct Target<S> {
    server: S,
    access: Access,
    /// What this run made and has not deleted, oldest first.
    made: Vec<Place>,
    /// Creates whose outcome is not known, because no answer came or an error of the server.
    doubtful: Vec<Doubt>,
    /// Names that a search of this run did not find, in lower case, so that what has them later was
    /// made by this run.
    absent: BTreeSet<(bool, String)>,
    /// Everything that was read, with the members of groups.
    known: BTreeMap<Place, BTreeSet<String>>,
    /// The access token that was granted last.
    bearer: Option<HeaderValue>,
    sent: u64,
    errors_in_a_row: u32,
    answered: u64,
    lost_in_a_row: u32,
    /// The `Authorization` of requests in whose place the headers of [`Access`] are put; of all
    /// requests without such a list.
    stand_ins: Option<Vec<HeaderValue>>,
}

/// What came of a request of the engine.
pub struct Came {
    /// The response, or its loss.
    pub reply: Reply,
    /// What was read back after it.
    pub read: Vec<ReadBack>,
    /// Whether the server has groups, when the request tells.
    pub has_groups: Option<bool>,
}

/// A resource of the server.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    is_group: bool,
    id: String,
}

/// A create that may have been carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Doubt {
    is_group: bool,
    name: String,
}

/// What this run left at the server.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Left {
    /// How many objects it made that were there until the end.
    pub made: usize,
    /// Those that are still there.
    pub there: Vec<StillThere>,
    /// The names of those of which it is not known whether they were ever made.
    pub unknown: Vec<String>,
}

impl Left {
    /// Adds what another run left.
    pub fn add(&mut self, other: Left) {
        self.made += other.made;
        self.there.extend(other.there);
        self.unknown.extend(other.unknown);
    }
}

impl Place {
    fn path(&self) -> String {
        format!("{}/{}", endpoint(self.is_group), self.id)
    }

    fn kind(&self) -> ObjectKind {
        if self.is_group { ObjectKind::Group } else { ObjectKind::User }
    }
}

impl<S: Server> Target<S> {
    /// A target that has been sent nothing.
    pub fn new(server: S, access: Access) -> Target<S> {
        Target {
            server,
            access,
            made: Vec::new(),
            doubtful: Vec::new(),
            absent: BTreeSet::new(),
            known: BTreeMap::new(),
            bearer: None,
            sent: 0,
            errors_in_a_row: 0,
            answered: 0,
            lost_in_a_row: 0,
            stand_ins: None,
        }
    }

    /// Sends tokens as they are from now on, but for these: credentials that are tried are tried at
    /// this server.
    pub fn try_tokens_but(&mut self, stand_ins: Vec<HeaderValue>) {
        self.stand_ins = Some(stand_ins);
    }

    /// Reads a path below the base, as a request of our own.
    pub fn ask(&mut self, path: &str) -> Reply {
        let request = self.request(Method::GET, path, Bytes::new());
        self.exchange_own(request)
    }

    /// Reads a path of the host, whatever the base, as a request of our own.
    pub fn ask_host(&mut self, path: &str) -> Reply {
        let mut request = self.request(Method::GET, "", Bytes::new());
        *request.uri_mut() = Uri::try_from(path).unwrap_or_default();
        self.exchange_own(request)
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// How many requests were answered.
    pub fn answered(&self) -> u64 {
        self.answered
    }

    /// Whether the server answers no more. After a request without an answer it is asked a plain
    /// question a few times: a single request may be lost, or may hang by its kind.
    pub fn is_gone(&mut self) -> bool {
        while (1..LOST_IN_A_ROW).contains(&self.lost_in_a_row) {
            let _ = self.ask(FIRST_QUESTION);
        }
        self.lost_in_a_row >= LOST_IN_A_ROW
    }

    /// The server.
    pub fn server(&mut self) -> &mut S {
        &mut self.server
    }

    /// What this run made and has not deleted, oldest first: kinds and ids.
    pub fn made_here(&self) -> Vec<(ObjectKind, String)> {
        self.made.iter().map(|place| (place.kind(), place.id.clone())).collect()
    }

    /// How many objects this run made and has not deleted.
    pub fn made(&self) -> usize {
        self.made.len()
    }

    /// Sends a request of the engine and reads back what it may have changed.
    ///
    /// # Errors
    /// Why it was not sent: nothing more is, or it would change what was there before this run.
    pub fn carry(
        &mut self,
        endpoint: CallEndpoint,
        request: Request<Bytes>,
    ) -> Result<Came, String> {
        self.must_go_on()?;
        if endpoint == CallEndpoint::Token {
            let reply = self.ask_for_token(request);
            return Ok(Came { reply, read: Vec::new(), has_groups: None });
        }
        let (method, path) = (request.method().clone(), self.below(request.uri()));
        let place = place_of(&path);
        let writes = !matches!(method, Method::GET | Method::HEAD);
        if writes && !self.is_below(request.uri()) {
            return Err(format!(
                "the tenant URL leads to {} now, and nothing is changed outside of {}/",
                request.uri().path(),
                self.access.base_path
            ));
        }
        if let (true, Some(place), false) = (writes, &place, self.access.adopt)
            && !self.made.contains(place)
        {
            return Err(there_before(&place.path()));
        }
        if let (&Method::POST, None, false) = (&method, &place, self.access.adopt) {
            self.must_be_new(&path, request.body())?;
        }
        let search = request.uri().query().and_then(|query| searched_name(&path, query));
        let is_plain = request.uri().query().is_none();
        let body = request.body().clone();
        let reply = self.exchange(self.signed(request));
        let has_groups = (!writes && path.starts_with("/Groups") && place.is_none())
            .then(|| reply.as_ref().ok().map(|answer| is_endpoint(answer.status())))
            .flatten();
        let read = match (writes, place) {
            (true, None) => self.after_create(&path, &body, &reply),
            (true, Some(place)) => self.after_write(&method, &place, &reply),
            (false, place) => self.after_read(place.filter(|_| is_plain), &reply),
        };
        self.absent.extend(search.filter(|_| found_nothing(&reply)));
        Ok(Came { reply, read, has_groups })
    }

    /// Makes an account that the scenario says is there from the beginning.
    ///
    /// # Errors
    /// What the server answered instead of making it.
    pub fn prepare(&mut self, account: &Object) -> Result<Vec<ReadBack>, String> {
        self.must_go_on()?;
        let body = account.to_bytes();
        let request = self.request(Method::POST, "/Users", body.clone());
        let reply = self.exchange_own(request);
        let said = match &reply {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(answer.status().to_string()),
            Err(lost) => Some(lost.word().to_owned()),
        };
        let read = self.after_create("/Users", &body, &reply);
        match said {
            Some(said) if read.is_empty() => Err(format!(
                "{} of the scenario was not made: {said}",
                text(account, "userName").unwrap_or_default()
            )),
            _ => Ok(read),
        }
    }

    /// Reads everything again that was ever read, so that what has changed since is known.
    pub fn read_again(&mut self) -> Vec<ReadBack> {
        let places: Vec<Place> = self.known.keys().cloned().collect();
        let mut read = self.settle_doubts();
        for place in places {
            if self.must_go_on().is_err() {
                break;
            }
            read.extend(self.read(&place));
        }
        read
    }

    /// Deletes what this run made, latest first.
    pub fn clean_up(&mut self) -> Left {
        self.errors_in_a_row = 0;
        self.settle_doubts();
        let made = std::mem::take(&mut self.made);
        let mut left = Left { made: made.len(), ..Left::default() };
        let stay = delete_all(made, &mut |place: &Place| {
            let request = self.request(Method::DELETE, &place.path(), Bytes::new());
            self.exchange_own(request)
        });
        for (place, why) in stay {
            left.there.push(StillThere { path: place.path(), why });
            self.made.push(place);
        }
        self.known.clear();
        left.unknown = self.doubtful.iter().map(|doubt| doubt.name.clone()).collect();
        left
    }

    /// Deletes the first account that this run made, as an administrator of the server would.
    pub fn delete_by_hand(&mut self) -> Option<ReadBack> {
        let place = self.made.iter().find(|place| !place.is_group)?.clone();
        let request = self.request(Method::DELETE, &place.path(), Bytes::new());
        let _ = self.exchange_own(request);
        self.read(&place)
    }

    /// What is there, when nothing is deleted.
    pub fn keep(&mut self) -> Left {
        self.settle_doubts();
        let kept = |place: &Place| StillThere { path: place.path(), why: Stays::Kept };
        Left {
            made: self.made.len(),
            there: self.made.iter().map(kept).collect(),
            unknown: self.doubtful.iter().map(|doubt| doubt.name.clone()).collect(),
        }
    }

    /// Forgives the errors of the server, so that more is sent.
    pub fn forgive(&mut self) {
        self.errors_in_a_row = 0;
    }

    /// Fails when nothing more is to be sent.
    ///
    /// # Errors
    /// Why.
    pub fn must_go_on(&self) -> Result<(), String> {
        if self.errors_in_a_row >= ERRORS_IN_A_ROW {
            return Err(format!(
                "the server answered {ERRORS_IN_A_ROW} requests in a row with an error of its own"
            ));
        }
        match self.sent >= self.access.budget {
            true => Err(format!("the budget of {} requests is spent", self.access.budget)),
            false => Ok(()),
        }
    }

    /// Fails when what is to be created has the name of something that this run did not make: a
    /// server may answer such a create with what is there, which would then be deleted at the end.
    fn must_be_new(&mut self, path: &str, body: &Bytes) -> Result<(), String> {
        let is_group = path.starts_with("/Groups");
        let Some(name) = object(body).and_then(|body| text(&body, name_of(is_group))) else {
            return Ok(());
        };
        if self.absent.contains(&(is_group, name.to_lowercase())) {
            return Ok(());
        }
        let reply = self.search(is_group, &name);
        for (place, found) in found_in(&reply) {
            if found.eq_ignore_ascii_case(&name) && !self.made.contains(&place) {
                return Err(there_before(&format!("{} ({name})", place.path())));
            }
        }
        Ok(())
    }

    /// Looks a user or a group up by its name.
    fn search(&mut self, is_group: bool, name: &str) -> Reply {
        let value = name.replace('\\', "\\\\").replace('"', "\\\"");
        let filter = format!("{} eq \"{value}\"", name_of(is_group));
        let query = utf8_percent_encode(&filter, KEPT);
        let path = format!("{}?filter={query}", endpoint(is_group));
        let request = self.request(Method::GET, &path, Bytes::new());
        self.exchange_own(request)
    }

    // ---- what a request has changed ----

    fn after_create(&mut self, path: &str, body: &Bytes, reply: &Reply) -> Vec<ReadBack> {
        let is_group = path.starts_with("/Groups");
        if !is_group && !path.starts_with("/Users") {
            return Vec::new();
        }
        if let Ok(answer) = reply
            && answer.status().is_success()
            && let Some(id) = object(answer.body()).and_then(|made| text(&made, "id"))
        {
            let place = Place { is_group, id };
            self.note_made(&place);
            return self.read(&place).into_iter().collect();
        }
        let unknown = match reply {
            Ok(answer) => answer.status().is_success() || answer.status().is_server_error(),
            Err(lost) => matches!(lost, Lost::TimedOut | Lost::Reset),
        };
        let name = object(body).and_then(|body| text(&body, name_of(is_group)));
        if let (true, Some(name)) = (unknown, name) {
            self.doubtful.push(Doubt { is_group, name });
            if !matches!(reply, Err(Lost::TimedOut)) {
                return self.settle_doubts();
            }
        }
        Vec::new()
    }

    fn after_write(&mut self, method: &Method, place: &Place, reply: &Reply) -> Vec<ReadBack> {
        if matches!(reply, Err(Lost::TimedOut | Lost::Refused | Lost::Untrusted)) {
            return Vec::new();
        }
        let succeeded = reply.as_ref().is_ok_and(|answer| answer.status().is_success());
        let mut read: Vec<ReadBack> = self.read(place).into_iter().collect();
        let gone = read.first().is_some_and(|read| read.resource.is_none());
        if *method == Method::DELETE && (succeeded || gone) {
            self.made.retain(|made| made != place);
        }
        // A server may take an account that is gone or inactive out of its groups.
        let active = |read: &ReadBack| {
            read.resource.as_ref().is_some_and(|now| now.get("active") != Some(&Value::Bool(false)))
        };
        if !place.is_group && !read.first().is_some_and(active) {
            for group in self.groups_with(&place.id) {
                read.extend(self.read(&group));
            }
        }
        read
    }

    /// What a search or a read of the engine found and was never read before.
    fn after_read(&mut self, place: Option<Place>, reply: &Reply) -> Vec<ReadBack> {
        if let Some(place) = place {
            let Ok(answer) = reply else { return Vec::new() };
            return self.note(&place, answer.status(), answer.body()).into_iter().collect();
        }
        let mut read = Vec::new();
        for (place, name) in found_in(reply) {
            self.settle(&place, &name);
            if !self.known.contains_key(&place) {
                read.extend(self.read(&place));
            }
        }
        read
    }

    fn groups_with(&self, user: &str) -> Vec<Place> {
        let with = |(place, members): (&Place, &BTreeSet<String>)| {
            (place.is_group && members.contains(user)).then(|| place.clone())
        };
        self.known.iter().filter_map(with).collect()
    }

    /// Looks the doubtful creates up: what is there was made by this run, because a search before
    /// the create had not found it.
    fn settle_doubts(&mut self) -> Vec<ReadBack> {
        let mut read = Vec::new();
        for doubt in self.doubtful.clone() {
            let reply = self.search(doubt.is_group, &doubt.name);
            if reply.as_ref().is_ok_and(|answer| answer.status() == StatusCode::OK) {
                read.extend(self.after_read(None, &reply));
                self.doubtful.retain(|other| *other != doubt);
            }
        }
        read
    }

    /// Counts a resource as made by this run when its name is that of a doubtful create.
    fn settle(&mut self, place: &Place, name: &str) {
        let is_it = |doubt: &Doubt| {
            doubt.is_group == place.is_group && doubt.name.eq_ignore_ascii_case(name)
        };
        if self.doubtful.iter().any(is_it) {
            self.doubtful.retain(|doubt| !is_it(doubt));
            self.note_made(place);
        }
    }

    fn note_made(&mut self, place: &Place) {
        if !place.id.is_empty() && !self.made.contains(place) {
            self.made.push(place.clone());
        }
    }

    /// Reads a resource back; `None` when neither it nor its absence came.
    fn read(&mut self, place: &Place) -> Option<ReadBack> {
        let request = self.request(Method::GET, &place.path(), Bytes::new());
        let answer = self.exchange_own(request).ok()?;
        self.note(place, answer.status(), answer.body())
    }

    fn note(&mut self, place: &Place, status: StatusCode, body: &Bytes) -> Option<ReadBack> {
        let resource = match status.as_u16() {
            404 | 410 => None,
            200..300 => Some(object(body)?),
            _ => return None,
        };
        match &resource {
            Some(resource) => self.known.insert(place.clone(), members(resource)),
            None => self.known.remove(place),
        };
        Some(ReadBack { kind: place.kind(), id: place.id.clone(), resource })
    }

    // ---- requests ----

    fn exchange(&mut self, request: Request<Bytes>) -> Reply {
        self.sent += 1;
        let (reply, _) = self.server.exchange(request);
        let broke = reply.as_ref().is_ok_and(|answer| answer.status().is_server_error());
        self.errors_in_a_row = if broke { self.errors_in_a_row + 1 } else { 0 };
        self.answered += u64::from(reply.is_ok());
        self.lost_in_a_row = if reply.is_ok() { 0 } else { self.lost_in_a_row + 1 };
        reply
    }

    /// Sends a request of our own; again when the server throttles it, which the client waits for.
    fn exchange_own(&mut self, request: Request<Bytes>) -> Reply {
        for _ in 0..THROTTLED_MAX {
            let reply = self.exchange_once(request.clone());
            if !is_throttled(&reply) {
                return reply;
            }
        }
        self.exchange_once(request)
    }

    /// Sends a request of our own; once more with a new access token when the old one has ended.
    fn exchange_once(&mut self, request: Request<Bytes>) -> Reply {
        if self.access.tokens.is_none() {
            return self.exchange(request);
        }
        let with = |bearer: Option<&HeaderValue>| {
            let mut request = request.clone();
            request.headers_mut().extend(bearer.map(|bearer| (AUTHORIZATION, bearer.clone())));
            request
        };
        if let Some(bearer) = &self.bearer {
            let reply = self.exchange(with(Some(bearer)));
            if !reply.as_ref().is_ok_and(|answer| answer.status() == StatusCode::UNAUTHORIZED) {
                return reply;
            }
        }
        let form = Request::new(Bytes::new());
        let _ = self.ask_for_token(form);
        self.exchange(with(self.bearer.as_ref()))
    }

    /// Asks for an access token, with the secret of the command line in the place of the
    /// scenario's.
    fn ask_for_token(&mut self, mut request: Request<Bytes>) -> Reply {
        if let Some(tokens) = &self.access.tokens {
            *request.method_mut() = Method::POST;
            *request.uri_mut() = tokens.uri.clone();
            *request.body_mut() = (tokens.form)();
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(CONTENT_TYPE, form);
            request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        }
        let reply = self.exchange(request);
        if let Ok(answer) = &reply
            && let Some(token) = object(answer.body()).and_then(|body| text(&body, "access_token"))
        {
            self.bearer = HeaderValue::try_from(format!("Bearer {token}")).ok();
        }
        reply
    }

    /// The engine's request with the headers that let the client in.
    fn signed(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        let bearer = request.headers().get(AUTHORIZATION);
        let is_tried = |bearer: &&HeaderValue| {
            self.stand_ins.as_ref().is_some_and(|stand_ins| !stand_ins.contains(bearer))
        };
        let tried = bearer.filter(is_tried).cloned();
        if self.access.tokens.is_none() {
            request.headers_mut().remove(AUTHORIZATION);
        }
        for (name, value) in &self.access.headers {
            request.headers_mut().insert(name.clone(), value.clone());
        }
        if let Some(tried) = tried {
            request.headers_mut().insert(AUTHORIZATION, tried);
        }
        request
    }

    /// A request of our own.
    fn request(&self, method: Method, path: &str, body: Bytes) -> Request<Bytes> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() =
            Uri::try_from(format!("{}{path}", self.access.base_path)).unwrap_or_default();
        let json = HeaderValue::from_static(scim::CONTENT_TYPE);
        request.headers_mut().insert(ACCEPT, json.clone());
        if !request.body().is_empty() {
            request.headers_mut().insert(CONTENT_TYPE, json);
        }
        self.signed(request)
    }

    /// Whether a URI leads below the base.
    fn is_below(&self, uri: &Uri) -> bool {
        let rest = uri.path().strip_prefix(&self.access.base_path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// A path below the base.
    fn below(&self, uri: &Uri) -> String {
        uri.path().strip_prefix(&self.access.base_path).unwrap_or(uri.path()).to_owned()
    }
}

/// Whether a server asks to be left alone for a while and asked again.
pub fn is_throttled(reply: &Reply) -> bool {
    reply.as_ref().is_ok_and(|answer| match answer.status() {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::SERVICE_UNAVAILABLE => answer.headers().contains_key(RETRY_AFTER),
        _ => false,
    })
}

fn there_before(what: &str) -> String {
    format!(
        "{what} was there before this run, and is left alone: give the users other names with --tag \
         WORD, or say --adopt"
    )
}

/// The resources of a list response, each with its name.
fn found_in(reply: &Reply) -> Vec<(Place, String)> {
    let answer = reply.as_ref().ok().filter(|answer| answer.status().is_success());
    let list = answer.and_then(|answer| object(answer.body()));
    let found = list.as_ref().and_then(|list| list.get("Resources")).and_then(Value::as_list);
    let one = |resource: &Value| {
        let resource = resource.as_object()?;
        let is_group = text(resource, "userName").is_none();
        let name = text(resource, name_of(is_group)).unwrap_or_default();
        Some((Place { is_group, id: text(resource, "id")? }, name))
    };
    found.unwrap_or_default().iter().filter_map(one).collect()
}

/// Whether a search was answered with an empty list.
fn found_nothing(reply: &Reply) -> bool {
    let answer = reply.as_ref().ok().filter(|answer| answer.status() == StatusCode::OK);
    let list = answer.and_then(|answer| object(answer.body()));
    list.is_some_and(|list| list.get("totalResults").is_some()) && found_in(reply).is_empty()
}

/// The name that a search looks for, when it looks for one: whether it is a group's, and the name
/// in lower case.
fn searched_name(path: &str, query: &str) -> Option<(bool, String)> {
    let is_group = path.starts_with("/Groups");
    let filter = query.split('&').find_map(|pair| pair.strip_prefix("filter="))?.replace('+', " ");
    let filter = percent_decode_str(&filter).decode_utf8().ok()?;
    let value = filter.strip_prefix(name_of(is_group))?.trim_start().strip_prefix("eq")?;
    let name = value.trim().strip_prefix('"')?.strip_suffix('"')?;
    let name = name.replace("\\\"", "\"").replace("\\\\", "\\");
    Some((is_group, name.to_lowercase()))
}

fn endpoint(is_group: bool) -> &'static str {
    if is_group { "/Groups" } else { "/Users" }
}

fn name_of(is_group: bool) -> &'static str {
    if is_group { "displayName" } else { "userName" }
}

/// The resource to which a path below the base leads.
fn place_of(path: &str) -> Option<Place> {
    let (is_group, id) = match path.strip_prefix("/Users/") {
        Some(id) => (false, id),
        None => (true, path.strip_prefix("/Groups/")?),
    };
    (!id.is_empty() && !id.contains('/')).then(|| Place { is_group, id: id.to_owned() })
}

/// Whether a status says that there is such an endpoint.
fn is_endpoint(status: StatusCode) -> bool {
    !matches!(status.as_u16(), 404 | 405 | 501)
}

fn object(body: &[u8]) -> Option<Object> {
    Object::parse(body).ok()
}

fn text(resource: &Object, name: &str) -> Option<String> {
    resource.get(name).and_then(Value::as_text).map(str::to_owned)
}

fn members(resource: &Object) -> BTreeSet<String> {
    let members = resource.get("members").and_then(Value::as_list).unwrap_or_default();
    let value = |member: &Value| text(member.as_object()?, "value");
    members.iter().filter_map(value).collect()
}
