//! `/groups`: the groups of the directory.

mod members;
mod properties;
mod write;

pub use members::{Object, mixed};
pub use properties::{DEFAULT, GroupRow, KNOWN};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::list::{Listing, names_of};
use super::property::{Property, Resource, ShownObject};
use super::reply::GraphReply;
use crate::entra::tenant::{GroupKey, ObjectId, Tenant};

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Groups, lacks: "", handle }
}

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/groups", list),
    row("POST", "/groups", write::create),
    row("GET", "/groups/{}", get),
    GraphEndpoint {
        lacks: "a group stays what it is: securityEnabled, mailEnabled and Unified cannot change; members cannot be groups",
        ..row("PATCH", "/groups/{}", write::update)
    },
    row("DELETE", "/groups/{}", write::delete),
    row("GET", "/groups/{}/members", members::list),
    row("GET", "/groups/{}/members/user", members::list),
    row("GET", "/groups/{}/members/group", members::list),
    row("GET", "/groups/{}/transitiveMembers", members::list_transitive),
    row("GET", "/groups/{}/transitiveMembers/user", members::list_transitive),
    row("GET", "/groups/{}/transitiveMembers/group", members::list_transitive),
    GraphEndpoint {
        lacks: "a group as a member is refused: the tenant nests groups only when one is created",
        ..row("POST", "/groups/{}/members/$ref", members::add)
    },
    row("DELETE", "/groups/{}/members/{}/$ref", members::remove),
    row("DELETE", "/groups/{}/members/{}", members::refuse_delete),
    row("GET", "/groups/{}/memberOf", members::group_member_of),
    row("GET", "/groups/{}/memberOf/group", members::group_member_of),
    row("GET", "/groups/{}/transitiveMemberOf", members::group_transitive_member_of),
    row("GET", "/groups/{}/transitiveMemberOf/group", members::group_transitive_member_of),
    GraphEndpoint {
        area: Area::Users,
        ..row("GET", "/users/{}/memberOf", members::user_member_of)
    },
    GraphEndpoint {
        area: Area::Users,
        ..row("GET", "/users/{}/memberOf/group", members::user_member_of)
    },
    GraphEndpoint {
        area: Area::Users,
        ..row("GET", "/users/{}/transitiveMemberOf", members::user_transitive_member_of)
    },
    GraphEndpoint {
        area: Area::Users,
        ..row("GET", "/users/{}/transitiveMemberOf/group", members::user_transitive_member_of)
    },
    GraphEndpoint {
        area: Area::Users,
        ..row("POST", "/users/{}/checkMemberGroups", members::check_member_groups)
    },
    GraphEndpoint {
        area: Area::Users,
        ..row("POST", "/users/{}/getMemberGroups", members::get_member_groups)
    },
    GraphEndpoint {
        area: Area::Users,
        ..row("POST", "/users/{}/getMemberObjects", members::get_member_groups)
    },
];

/// The list of groups.
pub const LISTING: Listing = Listing::directory("groups", &KNOWN, properties::DEFAULT);

/// The group that a path names, in the directory and not in the recycle bin.
///
/// # Errors
/// There is none.
pub fn find(tenant: &Tenant, id: &str) -> Result<GroupKey, GraphError> {
    let found = ObjectId::parse(&id.to_ascii_lowercase()).and_then(|id| tenant.find_group_id(id));
    found.filter(|group| !tenant.group(*group).deleted()).ok_or_else(|| GraphError::not_found(id))
}

/// The groups in the directory from a position on.
pub fn rows<'c>(
    call: &'c Call<'_>,
) -> impl Fn(u64) -> Box<dyn Iterator<Item = (u64, GroupRow<'c>)> + 'c> + 'c {
    let (tenant, begun) = (call.tenant(), call.backend.start());
    move |start| {
        let all = (start..tenant.group_count() as u64).map(|at| GroupKey(at as u32));
        let there = all.filter(|group| !tenant.group(*group).deleted());
        Box::new(
            there.map(move |group| (u64::from(group.0) + 1, GroupRow { tenant, group, begun })),
        )
    }
}

/// The named properties of a group.
pub fn shown<'r>(row: &'r GroupRow<'_>, names: &[&str]) -> ShownObject<'r> {
    let read = |name: &&str| Some(((*name).to_owned().into(), row.property(name)?));
    ShownObject(names.iter().filter_map(read).collect())
}

fn list(call: &mut Call<'_>) -> GraphOutcome {
    let names = LISTING.names(call.request);
    let expand = expansion(call)?;
    let call = &*call;
    LISTING.page(call.request, rows(call), |row: &GroupRow<'_>| {
        let one = shown(row, &names);
        match &expand {
            Some(names) => one.and("members", members::expanded(call, row, names)),
            None => one,
        }
    })
}

/// Reads `$expand`, of which groups know `members`.
fn expansion<'c>(call: &'c Call<'_>) -> Result<Option<Vec<&'c str>>, GraphError> {
    match &call.request.options.expand {
        None => Ok(None),
        Some(expand) if expand.name == "members" => {
            Ok(Some(names_of(&expand.select, &super::users::DEFAULT)))
        }
        Some(expand) => Err(GraphError::malformed(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{}'.",
            expand.name
        ))),
    }
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let group = find(call.tenant(), call.segment(1))?;
    let row = GroupRow { tenant: call.tenant(), group, begun: call.backend.start() };
    let names = LISTING.names(call.request);
    let mut one = shown(&row, &names);
    if let Some(names) = expansion(call)? {
        one = one.and("members", members::expanded(call, &row, &names));
    }
    let context = call.request.context("groups/$entity");
    Ok(GraphReply::ok(&one.first("@odata.context", Property::owned(context))))
}
