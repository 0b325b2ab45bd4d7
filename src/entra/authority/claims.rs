//! What tokens say: access tokens of both versions, and ID tokens [access-token-claims, id-tokens].

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::client::Shown;
use super::path::Version;
use super::registration::Registration;
use super::scopes::{GRAPH, TokenFor};
use super::{ACCESS_TOKEN_SECS, At};
use crate::entra::identity;
use crate::entra::tenant::{Attribute, UserKey};

/// Who is named in a token.
#[derive(Clone, Copy)]
pub(super) struct Named<'a> {
    /// The client that asked for it.
    pub(super) client: &'a Registration,
    /// How the client has shown who it is.
    pub(super) shown: Shown,
    /// An id of the token that no other has.
    pub(super) id: &'a str,
}

/// What an access token in a user's name says beside who is named.
#[derive(Clone, Copy)]
pub(super) struct OfUser<'a> {
    /// The user.
    pub(super) user: UserKey,
    /// What the client may do in the user's name.
    pub(super) scopes: &'a [String],
}

/// The claims of an application's own access token.
pub(super) fn of_application(named: Named<'_>, resource: &TokenFor, at: At<'_>) -> Value {
    let mut claims = base(resource, at);
    let client = named.client;
    claims.insert("oid".to_owned(), json!(client.object_id));
    claims.insert("sub".to_owned(), json!(client.object_id));
    claims.insert("idtyp".to_owned(), json!("app"));
    if *resource == TokenFor::Graph {
        claims.insert("roles".to_owned(), json!(client.roles()));
    }
    with_client(&mut claims, named, resource);
    Value::Object(claims)
}

/// The claims of an access token in a user's name.
pub(super) fn of_user(named: Named<'_>, of: OfUser<'_>, resource: &TokenFor, at: At<'_>) -> Value {
    let mut claims = base(resource, at);
    let user = at.tenant().user(of.user);
    let upn = user.sign_in_name().unwrap_or_default();
    let names: &[(&str, Value)] = &[
        ("oid", json!(user.object_id().to_string())),
        ("sub", json!(pairwise(&user.object_id().to_string(), &audience(resource)))),
        ("scp", json!(of.scopes.join(" "))),
        ("name", json!(user.get(Attribute::DisplayName))),
        ("idtyp", json!("user")),
        ("acr", json!("1")),
        ("amr", json!(["pwd"])),
    ];
    claims.extend(names.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let of_name = match version_of(resource) {
        Version::V1 => ["unique_name", "upn"].as_slice(),
        Version::V2 => ["preferred_username"].as_slice(),
    };
    claims.extend(of_name.iter().map(|name| ((*name).to_owned(), json!(upn))));
    with_client(&mut claims, named, resource);
    Value::Object(claims)
}

/// What an ID token is made for.
#[derive(Clone, Copy)]
pub(super) struct IdTokenOf<'a> {
    /// The endpoint's version.
    pub(super) version: Version,
    /// The user.
    pub(super) user: UserKey,
    /// What the client gave to find its request again.
    pub(super) nonce: Option<&'a str>,
    /// Whether the mail address is asked for.
    pub(super) email: bool,
}

/// The claims of an ID token.
pub(super) fn id_token(named: Named<'_>, of: IdTokenOf<'_>, at: At<'_>) -> Value {
    let user = at.tenant().user(of.user);
    let (object, upn) = (user.object_id().to_string(), user.sign_in_name().unwrap_or_default());
    let issuer = match of.version {
        Version::V1 => identity::blank_secret_issuer(at.seed),
        Version::V2 => format!("{}/{}/v2.0", at.base, at.tenant_id()),
    };
    let mut claims = json!({
        "aud": named.client.app_id, "iss": issuer, "name": user.get(Attribute::DisplayName),
        "oid": object, "sub": pairwise(&object, &named.client.app_id), "tid": at.tenant_id(),
        "uti": named.id,
    });
    let now = at.seconds();
    let more = match of.version {
        Version::V1 => json!({ "ver": "1.0", "unique_name": upn, "upn": upn, "amr": ["pwd"] }),
        Version::V2 => json!({ "ver": "2.0", "preferred_username": upn }),
    };
    let times = json!({ "iat": now, "nbf": now, "exp": now + ACCESS_TOKEN_SECS });
    add(&mut claims, more);
    add(&mut claims, times);
    if let Some(nonce) = of.nonce {
        claims["nonce"] = json!(nonce);
    }
    if let (true, Some(mail)) = (of.email, user.get(Attribute::Mail)) {
        claims["email"] = json!(mail);
    }
    claims
}

/// The version of a resource's access tokens: the resource decides, not the endpoint; Graph takes
/// those of version 1 [access-token-claims].
pub(super) fn version_of(resource: &TokenFor) -> Version {
    match resource {
        TokenFor::Graph => Version::V1,
        TokenFor::App(_) => Version::V2,
    }
}

fn audience(resource: &TokenFor) -> String {
    match resource {
        TokenFor::Graph => GRAPH.to_owned(),
        TokenFor::App(app_id) => app_id.clone(),
    }
}

/// The claims of every access token.
fn base(resource: &TokenFor, at: At<'_>) -> Map<String, Value> {
    let now = at.seconds();
    let (issuer, version) = match version_of(resource) {
        Version::V1 => (identity::blank_secret_issuer(at.seed), "1.0"),
        Version::V2 => (format!("{}/{}/v2.0", at.base, at.tenant_id()), "2.0"),
    };
    let claims = [
        ("aud", json!(audience(resource))),
        ("iss", json!(issuer)),
        ("iat", json!(now)),
        ("nbf", json!(now)),
        ("exp", json!(now + ACCESS_TOKEN_SECS)),
        ("tid", json!(at.tenant_id())),
        ("ver", json!(version)),
    ];
    claims.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Adds the client, whose claims have other names in each version.
fn with_client(claims: &mut Map<String, Value>, named: Named<'_>, resource: &TokenFor) {
    let (id, shown) = match version_of(resource) {
        Version::V1 => ("appid", "appidacr"),
        Version::V2 => ("azp", "azpacr"),
    };
    claims.insert(id.to_owned(), json!(named.client.app_id));
    claims.insert(shown.to_owned(), json!((named.shown as u8).to_string()));
    claims.insert("uti".to_owned(), json!(named.id));
    if version_of(resource) == Version::V1 {
        claims.insert("app_displayname".to_owned(), json!(named.client.name));
    }
}

/// The name of a user that another application does not know the user by.
fn pairwise(object: &str, application: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(format!("{object} {application}")))
}

fn add(claims: &mut Value, more: Value) {
    if let (Value::Object(claims), Value::Object(more)) = (claims, more) {
        claims.extend(more);
    }
}
