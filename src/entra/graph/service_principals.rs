//! `/servicePrincipals`: the enterprise applications of the tenant.

use serde_json::{Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::list::{Listing, picked};
use super::property::Property;
use super::reply::GraphReply;
use crate::base::Seed;
use crate::entra::Entra;
use crate::entra::identity::tenant_id;
use crate::entra::job::summary::LogNames;
use crate::entra::tenant::AppId;

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/servicePrincipals", list),
    row("GET", "/servicePrincipals/$count", count),
    GraphEndpoint {
        lacks: "single sign-on settings, credentials and delegated permissions are shown empty",
        ..row("GET", "/servicePrincipals/{}", get)
    },
];

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Applications, lacks: "", handle }
}

/// All properties of a service principal.
const KNOWN: [&str; 32] = [
    "id",
    "deletedDateTime",
    "accountEnabled",
    "alternativeNames",
    "appDisplayName",
    "appDescription",
    "appId",
    "applicationTemplateId",
    "appOwnerOrganizationId",
    "appRoleAssignmentRequired",
    "createdDateTime",
    "description",
    "displayName",
    "homepage",
    "loginUrl",
    "logoutUrl",
    "notes",
    "notificationEmailAddresses",
    "preferredSingleSignOnMode",
    "preferredTokenSigningKeyThumbprint",
    "replyUrls",
    "servicePrincipalNames",
    "servicePrincipalType",
    "signInAudience",
    "tags",
    "tokenEncryptionKeyId",
    "samlSingleSignOnSettings",
    "addIns",
    "appRoles",
    "info",
    "keyCredentials",
    "passwordCredentials",
];

const LISTING: Listing = Listing::directory("servicePrincipals", &KNOWN, &KNOWN);

/// The names and ids of an application.
pub fn names(entra: &Entra, seed: Seed, app: AppId) -> LogNames {
    LogNames::of(entra.seen_by(app), seed)
}

/// The application that a path names: by the object id of its service principal, or as
/// `appId='…'`.
///
/// # Errors
/// There is none.
pub fn find(call: &Call<'_>, segment: &str) -> Result<AppId, GraphError> {
    let (entra, seed) = (call.entra(), call.backend.seed());
    let lower = segment.to_ascii_lowercase();
    let by_app_id = lower.strip_prefix("appid=").map(|id| id.trim_matches('\''));
    let is = |app: &AppId| {
        let names = names(entra, seed, *app);
        match by_app_id {
            Some(id) => names.client_id() == id,
            None => names.service_principal() == lower,
        }
    };
    let missing = by_app_id.unwrap_or(segment);
    entra.apps().find(is).ok_or_else(|| GraphError::not_found(missing))
}

/// The app roles of an application: those of every gallery application and its own.
pub fn roles(entra: &Entra, app: AppId) -> Vec<(String, String)> {
    let tenant = entra.tenant();
    let own = &entra.job_of(app).settings().app_roles;
    let mut roles = vec!["User".to_owned(), "msiam_access".to_owned()];
    roles.extend(own.iter().filter(|name| *name != "User").cloned());
    roles.into_iter().map(|name| (tenant.named_role_id(app, &name), name)).collect()
}

/// A service principal as Graph shows it.
pub fn show(entra: &Entra, seed: Seed, begun: &str, app: AppId) -> Value {
    let names = names(entra, seed, app);
    let own = &entra.job_of(app).settings().app_roles;
    let role = |(id, name): (String, String)| {
        let value = own.contains(&name).then(|| name.clone());
        json!({
            "allowedMemberTypes": ["User"], "description": name, "displayName": name, "id": id,
            "isEnabled": true, "origin": "Application", "value": value,
        })
    };
    let roles: Vec<Value> = roles(entra, app).into_iter().map(role).collect();
    let (id, app_id) = (names.service_principal(), names.client_id());
    json!({
        "id": id,
        "deletedDateTime": null,
        "accountEnabled": true,
        "alternativeNames": [],
        "appDescription": null,
        "appDisplayName": &*names.application,
        "appId": app_id,
        "applicationTemplateId": super::templates::template_of(seed, entra.job_of(app).settings().schema.template),
        "appOwnerOrganizationId": tenant_id(seed),
        "appRoleAssignmentRequired": true,
        "createdDateTime": begun,
        "description": null,
        "displayName": &*names.application,
        "homepage": "https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=golinks|ISV9.1|primary|z",
        "loginUrl": null,
        "logoutUrl": null,
        "notes": null,
        "notificationEmailAddresses": [],
        "preferredSingleSignOnMode": null,
        "preferredTokenSigningKeyThumbprint": null,
        "replyUrls": [],
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
        "tokenEncryptionKeyId": null,
        "samlSingleSignOnSettings": null,
        "addIns": [],
        "appRoles": roles,
        "info": { "logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null },
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": { "displayName": null, "verifiedPublisherId": null, "addedDateTime": null },
    })
}

fn all(call: &Call<'_>) -> Vec<Value> {
    let (entra, seed, begun) = (call.entra(), call.backend.seed(), call.backend.start().rfc3339());
    entra.apps().map(|app| show(entra, seed, &begun, app)).collect()
}

fn list(call: &mut Call<'_>) -> GraphOutcome {
    let all = all(call);
    LISTING.values(call.request, &all)
}

fn count(call: &mut Call<'_>) -> GraphOutcome {
    if !call.request.is_eventual() {
        return Err(GraphError::bad_request("$count is not currently supported."));
    }
    let all = all(call);
    Ok(GraphReply::number(all.iter().filter(|one| LISTING.meets(call.request, *one)).count()))
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let app = find(call, call.segment(1))?;
    let begun = call.backend.start().rfc3339();
    let one = show(call.entra(), call.backend.seed(), &begun, app);
    let context = call.request.context("servicePrincipals/$entity");
    let shown = picked(&one, &call.request.options.select);
    Ok(GraphReply::ok(&shown.first("@odata.context", Property::owned(context))))
}
