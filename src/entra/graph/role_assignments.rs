//! App role assignments: who is assigned to an application, seen from the application and from the
//! user or group.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::list::{Listing, picked};
use super::property::{Property, ShownObject};
use super::registered::names;
use super::registered::roles::of as roles;
use super::registered::service_principals::{find, present};
use super::reply::GraphReply;
use super::shape::{PropertyShapes, Shape, check};
use super::{groups, users};
use crate::base::Node;
use crate::base::seed::show_guid;
use crate::entra::tenant::{AppId, GroupKey, Lifecycle, ObjectId, Role, UserKey};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/servicePrincipals/{}/appRoleAssignedTo", list_of_app),
    GraphEndpoint {
        lacks: "a principal has one role of an application at a time; service principals are not assigned",
        ..row("POST", "/servicePrincipals/{}/appRoleAssignedTo", create_at_app)
    },
    row("GET", "/servicePrincipals/{}/appRoleAssignedTo/{}", get),
    row("DELETE", "/servicePrincipals/{}/appRoleAssignedTo/{}", delete),
    row("GET", "/users/{}/appRoleAssignments", list_of_user),
    row("POST", "/users/{}/appRoleAssignments", create_at_user),
    row("GET", "/users/{}/appRoleAssignments/{}", get),
    row("DELETE", "/users/{}/appRoleAssignments/{}", delete),
    row("GET", "/groups/{}/appRoleAssignments", list_of_group),
    row("POST", "/groups/{}/appRoleAssignments", create_at_group),
    row("GET", "/groups/{}/appRoleAssignments/{}", get),
    row("DELETE", "/groups/{}/appRoleAssignments/{}", delete),
];

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Assignments, lacks: "", handle }
}

const LISTING: Listing = Listing {
    context: "appRoleAssignments",
    known: &[
        "id",
        "appRoleId",
        "createdDateTime",
        "deletedDateTime",
        "principalDisplayName",
        "principalId",
        "principalType",
        "resourceDisplayName",
        "resourceId",
    ],
    usual: &[],
    directory: true,
    largest: super::options::PAGE_MAX,
    sorts: &["principalDisplayName"],
    fields: &[],
};

/// A user or a group to which roles are assigned.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Principal {
    User(UserKey),
    Group(GroupKey),
}

/// Finds a user or a group that can be assigned.
fn principal(call: &Call<'_>, id: &str) -> Result<Principal, GraphError> {
    users::find(call.tenant(), id)
        .map(Principal::User)
        .or_else(|_| groups::find(call.tenant(), id).map(Principal::Group))
}

/// The role that an administrator has assigned, if there is one.
fn role_of(call: &Call<'_>, app: AppId, who: Principal) -> Option<Role> {
    match who {
        Principal::User(user) => call.tenant().assigned(app, user),
        Principal::Group(group) => call.tenant().group_assigned(app, group),
    }
}

/// The id of an assignment: that of the principal, and what is drawn for role and application.
fn id_of(call: &Call<'_>, app: AppId, principal: ObjectId, role: &str) -> String {
    let drawn = call.backend.seed().named("assignment", role, u64::from(app.0));
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&principal.0.to_be_bytes());
    bytes[16..].copy_from_slice(&drawn.to_be_bytes());
    Base64UrlUnpadded::encode_string(&bytes)
}

/// The principal within the id of an assignment.
fn principal_in(id: &str) -> Option<ObjectId> {
    let mut bytes = [0; 32];
    let read = Base64UrlUnpadded::decode(id, &mut bytes).ok()?;
    let first: [u8; 16] = read.get(..16)?.try_into().ok()?;
    (read.len() == 32).then(|| ObjectId(u128::from_be_bytes(first)))
}

