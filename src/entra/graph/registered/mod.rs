//! `/applications` and `/servicePrincipals`: the registrations of the tenant, and the enterprise
//! applications that stand for them.

pub(super) mod applications;
pub(super) mod credentials;
pub(super) mod deletion;
pub(super) mod expand;
mod key_credentials;
pub(super) mod keys;
pub(super) mod owners;
pub(super) mod roles;
pub(super) mod service_principals;
pub mod shapes;
mod write;

pub use key_credentials::certificate;
use serde_json::Value;

use super::endpoint::Call;
use super::error::GraphError;
use crate::base::Seed;
use crate::entra::Entra;
use crate::entra::job::summary::LogNames;
use crate::entra::sign_on::SignOnAt;
use crate::entra::tenant::registry::{AppSide, OwnIds, Registered, RegisteredKey};
use crate::entra::tenant::{AppId, TenantEvent};

/// The names and ids of an enterprise application.
pub fn names(entra: &Entra, seed: Seed, app: AppId) -> LogNames {
    LogNames::of(entra.seen_by(app), seed)
}

/// The ids of a registration.
pub fn ids(entra: &Entra, seed: Seed, row: &Registered) -> OwnIds {
    match (row.own_ids(), row.app()) {
        (Some(own), _) => own.clone(),
        (None, app) => {
            let names = names(entra, seed, app.unwrap_or(AppId::MAIN));
            OwnIds { object: names.registration(), client: names.client_id() }
        }
    }
}

/// The object id of one of the two objects of a row; `None` for a service principal that never was.
pub fn object_id(entra: &Entra, seed: Seed, row: &Registered, side: AppSide) -> Option<String> {
    match side {
        AppSide::Registration => Some(ids(entra, seed, row).object),
        AppSide::Principal => Some(names(entra, seed, row.app()?).service_principal()),
    }
}

/// The name of an application.
pub fn display_name<'e>(entra: &'e Entra, row: &'e Registered) -> &'e str {
    let written = || row.registration.values.get("displayName").and_then(Value::as_str);
    match row.app() {
        Some(app) => entra.tenant().application_name(app),
        None => written().unwrap_or_default(),
    }
}

/// The registration or the service principal that a path names: by its object id, or as
/// `appId='…'`.
///
/// # Errors
/// There is none.
pub fn find(call: &Call<'_>, side: AppSide, segment: &str) -> Result<RegisteredKey, GraphError> {
    let (entra, seed) = (call.entra(), call.backend.seed());
    let lower = segment.to_ascii_lowercase();
    let by_app_id = lower.strip_prefix("appid=").map(|id| id.trim_matches('\''));
    let is = |row: &Registered| match by_app_id {
        Some(id) => ids(entra, seed, row).client == id,
        None => object_id(entra, seed, row, side).is_some_and(|id| id == lower),
    };
    let mut rows = entra.tenant().registry().rows();
    let found = rows.find(|(_, row)| row.has(side) && is(row));
    let missing = by_app_id.unwrap_or(segment);
    found.map(|(key, _)| key).ok_or_else(|| GraphError::not_found(missing))
}

/// Which of the two objects a path means.
fn side_of(call: &Call<'_>) -> AppSide {
    match call.request.path.lower().first().map(String::as_str) {
        Some("applications") => AppSide::Registration,
        _ => AppSide::Principal,
    }
}

/// Where single sign-on is for a client: addresses of this server begin as the client wrote them.
pub fn sign_on_at<'a>(call: &Call<'_>, base: &'a str) -> SignOnAt<'a> {
    let (now, start, seed) = (call.now(), call.backend.start(), call.backend.seed());
    SignOnAt { base, now, outside: now, start, seed }
}

/// One of the two objects as Graph shows it; an empty object for a service principal that never
/// was.
pub fn show(call: &Call<'_>, key: RegisteredKey, side: AppSide) -> Value {
    let base = call.request.here("");
    let (entra, at) = (call.entra(), sign_on_at(call, &base));
    let row = entra.tenant().registry().row(key);
    match (side, row.app()) {
        (AppSide::Registration, _) => applications::show(entra, at, row),
        (AppSide::Principal, Some(app)) => service_principals::show(entra, at, app),
        (AppSide::Principal, None) => Value::Object(serde_json::Map::new()),
    }
}

/// Notes in the journal that one of the two objects has changed.
fn note_change(call: &mut Call<'_>, key: RegisteredKey, side: AppSide, properties: &str) {
    let row = call.entra().tenant().registry().row(key);
    let application = display_name(call.entra(), row).into();
    let app = row.app().unwrap_or(AppId::MAIN);
    let properties = properties.into();
    call.backend.note(app, TenantEvent::ApplicationUpdated { application, side, properties });
}
