//! The fields that mappings and filters may read of a user: the directory's attributes under the
//! service's names.
//!
//! The service keeps some older names beside Graph's (`physicalDeliveryOfficeName` is Graph's
//! `officeLocation`), computes `IsSoftDeleted`, and refuses some attributes. Each refused attribute
//! is a row with its reason.

use std::borrow::Cow;

use super::expression::{AppRole, AttributeSource, Value};
use super::tenant::{Attribute, Group, User};
use crate::base::Span;
use crate::base::diagnostic::{Problems, nearest};
use crate::base::seed::show_guid;

/// One field of a user or group that can be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// An attribute that holds text.
    Text(Attribute),
    /// The sign-in name as it is stored, a guest's too [how-works].
    OriginalUserPrincipalName,
    /// The GUID.
    ObjectId,
    /// Whether sign-in is allowed.
    AccountEnabled,
    /// Computed: out of scope, blocked from sign-in or deleted [customize].
    IsSoftDeleted,
    /// The manager, a reference.
    Manager,
    /// The app roles of the user's assignments.
    AppRoleAssignments,
    /// The members of a group, references.
    Members,
    /// An attribute that Entra has but this directory does not store, or a directory extension;
    /// only extensions have values.
    NotHeld,
}

/// The kind of object that a mapping table is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// The mapping of users.
    User,
    /// The mapping of groups.
    Group,
}

impl ObjectKind {
    /// The word for one object of it.
    pub fn word(self) -> &'static str {
        match self {
            ObjectKind::User => "user",
            ObjectKind::Group => "group",
        }
    }
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// One text.
    Text,
    /// True or false.
    Truth,
    /// Another object.
    Reference,
    /// Several values.
    Several,
    /// A date.
    Date,
}

/// Names the service uses beside Graph's [field: exported schemas].
const ALIASES: [(&str, Attribute); 4] = [
    ("physicalDeliveryOfficeName", Attribute::OfficeLocation),
    ("telephoneNumber", Attribute::BusinessPhones),
    ("mobile", Attribute::MobilePhone),
    ("facsimileTelephoneNumber", Attribute::FaxNumber),
];

/// The other fields that can be read.
const OTHERS: [(&str, Field); 7] = [
    ("originalUserPrincipalName", Field::OriginalUserPrincipalName),
    ("objectId", Field::ObjectId),
    ("accountEnabled", Field::AccountEnabled),
    ("IsSoftDeleted", Field::IsSoftDeleted),
    ("manager", Field::Manager),
    ("appRoleAssignments", Field::AppRoleAssignments),
    ("members", Field::Members),
];

/// The names that a group has.
const OF_GROUPS: [&str; 5] = ["displayName", "mail", "mailNickname", "objectId", "members"];

/// Attributes of Entra that this directory does not store, with the kind of their values.
const NOT_HELD: [(&str, FieldKind); 20] = [
    ("ageGroup", FieldKind::Text),
    ("assignedPlans", FieldKind::Several),
    ("birthday", FieldKind::Date),
    ("consentProvidedForMinor", FieldKind::Text),
    ("createdDateTime", FieldKind::Date),
    ("creationType", FieldKind::Text),
    ("dirSyncEnabled", FieldKind::Truth),
    ("employeeHireDate", FieldKind::Date),
    ("employeeLeaveDateTime", FieldKind::Date),
    ("employeeOrgData", FieldKind::Several),
    ("immutableId", FieldKind::Text),
    ("lastDirSyncTime", FieldKind::Date),
    ("legalAgeGroupClassification", FieldKind::Text),
    ("onPremisesSecurityIdentifier", FieldKind::Text),
    ("otherMails", FieldKind::Several),
    ("passwordPolicies", FieldKind::Text),
    ("proxyAddresses", FieldKind::Several),
    ("refreshTokensValidFromDateTime", FieldKind::Date),
    ("sipProxyAddress", FieldKind::Text),
    ("signInSessionsValidFromDateTime", FieldKind::Date),
];

/// Attributes that can be neither mapped nor filtered on, each with the reason.
pub(super) const UNAVAILABLE: [(&str, &str); 6] = [
    ("SamAccountName", "it is not available as a source attribute"),
    ("externalUserState", "it is not available as a source attribute"),
    ("password", "passwords are not provisioned"),
    ("passwordProfile", "passwords are not provisioned"),
    ("photo", "photos are not provisioned"),
    ("thumbnailPhoto", "photos are not provisioned"),
];

