//! The secrets of a job by the vendor's keys, as Graph's `synchronization/secrets` has them: most
//! are settings under another name [config-api, skip-oos, cloud-sync-graph].

use std::collections::BTreeMap;

use serde_json::Value;

use super::admin::ProvisioningMode;
use super::delete_threshold::DeleteThreshold;
use super::key_doc::KeyDoc;
use super::scope::SyncScope;
use super::settings::Settings;
use super::sign_in::AuthMethod;
use crate::base::diagnostic::nearest;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};

/// The keys that are settings here.
pub const SECRET_KEYS: [KeyDoc; 8] = [
    KeyDoc {
        name: "BaseAddress",
        doc: "`tenant_url`; `false` deletes it.",
        example: "\"https://golinks.example/scim/v2\"",
    },
    KeyDoc {
        name: "SecretToken",
        doc: "`secret`; `false` deletes it, as Graph's PUT with an empty value does.",
        example: "\"another-token\"",
    },
    KeyDoc {
        name: "SyncAll",
        doc: "`scope`: \"true\" is all, \"false\" is assigned.",
        example: "\"false\"",
    },
    KeyDoc {
        name: "SkipOutOfScopeDeletions",
        doc: "The policy `skip_out_of_scope_deletions`.",
        example: "\"True\"",
    },
    KeyDoc {
        name: "SyncNotificationSettings",
        doc: "`notify`, `notify_failures` and `delete_threshold`, as JSON in a text.",
        example: "'{\"Enabled\":true,\"Recipients\":\"it@contoso.example\",\"DeleteThresholdEnabled\":true,\"DeleteThresholdValue\":500}'",
    },
    KeyDoc {
        name: "Oauth2ClientId",
        doc: "`oauth.client_id`; `false` deletes it.",
        example: "\"entra\"",
    },
    KeyDoc {
        name: "Oauth2ClientSecret",
        doc: "`oauth.client_secret`; `false` deletes it.",
        example: "\"another-secret\"",
    },
    KeyDoc {
        name: "Oauth2TokenExchangeUri",
        doc: "`oauth.token_url`.",
        example: "\"https://golinks.example/scim/v2/oauth/token\"",
    },
];

/// The vendor's keys whose values are shown nowhere [g:secrets].
pub const HIDDEN_KEYS: [&str; 12] = [
    "SecretToken",
    "Password",
    "AppKey",
    "ClientSecret",
    "ConsumerSecret",
    "TokenKey",
    "Oauth2AccessToken",
    "Oauth2RefreshToken",
    "Oauth2ClientSecret",
    "Oauth2AuthorizationCode",
    "ConnectionString",
    "SyncAgentCompatibilityKey",
];

/// Keys that Graph lists as well, and that change nothing for this application: what they do is not
/// documented, or they belong to other connectors.
const WITHOUT_EFFECT: [&str; 8] = [
    "HardDeletesEnabled",
    "UpdateKeyOnSoftDelete",
    "SynchronizationSchedule",
    "SystemOfRecord",
    "TestReferences",
    "ValidateDomain",
    "EnforceDomain",
    "PerformInboundEntitlementGrants",
];

/// Whether a key is one of [`HIDDEN_KEYS`], or spelled so alike that it was meant.
pub fn is_hidden_key(key: &str) -> bool {
    !is_shown_key(key) && nearest(key, HIDDEN_KEYS).is_some()
}

/// Whether the value at a key may be shown, however its letters are written.
pub fn is_shown_key(key: &str) -> bool {
    let names = SECRET_KEYS.iter().map(|key| key.name).chain(WITHOUT_EFFECT);
    names.filter(|name| !HIDDEN_KEYS.contains(name)).any(|name| name.eq_ignore_ascii_case(key))
}

