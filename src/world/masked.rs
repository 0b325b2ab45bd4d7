//! Messages of the token endpoint and actions without their secrets, as the journal keeps them and
//! everything shows them.

use serde_json::Value;

use super::Action;
use crate::base::diagnostic::nearest;
use crate::base::{Kind, Node, Problems};
use crate::entra::secrets::HIDDEN_KEYS;

/// What stands in place of a secret.
pub const MASK: &str = "***";

/// Keys of a scenario whose values are secrets, with all that is below them.
const SECRET_KEYS: [&str; 14] = [
    "token",
    "tokens",
    "secret",
    "set_secret",
    "rotate_token",
    "issue_token",
    "revoke_token",
    "client_secret",
    "client_secrets",
    "basic",
    "api_key",
    "private_key",
    "SecretToken",
    "Oauth2ClientSecret",
];

/// Keys below those whose values are none.
const HARMLESS: [&str; 10] = [
    "expires",
    "scope",
    "scopes",
    "user",
    "name",
    "app",
    "issued",
    "workspace",
    // Of an expectation about requests for tokens.
    "since",
    "until",
];

/// Whether the value at a key of a scenario is a secret, as all that is below it.
pub fn is_secret_key(key: &str) -> bool {
    let is_password = || {
        let key = key.to_ascii_lowercase();
        key.ends_with("password") || key == "secrettext"
    };
    SECRET_KEYS.contains(&key) || is_password()
}

/// The key of a scenario, or one spelled so alike that it was meant, whose values are secrets.
pub fn may_be_secret_key(key: &str) -> bool {
    is_secret_key(key) || (key != "secrets" && nearest(key, SECRET_KEYS).is_some())
}

/// Whether the value at a key is none, although the key is below that of a secret.
pub fn is_harmless_key(key: &str) -> bool {
    HARMLESS.contains(&key)
}

impl Action {
    /// The same action with [`MASK`] in place of each secret.
    pub fn without_secrets(&self) -> Action {
        self.with_secrets(|_| MASK.to_owned())
    }

    /// The same action with other secrets.
    pub fn with_secrets(&self, other: impl Fn(&str) -> String) -> Action {
        let (mut node, mut found) = (self.to_node(), false);
        each_secret(&mut node, false, &mut |text| {
            *text = other(text);
            found = true;
        });
        if !found {
            return self.clone();
        }
        Action::read(&node, &mut Problems::default()).unwrap_or_else(|| self.clone())
    }
}

/// Collects the secrets that an action says.
pub fn secrets_of(action: &Action, into: &mut Vec<String>) {
    let mut node = action.to_node();
    each_secret(&mut node, false, &mut |text| into.push(text.clone()));
}

/// Shows each secret in what an action is written with.
fn each_secret(node: &mut Node, secret: bool, see: &mut dyn FnMut(&mut String)) {
    match &mut node.kind {
        Kind::Text(text) if secret && !text.is_empty() => see(text),
        Kind::Text(text) if text.trim_start().starts_with(['{', '[']) => {
            // A body of Graph in JSON.
            if let Ok(mut body) = serde_json::from_str(text)
                && each_secret_of_json(&mut body, false, see)
            {
                *text = body.to_string();
            }
        }
        Kind::List(all) => all.iter_mut().for_each(|one| each_secret(one, secret, see)),
        Kind::Table(entries) => {
            let named = entries.iter().any(|entry| {
                let named = |text: &String| HIDDEN_KEYS.contains(&text.as_str());
                entry.key == "key" && matches!(&entry.value.kind, Kind::Text(text) if named(text))
            });
            for entry in entries {
                let last = entry.key.rsplit('.').next().unwrap_or(&entry.key).trim();
                let own = is_secret_key(last) || (named && last == "value");
                each_secret(&mut entry.value, own || (secret && !is_harmless_key(last)), see);
            }
        }
        _ => {}
    }
}

