//! What a page is made of: GoLinks, the instant, the visitor, and where the page is shown.

use std::sync::Arc;

use crate::base::Time;
use crate::golinks::rights::{Actor, Right};
use crate::golinks::{GoLinks, Role};

/// How many links and accounts a page lists.
pub(super) const LISTED_MAX: usize = 500;

/// Where pages are shown: the address by which a browser knows this server, and the workspaces, of
/// which a page shows one.
#[derive(Clone, Default, Debug)]
pub struct PagePlace {
    /// Scheme and host, such as `https://127.0.0.1:4040`.
    pub base: String,
    /// The names of the workspaces.
    pub workspaces: Vec<Arc<str>>,
    /// The workspace that is shown, by its place among them.
    pub current: usize,
}

impl PagePlace {
    /// The cookie of a session: each workspace has its own.
    pub(super) fn session_cookie(&self) -> String {
        match self.current {
            0 => "golinks_session".to_owned(),
            nth => format!("golinks_session_{nth}"),
        }
    }

    /// A cookie as a browser is given it; one that came by HTTPS goes by nothing else.
    pub(super) fn cookie(&self, name: &str, value: &str) -> String {
        let secure = if self.base.starts_with("https:") { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }
}

/// What a page is made of.
pub(super) struct Shown<'a> {
    pub(super) golinks: &'a GoLinks,
    pub(super) now: Time,
    /// The person with a session.
    pub(super) visitor: Option<Visitor>,
    /// The query, as it was sent.
    pub(super) query: &'a str,
    pub(super) place: &'a PagePlace,
}

impl Shown<'_> {
    /// Whether the visitor may do this.
    pub(super) fn may(&self, right: Right) -> bool {
        self.visitor.as_ref().is_some_and(|it| self.golinks.may(it.actor, right).is_ok())
    }
}

/// A person with a session.
#[derive(Clone, Debug)]
pub(super) struct Visitor {
    pub(super) actor: Actor,
    pub(super) session: u64,
    pub(super) name: Arc<str>,
    pub(super) role: Role,
}