/// The keys that were set expressly, from whatever side, and the text in which a client of Graph or
/// `entra.secrets` has written them. They decide what Graph lists, and not what the job does:
/// settings that differ in nothing else are equal.
#[derive(Clone, Default, Debug)]
pub struct Expressly(BTreeMap<&'static str, Option<Box<str>>>);

impl PartialEq for Expressly {
    fn eq(&self, _: &Expressly) -> bool {
        true
    }
}

impl Expressly {
    /// Notes that a key was set, or deleted.
    pub fn note(&mut self, key: &'static str, is_set: bool) {
        match is_set {
            true => drop(self.0.insert(key, None)),
            false => drop(self.0.remove(key)),
        }
    }

    /// Notes that a key is still set, as it is.
    pub fn keep(&mut self, key: &'static str) {
        self.0.entry(key).or_default();
    }

    /// Notes the texts in which `entra.secrets`, or one key of it, was written: a value is answered
    /// as it was stored, until its setting is changed from another side.
    pub(super) fn note_written(&mut self, path: &[&str], node: &Node) {
        for key in SECRET_KEYS.iter().map(|key| key.name) {
            let value = match path {
                [one, ..] if *one == key => Some(node),
                [] => node.get(key),
                _ => None,
            };
            if let (Some(Kind::Text(text)), Some(kept)) =
                (value.map(|value| &value.kind), self.0.get_mut(key))
            {
                *kept = AS_WRITTEN.contains(&key).then(|| text.as_str().into());
            }
        }
    }
}

/// The keys whose values are answered in the words in which they were written.
const AS_WRITTEN: [&str; 3] = ["SyncAll", "SkipOutOfScopeDeletions", "SyncNotificationSettings"];

/// The places of the settings that these keys stand for, below `entra`.
const PLACES: [(&[&str], &str); 10] = [
    (&["tenant_url"], "BaseAddress"),
    (&["secret"], "SecretToken"),
    (&["scope"], "SyncAll"),
    (&["policy", "skip_out_of_scope_deletions"], "SkipOutOfScopeDeletions"),
    (&["notify"], "SyncNotificationSettings"),
    (&["notify_failures"], "SyncNotificationSettings"),
    (&["delete_threshold"], "SyncNotificationSettings"),
    (&["oauth", "client_id"], "Oauth2ClientId"),
    (&["oauth", "client_secret"], "Oauth2ClientSecret"),
    (&["oauth", "token_url"], "Oauth2TokenExchangeUri"),
];

/// The keys that stand for what is set at a path, or by a table there.
pub(super) fn keys_of<'n>(
    path: &'n [&'n str],
    node: &'n Node,
) -> impl Iterator<Item = &'static str> + 'n {
    let is_set = move |place: &[&str]| match place.strip_prefix(path) {
        Some([]) => true,
        Some([inner, ..]) => node.get(inner).is_some(),
        None => path.starts_with(place),
    };
    PLACES.iter().filter(move |(place, _)| is_set(place)).map(|(_, key)| *key)
}

/// The keys that Graph deletes with an empty value: their settings have a default to go back to.
/// The others are credentials, without which the job is not configured.
const DELETABLE: [&str; 4] =
    ["SyncAll", "SkipOutOfScopeDeletions", "SyncNotificationSettings", "Oauth2TokenExchangeUri"];

/// The keys that `entra.secrets`, or one key of it, deletes.
pub(super) fn deleted_by<'n>(
    path: &'n [&'n str],
    node: &'n Node,
) -> impl Iterator<Item = &'static str> + 'n {
    DELETABLE.into_iter().filter(move |key| match path {
        [one, ..] => one == key && node.is_empty_text(),
        [] => node.get(key).is_some_and(Node::is_empty_text),
    })
}

/// The keys of credentials that `entra.secrets`, or one key of it, deletes: `false` stands for what
/// Graph writes as an empty value, because an empty token is one that the tenant makes itself.
pub(super) fn credentials_deleted_by<'n>(
    path: &'n [&'n str],
    node: &'n Node,
) -> impl Iterator<Item = &'static str> + 'n {
    let is_false = |value: &Node| matches!(value.kind, Kind::Bool(false));
    CREDENTIALS.into_iter().filter(move |key| match path {
        [one, ..] => one == key && is_false(node),
        [] => node.get(key).is_some_and(is_false),
    })
}

/// The keys of credentials: the job signs in with one of them, or at the address that it says.
pub const CREDENTIALS: [&str; 4] =
    ["BaseAddress", "SecretToken", "Oauth2ClientId", "Oauth2ClientSecret"];

/// The keys without which a job cannot sign in.
pub fn needed(auth: AuthMethod) -> &'static [&'static str] {
    match auth {
        AuthMethod::Bearer => &["BaseAddress", "SecretToken"],
        AuthMethod::ClientCredentials => &["BaseAddress", "Oauth2ClientId", "Oauth2ClientSecret"],
        AuthMethod::Federation => &["BaseAddress", "Oauth2ClientId"],
    }
}

