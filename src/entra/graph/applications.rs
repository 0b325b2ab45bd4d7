//! `/applications`: the registrations behind the enterprise applications.

use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::list::{Listing, picked};
use super::property::Property;
use super::reply::GraphReply;
use super::service_principals::names;
use super::templates;
use crate::base::Seed;
use crate::entra::Entra;
use crate::entra::tenant::AppId;

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] =
    &[row("GET", "/applications", list), row("GET", "/applications/{}", get)];

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    let lacks = "registrations of the scenario's and of instantiated applications; none is made, changed or deleted by itself";
    GraphEndpoint { method, path, area: Area::Applications, lacks, handle }
}

/// All properties of a registration.
const KNOWN: [&str; 22] = [
    "id",
    "deletedDateTime",
    "addIns",
    "api",
    "appId",
    "appRoles",
    "applicationTemplateId",
    "createdDateTime",
    "description",
    "displayName",
    "identifierUris",
    "info",
    "keyCredentials",
    "notes",
    "passwordCredentials",
    "publicClient",
    "requiredResourceAccess",
    "signInAudience",
    "tags",
    "verifiedPublisher",
    "web",
    "isFallbackPublicClient",
];

const LISTING: Listing = Listing::directory("applications", &KNOWN, &KNOWN);

/// A registration as Graph shows it.
pub fn show(entra: &Entra, seed: Seed, begun: &str, app: AppId) -> Value {
    let names = names(entra, seed, app);
    let roles = super::service_principals::show(entra, seed, begun, app)["appRoles"].clone();
    json!({
        "id": names.registration(),
        "deletedDateTime": null,
        "addIns": [],
        "api": { "acceptMappedClaims": null, "knownClientApplications": [], "requestedAccessTokenVersion": null, "oauth2PermissionScopes": [], "preAuthorizedApplications": [] },
        "appId": names.client_id(),
        "appRoles": roles,
        "applicationTemplateId": templates::template_of(seed, entra.job_of(app).settings().schema.template),
        "createdDateTime": begun,
        "description": null,
        "displayName": &*names.application,
        "identifierUris": [],
        "info": { "logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null },
        "isFallbackPublicClient": null,
        "keyCredentials": [],
        "notes": null,
        "passwordCredentials": [],
        "publicClient": { "redirectUris": [] },
        "requiredResourceAccess": [],
        "signInAudience": "AzureADMyOrg",
        "tags": [],
        "verifiedPublisher": { "displayName": null, "verifiedPublisherId": null, "addedDateTime": null },
        "web": { "homePageUrl": null, "logoutUrl": null, "redirectUris": [], "redirectUriSettings": [] },
    })
}

fn all(call: &Call<'_>) -> Vec<Value> {
    let (entra, seed, begun) = (call.entra(), call.backend.seed(), call.backend.start().rfc3339());
    entra.apps().map(|app| show(entra, seed, &begun, app)).collect()
}

fn list(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.values(call.request, &all(call))
}

/// A registration by its object id, or as `appId='…'`.
fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let id = call.segment(1).to_ascii_lowercase();
    let by_app_id = id.strip_prefix("appid=").map(|id| id.trim_matches('\''));
    let is = |one: &Value| match by_app_id {
        Some(app_id) => one["appId"] == app_id,
        None => one["id"] == id.as_str(),
    };
    let found = all(call).into_iter().find(is);
    let one = found.ok_or_else(|| GraphError::not_found(by_app_id.unwrap_or(&id)))?;
    let context = Property::owned(call.request.context("applications/$entity"));
    Ok(GraphReply::ok(&picked(&one, &call.request.options.select).first("@odata.context", context)))
}
