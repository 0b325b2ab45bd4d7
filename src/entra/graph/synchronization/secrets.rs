//! `…/synchronization/secrets`: the settings of the job under the vendor's keys.

use http::Method;
use serde_json::{Map, Value, json};

use super::{app, context, names};
use crate::base::{Kind, Node};
use crate::entra::admin::{ProvisioningMode, UNCONFIGURED};
use crate::entra::graph::backend::ActRefusal;
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::secrets::{self, HIDDEN_KEYS, SECRET_KEYS};
use crate::entra::sign_in::AuthMethod;
use crate::entra::tenant::AppId;

/// All keys of the vendor [g:secrets].
pub const VENDOR_KEYS: [&str; 44] = [
    "None",
    "UserName",
    "Password",
    "SecretToken",
    "AppKey",
    "BaseAddress",
    "ClientIdentifier",
    "ClientSecret",
    "SingleSignOnType",
    "Sandbox",
    "Url",
    "Domain",
    "ConsumerKey",
    "ConsumerSecret",
    "TokenKey",
    "TokenExpiration",
    "Oauth2AccessToken",
    "Oauth2AccessTokenCreationTime",
    "Oauth2RefreshToken",
    "SyncAll",
    "InstanceName",
    "Oauth2ClientId",
    "Oauth2ClientSecret",
    "CompanyId",
    "UpdateKeyOnSoftDelete",
    "SynchronizationSchedule",
    "SystemOfRecord",
    "SandboxName",
    "EnforceDomain",
    "SyncNotificationSettings",
    "SkipOutOfScopeDeletions",
    "Oauth2AuthorizationCode",
    "Oauth2RedirectUri",
    "ApplicationTemplateIdentifier",
    "Oauth2TokenExchangeUri",
    "Oauth2AuthorizationUri",
    "AuthenticationType",
    "Server",
    "PerformInboundEntitlementGrants",
    "HardDeletesEnabled",
    "SyncAgentCompatibilityKey",
    "SyncAgentADContainer",
    "ValidateDomain",
    "TestReferences",
];

