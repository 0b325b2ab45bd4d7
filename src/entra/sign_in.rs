//! How a job signs in at the application: the method, and what the administrator fills in for
//! OAuth.

use super::identity;
use super::key_doc::KeyDoc;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Node, Problems};

/// The authentication method of a job [gallery-req, scim-dev].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum AuthMethod {
    /// A secret token, sent as it is; left blank, a token of the tenant's own.
    #[default]
    Bearer,
    /// OAuth 2.0 client credentials (RFC 6749 4.4): an access token for client id and secret.
    ClientCredentials,
    /// Workload identity federation: an access token for an assertion that the tenant signs
    /// (RFC 7523 2.2).
    Federation,
}

impl AuthMethod {
    /// The words of the scenario format.
    pub const WORDS: [(&'static str, AuthMethod); 3] = [
        ("bearer", AuthMethod::Bearer),
        ("client_credentials", AuthMethod::ClientCredentials),
        ("federation", AuthMethod::Federation),
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        let found = AuthMethod::WORDS.iter().find(|(_, method)| *method == self);
        found.map_or("bearer", |(word, _)| word)
    }

    /// Whether the job asks a token endpoint for access tokens.
    pub fn is_oauth(self) -> bool {
        self != AuthMethod::Bearer
    }
}

/// What the administrator fills in for OAuth. What is left out is GoLinks' own, as is the secret
/// token.
#[derive(Clone, PartialEq, Debug)]
pub struct OAuth {
    /// The token endpoint as it was typed, a URL or a path; `None` is `oauth/token` below the
    /// tenant URL.
    pub token_url: Option<String>,
    /// The name of the client.
    pub client_id: Option<String>,
    /// Its secret; a federated client has none.
    pub client_secret: Option<String>,
    /// The scope to ask for; `None` asks for none.
    pub scope: Option<String>,
    /// The audience of the assertion; `None` is the identifier of the service's own application.
    pub audience: Option<String>,
    /// The number of the tenant's key that signs; the tenant publishes it and those before it.
    pub signing_key: u64,
}

impl Default for OAuth {
    fn default() -> OAuth {
        OAuth {
            token_url: None,
            client_id: None,
            client_secret: None,
            scope: None,
            audience: None,
            signing_key: 1,
        }
    }
}

/// The keys of `[entra.oauth]`.
pub const OAUTH_KEYS: [KeyDoc; 6] = [
    KeyDoc {
        name: "token_url",
        doc: "Where access tokens are issued: `oauth/token` below the tenant URL unless said.",
        example: "\"https://golinks.example/scim/v2/oauth/token\"",
    },
    KeyDoc {
        name: "client_id",
        doc: "The name of the client: GoLinks' own unless said.",
        example: "\"entra\"",
    },
    KeyDoc {
        name: "client_secret",
        doc: "The client's secret: GoLinks' own unless said. With `auth = \"federation\"` there is none.",
        example: "\"another-secret\"",
    },
    KeyDoc {
        name: "scope",
        doc: "The scope to ask for; none is asked for unless said.",
        example: "\"scim\"",
    },
    KeyDoc {
        name: "audience",
        doc: "The audience of the assertion of a federated client: the service's own application unless said.",
        example: "\"api://golinks/.default\"",
    },
    KeyDoc {
        name: "signing_key",
        doc: "Which of the tenant's two keys signs; saving the next one is a roll-over.",
        example: "2",
    },
];

impl OAuth {
    /// Sets one key, or several from a table.
    pub(super) fn set(&mut self, path: &[&str], node: &Node, problems: &mut Problems) {
        let [key, ..] = path else {
            for entry in node.as_table(problems).unwrap_or_default() {
                self.set_entry(entry, problems);
            }
            return;
        };
        let entry = Entry { key: (*key).to_owned(), key_span: node.span, value: node.clone() };
        self.set_entry(&entry, problems);
    }

    fn set_entry(&mut self, entry: &Entry, problems: &mut Problems) {
        let node = &entry.value;
        let place = match entry.key.as_str() {
            "client_id" => &mut self.client_id,
            "client_secret" => &mut self.client_secret,
            "scope" => &mut self.scope,
            "audience" => &mut self.audience,
            "token_url" => {
                match node.as_text(problems) {
                    Some("") => self.token_url = None,
                    Some(text) if path_of(node, problems).is_some() => {
                        self.token_url = Some(text.to_owned());
                    }
                    _ => {}
                }
                return;
            }
            "signing_key" => {
                match node.as_count(problems) {
                    Some(number @ 1..=identity::KEY_COUNT) => self.signing_key = number,
                    Some(other) => drop(node.refused::<()>(
                        "1 or 2, the tenant's keys",
                        &other.to_string(),
                        problems,
                    )),
                    None => {}
                }
                return;
            }
            _ => {
                let known: Vec<&str> = OAUTH_KEYS.iter().map(|key| key.name).collect();
                return unknown_key(entry, "[entra.oauth]", &known, problems);
            }
        };
        if let Some(text) = node.as_text(problems) {
            *place = Some(text.to_owned());
        }
    }
}

/// The path of a URL, or a path as it stands; the empty text for what is neither.
pub(super) fn path_in(url: &str) -> String {
    let read = url.parse::<http::Uri>();
    read.map(|uri| uri.path().to_owned()).unwrap_or_default()
}

fn path_of(node: &Node, problems: &mut Problems) -> Option<String> {
    let text = node.as_text(problems)?;
    match text.parse::<http::Uri>() {
        Ok(uri) if uri.path().starts_with('/') => Some(path_in(text)),
        _ => {
            let what = "a URL or a path such as \"/scim/v2/oauth/token\"";
            node.refused(what, &format!("`{text}`"), problems)
        }
    }
}
