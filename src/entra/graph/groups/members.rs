//! The members of groups, and the groups one is a member of.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{GroupRow, find, shown};
use crate::base::{Kind, Node};
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::{Listing, names_of};
use crate::entra::graph::property::{Property, Resource, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{Shape, check};
use crate::entra::graph::users::{self, UserRow};
use crate::entra::tenant::{GroupKey, Lifecycle, Tenant, UserKey};

/// A collection of directory objects of several types.
const MIXED: Listing = Listing::directory("directoryObjects", &[], &[]);

/// How many members one request may add [g:group-post-members].
const MEMBERS_AT_ONCE: usize = 20;

/// How many objects `$expand` shows [graph-expand].
const EXPANDED: usize = 20;

/// A user or a group among others.
#[derive(Clone, Copy)]
pub enum Object<'t> {
    /// A user.
    User(UserRow<'t>),
    /// A group.
    Group(GroupRow<'t>),
}

impl Resource for Object<'_> {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        match self {
            Object::User(row) => row.property(name),
            Object::Group(row) => row.property(name),
        }
    }
}

/// An object of a mixed collection: with its type, and the usual properties of its kind.
pub fn mixed<'r>(object: &'r Object<'_>, select: &[String]) -> ShownObject<'r> {
    match object {
        Object::User(row) => users::shown(row, &names_of(select, &users::DEFAULT)).typed("user"),
        Object::Group(row) => {
            shown(row, &names_of(select, super::properties::DEFAULT)).typed("group")
        }
    }
}

/// The direct members of a group: users in the order of joining, then groups.
fn direct<'c>(call: &'c Call<'_>, group: GroupKey) -> Vec<Object<'c>> {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    let users = tenant.members(group).map(|user| Object::User(UserRow { tenant, user, begun }));
    let nested = tenant.group(group).nested().iter().copied();
    let groups = nested.filter(|inner| !tenant.group(*inner).deleted());
    let groups = groups.map(|group| Object::Group(GroupRow { tenant, group, begun }));
    users.chain(groups).collect()
}

fn page(call: &Call<'_>, objects: &[Object<'_>]) -> GraphOutcome {
    let from = |start: u64| (1..).zip(objects.iter().copied()).skip(start as usize);
    let select = &call.request.options.select;
    MIXED.page(call.request, from, |object: &Object<'_>| mixed(object, select))
}

/// `GET /groups/{id}/members`, of all types or of one.
pub fn list(call: &mut Call<'_>) -> GraphOutcome {
    let group = find(call.tenant(), call.segment(1))?;
    page(call, &cast(call, direct(call, group)))
}

/// Keeps the objects of the type that the path ends with: `graph.user`, `graph.group`.
fn cast<'o>(call: &Call<'_>, mut objects: Vec<Object<'o>>) -> Vec<Object<'o>> {
    let last = call.request.path.lower().last().map(String::as_str);
    objects.retain(|object| match object {
        Object::User(_) => last != Some("group"),
        Object::Group(_) => last != Some("user"),
    });
    objects
}

/// `GET /groups/{id}/transitiveMembers`: each object once.
pub fn list_transitive(call: &mut Call<'_>) -> GraphOutcome {
    let first = find(call.tenant(), call.segment(1))?;
    let (mut users, mut groups) = (BTreeSet::new(), BTreeSet::from([first]));
    let (mut open, mut found) = (vec![first], Vec::new());
    while let Some(group) = open.pop() {
        for member in direct(call, group) {
            let new = match member {
                Object::User(row) => users.insert(row.user),
                Object::Group(row) => groups.insert(row.group),
            };
            if let (Object::Group(row), true) = (member, new) {
                open.push(row.group);
            }
            found.extend(new.then_some(member));
        }
    }
    page(call, &cast(call, found))
}

/// The members that `$expand` shows with their group.
pub fn expanded<'r>(call: &Call<'_>, row: &GroupRow<'_>, names: &[&str]) -> Property<'r> {
    let members = direct(call, row.group);
    let one = |member: &Object<'_>| {
        let shown = match member {
            Object::User(row) => users::shown(row, names).typed("user"),
            Object::Group(row) => shown(row, names).typed("group"),
        };
        serde_json::to_value(&shown).unwrap_or_default()
    };
    Property::json(members.iter().take(EXPANDED).map(one).collect())
}

