//! `addKey` and `removeKey`: an application rolls its own certificates over, and proves by a key it
//! has that it is the application [g:app-addkey].

use serde_json::{Map, Value, json};

use super::credentials::row;
use super::key_credentials::{self, certificate, checked};
use super::shapes::KEY;
use super::{find, note_change, object_id, side_of};
use crate::entra::graph::endpoint::{Call, GraphEndpoint, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{Shape, check};
use crate::entra::tenant::registry::{AppSide, RegisteredKey};

/// The endpoints.
pub const ENDPOINTS: &[GraphEndpoint] = &[
    GraphEndpoint { lacks: LACKS, ..row("POST", "/applications/{}/addKey", add_key) },
    GraphEndpoint { lacks: LACKS, ..row("POST", "/applications/{}/removeKey", remove_key) },
    GraphEndpoint { lacks: LACKS, ..row("POST", "/servicePrincipals/{}/addKey", add_key) },
    GraphEndpoint { lacks: LACKS, ..row("POST", "/servicePrincipals/{}/removeKey", remove_key) },
];

const LACKS: &str = "the times in a proof are not judged, since the directory lives in the story's time; the code of a wrong proof is assumed";

/// Whom a proof is for: the directory [g:app-addkey].
const AUDIENCE: &str = "00000002-0000-0000-c000-000000000000";

const KEYS: &str = "keyCredentials";

/// The certificates that one of the two objects has.
fn keys_of(call: &Call<'_>, key: RegisteredKey, side: AppSide) -> Vec<Value> {
    let object = call.tenant().registry().row(key).side(side);
    let keys = object.and_then(|object| object.values.get(KEYS));
    keys.and_then(Value::as_array).cloned().unwrap_or_default()
}

/// Checks the proof: a token that a key of the object has signed, for the directory and in the
/// object's name.
fn proven(
    call: &Call<'_>,
    (key, side): (RegisteredKey, AppSide),
    body: &Map<String, Value>,
) -> Result<(), GraphError> {
    use base64ct::{Base64, Encoding};
    let proof = body.get("proof").and_then(Value::as_str);
    let proof = proof.ok_or_else(|| GraphError::required("proof", "KeyCredential"))?;
    let row = call.tenant().registry().row(key);
    let id = object_id(call.entra(), call.backend.seed(), row, side).unwrap_or_default();
    let keys = keys_of(call, key, side);
    let keys = keys.iter().filter_map(|one| Base64::decode_vec(one["key"].as_str()?).ok());
    let mut public = keys.filter_map(|bytes| certificate(&bytes));
    let is = |claims: &serde_json::Map<String, Value>, name: &str, wanted: &str| {
        claims.get(name).and_then(Value::as_str).is_some_and(|it| it.eq_ignore_ascii_case(wanted))
    };
    let proves = public.any(|public| {
        public
            .verify(proof)
            .is_ok_and(|claims| is(&claims, "aud", AUDIENCE) && is(&claims, "iss", &id))
    });
    match proves {
        true => Ok(()),
        false => Err(GraphError::bad_request(
            "The proof of possession is not a token that a valid key of the application has signed, with the id of the object as its issuer.",
        )),
    }
}

fn write(call: &mut Call<'_>, (key, side): (RegisteredKey, AppSide), keys: Vec<Value>) {
    let registry = call.backend.entra_mut().tenant_mut().registry_mut();
    registry.change(key, side, &[KEYS]).side_mut(side).values.insert(KEYS.to_owned(), keys.into());
    note_change(call, key, side, KEYS);
}

/// `POST …/addKey`.
fn add_key(call: &mut Call<'_>) -> GraphOutcome {
    let side = side_of(call);
    let of = (find(call, side, call.segment(1))?, side);
    let body = call.request.object()?;
    check(
        &body,
        &[
            ("keyCredential", Shape::Object(KEY)),
            ("passwordCredential", Shape::Object(&[("secretText", Shape::Text)])),
            ("proof", Shape::Text),
        ],
    )?;
    let wanted = body.get("keyCredential").filter(|one| one.is_object());
    let wanted = wanted.ok_or_else(|| GraphError::required("keyCredential", "Application"))?;
    proven(call, of, &body)?;
    let mut keys = keys_of(call, of.0, side);
    let made = checked(call, Some(&keys.clone().into()), &json!([wanted]))?;
    let made = made.as_array().and_then(|all| all.first()).cloned().unwrap_or_default();
    keys.push(made.clone());
    write(call, of, keys);
    let mut shown = json!([made]);
    key_credentials::hide_keys(&mut shown);
    let context = Property::owned(call.request.context("microsoft.graph.keyCredential"));
    Ok(GraphReply::ok(&ShownObject::members(&shown[0]).first("@odata.context", context)))
}

/// `POST …/removeKey`.
fn remove_key(call: &mut Call<'_>) -> GraphOutcome {
    let side = side_of(call);
    let of = (find(call, side, call.segment(1))?, side);
    let body = call.request.object()?;
    check(&body, &[("keyId", Shape::Guid), ("proof", Shape::Text)])?;
    proven(call, of, &body)?;
    let id = body.get("keyId").and_then(Value::as_str).unwrap_or_default();
    let mut keys = keys_of(call, of.0, side);
    let before = keys.len();
    keys.retain(|one| !one["keyId"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(id)));
    if keys.len() == before {
        return Err(GraphError::bad_request("No key credential found with keyId."));
    }
    write(call, of, keys);
    Ok(GraphReply::done())
}
