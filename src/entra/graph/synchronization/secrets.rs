//! `…/synchronization/secrets`: the settings of the job under the vendor's keys.

use serde_json::{Map, Value, json};

use super::{app, context};
use crate::base::{Kind, Node};
use crate::entra::admin::ProvisioningMode;
use crate::entra::graph::endpoint::{Call, GraphOutcome};
use crate::entra::graph::error::GraphError;
use crate::entra::graph::property::{Property, ShownObject};
use crate::entra::graph::reply::GraphReply;
use crate::entra::graph::shape::{PropertyShapes, Shape, check};
use crate::entra::secrets::{HIDDEN_KEYS, SECRET_KEYS};
use crate::entra::sign_in::AuthMethod;
use crate::entra::tenant::AppId;

/// All keys of the vendor [g:secrets].
const KEYS: [&str; 44] = [
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

/// The pairs of a list of credentials: a key of the vendor's, and its value.
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
        let key = KEYS.into_iter().find(|known| *known == written);
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
    all.iter().map(pair).collect()
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
    let value: Vec<Value> = kept(call, app)
        .into_iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    let shown = ShownObject::default()
        .and("@odata.context", Property::owned(context(call, "secrets")))
        .and("value", Property::json(value.into()));
    Ok(GraphReply::ok(&shown))
}

/// The keys that are set: those that were written, and those that a scenario set up.
fn kept(call: &Call<'_>, app: AppId) -> Vec<(String, String)> {
    let job = call.entra().job_of(app);
    let mut kept: Vec<(String, String)> = Vec::new();
    if job.has_credentials() {
        kept.push(("BaseAddress".to_owned(), call.request.here(&job.settings().base_path)));
        kept.push(("SecretToken".to_owned(), String::new()));
    }
    for (key, value) in call.entra().surface().of(app).into_iter().flat_map(|it| &it.secrets) {
        kept.retain(|(other, _)| other != key);
        kept.push((key.clone(), value.clone()));
    }
    let surface = call.entra().surface().of(app);
    kept.retain(|(key, _)| surface.is_none_or(|it| !it.deleted_secrets.contains(key)));
    for (key, value) in &mut kept {
        if HIDDEN_KEYS.contains(&key.as_str()) {
            "*".clone_into(value);
        }
    }
    kept
}

/// `PUT …/secrets`: merges by key; an empty value deletes.
pub fn put(call: &mut Call<'_>) -> GraphOutcome {
    let app = app(call)?;
    let body = call.request.object()?;
    check(&body, &[("value", Shape::Objects(PAIR))])?;
    if !body.contains_key("value") {
        return Err(GraphError::required("value", PAIR_TYPE));
    }
    let pairs = pairs(&body, "value")?;
    let before = kept(call, app);
    let meant = settings(call, app, &pairs);
    let was_on = call.entra().job_of(app).has_credentials();
    if let Some(meant) = meant {
        call.act_on(app, "set", meant)?;
    }
    let is_on = call.entra().job_of(app).has_credentials();
    let surface = call.backend.entra_mut().surface_mut().of_mut(app);
    let (kept, deleted) = (&mut surface.secrets, &mut surface.deleted_secrets);
    if was_on && !is_on {
        // What is left of what a scenario set up is still there.
        kept.extend(before);
    }
    for (key, value) in pairs {
        deleted.remove(key);
        if value.is_empty() {
            kept.remove(key);
            deleted.insert(key.to_owned());
        } else if HIDDEN_KEYS.contains(&key) {
            // The job has it; here it only counts.
            kept.insert(key.to_owned(), "*".to_owned());
        } else {
            kept.insert(key.to_owned(), value);
        }
    }
    Ok(GraphReply::done())
}

/// Whether address and secret are there once these pairs are written. Of a job that signs in
/// otherwise than with a token the address is enough.
fn is_complete(call: &Call<'_>, app: AppId, pairs: &[(&'static str, String)]) -> bool {
    let bearer = call.entra().job_of(app).settings().auth == AuthMethod::Bearer;
    let mut has = kept(call, app);
    let needed = ["BaseAddress", "SecretToken"].into_iter().take(if bearer { 2 } else { 1 });
    for (key, value) in pairs {
        has.retain(|(other, _)| other != key);
        has.push(((*key).to_owned(), value.clone()));
    }
    let there = |key: &str| has.iter().any(|(other, value)| other == key && !value.is_empty());
    needed.into_iter().all(there)
}

/// The settings that the pairs stand for, as `set` takes them; `None` when there are none.
fn settings(call: &Call<'_>, app: AppId, pairs: &[(&'static str, String)]) -> Option<Node> {
    let is_setting = |key: &str| SECRET_KEYS.iter().any(|known| known.name == key);
    let meant = pairs.iter().filter(|(key, value)| is_setting(key) && !value.is_empty());
    let secrets: Vec<(&str, Node)> = meant.map(|(key, value)| (*key, Node::text(value))).collect();
    let mut settings = Vec::new();
    let is_on = call.entra().job_of(app).settings().mode != ProvisioningMode::Manual;
    match is_complete(call, app, pairs) {
        true if !is_on => settings.push(("mode", Node::text("automatic"))),
        // What is deleted is not signed in with any more.
        false if is_on => settings.push(("mode", Node::text("manual"))),
        _ => {}
    }
    if !secrets.is_empty() {
        settings.push(("secrets", Node::table(secrets)));
    }
    (!settings.is_empty()).then(|| Node::table([("entra", Node::table(settings))]))
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
