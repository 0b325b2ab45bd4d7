//! What a verb says of a go link, and on whose behalf it is done.

use super::accounts::account_named;
use super::names::texts;
use super::{ActionContext, ActionError};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};
use crate::golinks::{Actor, Link, LinkDraft, LinkName, LinkUrl};

/// What is said of a link; what is left out of an edit stays as it is.
#[derive(Clone, Default, PartialEq, Debug)]
pub(in crate::world) struct LinkFields {
    name: Option<LinkName>,
    url: Option<LinkUrl>,
    description: Option<String>,
    private: Option<bool>,
    aliases: Option<Vec<LinkName>>,
    tags: Option<Vec<String>>,
}

/// The keys of the fields.
pub(super) const FIELDS: [&str; 6] = ["name", "url", "description", "private", "aliases", "tags"];

impl LinkFields {
    /// Reads the fields among the keys of a table; `others` are its other keys.
    pub(super) fn read(
        entries: &[Entry],
        of: &str,
        others: &[&str],
        problems: &mut Problems,
    ) -> Option<LinkFields> {
        let (mut fields, before) = (LinkFields::default(), problems.errors());
        for Entry { key, value, .. } in entries {
            match key.as_str() {
                "name" => fields.name = name(value, problems),
                "url" => fields.url = url(value, problems),
                "description" => fields.description = value.as_text(problems).map(str::to_owned),
                "private" => fields.private = value.as_bool(problems),
                "aliases" => {
                    let all = value.items().iter();
                    fields.aliases = all.map(|alias| name(alias, problems)).collect();
                }
                "tags" => fields.tags = value.as_texts(problems),
                _ => {}
            }
        }
        let known: Vec<&str> = others.iter().chain(&FIELDS).copied().collect();
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            unknown_key(entry, of, &known, problems);
        }
        (problems.errors() == before).then_some(fields)
    }

    /// What a draft says, without what an older link says already.
    pub(in crate::world) fn of(draft: &LinkDraft, old: Option<(&LinkName, &Link)>) -> LinkFields {
        let empty = Link::default();
        let (old_name, old) = old.map_or((None, &empty), |(name, link)| (Some(name), link));
        LinkFields {
            name: (old_name != Some(&draft.name)).then(|| draft.name.clone()),
            url: (old.url != draft.url).then(|| draft.url.clone()),
            description: (old.description != draft.description).then(|| draft.description.clone()),
            private: (old.private != draft.private).then_some(draft.private),
            aliases: (old.aliases != draft.aliases).then(|| draft.aliases.clone()),
            tags: (old.tags != draft.tags).then(|| draft.tags.clone()),
        }
    }

    /// The fields as a table has them.
    pub(in crate::world) fn entries(&self) -> Vec<(&'static str, Node)> {
        let mut entries = Vec::new();
        entries.extend(self.name.as_ref().map(|name| ("name", Node::text(name.to_string()))));
        entries.extend(self.url.as_ref().map(|url| ("url", Node::text(url.to_string()))));
        entries.extend(self.description.as_ref().map(|text| ("description", Node::text(text))));
        entries.extend(self.private.map(|yes| ("private", Node::bare(Kind::Bool(yes)))));
        let aliases = self.aliases.iter().map(|all| {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            ("aliases", texts_in_a_list(&all))
        });
        entries.extend(aliases);
        entries.extend(self.tags.as_ref().map(|tags| ("tags", texts_in_a_list(tags))));
        entries
    }

    /// The name, if one is said.
    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The link as it is to be; `None` where a new one lacks name or URL.
    pub(super) fn draft(&self, old: Option<(&LinkName, &Link)>) -> Option<LinkDraft> {
        let link = old.map(|(_, link)| link);
        let kept = link.cloned().unwrap_or_default();
        Some(LinkDraft {
            name: self.name.clone().or_else(|| old.map(|(name, _)| name.clone()))?,
            url: self.url.clone().or_else(|| link.map(|link| link.url.clone()))?,
            description: self.description.clone().unwrap_or(kept.description),
            private: self.private.unwrap_or(kept.private),
            aliases: self.aliases.clone().unwrap_or(kept.aliases),
            tags: self.tags.clone().unwrap_or(kept.tags),
        })
    }
}

/// A list, also where there is none or one.
fn texts_in_a_list(all: &[String]) -> Node {
    match all {
        [] => Node::bare(Kind::List(Vec::new())),
        all => texts(all),
    }
}

fn name(node: &Node, problems: &mut Problems) -> Option<LinkName> {
    fits(LinkName::read(node.as_text(problems)?), node, problems)
}

fn url(node: &Node, problems: &mut Problems) -> Option<LinkUrl> {
    fits(LinkUrl::read(node.as_text(problems)?), node, problems)
}

/// What was read; why it does not fit is reported.
fn fits<T>(read: Result<T, &'static str>, node: &Node, problems: &mut Problems) -> Option<T> {
    match read {
        Ok(read) => Some(read),
        Err(why) => {
            problems.error(node.span, why);
            None
        }
    }
}

/// The person on whose behalf something is done at GoLinks' pages; without a name the owner of the
/// workspace.
pub(super) fn actor(context: &ActionContext<'_>, user: Option<&str>) -> Result<Actor, ActionError> {
    user.map_or(Ok(Actor::Owner), |user| account_named(context, user).map(Actor::Person))
}
