//! The go links: a name, where it leads, and whose it is.

use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::ids::AccountId;
use crate::base::Time;
use crate::scim::compare::fold;

/// The most characters of a name [golinks].
const NAME_MAX: usize = 50;
/// The most characters of a URL (assumed).
const URL_MAX: usize = 2_000;
/// The most characters of a description [golinks].
const DESCRIPTION_MAX: usize = 500;
/// The most other names of a link [golinks].
const ALIASES_MAX: usize = 10;
/// The most tags of a link, and the most characters of one (assumed).
const TAGS_MAX: usize = 20;

/// What a variable link puts what follows its name in place of (assumed).
const PLACEHOLDERS: [&str; 2] = ["{*}", "%s"];

/// What is not encoded of what a variable link puts into its URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The name of a link, as in `go/<name>`: in lower case, as names are compared [golinks].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct LinkName(Box<str>);

impl LinkName {
    /// Reads a name.
    ///
    /// # Errors
    /// What a name may be.
    pub fn read(text: &str) -> Result<LinkName, &'static str> {
        let mut after_emoji = false;
        let mut fits = |c: char| {
            // What joins or colours an emoji stands behind one, so that no two names look the same.
            let joins = matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}') && after_emoji;
            let emoji = is_emoji(c);
            after_emoji = emoji || joins;
            emoji || joins || c.is_alphanumeric() || c == '-' || c == '_'
        };
        match !text.is_empty() && text.chars().count() <= NAME_MAX && text.chars().all(&mut fits) {
            true => Ok(LinkName(text.to_lowercase().into())),
            false => Err("a link's name has letters, digits, emoji, - and _, 50 at most"),
        }
    }

    /// The name as a part of a path.
    pub fn encoded(&self) -> String {
        utf8_percent_encode(&self.0, PLAIN).to_string()
    }
}

/// Whether a character is an emoji, of the blocks that hold them.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
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
    /// Reads a URL. A placeholder can stand in its path, its query or its fragment, and never in
    /// the host: who enters a link does not choose the site.
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
        let host = uri.host().is_some_and(|host| !host.is_empty());
        let variable =
            uri.authority().is_some_and(|it| PLACEHOLDERS.iter().any(|p| it.as_str().contains(p)));
        match scheme && host && !variable {
            true => Ok(LinkUrl(text.into())),
            false => Err(WHAT),
        }
    }

    /// Whether what follows the link's name is put into it.
    pub fn is_variable(&self) -> bool {
        PLACEHOLDERS.iter().any(|placeholder| self.0.contains(placeholder))
    }

    /// Where the link leads with `rest` behind its name; `None` where it takes nothing there.
    pub fn with(&self, rest: &str) -> Option<String> {
        if !self.is_variable() {
            return rest.is_empty().then(|| self.0.to_string());
        }
        let rest = utf8_percent_encode(rest, PLAIN).to_string();
        Some(PLACEHOLDERS.iter().fold(self.0.to_string(), |url, it| url.replace(it, &rest)))
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
#[derive(Clone, PartialEq, Debug)]
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
    /// Its other names.
    pub aliases: Vec<LinkName>,
    /// Its tags.
    pub tags: Vec<String>,
    /// How often it was followed.
    pub hits: u64,
    /// When it was made.
    pub created: Time,
    /// When it was changed last.
    pub updated: Time,
}

impl Default for Link {
    fn default() -> Link {
        Link {
            number: 0,
            url: LinkUrl::default(),
            description: String::new(),
            owner: LinkOwner::Named("".into()),
            private: false,
            aliases: Vec::new(),
            tags: Vec::new(),
            hits: 0,
            created: Time::from_secs(0),
            updated: Time::from_secs(0),
        }
    }
}

/// What a person writes into a link.
#[derive(Clone, Debug)]
pub struct LinkDraft {
    /// Its name.
    pub name: LinkName,
    /// Where it leads.
    pub url: LinkUrl,
    /// What it is about.
    pub description: String,
    /// Whether its owner alone may use it.
    pub private: bool,
    /// Its other names.
    pub aliases: Vec<LinkName>,
    /// Its tags.
    pub tags: Vec<String>,
}

impl LinkDraft {
    /// Whether a link says all of it already.
    pub(crate) fn says(&self, name: &LinkName, link: &Link) -> bool {
        let told =
            (&self.name, &self.url, &self.description) == (name, &link.url, &link.description);
        told && (self.private, &self.aliases, &self.tags)
            == (link.private, &link.aliases, &link.tags)
    }

    /// Checks what is limited.
    ///
    /// # Errors
    /// What is too long or too much.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.description.chars().count() > DESCRIPTION_MAX {
            return Err("a link's description has 500 characters at most");
        }
        if self.aliases.len() > ALIASES_MAX {
            return Err("a link has 10 aliases at most");
        }
        let long = |tag: &String| tag.is_empty() || tag.chars().count() > NAME_MAX;
        match self.tags.len() > TAGS_MAX || self.tags.iter().any(long) {
            true => Err("a link has 20 tags at most, of 50 characters each"),
            false => Ok(()),
        }
    }
}

