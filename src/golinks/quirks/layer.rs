//! The layer around the server: a request is rewritten before it is carried out, a response after
//! it.
//!
//! The server itself stays correct. This layer is called only while a quirk or
//! `limits.visible_after` is on, so it need not be fast: it parses bodies and writes them again.

use std::time::Duration;

use bytes::Bytes;
use compact_str::ToCompactString;
use http::header::{CONTENT_TYPE, LOCATION};
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use percent_encoding::percent_decode_str;

use super::aim::{Collection, aim};
use super::change::{Change, Known, SideEffects};
use super::lookup::{self, Wording};
use super::state::Changed;
use super::{Quirk, answer, names, write};
use super::{operation, patch};
use crate::base::{Moment, Time};
use crate::golinks::api::answer::{HttpError, no_content, not_found, ok};
use crate::golinks::api::resources::{Needs, Resource, object_of};
use crate::golinks::client_time::{ClientTime, ReplyDelay};
use crate::golinks::references::each_reference;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::{AccountId, Event};
use crate::scim::list::ListWriter;
use crate::scim::{Error, Object, PatchRequest, Value};

/// A change of a group that can overlap with others.
struct Overlap {
    /// The kind of client that sent it: 0 for the engine, 1 for a client in real time.
    slot: usize,
    changed: Changed,
    is_lost: bool,
}

/// How long a client in real time waits for the reply to a change of a group when changes can
/// overlap. Successive changes of one client must not count as changes of two clients at once.
const CHANGING: Duration = Duration::from_millis(50);

/// A request that has passed the checks, as rewritten by the quirks.
pub(crate) struct Rewritten {
    /// Its path below the base path.
    below: String,
    /// The rewritten request; `None` when it did not change.
    request: Option<Request<Bytes>>,
    side_effects: SideEffects,
    finds_nothing: bool,
    overlap: Option<Overlap>,
    /// The account it is about and its userName before.
    named: Option<(AccountId, String)>,
    /// The account that it may change, as it is before.
    before: Option<(AccountId, Object)>,
}

impl Rewritten {
    /// Returns the request that the server carries out.
    pub(crate) fn request<'a>(&'a self, original: &'a Request<Bytes>) -> &'a Request<Bytes> {
        self.request.as_ref().unwrap_or(original)
    }

    /// Returns the path that the server reads.
    pub(crate) fn below(&self) -> &str {
        &self.below
    }
}

/// Whether requests pass through this layer.
pub(crate) fn is_on(server: &GoLinks) -> bool {
    server.quirks().any() || server.settings().limits.visible_after.is_some()
}

/// Returns the response to a request that a firewall stops before the server (B66).
pub(crate) fn blocked(server: &GoLinks, request: &Request<Bytes>) -> Option<Response<Bytes>> {
    let unnamed = request.headers().get("user-agent").is_none_or(|name| name.is_empty());
    (unnamed && server.quirks().is(Quirk::RequireUserAgent)).then(blocked_page)
}

/// Rewrites a response on its way out.
pub(crate) fn rewrite_response(
    server: &GoLinks,
    request: &Request<Bytes>,
    response: Response<Bytes>,
) -> Response<Bytes> {
    let mut response = answer::rewrite_response(server, request, response);
    let below = request.uri().path().strip_prefix(&*server.settings().base_path);
    let overlaps =
        server.quirks().loses_updates() && is_group_change(request, below.unwrap_or_default());
    if overlaps && ClientTime::of(request).is_some() {
        response.extensions_mut().insert(ReplyDelay(CHANGING));
    }
    response
}

