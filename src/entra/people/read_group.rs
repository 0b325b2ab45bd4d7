//! The table `[group.<handle>]`.

use super::read::{assigned, handle, references};
use super::vocabulary::GROUP;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Node, Problems};
use crate::entra::key_doc::names;
use crate::entra::rule::Rule;
use crate::entra::tenant::group::check_name;
use crate::entra::tenant::{GroupKind, NewAssignment, NewGroup};

/// Reads `sales = { name = "Sales", members = ["ann"], .. }`: the entry's key is the handle. `None`
/// when there is no table.
pub fn group(entry: &Entry, problems: &mut Problems) -> Option<NewGroup> {
    let mut new = NewGroup::new(&entry.key, &entry.key);
    new.span = entry.key_span;
    handle(entry, problems);
    let mut kind = None;
    let mut security = None;
    for entry in entry.value.as_table_with("name", problems)? {
        let value = &entry.value;
        match entry.key.as_str() {
            "name" => new.display_name = name(value, problems).unwrap_or(new.display_name),
            "description" => {
                new.description = value.as_text(problems).unwrap_or_default().to_owned();
            }
            "mailNickname" => {
                new.mail_nickname = value.as_text(problems).unwrap_or_default().to_owned();
            }
            "kind" => kind = value.as_word(&GroupKind::WORDS, problems),
            "security_enabled" => security = value.as_bool(problems),
            "rule" => new.rule = Rule::read(value, problems),
            "assigned" => new.assigned = assigned(value, problems),
            "members" => new.members = references(value, problems),
            "groups" => new.nested = references(value, problems),
            "department" => new.department = value.as_text(problems).map(str::to_owned),
            "everyone" => new.everyone = value.as_bool(problems).unwrap_or(false),
            _ => unknown_key(entry, "a group", &names(&GROUP), problems),
        }
    }
    // A group of Entra that is neither a security group nor Exchange's is a Microsoft 365 group.
    let usual = if security == Some(false) { GroupKind::Microsoft365 } else { GroupKind::Security };
    new = new.of_kind(kind.unwrap_or(usual));
    new.security_enabled = security.unwrap_or(new.security_enabled);
    check(&new, entry, problems);
    Some(new)
}

/// Reads the name of a group as shown.
pub fn name(value: &Node, problems: &mut Problems) -> Option<String> {
    let text = value.as_text(problems)?;
    match check_name(text) {
        Ok(()) => Some(text.to_owned()),
        Err(why) => {
            problems.error(value.span, why);
            None
        }
    }
}

/// Reports what does not go together.
fn check(new: &NewGroup, entry: &Entry, problems: &mut Problems) {
    let name = &new.handle;
    if new.security_enabled != new.kind.is_security() && new.kind != GroupKind::Microsoft365 {
        let what =
            format!("group `{name}` is {}, whatever `security_enabled` says", new.kind.name());
        let help = match new.kind {
            GroupKind::Distribution => "kind = \"mail_enabled_security\"",
            _ => "kind = \"distribution\" or \"microsoft_365\"",
        };
        problems.error(new.span, what).help(help);
    }
    let assigned = new.assigned.as_ref().is_some_and(|new| *new != NewAssignment::No);
    if assigned && !new.security_enabled {
        let what = format!("group `{name}` is not a security group, so it cannot be assigned");
        let help = match (new.kind, entry.value.get("security_enabled")) {
            (GroupKind::Microsoft365, None) => "security_enabled = true",
            (_, None) => "take out `assigned` or `kind`",
            _ => "take out `assigned` or `security_enabled = false`",
        };
        problems.error(new.span, what).help(help);
    }
    if new.rule.is_none() {
        return;
    }
    if !new.kind.may_be_dynamic() {
        let what = format!("group `{name}` is {}, which has no membership rule", new.kind.name());
        problems.error(new.span, what).help("kind = \"security\" or \"microsoft_365\"");
    }
    for key in ["members", "groups", "department", "everyone"] {
        if let Some(value) = entry.value.get(key) {
            problems
                .error(value.span, format!("group `{name}` is dynamic"))
                .label("its rule decides who is in it")
                .help(format!("take out `{key}` or `rule`"));
        }
    }
}
