//! A user to be created: the author's values, and the values derived from them.

use std::sync::Arc;

use super::application::Role;
use super::attribute::{Attribute, Attributes, LONGEST_VALUE};
use super::password::Password;
use crate::base::Span;

/// A name that refers to a user or group, and where it was written.
#[derive(Clone, PartialEq, Debug)]
pub struct HandleRef {
    /// The handle.
    pub handle: String,
    /// Its place in the file; empty if it is in none.
    pub span: Span,
}

impl HandleRef {
    /// Creates a reference without a place in a file.
    pub fn bare(handle: &str) -> HandleRef {
        HandleRef { handle: handle.to_owned(), span: Span::default() }
    }
}

/// A user to be created, from `[user.ann]`, the verb `hire` or the population generator.
#[derive(Clone, PartialEq, Debug)]
pub struct NewUser {
    /// The name of the user in the scenario.
    pub handle: String,
    /// Where the handle was written.
    pub span: Span,
    /// The attributes that are given; [`NewUser::complete`] derives others from them.
    pub attributes: Attributes,
    /// The attributes that stay absent and are not derived.
    pub without: Vec<Attribute>,
    /// `accountEnabled`.
    pub enabled: bool,
    /// The password for signing in; without one, none is asked for.
    pub password: Option<Password>,
    /// The direct assignment; `None` when nothing is said about it.
    pub assigned: Option<NewAssignment>,
    /// The manager.
    pub manager: Option<HandleRef>,
    /// Groups to join.
    pub member_of: Vec<HandleRef>,
}

/// The direct assignment that a new user or group gets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NewAssignment {
    /// Not assigned.
    No,
    /// Assigned with this role.
    As(Role),
    /// Assigned with a role that the application defines.
    Named(Arc<str>),
}

impl NewUser {
    /// A user with nothing but a handle.
    pub fn new(handle: &str) -> NewUser {
        NewUser {
            handle: handle.to_owned(),
            span: Span::default(),
            attributes: Attributes::default(),
            without: Vec::new(),
            enabled: true,
            password: None,
            assigned: None,
            manager: None,
            member_of: Vec::new(),
        }
    }

    /// Sets an attribute, or marks it as absent.
    pub fn with(mut self, attribute: Attribute, value: Option<&str>) -> NewUser {
        match value {
            Some(value) => self.attributes.set(attribute, Some(value)),
            None => self.without.push(attribute),
        }
        self
    }

    /// Splits a whole name: the first word is the given name, the rest the family name.
    pub fn with_name(mut self, name: &str) -> NewUser {
        self.name(name);
        self
    }

    fn name(&mut self, name: &str) {
        let name = name.trim();
        let (given, surname) = name.split_once(' ').unwrap_or((name, ""));
        self.derive(Attribute::DisplayName, || name.to_owned());
        self.derive(Attribute::GivenName, || given.to_owned());
        self.derive(Attribute::Surname, || surname.trim().to_owned());
    }

    /// Derives missing values: display name, mailNickname, UPN and mail, from the name or else from
    /// the handle; the tag is put behind what is made up.
    pub fn complete(&mut self, domain: &str, tag: &str) {
        if self.get(Attribute::GivenName).is_none() && self.get(Attribute::Surname).is_none() {
            let name = self
                .get(Attribute::DisplayName)
                .map_or_else(|| capitalised(&self.handle), str::to_owned);
            self.name(&name);
        }
        if self.get(Attribute::DisplayName).is_none() {
            let parts = [Attribute::GivenName, Attribute::Surname]
                .map(|part| self.get(part).unwrap_or_default());
            let name = parts.join(" ");
            let name = if name.trim().is_empty() {
                capitalised(&self.handle)
            } else {
                name.trim().to_owned()
            };
            self.attributes.set(Attribute::DisplayName, Some(&name));
        }
        let of_mail = [Attribute::MailNickname, Attribute::UserPrincipalName, Attribute::Mail];
        if of_mail.into_iter().any(|attribute| self.get(attribute).is_none()) {
            self.complete_mail(domain, tag);
        }
    }

