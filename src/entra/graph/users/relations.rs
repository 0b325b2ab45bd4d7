//! The manager of a user, and the users whose manager one is.

use serde_json::Value;

use super::{LISTING, UserRow, find, shown};
use crate::base::Node;
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::names_of;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::check;
use crate::entra::tenant::{Lifecycle, Tenant, UserKey};

/// The user's manager who is in the directory.
fn manager_of(call: &Call<'_>, user: UserKey) -> Option<UserKey> {
    let tenant = call.tenant();
    let there = |manager: &UserKey| tenant.user(*manager).lifecycle() == Lifecycle::Active;
    tenant.manager(user).filter(there)
}

/// `GET /users/{id}/manager`.
pub fn manager(call: &mut Call<'_>) -> GraphOutcome {
    let user = find(call.tenant(), call.segment(1))?;
    let Some(manager) = manager_of(call, user) else {
        return Err(GraphError::not_found("manager"));
    };
    let row = UserRow { tenant: call.tenant(), user: manager, begun: call.backend.start() };
    let names = LISTING.names(call.request);
    let context = call.request.context("directoryObjects/$entity");
    let one = shown(&row, &names).typed("user");
    Ok(GraphReply::ok(&one.first("@odata.context", Property::owned(context))))
}

/// The object id in a reference: the last segment of `@odata.id`, whatever the host.
///
/// # Errors
/// The body has no reference.
pub fn referenced(reference: &Value) -> Result<String, GraphError> {
    let invalid = || GraphError::bad_request("Invalid URL specified for reference property.");
    let text = reference.as_str().ok_or_else(invalid)?;
    let last = text.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let id = last.rsplit_once('(').map_or(last, |(_, key)| key.trim_end_matches(')'));
    let id = id.trim_matches('\'');
    if id.is_empty() { Err(invalid()) } else { Ok(id.to_owned()) }
}

/// `PUT /users/{id}/manager/$ref`.
pub fn set_manager(call: &mut Call<'_>) -> GraphOutcome {
    let user = find(call.tenant(), call.segment(1))?;
    let body = call.request.object()?;
    check(&body, &[])?;
    let id = referenced(body.get("@odata.id").unwrap_or(&Value::Null))?;
    match new_manager(call.tenant(), user, &id)? {
        Some(name) => change(call, user, &name),
        None => Ok(GraphReply::done()),
    }
}

/// The name of the user with this id as the manager-to-be of another; `None` when that is so
/// already.
///
/// # Errors
/// There is no such user, or it is the same one.
pub fn new_manager(tenant: &Tenant, user: UserKey, id: &str) -> Result<Option<String>, GraphError> {
    let manager = find(tenant, id)?;
    if manager == user {
        return Err(GraphError::bad_request("A user cannot be their own manager."));
    }
    let new = tenant.manager(user) != Some(manager);
    Ok(new.then(|| tenant.user(manager).handle().to_string()))
}

/// `DELETE /users/{id}/manager/$ref`.
pub fn remove_manager(call: &mut Call<'_>) -> GraphOutcome {
    let user = find(call.tenant(), call.segment(1))?;
    if call.tenant().manager(user).is_none() {
        return Err(GraphError::not_found("manager"));
    }
    change(call, user, "")
}

fn change(call: &mut Call<'_>, user: UserKey, manager: &str) -> GraphOutcome {
    let handle = call.tenant().user(user).handle().to_string();
    let changes = Node::table([("manager", Node::text(manager))]);
    call.act("update", Node::table([(handle, changes)]))?;
    Ok(GraphReply::done())
}

/// `GET /users/{id}/directReports`. No index leads there, so it costs a look at each user.
pub fn direct_reports(call: &mut Call<'_>) -> GraphOutcome {
    let manager = find(call.tenant(), call.segment(1))?;
    let tenant = call.tenant();
    let all = super::rows(call);
    let from = |start| all(start).filter(|(_, row)| tenant.manager(row.user) == Some(manager));
    let names = LISTING.names(call.request);
    let listing = crate::entra::graph::list::Listing { context: "directoryObjects", ..LISTING };
    listing.page(call.request, from, |row: &UserRow<'_>| shown(row, &names).typed("user"))
}

/// The relationship that is to be shown with each user: the manager alone is known.
pub struct Expansion<'c> {
    names: Vec<&'c str>,
}

/// Reads `$expand`.
///
/// # Errors
/// Another relationship than the manager.
pub fn expansion<'c>(call: &'c Call<'_>) -> Result<Option<Expansion<'c>>, GraphError> {
    let Some(expand) = &call.request.options.expand else { return Ok(None) };
    match expand.name.as_str() {
        "manager" => Ok(Some(Expansion { names: names_of(&expand.select, &super::DEFAULT) })),
        other => Err(GraphError::malformed(format!(
            "Parsing OData Select and Expand failed: Could not find a property named '{other}'."
        ))),
    }
}

impl Expansion<'_> {
    /// Adds the manager to a user; a user without one has none here either.
    pub fn add_to<'r>(&self, shown_user: ShownObject<'r>, row: &'r UserRow<'_>) -> ShownObject<'r> {
        let Some(manager) = row.tenant.manager(row.user) else { return shown_user };
        let of = UserRow { user: manager, ..*row };
        let one = shown(&of, &self.names).typed("user");
        let value = serde_json::to_value(&one).unwrap_or_default();
        shown_user.and("manager", Property::json(value))
    }
}