/// Attributes that the vendor's page calls unavailable as a source, but exported schemas of live
/// tenants use [known-issues; B98]. They are read, with a warning.
const DOUBTFUL: [&str; 2] = ["userType", "onPremisesSamAccountName"];

/// Attributes that can be mapped but not filtered on, each with the reason [filters, known-issues].
const NOT_FILTERED: [(&str, &str); 5] = [
    ("IsSoftDeleted", "it is computed, among other things from the filters themselves"),
    ("manager", "filters cannot look at references"),
    ("appRoleAssignments", "filters cannot look at app roles"),
    ("members", "filters cannot look at members"),
    ("IsMemberOf", "filters cannot look at memberships; assign the group instead"),
];

impl Field {
    /// The field of a name; names are compared exactly.
    pub fn find(name: &str) -> Option<Field> {
        // The default mappings ask for `IsSoftDeleted` of every user, so these come first.
        if let Some((_, field)) = OTHERS.iter().find(|(known, _)| *known == name) {
            return Some(*field);
        }
        if let Some(attribute) = Attribute::parse(name) {
            return Some(Field::Text(attribute));
        }
        if let Some((_, attribute)) = ALIASES.iter().find(|(known, _)| *known == name) {
            return Some(Field::Text(*attribute));
        }
        let known = NOT_HELD.iter().any(|(known, _)| *known == name) || Field::is_extension(name);
        known.then_some(Field::NotHeld)
    }

    /// Whether this names a directory extension.
    pub fn is_extension(name: &str) -> bool {
        name.starts_with("extension_")
    }

    /// Finds the field of a name for a mapping, or reports why there is none. Rows and pasted
    /// schemas follow one rule (docs/decisions.md). A name unlike any known one may exist in the
    /// directory that an export comes from; here it never has a value.
    pub fn for_mapping(
        name: &str,
        of: ObjectKind,
        span: Span,
        problems: &mut Problems,
    ) -> Option<Field> {
        let foreign = Field::find(name).is_none()
            && !UNAVAILABLE.iter().any(|(known, _)| *known == name)
            && nearest(name, Field::names()).is_none();
        let field = if foreign { Field::NotHeld } else { Field::known(name, span, problems)? };
        if (of == ObjectKind::Group && !OF_GROUPS.contains(&name))
            || (of == ObjectKind::User && field == Field::Members)
        {
            let whose = if of == ObjectKind::Group { "a group" } else { "a user" };
            problems.error(span, format!("{whose} has no `{name}`"));
            return None;
        }
        if DOUBTFUL.contains(&name) {
            problems
                .warning(span, format!("`{name}` may not be available as a source attribute"))
                .label("the vendor's page says so, and exported schemas name it");
        }
        if field == Field::NotHeld && !Field::is_extension(name) {
            problems
                .warning(span, format!("this directory does not hold `{name}`"))
                .label("nobody has a value here, so it never flows");
        }
        Some(field)
    }

    /// Finds the field of a name for a filter, or reports why there is none.
    pub fn for_filter(
        name: &str,
        of: ObjectKind,
        span: Span,
        problems: &mut Problems,
    ) -> Option<Field> {
        if let Some((_, why)) = NOT_FILTERED.iter().find(|(known, _)| *known == name) {
            problems.error(span, format!("no filter can look at `{name}`")).label(*why);
            return None;
        }
        let field = Field::known(name, span, problems)?;
        let unheld = NOT_HELD.iter().find(|(known, _)| *known == name).map(|(_, holds)| *holds);
        if of == ObjectKind::Group && !OF_GROUPS.contains(&name) {
            problems.error(span, format!("a group has no `{name}`"));
            return None;
        }
        let why = match unheld.unwrap_or(field.holds()) {
            FieldKind::Date => "filters cannot look at dates",
            FieldKind::Several => "filters cannot look at attributes with several values",
            _ => return Some(field),
        };
        problems.error(span, format!("no filter can look at `{name}`")).label(why);
        None
    }

