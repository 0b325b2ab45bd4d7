//! `people.tag`: a word in every name of users and groups, so that several runs of one story can
//! stand at one server.
//!
//! A server tells objects apart by userName, externalId, mail address and, of groups, displayName.
//! Those that the directory makes up get the word there; those that the file writes get it here,
//! before the file is read: in the tables of users and groups, in actions, in accounts that are
//! there from the beginning, and in what is expected. An address gets it in its local part, so that
//! a mapping may still change the domain, or take the part before the `@`.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::base::node::Entry;
use crate::base::{Kind, Node, Problems, Span};
use crate::world::Action;

use super::Script;

/// A mail address or a sign-in name amid a text: the local part, and a domain with a dot.
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    let text = r"([A-Za-z0-9._'+#%-]*[A-Za-z0-9#])@((?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]*[A-Za-z])";
    Regex::new(text).expect("the pattern is sound; a test uses it")
});

/// The keys whose texts stay: they are no part of what happens.
const UNTOUCHED: [&str; 4] = ["title", "covers", "extends", "tag"];

/// The attributes of the directory that hold a name of a user with the word in it.
const NAMES: [&str; 4] = ["mailNickname", "userPrincipalName", "mail", "objectId"];

/// Puts the word of `people.tag` into the names that a file has.
pub fn apply(root: &mut Node) {
    let tag = root.get("people").and_then(|people| people.get("tag")).map(|tag| tag.kind.clone());
    let Some(Kind::Text(tag)) = tag.filter(|tag| *tag != Kind::Text(String::new())) else { return };
    let (mut groups, mut aliases) = (BTreeSet::new(), BTreeSet::new());
    collect_groups(root, &mut Vec::new(), &mut groups);
    collect_aliases(root, &mut aliases);
    Tagging { tag, groups, aliases, shown: false }.node(root, &mut Vec::new());
}

/// An action that is sent by hand, with the word in the names that it has: what was written for the
/// story, and what was seen there, whose names have it already.
pub fn by_hand(action: &Action, script: &Script) -> Action {
    let population = &script.setup.population;
    let tag = population.settings.tag.clone();
    if tag.is_empty() {
        return action.clone();
    }
    let (groups, aliases) = (BTreeSet::new(), BTreeSet::new());
    let mut node = action.to_node();
    let tagging = Tagging { tag, groups, aliases, shown: true };
    tagging.node(&mut node, &mut vec!["do".to_owned()]);
    let tagged = Action::read(&node, &mut Problems::default());
    tagged.unwrap_or_else(|| action.clone())
}

struct Tagging {
    tag: String,
    /// The names of groups in the file.
    groups: BTreeSet<String>,
    /// The attributes of an account that hold a mailNickname, by the rows of the file.
    aliases: BTreeSet<String>,
    /// Whether names may be written as they are shown, with the word.
    shown: bool,
}

impl Tagging {
    /// Whether a name has the word already, after a dot or a blank.
    fn has(&self, name: &str) -> bool {
        let before = name.strip_suffix(self.tag.as_str());
        self.shown && before.is_some_and(|before| before.ends_with(['.', ' ']))
    }

    fn node(&self, node: &mut Node, keys: &mut Vec<String>) {
        if keys.first().is_some_and(|key| UNTOUCHED.contains(&key.as_str())) {
            return;
        }
        match &mut node.kind {
            Kind::Text(text) => *text = self.text(text, keys),
            Kind::List(items) => items.iter_mut().for_each(|item| self.node(item, keys)),
            Kind::Table(entries) => {
                if has_groups(keys) {
                    entries.iter_mut().for_each(|group| self.group(group, keys));
                }
                self.mapping_row(entries);
                self.filter(entries);
                let of_groups = writes_groups(entries);
                for entry in entries {
                    entry.key = self.addresses(&entry.key);
                    if of_groups && entry.key == "body" {
                        self.suffix(entry.value.get_mut("displayName"), " ");
                    }
                    keys.push(entry.key.clone());
                    self.node(&mut entry.value, keys);
                    keys.pop();
                }
            }
            _ => {}
        }
    }

    /// A text below these keys.
    fn text(&self, text: &str, keys: &[String]) -> String {
        let comparison = ["is", "one_of"];
        let mut own = keys.iter().rev().skip_while(|key| comparison.contains(&key.as_str()));
        let key = own.next().map_or("", |key| key.rsplit(':').next().unwrap_or(key));
        if text.is_empty() || text.contains('@') {
            return self.addresses(text);
        }
        if self.has(text) {
            return text.to_owned();
        }
        let is = |name: &str| key.eq_ignore_ascii_case(name);
        let is_alias = self.aliases.contains(key);
        if is_alias || ["mailNickname", "externalId", "userName"].into_iter().any(is) {
            return format!("{text}.{}", self.tag);
        }
        let is_of_group = own.nth(1).is_some_and(|key| key == "group");
        if is("displayName") && is_of_group && keys.iter().any(|key| key == "golinks") {
            return format!("{text} {}", self.tag);
        }
        text.to_owned()
    }