/// All links, by name.
#[derive(Clone, Default)]
pub struct Links {
    links: BTreeMap<LinkName, Link>,
    /// The links by their other names.
    aliases: BTreeMap<LinkName, LinkName>,
    count: u64,
    /// The links that wait for an account of a name, folded.
    waiting: BTreeMap<Box<str>, Vec<LinkName>>,
}

impl Links {
    /// Adds a link; `false` when there is one of this name or of one of its other names.
    pub(crate) fn add(&mut self, name: &LinkName, link: Link) -> bool {
        if self.taken(name, &link.aliases, None).is_some() {
            return false;
        }
        if let LinkOwner::Named(owner) = &link.owner
            && !owner.is_empty()
        {
            let folded = fold(owner).into_owned().into();
            self.waiting.entry(folded).or_default().push(name.clone());
        }
        self.count += 1;
        self.put(name, Link { number: self.count, ..link });
        true
    }

    /// Stores a link under its names.
    fn put(&mut self, name: &LinkName, link: Link) {
        self.aliases.extend(link.aliases.iter().map(|alias| (alias.clone(), name.clone())));
        self.links.insert(name.clone(), link);
    }

    /// The first of these names that a link other than `own` has.
    pub(crate) fn taken<'a>(
        &self,
        name: &'a LinkName,
        aliases: &'a [LinkName],
        own: Option<&LinkName>,
    ) -> Option<&'a LinkName> {
        let mut names = std::iter::once(name).chain(aliases);
        names.find(|name| self.resolve(name).is_some_and(|found| Some(found) != own))
    }

    /// The name of the link that has this name or alias, in any case.
    pub(crate) fn resolve(&self, name: &str) -> Option<&LinkName> {
        let name = LinkName::read(name).ok()?;
        let named = self.links.get_key_value(&name).map(|(name, _)| name);
        named.or_else(|| self.aliases.get(&name))
    }

    /// The link of a name or an alias, in any case.
    pub fn get(&self, name: &str) -> Option<&Link> {
        self.links.get(self.resolve(name)?)
    }

    /// The link of this number, with its name.
    pub(crate) fn numbered(&self, number: u64) -> Option<(&LinkName, &Link)> {
        self.iter().find(|(_, link)| link.number == number)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Link> {
        let name = self.resolve(name)?.clone();
        self.links.get_mut(&name)
    }

    /// Replaces the link of `name`, under the same or another name.
    pub(crate) fn replace(&mut self, name: &LinkName, new_name: &LinkName, link: Link) {
        self.remove(name);
        self.put(new_name, link);
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<Link> {
        let name = self.resolve(name)?.clone();
        self.aliases.retain(|_, of| *of != name);
        self.links.remove(&name)
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
                if let Some(link) = self.links.get_mut(&name)
                    && matches!(link.owner, LinkOwner::Named(_))
                {
                    link.owner = LinkOwner::Account(id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_letters_digits_and_emoji() {
        for name in ["plan", "Größe-2_b", "🚀", "👩🏽\u{200d}💻", "1\u{fe0f}"] {
            let good = name != "1\u{fe0f}";
            assert_eq!(LinkName::read(name).is_ok(), good, "{name}");
        }
        for name in ["", "a b", "a/b", "a.b", "a\u{200d}b", "<b>", &"x".repeat(51)] {
            assert!(LinkName::read(name).is_err(), "{name}");
        }
        assert_eq!(LinkName::read("🚀").map(|it| it.encoded()).as_deref(), Ok("%F0%9F%9A%80"));
    }

    #[test]
    fn a_variable_link_puts_what_follows_into_its_path_and_never_into_the_host() {
        let cases = [
            ("https://x.example/{*}", "A-1", Some("https://x.example/A-1")),
            ("https://x.example/?q=%s", "a b&c", Some("https://x.example/?q=a%20b%26c")),
            (
                "https://x.example/{*}",
                "//evil.example",
                Some("https://x.example/%2F%2Fevil.example"),
            ),
            ("https://x.example/{*}", "", Some("https://x.example/")),
            ("https://x.example/", "", Some("https://x.example/")),
            ("https://x.example/", "more", None),
        ];
        for (url, rest, wanted) in cases {
            assert_eq!(LinkUrl::read(url).unwrap().with(rest).as_deref(), wanted, "{url} {rest}");
        }
        for url in ["https://{*}", "https://%s", "https://%s.example/", "https://a@%s/", "//x/{*}"]
        {
            assert!(LinkUrl::read(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_link_is_found_by_its_aliases_and_no_two_links_share_a_name() {
        let name = |text: &str| LinkName::read(text).unwrap();
        let mut links = Links::default();
        let aliased = Link { aliases: vec![name("p"), name("plans")], ..Link::default() };
        assert!(links.add(&name("plan"), aliased.clone()));
        assert_eq!(links.resolve("Plans").map(|it| &**it), Some("plan"));
        assert!(!links.add(&name("p"), Link::default()));
        let other = Link { aliases: vec![name("plan")], ..Link::default() };
        assert!(!links.add(&name("other"), other));
        links.replace(&name("plan"), &name("scheme"), Link { aliases: vec![name("p")], ..aliased });
        assert!(links.get("p").is_some() && links.get("plans").is_none());
        assert!(links.remove("p").is_some() && links.get("scheme").is_none());
        assert!(links.add(&name("p"), Link::default()));
    }
}