    fn known(name: &str, span: Span, problems: &mut Problems) -> Option<Field> {
        let found = Field::find(name);
        if found.is_none() {
            let refused = UNAVAILABLE.iter().find(|(known, _)| *known == name);
            match (refused, nearest(name, Field::names())) {
                (Some((_, why)), _) => {
                    problems.error(span, format!("`{name}` cannot be read")).label(*why);
                }
                (None, near) => {
                    let error =
                        problems.error(span, format!("the directory has no attribute `{name}`"));
                    match near {
                        Some(near) => {
                            error.help(format!("did you mean `{near}`? Names are case-sensitive"))
                        }
                        None => error.help("`scimulator explain user` lists the attributes"),
                    };
                }
            }
        }
        found
    }

    /// All names, for suggestions.
    pub fn names() -> impl Iterator<Item = &'static str> + Clone {
        let graph = Attribute::NAMES.into_iter().chain(OTHERS.iter().map(|(name, _)| *name));
        graph
            .chain(ALIASES.iter().map(|(name, _)| *name))
            .chain(NOT_HELD.iter().map(|(name, _)| *name))
    }

    /// Its name (Graph's, if there are several); empty for an attribute that this directory does
    /// not store.
    pub fn name(self) -> &'static str {
        match self {
            Field::Text(attribute) => attribute.name(),
            other => OTHERS.iter().find(|(_, field)| *field == other).map_or("", |(name, _)| name),
        }
    }

    /// What it holds.
    pub fn holds(self) -> FieldKind {
        match self {
            Field::Text(_)
            | Field::OriginalUserPrincipalName
            | Field::ObjectId
            | Field::NotHeld => FieldKind::Text,
            Field::AccountEnabled | Field::IsSoftDeleted => FieldKind::Truth,
            Field::Manager => FieldKind::Reference,
            Field::AppRoleAssignments | Field::Members => FieldKind::Several,
        }
    }

    /// The text of a field; `None` if the field holds no text or the user has no value.
    pub fn text(self, user: &User) -> Option<Cow<'_, str>> {
        match self {
            Field::Text(Attribute::UserPrincipalName) => {
                user.get(Attribute::UserPrincipalName).map(guest_name)
            }
            Field::Text(attribute) => user.get(attribute).map(Cow::Borrowed),
            Field::OriginalUserPrincipalName => {
                user.get(Attribute::UserPrincipalName).map(Cow::Borrowed)
            }
            Field::ObjectId => Some(Cow::Owned(show_guid(user.object_id().0))),
            Field::AccountEnabled => {
                Some(Cow::Borrowed(if user.enabled() { "True" } else { "False" }))
            }
            Field::IsSoftDeleted => None,
            Field::Manager | Field::AppRoleAssignments | Field::Members | Field::NotHeld => None,
        }
    }
}

impl Field {
    /// The text of a field of a group; `None` if the field holds no text or the group has no value.
    pub fn text_of_group(self, group: &Group) -> Option<Cow<'_, str>> {
        match self {
            Field::Text(Attribute::DisplayName) => Some(Cow::Borrowed(group.display_name())),
            Field::Text(Attribute::Mail) => group.mail().map(Cow::Borrowed),
            Field::Text(Attribute::MailNickname) => Some(Cow::Borrowed(group.mail_nickname())),
            Field::ObjectId => Some(Cow::Owned(show_guid(group.object_id().0))),
            _ => None,
        }
    }
}

/// A guest's sign-in name as the engine reads it: `alias_domain#EXT#@tenant` stands for
/// `alias@domain` [how-works].
fn guest_name(stored: &str) -> Cow<'_, str> {
    // Few names have a `#`, and to look for one letter costs next to nothing.
    if !stored.as_bytes().contains(&b'#') {
        return Cow::Borrowed(stored);
    }
    let guest = stored.split_once("#EXT#@").and_then(|(outside, _)| outside.rsplit_once('_'));
    match guest {
        Some((alias, domain)) => Cow::Owned(format!("{alias}@{domain}")),
        None => Cow::Borrowed(stored),
    }
}

/// A user as mappings and expressions see it.
#[derive(Clone, Copy)]
pub struct ImportedUser<'a> {
    /// The user.
    pub user: &'a User,
    /// `IsSoftDeleted`.
    pub soft_deleted: bool,
    /// The id of the manager, if there is one.
    pub manager: Option<&'a str>,
    /// The app roles.
    pub roles: &'a [AppRole],
}

