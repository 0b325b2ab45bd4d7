//! The table `[user.<handle>]`, and attribute values as authors write them.

use super::vocabulary::USER;
use crate::base::diagnostic::{ProblemKind, nearest};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};
use crate::entra::field::Field;
use crate::entra::key_doc::names;
use crate::entra::tenant::new_user::{check_handle, check_value};
use crate::entra::tenant::{Attribute, HandleRef, NewAssignment, NewUser, Password, Role};

/// Reads `ann = { name = "Ann Okafor", .. }`: the entry's key is the handle. `None` when there is
/// no table.
pub fn user(entry: &Entry, problems: &mut Problems) -> Option<NewUser> {
    let mut new = NewUser::new(&entry.key);
    new.span = entry.key_span;
    handle(entry, problems);
    let mut name = None;
    for entry in entry.value.as_table_with("name", problems)? {
        let value = &entry.value;
        match entry.key.as_str() {
            "name" => {
                name = match value.as_text(problems) {
                    Some(text) if text.trim().is_empty() => {
                        value.refused("a name", "an empty text", problems)
                    }
                    text => text,
                };
            }
            "enabled" => new.enabled = value.as_bool(problems).unwrap_or(true),
            "password" => new.password = password(value, problems),
            "assigned" => new.assigned = assigned(value, problems),
            "manager" => new.manager = manager(value, &new.handle, problems),
            "member_of" => new.member_of = references(value, problems),
            key if Attribute::parse(key).is_some() => {
                if let Some((attribute, value)) = attribute(entry, problems) {
                    new = new.with(attribute, value.as_deref());
                }
            }
            key if Field::is_extension(key) => {
                if let Some(text) = value.as_text(problems) {
                    new.attributes.set_extension(key, text);
                }
            }
            _ => unknown_attribute(entry, &names(&USER), Place::NewUser, problems),
        }
    }
    if let Some(name) = name {
        new = new.with_name(name);
    }
    Some(new)
}

/// Names of attributes in SCIM and other directories, with the name in Graph.
const OTHER_NAMES: [(&str, &str); 15] = [
    ("title", "jobTitle"),
    ("userName", "userPrincipalName"),
    ("upn", "userPrincipalName"),
    ("firstName", "givenName"),
    ("lastName", "surname"),
    ("familyName", "surname"),
    ("email", "mail"),
    ("emails", "mail"),
    ("nickName", "mailNickname"),
    ("employeeNumber", "employeeId"),
    ("organization", "companyName"),
    ("locality", "city"),
    ("region", "state"),
    ("locale", "preferredLanguage"),
    ("phoneNumbers", "businessPhones"),
];

/// What authors may call the attribute that says whether a user may sign in.
const ENABLED: [&str; 6] =
    ["accountEnabled", "active", "enabled", "disabled", "blocked", "signInEnabled"];

/// What authors may call the groups of a user.
const GROUPS: [&str; 4] = ["groups", "group", "memberOf", "memberships"];

/// What authors may call the app role of a user.
const ROLES: [&str; 5] = ["role", "roles", "app_role", "appRole", "appRoleAssignments"];

/// The place where an unknown attribute is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The table of a new user.
    NewUser,
    /// A change of a user.
    Change,
}

/// Reports an unknown attribute, and suggests Graph's name for it or the way to what it means.
fn unknown_attribute(entry: &Entry, known: &[&str], place: Place, problems: &mut Problems) {
    let key = entry.key.as_str();
    let is = |name: &&str| name.eq_ignore_ascii_case(key);
    let plain = key.replace(['_', '-'], "");
    let graph = OTHER_NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&plain));
    let graph = graph.map(|(_, graph)| *graph);
    let help = match (graph, place) {
        (Some(graph), _) => format!("did you mean `{graph}`?"),
        (_, Place::NewUser) if ENABLED.iter().any(is) => {
            "write enabled = false for somebody who is blocked from sign-in".to_owned()
        }
        (_, Place::Change) if ENABLED.iter().any(is) => {
            "the verbs `disable` and `enable` change it: { disable = \"ann\" }".to_owned()
        }
        (_, Place::NewUser) if ROLES.iter().any(is) => {
            "an app role is given with the assignment: assigned = \"Editor\"".to_owned()
        }
        (_, Place::NewUser) if GROUPS.iter().any(is) => "did you mean `member_of`?".to_owned(),
        (_, Place::Change) if GROUPS.iter().any(is) || is(&"member_of") => {
            "{ add_member = { group = \"sales\", user = \"ann\" } }, and `remove_member`".to_owned()
        }
        (_, Place::Change) if is(&"assigned") => {
            "the verbs `assign` and `unassign` change it: { assign = \"ann\" }".to_owned()
        }
        (_, Place::Change) if is(&"name") => {
            "a name has parts: `displayName`, `givenName`, `surname`; a group has `update_group`"
                .to_owned()
        }
        _ => return unknown_key(entry, "a user", known, problems),
    };
    problems
        .error(entry.key_span, format!("unknown key `{key}` in a user"))
        .kind(ProblemKind::UnknownKey)
        .help(help);
}

