//! What is to be checked, and how the server is reached.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Uri};

use super::check::{Check, Needs};
use super::order;
use crate::foreign::Carried;

/// For which client the server is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Profile {
    /// Entra's provisioning service: all checks.
    #[default]
    Entra,
    /// The direct tests of Entra's application gallery, and what they rest on.
    Gallery,
    /// Okta's SPEC test.
    Okta,
    /// What the RFCs demand, whoever the client is.
    Rfc,
}

impl Profile {
    /// The words of the command line.
    pub const WORDS: [(&'static str, Profile); 4] = [
        ("entra", Profile::Entra),
        ("gallery", Profile::Gallery),
        ("okta", Profile::Okta),
        ("rfc", Profile::Rfc),
    ];

    /// Which checks it has, in words.
    pub fn means(self) -> &'static str {
        match self {
            Profile::Entra => "All checks: what Entra's provisioning service needs and meets",
            Profile::Gallery => {
                "The direct tests of Entra's application gallery, and what they rest on"
            }
            Profile::Okta => "What Okta's SPEC test asks for",
            Profile::Rfc => "What the RFCs demand, whoever the client is",
        }
    }

    /// Whether a check belongs to it, by the sources that the check names.
    fn takes(self, check: &Check) -> bool {
        let named = |marks: &[&str]| {
            check
                .sources
                .split(", ")
                .any(|source| marks.iter().any(|mark| source.starts_with(mark)))
        };
        match self {
            Profile::Entra => true,
            Profile::Gallery => check.ends_all || named(&["gallery", "direct test", "validator"]),
            Profile::Okta => check.ends_all || named(&["Okta"]),
            Profile::Rfc => check.ends_all || named(&["RFC"]),
        }
    }
}

/// Whether groups are checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum WithGroups {
    /// When the server has a `/Groups` endpoint.
    #[default]
    Auto,
    /// Yes: a server without them fails.
    Yes,
    /// No.
    No,
}

impl WithGroups {
    /// The words of the command line.
    pub const WORDS: [(&'static str, WithGroups); 3] =
        [("auto", WithGroups::Auto), ("yes", WithGroups::Yes), ("no", WithGroups::No)];
}

/// A token endpoint, and the forms that are sent to it.
#[derive(Clone, Debug)]
pub struct TokenForms {
    /// Where it is, whole.
    pub uri: Uri,
    /// The form that should be granted a token.
    pub good: Bytes,
    /// The same as it may be shown.
    pub shown: Bytes,
    /// The form with a wrong secret, when there is a secret.
    pub wrong_secret: Option<Bytes>,
    /// Forms with assertions that must be refused, each with what is wrong with it; none when there
    /// is a secret.
    pub wrong_assertions: Vec<(&'static str, Bytes)>,
}

/// What is to be checked, and how the server is reached.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Scheme, host and port, for what is shown.
    pub origin: String,
    /// The path of the tenant URL, without a slash at its end.
    pub base_path: String,
    /// What of the tenant URL's query goes along with every request.
    pub carried: Option<Carried>,
    /// Headers of every request, `Authorization` among them.
    pub headers: HeaderMap,
    /// Where access tokens come from, when they do.
    pub tokens: Option<TokenForms>,
    /// A token that has ended, to be tried.
    pub ended_token: Option<HeaderValue>,
    /// For which client the server is meant.
    pub profile: Profile,
    /// Whether groups are checked.
    pub groups: WithGroups,
    /// Whether lives speak the compliant dialect, which a flag of the tenant URL chooses.
    pub compliant: bool,
    /// Only checks whose id begins with one of these; all when empty.
    pub only: Vec<String>,
    /// No checks whose id begins with one of these.
    pub skip: Vec<String>,
    /// What the names of all created objects contain, so that runs do not meet.
    pub tag: String,
    /// The greatest number of requests.
    pub budget: u64,
    /// Whether to stop at the first failure.
    pub fail_fast: bool,
    /// Whether created objects are left at the server.
    pub keep: bool,
    /// Asked before each request: whether to end now.
    pub stops: fn() -> bool,
    /// Whether the server may speak plain HTTP: it is on this machine or in a private network.
    pub is_near: bool,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            origin: "http://localhost".to_owned(),
            base_path: "/scim/v2".to_owned(),
            carried: None,
            headers: HeaderMap::new(),
            tokens: None,
            ended_token: None,
            profile: Profile::default(),
            groups: WithGroups::default(),
            compliant: false,
            only: Vec::new(),
            skip: Vec::new(),
            tag: "scimulator".to_owned(),
            budget: 5_000,
            fail_fast: false,
            keep: false,
            stops: || false,
            is_near: true,
        }
    }
}

impl Plan {
    /// Whether a check that was not asked for may be run all the same, because it tells of a cause.
    pub(super) fn may_run(&self, check: &Check) -> bool {
        let left_out = self.skip.iter().any(|name| is_named(check.id, name));
        !left_out && self.lacks(check).is_none()
    }

    /// Why a check is not run; `None` when it is. A check that decides whether any other means
    /// something is always run.
    pub fn skips(&self, check: &Check) -> Option<String> {
        let named = |names: &[String]| names.iter().any(|name| is_named(check.id, name));
        let always = order::is_always_run(check);
        if !always && (named(&self.skip) || !(self.only.is_empty() || named(&self.only))) {
            return Some("not asked for".to_owned());
        }
        if !always && !self.profile.takes(check) {
            return Some("not part of this profile".to_owned());
        }
        self.lacks(check)
    }

    /// What a check needs and was not given.
    fn lacks(&self, check: &Check) -> Option<String> {
        match check.needs {
            Needs::Groups if self.groups == WithGroups::No => Some("without groups".to_owned()),
            Needs::Token
                if self.tokens.is_none()
                    && !self.headers.contains_key(http::header::AUTHORIZATION) =>
            {
                Some("no token was given".to_owned())
            }
            Needs::TokenEndpoint if self.tokens.is_none() => {
                Some("no token endpoint was given (--token-url)".to_owned())
            }
            Needs::ClientSecret if !self.has(|tokens| tokens.wrong_secret.is_some()) => {
                Some("no client secret was given (--token-url)".to_owned())
            }
            Needs::Federation if !self.has(|tokens| tokens.wrong_secret.is_none()) => {
                Some("no federation was asked for (--token-url, --federated)".to_owned())
            }
            _ => None,
        }
    }
}

impl Plan {
    fn has(&self, what: impl FnOnce(&TokenForms) -> bool) -> bool {
        self.tokens.as_ref().is_some_and(what)
    }
}

/// Whether a name means this check: the id itself, or its topic.
fn is_named(id: &str, name: &str) -> bool {
    id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}