impl ImportedUser<'_> {
    /// The value of a field under this name; directory extensions share one field and differ by
    /// name.
    pub fn named(&self, name: &str, field: Field) -> Value<'_> {
        match field {
            Field::NotHeld => {
                self.user.attributes().extension(name).map_or(Value::Null, Value::text)
            }
            field => self.value(field),
        }
    }

    /// The value of a field.
    pub fn value(&self, field: Field) -> Value<'_> {
        match field {
            Field::IsSoftDeleted => Value::flag(self.soft_deleted),
            Field::Manager => self.manager.map_or(Value::Null, Value::text),
            Field::AppRoleAssignments if self.roles.is_empty() => Value::Null,
            Field::AppRoleAssignments => Value::Roles(self.roles),
            field => field.text(self.user).map_or(Value::Null, Value::Text),
        }
    }
}

/// A user or a group as mappings and expressions see it.
#[derive(Clone, Copy)]
pub enum ImportedObject<'a> {
    /// A user.
    User(ImportedUser<'a>),
    /// A group.
    Group(&'a Group),
}

impl ImportedObject<'_> {
    /// The value of a field under this name.
    pub fn named(&self, name: &str, field: Field) -> Value<'_> {
        match self {
            ImportedObject::User(user) => user.named(name, field),
            ImportedObject::Group(group) => {
                field.text_of_group(group).map_or(Value::Null, Value::Text)
            }
        }
    }

    /// The app roles; a group has none of its own.
    pub fn roles(&self) -> &[AppRole] {
        match self {
            ImportedObject::User(user) => user.roles,
            ImportedObject::Group(_) => &[],
        }
    }
}

impl<'a> From<ImportedUser<'a>> for ImportedObject<'a> {
    fn from(user: ImportedUser<'a>) -> ImportedObject<'a> {
        ImportedObject::User(user)
    }
}

impl AttributeSource for ImportedObject<'_> {
    fn get<'a>(&'a self, name: &str) -> Value<'a> {
        Field::find(name).map_or(Value::Null, |field| self.named(name, field))
    }
}

impl AttributeSource for ImportedUser<'_> {
    fn get<'a>(&'a self, name: &str) -> Value<'a> {
        Field::find(name).map_or(Value::Null, |field| self.named(name, field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_finds_its_field_and_the_field_its_name() {
        for name in Field::names() {
            let field = Field::find(name).unwrap_or_else(|| panic!("{name}"));
            let alias = ALIASES.iter().any(|(known, _)| *known == name);
            assert!(alias || field == Field::NotHeld || field.name() == name, "{name}: {field:?}");
        }
        assert_eq!(Field::find("mobile"), Some(Field::Text(Attribute::MobilePhone)));
        assert_eq!(Field::find("Mail"), None);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_reason() {
        let cases: [(&str, bool, &str); 8] = [
            ("Mail", false, "did you mean `mail`?"),
            ("externalUserState", false, "not available"),
            ("photo", false, "photos"),
            ("manager", true, "references"),
            ("appRoleAssignments", true, "app roles"),
            ("employeeHireDate", true, "dates"),
            ("proxyAddresses", true, "several values"),
            ("IsSoftDeleted", true, "computed"),
        ];
        for (name, filter_alone, part) in cases {
            let mut problems = Problems::default();
            assert_eq!(
                Field::for_filter(name, ObjectKind::User, Span::new(1, 2), &mut problems),
                None,
                "{name}"
            );
            let problem = &problems.list()[0];
            assert!(
                format!("{} {}", problem.label, problem.help).contains(part),
                "{name}: {problem:?}"
            );
            let mut problems = Problems::default();
            assert_eq!(
                Field::for_mapping(name, ObjectKind::User, Span::new(1, 2), &mut problems)
                    .is_some(),
                filter_alone,
                "{name}"
            );
            assert!(!filter_alone || !problems.has_errors());
        }
    }

    #[test]
    fn a_guest_is_fed_under_the_name_at_home() {
        for (stored, fed) in [
            ("ann_fabrikam.example#EXT#@contoso.example", "ann@fabrikam.example"),
            ("ann_m_fabrikam.example#EXT#@contoso.example", "ann_m@fabrikam.example"),
            ("ann@contoso.example", "ann@contoso.example"),
            ("odd#EXT#@contoso.example", "odd#EXT#@contoso.example"),
        ] {
            assert_eq!(guest_name(stored), fed);
        }
    }
}
