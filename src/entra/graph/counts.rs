//! `$count` at the end of a collection's path: how many of its objects a query means, as text.

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::request::GraphRequest;
use super::routes;

/// The endpoints: each counts what the collection before it lists.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("/users/$count", Area::Users),
    row("/users/{}/directReports/$count", Area::Users),
    row("/users/{}/memberOf/$count", Area::Users),
    row("/users/{}/memberOf/group/$count", Area::Users),
    row("/users/{}/transitiveMemberOf/$count", Area::Users),
    row("/users/{}/transitiveMemberOf/group/$count", Area::Users),
    row("/users/{}/ownedObjects/$count", Area::Users),
    row("/users/{}/appRoleAssignments/$count", Area::Assignments),
    row("/groups/$count", Area::Groups),
    row("/groups/{}/members/$count", Area::Groups),
    row("/groups/{}/members/user/$count", Area::Groups),
    row("/groups/{}/members/group/$count", Area::Groups),
    row("/groups/{}/transitiveMembers/$count", Area::Groups),
    row("/groups/{}/transitiveMembers/user/$count", Area::Groups),
    row("/groups/{}/transitiveMembers/group/$count", Area::Groups),
    row("/groups/{}/memberOf/$count", Area::Groups),
    row("/groups/{}/memberOf/group/$count", Area::Groups),
    row("/groups/{}/transitiveMemberOf/$count", Area::Groups),
    row("/groups/{}/transitiveMemberOf/group/$count", Area::Groups),
    row("/groups/{}/owners/$count", Area::Groups),
    row("/groups/{}/appRoleAssignments/$count", Area::Assignments),
    row("/applications/$count", Area::Applications),
    row("/applications/{}/owners/$count", Area::Applications),
    row("/servicePrincipals/$count", Area::Applications),
    row("/servicePrincipals/{}/owners/$count", Area::Applications),
    row("/servicePrincipals/{}/appRoleAssignedTo/$count", Area::Assignments),
    row("/directory/deletedItems/user/$count", Area::Users),
    row("/directory/deletedItems/group/$count", Area::Groups),
    row("/directory/deletedItems/application/$count", Area::Applications),
    row("/directory/deletedItems/servicePrincipal/$count", Area::Applications),
];

const fn row(path: &'static str, area: Area) -> GraphEndpoint {
    GraphEndpoint { method: "GET", path, area, lacks: "", handle: count }
}

fn count(call: &mut Call<'_>) -> GraphOutcome {
    if !call.request.is_eventual() {
        return Err(GraphError::bad_request("$count is not currently supported."));
    }
    let mut request =
        GraphRequest { path: call.request.path.without_last(), ..call.request.clone() };
    (request.options.count, request.options.counts_alone) = (true, true);
    let listed = routes::find(&request)?;
    (listed.handle)(&mut Call { request: &request, caller: call.caller, backend: call.backend })
}