/// The value of a key as the audit log shows it: of credentials that are not complete, what is left
/// of them is there alone.
pub(super) fn shown(key: &'static str, settings: &Settings) -> Option<String> {
    let is_gone = settings.mode == ProvisioningMode::Unconfigured
        && CREDENTIALS.contains(&key)
        && !settings.expressly.0.contains_key(key);
    if is_gone { None } else { value_of(key, settings) }
}

/// The keys that are set, with their values in force; `secrets` says nothing of a job without
/// credentials but what was made expressly. An address may be a path alone.
pub fn in_force(
    settings: &Settings,
    has_credentials: bool,
) -> impl Iterator<Item = (&'static str, String)> {
    let credentials: &[&str] = match settings.auth {
        _ if !has_credentials => &[],
        AuthMethod::Bearer if settings.secret.as_deref() == Some("") => &["BaseAddress"],
        AuthMethod::Bearer => &["BaseAddress", "SecretToken"],
        AuthMethod::ClientCredentials => &["BaseAddress", "Oauth2ClientId", "Oauth2ClientSecret"],
        AuthMethod::Federation => &["BaseAddress", "Oauth2ClientId"],
    };
    let usual = Settings::default();
    // What a setting was chosen by another way than here is in force all the same.
    let is_chosen =
        |key: &str| AS_WRITTEN.contains(&key) && value_of(key, settings) != value_of(key, &usual);
    let is_set = |key: &&str| {
        settings.expressly.0.contains_key(key) || credentials.contains(key) || is_chosen(key)
    };
    let keys: Vec<&str> = SECRET_KEYS.iter().map(|key| key.name).filter(is_set).collect();
    keys.into_iter().filter_map(|key| {
        let written = settings.expressly.0.get(key).cloned().flatten();
        Some((key, written.map_or_else(|| value_of(key, settings), |text| Some(text.into()))?))
    })
}

/// The value of a key; `None` when there is none.
pub(super) fn value_of(key: &str, settings: &Settings) -> Option<String> {
    let text = |value: &Option<String>| value.clone().filter(|value| !value.is_empty());
    match key {
        "BaseAddress" => Some(settings.tenant_url_in_force()),
        "SecretToken" => text(&settings.secret),
        "SyncAll" => Some((settings.scope == SyncScope::All).to_string()),
        "SkipOutOfScopeDeletions" => {
            let skips = settings.policy.skip_out_of_scope_deletions;
            Some(if skips { "True" } else { "False" }.to_owned())
        }
        "SyncNotificationSettings" => {
            let (notify, guard) = (settings.notify.as_deref(), settings.delete_threshold);
            let to = Value::from(notify.unwrap_or_default());
            Some(format!(
                "{{\"Enabled\":{},\"Recipients\":{to},\"DeleteThresholdEnabled\":{},\"DeleteThresholdValue\":{}}}",
                settings.notify_failures, guard.enabled, guard.value
            ))
        }
        "Oauth2ClientId" => text(&settings.oauth.client_id),
        "Oauth2ClientSecret" => text(&settings.oauth.client_secret),
        _ => Some(settings.oauth.token_url.clone().unwrap_or_else(|| settings.token_path())),
    }
}

/// The settings that are set at a path below `entra`: a key of `secrets` is the settings that it
/// stands for.
pub fn expanded<'n>(
    path: &[&'n str],
    node: &Node,
    problems: &mut Problems,
) -> Vec<(Vec<&'n str>, Node)> {
    match path {
        ["secrets", inner @ ..] => {
            let meant = settings_of(inner, node, problems);
            meant.into_iter().map(|(path, value)| (path.to_vec(), value)).collect()
        }
        path => vec![(path.to_vec(), node.clone())],
    }
}

/// A setting that a secret stands for: its path below `entra`, and its value.
pub(super) type Meant = (&'static [&'static str], Node);

/// The settings that `entra.secrets` or one key of it stands for.
pub(super) fn settings_of(path: &[&str], node: &Node, problems: &mut Problems) -> Vec<Meant> {
    match path {
        [key, ..] => {
            let (key, key_span, value) = ((*key).to_owned(), node.span, node.clone());
            of_entry(&Entry { key, key_span, value }, problems)
        }
        [] if matches!(node.kind, Kind::List(_)) => {
            let help = "the token is `secret`; here each of the vendor's keys has its value: \
                        { SyncAll = \"true\" }";
            node.expected_like("a table", help, problems).unwrap_or_default()
        }
        [] => {
            let entries = node.as_table(problems).unwrap_or_default();
            entries.iter().flat_map(|entry| of_entry(entry, problems)).collect()
        }
    }
}

