//! `[entra.graph.clients.<name>]`: applications that are registered with the tenant and may ask it
//! for tokens.

use crate::base::jwt::PublicJwk;
use crate::base::node::{Entry, PointInTime, unknown_key};
use crate::base::{Node, Problems};

/// The keys of a client.
const KEYS: [&str; 7] =
    ["id", "secret", "secret_expires", "certificate", "permissions", "public", "redirect_uris"];

/// A registered application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GraphClient {
    /// Its name.
    pub name: String,
    /// Its client id; `None` draws one from the name.
    pub id: Option<String>,
    /// Its secret.
    pub secret: Option<String>,
    /// When the secret expires, in virtual time; `None` for never.
    pub secret_expires: Option<PointInTime>,
    /// The certificate with which it signs assertions.
    pub certificate: Option<PublicJwk>,
    /// Its application permissions, and what it may do in a user's name; `None` for all.
    pub permissions: Option<Vec<String>>,
    /// Whether users may sign in through it without its secret.
    pub public: bool,
    /// Where users may be led back to, besides this machine.
    pub redirect_uris: Vec<String>,
}

impl GraphClient {
    fn new(name: &str) -> GraphClient {
        GraphClient {
            name: name.to_owned(),
            id: None,
            secret: None,
            secret_expires: None,
            certificate: None,
            permissions: None,
            public: false,
            redirect_uris: Vec::new(),
        }
    }

    /// Sets one key.
    fn set(&mut self, entry: &Entry, problems: &mut Problems) {
        let node = &entry.value;
        match entry.key.as_str() {
            "id" => self.id = read_id(node, problems).or(self.id.take()),
            "secret" => {
                let read = crate::entra::settings::read_secret(node, problems);
                self.secret = read.or(self.secret.take());
            }
            "secret_expires" => {
                self.secret_expires = node.as_instant(problems).or(self.secret_expires);
            }
            "certificate" => {
                let read = read_certificate(node, problems);
                self.certificate = read.or(self.certificate.take());
            }
            "permissions" => {
                self.permissions = node.as_texts(problems).or(self.permissions.take());
            }
            "public" => self.public = node.as_bool(problems).unwrap_or(self.public),
            "redirect_uris" => {
                let read = node.as_texts(problems);
                self.redirect_uris = read.unwrap_or(std::mem::take(&mut self.redirect_uris));
            }
            _ => unknown_key(entry, "a client of [entra.graph.clients]", &KEYS, problems),
        }
    }
}

/// Sets clients from a table of them, from the table of one, or from one key of one.
pub(super) fn set(
    clients: &mut Vec<GraphClient>,
    path: &[&str],
    node: &Node,
    problems: &mut Problems,
) {
    let [name, inner @ ..] = path else {
        for entry in node.as_table(problems).unwrap_or_default() {
            set(clients, &[&entry.key], &entry.value, problems);
        }
        return;
    };
    let known = clients.iter().position(|client| client.name == *name);
    let at = known.unwrap_or_else(|| {
        clients.push(GraphClient::new(name));
        clients.len() - 1
    });
    let Some(client) = clients.get_mut(at) else { return };
    match inner {
        [] => {
            for entry in node.as_table(problems).unwrap_or_default() {
                client.set(entry, problems);
            }
        }
        [key, ..] => {
            let (key, key_span, value) = ((*key).to_owned(), node.span, node.clone());
            client.set(&Entry { key, key_span, value }, problems);
        }
    }
}

fn read_id(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.as_text(problems)?;
    match crate::base::seed::parse_guid(text) {
        Some(id) => Some(crate::base::seed::show_guid(id)),
        None => node.refused("a GUID", &format!("`{text}`"), problems),
    }
}

fn read_certificate(node: &Node, problems: &mut Problems) -> Option<PublicJwk> {
    match PublicJwk::from_certificate(node.as_text(problems)?) {
        Ok(key) => Some(key),
        Err(why) => node.refused("a certificate in PEM, with an RSA key", why, problems),
    }
}