/// Shows each secret in a body of Graph; whether one has become another.
fn each_secret_of_json(value: &mut Value, secret: bool, see: &mut dyn FnMut(&mut String)) -> bool {
    match value {
        Value::String(text) if secret && !text.is_empty() => {
            let before = text.clone();
            see(text);
            *text != before
        }
        Value::Array(all) => {
            let changed = |found, one| each_secret_of_json(one, secret, see) || found;
            all.iter_mut().fold(false, changed)
        }
        Value::Object(members) => {
            let key = members.get("key").and_then(Value::as_str);
            let named = key.is_some_and(|key| HIDDEN_KEYS.contains(&key));
            members.iter_mut().fold(false, |found, (key, value)| {
                let own = is_secret_key(key) || (named && key == "value");
                let secret = own || (secret && !is_harmless_key(key));
                each_secret_of_json(value, secret, see) || found
            })
        }
        _ => false,
    }
}

/// The fields of a form (RFC 6749 4.4.2, RFC 7523 2.2) and of a JSON answer (RFC 6749 5.1) that
/// hold secrets.
const FIELDS: [&str; 4] = ["client_secret", "client_assertion", "access_token", "refresh_token"];

/// How many characters of a secret are shown: enough to tell it from others, too few to use it.
const SHOWN: usize = 4;

/// Replaces the end of each secret with `…`. It works on the text, because a body that was cut
/// short holds secrets too.
pub(super) fn without_secrets(body: &[u8]) -> Vec<u8> {
    let mut text = String::from_utf8_lossy(body).into_owned();
    for field in FIELDS {
        text = mask(&text, &format!("{field}="), "", '&');
        text = mask(&text, &format!("\"{field}\""), ": \t\r\n\"", '"');
    }
    text.into_bytes()
}

/// A body of Graph without the secrets that it may carry: those of a job, as
/// `{"key":"SecretToken","value":"…"}`, and passwords of users and of applications.
pub(super) fn without_graph_secrets(body: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(body).ok()?;
    let has = |lead: &str| text.contains(lead);
    if !["assword", "secretText"].into_iter().chain(HIDDEN_KEYS).any(has) {
        return None;
    }
    let Ok(mut value) = serde_json::from_str(text) else {
        // What is no JSON, or was cut short, holds secrets too.
        let leads = ["value", "password", "secretText"].map(|name| format!("\"{name}\""));
        let leads = leads.iter().flat_map(|lead| [format!("{lead}:\""), format!("{lead}: \"")]);
        let masked = leads.fold(text.to_owned(), |text, lead| mask(&text, &lead, "", '"'));
        return Some(masked.into_bytes());
    };
    hide(&mut value);
    Some(value.to_string().into_bytes())
}