    /// The addresses of a text, each with the word at the end of its local part.
    fn addresses(&self, text: &str) -> String {
        if !text.contains('@') {
            return text.to_owned();
        }
        let tagged = |found: &Captures<'_>| match self.has(&found[1]) {
            true => found[0].to_owned(),
            false => format!("{}.{}@{}", &found[1], self.tag, &found[2]),
        };
        ADDRESS.replace_all(text, tagged).into_owned()
    }

    fn suffix(&self, node: Option<&mut Node>, blank: &str) {
        if let Some(Node { kind: Kind::Text(text), .. }) = node
            && !self.has(text)
        {
            *text += &format!("{blank}{}", self.tag);
        }
    }

    /// The name of a group; one that has none is called as its table.
    fn group(&self, group: &mut Entry, keys: &[String]) {
        let Entry { key, key_span, value } = group;
        if value.get("name").is_some() {
            return self.suffix(value.get_mut("name"), " ");
        }
        let is_change = keys.last().is_some_and(|key| key == "update_group");
        if let (Kind::Table(entries), false) = (&mut value.kind, is_change) {
            let name = Node { span: *key_span, kind: Kind::Text(format!("{key} {}", self.tag)) };
            entries.push(Entry { key: "name".to_owned(), key_span: Span::default(), value: name });
        }
    }

    /// A row that makes a userName or an externalId of something without the word in it.
    fn mapping_row(&self, entries: &mut [Entry]) {
        let text = |entries: &[Entry], key: &str| {
            let entry = entries.iter().find(|entry| entry.key == key)?;
            if let Kind::Text(text) = &entry.value.kind { Some(text.clone()) } else { None }
        };
        let target = text(entries, "target").unwrap_or_default();
        let target = target.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        if !["username", "externalid"].contains(&target.as_str()) {
            return;
        }
        let made_of = match (text(entries, "source"), text(entries, "expression")) {
            (Some(source), _) if !NAMES.contains(&source.as_str()) => format!("[{source}]"),
            (_, Some(made)) if NAMES.iter().all(|name| !made.contains(&format!("[{name}]"))) => {
                made
            }
            _ => return,
        };
        let key = if text(entries, "source").is_some() { "source" } else { "expression" };
        if let Some(entry) = entries.iter_mut().find(|entry| entry.key == key) {
            entry.key = "expression".to_owned();
            entry.value.kind = Kind::Text(format!("Append({made_of}, \".{}\")", self.tag));
        }
    }

    /// A clause of a filter that compares the displayName of groups with a name of the file.
    fn filter(&self, entries: &mut [Entry]) {
        let is_of_name = entries.iter().any(|entry| {
            entry.key == "attribute"
                && matches!(&entry.value.kind, Kind::Text(text) if text == "displayName")
        });
        let value = entries.iter_mut().find(|entry| entry.key == "value" && is_of_name);
        if let Some(Entry { value: Node { kind: Kind::Text(text), .. }, .. }) = value
            && self.groups.contains(text)
        {
            *text += &format!(" {}", self.tag);
        }
    }
}

/// Whether the keys of a table are those of groups.
fn has_groups(keys: &[String]) -> bool {
    let of_verb = ["create_group", "update_group"];
    match keys {
        [only] => only == "group",
        [.., last] => of_verb.contains(&last.as_str()),
        [] => false,
    }
}

/// Whether a table is a request of Graph that makes or changes a group.
fn writes_groups(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| {
        ["post", "patch"].contains(&entry.key.as_str())
            && matches!(&entry.value.kind, Kind::Text(path) if path.starts_with("/groups"))
    })
}

/// The targets of rows that take the mailNickname as it is, without their URNs.
fn collect_aliases(node: &Node, found: &mut BTreeSet<String>) {
    let text = |key: &str| match node.get(key).map(|node| &node.kind) {
        Some(Kind::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    if let (Some(target), Some("mailNickname")) = (text("target"), text("source")) {
        found.insert(target.rsplit(':').next().unwrap_or(target).to_owned());
    }
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| collect_aliases(item, found)),
        Kind::Table(entries) => entries.iter().for_each(|it| collect_aliases(&it.value, found)),
        _ => {}
    }
}

