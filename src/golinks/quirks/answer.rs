//! How responses are rewritten.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::Quirk;
use super::Quirks;
use super::aim::Collection;
use super::aim::aim;
use super::aim::parameter;
use super::lookup::number;
use crate::golinks::AccountId;
use crate::golinks::server::GoLinks;
use crate::scim::{Object, Value, urn};

const LOGIN_PAGE: &str =
    "<!-- Copyright --><!doctype html><title>Sign in</title><h1>Sign in to GoLinks</h1>\n";

/// Rewrites a correct response into what a server with these quirks sends.
pub(super) fn rewrite_response(
    server: &GoLinks,
    request: &Request<Bytes>,
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    let quirks = server.quirks();
    let path = request.uri().path();
    let (collection, item) =
        aim(path.strip_prefix(&*server.settings().base_path).unwrap_or_default());
    if !response.status().is_success() {
        return rewrite_error(quirks, response);
    }
    if collection == Collection::Other {
        return response;
    }
    if let Some(before) = before_last_change(server, request, item) {
        *response.body_mut() = before.to_bytes();
    }
    if quirks.word(Quirk::Response) == "html" {
        return page(response, LOGIN_PAGE, "text/html");
    }
    if collection == Collection::Groups
        && request.method() == Method::PATCH
        && quirks.is(Quirk::GroupPatchResponse)
    {
        response = rewrite_patch_reply(server, request, response);
    } else if let Ok(mut body) = Object::parse(response.body()) {
        rewrite_body(server, &mut body, collection, item);
        let asked = asked_count(request);
        if let (true, Some(asked)) =
            (quirks.is(Quirk::TotalResults) && body.get("itemsPerPage").is_some(), asked)
        {
            body.insert("itemsPerPage", number(asked));
        }
        let at = body.get("meta").and_then(|meta| meta.as_object()?.get("location")?.as_text());
        if let (Some(header), Some(Ok(at))) =
            (response.headers_mut().get_mut(LOCATION), at.map(HeaderValue::try_from))
        {
            *header = at;
        }
        *response.body_mut() = body.to_bytes();
        if quirks.is(Quirk::WrongLocation) {
            name_inner_address(server, &mut response);
        }
    }
    if quirks.is(Quirk::ReplyMedia) && !response.body().is_empty() {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

/// The account as a read by id that lags shows it (B124).
fn before_last_change<'a>(
    server: &'a GoLinks,
    request: &Request<Bytes>,
    item: Option<&str>,
) -> Option<&'a Object> {
    if request.method() != Method::GET || !server.quirks().is(Quirk::ReadsLag) {
        return None;
    }
    server.quirk_state().before.get(&AccountId::parse(item?)?)
}

fn rewrite_body(server: &GoLinks, body: &mut Object, collection: Collection, item: Option<&str>) {
    let quirks = server.quirks();
    let list = match body.get_mut("Resources") {
        Some(Value::List(resources)) => {
            for resource in resources.iter_mut().filter_map(Value::as_object_mut) {
                rewrite_resource(server, resource, collection);
                if quirks.is(Quirk::ListWithoutMembers) && collection == Collection::Groups {
                    resource.remove("members");
                }
                if quirks.is(Quirk::ListIdDiffers)
                    && let Some(Value::Text(id)) = resource.get_mut("id")
                {
                    id.insert(0, '7');
                }
            }
            true
        }
        _ => false,
    };
    match (list, item) {
        (true, _) => rewrite_list(quirks, body, collection),
        (false, _) => rewrite_resource(server, body, collection),
    }
    if quirks.word(Quirk::Response) == "no_schemas" {
        body.remove("schemas");
    }
}