fn of_entry(entry: &Entry, problems: &mut Problems) -> Vec<Meant> {
    let node = &entry.value;
    if matches!(node.kind, Kind::Bool(false)) && CREDENTIALS.contains(&entry.key.as_str()) {
        return Vec::new();
    }
    if node.is_empty_text() && DELETABLE.contains(&entry.key.as_str()) {
        return defaults_of(&entry.key, node);
    }
    let path: &'static [&'static str] = match entry.key.as_str() {
        "BaseAddress" => &["tenant_url"],
        "SecretToken" => &["secret"],
        "Oauth2ClientId" => &["oauth", "client_id"],
        "Oauth2ClientSecret" => &["oauth", "client_secret"],
        "Oauth2TokenExchangeUri" => &["oauth", "token_url"],
        "SyncAll" => {
            let scope = truth(node, problems).map(|all| if all { "all" } else { "assigned" });
            let named = |word| Node { span: node.span, ..Node::text(word) };
            return Vec::from_iter(scope.map(|word| (&["scope"][..], named(word))));
        }
        "SkipOutOfScopeDeletions" => {
            let skips = truth(node, problems);
            let path = &["policy", "skip_out_of_scope_deletions"][..];
            let value = |on| Node { span: node.span, kind: Kind::Bool(on) };
            return Vec::from_iter(skips.map(|on| (path, value(on))));
        }
        "SyncNotificationSettings" => return notifications(node, problems),
        key if WITHOUT_EFFECT.contains(&key) => {
            problems
                .warning(entry.key_span, format!("the secret `{key}` changes nothing here"))
                .label(
                    "Graph lists it, and what it does for such an application is not documented",
                );
            return Vec::new();
        }
        _ => {
            let known: Vec<&str> = SECRET_KEYS.iter().map(|key| key.name).collect();
            unknown_key(entry, "[entra.secrets]", &known, problems);
            return Vec::new();
        }
    };
    vec![(path, node.clone())]
}

/// Reports each setting that a table says twice: as a key of `secrets`, and by its own name.
pub fn check_twice(table: &Node, problems: &mut Problems) {
    let entries = table.get("secrets").map(Node::entries).unwrap_or_default();
    for entry in entries {
        let meant = of_entry(entry, &mut Problems::default());
        let is_meant = |place: &[&str]| meant.iter().any(|(path, _)| path.starts_with(place));
        let places = PLACES.iter().filter(|(place, key)| *key == entry.key && is_meant(place));
        for (place, _) in places.filter(|(place, _)| is_said(table, place)) {
            let (key, place) = (&entry.key, place.join("."));
            problems
                .error(
                    entry.key_span,
                    format!("`secrets.{key}` and `{place}` are the same setting"),
                )
                .label("only one of the two can count")
                .help(format!("leave out `{place}`, or the key of `secrets`"));
        }
    }
}

/// Whether a table says the setting of this place.
fn is_said(table: &Node, place: &[&str]) -> bool {
    let inner = place.iter().try_fold(table, |at, part| at.get(part));
    inner.is_some()
}

/// What the settings go back to that a deleted key stands for.
fn defaults_of(key: &str, node: &Node) -> Vec<Meant> {
    let at = |kind| Node { span: node.span, kind };
    match key {
        "SyncAll" => vec![(&["scope"], at(Kind::Text("assigned".to_owned())))],
        "SkipOutOfScopeDeletions" => {
            vec![(&["policy", "skip_out_of_scope_deletions"], at(Kind::Bool(false)))]
        }
        "SyncNotificationSettings" => {
            let usual = DeleteThreshold::default();
            vec![
                (&["notify"], at(Kind::Text(String::new()))),
                (&["notify_failures"], at(Kind::Bool(true))),
                (&["delete_threshold", "enabled"], at(Kind::Bool(usual.enabled))),
                (&["delete_threshold", "value"], at(Kind::Integer(usual.value as i64))),
            ]
        }
        _ => vec![(&["oauth", "token_url"], at(Kind::Text(String::new())))],
    }
}