/// Rewrites a request, or one operation of a bulk request, by the quirks that are on.
pub(crate) fn rewrite_request(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    below: &str,
    moment: &Moment<'_, Event>,
) -> Result<Rewritten, HttpError> {
    refuse_outright(server, request, below)?;
    let below = true_path(server, below)?;
    let (collection, item) = aim(&below);
    let mut side_effects = SideEffects::default();
    let mut finds_nothing = false;
    let rewritten = match *request.method() {
        Method::GET => rewrite_query(server, request, &below, &mut finds_nothing)?,
        Method::POST if collection != Collection::Other && item == Some(".search") => {
            rewrite_search(server, request, collection, &mut finds_nothing)?
        }
        Method::POST | Method::PUT | Method::PATCH if collection != Collection::Other => {
            let body = rewrite_body(server, request, &below, &mut side_effects)?;
            body.map(|body| with_body(request, body))
        }
        _ => None,
    };
    let named = name_before(server, collection, item);
    let before = account_before(server, request.method(), collection, item);
    let overlap = overlap(server, rewritten.as_ref().unwrap_or(request), &below, moment);
    server.quirk_state_mut().loses = overlap.as_ref().is_some_and(|overlap| overlap.is_lost);
    Ok(Rewritten { request: rewritten, side_effects, finds_nothing, overlap, named, before, below })
}

/// Completes what [`rewrite_request`] began, once the server has handled the request. A refused
/// request changes nothing, so it overlaps with nothing; a lost change was read and checked like
/// any other.
pub(crate) fn conclude(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    rewritten: Rewritten,
    response: Result<Response<Bytes>, HttpError>,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, HttpError> {
    let Rewritten { below, side_effects, finds_nothing, overlap, named, before, .. } = rewritten;
    let at = aim(&below);
    server.quirk_state_mut().loses = false;
    let response = response?;
    server.quirk_state_mut().before.extend(before);
    if let Some(Overlap { slot, changed, is_lost }) = overlap {
        server.quirk_state_mut().changed[slot] = Some(changed);
        if is_lost {
            return Ok(no_content());
        }
    }
    if finds_nothing {
        return Ok(nothing());
    }
    let created =
        response.headers().get(LOCATION).and_then(|at| at.to_str().ok()?.rsplit('/').next());
    server.quirk_state_mut().take((at.0, at.1.or(created)), side_effects);
    if let Some((id, name)) = named {
        drop_renamed(server, id, &name, moment);
    }
    if let (&Method::POST, (Collection::Users, None)) = (request.method(), at) {
        note_created(server, &response);
    }
    Ok(match lookup::is_lookup(request, at) {
        true => hide_from(server, response, moment.now()),
        false => response,
    })
}

/// The account that a request may change, as reads that lag show it afterwards (B124).
fn account_before(
    server: &GoLinks,
    method: &Method,
    collection: Collection,
    item: Option<&str>,
) -> Option<(AccountId, Object)> {
    let lags = server.quirks().is(Quirk::ReadsLag) && collection == Collection::Users;
    if !lags || !matches!(*method, Method::PATCH | Method::PUT) {
        return None;
    }
    let id = AccountId::parse(item?)?;
    Some((id, server.account(id)?.resource))
}

/// Refuses a request for its method, its headers or its path alone.
fn refuse_outright(
    server: &GoLinks,
    request: &Request<Bytes>,
    below: &str,
) -> Result<(), HttpError> {
    let quirks = server.quirks();
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
        return Err(HttpError::not_allowed("GET, PUT, DELETE"));
    }
    Ok(())
}

/// Returns the path with the server's own id: a userName in place of an id is resolved (B56).
fn true_path(server: &GoLinks, below: &str) -> Result<String, Error> {
    let (Collection::Users, Some(name)) = aim(below) else { return Ok(below.to_owned()) };
    if !server.quirks().is(Quirk::IdIsUsername) || name.starts_with('.') {
        return Ok(below.to_owned());
    }
    let name = percent_decode_str(name).decode_utf8_lossy();
    match server.find_user_name(&name) {
        Some(id) => Ok(format!("/Users/{id}")),
        None => Err(Error::new(404, "there is no user of this name")),
    }
}

/// Replaces userNames in references by the server's own ids, when clients take userNames for ids
/// (B56).
fn with_true_members(server: &GoLinks, method: &Method, body: Object) -> Result<Object, Error> {
    let mut body = Value::Object(body);
    each_reference(server.group_type(), method, &mut body, &mut |name| {
        if let Some(id) = server.find_user_name(name) {
            *name = id.to_compact_string();
        }
        Ok(())
    })?;
    Ok(match body {
        Value::Object(body) => body,
        _ => Object::new(),
    })
}