fn show(call: &Call<'_>, app: AppId, who: Principal, role: Role) -> Value {
    let tenant = call.tenant();
    let (id, name, kind, made) = match who {
        Principal::User(user) => {
            let row = tenant.user(user);
            let name = row.get(crate::entra::tenant::Attribute::DisplayName).unwrap_or_default();
            (row.object_id(), name, "User", tenant.assigned_at(app, user))
        }
        Principal::Group(group) => {
            let row = tenant.group(group);
            (row.object_id(), row.display_name(), "Group", tenant.group_assigned_at(app, group))
        }
    };
    let names = names(call.entra(), call.backend.seed(), app);
    let role = tenant.role_id(app, role);
    json!({
        "id": id_of(call, app, id, &role),
        "deletedDateTime": null,
        "appRoleId": role,
        "createdDateTime": made.unwrap_or(call.backend.start()).rfc3339(),
        "principalDisplayName": name,
        "principalId": id.to_string(),
        "principalType": kind,
        "resourceDisplayName": &*names.application,
        "resourceId": names.service_principal(),
    })
}

fn list_of_app(call: &mut Call<'_>) -> GraphOutcome {
    let app = find(call, call.segment(1))?;
    let call = &*call;
    LISTING.page(call.request, rows(call, app), |row: &Value| ShownObject::members(row))
}

/// The assignments to an application.
pub fn of_app<'c>(call: &'c Call<'_>, app: AppId) -> impl Iterator<Item = Value> + 'c {
    rows(call, app)(0).map(|(_, row)| row)
}

/// The users from a position on, and behind them the groups.
fn rows<'c>(
    call: &'c Call<'_>,
    app: AppId,
) -> impl Fn(u64) -> Box<dyn Iterator<Item = (u64, Value)> + 'c> + 'c {
    let tenant = call.tenant();
    let users = tenant.user_count() as u64;
    let at = move |position: u64| match position.checked_sub(users) {
        None => Principal::User(UserKey(position as u32)),
        Some(group) => Principal::Group(GroupKey(group as u32)),
    };
    let there = move |who: Principal| match who {
        Principal::User(user) => tenant.user(user).lifecycle() == Lifecycle::Active,
        Principal::Group(group) => !tenant.group(group).deleted(),
    };
    move |start| {
        let all = start..users + tenant.group_count() as u64;
        Box::new(all.filter_map(move |position| {
            let who = at(position);
            let role = role_of(call, app, who).filter(|_| there(who))?;
            Some((position + 1, show(call, app, who, role)))
        }))
    }
}

fn list_of_user(call: &mut Call<'_>) -> GraphOutcome {
    let user = users::find(call.tenant(), call.segment(1))?;
    list_of(call, Principal::User(user))
}

fn list_of_group(call: &mut Call<'_>) -> GraphOutcome {
    let group = groups::find(call.tenant(), call.segment(1))?;
    list_of(call, Principal::Group(group))
}

fn list_of(call: &Call<'_>, who: Principal) -> GraphOutcome {
    let apps = present(call.entra());
    let row = |app: AppId| Some(show(call, app, who, role_of(call, app, who)?));
    let all: Vec<Value> = apps.filter_map(row).collect();
    LISTING.values(call.request, &all)
}

fn create_at_app(call: &mut Call<'_>) -> GraphOutcome {
    let app = find(call, call.segment(1))?;
    create(call, Some(app), None)
}

fn create_at_user(call: &mut Call<'_>) -> GraphOutcome {
    let user = users::find(call.tenant(), call.segment(1))?;
    create(call, None, Some(Principal::User(user)))
}

fn create_at_group(call: &mut Call<'_>) -> GraphOutcome {
    let group = groups::find(call.tenant(), call.segment(1))?;
    create(call, None, Some(Principal::Group(group)))
}

const ASSIGNMENT: PropertyShapes =
    &[("appRoleId", Shape::Guid), ("principalId", Shape::Guid), ("resourceId", Shape::Guid)];