/// Reads a truth value, which the vendor writes as a text.
fn truth(node: &Node, problems: &mut Problems) -> Option<bool> {
    match &node.kind {
        Kind::Bool(value) => Some(*value),
        Kind::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Kind::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => node.expected("\"true\" or \"false\"", problems),
    }
}

/// Reads `SyncNotificationSettings`: any part of it may be left out.
fn notifications(node: &Node, problems: &mut Problems) -> Vec<Meant> {
    let Some(text) = node.as_text(problems) else { return Vec::new() };
    let Ok(Value::Object(parts)) = serde_json::from_str(text) else {
        problems
            .error(node.span, "this is not the JSON of SyncNotificationSettings")
            .help("{\"Enabled\":true,\"Recipients\":\"it@contoso.example\"}");
        return Vec::new();
    };
    let at = |kind| Node { span: node.span, kind };
    let mut meant: Vec<Meant> = Vec::new();
    for (key, value) in &parts {
        meant.extend(match (key.as_str(), value) {
            ("Enabled", Value::Bool(on)) => Some((&["notify_failures"][..], at(Kind::Bool(*on)))),
            ("Recipients", Value::String(to)) => {
                Some((&["notify"][..], at(Kind::Text(to.clone()))))
            }
            ("DeleteThresholdEnabled", Value::Bool(on)) => {
                Some((&["delete_threshold", "enabled"][..], at(Kind::Bool(*on))))
            }
            ("DeleteThresholdValue", Value::Number(value)) => {
                let number = Kind::Integer(value.as_i64().unwrap_or(-1));
                Some((&["delete_threshold", "value"][..], at(number)))
            }
            _ => {
                let message = format!("`{key}` is not read in SyncNotificationSettings");
                problems.error(node.span, message);
                None
            }
        });
    }
    meant
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(settings: &mut Settings, key: &str, value: &str) -> Vec<String> {
        let mut problems = Problems::default();
        settings.set(&["secrets", key], &Node::text(value), &mut problems);
        problems.list().iter().map(|problem| problem.message.clone()).collect()
    }

    #[test]
    fn each_key_of_the_vendor_is_a_setting() {
        let mut settings = Settings::default();
        let all = "{\"Enabled\":false,\"Recipients\":\"it@contoso.example\",\"DeleteThresholdEnabled\":true,\"DeleteThresholdValue\":20}";
        for (key, value) in [
            ("BaseAddress", "https://golinks.example/v3?aadOptscim062020"),
            ("SecretToken", "fresh"),
            ("SyncAll", "True"),
            ("SkipOutOfScopeDeletions", "True"),
            ("SyncNotificationSettings", all),
            ("Oauth2ClientId", "entra"),
            ("Oauth2ClientSecret", "hush"),
            ("Oauth2TokenExchangeUri", "https://golinks.example/token"),
        ] {
            assert_eq!(set(&mut settings, key, value), Vec::<String>::new(), "{key}");
        }
        assert_eq!((&*settings.base_path, settings.dialect.word()), ("/v3", "compliant"));
        assert_eq!(settings.secret.as_deref(), Some("fresh"));
        assert_eq!(settings.scope, SyncScope::All);
        assert!(settings.policy.skip_out_of_scope_deletions);
        assert_eq!(settings.notify.as_deref(), Some("it@contoso.example"));
        assert!(!settings.notify_failures);
        assert_eq!(settings.delete_threshold.in_force(), Some(20));
        assert_eq!(settings.oauth.client_id.as_deref(), Some("entra"));
        assert_eq!(settings.oauth.client_secret.as_deref(), Some("hush"));
        assert_eq!(settings.token_path(), "/token");
    }

    #[test]
    fn a_key_without_effect_is_told_and_a_wrong_one_refused() {
        let mut settings = Settings::default();
        let before = settings.clone();
        let told = set(&mut settings, "ValidateDomain", "true");
        assert_eq!(told, ["the secret `ValidateDomain` changes nothing here"]);
        assert_eq!(set(&mut settings, "SyncAll", "perhaps").len(), 1);
        assert_eq!(set(&mut settings, "SyncAl", "true").len(), 1);
        assert_eq!(set(&mut settings, "SyncNotificationSettings", "[]").len(), 1);
        assert_eq!(settings, before);
    }
}
