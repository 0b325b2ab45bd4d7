//! `golinks.links` and `golinks.api_tokens`: what people had at GoLinks before the story begins.
//! Both are theirs by name until an account of that name is there.

use super::row::{Key, Parse, Setting};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};
use crate::golinks::store::links::{LinkName, LinkUrl};

/// The links that exist before the story begins.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct InitialLinks(pub Vec<InitialLink>);

/// A link that exists before the story begins.
#[derive(Clone, PartialEq, Debug)]
pub struct InitialLink {
    /// Its name, as in `go/<name>`.
    pub name: LinkName,
    /// Where it leads.
    pub url: LinkUrl,
    /// What it is about.
    pub description: String,
    /// The userName of its owner, or what stands before its `@`.
    pub owner: Option<String>,
    /// Whether its owner alone may use it.
    pub private: bool,
    /// Its other names.
    pub aliases: Vec<LinkName>,
    /// Its tags.
    pub tags: Vec<String>,
}

const KEYS: [&str; 6] = ["url", "owner", "description", "private", "aliases", "tags"];

impl Setting for InitialLinks {
    fn set(&mut self, key: Key<'_>, value: &Node, problems: &mut Problems) {
        match key.next() {
            Some((name, below)) if below.next().is_none() => self.add(name, value, problems),
            Some((_, below)) => below.unknown(&[], value, problems),
            None => {
                for entry in value.as_table(problems).unwrap_or_default() {
                    self.add(&entry.key, &entry.value, problems);
                }
            }
        }
    }
}

impl InitialLinks {
    /// Adds a link, in place of one of the same name.
    fn add(&mut self, name: &str, value: &Node, problems: &mut Problems) {
        if let Some(link) = read(name, value, problems) {
            self.0.retain(|other| other.name != link.name);
            self.0.push(link);
        }
    }
}

/// Reads a link: its URL, or a table.
fn read(name: &str, value: &Node, problems: &mut Problems) -> Option<InitialLink> {
    let name = match LinkName::read(name) {
        Ok(name) => name,
        Err(why) => {
            problems.error(value.span, why);
            return None;
        }
    };
    let mut link = InitialLink {
        name,
        url: LinkUrl::default(),
        description: String::new(),
        owner: None,
        private: false,
        aliases: Vec::new(),
        tags: Vec::new(),
    };
    if let Kind::Text(_) = value.kind {
        link.url = url(value, problems)?;
        return Some(link);
    }
    let table = value.as_table(problems)?;
    for entry in table {
        let text = |problems: &mut Problems| entry.value.as_text(problems).map(str::to_owned);
        match entry.key.as_str() {
            "url" => link.url = url(&entry.value, problems)?,
            "owner" => link.owner = Some(text(problems)?),
            "description" => link.description = text(problems)?,
            "private" => link.private = entry.value.as_bool(problems)?,
            "aliases" => link.aliases = aliases(&entry.value, problems)?,
            "tags" => link.tags = entry.value.as_texts(problems)?,
            _ => unknown_key(entry, "a link", &KEYS, problems),
        }
    }
    if link.url == LinkUrl::default() {
        problems.error(value.span, "a link needs a `url`").help("such as { url = \"https://…\" }");
        return None;
    }
    Some(link)
}

/// Reads the other names of a link.
fn aliases(node: &Node, problems: &mut Problems) -> Option<Vec<LinkName>> {
    let names = node.as_texts(problems)?.into_iter().map(|text| LinkName::read(&text));
    match names.collect() {
        Ok(names) => Some(names),
        Err(why) => {
            problems.error(node.span, why);
            None
        }
    }
}

/// Reads where a link leads.
fn url(node: &Node, problems: &mut Problems) -> Option<LinkUrl> {
    match LinkUrl::read(node.as_text(problems)?) {
        Ok(url) => Some(url),
        Err(why) => {
            problems.error(node.span, why);
            None
        }
    }
}

/// People, each by userName or what stands before its `@`.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct AccountNames(pub Vec<String>);

impl Parse for AccountNames {
    fn parse(value: &Node, problems: &mut Problems) -> Option<AccountNames> {
        value.as_texts(problems).map(AccountNames)
    }
}
