//! How clients prove who they are: which way the server takes, and what it expects that way.

use std::time::Duration;

use crate::base::node::unknown_key;
use crate::base::{Node, Problems};
use crate::golinks::settings::put;
use crate::golinks::settings::unknown;

/// The settings of access, tokens aside.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Access {
    /// Which way a client proves who it is.
    pub auth: Auth,
    /// The name and the password of `basic`.
    pub basic: Basic,
    /// The token endpoint, when there is one.
    pub oauth: Option<OAuth>,
}

/// Which way a client proves who it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Auth {
    /// A bearer token (RFC 6750).
    #[default]
    Bearer,
    /// A name and a password (RFC 7617), which the provisioning client cannot send (B89).
    Basic,
    /// Nobody asks; whatever is sent is good.
    Open,
}

/// A name and a password.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Basic {
    /// The name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl Default for Basic {
    fn default() -> Basic {
        Basic { user: "golinks".to_owned(), password: "golinks-demo-password".to_owned() }
    }
}

/// A token endpoint for the client-credentials grant (RFC 6749 4.4).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OAuth {
    /// The client's name.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// How long a token lives.
    pub expires: Duration,
}

impl Default for OAuth {
    fn default() -> OAuth {
        OAuth {
            client_id: "entra".to_owned(),
            client_secret: "golinks-demo-secret".to_owned(),
            expires: Duration::from_secs(3_600),
        }
    }
}

impl Access {
    /// Reads `auth`, or a key of `basic` or `oauth`, or one of these tables.
    pub(crate) fn set(&mut self, path: &[&str], value: &Node, problems: &mut Problems) {
        match path {
            ["auth"] => put(
                &mut self.auth,
                value.as_word(
                    &[("bearer", Auth::Bearer), ("basic", Auth::Basic), ("none", Auth::Open)],
                    problems,
                ),
            ),
            ["oauth"] if crate::golinks::settings::limits::is_none(value) => self.oauth = None,
            [table @ ("basic" | "oauth")] => {
                let keys: &[&str] = if *table == "basic" { &["user", "password"] } else { &OAUTH };
                if *table == "oauth" {
                    self.oauth.get_or_insert_default();
                }
                for entry in value.as_table(problems).unwrap_or_default() {
                    match keys.contains(&entry.key.as_str()) {
                        true => self.set(&[table, &entry.key], &entry.value, problems),
                        false => unknown_key(entry, &format!("`golinks.{table}`"), keys, problems),
                    }
                }
            }
            ["basic", "user"] => {
                put(&mut self.basic.user, value.as_text(problems).map(str::to_owned))
            }
            ["basic", "password"] => {
                put(&mut self.basic.password, value.as_text(problems).map(str::to_owned))
            }
            ["oauth", key] => {
                let oauth = self.oauth.get_or_insert_default();
                match *key {
                    "client_id" => {
                        put(&mut oauth.client_id, value.as_text(problems).map(str::to_owned))
                    }
                    "client_secret" => {
                        put(&mut oauth.client_secret, value.as_text(problems).map(str::to_owned))
                    }
                    "expires" => put(&mut oauth.expires, value.as_duration(problems)),
                    _ => unknown(value, "setting", &path.join("."), OAUTH.into_iter(), problems),
                }
            }
            _ => unknown(
                value,
                "setting",
                &path.join("."),
                ["auth", "basic", "oauth"].into_iter(),
                problems,
            ),
        }
    }
}

const OAUTH: [&str; 3] = ["client_id", "client_secret", "expires"];
