//! App roles: those of every gallery application and its own, until a client writes others.

use serde_json::{Map, Value, json};

use crate::entra::Entra;
use crate::entra::graph::error::GraphError;
use crate::entra::tenant::AppId;
use crate::entra::tenant::registry::{GALLERY_ROLES, Registered, app_role, role_name};

/// The app roles of an application, as id and name.
pub fn of(entra: &Entra, app: AppId) -> Vec<(String, String)> {
    let tenant = entra.tenant();
    if let Some(written) = tenant.registry().of(app).written_roles() {
        let id = |role: &Value| role["id"].as_str().unwrap_or_default().to_ascii_lowercase();
        return written.iter().map(|role| (id(role), role_name(role).to_owned())).collect();
    }
    if !tenant.registry().of(app).from_gallery() {
        return Vec::new();
    }
    let own = &entra.job_of(app).settings().app_roles;
    let mut roles = GALLERY_ROLES.map(str::to_owned).to_vec();
    roles.extend(own.iter().filter(|name| *name != "User").cloned());
    roles.into_iter().map(|name| (tenant.named_role_id(app, &name), name)).collect()
}

/// The same as Graph shows them.
pub fn shown(entra: &Entra, row: &Registered) -> Value {
    if let Some(written) = row.written_roles() {
        return written.iter().cloned().collect();
    }
    let Some(app) = row.app() else { return json!([]) };
    let own = &entra.job_of(app).settings().app_roles;
    let role =
        |(id, name): (String, String)| app_role(&id, &name, own.contains(&name).then_some(&*name));
    of(entra, app).into_iter().map(role).collect()
}

/// Checks app roles that a client writes, and completes them. A role that is in force cannot be
/// taken away: it has to be disabled first (the vendor's words).
///
/// # Errors
/// The refusal.
pub fn checked(before: &Value, after: &Value) -> Result<Value, GraphError> {
    let mut roles: Vec<Value> = Vec::new();
    for role in after.as_array().into_iter().flatten() {
        let one = completed(role)?;
        let same = |other: &Value, name: &str| !one[name].is_null() && other[name] == one[name];
        if roles.iter().any(|other| same(other, "id") || same(other, "value")) {
            return Err(GraphError::bad_request(
                "Request contains a property with duplicate values.",
            ));
        }
        roles.push(one);
    }
    let enabled = before.as_array().into_iter().flatten().filter(|old| old["isEnabled"] == true);
    let mut lost = enabled.filter(|old| !roles.iter().any(|new| new["id"] == old["id"]));
    match lost.next() {
        Some(_) => Err(GraphError::new(
            http::StatusCode::BAD_REQUEST,
            "CannotDeleteOrUpdateEnabledEntitlement",
            "Permission (scope or role) cannot be deleted or updated unless disabled first.",
        )),
        None => Ok(roles.into()),
    }
}

fn completed(role: &Value) -> Result<Value, GraphError> {
    let mut one: Map<String, Value> = role.as_object().cloned().unwrap_or_default();
    for name in ["id", "displayName", "description"] {
        if one.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
            return Err(GraphError::required(name, "AppRole"));
        }
    }
    let id = one["id"].as_str().unwrap_or_default().to_ascii_lowercase();
    one.insert("id".to_owned(), id.into());
    let types = one.get("allowedMemberTypes").and_then(Value::as_array);
    if types.is_none_or(Vec::is_empty) {
        return Err(GraphError::required("allowedMemberTypes", "AppRole"));
    }
    let spaced = |text: &str| text.contains(char::is_whitespace);
    if one.get("value").and_then(Value::as_str).is_some_and(spaced) {
        return Err(GraphError::invalid_value("value"));
    }
    one.entry("isEnabled").or_insert(true.into());
    one.entry("value").or_insert(Value::Null);
    one.insert("origin".to_owned(), "Application".into());
    Ok(one.into())
}