/// Reads `department = "Sales"`; `false` or `""` means that the attribute is absent.
///
/// `None` when the value is wrong or the key is not an attribute, which is reported.
pub fn attribute(entry: &Entry, problems: &mut Problems) -> Option<(Attribute, Option<String>)> {
    let Some(attribute) = Attribute::parse(&entry.key) else {
        // The callers read `manager` themselves, so it is among the suggestions.
        let known: Vec<&str> = Attribute::NAMES.into_iter().chain(["manager"]).collect();
        unknown_attribute(entry, &known, Place::Change, problems);
        return None;
    };
    let value = match &entry.value.kind {
        Kind::Bool(false) => None,
        Kind::Text(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        _ => {
            let help = entry.value.in_quotes();
            return entry.value.expected_like("a string, or false for none", &help, problems);
        }
    };
    if let Err(why) = check_value(attribute, value.as_deref()) {
        problems.error(entry.value.span, why);
        return None;
    }
    if let (Attribute::Mail, Some(mail)) = (attribute, &value)
        && !is_address(mail)
    {
        problems
            .warning(entry.value.span, format!("`{mail}` is no mail address"))
            .help("such as \"ann@contoso.example\"");
    }
    Some((attribute, value))
}

/// Whether a text can be a mail address: something before one `@` and after it, and no blanks.
fn is_address(text: &str) -> bool {
    let whole = text.split_once('@');
    whole.is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && !domain.contains('@')
    }) && !text.contains(char::is_whitespace)
}

/// Reads `assigned = true`, `false` or the name of an app role: any name, since applications define
/// roles of their own (B100), except a misspelling of the two roles that every application has.
pub fn assigned(value: &Node, problems: &mut Problems) -> Option<NewAssignment> {
    let text = match &value.kind {
        Kind::Bool(true) => return Some(NewAssignment::As(Role::User)),
        Kind::Bool(false) => return Some(NewAssignment::No),
        Kind::Text(text) => text,
        _ => return value.expected("true, false or the name of an app role", problems),
    };
    if ["yes", "no", "true", "false"].contains(&text.to_lowercase().as_str()) {
        let help = format!("without quotes: {}", ["yes", "true"].contains(&text.as_str()));
        return value.expected_like("true, false or the name of an app role", &help, problems);
    }
    let known = Role::WORDS.map(|(name, _)| name);
    if known.contains(&text.as_str()) || nearest(text, known).is_some() || text.trim().is_empty() {
        return value.as_word(&Role::WORDS, problems).map(NewAssignment::As);
    }
    Some(NewAssignment::Named(text.as_str().into()))
}

/// Reads a password, which nothing shows.
fn password(value: &Node, problems: &mut Problems) -> Option<Password> {
    match value.as_text(problems).map(Password::new)? {
        Some(password) => Some(password),
        None => value.refused("a password", "an empty text", problems),
    }
}

/// Reads the manager of the user with this handle, who is somebody else.
fn manager(value: &Node, of: &str, problems: &mut Problems) -> Option<HandleRef> {
    let manager = reference(value, problems)?;
    if manager.handle == of {
        problems
            .error(value.span, format!("`{of}` cannot be their own manager"))
            .help("name somebody else, or leave it out");
        return None;
    }
    Some(manager)
}

fn reference(value: &Node, problems: &mut Problems) -> Option<HandleRef> {
    let handle = value.as_text(problems)?;
    if handle.is_empty() {
        return value.refused("a name", "an empty text", problems);
    }
    Some(HandleRef { handle: handle.to_owned(), span: value.span })
}

pub(super) fn references(value: &Node, problems: &mut Problems) -> Vec<HandleRef> {
    match &value.kind {
        Kind::List(items) => items.iter().filter_map(|item| reference(item, problems)).collect(),
        Kind::Text(_) => reference(value, problems).into_iter().collect(),
        _ => value.expected("a list of names", problems).unwrap_or_default(),
    }
}

pub(super) fn handle(entry: &Entry, problems: &mut Problems) {
    if let Err(why) = check_handle(&entry.key) {
        let plain: String =
            entry.key.split_whitespace().collect::<Vec<_>>().join("-").to_lowercase();
        let help = match check_handle(&plain) {
            Ok(()) => format!("did you mean `{plain}`?"),
            Err(_) => String::new(),
        };
        problems.error(entry.key_span, why).help(help);
    }
}
