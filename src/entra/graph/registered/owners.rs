//! The owners of applications, service principals and groups: users, and service principals. They
//! are kept and listed; what they may do is what their permissions say.

use http::Method;
use serde_json::{Map, Value, json};

use super::{find, note_change, show, side_of};
use crate::entra::authority::client_principal;
use crate::entra::graph::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::groups::{self, GroupRow, Object, mixed};
use crate::entra::graph::list::Listing;
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::check;
use crate::entra::graph::users::{self, UserRow, referenced};
use crate::entra::tenant::registry::{AppSide, RegisteredKey};
use crate::entra::tenant::{GroupKey, ObjectId};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/applications/{}/owners", Area::Applications, list),
    row("POST", "/applications/{}/owners/$ref", Area::Applications, add),
    row("DELETE", "/applications/{}/owners/{}/$ref", Area::Applications, remove),
    row("GET", "/servicePrincipals/{}/owners", Area::Applications, list),
    row("POST", "/servicePrincipals/{}/owners/$ref", Area::Applications, add),
    row("DELETE", "/servicePrincipals/{}/owners/{}/$ref", Area::Applications, remove),
    row("GET", "/groups/{}/owners", Area::Groups, list),
    row("POST", "/groups/{}/owners/$ref", Area::Groups, add),
    row("DELETE", "/groups/{}/owners/{}/$ref", Area::Groups, remove),
    row("GET", "/users/{}/ownedObjects", Area::Users, owned),
];

const fn row(
    method: &'static str,
    path: &'static str,
    area: Area,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area, lacks: "an owner has no right by it", handle }
}

/// How many owners a request may bind at once [g:group-create].
const BOUND_MAX: usize = 20;

/// How many owners an object has at most [g:group-post-owners].
const OWNERS_MAX: usize = 100;

const MIXED: Listing = Listing::directory("directoryObjects", &[], &[]);

/// What is owned.
#[derive(Clone, Copy)]
enum Owned {
    App(RegisteredKey, AppSide),
    Group(GroupKey),
}

/// What the path names.
fn owned_by_path(call: &Call<'_>) -> Result<Owned, GraphError> {
    let id = call.segment(1);
    match call.request.path.lower().first().map(String::as_str) {
        Some("groups") => groups::find(call.tenant(), id).map(Owned::Group),
        _ => {
            let side = side_of(call);
            find(call, side, id).map(|key| Owned::App(key, side))
        }
    }
}

fn owners<'c>(call: &'c Call<'_>, of: Owned) -> &'c [ObjectId] {
    match of {
        Owned::App(key, side) => {
            let object = call.entra().tenant().registry().row(key).side(side);
            object.map_or(&[], |object| &object.owners)
        }
        Owned::Group(group) => call.entra().surface().group_owners(group),
    }
}

/// An owner as Graph shows it, with its type; `None` when it is gone.
fn shown(call: &Call<'_>, id: ObjectId, select: &[String]) -> Option<Value> {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    let text = id.to_string();
    if let Ok(user) = users::find(tenant, &text) {
        return Some(json!(mixed(&Object::User(UserRow { tenant, user, begun }), select)));
    }
    let typed = |mut one: Value| {
        if let Value::Object(members) = &mut one {
            members.insert("@odata.type".to_owned(), "#microsoft.graph.servicePrincipal".into());
        }
        one
    };
    if let Ok(key) = find(call, AppSide::Principal, &text) {
        return Some(typed(show(call, key, AppSide::Principal)));
    }
    let (app_id, name) = client_principal(call.entra(), call.backend.seed(), &text)?;
    Some(typed(json!({
        "id": text, "appId": app_id, "displayName": name, "servicePrincipalType": "Application",
    })))
}

/// The owners that a group has, without those that are deleted.
pub fn of_group<'c>(call: &'c Call<'_>, group: GroupKey) -> impl Iterator<Item = ObjectId> + 'c {
    let all = owners(call, Owned::Group(group)).iter().copied();
    all.filter(|id| shown(call, *id, &[]).is_some())
}

/// An owner of a group as a delta has it, with its type: one that the group has, or lost.
pub fn in_delta(call: &Call<'_>, group: GroupKey, id: ObjectId) -> Value {
    let text = id.to_string();
    let kind = match call.tenant().find_user_id(id).is_some() {
        true => "#microsoft.graph.user",
        false => "#microsoft.graph.servicePrincipal",
    };
    match of_group(call, group).any(|owner| owner == id) {
        true => json!({ "@odata.type": kind, "id": text }),
        false => {
            json!({ "@odata.type": kind, "id": text, "@removed": { "reason": "deleted" } })
        }
    }
}

/// `GET …/owners`.
fn list(call: &mut Call<'_>) -> GraphOutcome {
    let of = owned_by_path(call)?;
    let select = &call.request.options.select;
    let all = owners(call, of).iter().filter_map(|id| shown(call, *id, select));
    MIXED.values(call.request, &all.collect::<Vec<_>>())
}

/// The owners of one of the two objects of an application, for `$expand`.
pub fn listed<'c>(
    call: &'c Call<'_>,
    key: RegisteredKey,
    side: AppSide,
    select: &'c [String],
) -> impl Iterator<Item = Value> + 'c {
    owners(call, Owned::App(key, side)).iter().filter_map(move |id| shown(call, *id, select))
}

