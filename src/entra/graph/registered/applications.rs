//! `/applications`: the registrations of the tenant.

use serde_json::{Value, json};

use super::{display_name, expand, find, ids, write};
use crate::entra::Entra;
use crate::entra::graph::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use crate::entra::graph::list::Listing;
use crate::entra::graph::property::Property;
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::templates;
use crate::entra::sign_on::SignOnAt;
use crate::entra::tenant::registry::{AppPassword, AppSide, Registered};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/applications", list),
    row("POST", "/applications", write::create_application),
    row("GET", "/applications/{}", get),
    row("PATCH", "/applications/{}", write::update),
    row("DELETE", "/applications/{}", super::deletion::delete),
];

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Applications, lacks: "", handle }
}

/// All properties of a registration.
pub const KNOWN: [&str; 36] = [
    "id",
    "deletedDateTime",
    "addIns",
    "api",
    "appId",
    "appRoles",
    "applicationTemplateId",
    "certification",
    "createdDateTime",
    "defaultRedirectUri",
    "description",
    "disabledByMicrosoftStatus",
    "displayName",
    "groupMembershipClaims",
    "identifierUris",
    "info",
    "isDeviceOnlyAuthSupported",
    "isFallbackPublicClient",
    "keyCredentials",
    "notes",
    "oauth2RequirePostResponse",
    "optionalClaims",
    "parentalControlSettings",
    "passwordCredentials",
    "publicClient",
    "publisherDomain",
    "requiredResourceAccess",
    "samlMetadataUrl",
    "serviceManagementReference",
    "servicePrincipalLockConfiguration",
    "signInAudience",
    "spa",
    "tags",
    "tokenEncryptionKeyId",
    "verifiedPublisher",
    "web",
];

pub const LISTING: Listing = Listing::directory("applications", &KNOWN, &KNOWN);

/// A registration as Graph shows it: what was written, and the usual values of the rest.
pub fn show(entra: &Entra, at: SignOnAt<'_>, row: &Registered) -> Value {
    let (seed, begun) = (at.seed, at.start.rfc3339());
    let ids = ids(entra, seed, row);
    let object = &row.registration;
    let template = row.app().filter(|_| row.from_gallery());
    let template = template
        .map(|app| templates::template_of(seed, entra.job_of(app).settings().schema.template));
    let mut shown = json!({
        "id": ids.object,
        "deletedDateTime": super::deletion::deleted_at(object),
        "addIns": [],
        "api": { "acceptMappedClaims": null, "knownClientApplications": [], "requestedAccessTokenVersion": null, "oauth2PermissionScopes": [], "preAuthorizedApplications": [] },
        "appId": ids.client,
        "appRoles": super::roles::shown(entra, row),
        "applicationTemplateId": template,
        "certification": null,
        "createdDateTime": object.created.map_or(begun, |at| at.rfc3339()),
        "defaultRedirectUri": null,
        "description": null,
        "disabledByMicrosoftStatus": null,
        "displayName": display_name(entra, row),
        "groupMembershipClaims": null,
        "identifierUris": [],
        "info": info(),
        "isDeviceOnlyAuthSupported": null,
        "isFallbackPublicClient": null,
    });
    let rest = json!({
        "keyCredentials": [],
        "notes": null,
        "oauth2RequirePostResponse": false,
        "optionalClaims": null,
        "parentalControlSettings": { "countriesBlockedForMinors": [], "legalAgeGroupRule": "Allow" },
        "passwordCredentials": passwords(&object.passwords),
        "publicClient": { "redirectUris": [] },
        "publisherDomain": &*entra.tenant().settings().domain,
        "requiredResourceAccess": [],
        "samlMetadataUrl": null,
        "serviceManagementReference": null,
        "servicePrincipalLockConfiguration": null,
        "signInAudience": "AzureADMyOrg",
        "spa": { "redirectUris": [] },
        "tags": [],
        "tokenEncryptionKeyId": null,
        "verifiedPublisher": { "displayName": null, "verifiedPublisherId": null, "addedDateTime": null },
        "web": { "homePageUrl": null, "logoutUrl": null, "redirectUris": [], "implicitGrantSettings": { "enableAccessTokenIssuance": false, "enableIdTokenIssuance": false }, "redirectUriSettings": [] },
    });
    overlay(&mut shown, &rest);
    for (name, value) in &object.values {
        if name != "appRoles" && name != "displayName" {
            overlay(&mut shown[name.as_str()], value);
        }
    }
    if let Some(sso) = row.app().map(|app| entra.sso_of(app)) {
        let urls: Vec<String> = sso.reply_urls.iter().map(|url| at.whole(url)).collect();
        shown["identifierUris"] = json!(sso.identifiers);
        shown["web"]["redirectUris"] = json!(urls);
        shown["web"]["logoutUrl"] = json!(sso.logout_url.as_ref().map(|url| at.whole(url)));
    }
    super::key_credentials::hide_keys(&mut shown["keyCredentials"]);
    shown
}

/// The links that an application has shown, all empty.
pub fn info() -> Value {
    json!({ "logoUrl": null, "marketingUrl": null, "privacyStatementUrl": null, "supportUrl": null, "termsOfServiceUrl": null })
}

/// Puts what was written over the usual value; of an object, member by member.
pub fn overlay(usual: &mut Value, written: &Value) {
    match (usual.as_object_mut(), written.as_object()) {
        (Some(usual), Some(written)) => {
            for (name, value) in written {
                usual.insert(name.clone(), value.clone());
            }
        }
        _ => usual.clone_from(written),
    }
}

/// Client secrets as they are shown once the secret itself is not any more.
pub fn passwords(all: &[AppPassword]) -> Value {
    all.iter().map(super::credentials::shown).collect()
}

fn list(call: &mut Call<'_>) -> GraphOutcome {
    expand::list(call, AppSide::Registration, &LISTING)
}

/// A registration by its object id, or as `appId='…'`.
fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let key = find(call, AppSide::Registration, call.segment(1))?;
    let one = expand::ExpandedObject::of(call, key, AppSide::Registration)?;
    let context = Property::owned(call.request.context("applications/$entity"));
    let shown = one.shown(&call.request.options.select);
    Ok(GraphReply::ok(&shown.first("@odata.context", context)))
}
