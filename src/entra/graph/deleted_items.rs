//! `/directory/deletedItems`, and objects of any kind by their ids.

use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::groups::{self, GroupRow, Object, mixed};
use super::list::Listing;
use super::property::{Property, ShownObject};
use super::reply::GraphReply;
use super::users::{self, UserRow};
use crate::base::Node;
use crate::entra::tenant::{GroupKey, Lifecycle, ObjectId, UserKey};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/directory/deletedItems", uncast, ""),
    row("GET", "/directory/deletedItems/user", list_users, ""),
    row("GET", "/directory/deletedItems/group", list_groups, ""),
    row("GET", "/directory/deletedItems/application", list_none, "applications are never deleted"),
    row(
        "GET",
        "/directory/deletedItems/servicePrincipal",
        list_none,
        "applications are never deleted",
    ),
    row("GET", "/directory/deletedItems/{}", get, ""),
    row("DELETE", "/directory/deletedItems/{}", purge, ""),
    row("POST", "/directory/deletedItems/{}/restore", restore, ""),
    row("GET", "/directoryObjects/{}", object, "users and groups"),
    row("POST", "/directoryObjects/getByIds", by_ids, "users and groups"),
];

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
    lacks: &'static str,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Directory, lacks, handle }
}

/// A user or a group, by its key.
#[derive(Clone, Copy)]
enum Key {
    User(UserKey),
    Group(GroupKey),
}

fn row_of<'c>(call: &'c Call<'_>, key: Key) -> Object<'c> {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    match key {
        Key::User(user) => Object::User(UserRow { tenant, user, begun }),
        Key::Group(group) => Object::Group(GroupRow { tenant, group, begun }),
    }
}

/// Without a type in the path nothing is listed.
fn uncast(_: &mut Call<'_>) -> GraphOutcome {
    Err(GraphError::bad_request(
        "The request needs a type at the end of its path, such as '/directory/deletedItems/microsoft.graph.user'.",
    ))
}

fn list_users(call: &mut Call<'_>) -> GraphOutcome {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    let from = |start: u64| {
        let all = (1..).zip(tenant.users_in_bin()).skip(start as usize);
        all.map(move |(after, user)| (after, UserRow { tenant, user, begun }))
    };
    let names = users::LISTING.names(call.request);
    users::LISTING
        .page(call.request, from, |row: &UserRow<'_>| deleted(row, users::shown(row, &names)))
}

fn list_groups(call: &mut Call<'_>) -> GraphOutcome {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    let from = |start: u64| {
        let all = (1..).zip(tenant.groups_in_bin()).skip(start as usize);
        all.map(move |(after, group)| (after, GroupRow { tenant, group, begun }))
    };
    let names = groups::LISTING.names(call.request);
    groups::LISTING.page(call.request, from, |row: &GroupRow<'_>| groups::shown(row, &names))
}

fn list_none(call: &mut Call<'_>) -> GraphOutcome {
    Listing::directory("directoryObjects", &[], &[]).values(call.request, &[])
}

/// An object of the recycle bin says when it was deleted.
fn deleted<'r>(row: &'r UserRow<'_>, shown: ShownObject<'r>) -> ShownObject<'r> {
    use super::property::Resource;
    let known = shown.0.iter().any(|(name, _)| name == "deletedDateTime");
    match row.property("deletedDateTime") {
        Some(at) if !known => shown.and("deletedDateTime", at),
        _ => shown,
    }
}

/// The object in the recycle bin that the path names.
fn in_bin(call: &Call<'_>) -> Result<Key, GraphError> {
    let id = call.segment(2);
    let missing = || GraphError::not_found(id);
    let object = ObjectId::parse(&id.to_ascii_lowercase()).ok_or_else(missing)?;
    let tenant = call.tenant();
    let lies = |lifecycle| matches!(lifecycle, Lifecycle::SoftDeleted { .. });
    let user = tenant.find_user_id(object).filter(|user| lies(tenant.user(*user).lifecycle()));
    let group =
        || tenant.find_group_id(object).filter(|group| lies(tenant.group(*group).lifecycle()));
    user.map(Key::User).or_else(|| group().map(Key::Group)).ok_or_else(missing)
}

fn handle(call: &Call<'_>, key: Key) -> Node {
    match key {
        Key::User(user) => Node::text(&**call.tenant().user(user).handle()),
        Key::Group(group) => Node::text(&**call.tenant().group(group).handle()),
    }
}

fn shown_entity(call: &Call<'_>, key: Key) -> GraphOutcome {
    let object = row_of(call, key);
    let one = mixed(&object, &call.request.options.select);
    let context = Property::owned(call.request.context("directoryObjects/$entity"));
    Ok(GraphReply::ok(&one.first("@odata.context", context)))
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    let key = in_bin(call)?;
    let object = row_of(call, key);
    let mut one = mixed(&object, &call.request.options.select);
    if let Object::User(row) = &object {
        one = deleted(row, one);
    }
    let context = Property::owned(call.request.context("directoryObjects/$entity"));
    Ok(GraphReply::ok(&one.first("@odata.context", context)))
}

fn restore(call: &mut Call<'_>) -> GraphOutcome {
    let key = in_bin(call)?;
    if let Key::User(user) = key {
        let name = call.tenant().user(user).sign_in_name().unwrap_or_default();
        if call.tenant().find_upn(name).is_some() {
            return Err(GraphError::conflict("userPrincipalName"));
        }
    }
    let verb = if matches!(key, Key::User(_)) { "restore" } else { "restore_group" };
    let name = handle(call, key);
    call.act(verb, name)?;
    shown_entity(call, key)
}

fn purge(call: &mut Call<'_>) -> GraphOutcome {
    let key = in_bin(call)?;
    let verb = if matches!(key, Key::User(_)) { "purge" } else { "purge_group" };
    let name = handle(call, key);
    call.act(verb, name)?;
    Ok(GraphReply::done())
}

/// The object of an id that is in the directory.
fn present(call: &Call<'_>, id: &str) -> Result<Key, GraphError> {
    let user = users::find(call.tenant(), id).map(Key::User);
    user.or_else(|_| groups::find(call.tenant(), id).map(Key::Group))
}

fn object(call: &mut Call<'_>) -> GraphOutcome {
    let key = present(call, call.segment(1))?;
    shown_entity(call, key)
}

/// How many ids one request may name [g:getbyids].
const IDS_MAX: usize = 1_000;

/// `POST /directoryObjects/getByIds`: ids that lead nowhere are left out.
fn by_ids(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    let ids = body.get("ids").and_then(Value::as_array);
    let ids = ids.ok_or_else(|| GraphError::required("ids", "getByIds"))?;
    if ids.len() > IDS_MAX {
        return Err(GraphError::bad_request(format!("At most {IDS_MAX} ids are taken.")));
    }
    let types: Vec<&str> = body
        .get("types")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let wanted = |kind: &str| {
        types.is_empty() || types.iter().any(|one| [kind, "directoryObject"].contains(one))
    };
    let found = ids.iter().filter_map(|id| present(call, id.as_str()?).ok());
    let found =
        found.filter(|key| wanted(if matches!(key, Key::User(_)) { "user" } else { "group" }));
    let objects: Vec<Object<'_>> = found.map(|key| row_of(call, key)).collect();
    let one = |object: &Object<'_>| json!(mixed(object, &call.request.options.select));
    let rows: Vec<Value> = objects.iter().map(one).collect();
    Listing::directory("directoryObjects", &[], &[]).values(call.request, &rows)
}