fn rewrite_resource(server: &GoLinks, resource: &mut Object, collection: Collection) {
    let quirks = server.quirks();
    match collection {
        Collection::Groups => rewrite_members(server, resource),
        _ => rewrite_manager(quirks, resource),
    }
    let id = resource.get("id").and_then(Value::as_text);
    if let Some(mangled) = id
        .and_then(|id| server.quirk_state().mangled.get(id))
        .filter(|_| quirks.is(Quirk::UrnStoredMangled))
    {
        for (name, value) in mangled.iter() {
            resource.insert(name.to_owned(), value.clone());
        }
    }
    let id = resource.get("id").and_then(Value::as_text);
    let text = id.and_then(|id| server.quirk_state().active.get(id));
    if let Some(text) = text.filter(|_| quirks.is(Quirk::ActiveAsText)).cloned() {
        resource.insert("active", text);
    }
    if quirks.is(Quirk::MembersShownEmpty) && collection == Collection::Groups {
        resource.insert("members", Vec::new());
    }
    if quirks.is(Quirk::ActiveAlwaysTrue) && collection == Collection::Users {
        resource.insert("active", true);
    }
    if quirks.word(Quirk::Response) == "wrong_types" {
        if let Some(active) = resource.get("active").and_then(Value::as_bool) {
            resource.insert("active", if active { "True" } else { "False" });
        }
        resource.insert("meta", "2.0");
    }
    if quirks.is(Quirk::IdIsUsername)
        && let Some(name) = resource.get("userName").and_then(Value::as_text).map(str::to_owned)
    {
        if let Some(Value::Text(at)) =
            resource.get_mut("meta").and_then(|it| it.as_object_mut()?.get_mut("location"))
        {
            *at = named(at, &name).into();
        }
        resource.insert("id", name);
    }
    if quirks.is(Quirk::IntegerIds)
        && let Some(id) = resource.get_mut("id")
    {
        as_integer(id);
    }
    if quirks.is(Quirk::CoreNested) {
        nest_core(resource, collection);
    }
}

/// Shows a member by its userName, which clients take for its id (B56).
fn name_member(server: &GoLinks, member: &mut Object) {
    let id = member.get("value").and_then(Value::as_text).and_then(AccountId::parse);
    let Some(account) = id.and_then(|id| server.accounts().get(id)) else { return };
    let name = account.user_name().into_owned();
    if let Some(Value::Text(at)) = member.get_mut("$ref") {
        *at = named(at, &name).into();
    }
    member.insert("value", name);
}

fn rewrite_members(server: &GoLinks, group: &mut Object) {
    let quirks = server.quirks();
    let id = group.get("id").and_then(Value::as_text).unwrap_or_default().to_owned();
    let Some(Value::List(members)) = group.get_mut("members") else { return };
    for (_, member) in server.quirk_state().doubled.iter().filter(|(group, _)| *group == id) {
        let again = members.iter().find(|it| super::members::id_of(it) == member).cloned();
        members.extend(again.filter(|_| quirks.is(Quirk::ReaddMember)));
    }
    if let Some(cap) = quirks.count(Quirk::MemberReadCap) {
        members.truncate(cap);
    }
    if quirks.is(Quirk::IdIsUsername) {
        members
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(|member| name_member(server, member));
    }
    if quirks.is(Quirk::IntegerIds) {
        let ids = members.iter_mut().filter_map(|member| member.as_object_mut()?.get_mut("value"));
        ids.for_each(as_integer);
    }
}

/// Rewrites the reply to a PATCH of a group: it returns the request, or the members alone (B44).
fn rewrite_patch_reply(
    server: &GoLinks,
    request: &Request<Bytes>,
    mut response: Response<Bytes>,
) -> Response<Bytes> {
    if server.quirks().word(Quirk::GroupPatchResponse) == "echo" {
        *response.status_mut() = StatusCode::OK;
        *response.body_mut() = request.body().clone();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(urn::CONTENT_TYPE));
        return response;
    }
    let (_, group) =
        aim(request.uri().path().strip_prefix(&*server.settings().base_path).unwrap_or_default());
    let members = group
        .and_then(|id| server.find_group(id).ok())
        .into_iter()
        .flat_map(|group| group.members().iter());
    let members = members.map(|member| {
        let mut bytes = Vec::new();
        server.renderers().write_member(member, &mut bytes);
        Value::Object(Object::parse(&bytes).unwrap_or_default())
    });
    let body = Object::from_iter([("members".into(), Value::List(members.collect()))]);
    *response.status_mut() = StatusCode::OK;
    *response.body_mut() = body.to_bytes();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(urn::CONTENT_TYPE));
    response
}

/// Makes every address begin with the name of a machine behind the server (B117).
fn name_inner_address(server: &GoLinks, response: &mut Response<Bytes>) {
    const INNER: &str = "http://scim-backend.internal:8880";
    let (there, base) = (server.base_url(), &server.settings().base_path);
    let inner = format!("{INNER}{base}");
    let body = String::from_utf8_lossy(response.body()).replace(&there, &inner);
    *response.body_mut() = Bytes::from(body);
    if let Some(location) = response.headers_mut().get_mut(LOCATION) {
        let text = location.to_str().unwrap_or_default().replace(&there, &inner);
        if let Ok(text) = HeaderValue::try_from(text) {
            *location = text;
        }
    }
}