/// `POST /groups/{id}/members/$ref`.
pub fn add(call: &mut Call<'_>) -> GraphOutcome {
    let group = find(call.tenant(), call.segment(1))?;
    let body = call.request.object()?;
    check(&body, &[])?;
    let reference = body.get("@odata.id").cloned().unwrap_or_default();
    let users = joining(call.tenant(), group, &Value::Array(vec![reference]))?;
    let handle = call.tenant().group(group).handle().to_string();
    add_all(call, &handle, users)?;
    Ok(GraphReply::done())
}

/// The users of references that are to join a group; all of them can.
///
/// # Errors
/// One of them cannot join.
pub fn joining(
    tenant: &Tenant,
    group: GroupKey,
    references: &Value,
) -> Result<Vec<UserKey>, GraphError> {
    let users = referenced(tenant, references)?;
    let joined = |member: &Reference| match member {
        Reference::User(user) => Ok(*user),
        Reference::Group(_) => Err(GraphError::bad_request(
            "Unsupported operation: this tenant nests a group only when the outer one is created.",
        )),
    };
    let users = users.iter().map(joined).collect::<Result<Vec<_>, _>>()?;
    if users.iter().any(|user| tenant.is_member(group, *user)) {
        return Err(GraphError::bad_request(
            "One or more added object references already exist for the following modified properties: 'members'.",
        ));
    }
    if tenant.group(group).rule().is_some() {
        return Err(GraphError::bad_request(
            "Cannot add members to or remove members from a group with dynamic membership.",
        ));
    }
    Ok(users)
}

/// Lets users join a group.
///
/// # Errors
/// The refusal.
pub fn add_all(call: &mut Call<'_>, group: &str, users: Vec<UserKey>) -> Result<(), GraphError> {
    if users.is_empty() {
        return Ok(());
    }
    let names = users.iter().map(|user| Node::text(&**call.tenant().user(*user).handle()));
    let names = Node::bare(Kind::List(names.collect()));
    let whom = Node::table([("group", Node::text(group)), ("user", names)]);
    call.act("add_member", whom)
}

/// An object that a reference leads to.
enum Reference {
    User(UserKey),
    Group(GroupKey),
}

fn referenced(tenant: &Tenant, references: &Value) -> Result<Vec<Reference>, GraphError> {
    let all = references.as_array().map(Vec::as_slice).unwrap_or_default();
    if all.len() > MEMBERS_AT_ONCE {
        return Err(GraphError::bad_request(format!(
            "The limit of {MEMBERS_AT_ONCE} members in one request was exceeded."
        )));
    }
    let one = |reference: &Value| {
        let id = users::referenced(reference)?;
        let user = users::find(tenant, &id).map(Reference::User);
        user.or_else(|_| find(tenant, &id).map(Reference::Group))
    };
    all.iter().map(one).collect()
}

/// The users and the groups of references, by the names that scenarios use.
///
/// # Errors
/// A reference leads nowhere.
pub fn bound(
    tenant: &Tenant,
    references: &Value,
) -> Result<(Vec<String>, Vec<String>), GraphError> {
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for reference in referenced(tenant, references)? {
        match reference {
            Reference::User(user) => users.push(tenant.user(user).handle().to_string()),
            Reference::Group(group) => groups.push(tenant.group(group).handle().to_string()),
        }
    }
    Ok((users, groups))
}

/// `DELETE /groups/{id}/members/{id}/$ref`.
pub fn remove(call: &mut Call<'_>) -> GraphOutcome {
    let group = find(call.tenant(), call.segment(1))?;
    let user = users::find(call.tenant(), call.segment(3))?;
    if !call.tenant().is_member(group, user) {
        return Err(GraphError::not_found(call.segment(3)));
    }
    let tenant = call.tenant();
    let whom = Node::table([
        ("group", Node::text(&**tenant.group(group).handle())),
        ("user", Node::text(&**tenant.user(user).handle())),
    ]);
    call.act("remove_member", whom)?;
    Ok(GraphReply::done())
}

/// `DELETE /groups/{id}/members/{id}` without `/$ref`, which in the real service may delete the
/// user.
pub fn refuse_delete(_: &mut Call<'_>) -> GraphOutcome {
    Err(GraphError::bad_request(
        "Deleting a member needs '/$ref' at the end of the path; without it the object itself is addressed.",
    ))
}