/// Rewrites a query by GET; `None` when the quirks do not change it.
fn rewrite_query(
    server: &GoLinks,
    request: &Request<Bytes>,
    below: &str,
    finds_nothing: &mut bool,
) -> Result<Option<Request<Bytes>>, Error> {
    let (collection, item) = aim(below);
    if collection == Collection::Other
        || (collection == Collection::Groups && !server.can(Capability::Groups))
    {
        return Ok(None);
    }
    let query = request.uri().query().unwrap_or_default();
    let rewrite = lookup::rewrite(
        server.quirks(),
        collection,
        Wording::Query { text: query, is_list: item.is_none() },
    )?;
    *finds_nothing = rewrite.finds_nothing;
    let otherwise = rewrite.of_query(query);
    Ok((otherwise != query).then(|| with_query(request, below, &otherwise)))
}

/// Rewrites a search by POST; `None` when it must reach the server as it is, because the server
/// refuses it.
fn rewrite_search(
    server: &GoLinks,
    request: &Request<Bytes>,
    collection: Collection,
    finds_nothing: &mut bool,
) -> Result<Option<Request<Bytes>>, Error> {
    let quirks = server.quirks();
    let offered = collection == Collection::Users || server.can(Capability::Groups);
    if !offered || !server.can(Capability::Search) {
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

/// Rewrites the body of a write; `None` when it must reach the server as it is.
fn rewrite_body(
    server: &GoLinks,
    request: &Request<Bytes>,
    below: &str,
    side_effects: &mut SideEffects,
) -> Result<Option<Bytes>, HttpError> {
    if server.quirks().is(Quirk::AcceptsMedia) && !is_plain_json(request) {
        return Ok(Some(Bytes::from_static(b"{}")));
    }
    // The server itself refuses a body that is not an object or not a PATCH; no quirk may hide
    // this.
    let Ok(mut body) = Object::parse(request.body()) else { return Ok(None) };
    if request.method() == Method::PATCH
        && PatchRequest::parse(body.clone(), server.rules()).is_err()
    {
        return Ok(None);
    }
    let (collection, _) = aim(below);
    if collection == Collection::Groups && server.quirks().is(Quirk::IdIsUsername) {
        body = with_true_members(server, request.method(), body)?;
    }
    if request.method() != Method::PATCH {
        write::rewrite(&mut body, aim(below), server, side_effects)?;
        return Ok(Some(body.to_bytes()));
    }
    if server.quirks().is(Quirk::CaseSensitiveNames) {
        let kind = match collection {
            Collection::Groups => server.group_type(),
            _ => server.user_type(),
        };
        names::drop_in_operations(&mut body, kind);
    }
    let current = match server.quirks().any_of(patch::LOOK) {
        true => current(server, below),
        false => Object::new(),
    };
    let known: Known<'_> = &|id| server.member(id).is_ok();
    let change = Change { quirks: server.quirks(), current: &current, known };
    *side_effects = change.rewrite(&mut body, collection)?;
    Ok(Some(body.to_bytes()))
}

/// Returns a resource as it is now; empty when there is none.
fn current(server: &GoLinks, below: &str) -> Object {
    let resource = match aim(below) {
        (Collection::Users, Some(id)) => server.find_account(id).map(Resource::User),
        (Collection::Groups, Some(id)) => server.find_group(id).map(Resource::Group),
        _ => return Object::new(),
    };
    resource.map(|resource| object_of(server, resource, Needs::ALL)).unwrap_or_default()
}

/// Finds out whether a change of a group overlaps with others and is lost (B32). The first of
/// overlapping changes is kept; for each of the others the seed decides. Changes of the engine
/// overlap when they arrive at one instant; changes of clients in real time overlap when one
/// arrives before the previous one has its reply.
fn overlap(
    server: &GoLinks,
    request: &Request<Bytes>,
    below: &str,
    moment: &Moment<'_, Event>,
) -> Option<Overlap> {
    if !server.quirks().is(Quirk::MemberLostUpdate) || !is_group_change(request, below) {
        return None;
    }
    let (_, group) = aim(below);
    let group = group?;
    let (slot, now, until) = match (ClientTime::of(request), server.client_now()) {
        (Some(own), _) => (1, own.now, own.now + CHANGING),
        // The operations of a bulk request run one after the other.
        (None, Some(_)) => return None,
        (None, None) => (0, moment.now(), moment.now() + Duration::from_micros(1)),
    };
    let nth = match &server.quirk_state().changed[slot] {
        Some(last) if last.group == group && now < last.until => last.nth + 1,
        _ => 0,
    };
    let is_lost = nth > 0 && moment.seed().unit("lost update", group, nth) < 0.5;
    Some(Overlap { slot, changed: Changed { group: group.to_owned(), until, nth }, is_lost })
}

/// Returns the account a request is about and its userName, when a new userName would remove the
/// account (B56).
fn name_before(
    server: &GoLinks,
    collection: Collection,
    item: Option<&str>,
) -> Option<(AccountId, String)> {
    if collection != Collection::Users || !server.quirks().is(Quirk::RenameDeletes) {
        return None;
    }
    let account = server.accounts().get(AccountId::parse(item?)?)?;
    Some((account.id, account.user_name().into_owned()))
}

fn drop_renamed(server: &mut GoLinks, id: AccountId, before: &str, moment: &mut Moment<'_, Event>) {
    if server.accounts().get(id).is_some_and(|account| account.user_name() != before) {
        // This cannot fail: the account was just found.
        let _ = server.remove_account(id, false, moment);
    }
}

/// Remembers when a client in real time created an account: the virtual clock may stand still
/// while it waits.
fn note_created(server: &mut GoLinks, response: &Response<Bytes>) {
    let (Some(own), Some(delay)) = (server.client_now(), server.settings().limits.visible_after)
    else {
        return;
    };
    let location =
        response.headers().get(LOCATION).and_then(|at| at.to_str().ok()?.rsplit('/').next());
    if let Some(id) = location.and_then(AccountId::parse) {
        server.quirk_state_mut().recently_created.note(id, own, delay);
    }
}

/// Removes from a list the accounts that a lookup does not see: accounts beyond its cap (B54), and
/// accounts that are too new.
fn hide_from(server: &GoLinks, response: Response<Bytes>, now: Time) -> Response<Bytes> {
    let cap = server.quirks().count(Quirk::LookupCap);
    let delay = server.settings().limits.visible_after;
    if cap.is_none() && delay.is_none() {
        return response;
    }
    let early = |id: AccountId| {
        cap.is_none_or(|cap| server.accounts().iter().take(cap).any(|it| it.id == id))
    };
    let found = |id: AccountId, delay: Duration| {
        server.accounts().get(id).is_none_or(|account| account.created + delay <= now)
            || server
                .client_now()
                .is_some_and(|own| server.quirk_state().recently_created.is_found(id, own, delay))
    };
    let settled = |id: AccountId| delay.is_none_or(|delay| found(id, delay));
    lookup::keep(response, |id| AccountId::parse(id).is_some_and(|id| early(id) && settled(id)))
}

/// Whether a request changes a group.
fn is_group_change(request: &Request<Bytes>, below: &str) -> bool {
    *request.method() == Method::PATCH && matches!(aim(below), (Collection::Groups, Some(_)))
}

/// The page of a firewall (B66).
fn blocked_page() -> Response<Bytes> {
    let page = "<!doctype html><title>403 Forbidden</title><h1>Forbidden</h1><p>The request was blocked.</p>\n";
    let mut response = Response::new(Bytes::from_static(page.as_bytes()));
    *response.status_mut() = StatusCode::FORBIDDEN;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}

/// A list without resources.
pub(super) fn nothing() -> Response<Bytes> {
    ok(ListWriter::nothing())
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
