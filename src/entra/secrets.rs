//! The secrets of a job by the vendor's keys, as Graph's `synchronization/secrets` has them: most
//! are settings under another name [config-api, skip-oos, cloud-sync-graph].

use serde_json::Value;

use super::key_doc::KeyDoc;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};

/// The keys that are settings here.
pub const SECRET_KEYS: [KeyDoc; 8] = [
    KeyDoc {
        name: "BaseAddress",
        doc: "`tenant_url`.",
        example: "\"https://golinks.example/scim/v2\"",
    },
    KeyDoc { name: "SecretToken", doc: "`secret`.", example: "\"another-token\"" },
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
    KeyDoc { name: "Oauth2ClientId", doc: "`oauth.client_id`.", example: "\"entra\"" },
    KeyDoc {
        name: "Oauth2ClientSecret",
        doc: "`oauth.client_secret`.",
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

/// A setting that a secret stands for: its path below `entra`, and its value.
pub(super) type Meant = (&'static [&'static str], Node);

/// The settings that `entra.secrets` or one key of it stands for.
pub(super) fn settings_of(path: &[&str], node: &Node, problems: &mut Problems) -> Vec<Meant> {
    match path {
        [key, ..] => {
            let (key, key_span, value) = ((*key).to_owned(), node.span, node.clone());
            of_entry(&Entry { key, key_span, value }, problems)
        }
        [] => {
            let entries = node.as_table(problems).unwrap_or_default();
            entries.iter().flat_map(|entry| of_entry(entry, problems)).collect()
        }
    }
}

fn of_entry(entry: &Entry, problems: &mut Problems) -> Vec<Meant> {
    let node = &entry.value;
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
    use crate::entra::Settings;
    use crate::entra::scope::SyncScope;

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
