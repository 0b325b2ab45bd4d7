//! How clients authenticate: the method, and the credentials that the server expects.

use std::time::Duration;

use super::row::{Key, Parse, Setting, SettingRow, settings};
use super::tokens::Expiry;
use super::values::is_none;
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

/// The way a client authenticates.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Auth {
    /// A bearer token (RFC 6750).
    #[default]
    Bearer,
    /// A name and a password (RFC 7617), which the provisioning client cannot send (B89).
    Basic,
    /// Every client is let in, whatever it sends.
    Open,
}

impl Parse for Auth {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Auth> {
        if let Kind::Text(text) = &value.kind
            && ["oauth", "oauth2", "client_credentials"].contains(&text.to_lowercase().as_str())
        {
            problems
                .error(value.span, format!("unknown value `{text}`"))
                .help("for OAuth say who may fetch a token: golinks.oauth.client_id = \"entra\"");
            return None;
        }
        let words = [("bearer", Auth::Bearer), ("basic", Auth::Basic), ("none", Auth::Open)];
        value.as_word(&words, problems)
    }
}

/// The plan that the workspace has bought [golinks].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum WorkspacePlan {
    /// SCIM is part of it.
    #[default]
    Enterprise,
    /// SCIM is no part of it.
    Free,
}

impl Parse for WorkspacePlan {
    fn parse(value: &Node, problems: &mut Problems) -> Option<WorkspacePlan> {
        value.as_word(
            &[("enterprise", WorkspacePlan::Enterprise), ("free", WorkspacePlan::Free)],
            problems,
        )
    }
}

settings! {
    /// What `auth = "basic"` takes.
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct Basic;
    /// The name.
    user: String = "golinks".to_owned(), "basic.user" = "\"golinks\"";
    /// The password.
    password: String = "golinks-demo-password".to_owned(),
        "basic.password" = "\"golinks-demo-password\"";
}

settings! {
    /// A token endpoint for the client-credentials grant (RFC 6749 4.4), with a client secret or
    /// with an assertion of the trusted tenant (RFC 7523 2.2).
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct OAuth;
    /// The name of the client.
    client_id: String = "entra".to_owned(), "oauth.client_id" = "\"entra\"";
    /// Its secret.
    client_secret: String = "golinks-demo-secret".to_owned(),
        "oauth.client_secret" = "\"golinks-demo-secret\"";
    /// When the client secret ends: a duration since the start, or a date-time.
    ///
    /// Tokens that it got live on.
    secret_expires: Expiry = Expiry::Never, "oauth.secret_expires" = "never";
    /// Further good secrets, each as `{ value, expires }`, so that one is replaced without a gap.
    client_secrets: Vec<ClientSecret> = Vec::new(), "oauth.client_secrets" = "[]";
    /// How long a token lives: in virtual time, and for clients from outside in real time.
    expires: Duration = Duration::from_secs(3_600), "oauth.expires" = "\"1h\"";
}

/// One of several client secrets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClientSecret {
    /// The secret.
    pub value: String,
    /// When it ends.
    pub expires: Expiry,
}

impl OAuth {
    /// The secrets of the client, each with its end.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = (&str, Expiry)> {
        let more = self.client_secrets.iter().map(|secret| (&*secret.value, secret.expires));
        std::iter::once((&*self.client_secret, self.secret_expires)).chain(more)
    }
}

impl Parse for Vec<ClientSecret> {
    fn parse(value: &Node, problems: &mut Problems) -> Option<Vec<ClientSecret>> {
        let Kind::List(items) = &value.kind else {
            return value.expected_like(
                "a list",
                "[{ value = \"next\", expires = \"365d\" }]",
                problems,
            );
        };
        items.iter().map(|item| ClientSecret::read(item, problems)).collect()
    }
}

impl ClientSecret {
    fn read(node: &Node, problems: &mut Problems) -> Option<ClientSecret> {
        const KEYS: [&str; 2] = ["value", "expires"];
        if let Kind::Text(value) = &node.kind {
            return Some(ClientSecret { value: value.clone(), expires: Expiry::Never });
        }
        for entry in node.as_table(problems)? {
            if !KEYS.contains(&entry.key.as_str()) {
                unknown_key(entry, "a client secret", &KEYS, problems);
            }
        }
        let filled = |value: &&Node| !matches!(&value.kind, Kind::Text(text) if text.is_empty());
        let Some(value) = node.get("value").filter(filled) else {
            problems
                .error(node.span, "a client secret needs a `value`")
                .help("such as value = \"s3cret\"");
            return None;
        };
        let expires =
            node.get("expires").map_or(Some(Expiry::Never), |n| Expiry::parse(n, problems));
        Some(ClientSecret { value: value.as_text(problems)?.to_owned(), expires: expires? })
    }
}

/// `none` removes the endpoint; setting any of its keys adds it.
impl Setting for Option<OAuth> {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        match key.next() {
            None if is_none(value) => *self = None,
            _ => self.get_or_insert_default().set(key, value, problems),
        }
    }

    fn rows_below() -> Vec<SettingRow> {
        OAuth::rows_below()
    }
}
