//! The documents by which clients find their way: what is where, and which keys sign (OpenID
//! Connect Discovery 1.0) [id-tokens].

use serde_json::{Value, json};

use super::At;
use super::path::Version;
use crate::entra::identity;

/// The document that names the endpoints, at the address that the client used.
pub(super) fn document(at: At<'_>, version: Version) -> Value {
    let tenant = format!("{}/{}", at.base, at.tenant_id());
    let (oauth, keys, issuer) = match version {
        Version::V1 => ("oauth2", "discovery/keys", identity::blank_secret_issuer(at.seed)),
        Version::V2 => ("oauth2/v2.0", "discovery/v2.0/keys", format!("{tenant}/v2.0")),
    };
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{tenant}/{oauth}/authorize"),
        "token_endpoint": format!("{tenant}/{oauth}/token"),
        "device_authorization_endpoint": format!("{tenant}/{oauth}/devicecode"),
        "jwks_uri": format!("{tenant}/{keys}"),
        "userinfo_endpoint": format!("{}/oidc/userinfo", at.base),
        "end_session_endpoint": format!("{tenant}/{oauth}/logout"),
        "token_endpoint_auth_methods_supported":
            ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "fragment", "form_post"],
        "grant_types_supported": [
            "authorization_code", "client_credentials", "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "nbf", "name", "tid", "oid", "nonce", "ver",
            "preferred_username", "email",
        ],
        "request_uri_parameter_supported": false,
        "tenant_region_scope": null,
        "msgraph_host": "graph.microsoft.com",
    })
}

/// The answer to a client that asks whether this authority is one it can trust, before it asks
/// anything else: the address itself is all there is.
pub(super) fn instances(at: At<'_>) -> Value {
    let host = at.base.split_once("://").map_or(at.base, |(_, host)| host);
    let tenant = format!("{}/{}", at.base, at.tenant_id());
    json!({
        "tenant_discovery_endpoint": format!("{tenant}/v2.0/.well-known/openid-configuration"),
        "api-version": "1.1",
        "metadata": [
            { "preferred_network": host, "preferred_cache": host, "aliases": [host] },
        ],
    })
}

/// A key as the tenant publishes it, with its certificate.
pub(super) fn with_certificate(mut key: Value, certificate: &str, at: At<'_>) -> Value {
    if let Value::Object(key) = &mut key {
        let id = key.get("kid").cloned().unwrap_or_default();
        key.insert("x5t".to_owned(), id);
        key.insert("x5c".to_owned(), json!([certificate]));
        key.insert("issuer".to_owned(), json!(format!("{}/{}/v2.0", at.base, at.tenant_id())));
    }
    key
}
