//! Which attributes a recording shows to be mapped, and from which attributes of the user: the
//! usual ones, or an extension attribute where there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use super::flat::{self, Flat};
use super::lives::{Life, LifeEvent, Lives};
use super::preamble::quoted;

/// The rows of the template for any SCIM server whose source is an attribute: the target, and the
/// attribute of the user as a scenario has it. A test holds them against the template.
pub const ROWS: [(&str, &str); 19] = [
    ("userName", "userPrincipalName"),
    ("displayName", "displayName"),
    ("title", "jobTitle"),
    ("emails[type eq \"work\"].value", "mail"),
    ("preferredLanguage", "preferredLanguage"),
    ("name.givenName", "givenName"),
    ("name.familyName", "surname"),
    ("addresses[type eq \"work\"].formatted", "officeLocation"),
    ("addresses[type eq \"work\"].streetAddress", "streetAddress"),
    ("addresses[type eq \"work\"].locality", "city"),
    ("addresses[type eq \"work\"].region", "state"),
    ("addresses[type eq \"work\"].postalCode", "postalCode"),
    ("addresses[type eq \"work\"].country", "country"),
    ("phoneNumbers[type eq \"work\"].value", "businessPhones"),
    ("phoneNumbers[type eq \"mobile\"].value", "mobilePhone"),
    ("phoneNumbers[type eq \"fax\"].value", "faxNumber"),
    ("externalId", "mailNickname"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "employeeId"),
    ("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "department"),
];

/// The row of the template that is an expression.
const FORMATTED: &str = "name.formatted";

/// Further attributes of the standard schemas that hold one text, so that the mock has them too.
const OTHERS: [&str; 14] = [
    "nickName",
    "profileUrl",
    "userType",
    "locale",
    "timezone",
    "name.middleName",
    "name.honorificPrefix",
    "name.honorificSuffix",
    "emails[type eq \"home\"].value",
    "emails[type eq \"other\"].value",
    "phoneNumbers[type eq \"home\"].value",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division",
];

/// What every user in the directory has.
const REQUIRED: [&str; 2] = ["userPrincipalName", "displayName"];

/// How many extension attributes a user has; the last one is for sign-in names.
const EXTENSIONS: usize = 15;

/// What is mapped.
pub struct Mapped {
    /// The source of each target.
    sources: BTreeMap<String, String>,
    /// Targets whose rows the template does not have, or has otherwise.
    changed: Vec<String>,
    /// Targets of the template that are never written.
    removed: Vec<String>,
    /// Whether full names are what the template's expression makes.
    formatted: bool,
    active: bool,
    manager: bool,
    /// Targets that are left out.
    left_out: BTreeSet<String>,
    /// The attribute that users are looked up by.
    matching: String,
    updates_inactive: bool,
    /// Whether some accounts have no display name although others have.
    nameless: bool,
}

impl Mapped {
    /// What the lives of a recording show.
    pub fn of(lives: &Lives) -> Mapped {
        let users: Vec<&Life> =
            lives.lives.iter().filter(|life| !life.of_group && life.sought).collect();
        let mut written: BTreeMap<String, bool> = BTreeMap::new();
        for values in users.iter().flat_map(|life| writes(life)) {
            for (target, value) in values {
                let is_text = value.is_string() || value.is_null();
                *written.entry(target.clone()).or_insert(true) &= is_text;
            }
        }
        let by = lives.matched_by.iter().max_by_key(|(_, times)| **times);
        let matching = by.map_or("userName", |(name, _)| name.as_str());
        let mut mapped = Mapped {
            sources: BTreeMap::new(),
            changed: Vec::new(),
            removed: Vec::new(),
            formatted: users.iter().flat_map(|life| writes(life)).all(is_usual),
            active: written.contains_key("active"),
            manager: written.contains_key(flat::MANAGER),
            left_out: BTreeSet::new(),
            matching: if matching.eq_ignore_ascii_case("externalId") {
                "externalId"
            } else {
                "userName"
            }
            .to_owned(),
            nameless: written.contains_key("displayName")
                && users.iter().filter_map(|life| life.begins_with()).any(has_no_name),
            updates_inactive: users.iter().any(|life| changes_while_inactive(life)),
        };
        written.entry("userName".to_owned()).or_insert(true);
        mapped.find_sources(&written);
        if !users.iter().flat_map(|life| writes(life)).all(has_sign_in_name) {
            mapped.change("userName", format!("extensionAttribute{EXTENSIONS}"));
        }
        mapped.matching_row();
        for (target, _) in ROWS {
            if !mapped.sources.contains_key(target) {
                mapped.removed.push(target.to_owned());
            }
        }
        if !written.contains_key(FORMATTED) {
            mapped.removed.push(FORMATTED.to_owned());
        }
        if !mapped.active {
            mapped.removed.push("active".to_owned());
        }
        if !mapped.manager {
            mapped.removed.push(flat::MANAGER.to_owned());
        }
        mapped
    }

    fn find_sources(&mut self, written: &BTreeMap<String, bool>) {
        let mut extensions = (1..EXTENSIONS).map(|nth| format!("extensionAttribute{nth}"));
        for (target, is_text) in written {
            let usual = ROWS.iter().find(|(row, _)| row == target);
            let is_special = target == "active" || target == flat::MANAGER;
            match usual {
                _ if is_special || (target == FORMATTED && self.formatted) => {}
                Some((_, source)) if *is_text => {
                    self.sources.insert(target.clone(), (*source).to_owned());
                }
                _ if *is_text && (target == FORMATTED || OTHERS.contains(&target.as_str())) => {
                    match extensions.next() {
                        Some(source) => self.change(target, source),
                        None => drop(self.left_out.insert(target.clone())),
                    }
                }
                _ => drop(self.left_out.insert(target.clone())),
            }
        }
    }

    fn change(&mut self, target: &str, source: String) {
        self.sources.insert(target.to_owned(), source);
        self.changed.push(target.to_owned());
    }

    /// Another attribute than userName to match by changes both rows.
    fn matching_row(&mut self) {
        if self.matching != "userName" && self.sources.contains_key(&self.matching) {
            for target in ["userName", "externalId"] {
                if !self.changed.iter().any(|changed| changed == target) {
                    self.changed.push(target.to_owned());
                }
            }
        }
    }

    /// The attributes of a user, as lines: what has no value is left out by `false`.
    pub fn attributes(&self, values: &Flat) -> Vec<String> {
        let line = |(target, source): (&String, &String)| match text(values.get(target)) {
            Some(text) => Some(format!("{source} = {}", quoted(text))),
            // The directory requires it; [`doubts`](Mapped::doubts) says so.
            None if REQUIRED.contains(&source.as_str()) => None,
            None => Some(format!("{source} = false")),
        };
        let mut lines: Vec<String> = self.sources.iter().filter_map(line).collect();
        if text(values.get("displayName")).is_none() {
            let part = |target: &str| text(values.get(target)).unwrap_or_default();
            let whole = format!("{} {}", part("name.givenName"), part("name.familyName"));
            let names = [whole.trim(), part("userName"), "unknown"];
            let name = names.into_iter().find(|name| !name.is_empty()).unwrap_or_default();
            lines.push(format!("displayName = {}", quoted(name)));
        }
        lines
    }

    /// What an update says: an empty text clears.
    pub fn changes(&self, values: &Flat) -> Vec<String> {
        let line = |(target, value): (&String, &Value)| {
            let source = self.sources.get(target)?;
            let text = text(Some(value)).unwrap_or_default();
            let clears = text.is_empty() && REQUIRED.contains(&source.as_str());
            (!clears).then(|| format!("{source} = {}", quoted(text)))
        };
        values.iter().filter_map(line).collect()
    }

    /// The lines of an account that was there before.
    pub fn account(&self, values: &Flat) -> String {
        let known = |target: &str| {
            target == FORMATTED
                || OTHERS.contains(&target)
                || ROWS.iter().any(|(row, _)| *row == target)
        };
        let mut lines = String::new();
        for (target, value) in values {
            let value = match (target.as_str(), value) {
                ("active", value) => flat::boolean(value).map(|value| value.to_string()),
                (target, Value::String(text)) if known(target) => Some(quoted(text)),
                _ => None,
            };
            if let Some(value) = value {
                let _ = writeln!(lines, "{} = {value}", quoted(target));
            }
        }
        lines
    }

    /// Whether values were written to accounts that were switched off.
    pub fn updates_inactive(&self) -> bool {
        self.updates_inactive
    }

    /// What is not known about the mappings.
    pub fn doubts(&self) -> Vec<String> {
        let left_out = self.left_out.iter().map(|target| {
            format!("{target}: not one text, or no attribute that the mock knows; it is left out")
        });
        let nameless = "accounts without a displayName: a user in the directory has one, so here theirs is\nmade of what the account has";
        left_out.chain(self.nameless.then(|| nameless.to_owned())).collect()
    }

    /// The tables of the mappings.
    pub fn tables(&self, groups: bool) -> String {
        let mut text = "\n[entra.mappings]\ntemplate = \"scim\"\n".to_owned();
        if !groups {
            text += "groups = { enabled = false }\n";
        }
        if !self.removed.is_empty() {
            let removed: Vec<String> =
                self.removed.iter().map(|target| format!("  {},\n", quoted(target))).collect();
            let _ = write!(text, "\n[entra.mappings.users]\nremove = [\n{}]\n", removed.concat());
        }
        for target in &self.changed {
            let Some(source) = self.sources.get(target) else { continue };
            let _ = write!(
                text,
                "\n[[entra.mappings.users.change]]\ntarget = {}\nsource = \"{source}\"\n",
                quoted(target)
            );
            if *target == self.matching {
                text += "match = 1\n";
            }
        }
        text
    }
}

/// What was written to an account: not what it held before.
fn writes(life: &Life) -> impl Iterator<Item = &Flat> {
    life.events.iter().filter_map(|happened| match &happened.event {
        LifeEvent::Created(values) | LifeEvent::Changed(values) => Some(values),
        LifeEvent::Found(_) | LifeEvent::Members(_) | LifeEvent::Deleted => None,
    })
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// Whether a full name is what the template's expression makes of the two names beside it.
fn is_usual(values: &Flat) -> bool {
    let part = |target: &str| text(values.get(target)).unwrap_or_default();
    let joined = format!("{} {}", part("name.givenName"), part("name.familyName"));
    values.get(FORMATTED).is_none_or(|formatted| formatted.as_str() == Some(joined.trim()))
}

fn has_no_name(values: &Flat) -> bool {
    text(values.get("displayName")).is_none()
}

/// Whether the userName can be the sign-in name of a user in the directory, if there is one.
fn has_sign_in_name(values: &Flat) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~@".contains(c);
    text(values.get("userName")).is_none_or(|name| {
        let (local, domain) = name.split_once('@').unwrap_or_default();
        !local.is_empty() && !domain.is_empty() && !domain.contains('@') && name.chars().all(plain)
    })
}

/// Whether values change while the account is switched off.
fn changes_while_inactive(life: &Life) -> bool {
    let mut active = true;
    for values in writes(life) {
        if let Some(said) = values.get("active").and_then(flat::boolean) {
            active = said;
        }
        if !active && values.keys().any(|target| target != "active") {
            return true;
        }
    }
    false
}
