//! The certificates of an application: public keys with which it signs assertions.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::base::jwt::PublicJwk;
use crate::base::seed::show_guid;
use crate::entra::graph::endpoint::Call;
use crate::entra::graph::error::GraphError;

/// Checks certificates that a client writes, and completes them. One that is sent back without its
/// key is the one that is there.
///
/// # Errors
/// The refusal.
pub fn checked(
    call: &Call<'_>,
    kept: Option<&Value>,
    written: &Value,
) -> Result<Value, GraphError> {
    let kept = kept.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut keys = Vec::new();
    for (nth, one) in written.as_array().into_iter().flatten().enumerate() {
        let same = |other: &&Value| !one["keyId"].is_null() && other["keyId"] == one["keyId"];
        match (one["key"].as_str(), kept.iter().find(same)) {
            (None, Some(kept)) => keys.push(kept.clone()),
            (None, None) => return Err(GraphError::required("key", "KeyCredential")),
            (Some(key), _) => {
                let number = (kept.len() + nth) as u64;
                keys.push(completed(call, one, key, number)?);
            }
        }
    }
    Ok(keys.into())
}

fn completed(call: &Call<'_>, one: &Value, key: &str, number: u64) -> Result<Value, GraphError> {
    let bytes = Base64::decode_vec(key).unwrap_or_default();
    if certificate(&bytes).is_none() {
        return Err(GraphError::invalid_value("key"));
    }
    let drawn = || show_guid(call.backend.seed().guid("key credential", key, number));
    let key_id = one["keyId"].as_str().map_or_else(drawn, str::to_owned);
    Ok(json!({
        "customKeyIdentifier": one["customKeyIdentifier"],
        "displayName": one["displayName"],
        "endDateTime": one["endDateTime"],
        "key": key,
        "keyId": key_id,
        "startDateTime": one["startDateTime"].as_str().map_or_else(|| call.now().rfc3339(), str::to_owned),
        "type": "AsymmetricX509Cert",
        "usage": one["usage"].as_str().unwrap_or("Verify"),
    }))
}

/// The key of a certificate: DER, or PEM as some clients send it.
pub fn certificate(bytes: &[u8]) -> Option<PublicJwk> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.contains("-----BEGIN"));
    let pem = match text {
        Some(text) => text.to_owned(),
        None => {
            // A reader of PEM may want lines of 64 characters (RFC 7468, section 2).
            let body = Base64::encode_string(bytes);
            let lines = body.as_bytes().chunks(64).map(String::from_utf8_lossy);
            let body = lines.collect::<Vec<_>>().join("\n");
            format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
        }
    };
    PublicJwk::from_certificate(&pem).ok()
}

/// Keys are not shown again.
pub fn hide_keys(shown: &mut Value) {
    for one in shown.as_array_mut().into_iter().flatten() {
        one["key"] = Value::Null;
    }
}