/// `GET /users/{id}/memberOf`.
pub fn user_member_of(call: &mut Call<'_>) -> GraphOutcome {
    let user = users::find(call.tenant(), call.segment(1))?;
    let groups = call.tenant().user(user).groups().to_vec();
    page_of_groups(call, groups)
}

/// `GET /users/{id}/transitiveMemberOf`.
pub fn user_transitive_member_of(call: &mut Call<'_>) -> GraphOutcome {
    let user = users::find(call.tenant(), call.segment(1))?;
    page_of_groups(call, transitive(call.tenant(), user))
}

/// The groups of a user, and those that have them as members.
fn transitive(tenant: &Tenant, user: UserKey) -> Vec<GroupKey> {
    with_outer(tenant, tenant.user(user).groups().to_vec())
}

/// Groups, and those that have them as members, each once.
fn with_outer(tenant: &Tenant, mut found: Vec<GroupKey>) -> Vec<GroupKey> {
    let mut next = 0;
    while let Some(inner) = found.get(next).copied() {
        next += 1;
        for outer in outer(tenant, inner) {
            if !found.contains(&outer) {
                found.push(outer);
            }
        }
    }
    found.retain(|group| !tenant.group(*group).deleted());
    found
}

/// `POST /users/{id}/checkMemberGroups`: those of the ids whose member the user is.
pub fn check_member_groups(call: &mut Call<'_>) -> GraphOutcome {
    let user = users::find(call.tenant(), call.segment(1))?;
    let body = call.request.object()?;
    check(&body, &[("groupIds", Shape::Guids)])?;
    let asked = body.get("groupIds").and_then(Value::as_array);
    let asked = asked.ok_or_else(|| GraphError::required("groupIds", "checkMemberGroups"))?;
    let mut held = ids(call.tenant(), user);
    held.retain(|id| {
        asked.iter().any(|one| one.as_str().is_some_and(|one| one.eq_ignore_ascii_case(id)))
    });
    texts(call, held)
}

/// `POST /users/{id}/getMemberGroups`, and `getMemberObjects`, which has nothing else here.
pub fn get_member_groups(call: &mut Call<'_>) -> GraphOutcome {
    let user = users::find(call.tenant(), call.segment(1))?;
    let body = call.request.object()?;
    check(&body, &[("securityEnabledOnly", Shape::Bool)])?;
    let secure = body.get("securityEnabledOnly").and_then(Value::as_bool);
    let tenant = call.tenant();
    let mut groups = transitive(tenant, user);
    groups.retain(|group| secure != Some(true) || tenant.group(*group).security_enabled());
    texts(call, groups.iter().map(|group| tenant.group(*group).object_id().to_string()).collect())
}

fn ids(tenant: &Tenant, user: UserKey) -> Vec<String> {
    let groups = transitive(tenant, user).into_iter();
    groups.map(|group| tenant.group(group).object_id().to_string()).collect()
}

/// A collection of texts.
fn texts(call: &Call<'_>, texts: Vec<String>) -> GraphOutcome {
    let shown = ShownObject::default()
        .and("@odata.context", Property::owned(call.request.context("Collection(Edm.String)")))
        .and("value", Property::Texts(texts.into_iter().map(Into::into).collect()));
    Ok(GraphReply::ok(&shown))
}

/// `GET /groups/{id}/memberOf`.
pub fn group_member_of(call: &mut Call<'_>) -> GraphOutcome {
    let group = find(call.tenant(), call.segment(1))?;
    page_of_groups(call, outer(call.tenant(), group))
}

/// `GET /groups/{id}/transitiveMemberOf`.
pub fn group_transitive_member_of(call: &mut Call<'_>) -> GraphOutcome {
    let group = find(call.tenant(), call.segment(1))?;
    let outer = outer(call.tenant(), group);
    page_of_groups(call, with_outer(call.tenant(), outer))
}

/// The groups of which a group is a member. No index leads there.
fn outer(tenant: &Tenant, inner: GroupKey) -> Vec<GroupKey> {
    let groups = tenant.groups().filter(|(_, group)| group.nested().contains(&inner));
    groups.map(|(group, _)| group).collect()
}

fn page_of_groups(call: &Call<'_>, mut groups: Vec<GroupKey>) -> GraphOutcome {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    groups.retain(|group| tenant.group(*group).lifecycle() == Lifecycle::Active);
    let object = |group: &GroupKey| Object::Group(GroupRow { tenant, group: *group, begun });
    page(call, &groups.iter().map(object).collect::<Vec<_>>())
}
