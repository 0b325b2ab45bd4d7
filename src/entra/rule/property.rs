//! The properties of a user that a rule may ask for, by the names of the vendor's list.
//! [dynamic-groups]

use std::borrow::Cow;

use super::super::field::Field;
use super::super::tenant::{Attribute, User};

/// A property of a user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Property {
    Text(Attribute),
    ObjectId,
    AccountEnabled,
    /// A directory extension.
    Extension(Box<str>),
    /// A property that this directory does not hold; no user has a value.
    NotHeld,
}

/// The vendor's list of properties that hold text or a Boolean, without the fifteen extension
/// attributes; read in November 2026.
const NAMES: [(&str, Property); 29] = [
    ("accountEnabled", Property::AccountEnabled),
    ("city", Property::Text(Attribute::City)),
    ("companyName", Property::Text(Attribute::CompanyName)),
    ("country", Property::Text(Attribute::Country)),
    ("department", Property::Text(Attribute::Department)),
    ("dirSyncEnabled", Property::NotHeld),
    ("displayName", Property::Text(Attribute::DisplayName)),
    ("employeeId", Property::Text(Attribute::EmployeeId)),
    ("facsimileTelephoneNumber", Property::Text(Attribute::FaxNumber)),
    ("givenName", Property::Text(Attribute::GivenName)),
    ("jobTitle", Property::Text(Attribute::JobTitle)),
    ("mail", Property::Text(Attribute::Mail)),
    ("mailNickName", Property::Text(Attribute::MailNickname)),
    // The list has both spellings.
    ("mailNickname", Property::Text(Attribute::MailNickname)),
    ("mobile", Property::Text(Attribute::MobilePhone)),
    ("objectId", Property::ObjectId),
    ("onPremisesDistinguishedName", Property::Text(Attribute::OnPremisesDistinguishedName)),
    ("onPremisesSecurityIdentifier", Property::NotHeld),
    ("passwordPolicies", Property::NotHeld),
    ("physicalDeliveryOfficeName", Property::Text(Attribute::OfficeLocation)),
    ("postalCode", Property::Text(Attribute::PostalCode)),
    ("preferredLanguage", Property::Text(Attribute::PreferredLanguage)),
    ("state", Property::Text(Attribute::State)),
    ("streetAddress", Property::Text(Attribute::StreetAddress)),
    ("surname", Property::Text(Attribute::Surname)),
    ("telephoneNumber", Property::Text(Attribute::BusinessPhones)),
    ("usageLocation", Property::Text(Attribute::UsageLocation)),
    ("userPrincipalName", Property::Text(Attribute::UserPrincipalName)),
    ("userType", Property::Text(Attribute::UserType)),
];

/// What Graph, and people, call properties that rules call otherwise.
const GRAPHS: [(&str, &str); 11] = [
    ("dept", "department"),
    ("email", "mail"),
    ("enabled", "accountEnabled"),
    ("firstName", "givenName"),
    ("lastName", "surname"),
    ("title", "jobTitle"),
    ("upn", "userPrincipalName"),
    ("officeLocation", "physicalDeliveryOfficeName"),
    ("mobilePhone", "mobile"),
    ("businessPhones", "telephoneNumber"),
    ("faxNumber", "facsimileTelephoneNumber"),
];

impl Property {
    /// The property of a name, exactly as the list has it: names are case-sensitive.
    /// [dynamic-groups]
    pub(super) fn find(name: &str) -> Option<Property> {
        if let Some((_, property)) = NAMES.iter().find(|(known, _)| *known == name) {
            return Some(property.clone());
        }
        match Attribute::parse(name) {
            Some(attribute) if name.starts_with("extensionAttribute") => {
                Some(Property::Text(attribute))
            }
            _ => Field::is_extension(name).then(|| Property::Extension(name.into())),
        }
    }

    /// What an author who wrote an unknown name may have meant.
    pub(super) fn meant(name: &str) -> Option<&'static str> {
        let graphs = GRAPHS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let cased = || NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        graphs.map(|(_, ours)| *ours).or_else(|| cased().map(|(known, _)| *known))
    }

    /// The names, for suggestions.
    pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// Its value for a user; `None` when there is none.
    pub(super) fn value<'a>(&self, user: &'a User) -> Option<Cow<'a, str>> {
        match self {
            Property::Text(attribute) => user.get(*attribute).map(Cow::Borrowed),
            Property::ObjectId => Some(Cow::Owned(user.object_id().to_string())),
            Property::AccountEnabled => Some(Cow::Borrowed(match user.enabled() {
                true => "true",
                false => "false",
            })),
            Property::Extension(name) => user.attributes().extension(name).map(Cow::Borrowed),
            Property::NotHeld => None,
        }
    }
}
