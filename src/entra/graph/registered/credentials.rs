//! Client secrets and certificates of applications: `addPassword`, `removePassword`,
//! `addTokenSigningCertificate` [g:app-addpassword, g:sp-addcert].

use serde_json::{Map, Value, json};

use super::{find, note_change, side_of};
use crate::base::Time;
use crate::base::seed::show_guid;
use crate::entra::graph::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::sign_on::{CERTIFICATE_NAME, CERTIFICATE_YEARS, asked_for_by_graph};
use crate::entra::tenant::AppId;
use crate::entra::tenant::registry::{AppPassword, AppSide, SigningCertificate};

/// The property that shows client secrets.
const PASSWORDS: &str = "passwordCredentials";

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    GraphEndpoint {
        lacks: "the secret is drawn from the seed of the run: it is for demonstrations",
        ..row("POST", "/applications/{}/addPassword", add_password)
    },
    row("POST", "/applications/{}/removePassword", remove_password),
    GraphEndpoint {
        lacks: "the secret is drawn from the seed of the run: it is for demonstrations",
        ..row("POST", "/servicePrincipals/{}/addPassword", add_password)
    },
    row("POST", "/servicePrincipals/{}/removePassword", remove_password),
    GraphEndpoint {
        lacks: "its key is one of eight that are part of this program: what it signs proves nothing",
        ..row("POST", "/servicePrincipals/{}/addTokenSigningCertificate", add_certificate)
    },
];

/// An endpoint of credentials.
pub(super) const fn row(
    method: &'static str,
    path: &'static str,
    handle: fn(&mut Call<'_>) -> GraphOutcome,
) -> GraphEndpoint {
    GraphEndpoint { method, path, area: Area::Applications, lacks: "", handle }
}

/// How many years a secret is good when the client does not say [g:app-addpassword].
const SECRET_YEARS: i16 = 2;

/// How many secrets an application has at most.
const SECRETS_MAX: usize = 100;

const PASSWORD: PropertyShapes = &[
    ("customKeyIdentifier", Shape::Bytes),
    ("displayName", Shape::Text),
    ("endDateTime", Shape::Instant),
    ("hint", Shape::Text),
    ("keyId", Shape::Guid),
    ("secretText", Shape::Text),
    ("startDateTime", Shape::Instant),
];

/// A secret as it is shown; the secret itself only when it is made.
pub fn shown(password: &AppPassword) -> Value {
    json!({
        "customKeyIdentifier": null,
        "displayName": password.display_name,
        "endDateTime": password.end.rfc3339(),
        "hint": password.text.chars().take(3).collect::<String>(),
        "keyId": password.key_id,
        "secretText": null,
        "startDateTime": password.start.rfc3339(),
    })
}

/// An instant of a body.
fn instant(of: &Value, name: &str) -> Option<Time> {
    of.get(name).and_then(Value::as_str).and_then(Time::parse)
}

/// From when and until when something is good.
fn life(of: &Value, now: Time, years: i16) -> Result<(Time, Time), GraphError> {
    let start = instant(of, "startDateTime").unwrap_or(now);
    let end = instant(of, "endDateTime").unwrap_or(start.years_later(years));
    match end > start {
        true => Ok((start, end)),
        false => Err(GraphError::invalid_value("endDateTime")),
    }
}

/// `POST …/addPassword`.
fn add_password(call: &mut Call<'_>) -> GraphOutcome {
    let side = side_of(call);
    let key = find(call, side, call.segment(1))?;
    let body = call.request.object()?;
    check(&body, &[("passwordCredential", Shape::Object(PASSWORD))])?;
    let wanted = body.get("passwordCredential").cloned().unwrap_or(Value::Null);
    let (start, end) = life(&wanted, call.now(), SECRET_YEARS)?;
    let object = call.tenant().registry().row(key).side(side);
    if object.is_some_and(|object| object.passwords.len() >= SECRETS_MAX) {
        return Err(GraphError::bad_request(
            "The credential limit of the application has been exceeded.",
        ));
    }
    let version = call.tenant().registry().version();
    let seed = call.backend.seed();
    let drawn = |what| seed.guid(what, "registered", version);
    let password = AppPassword {
        key_id: show_guid(drawn("secret id")),
        display_name: wanted.get("displayName").and_then(Value::as_str).map(str::to_owned),
        start,
        end,
        text: secret_text(drawn("secret text"), drawn("secret tail")),
    };
    let mut made = shown(&password);
    made["secretText"] = password.text.clone().into();
    let registry = call.backend.entra_mut().tenant_mut().registry_mut();
    registry.change(key, side, &[PASSWORDS]).side_mut(side).passwords.push(password);
    note_change(call, key, side, PASSWORDS);
    let context = call.request.context("microsoft.graph.passwordCredential");
    Ok(GraphReply::ok(
        &ShownObject::members(&made).first("@odata.context", Property::owned(context)),
    ))
}

/// A secret in the form of the vendor's: 40 characters, with `8Q~` after the third.
fn secret_text(first: u128, second: u128) -> String {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&first.to_be_bytes());
    bytes[16..].copy_from_slice(&second.to_be_bytes());
    let text = Base64UrlUnpadded::encode_string(&bytes);
    format!("{}8Q~{}", &text[..3], &text[3..37])
}