/// The names of groups that a file has.
fn collect_groups(node: &Node, keys: &mut Vec<String>, found: &mut BTreeSet<String>) {
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| collect_groups(item, keys, found)),
        Kind::Table(entries) => {
            for entry in entries {
                if has_groups(keys) {
                    match entry.value.get("name").map(|name| &name.kind) {
                        Some(Kind::Text(name)) => drop(found.insert(name.clone())),
                        _ => drop(found.insert(entry.key.clone())),
                    }
                }
                keys.push(entry.key.clone());
                collect_groups(&entry.value, keys, found);
                keys.pop();
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Override, load};

    use super::*;

    fn tagged(text: &str) -> String {
        let mut problems = crate::base::Problems::default();
        let mut root = crate::scenario::format::parse(text, 0, &mut problems).expect("TOML");
        apply(&mut root);
        root.to_toml()
    }

    #[test]
    fn names_get_the_word_whichever_table_they_stand_in() {
        for (written, wanted) in [
            ("[user.ann]\nuserPrincipalName = \"a@x.example\"", "\"a.t1@x.example\""),
            ("[user.ann]\nmailNickname = \"annie\"", "\"annie.t1\""),
            ("[group.sales]\nmembers = [\"ann\"]", "name = \"sales t1\""),
            ("[golinks.account.ann]\nexternalId = \"ann.okafor\"", "\"ann.okafor.t1\""),
            (
                "[[at]]\ndo = { update = { ann = { mail = \"b@x.example\" } } }",
                "\"b.t1@x.example\"",
            ),
            ("[[at]]\ndo = { update_group = { s = { name = \"EMEA\" } } }", "\"EMEA t1\""),
            ("[[at]]\nexpect.golinks.group.s.displayName = \"EMEA\"", "\"EMEA t1\""),
            ("[[at]]\nexpect.golinks.account.ann.userName = { is = \"ann\" }", "\"ann.t1\""),
            (
                "[[at]]\nexpect.golinks.account.\"A@x.example\" = { absent = true }",
                "A.t1@x.example",
            ),
            (
                "[entra.mappings.users]\nchange = [{ target = \"externalId\", source = \"employeeId\" }]",
                "Append([employeeId], \\\".t1\\\")",
            ),
        ] {
            let said = tagged(&format!("{written}\n[people]\ntag = \"t1\"\n"));
            assert!(said.contains(wanted), "{said}");
        }
        let plain =
            "[user.ann]\ndepartment = \"Sales\"\njobTitle = \"a@b\"\n[people]\ntag = \"t1\"\n";
        let said = tagged(plain);
        assert!(said.contains("\"Sales\"") && said.contains("\"a@b\""), "{said}");
    }

    #[test]
    fn an_action_by_hand_gets_the_word_where_it_is_not_yet() {
        let text = "title = \"t\"\nends = \"1d\"\n[user.ann]\nname = \"Ann Okafor\"\n[group.s]\nname = \"S\"\n";
        let tag = Override::new("people.tag", "\"t1\"");
        let script = load("t.toml", text, &[tag]).unwrap_or_else(|_| panic!("it is good"));
        for (sent, wanted) in [
            ("update = { ann = { mail = \"b@x.example\" } }", "b.t1@x.example"),
            ("update = { ann = { mail = \"b.t1@x.example\" } }", "b.t1@x.example"),
            ("update = { ann = { mailNickname = \"annie\" } }", "annie.t1"),
            ("hire = { jun = { userPrincipalName = \"j@x.example\" } }", "j.t1@x.example"),
            ("update_group = { s = { name = \"EMEA\" } }", "EMEA t1"),
            ("update_group = { s = { name = \"EMEA t1\" } }", "EMEA t1"),
        ] {
            let mut problems = Problems::default();
            let root = crate::scenario::format::parse(sent, 0, &mut problems).expect("TOML");
            let action = Action::read(&root, &mut problems).expect("an action");
            let tagged = by_hand(&action, &script).to_toml();
            assert!(tagged.contains(&format!("\"{wanted}\"")), "{sent}: {tagged}");
            let plain = load("t.toml", text, &[]).unwrap_or_else(|_| panic!("it is good"));
            assert_eq!(by_hand(&action, &plain).to_toml(), action.to_toml());
        }
    }

    #[test]
    fn what_the_directory_makes_up_has_the_word_too() {
        let text = "title = \"t\"\nends = \"1d\"\n[people]\ngenerate = 3\n[user.ann]\nname = \"Ann Okafor\"\n";
        let tag = Override::new("people.tag", "\"t1\"");
        let script = load("t.toml", text, &[tag]).unwrap_or_else(|_| panic!("it is good"));
        let tenant = script.setup.population.build(Default::default(), script.seed);
        let tenant = tenant.expect("a directory");
        for (_, user) in tenant.users() {
            use crate::entra::tenant::Attribute::{MailNickname, UserPrincipalName};
            let value = |attribute| user.get(attribute).unwrap_or_default().to_owned();
            assert!(value(UserPrincipalName).contains(".t1@"), "{}", value(UserPrincipalName));
            assert!(value(MailNickname).ends_with(".t1"), "{}", value(MailNickname));
            assert!(!user.handle().contains("t1"), "stories speak of users as before");
        }
        assert!(tenant.groups().all(|(_, group)| group.display_name().ends_with(" t1")));
        let plain = load("t.toml", text, &[]).unwrap_or_else(|_| panic!("it is good"));
        let plain = plain.setup.population.build(Default::default(), plain.seed).expect("another");
        let ids = |tenant: &crate::entra::tenant::Tenant| -> BTreeSet<String> {
            tenant.users().map(|(_, user)| user.object_id().to_string()).collect()
        };
        assert!(ids(&tenant).is_disjoint(&ids(&plain)), "an id is a name too");
    }
}
