//! `[entra.graph]`: who may use the tenant's Graph API.

use super::client::{self, GraphClient};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Node, Problems};
use crate::entra::key_doc::{KeyDoc, names};

/// The token that is good unless a scenario sets another.
pub const DEMO_TOKEN: &str = "graph-demo-token";

/// The keys of `[entra.graph]`.
pub const GRAPH_KEYS: [KeyDoc; 3] = [
    KeyDoc {
        name: "token",
        doc: "A bearer token that the Graph API takes as it is, with every permission. It is for demonstrations; an empty text switches it off.",
        example: "\"graph-demo-token\"",
    },
    KeyDoc {
        name: "permissions",
        doc: "The application permissions of that token; all unless said. Without one that a request needs, the answer is 403.",
        example: "[\"User.Read.All\", \"Synchronization.Read.All\"]",
    },
    KeyDoc {
        name: "clients",
        doc: "Registered applications that ask the tenant for tokens, by name: `secret`, `secret_expires` (virtual time), `certificate` (PEM), `permissions` (all unless said), `public` (users sign in without the secret), `redirect_uris`, `id`. One with every permission, whose secret is `graph-demo-secret`, is always there.",
        example: "{ reader = { secret = \"another-secret\", secret_expires = \"30d\", permissions = [\"User.Read.All\"] } }",
    },
];

/// Who may use the tenant's Graph API.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GraphAccess {
    /// The plain token; empty when there is none.
    pub token: String,
    /// Its application permissions; `None` for all.
    pub permissions: Option<Vec<String>>,
    /// The registered applications, besides the one that is always there.
    pub clients: Vec<GraphClient>,
}

impl Default for GraphAccess {
    fn default() -> GraphAccess {
        GraphAccess { token: DEMO_TOKEN.to_owned(), permissions: None, clients: Vec::new() }
    }
}

impl GraphAccess {
    /// Sets one key, or several from a table.
    pub fn set(&mut self, path: &[&str], node: &Node, problems: &mut Problems) {
        let [key, ..] = path else {
            for entry in node.as_table(problems).unwrap_or_default() {
                self.set_entry(entry, problems);
            }
            return;
        };
        if let ["clients", inner @ ..] = path {
            return client::set(&mut self.clients, inner, node, problems);
        }
        let entry = Entry { key: (*key).to_owned(), key_span: node.span, value: node.clone() };
        self.set_entry(&entry, problems);
    }

    fn set_entry(&mut self, entry: &Entry, problems: &mut Problems) {
        match entry.key.as_str() {
            "token" => {
                if let Some(token) = crate::entra::settings::read_secret(&entry.value, problems) {
                    self.token = token;
                }
            }
            "permissions" => {
                self.permissions = entry.value.as_texts(problems).or(self.permissions.take());
            }
            "clients" => client::set(&mut self.clients, &[], &entry.value, problems),
            _ => unknown_key(entry, "[entra.graph]", &names(&GRAPH_KEYS), problems),
        }
    }
}