/// `POST …/removePassword`.
fn remove_password(call: &mut Call<'_>) -> GraphOutcome {
    let side = side_of(call);
    let key = find(call, side, call.segment(1))?;
    let body = call.request.object()?;
    check(&body, &[("keyId", Shape::Guid)])?;
    let id = body.get("keyId").and_then(Value::as_str).unwrap_or_default().to_ascii_lowercase();
    let object = call.tenant().registry().row(key).side(side);
    if !object.is_some_and(|object| object.passwords.iter().any(|one| one.key_id == id)) {
        return Err(GraphError::bad_request("No password credential found with keyId."));
    }
    let registry = call.backend.entra_mut().tenant_mut().registry_mut();
    registry
        .change(key, side, &[PASSWORDS])
        .side_mut(side)
        .passwords
        .retain(|one| one.key_id != id);
    note_change(call, key, side, PASSWORDS);
    Ok(GraphReply::done())
}

/// `POST /servicePrincipals/{id}/addTokenSigningCertificate`.
fn add_certificate(call: &mut Call<'_>) -> GraphOutcome {
    let key = find(call, AppSide::Principal, call.segment(1))?;
    let body = call.request.object()?;
    check(&body, &[("displayName", Shape::Text), ("endDateTime", Shape::Instant)])?;
    let name = subject(&body)?;
    let (start, end) = life(&Value::Object(body), call.now(), CERTIFICATE_YEARS)?;
    if end > start.years_later(CERTIFICATE_YEARS) {
        return Err(GraphError::invalid_value("endDateTime"));
    }
    let version = call.tenant().registry().version();
    let seed = call.backend.seed();
    let key_id = show_guid(seed.guid("signing certificate", "id", version));
    let row = call.tenant().registry().row(key);
    let (app, nth) = (row.app().unwrap_or(AppId::MAIN), row.signing.len());
    let signs = asked_for_by_graph(app, nth, (&key_id, &name), (start, end), seed);
    let signs = signs.ok_or_else(|| GraphError::bad_request("No certificate could be made."))?;
    let thumbprint = signs.certificate.thumbprint();
    let withdrawn = false;
    let certificate = SigningCertificate { key_id, display_name: name, start, end, withdrawn };
    let made = json!({
        "customKeyIdentifier": thumbprint_bytes(&thumbprint),
        "displayName": certificate.display_name,
        "endDateTime": end.rfc3339(),
        "key": signs.certificate.to_base64(),
        "keyId": certificate.key_id,
        "startDateTime": start.rfc3339(),
        "thumbprint": thumbprint,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    });
    let registry = call.backend.entra_mut().tenant_mut().registry_mut();
    let shown = ["keyCredentials", PASSWORDS];
    registry.change(key, AppSide::Principal, &shown).signing.push(certificate);
    note_change(call, key, AppSide::Principal, "keyCredentials");
    let context = call.request.context("microsoft.graph.selfSignedCertificate");
    Ok(GraphReply::ok(
        &ShownObject::members(&made).first("@odata.context", Property::owned(context)),
    ))
}

/// A thumbprint as `customKeyIdentifier` has it: its bytes in base64.
pub fn thumbprint_bytes(thumbprint: &str) -> String {
    use base64ct::{Base64, Encoding};
    let digit = |pair: &[u8]| {
        std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok())
    };
    let bytes: Vec<u8> = thumbprint.as_bytes().chunks(2).filter_map(digit).collect();
    Base64::encode_string(&bytes)
}

/// The subject of a new certificate, which begins with `CN=` [g:sp-addcert].
fn subject(body: &Map<String, Value>) -> Result<String, GraphError> {
    match body.get("displayName").and_then(Value::as_str) {
        None => Ok(CERTIFICATE_NAME.to_owned()),
        Some(name) if name.starts_with("CN=") => Ok(name.to_owned()),
        Some(_) => Err(GraphError::invalid_value("displayName")),
    }
}