/// Assigns the principal of the body to the application of the body; one of the two is that of the
/// path.
fn create(call: &mut Call<'_>, of_path: Option<AppId>, who: Option<Principal>) -> GraphOutcome {
    let body = call.request.object()?;
    check(&body, ASSIGNMENT)?;
    let text = |name: &str| {
        let given = body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        given.ok_or_else(|| GraphError::required(name, "AppRoleAssignment"))
    };
    let (of, resource, role) = (text("principalId")?, text("resourceId")?, text("appRoleId")?);
    let found = principal(call, of)?;
    let app = find(call, resource).map_err(|error| match of_path {
        Some(_) => GraphError::bad_request("Not a valid reference update."),
        None => error,
    })?;
    if of_path.is_some_and(|other| other != app) || who.is_some_and(|other| other != found) {
        return Err(GraphError::bad_request("Not a valid reference update."));
    }
    let role = role.to_ascii_lowercase();
    let known = roles(call.entra(), app).into_iter().find(|(id, _)| *id == role);
    let name = match known {
        Some((_, name)) => name,
        None if role == show_guid(0) => "Default Access".to_owned(),
        None => {
            return Err(GraphError::bad_request(
                "Permission being assigned was not found on application",
            ));
        }
    };
    if role_of(call, app, found).is_some() {
        return Err(GraphError::bad_request(
            "Permission being assigned already exists on the object",
        ));
    }
    let assigned = call.act_on(app, "assign", argument(call, found, Some(&name)));
    assigned.map_err(|error| not_assignable(call, found, of).unwrap_or(error))?;
    let Some(made) = role_of(call, app, found) else {
        return Err(GraphError::bad_request("Not a valid reference update."));
    };
    let one = show(call, app, found, made);
    let own = call.request.own_path();
    let location = call.request.url(&format!("{own}/{}", one["id"].as_str().unwrap_or_default()));
    let context = call.request.context("appRoleAssignments/$entity");
    let shown = ShownObject::members(&one).first("@odata.context", Property::owned(context));
    Ok(GraphReply::created(&shown, location))
}

/// The refusal of a group that is no security group, by the names that a client knows; the words
/// are ours, because no reference has the vendor's.
fn not_assignable(call: &Call<'_>, who: Principal, id: &str) -> Option<GraphError> {
    let Principal::Group(group) = who else { return None };
    let group = call.tenant().group(group);
    let name = group.display_name();
    let refused = || {
        GraphError::bad_request(format!(
            "The group '{name}' with id '{id}' is not security-enabled and cannot be assigned to an application."
        ))
    };
    (!group.security_enabled()).then(refused)
}

/// The argument of `assign` and `unassign`.
fn argument(call: &Call<'_>, who: Principal, role: Option<&str>) -> Node {
    let tenant = call.tenant();
    let whom = match who {
        Principal::User(user) => ("user", Node::text(&**tenant.user(user).handle())),
        Principal::Group(group) => ("group", Node::text(&**tenant.group(group).handle())),
    };
    match (role, whom) {
        (Some(role), whom) => Node::table([whom, ("role", Node::text(role))]),
        (None, ("user", name)) => name,
        (None, whom) => Node::table([whom]),
    }
}

/// The assignment that a path names: to which application, whose, and with which role.
fn named(call: &Call<'_>) -> Result<(AppId, Principal, Role), GraphError> {
    let id = call.segment(3);
    let missing = || GraphError::not_found(id);
    let of = principal_in(id).ok_or_else(missing)?;
    let who = principal(call, &of.to_string()).map_err(|_| missing())?;
    let found = present(call.entra()).find_map(|app| {
        let role = role_of(call, app, who)?;
        let is = id_of(call, app, of, &call.tenant().role_id(app, role)) == id;
        is.then_some((app, role))
    });
    let (app, role) = found.ok_or_else(missing)?;
    Ok((app, who, role))
}

/// One assignment; the path names the application, the user or the group too.
fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let (app, who, role) = named(call)?;
    let owner = call.segment(1);
    let of_path = match call.request.path.lower().first().map(String::as_str) {
        Some("serviceprincipals") => find(call, owner)? == app,
        _ => principal(call, owner)? == who,
    };
    if !of_path {
        return Err(GraphError::not_found(call.segment(3)));
    }
    let one = show(call, app, who, role);
    let context = call.request.context("appRoleAssignments/$entity");
    let shown = picked(&one, &call.request.options.select);
    Ok(GraphReply::ok(&shown.first("@odata.context", Property::owned(context))))
}

/// Removes an assignment; the path names the application, the user or the group too.
fn delete(call: &mut Call<'_>) -> GraphOutcome {
    let (app, who, _) = named(call)?;
    call.act_on(app, "unassign", argument(call, who, None))?;
    Ok(GraphReply::done())
}