fn hide(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            let of_secret = members
                .get("key")
                .and_then(|key| key.as_str())
                .is_some_and(|key| HIDDEN_KEYS.contains(&key));
            for (name, inner) in members.iter_mut() {
                let secret = ["password", "secretText"].contains(&name.as_str())
                    || (of_secret && name == "value");
                match inner {
                    serde_json::Value::String(text) if secret => {
                        *text = text.chars().take(SHOWN).chain(['…']).collect();
                    }
                    inner => hide(inner),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(hide),
        _ => {}
    }
}

/// Masks every value that follows `lead` and any of the characters `between`, up to its `end`.
fn mask(text: &str, lead: &str, between: &str, end: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(lead) {
        let (before, after) = rest.split_at(at + lead.len());
        let value = after.trim_start_matches(|c| between.contains(c));
        let length = value.find(end).unwrap_or(value.len());
        out.extend([before, &after[..after.len() - value.len()]]);
        out.extend(value[..length].chars().take(SHOWN));
        out.push('…');
        rest = &value[length..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::actions::tests::action;

    #[test]
    fn an_action_is_shown_without_its_secrets() {
        for (written, shown) in [
            (
                "{ set = { entra = { secrets = { SecretToken = 'SEKRIT2', SyncAll = 'true' } } } }",
                "{ set = { entra = { secrets = { SecretToken = '***', SyncAll = 'true' } } } }",
            ),
            ("{ set_secret = 'SEKRIT2' }", "{ set_secret = '***' }"),
            (
                "{ rotate_token = { value = 'SEKRIT2', expires = '30d' } }",
                "{ rotate_token = { value = '***', expires = '30d' } }",
            ),
            (
                "{ fill_in = { mode = 'automatic', secret = 'SEKRIT2' } }",
                "{ fill_in = { mode = 'automatic', secret = '***' } }",
            ),
            (
                "{ graph = { put = '/x', body = '{\"value\":[{\"key\":\"SecretToken\",\"value\":\"SEKRIT2\"}]}' } }",
                "{ graph = { put = '/x', body = '{\"value\":[{\"key\":\"SecretToken\",\"value\":\"***\"}]}' } }",
            ),
            (
                "{ graph = { patch = '/x', body = { passwordProfile = { password = 'SEKRIT2' } } } }",
                "{ graph = { patch = '/x', body = { passwordProfile = { password = '***' } } } }",
            ),
            ("{ disable = 'ann' }", "{ disable = 'ann' }"),
            ("'revoke_token'", "'revoke_token'"),
        ] {
            assert_eq!(action(written).without_secrets(), action(shown), "{written}");
        }
    }

    #[test]
    fn the_secrets_of_graph_are_cut() {
        let shown = |body: &str| without_graph_secrets(body.as_bytes()).map(String::from_utf8);
        let body = r#"{"value":[{"key":"BaseAddress","value":"https://x"},{"key":"SecretToken","value":"class-token"}]}"#;
        let expected = r#"{"value":[{"key":"BaseAddress","value":"https://x"},{"key":"SecretToken","value":"clas…"}]}"#;
        assert_eq!(shown(body), Some(Ok(expected.to_owned())));
        let user = r#"{"passwordProfile":{"password":"opensesame"}}"#;
        assert_eq!(shown(user), Some(Ok(r#"{"passwordProfile":{"password":"open…"}}"#.to_owned())));
        assert_eq!(shown(r#"{"displayName":"Ann"}"#), None);
        for key in HIDDEN_KEYS {
            let body = format!(r#"{{"value":[{{"key":"{key}","value":"opensesame"}}]}}"#);
            let expected = body.replace("opensesame", "open…");
            assert_eq!(shown(&body), Some(Ok(expected.clone())));
            // The same of a body that was cut short.
            let cut = |text: &str| text.trim_end_matches("]}").to_owned();
            assert_eq!(shown(&cut(&body)), Some(Ok(cut(&expected))));
        }
    }

    #[test]
    fn secrets_are_cut_and_everything_else_stays() {
        let cases = [
            (
                "grant_type=client_credentials&client_id=entra&client_secret=s3cr3t+value&scope=a",
                "grant_type=client_credentials&client_id=entra&client_secret=s3cr…&scope=a",
            ),
            (
                "client_assertion_type=urn&client_assertion=eyJhbGci.x.y",
                "client_assertion_type=urn&client_assertion=eyJh…",
            ),
            (
                r#"{"access_token":"oauth-0123","expires_in":3600}"#,
                r#"{"access_token":"oaut…","expires_in":3600}"#,
            ),
            ("{ \"access_token\" : \"oauth-0123\" }", "{ \"access_token\" : \"oaut…\" }"),
            (r#"{"access_token":"oauth-01"#, r#"{"access_token":"oaut…"#),
            ("<html>down</html>", "<html>down</html>"),
        ];
        for (body, shown) in cases {
            assert_eq!(String::from_utf8(without_secrets(body.as_bytes())).as_deref(), Ok(shown));
        }
    }
}