    fn complete_mail(&mut self, domain: &str, tag: &str) {
        let nickname = self.nickname(tag);
        self.derive(Attribute::MailNickname, || nickname.clone());
        if self.get(Attribute::UserPrincipalName).is_none() {
            self.attributes
                .set(Attribute::UserPrincipalName, Some(&format!("{nickname}@{domain}")));
        }
        let upn = self.get(Attribute::UserPrincipalName).unwrap_or_default().to_owned();
        self.derive(Attribute::Mail, || upn);
    }

    fn get(&self, attribute: Attribute) -> Option<&str> {
        self.attributes.get(attribute)
    }

    fn derive(&mut self, attribute: Attribute, value: impl FnOnce() -> String) {
        if self.get(attribute).is_none() && !self.without.contains(&attribute) {
            self.attributes.set(attribute, Some(&value()));
        }
    }

    /// The mailNickname given, or the local part of the UPN given, or `given.surname` in plain
    /// letters.
    fn nickname(&self, tag: &str) -> String {
        if let Some(given) = self.get(Attribute::MailNickname) {
            return given.to_owned();
        }
        if let Some((local, _)) =
            self.get(Attribute::UserPrincipalName).and_then(|upn| upn.split_once('@'))
        {
            return local.to_owned();
        }
        let names = [Attribute::GivenName, Attribute::Surname]
            .map(|part| self.get(part).map(plain).unwrap_or_default());
        let parts: Vec<&str> =
            names.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let nickname = match (parts.is_empty(), plain(&self.handle)) {
            (false, _) => parts.join("."),
            (true, handle) if handle.is_empty() => "user".to_owned(),
            (true, handle) => handle,
        };
        tagged(&nickname, tag)
    }
}

/// A mail alias with the tag of all names behind it, if there is one.
pub fn tagged(nickname: &str, tag: &str) -> String {
    if tag.is_empty() { nickname.to_owned() } else { format!("{nickname}.{tag}") }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The letters, digits and hyphens of a name in lower-case ASCII: `Zoë` is `zoe`, `O'Brien` is
/// `obrien`.
pub fn plain(name: &str) -> String {
    let keep = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
    if name.is_ascii() {
        return name.chars().filter(keep).map(|c| c.to_ascii_lowercase()).collect();
    }
    deunicode::deunicode(name).chars().filter(keep).map(|c| c.to_ascii_lowercase()).collect()
}

/// Checks that a handle can be used in scenarios and logs: letters, digits and `. _ -`, at most
/// 128.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn check_handle(handle: &str) -> Result<(), String> {
    let good = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-');
    if handle.is_empty() || handle.chars().count() > 128 || !handle.chars().all(good) {
        return Err(format!(
            "`{}` is no handle: letters, digits and . _ - only",
            handle.escape_debug()
        ));
    }
    Ok(())
}

/// Checks that the directory accepts this value for this attribute; `None` clears it.
///
/// # Errors
/// A sentence that says why not.
pub fn check_value(attribute: Attribute, value: Option<&str>) -> Result<(), String> {
    let name = attribute.name();
    match value.filter(|value| !value.is_empty()) {
        None if matches!(attribute, Attribute::UserPrincipalName | Attribute::DisplayName) => {
            Err(format!("{name} cannot be cleared: the directory requires it"))
        }
        None => Ok(()),
        Some(value) if value.len() > LONGEST_VALUE && value.chars().count() > LONGEST_VALUE => {
            Err(format!("{name} is longer than {LONGEST_VALUE} characters"))
        }
        Some(upn) if attribute == Attribute::UserPrincipalName => check_upn(upn),
        Some(kind) if attribute == Attribute::UserType && !["Member", "Guest"].contains(&kind) => {
            Err(format!("{kind:?} is no userType: Member or Guest"))
        }
        Some(place) if attribute == Attribute::UsageLocation && !is_country(place) => {
            Err(format!("{place:?} is no usageLocation: a country in two letters, such as NG"))
        }
        Some(_) => Ok(()),
    }
}

