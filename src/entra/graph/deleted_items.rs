//! `/directory/deletedItems`, and objects of any kind by their ids.

use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::groups::{self, GroupRow, Object, mixed};
use super::list::{Listing, picked};
use super::property::{Property, ShownObject};
use super::registered::{self, applications, deletion, service_principals};
use super::reply::GraphReply;
use super::shape::{Shape, check};
use super::users::{self, UserRow};
use crate::base::Node;
use crate::entra::tenant::registry::{AppSide, RegisteredKey};
use crate::entra::tenant::{GroupKey, Lifecycle, ObjectId, UserKey};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/directory/deletedItems", uncast, ""),
    list(Area::Users, "/directory/deletedItems/user", list_users),
    list(Area::Groups, "/directory/deletedItems/group", list_groups),
    list(Area::Applications, "/directory/deletedItems/application", list_applications),
    list(Area::Applications, "/directory/deletedItems/servicePrincipal", list_principals),
    row("GET", "/directory/deletedItems/{}", get, ""),
    row("DELETE", "/directory/deletedItems/{}", purge, ""),
    row("POST", "/directory/deletedItems/{}/restore", restore, ""),
    row("GET", "/directoryObjects/{}", object, "not registrations that were deleted"),
    row("POST", "/directoryObjects/getByIds", by_ids, ""),
];

/// A list of one kind, which takes the permissions of that kind.
const fn list(
    area: Area,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { area, ..row("GET", path, handle, "") }
}

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
    App(RegisteredKey, AppSide),
}

impl Key {
    fn kind(self) -> &'static str {
        match self {
            Key::User(_) => "user",
            Key::Group(_) => "group",
            Key::App(_, AppSide::Registration) => "application",
            Key::App(_, AppSide::Principal) => "servicePrincipal",
        }
    }

    /// Whose permissions decide about it.
    fn area(self) -> Area {
        match self {
            Key::User(_) => Area::Users,
            Key::Group(_) => Area::Groups,
            Key::App(..) => Area::Applications,
        }
    }

    /// Checks that the client may read the object, or change it.
    fn open_to(self, call: &Call<'_>, writes: bool) -> Result<Key, GraphError> {
        let may = call.caller.permissions.meet(self.area().needs(writes));
        if may { Ok(self) } else { Err(GraphError::denied()) }
    }
}

