//! How clients authenticate: the method, and the credentials that the server expects.

use std::time::Duration;

use super::row::{Key, Parse, Setting, SettingRow, settings};
use super::values::is_none;
use crate::base::{Node, Problems};

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
        let words = [("bearer", Auth::Bearer), ("basic", Auth::Basic), ("none", Auth::Open)];
        value.as_word(&words, problems)
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
    /// A token endpoint for the client-credentials grant (RFC 6749 4.4).
    #[derive(Clone, PartialEq, Eq, Debug)]
    pub struct OAuth;
    /// The name of the client.
    client_id: String = "entra".to_owned(), "oauth.client_id" = "\"entra\"";
    /// Its secret.
    client_secret: String = "golinks-demo-secret".to_owned(),
        "oauth.client_secret" = "\"golinks-demo-secret\"";
    /// How long a token lives: in virtual time, and for clients from outside in real time.
    expires: Duration = Duration::from_secs(3_600), "oauth.expires" = "\"1h\"";
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