/// Whether a text has the form of a country's code (ISO 3166).
fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether a text has the form of a sign-in name.
pub fn is_upn(upn: &str) -> bool {
    check_upn(upn).is_ok()
}

/// Checks a sign-in name: printable ASCII with one `@`. The vendor's portal refuses accents and
/// blanks. (assumed in detail)
pub(super) fn check_upn(upn: &str) -> Result<(), String> {
    let split =
        upn.split_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    let printable = upn.chars().all(|c| c.is_ascii_graphic());
    match split {
        Some((_, domain)) if printable && !domain.contains('@') => Ok(()),
        _ => Err(format!("{upn:?} is no userPrincipalName: plain letters, one @, no blanks")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_plain() {
        let cases = [
            ("Zoë", "zoe"),
            ("O'Brien", "obrien"),
            ("O’Brien", "obrien"),
            ("van den Berg", "vandenberg"),
            ("Müller-Groß", "muller-gross"),
            ("Łukasz", "lukasz"),
            ("Öztürk", "ozturk"),
            ("李雷", "lilei"),
            ("💡", "bulb"),
            ("''", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(plain(name), expected, "{name}");
        }
    }

    fn shown(mut new: NewUser) -> String {
        new.complete("c.example", "");
        new.attributes
            .iter()
            .map(|(a, v)| format!("{}={v}", a.name()))
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_is_not_said_follows_from_what_is() {
        let ann = "userPrincipalName=ann.okafor@c.example mail=ann.okafor@c.example mailNickname=ann.okafor \
                   givenName=Ann surname=Okafor displayName=Ann Okafor";
        assert_eq!(shown(NewUser::new("ann").with_name("Ann Okafor")), ann);
        assert_eq!(
            shown(NewUser::new("ann")),
            "userPrincipalName=ann@c.example mail=ann@c.example mailNickname=ann givenName=Ann displayName=Ann"
        );
        let none = NewUser::new("x")
            .with(Attribute::Mail, None)
            .with(Attribute::Surname, None)
            .with_name("Bo van Dyk");
        assert_eq!(
            shown(none),
            "userPrincipalName=bo@c.example mailNickname=bo givenName=Bo displayName=Bo van Dyk"
        );
        let upn = NewUser::new("x")
            .with(Attribute::UserPrincipalName, Some("X.Y@d.example"))
            .with_name("Bo Dyk");
        assert_eq!(
            shown(upn),
            "userPrincipalName=X.Y@d.example mail=X.Y@d.example mailNickname=X.Y givenName=Bo surname=Dyk \
             displayName=Bo Dyk"
        );
    }

    #[test]
    fn the_directory_refuses_what_it_could_not_hold() {
        let long = "x".repeat(LONGEST_VALUE + 1);
        let upn = Attribute::UserPrincipalName;
        for bad in ["", "ann", "@c", "ann@", "a b@c", "zoë@c", "a@b@c"] {
            assert!(check_value(upn, Some(bad)).is_err(), "{bad}");
        }
        assert!(check_value(upn, Some("bob_fabrikam.com#EXT#@c.example")).is_ok());
        assert!(check_value(Attribute::DisplayName, None).is_err());
        assert!(check_value(Attribute::Department, Some("")).is_ok());
        assert!(check_value(Attribute::Department, Some(&long)).is_err());
        for (handle, good) in
            [("ann", true), ("mara.o-b_2", true), ("zoë", true), ("", false), ("a b", false)]
        {
            assert_eq!(check_handle(handle).is_ok(), good, "{handle}");
        }
    }
}
