//! `/servicePrincipals`: the enterprise applications of the tenant.

use serde_json::{Value, json};

use super::credentials::thumbprint_bytes;
use super::{applications, expand, names, write};
use crate::entra::Entra;
use crate::entra::graph::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::list::Listing;
use crate::entra::graph::property::Property;
use crate::entra::graph::reply::GraphReply;
use crate::entra::identity::tenant_id;
use crate::entra::sign_on::{AppCertificate, SignOnAt, certificates, preferred};
use crate::entra::tenant::AppId;
use crate::entra::tenant::registry::{AppSide, Registered};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    row("GET", "/servicePrincipals", list),
    GraphEndpoint {
        lacks: "of a registration of this tenant; a new one cannot be provisioned unless its registration is from the gallery",
        ..row("POST", "/servicePrincipals", write::create_principal)
    },
    row("GET", "/servicePrincipals/{}", get),
    row("PATCH", "/servicePrincipals/{}", write::update),
    row("DELETE", "/servicePrincipals/{}", super::deletion::delete),
];

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
pub fn show(entra: &Entra, at: SignOnAt<'_>, app: AppId) -> Value {
    let names = names(entra, at.seed, app);
    let (row, sso) = (entra.tenant().registry().of(app), entra.sso_of(app));
    let reply_urls: Vec<String> = sso.reply_urls.iter().map(|url| at.whole(url)).collect();
    let url = |url: &Option<String>| url.as_ref().map(|url| at.whole(url));
    let registration = applications::show(entra, at, row);
    let object = &row.principal;
    let (id, app_id) = (names.service_principal(), names.client_id());
    let mut called = vec![&*app_id];
    called.extend(sso.identifiers.iter().map(String::as_str));
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
        "appOwnerOrganizationId": tenant_id(at.seed),
        "appRoleAssignmentRequired": sso.assignment_required,
        "createdDateTime": object.created.unwrap_or(at.start).rfc3339(),
        "description": null,
        "displayName": &*names.application,
        "homepage": homepage(row, &registration),
        "loginUrl": url(&sso.sign_on_url),
        "logoutUrl": url(&sso.logout_url),
        "notes": null,
        "notificationEmailAddresses": [],
    });
    let rest = json!({
        "preferredSingleSignOnMode": sso.graph.mode,
        "preferredTokenSigningKeyThumbprint": preferred(entra, app, at),
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
    for one in signing(entra, app, at) {
        let [passwords, keys] = ["passwordCredentials", "keyCredentials"];
        shown[passwords]
            .as_array_mut()
            .into_iter()
            .for_each(|all| all.push(signing_password(&one)));
        shown[keys].as_array_mut().into_iter().for_each(|all| all.extend(signing_keys(&one)));
    }
    shown
}

/// Where an application is at home: one of the gallery at the vendor's page.
fn homepage(row: &Registered, registration: &Value) -> Value {
    let gallery = "https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=golinks|ISV9.1|primary|z";
    match row.from_gallery() {
        true => json!(gallery),
        false => registration["web"]["homePageUrl"].clone(),
    }
}

/// The certificates for signing Responses that Graph shows: those that are made when single sign-on
/// is set up [saml-certificates], and those that clients asked for.
pub fn signing(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> Vec<AppCertificate> {
    let asked_for = &entra.tenant().registry().of(app).signing;
    let is_asked_for = |id: &str| asked_for.iter().any(|one| one.key_id == id);
    if asked_for.is_empty() && !entra.sso_of(app).is_saml() {
        return Vec::new();
    }
    let mut all = certificates(entra, app, at);
    all.retain(|one| entra.sso_of(app).is_saml() || is_asked_for(&one.key_id));
    all
}

/// A certificate that signs Responses is shown twice: to sign with, and to check by [g:sp-addcert].
fn signing_keys(one: &AppCertificate) -> [Value; 2] {
    ["Sign", "Verify"].map(|usage| {
        json!({
            "customKeyIdentifier": thumbprint_bytes(&one.certificate.thumbprint()),
            "displayName": one.name,
            "endDateTime": one.certificate.not_after().rfc3339(), "key": null, "keyId": one.key_id,
            "startDateTime": one.certificate.not_before().rfc3339(),
            "type": "AsymmetricX509Cert", "usage": usage,
        })
    })
}

/// The password of its private key, under the same id [g:sp-addcert].
fn signing_password(one: &AppCertificate) -> Value {
    json!({
        "customKeyIdentifier": thumbprint_bytes(&one.certificate.thumbprint()),
        "displayName": one.name,
        "endDateTime": one.certificate.not_after().rfc3339(), "hint": null, "keyId": one.key_id,
        "secretText": null, "startDateTime": one.certificate.not_before().rfc3339(),
    })
}

fn list(call: &mut Call<'_>) -> GraphOutcome {
    expand::list(call, AppSide::Principal, &LISTING)
}

fn get(call: &mut Call<'_>) -> GraphOutcome {
    LISTING.check_select(call.request)?;
    let key = super::find(call, AppSide::Principal, call.segment(1))?;
    let one = expand::ExpandedObject::of(call, key, AppSide::Principal)?;
    let context = Property::owned(call.request.context("servicePrincipals/$entity"));
    let shown = one.shown(&call.request.options.select);
    Ok(GraphReply::ok(&shown.first("@odata.context", context)))
}