/// Nests the attributes of a resource below the URN of their schema (B109).
fn nest_core(resource: &mut Object, collection: Collection) {
    let own = ["schemas", "id", "meta"];
    let urn = if collection == Collection::Groups { urn::GROUP } else { urn::USER };
    let (outer, core): (Vec<_>, Vec<_>) = std::mem::take(resource)
        .into_iter()
        .partition(|(name, _)| own.contains(&&**name) || name.starts_with("urn:"));
    *resource = outer.into_iter().collect();
    resource.insert(urn, core.into_iter().collect::<Object>());
}

/// Returns an address with a name in place of the id at its end.
fn named(address: &str, name: &str) -> String {
    let collection = address.rsplit_once('/').map_or("", |(collection, _)| collection);
    format!("{collection}/{}", utf8_percent_encode(name, NON_ALPHANUMERIC))
}

/// Returns how many resources a search asks for, in its query or, by POST, in its body.
fn asked_count(request: &Request<Bytes>) -> Option<i64> {
    match *request.method() {
        Method::POST => Object::parse(request.body()).ok()?.get("count")?.as_i64(),
        _ => parameter(request.uri().query()?, "count")?.parse().ok(),
    }
}

fn as_integer(id: &mut Value) {
    if let Some(digits) = id.as_text().and_then(|id| id.parse().ok()) {
        *id = number(digits);
    }
}

fn rewrite_manager(quirks: &Quirks, user: &mut Object) {
    if !quirks.is(Quirk::ManagerAtTopLevel) && !quirks.is(Quirk::ManagerEchoString) {
        return;
    }
    let Some(extension) = user.get_mut(urn::ENTERPRISE_USER).and_then(Value::as_object_mut) else {
        return;
    };
    let Some(mut manager) = extension.remove("manager") else { return };
    if let (true, Some(id)) =
        (quirks.is(Quirk::ManagerEchoString), manager.as_object().and_then(|it| it.get("value")))
    {
        manager = id.clone();
    }
    match quirks.is(Quirk::ManagerAtTopLevel) {
        true => user.push("manager", manager),
        false => extension.push("manager", manager),
    }
}

fn rewrite_list(quirks: &Quirks, list: &mut Object, collection: Collection) {
    let count = list.get("Resources").and_then(Value::as_list).map_or(0, <[Value]>::len);
    let first = collection == Collection::Groups && quirks.word(Quirk::GroupFilter) == "first";
    if first || quirks.word(Quirk::TotalResults) == "page" {
        list.insert("totalResults", number(count as i64));
    }
    if quirks.is(Quirk::StartIndexBase)
        && let Some(first) = list.get("startIndex").and_then(Value::as_i64)
    {
        list.insert("startIndex", number(first - 1));
    }
    if quirks.is(Quirk::ListSchema) {
        list.insert("schemas", vec![Value::from(urn::USER)]);
    }
    if quirks.word(Quirk::Response) == "wrong_types" {
        list.insert("totalResults", count.to_string());
    }
    if quirks.is(Quirk::ListKey)
        && let Some(resources) = list.remove("Resources")
    {
        list.push("resources", resources);
    }
}

fn rewrite_error(quirks: &Quirks, mut response: Response<Bytes>) -> Response<Bytes> {
    if quirks.word(Quirk::ErrorBody) == "text" {
        let words = response.status().canonical_reason().unwrap_or("Error");
        return page(response, words, "text/plain");
    }
    let Ok(mut body) = Object::parse(response.body()) else { return response };
    if quirks.is(Quirk::ConflictWithoutScimtype) && response.status() == StatusCode::CONFLICT {
        body.remove("scimType");
    }
    if quirks.is(Quirk::ErrorBody)
        && let Some(detail) = body.take("detail")
    {
        body.insert("detail", Object::from_iter([("message".into(), detail)]));
    }
    *response.body_mut() = body.to_bytes();
    response
}

fn page(mut response: Response<Bytes>, text: &'static str, kind: &'static str) -> Response<Bytes> {
    *response.body_mut() = Bytes::from_static(text.as_bytes());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
