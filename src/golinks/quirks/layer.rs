//! Between the door and the server: a request may be rewrite before it is carried out, an answer
//! misprinted after it.
//!
//! The server itself stays as it should be. What stands here is asked only while some quirk is on,
//! so it may take its time: bodies are parsed and written anew.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use percent_encoding::percent_decode_str;

use super::Quirk;
use super::lookup;
use super::lookup::Wording;
use super::members;
use super::operation;
use super::operation::Change;
use super::operation::Known;
use super::operation::SideEffects;
use super::operation::store_mangled;
use super::write;
use crate::base::{Moment, Time};
use crate::golinks::AccountId;
use crate::golinks::Event;
use crate::golinks::api::routes::HttpError;
use crate::golinks::api::routes::not_allowed;
use crate::golinks::api::routes::not_found;
use crate::golinks::api::users::no_content;
use crate::golinks::client_time::ClientTime;
use crate::golinks::client_time::RecentlyCreated;
use crate::golinks::client_time::ReplyDelay;
use crate::golinks::references::each_reference;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::capabilities::Capability;
use crate::scim::list::ListWriter;
use crate::scim::{Error, Object, PatchRequest, Value};

/// What quirks remember from one request to the next.
#[derive(Clone, Default, Debug)]
pub(crate) struct Memory {
    /// The change of a group that others overlap with (B32): the engine's, and that of clients in
    /// real time.
    changed: [Option<Changed>; 2],
    /// Whether the change of a group that is being carried out is not kept.
    pub(crate) loses: bool,
    /// Accounts that clients in real time do not find yet.
    recently_created: RecentlyCreated,
    /// Members who stand twice in a group: the group and the account (B33).
    pub(super) doubled: Vec<(String, String)>,
    /// By the id of an account, what is stored in it below pieces of a URN (B20).
    pub(super) mangled: BTreeMap<String, Object>,
}

/// The last change of a group.
#[derive(Clone, Debug)]
struct Changed {
    group: String,
    /// Until when another one overlaps with it.
    until: Time,
    /// The how-manieth it was of those that overlap.
    nth: u64,
}

/// A change of a group that can overlap with others.
struct Overlap {
    /// Which of the two kinds of clients sent it.
    slot: usize,
    changed: Changed,
    is_lost: bool,
}

/// How long a client in real time waits for a change of a group when changes can overlap: who sends
/// one after the other must not be taken for two who send at once.
const CHANGING: Duration = Duration::from_millis(50);

impl Memory {
    /// Takes what a change that succeeded leaves behind.
    fn take(&mut self, (collection, item): (Collection, Option<&str>), side_effects: SideEffects) {
        let Some(id) = item else { return };
        if collection == Collection::Groups {
            self.doubled
                .extend(side_effects.doubled.into_iter().map(|member| (id.to_owned(), member)));
        }
        for (path, value) in side_effects.mangled {
            store_mangled(self.mangled.entry(id.to_owned()).or_default(), &path, value);
        }
    }
}

/// Which resources a request is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Collection {
    Users,
    Groups,
    Other,
}

/// Where a request leads: a collection, and one of its resources.
pub(super) fn aim(below: &str) -> (Collection, Option<&str>) {
    let mut parts = below.split('/').filter(|part| !part.is_empty());
    let collection = match parts.next() {
        Some("Users") => Collection::Users,
        Some("Groups") => Collection::Groups,
        _ => Collection::Other,
    };
    (collection, parts.next())
}

impl GoLinks {
    /// Whether the mask is on.
    pub(crate) fn is_rewritten(&self) -> bool {
        self.settings.quirks.any() || self.settings.limits.visible_after.is_some()
    }

    /// Answers a request with the mask on.
    pub(crate) fn handle_rewritten(
        &mut self,
        request: &Request<Bytes>,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        let unnamed = request.headers().get("user-agent").is_none_or(|name| name.is_empty());
        if unnamed && self.settings.quirks.is(Quirk::RequireUserAgent) {
            return blocked();
        }
        let response = self.handle_plain(request, moment);
        let mut response = self.rewrite_response(request, response);
        let below =
            request.uri().path().strip_prefix(self.settings.base_path.as_str()).unwrap_or_default();
        let overlaps =
            self.settings.quirks.is(Quirk::MemberLostUpdate) && is_group_change(request, below);
        if overlaps && ClientTime::of(request).is_some() {
            response.extensions_mut().insert(ReplyDelay(CHANGING));
        }
        response
    }

