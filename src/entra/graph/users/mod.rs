//! `/users`: who is in the directory.

mod properties;
mod relations;
mod write;

pub use properties::{DEFAULT, KNOWN, UserRow, security_identifier};
pub use relations::referenced;

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::list::Listing;
use super::property::ShownObject;
use super::reply::GraphReply;
use super::request::GraphRequest;
use crate::entra::tenant::{Lifecycle, ObjectId, Tenant, UserKey};

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Users, lacks: "", handle }
}

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/users", list),
    GraphEndpoint {
        lacks: "properties that the tenant does not keep (passwords, licences, other mails) are taken and read back empty",
        ..row("POST", "/users", write::create)
    },
    row("GET", "/users/{}", get),
    GraphEndpoint {
        lacks: "properties that the tenant does not keep are taken and change nothing",
        ..row("PATCH", "/users/{}", write::update)
    },
    row("DELETE", "/users/{}", write::delete),
    GraphEndpoint {
        area: Area::OwnProfile,
        lacks: "it needs a token of a user who is signed in",
        ..row("GET", "/me", me)
    },
    row("GET", "/users/{}/manager", relations::manager),
    row("PUT", "/users/{}/manager/$ref", relations::set_manager),
    row("DELETE", "/users/{}/manager/$ref", relations::remove_manager),
    row("GET", "/users/{}/directReports", relations::direct_reports),
    GraphEndpoint {
        lacks: "access tokens that were given out stay good until they expire",
        ..row("POST", "/users/{}/revokeSignInSessions", write::revoke_sessions)
    },
    GraphEndpoint {
        lacks: "it needs a token of a user who is signed in; access tokens that were given out stay good until they expire",
        ..row("POST", "/me/revokeSignInSessions", write::revoke_own_sessions)
    },
];

/// The list of users.
pub const LISTING: Listing = Listing::directory("users", &KNOWN, &DEFAULT);

/// The user that a path names by object id or sign-in name, in the directory and not in the recycle
/// bin.
///
/// # Errors
/// There is none.
pub fn find(tenant: &Tenant, name: &str) -> Result<UserKey, GraphError> {
    let by_id = ObjectId::parse(&name.to_ascii_lowercase()).and_then(|id| tenant.find_user_id(id));
    by_id
        .or_else(|| tenant.find_upn(name))
        .filter(|user| tenant.user(*user).lifecycle() == Lifecycle::Active)
        .ok_or_else(|| GraphError::not_found(name))
}

/// The users in the directory from a position on; a filter that names them is answered by an index.
pub fn rows<'c>(
    call: &'c Call<'_>,
) -> impl Fn(u64) -> Box<dyn Iterator<Item = (u64, UserRow<'c>)> + 'c> + 'c {
    let tenant = call.tenant();
    let begun = call.backend.start();
    let named = named(call.request, tenant);
    move |start| {
        let row = move |user: UserKey| {
            let there = tenant.user(user).lifecycle() == Lifecycle::Active;
            there.then_some((u64::from(user.0) + 1, UserRow { tenant, user, begun }))
        };
        match &named {
            Some(users) => {
                let users: Vec<UserKey> =
                    users.iter().copied().filter(|user| u64::from(user.0) >= start).collect();
                Box::new(users.into_iter().filter_map(row))
            }
            None => {
                let all = (start..tenant.user_count() as u64).map(|at| UserKey(at as u32));
                Box::new(all.filter_map(row))
            }
        }
    }
}

/// The users that a filter names by what is unique, in the order of the table.
fn named(request: &GraphRequest, tenant: &Tenant) -> Option<Vec<UserKey>> {
    let filter = request.options.filter.as_ref()?;
    let by_id = filter.values_of("id").map(|ids| {
        let find = |id: &str| tenant.find_user_id(ObjectId::parse(&id.to_ascii_lowercase())?);
        ids.into_iter().filter_map(find).collect::<Vec<_>>()
    });
    let mut users = by_id.or_else(|| {
        let names = filter.values_of("userPrincipalName")?;
        Some(names.into_iter().filter_map(|name| tenant.find_upn(name)).collect())
    })?;
    users.sort_unstable();
    users.dedup();
    Some(users)
}

fn list(call: &mut Call<'_>) -> GraphOutcome {
    let names = LISTING.names(call.request);
    let expand = relations::expansion(call)?;
    LISTING.page(call.request, rows(call), |row: &UserRow<'_>| {
        let shown = shown(row, &names);
        match &expand {
            Some(expand) => expand.add_to(shown, row),
            None => shown,
        }
    })
}

/// The named properties of a user, independent of how long the names live.
pub fn shown<'r>(row: &'r UserRow<'_>, names: &[&str]) -> ShownObject<'r> {
    use super::property::Resource;
    let read = |name: &&str| Some(((*name).to_owned().into(), row.property(name)?));
    ShownObject(names.iter().filter_map(read).collect())
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let user = find(call.tenant(), call.segment(1))?;
    let row = UserRow { tenant: call.tenant(), user, begun: call.backend.start() };
    let names = LISTING.names(call.request);
    let mut one = shown(&row, &names);
    if let Some(expand) = relations::expansion(call)? {
        one = expand.add_to(one, &row);
    }
    let context = call.request.context("users/$entity");
    Ok(GraphReply::ok(&one.first("@odata.context", super::property::Property::owned(context))))
}

/// The user in whose name a client asks.
fn own(call: &Call<'_>) -> Result<UserKey, GraphError> {
    call.caller.user.ok_or_else(|| {
        GraphError::malformed("/me request is only valid with delegated authentication flow.")
    })
}

/// `GET /me`: the user who is signed in.
fn me(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let user = own(call)?;
    let row = UserRow { tenant: call.tenant(), user, begun: call.backend.start() };
    let names = LISTING.names(call.request);
    let context = call.request.context("users/$entity");
    let one = shown(&row, &names);
    Ok(GraphReply::ok(&one.first("@odata.context", super::property::Property::owned(context))))
}