/// The pairs of a list of credentials: a key of the vendor's, and its value. Of a key that is said
/// twice the last value counts, as if the two were written one after the other (assumed).
///
/// # Errors
/// A key that the vendor does not know, or a value that is no text.
pub fn pairs(
    body: &Map<String, Value>,
    list: &str,
) -> Result<Vec<(&'static str, String)>, GraphError> {
    let all = body.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let pair = |one: &Value| {
        let written = one.get("key").and_then(Value::as_str).unwrap_or_default();
        let key = VENDOR_KEYS.into_iter().find(|known| *known == written);
        let key = key.ok_or_else(|| {
            GraphError::bad_request(format!(
                "Invalid value specified for property 'key': '{written}' is not a synchronizationSecret."
            ))
        })?;
        match one.get("value") {
            None => Err(GraphError::required("value", &format!("{PAIR_TYPE} ({key})"))),
            Some(Value::Null) => Ok((key, String::new())),
            Some(Value::String(text)) if key == "BaseAddress" && has_other_scheme(text) => {
                Err(GraphError::invalid_value(key))
            }
            Some(Value::String(text)) => Ok((key, text.clone())),
            Some(_) => Err(GraphError::invalid_value(key)),
        }
    };
    let mut pairs: Vec<(&'static str, String)> = Vec::new();
    for one in all {
        let (key, value) = pair(one)?;
        pairs.retain(|(known, _)| *known != key);
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// The type of a key with its value.
const PAIR_TYPE: &str = "synchronizationSecretKeyStringValuePair";

/// A key and its value.
pub const PAIR: PropertyShapes = &[("key", Shape::Text), ("value", Shape::Text)];

/// Whether an address is of another scheme than those of SCIM (RFC 7644 7.2).
fn has_other_scheme(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| scheme != "https" && scheme != "http")
}

/// `GET …/secrets`: what is set, with secret values masked.
pub fn get(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    let value: Vec<Value> = listed(call, app)
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    let shown = ShownObject::default()
        .and("@odata.context", Property::owned(context(call, "secrets")))
        .and("value", Property::json(value.into()));
    Ok(GraphReply::ok(&shown))
}

/// The keys that are set: the settings of the job as they are in force, then what was written of
/// other keys.
fn listed(call: &Call<'_>, app: AppId) -> Vec<(String, String)> {
    let job = call.entra().job_of(app);
    let others = call.entra().surface().of(app).into_iter().flat_map(|it| &it.secrets);
    let others = others.map(|(key, value)| (key.clone(), value.clone()));
    let settings = secrets::in_force(job.settings(), job.has_credentials())
        .map(|(key, value)| (key.to_owned(), absolute(call, value)));
    let mut listed: Vec<(String, String)> = settings.chain(others).collect();
    for (key, value) in &mut listed {
        if HIDDEN_KEYS.contains(&key.as_str()) {
            "*".clone_into(value);
        }
    }
    listed
}

/// An address; a path alone is one of the server that was asked.
fn absolute(call: &Call<'_>, value: String) -> String {
    if value.starts_with('/') { call.request.here(&value) } else { value }
}

/// `PUT …/secrets`: merges by key; an empty value deletes.
pub fn put(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    let body = call.request.object()?;
    check(&body, &[("value", Shape::Objects(PAIR))])?;
    if !body.contains_key("value") {
        return Err(GraphError::required("value", PAIR_TYPE));
    }
    let mut pairs = pairs(&body, "value")?;
    let before = in_force(call, app);
    // What is not there cannot be deleted, so that nothing changes by it.
    pairs.retain(|(key, value)| {
        !value.is_empty() || !is_setting(key) || is_credential(key) || before.contains(key)
    });
    refuse_too_long(call, app, &pairs)?;
    if let Some(meant) = settings(call, app, &pairs) {
        call.act_on(app, "set", meant)?;
    }
    keep(call, app, &pairs)?;
    Ok(GraphReply::done())
}

/// Keeps the pairs that are no setting; an empty value deletes. Of a secret it only counts that it
/// is there.
fn keep(
    call: &mut Call<'_>,
    app: AppId,
    pairs: &[(&'static str, String)],
) -> Result<(), GraphError> {
    let others = pairs.iter().filter(|(key, _)| !is_setting(key));
    let others: Vec<(&str, &str)> = others
        .map(|(key, value)| match HIDDEN_KEYS.contains(key) && !value.is_empty() {
            true => (*key, "*"),
            false => (*key, value.as_str()),
        })
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    let value: Vec<Value> =
        others.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let principal = names(call, app).service_principal();
    let path = format!("servicePrincipals/{principal}/synchronization/secrets");
    let body = Map::from_iter([("value".to_owned(), Value::from(value))]);
    let rest = call.request.beside(Method::PUT, &path, body);
    call.rest(&rest, |call| {
        let kept = &mut call.backend.entra_mut().surface_mut().of_mut(app).secrets;
        for (key, value) in &others {
            match value.is_empty() {
                true => drop(kept.remove(*key)),
                false => drop(kept.insert((*key).to_owned(), (*value).to_owned())),
            }
        }
    })
}

/// Refuses a secret that is too long to be saved, with all that was to be saved with it; the audit
/// log has it. The portal names the place where it is kept [B70]; the code of Graph is assumed.
fn refuse_too_long(
    call: &mut Call<'_>,
    app: AppId,
    pairs: &[(&'static str, String)],
) -> Result<(), GraphError> {
    let limit = call.entra().job_of(app).settings().policy.secret_limit;
    let is_long = |(key, value): &&(&'static str, String)| {
        ["SecretToken", "Oauth2ClientSecret"].contains(key) && value.len() as u64 > limit
    };
    let Some((key, value)) = pairs.iter().find(is_long).filter(|_| limit > 0) else {
        return Ok(());
    };
    // The verb refuses it as well, and its row is that of this refusal.
    let denied = |refusal: &ActRefusal| *refusal == ActRefusal::Denied;
    let refused = call.backend.act(app, "set_secret", Node::text(value), call.caller);
    if let Some(denied) = refused.err().filter(denied) {
        return Err(denied.into());
    }
    Err(GraphError::bad_request(format!(
        "The size of the ExternalSecret data is too large: '{key}' has {} bytes, and at most {limit} can be saved.",
        value.len()
    )))
}

/// Whether a key stands for a setting of the job.
fn is_setting(key: &str) -> bool {
    SECRET_KEYS.iter().any(|known| known.name == key)
}

/// The keys of settings that are set.
fn in_force(call: &Call<'_>, app: AppId) -> Vec<&'static str> {
    let job = call.entra().job_of(app);
    secrets::in_force(job.settings(), job.has_credentials()).map(|(key, _)| key).collect()
}

/// How the job signs in once these pairs are written: as what was written of it wants, when nothing
/// lacks for that.
fn auth_after(call: &Call<'_>, app: AppId, pairs: &[(&'static str, String)]) -> AuthMethod {
    let written = |key| pairs.iter().any(|(other, value)| *other == key && !value.is_empty());
    let now = call.entra().job_of(app).settings().auth;
    let wanted = match now {
        _ if written("SecretToken") => AuthMethod::Bearer,
        _ if written("Oauth2ClientSecret") => AuthMethod::ClientCredentials,
        AuthMethod::Bearer if written("Oauth2ClientId") => AuthMethod::ClientCredentials,
        _ => now,
    };
    if is_complete(call, app, wanted, pairs) { wanted } else { now }
}

/// Whether the job has credentials once these pairs are written. A job that has some loses them
/// only with a key that it needs; a blank secret is none.
fn is_complete(
    call: &Call<'_>,
    app: AppId,
    auth: AuthMethod,
    pairs: &[(&'static str, String)],
) -> bool {
    let before = in_force(call, app);
    let written = |key| pairs.iter().find(|(other, _)| *other == key);
    let job = call.entra().job_of(app);
    let stays = job.has_credentials() && job.settings().auth == auth;
    secrets::needed(auth).iter().all(|key| match written(*key) {
        Some((_, value)) => !value.is_empty() || (stays && !before.contains(key)),
        None => stays || before.contains(key),
    })
}

/// The settings that the pairs stand for, as `set` takes them; `None` when there are none.
fn settings(call: &Call<'_>, app: AppId, pairs: &[(&'static str, String)]) -> Option<Node> {
    let auth = auth_after(call, app, pairs);
    let before = in_force(call, app);
    let value = |(key, value): &(&'static str, String)| match value.is_empty() {
        true if is_credential(key) => {
            // Credentials that are deleted stay with the job, which does not use them any more.
            let deleted = (*key, Node::bare(Kind::Bool(false)));
            before.contains(key).then_some(deleted)
        }
        _ => is_setting(key).then(|| (*key, Node::text(value))),
    };
    let secrets: Vec<(&str, Node)> = pairs.iter().filter_map(value).collect();
    let mut settings = Vec::new();
    let job = call.entra().job_of(app).settings();
    let is_on = job.mode == ProvisioningMode::Automatic;
    let written = pairs.iter().any(|(key, value)| is_credential(key) && !value.is_empty());
    let is_complete = is_complete(call, app, auth, pairs);
    if auth != job.auth {
        let word = AuthMethod::WORDS.into_iter().find(|(_, one)| *one == auth);
        settings.extend(word.map(|(word, _)| ("auth", Node::text(word))));
    }
    if !secrets.is_empty() {
        settings.push(("secrets", Node::table(secrets)));
    }
    match is_complete {
        true if !is_on => settings.push(("mode", Node::text("automatic"))),
        false if is_on && written && !call.entra().job_of(app).has_credentials() => {
            settings.push(("mode", Node::text(UNCONFIGURED)));
        }
        _ => {}
    }
    (!settings.is_empty()).then(|| Node::table([("entra", Node::table(settings))]))
}

/// Whether a job signs in with it at the address that another key says, or it is that address.
fn is_credential(key: &str) -> bool {
    secrets::CREDENTIALS.contains(&key)
}

/// The keys of OAuth with client credentials, and the fields of the form for them.
pub const OAUTH_FIELDS: [(&str, &str); 3] = [
    ("Oauth2ClientId", "client_id"),
    ("Oauth2ClientSecret", "client_secret"),
    ("Oauth2TokenExchangeUri", "token_url"),
];

const FIELDS: [(&str, &str); 2] = [("BaseAddress", "tenant_url"), ("SecretToken", "secret")];

/// The connection that credentials of a request describe, as `fill_in` takes it.
pub fn filled_in(pairs: &[(&'static str, String)]) -> Node {
    let named = |fields: &'static [(&'static str, &'static str)]| {
        let field = move |(key, value): &(&'static str, String)| {
            let (_, name) = fields.iter().find(|(known, _)| known == key)?;
            Some((*name, Node::text(value)))
        };
        pairs.iter().filter_map(field)
    };
    let mut fields: Vec<(&str, Node)> = vec![("mode", Node::text("automatic"))];
    fields.extend(named(&FIELDS));
    let oauth: Vec<(&str, Node)> = named(&OAUTH_FIELDS).collect();
    if !oauth.is_empty() {
        fields.extend([("auth", Node::text("client_credentials")), ("oauth", Node::table(oauth))]);
    }
    Node { kind: Node::table(fields).kind, ..Node::bare(Kind::Bool(true)) }
}