/// The object that a reference names, if it can be an owner.
fn owner(call: &Call<'_>, reference: &Value) -> Result<ObjectId, GraphError> {
    let id = referenced(reference)?;
    let object = ObjectId::parse(&id.to_ascii_lowercase());
    let object = object.filter(|object| shown(call, *object, &[]).is_some());
    object.ok_or_else(|| GraphError::not_found(&id))
}

/// The owners that the body of a new object binds; the user who makes it is one.
///
/// # Errors
/// One of them is not there.
pub fn bound(call: &Call<'_>, body: &Map<String, Value>) -> Result<Vec<ObjectId>, GraphError> {
    let invalid = || GraphError::invalid_value("owners@odata.bind");
    let mut all = match body.get("owners@odata.bind") {
        None => Vec::new(),
        Some(Value::Array(list)) if list.len() <= BOUND_MAX => {
            list.iter().map(|one| owner(call, one)).collect::<Result<Vec<_>, _>>()?
        }
        Some(_) => return Err(invalid()),
    };
    all.extend(call.caller.user.map(|user| call.tenant().user(user).object_id()));
    all.sort();
    all.dedup();
    Ok(all)
}

/// `POST …/owners/$ref`.
fn add(call: &mut Call<'_>) -> GraphOutcome {
    let of = owned_by_path(call)?;
    let body = call.request.object()?;
    check(&body, &[])?;
    let id = owner(call, body.get("@odata.id").unwrap_or(&Value::Null))?;
    if owners(call, of).contains(&id) {
        return Err(GraphError::bad_request(
            "One or more added object references already exist for the following modified properties: 'owners'.",
        ));
    }
    if owners(call, of).len() >= OWNERS_MAX {
        return Err(GraphError::bad_request(
            "The number of owners of the object exceeds the limit.",
        ));
    }
    change(call, of, |owners| owners.push(id))?;
    Ok(GraphReply::done())
}

/// Gives a group that was made a moment ago an owner.
///
/// # Errors
/// The refusal.
pub fn own(call: &mut Call<'_>, group: GroupKey, owner: ObjectId) -> Result<(), GraphError> {
    let id = call.tenant().group(group).object_id();
    let reference = format!("https://graph.microsoft.com/v1.0/directoryObjects/{owner}");
    let body = Map::from_iter([("@odata.id".to_owned(), Value::from(reference))]);
    let rest = call.request.beside(Method::POST, &format!("groups/{id}/owners/$ref"), body);
    call.rest(&rest, |call| {
        let surface = call.backend.entra_mut().surface_mut();
        surface.change_group_owners(group, |owners| owners.push(owner));
    })
}

/// `DELETE …/owners/{id}/$ref`. The last owner of a group that is a user stays [g:group-del-owner].
fn remove(call: &mut Call<'_>) -> GraphOutcome {
    let of = owned_by_path(call)?;
    let id = call.segment(3);
    let object = ObjectId::parse(&id.to_ascii_lowercase());
    let object = object.filter(|object| owners(call, of).contains(object));
    let object = object.ok_or_else(|| GraphError::not_found(id))?;
    if matches!(of, Owned::Group(_)) && owners(call, of).len() == 1 {
        return Err(GraphError::bad_request(
            "The group must have at least one owner, hence this owner cannot be removed.",
        ));
    }
    change(call, of, |owners| owners.retain(|other| *other != object))?;
    Ok(GraphReply::done())
}

fn change(
    call: &mut Call<'_>,
    of: Owned,
    change: impl Fn(&mut Vec<ObjectId>),
) -> Result<(), GraphError> {
    let done = call.whole(|call| {
        change_owners(call, of, &change);
        Ok(GraphReply::done())
    });
    done.map(drop)
}

fn change_owners(call: &mut Call<'_>, of: Owned, change: &dyn Fn(&mut Vec<ObjectId>)) {
    match of {
        Owned::App(key, side) => {
            let registry = call.backend.entra_mut().tenant_mut().registry_mut();
            change(&mut registry.change(key, side, &["owners"]).side_mut(side).owners);
            note_change(call, key, side, "owners");
        }
        Owned::Group(group) => {
            call.backend.entra_mut().surface_mut().change_group_owners(group, change);
        }
    }
}

/// `GET /users/{id}/ownedObjects`.
fn owned(call: &mut Call<'_>) -> GraphOutcome {
    let user = users::find(call.tenant(), call.segment(1))?;
    let id = call.tenant().user(user).object_id();
    let mut all = Vec::new();
    for (key, row) in call.tenant().registry().rows() {
        for (side, kind) in
            [(AppSide::Registration, "application"), (AppSide::Principal, "servicePrincipal")]
        {
            let owns = row.side(side).is_some_and(|object| object.owners.contains(&id));
            if owns && row.has(side) {
                let mut one = show(call, key, side);
                one["@odata.type"] = format!("#microsoft.graph.{kind}").into();
                all.push(one);
            }
        }
    }
    let (tenant, begun) = (call.tenant(), call.backend.start());
    for group in call.entra().surface().groups_owned_by(id) {
        if !tenant.group(group).deleted() {
            let row = Object::Group(GroupRow { tenant, group, begun });
            all.push(json!(mixed(&row, &call.request.options.select)));
        }
    }
    MIXED.values(call.request, &all)
}
