//! The go links: a name, where it leads, and whose it is.

use std::collections::BTreeMap;
use std::fmt;

use super::ids::AccountId;
use crate::base::Time;
use crate::scim::compare::fold;

/// The most characters of a name [golinks].
const NAME_MAX: usize = 50;
/// The most characters of a URL (assumed).
const URL_MAX: usize = 2_000;

/// The name of a link, as in `go/<name>`: in lower case, as names are compared [golinks].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LinkName(Box<str>);

impl LinkName {
    /// Reads a name.
    ///
    /// # Errors
    /// What a name may be.
    pub fn read(text: &str) -> Result<LinkName, &'static str> {
        let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        match !text.is_empty() && text.chars().count() <= NAME_MAX && text.chars().all(plain) {
            true => Ok(LinkName(text.to_lowercase().into())),
            false => Err("a link's name has letters, digits, - and _, 50 at most"),
        }
    }
}

impl std::ops::Deref for LinkName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LinkName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a link leads: `http` or `https` and a host, so that no link runs a script.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct LinkUrl(Box<str>);

impl LinkUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// What a URL may be.
    pub fn read(text: &str) -> Result<LinkUrl, &'static str> {
        const WHAT: &str = "a link leads to `https://` or `http://` and a host";
        if text.len() > URL_MAX {
            return Err("a link's URL has 2000 characters at most");
        }
        let uri: http::Uri = text.parse().map_err(|_| WHAT)?;
        let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        match scheme && uri.host().is_some_and(|host| !host.is_empty()) {
            true => Ok(LinkUrl(text.into())),
            false => Err(WHAT),
        }
    }
}

impl std::ops::Deref for LinkUrl {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The owner of a link.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LinkOwner {
    /// An account, which may be inactive or deleted by now.
    Account(AccountId),
    /// The name of an account that is not there yet; empty for a link of the workspace.
    Named(Box<str>),
}

/// A go link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its number, from 1 on.
    pub number: u64,
    /// Where it leads.
    pub url: LinkUrl,
    /// What it is about.
    pub description: String,
    /// Whose it is.
    pub owner: LinkOwner,
    /// Whether its owner alone may use it.
    pub private: bool,
    /// How often it was followed.
    pub hits: u64,
    /// When it was changed last.
    pub updated: Time,
}

/// All links, by name.
#[derive(Clone, Default)]
pub struct Links {
    links: BTreeMap<LinkName, Link>,
    count: u64,
    /// The links that wait for an account of a name, folded.
    waiting: BTreeMap<Box<str>, Vec<LinkName>>,
}

impl Links {
    /// Adds a link; `false` when there is one of this name.
    pub(crate) fn add(&mut self, name: &LinkName, link: Link) -> bool {
        if self.links.contains_key(name) {
            return false;
        }
        if let LinkOwner::Named(owner) = &link.owner
            && !owner.is_empty()
        {
            let folded = fold(owner).into_owned().into();
            self.waiting.entry(folded).or_default().push(name.clone());
        }
        self.count += 1;
        self.links.insert(name.clone(), Link { number: self.count, ..link });
        true
    }

    /// The link of a name, in any case.
    pub fn get(&self, name: &str) -> Option<&Link> {
        self.links.get(&LinkName::read(name).ok()?)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Link> {
        self.links.get_mut(&LinkName::read(name).ok()?)
    }

    pub(crate) fn remove(&mut self, name: &str) -> bool {
        LinkName::read(name).is_ok_and(|name| self.links.remove(&name).is_some())
    }

    /// Every link, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&LinkName, &Link)> {
        self.links.iter()
    }

    /// The links of an account, by name.
    pub fn of(&self, owner: AccountId) -> impl Iterator<Item = (&LinkName, &Link)> {
        self.iter().filter(move |(_, link)| link.owner == LinkOwner::Account(owner))
    }

    /// Gives the links that wait for an account of this name to it: all of the name, or what stands
    /// before its `@`.
    pub(crate) fn adopt(&mut self, id: AccountId, folded: &str) {
        if self.waiting.is_empty() {
            return;
        }
        let local = folded.split('@').next().unwrap_or(folded);
        for name in [folded, local].into_iter().filter_map(|name| self.waiting.remove(name)) {
            for name in name {
                if let Some(link) = self.links.get_mut(&name) {
                    link.owner = LinkOwner::Account(id);
                }
            }
        }
    }
}