    /// Carries out a request that has passed the checks, as the quirks read it.
    pub(crate) fn route_rewritten(
        &mut self,
        request: &Request<Bytes>,
        below: &str,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Response<Bytes>, HttpError> {
        self.refuse_outright(request, below)?;
        let below = self.true_path(below)?;
        let (collection, item) = aim(&below);
        let mut side_effects = SideEffects::default();
        let mut finds_nothing = false;
        let rewrite = match *request.method() {
            Method::GET => self.rewrite_query(request, &below, &mut finds_nothing)?,
            Method::POST if collection != Collection::Other && item == Some(".search") => {
                self.rewrite_search(request, collection, &mut finds_nothing)?
            }
            Method::POST | Method::PUT | Method::PATCH if collection != Collection::Other => {
                let body = self.rewrite_body(request, &below, &mut side_effects, moment)?;
                body.map(|body| with_body(request, body))
            }
            _ => None,
        };
        let name = self.name_before(collection, item);
        let read = rewrite.as_ref().unwrap_or(request);
        let (response, is_lost) = match self.overlap(read, &below, moment) {
            Some(overlap) => self.route_overlapping(read, &below, overlap, moment)?,
            None => (self.route(read, &below, moment)?, false),
        };
        match (is_lost, finds_nothing) {
            (true, _) => return Ok(no_content()),
            (false, true) => return Ok(nothing()),
            (false, false) => self.memory.take((collection, item), side_effects),
        }
        if let Some((id, name)) = name {
            self.drop_renamed(id, &name, moment);
        }
        if let (&Method::POST, Collection::Users, None) = (request.method(), collection, item) {
            self.note_created(&response);
        }
        Ok(match lookup::is_lookup(request, (collection, item)) {
            true => self.hide_from(response, moment.now()),
            false => response,
        })
    }

    /// What is refused by its method, its headers or its path alone.
    fn refuse_outright(&self, request: &Request<Bytes>, below: &str) -> Result<(), HttpError> {
        let quirks = &self.settings.quirks;
        let read = request.method() == Method::GET;
        if quirks.is(Quirk::GetRequiresContentType)
            && read
            && !request.headers().contains_key(CONTENT_TYPE)
        {
            return Err(Error::new(406, "a request says its content type").into());
        }
        if quirks.is(Quirk::StrictSlashes)
            && (below.contains("//") || (below.len() > 1 && below.ends_with('/')))
        {
            return Err(not_found(request.uri().path()).into());
        }
        if quirks.is(Quirk::PatchUnsupported) && request.method() == Method::PATCH {
            return Err(not_allowed("GET, PUT, DELETE"));
        }
        Ok(())
    }

    /// The path as the server knows it: an id that is a userName becomes the real one (B56).
    fn true_path(&self, below: &str) -> Result<String, Error> {
        let (Collection::Users, Some(name)) = aim(below) else { return Ok(below.to_owned()) };
        if !self.settings.quirks.is(Quirk::IdIsUsername) || name.starts_with('.') {
            return Ok(below.to_owned());
        }
        let name = percent_decode_str(name).decode_utf8_lossy();
        match self.find_user_name(&name) {
            Some(id) => Ok(format!("/Users/{id}")),
            None => Err(Error::new(404, "there is no user of this name")),
        }
    }

    /// Members by the ids the server knows them by, where clients know them by userName (B56).
    fn with_true_members(&self, method: &Method, body: Object) -> Result<Object, Error> {
        let mut body = Value::Object(body);
        each_reference(&self.group_kind, method, &mut body, &mut |name| {
            if let Some(id) = self.find_user_name(name) {
                *name = id.to_string();
            }
            Ok(())
        })?;
        Ok(match body {
            Value::Object(body) => body,
            _ => Object::new(),
        })
    }

    /// A question by GET as the quirks read it; `None` when they read it as it is written.
    fn rewrite_query(
        &self,
        request: &Request<Bytes>,
        below: &str,
        finds_nothing: &mut bool,
    ) -> Result<Option<Request<Bytes>>, Error> {
        let (collection, item) = aim(below);
        if collection == Collection::Other
            || (collection == Collection::Groups && !self.can(Capability::Groups))
        {
            return Ok(None);
        }
        let query = request.uri().query().unwrap_or_default();
        let rewrite = lookup::rewrite(
            &self.settings.quirks,
            collection,
            Wording::Query { text: query, is_list: item.is_none() },
        )?;
        *finds_nothing = rewrite.finds_nothing;
        let otherwise = rewrite.of_query(query);
        Ok((otherwise != query).then(|| with_query(request, below, &otherwise)))
    }

    /// A question by POST as the quirks read it; `None` when the server refuses it in its own
    /// words.
    fn rewrite_search(
        &self,
        request: &Request<Bytes>,
        collection: Collection,
        finds_nothing: &mut bool,
    ) -> Result<Option<Request<Bytes>>, Error> {
        let quirks = &self.settings.quirks;
        let offered = collection == Collection::Users || self.can(Capability::Groups);
        if !offered || !self.can(Capability::Search) {
            return Ok(None);
        }
        let mut body = match quirks.is(Quirk::AcceptsMedia) && !is_plain_json(request) {
            true => Object::new(),
            false => match Object::parse(request.body()) {
                Ok(body) => body,
                Err(_) => return Ok(None),
            },
        };
        if quirks.is(Quirk::NullIsInvalid) {
            operation::no_nulls(&body)?;
        }
        let rewrite = lookup::rewrite(quirks, collection, Wording::Body(&body))?;
        *finds_nothing = rewrite.finds_nothing;
        rewrite.of_body(&mut body);
        Ok(Some(with_body(request, body.to_bytes())))
    }

    /// A body as the quirks read it; `None` when they read it as it is written.
    fn rewrite_body(
        &mut self,
        request: &Request<Bytes>,
        below: &str,
        side_effects: &mut SideEffects,
        moment: &mut Moment<'_, Event>,
    ) -> Result<Option<Bytes>, HttpError> {
        if self.settings.quirks.is(Quirk::AcceptsMedia) && !is_plain_json(request) {
            return Ok(Some(Bytes::from_static(b"{}")));
        }
        // What is no object, or no PATCH, is refused by the server itself, in its own words: no
        // quirk may pass over it.
        let Ok(mut body) = Object::parse(request.body()) else { return Ok(None) };
        if request.method() == Method::PATCH
            && PatchRequest::parse(body.clone(), self.rules()).is_err()
        {
            return Ok(None);
        }
        let (collection, _) = aim(below);
        if collection == Collection::Groups && self.settings.quirks.is(Quirk::IdIsUsername) {
            body = self.with_true_members(request.method(), body)?;
        }
        if request.method() != Method::PATCH {
            write::rewrite(&mut body, collection, self)?;
            return Ok(Some(body.to_bytes()));
        }
        let current = match self.settings.quirks.any_of(operation::LOOK) {
            true => self.current(below, moment),
            false => Object::new(),
        };
        let known: Known<'_> = &|id| self.knows_member(id);
        let change = Change { quirks: &self.settings.quirks, current: &current, known };
        *side_effects = change.rewrite(&mut body, collection)?;
        Ok(Some(body.to_bytes()))
    }

    /// Whether an account or a group stands behind an id.
    pub(super) fn knows_member(&self, id: &str) -> bool {
        AccountId::parse(id).is_some_and(|id| self.accounts.get(id).is_some())
            || self.find_group(id).is_ok()
    }

    /// A resource as it is now; empty when there is none.
    fn current(&mut self, below: &str, moment: &mut Moment<'_, Event>) -> Object {
        let response = self.route(&Request::new(Bytes::new()), below, moment).ok();
        response.and_then(|response| Object::parse(response.body()).ok()).unwrap_or_default()
    }

    /// Whether a change of a group overlaps with another one and is lost (B32). Of those that
    /// overlap the first is kept, and of the others the seed chooses. The engine's overlap that
    /// arrive at one instant; those of a client in real time that arrive before the one before is
    /// answered.
    fn overlap(
        &self,
        request: &Request<Bytes>,
        below: &str,
        moment: &Moment<'_, Event>,
    ) -> Option<Overlap> {
        if !self.settings.quirks.is(Quirk::MemberLostUpdate) || !is_group_change(request, below) {
            return None;
        }
        let (_, group) = aim(below);
        let group = group?;
        let (slot, now, until) = match (ClientTime::of(request), self.own) {
            (Some(own), _) => (1, own.now, own.now + CHANGING),
            // The operations of its bulk request come one after the other.
            (None, Some(_)) => return None,
            (None, None) => (0, moment.now(), moment.now() + Duration::from_micros(1)),
        };
        let nth = match &self.memory.changed[slot] {
            Some(last) if last.group == group && now < last.until => last.nth + 1,
            _ => 0,
        };
        let is_lost = nth > 0 && moment.seed().unit("lost update", group, nth) < 0.5;
        Some(Overlap { slot, changed: Changed { group: group.to_owned(), until, nth }, is_lost })
    }

    /// Carries out a change that can overlap, and says whether it is lost. One that is refused
    /// changes nothing, so it overlaps with nothing; one that is lost was read and checked as any
    /// other.
    fn route_overlapping(
        &mut self,
        request: &Request<Bytes>,
        below: &str,
        overlap: Overlap,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(Response<Bytes>, bool), HttpError> {
        self.memory.loses = overlap.is_lost;
        let response = self.route(request, below, moment);
        self.memory.loses = false;
        let response = response?;
        self.memory.changed[overlap.slot] = Some(overlap.changed);
        Ok((response, overlap.is_lost))
    }

    /// The account a request is about and its userName, when a new one would remove it (B56).
    fn name_before(
        &self,
        collection: Collection,
        item: Option<&str>,
    ) -> Option<(AccountId, String)> {
        if collection != Collection::Users || !self.settings.quirks.is(Quirk::RenameDeletes) {
            return None;
        }
        let account = self.accounts.get(AccountId::parse(item?)?)?;
        Some((account.id, account.user_name().into_owned()))
    }

    fn drop_renamed(&mut self, id: AccountId, before: &str, moment: &mut Moment<'_, Event>) {
        if self.accounts.get(id).is_some_and(|account| account.user_name() != before) {
            // It was there a moment ago.
            let _ = self.remove(id, false, moment);
        }
    }

    /// Remembers when a client in real time created an account: the virtual clock may stand still
    /// while it waits.
    fn note_created(&mut self, response: &Response<Bytes>) {
        let (Some(own), Some(delay)) = (self.own, self.settings.limits.visible_after) else {
            return;
        };
        let location =
            response.headers().get(LOCATION).and_then(|at| at.to_str().ok()?.rsplit('/').next());
        if let Some(id) = location.and_then(AccountId::parse) {
            self.memory.recently_created.note(id, own, delay);
        }
    }

    /// A list without the accounts a lookup does not see: those beyond its cap (B54), and those too
    /// new.
    fn hide_from(&self, response: Response<Bytes>, now: Time) -> Response<Bytes> {
        let cap = self.settings.quirks.count(Quirk::LookupCap);
        let delay = self.settings.limits.visible_after;
        if cap.is_none() && delay.is_none() {
            return response;
        }
        let early = |id: AccountId| {
            cap.is_none_or(|cap| self.accounts.iter().take(cap).any(|it| it.id == id))
        };
        let found = |id: AccountId, delay: Duration| {
            self.accounts.get(id).is_none_or(|account| account.created + delay <= now)
                || self.own.is_some_and(|own| self.memory.recently_created.is_found(id, own, delay))
        };
        let settled = |id: AccountId| delay.is_none_or(|delay| found(id, delay));
        lookup::keep(response, |id| AccountId::parse(id).is_some_and(|id| early(id) && settled(id)))
    }
}

/// Whether a request changes a group.
fn is_group_change(request: &Request<Bytes>, below: &str) -> bool {
    *request.method() == Method::PATCH && matches!(aim(below), (Collection::Groups, Some(_)))
}

/// The page of a firewall (B66).
fn blocked() -> Response<Bytes> {
    let page = "<!doctype html><title>403 Forbidden</title><h1>Forbidden</h1><p>The request was blocked.</p>\n";
    let mut response = Response::new(Bytes::from_static(page.as_bytes()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// A list without anybody.
pub(super) fn nothing() -> Response<Bytes> {
    crate::golinks::api::routes::ok(ListWriter::nothing())
}

fn is_plain_json(request: &Request<Bytes>) -> bool {
    let Some(kind) = request.headers().get(CONTENT_TYPE) else { return false };
    let kind = kind.as_bytes();
    kind.split(|byte| *byte == b';')
        .next()
        .unwrap_or(kind)
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/json")
}

fn with_body(request: &Request<Bytes>, body: Bytes) -> Request<Bytes> {
    request.clone().map(|_| body)
}

fn with_query(request: &Request<Bytes>, below: &str, query: &str) -> Request<Bytes> {
    let mut otherwise = request.clone();
    let target = format!("{below}?{query}");
    if let Ok(target) = PathAndQuery::from_maybe_shared(Bytes::from(target)) {
        *otherwise.uri_mut() = Uri::from(target);
    }
    otherwise
}

/// The ids in `members` of a group or of a value.
pub(super) fn member_ids(members: Option<&Value>) -> Vec<&str> {
    let id = |member: &'_ Value| match member {
        Value::Object(parts) => parts.get("value").and_then(Value::as_text).is_some(),
        Value::Text(_) => true,
        _ => false,
    };
    let list = members.and_then(Value::as_list).unwrap_or_default();
    list.iter().filter(|member| id(member)).map(members::id_of).collect()
}