/// An object with its type, and the properties that are selected.
fn shown(call: &Call<'_>, key: Key) -> Value {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    let select = &call.request.options.select;
    match key {
        Key::User(user) => {
            let row = UserRow { tenant, user, begun };
            json!(deleted(&row, mixed(&Object::User(row), select)))
        }
        Key::Group(group) => {
            json!(mixed(&Object::Group(GroupRow { tenant, group, begun }), select))
        }
        Key::App(row, side) => {
            let one = registered::show(call, row, side);
            json!(picked(&one, select).typed(key.kind()))
        }
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

fn list_applications(call: &mut Call<'_>) -> GraphOutcome {
    let known = &applications::KNOWN;
    let all = deletion::bin(call, AppSide::Registration);
    Listing::directory("applications", known, known).values(call.request, &all)
}

fn list_principals(call: &mut Call<'_>) -> GraphOutcome {
    let known = &service_principals::KNOWN;
    let all = deletion::bin(call, AppSide::Principal);
    Listing::directory("servicePrincipals", known, known).values(call.request, &all)
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
    if let Some((key, side)) = deletion::find_in_bin(call, id) {
        return Ok(Key::App(key, side));
    }
    let object = ObjectId::parse(&id.to_ascii_lowercase()).ok_or_else(missing)?;
    let tenant = call.tenant();
    let lies = |lifecycle| matches!(lifecycle, Lifecycle::SoftDeleted { .. });
    let user = tenant.find_user_id(object).filter(|user| lies(tenant.user(*user).lifecycle()));
    let group =
        || tenant.find_group_id(object).filter(|group| lies(tenant.group(*group).lifecycle()));
    user.map(Key::User).or_else(|| group().map(Key::Group)).ok_or_else(missing)
}

fn shown_entity(call: &Call<'_>, key: Key) -> GraphOutcome {
    let one = shown(call, key);
    let context = Property::owned(call.request.context("directoryObjects/$entity"));
    Ok(GraphReply::ok(&ShownObject::members(&one).first("@odata.context", context)))
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    let key = in_bin(call)?.open_to(call, false)?;
    shown_entity(call, key)
}

fn restore(call: &mut Call<'_>) -> GraphOutcome {
    let key = in_bin(call)?.open_to(call, true)?;
    check(&call.request.object()?, &[("autoReconcileProxyConflict", Shape::Bool)])?;
    if let Key::User(user) = key {
        let name = call.tenant().user(user).sign_in_name().unwrap_or_default();
        if call.tenant().find_upn(name).is_some() {
            return Err(GraphError::conflict("userPrincipalName"));
        }
    }
    let tenant = call.tenant();
    match key {
        Key::User(user) => call.act("restore", Node::text(&**tenant.user(user).handle()))?,
        Key::Group(group) => {
            call.act("restore_group", Node::text(&**tenant.group(group).handle()))?;
        }
        Key::App(row, side) => {
            call.whole(|call| deletion::restore(call, row, side).map(|()| GraphReply::done()))?;
        }
    }
    shown_entity(call, key)
}

fn purge(call: &mut Call<'_>) -> GraphOutcome {
    let key = in_bin(call)?.open_to(call, true)?;
    let tenant = call.tenant();
    match key {
        Key::User(user) => call.act("purge", Node::text(&**tenant.user(user).handle()))?,
        Key::Group(group) => {
            call.act("purge_group", Node::text(&**tenant.group(group).handle()))?
        }
        Key::App(row, side) => {
            call.whole(|call| {
                deletion::purge(call, row, side);
                Ok(GraphReply::done())
            })?;
        }
    }
    Ok(GraphReply::done())
}

/// The object of an id that is in the directory.
fn present(call: &Call<'_>, id: &str) -> Result<Key, GraphError> {
    let user = users::find(call.tenant(), id).map(Key::User);
    let app = |side| registered::find(call, side, id).map(|key| Key::App(key, side));
    user.or_else(|_| groups::find(call.tenant(), id).map(Key::Group))
        .or_else(|_| app(AppSide::Principal))
        .or_else(|_| app(AppSide::Registration))
}

fn object(call: &mut Call<'_>) -> GraphOutcome {
    let key = present(call, call.segment(1))?.open_to(call, false)?;
    shown_entity(call, key)
}

/// How many ids one request may name [g:getbyids].
const IDS_MAX: usize = 1_000;

/// `POST /directoryObjects/getByIds`: ids that lead nowhere are left out.
fn by_ids(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    check(&body, &[("ids", Shape::Texts), ("types", Shape::Texts)])?;
    let ids = body.get("ids").and_then(Value::as_array);
    let ids = ids.ok_or_else(|| GraphError::required("ids", "getByIds"))?;
    if ids.len() > IDS_MAX {
        return Err(GraphError::bad_request(format!("At most {IDS_MAX} ids are taken.")));
    }
    let types = body.get("types").and_then(Value::as_array).into_iter().flatten();
    let types: Vec<&str> = types.filter_map(Value::as_str).collect();
    let wanted = |kind: &str| {
        types.is_empty() || types.iter().any(|one| [kind, "directoryObject"].contains(one))
    };
    let found = ids.iter().filter_map(|id| present(call, id.as_str()?).ok());
    let found = found.filter(|key| wanted(key.kind()));
    // Of what the client may not read it is told its type and its id.
    let rows = found.map(|key| match key.open_to(call, false) {
        Ok(key) => shown(call, key),
        Err(_) => {
            let one = shown(call, key);
            json!({ "@odata.type": one["@odata.type"], "id": one["id"] })
        }
    });
    let rows: Vec<Value> = rows.collect();
    Listing::directory("directoryObjects", &[], &[]).values(call.request, &rows)
}
