//! `/servicePrincipals`: the enterprise applications of the tenant.

use serde_json::{Value, json};

use super::credentials::thumbprint_bytes;
use super::{applications, names, write};
use crate::base::Seed;
use crate::entra::Entra;
use crate::entra::graph::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::{Listing, picked};
use crate::entra::graph::property::Property;
use crate::entra::graph::reply::GraphReply;
use crate::entra::identity::tenant_id;
use crate::entra::tenant::AppId;
use crate::entra::tenant::registry::{AppSide, SigningCertificate};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    GraphEndpoint { lacks: SIGN_ON, ..row("GET", "/servicePrincipals", list) },
    GraphEndpoint {
        lacks: "of a registration of this tenant; a new one cannot be provisioned unless its registration is from the gallery",
        ..row("POST", "/servicePrincipals", write::create_principal)
    },
    row("GET", "/servicePrincipals/$count", count),
    GraphEndpoint { lacks: SIGN_ON, ..row("GET", "/servicePrincipals/{}", get) },
    row("PATCH", "/servicePrincipals/{}", write::update),
    row("DELETE", "/servicePrincipals/{}", super::deletion::delete),
];

/// What the two reads lack.
const SIGN_ON: &str = "of single sign-on that a scenario sets up the reply URLs alone are shown; what Graph has written is shown whole";

const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Applications, lacks: "", handle }
}

/// All properties of a service principal.
pub const KNOWN: [&str; 35] = [
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
    "oauth2PermissionScopes",
    "resourceSpecificApplicationPermissions",
    "verifiedPublisher",
];

pub const LISTING: Listing = Listing::directory("servicePrincipals", &KNOWN, &KNOWN);

/// The enterprise application that a path names: by the object id of its service principal, or as
/// `appId='…'`.
///
/// # Errors
/// There is none.
pub fn find(call: &Call<'_>, segment: &str) -> Result<AppId, GraphError> {
    let key = super::find(call, AppSide::Principal, segment)?;
    let app = call.tenant().registry().row(key).app();
    app.ok_or_else(|| GraphError::not_found(segment))
}

/// The enterprise applications that are in the directory.
pub fn present(entra: &Entra) -> impl Iterator<Item = AppId> {
    let registry = entra.tenant().registry();
    entra.apps().filter(move |app| {
        let row = registry.of(*app);
        row.app() == Some(*app) && row.has(AppSide::Principal)
    })
}

/// A service principal as Graph shows it: what was written, what its registration says, and the
/// usual values of the rest.
pub fn show(entra: &Entra, seed: Seed, begun: &str, app: AppId) -> Value {
    let names = names(entra, seed, app);
    let row = entra.tenant().registry().of(app);
    let (sign_on, sso) = (row.sign_on(), entra.sso_of(app));
    // A path is at this server, whose address is no part of the tenant.
    let reply_urls: Vec<&String> =
        sso.reply_urls.iter().filter(|url| !url.starts_with('/')).collect();
    let registration = applications::show(entra, seed, begun, row);
    let object = &row.principal;
    let (id, app_id) = (names.service_principal(), names.client_id());
    let mut called = vec![&*app_id];
    called.extend(sign_on.identifiers.iter().flatten());
    let gallery = "https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=golinks|ISV9.1|primary|z";
    let homepage = match row.from_gallery() {
        true => json!(gallery),
        false => registration["web"]["homePageUrl"].clone(),
    };
    let tags = match row.from_gallery() {
        true => json!(["WindowsAzureActiveDirectoryIntegratedApp"]),
        false => json!([]),
    };
    let mut shown = json!({
        "id": id,
        "deletedDateTime": super::deletion::deleted_at(object),
        "accountEnabled": sso.enabled,
        "alternativeNames": [],
        "appDescription": null,
        "appDisplayName": &*names.application,
        "appId": app_id,
        "applicationTemplateId": registration["applicationTemplateId"],
        "appOwnerOrganizationId": tenant_id(seed),
        "appRoleAssignmentRequired": sso.assignment_required,
        "createdDateTime": object.created.map_or_else(|| begun.to_owned(), |at| at.rfc3339()),
        "description": null,
        "displayName": &*names.application,
        "homepage": homepage,
        "loginUrl": sso.sign_on_url,
        "logoutUrl": sso.logout_url,
        "notes": null,
        "notificationEmailAddresses": [],
    });
    let rest = json!({
        "preferredSingleSignOnMode": sign_on.mode,
        "preferredTokenSigningKeyThumbprint": sign_on.signing_thumbprint,
        "replyUrls": reply_urls,
        "servicePrincipalNames": called,
        "servicePrincipalType": "Application",
        "signInAudience": registration["signInAudience"],
        "tags": tags,
        "tokenEncryptionKeyId": null,
        "samlSingleSignOnSettings": sso.relay_state.as_ref().map(|state| json!({ "relayState": state })),
        "addIns": [],
        "appRoles": registration["appRoles"],
        "info": registration["info"],
        "keyCredentials": [],
        "oauth2PermissionScopes": registration["api"]["oauth2PermissionScopes"],
        "passwordCredentials": applications::passwords(&object.passwords),
        "resourceSpecificApplicationPermissions": [],
        "verifiedPublisher": { "displayName": null, "verifiedPublisherId": null, "addedDateTime": null },
    });
    applications::overlay(&mut shown, &rest);
    for (name, value) in &object.values {
        applications::overlay(&mut shown[name.as_str()], value);
    }
    super::key_credentials::hide_keys(&mut shown["keyCredentials"]);
    if let Some(keys) = shown["keyCredentials"].as_array_mut() {
        keys.extend(row.signing.iter().flat_map(signing_keys));
    }
    shown
}

/// A certificate that signs Responses is shown twice: to sign with, and to check by [g:sp-addcert].
fn signing_keys(one: &SigningCertificate) -> [Value; 2] {
    ["Sign", "Verify"].map(|usage| {
        json!({
            "customKeyIdentifier": thumbprint_bytes(&one.thumbprint),
            "displayName": one.display_name,
            "endDateTime": one.end.rfc3339(), "key": null, "keyId": one.key_id,
            "startDateTime": one.start.rfc3339(), "type": "AsymmetricX509Cert", "usage": usage,
        })
    })
}

fn all(call: &Call<'_>) -> Vec<Value> {
    let (entra, seed, begun) = (call.entra(), call.backend.seed(), call.backend.start().rfc3339());
    present(entra).map(|app| show(entra, seed, &begun, app)).collect()
}

fn list(call: &mut Call<'_>) -> GraphOutcome {
    let all = all(call);
    LISTING.values(call.request, &all)
}

fn count(call: &mut Call<'_>) -> GraphOutcome {
    if !call.request.is_eventual() {
        return Err(GraphError::bad_request("$count is not currently supported."));
    }
    LISTING.check(call.request)?;
    let all = all(call);
    Ok(GraphReply::number(all.iter().filter(|one| LISTING.meets(call.request, *one)).count()))
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let app = find(call, call.segment(1))?;
    let begun = call.backend.start().rfc3339();
    let one = show(call.entra(), call.backend.seed(), &begun, app);
    let context = call.request.context("servicePrincipals/$entity");
    let mut shown = picked(&one, &call.request.options.select);
    let key = call.tenant().registry().key_of(app);
    if let Some(owners) = super::owners::expanded(call, key, AppSide::Principal)? {
        shown = shown.and("owners", Property::json(owners));
    }
    Ok(GraphReply::ok(&shown.first("@odata.context", Property::owned(context))))
}
