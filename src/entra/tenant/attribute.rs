//! The attributes of a user, under Graph's names, and the packed form in which they are stored.

use std::collections::BTreeMap;

/// An attribute that holds text. `manager` is a reference and `accountEnabled` a flag, so neither
/// is here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Attribute {
    /// The sign-in name; unique in the tenant ignoring case.
    UserPrincipalName,
    /// The primary mail address.
    Mail,
    /// The mail alias.
    MailNickname,
    /// The given name.
    GivenName,
    /// The family name.
    Surname,
    /// The name as shown.
    DisplayName,
    /// The department.
    Department,
    /// The job title.
    JobTitle,
    /// The number the employer gives.
    EmployeeId,
    /// The office.
    OfficeLocation,
    /// The country, in words.
    Country,
    /// The company.
    CompanyName,
    /// The kind of employment, such as `Contractor`.
    EmployeeType,
    /// The street of the office.
    StreetAddress,
    /// The city of the office.
    City,
    /// The state or province of the office.
    State,
    /// The postal code of the office.
    PostalCode,
    /// The mobile number.
    MobilePhone,
    /// The telephone number; the directory keeps one.
    BusinessPhones,
    /// The fax number.
    FaxNumber,
    /// The language, such as `en-US`.
    PreferredLanguage,
    /// The country in two letters, for licences.
    UsageLocation,
    /// Attribute 1 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute1,
    /// Attribute 2 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute2,
    /// Attribute 3 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute3,
    /// Attribute 4 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute4,
    /// Attribute 5 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute5,
    /// Attribute 6 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute6,
    /// Attribute 7 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute7,
    /// Attribute 8 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute8,
    /// Attribute 9 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute9,
    /// Attribute 10 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute10,
    /// Attribute 11 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute11,
    /// Attribute 12 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute12,
    /// Attribute 13 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute13,
    /// Attribute 14 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute14,
    /// Attribute 15 of the fifteen that on-premises directories extend a user by.
    ExtensionAttribute15,
    /// `Member` or `Guest`.
    UserType,
    /// The SAM account name of the directory on the premises.
    OnPremisesSamAccountName,
    /// The DNS domain of the directory on the premises.
    OnPremisesDomainName,
    /// The sign-in name of the directory on the premises.
    OnPremisesUserPrincipalName,
    /// The distinguished name of the directory on the premises.
    OnPremisesDistinguishedName,
}

impl Attribute {
    /// The attributes that generated people have: the first entries of [`Attribute::ALL`].
    pub const COMMON: [Attribute; 11] = [
        Attribute::UserPrincipalName,
        Attribute::Mail,
        Attribute::MailNickname,
        Attribute::GivenName,
        Attribute::Surname,
        Attribute::DisplayName,
        Attribute::Department,
        Attribute::JobTitle,
        Attribute::EmployeeId,
        Attribute::OfficeLocation,
        Attribute::Country,
    ];

    /// All attributes, in the order of their declaration.
    pub const ALL: [Attribute; 42] = [
        Attribute::UserPrincipalName,
        Attribute::Mail,
        Attribute::MailNickname,
        Attribute::GivenName,
        Attribute::Surname,
        Attribute::DisplayName,
        Attribute::Department,
        Attribute::JobTitle,
        Attribute::EmployeeId,
        Attribute::OfficeLocation,
        Attribute::Country,
        Attribute::CompanyName,
        Attribute::EmployeeType,
        Attribute::StreetAddress,
        Attribute::City,
        Attribute::State,
        Attribute::PostalCode,
        Attribute::MobilePhone,
        Attribute::BusinessPhones,
        Attribute::FaxNumber,
        Attribute::PreferredLanguage,
        Attribute::UsageLocation,
        Attribute::ExtensionAttribute1,
        Attribute::ExtensionAttribute2,
        Attribute::ExtensionAttribute3,
        Attribute::ExtensionAttribute4,
        Attribute::ExtensionAttribute5,
        Attribute::ExtensionAttribute6,
        Attribute::ExtensionAttribute7,
        Attribute::ExtensionAttribute8,
        Attribute::ExtensionAttribute9,
        Attribute::ExtensionAttribute10,
        Attribute::ExtensionAttribute11,
        Attribute::ExtensionAttribute12,
        Attribute::ExtensionAttribute13,
        Attribute::ExtensionAttribute14,
        Attribute::ExtensionAttribute15,
        Attribute::UserType,
        Attribute::OnPremisesSamAccountName,
        Attribute::OnPremisesDomainName,
        Attribute::OnPremisesUserPrincipalName,
        Attribute::OnPremisesDistinguishedName,
    ];

    /// The names of all attributes, for suggestions.
    pub const NAMES: [&'static str; 42] = [
        "userPrincipalName",
        "mail",
        "mailNickname",
        "givenName",
        "surname",
        "displayName",
        "department",
        "jobTitle",
        "employeeId",
        "officeLocation",
        "country",
        "companyName",
        "employeeType",
        "streetAddress",
        "city",
        "state",
        "postalCode",
        "mobilePhone",
        "businessPhones",
        "faxNumber",
        "preferredLanguage",
        "usageLocation",
        "extensionAttribute1",
        "extensionAttribute2",
        "extensionAttribute3",
        "extensionAttribute4",
        "extensionAttribute5",
        "extensionAttribute6",
        "extensionAttribute7",
        "extensionAttribute8",
        "extensionAttribute9",
        "extensionAttribute10",
        "extensionAttribute11",
        "extensionAttribute12",
        "extensionAttribute13",
        "extensionAttribute14",
        "extensionAttribute15",
        "userType",
        "onPremisesSamAccountName",
        "onPremisesDomainName",
        "onPremisesUserPrincipalName",
        "onPremisesDistinguishedName",
    ];

    /// The name of the property in Graph.
    pub fn name(self) -> &'static str {
        Attribute::NAMES[self as usize]
    }

    /// The attribute of this name; names are compared exactly.
    pub fn parse(name: &str) -> Option<Attribute> {
        Attribute::ALL.into_iter().find(|attribute| attribute.name() == name)
    }
}

/// The most characters a value may have: far above any limit of the vendor, and small enough for
/// the type of the offsets.
pub const LONGEST_VALUE: usize = 1024;

/// The texts of one user, in one allocation unless there are uncommon ones, so that a million users
/// stay small.
///
/// The values of the common attributes stand one after the other; `ends[n]` is where the nth ends.
/// An empty value is an absent one, as in the directory, where an attribute is never an empty
/// string.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Attributes {
    text: Box<str>,
    ends: [u16; Attribute::COMMON.len()],
    uncommon: Option<Box<Uncommon>>,
    extensions: Option<Box<Extensions>>,
}

/// The values of directory extensions, `extension_<application id>_<name>`, by name (B99).
type Extensions = BTreeMap<Box<str>, Box<str>>;

/// The values of the attributes that few people have, in the order of the attributes.
type Uncommon = Vec<(Attribute, Box<str>)>;

impl Attributes {
    /// Packs values given in the order of [`Attribute::COMMON`], the empty ones being absent.
    ///
    /// A value longer than [`LONGEST_VALUE`] characters is cut; readers of input refuse such a
    /// value earlier.
    pub fn pack(values: [&str; Attribute::COMMON.len()]) -> Attributes {
        let mut text = String::with_capacity(values.iter().map(|value| value.len()).sum());
        let mut ends = [0; Attribute::COMMON.len()];
        for (value, end) in values.into_iter().zip(&mut ends) {
            text.push_str(&value[..cut(value)]);
            *end = u16::try_from(text.len())
                .expect("11 values of 1024 characters are at most 45056 bytes");
        }
        Attributes { text: text.into_boxed_str(), ends, uncommon: None, extensions: None }
    }

    /// The value of an attribute; `None` when it is absent.
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        let at = attribute as usize;
        let Some(end) = self.ends.get(at) else { return self.get_uncommon(attribute) };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[usize::from(start)..usize::from(*end)]).filter(|value| !value.is_empty())
    }

    fn get_uncommon(&self, attribute: Attribute) -> Option<&str> {
        let known = self.uncommon.as_deref()?;
        known.iter().find(|(other, _)| *other == attribute).map(|(_, value)| &**value)
    }

    /// Sets or clears an attribute.
    pub fn set(&mut self, attribute: Attribute, value: Option<&str>) {
        let value = value.unwrap_or_default();
        if attribute as usize >= Attribute::COMMON.len() {
            return self.set_uncommon(attribute, &value[..cut(value)]);
        }
        let mut values = Attribute::COMMON.map(|other| self.get(other).unwrap_or_default());
        values[attribute as usize] = value;
        let packed = Attributes::pack(values);
        (self.text, self.ends) = (packed.text, packed.ends);
    }

    /// The value of a directory extension.
    pub fn extension(&self, name: &str) -> Option<&str> {
        self.extensions.as_deref()?.get(name).map(|value| &**value)
    }

    /// Sets the value of a directory extension; an empty value clears it.
    pub fn set_extension(&mut self, name: &str, value: &str) {
        let known = self.extensions.get_or_insert_default();
        match value {
            "" => known.remove(name),
            _ => known.insert(name.into(), value[..cut(value)].into()),
        };
        self.extensions.take_if(|known| known.is_empty());
    }

    fn set_uncommon(&mut self, attribute: Attribute, value: &str) {
        let known = self.uncommon.get_or_insert_default();
        known.retain(|(other, _)| *other != attribute);
        if !value.is_empty() {
            let at = known.partition_point(|(other, _)| *other < attribute);
            known.insert(at, (attribute, value.into()));
        }
        self.uncommon.take_if(|known| known.is_empty());
    }

    /// The attributes that have a value, in the order of [`Attribute::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &str)> {
        let common = Attribute::COMMON
            .into_iter()
            .filter_map(|attribute| Some((attribute, self.get(attribute)?)));
        let uncommon = self.uncommon.as_deref().into_iter().flatten();
        common.chain(uncommon.map(|(attribute, value)| (*attribute, &**value)))
    }
}

/// The length of a value cut to [`LONGEST_VALUE`] characters; most values are too short to need
/// counting.
fn cut(value: &str) -> usize {
    if value.len() <= LONGEST_VALUE {
        return value.len();
    }
    value.char_indices().nth(LONGEST_VALUE).map_or(value.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_graphs_and_read_back() {
        for attribute in Attribute::ALL {
            assert_eq!(Attribute::parse(attribute.name()), Some(attribute));
        }
        assert_eq!(Attribute::parse("Mail"), None);
        assert_eq!(Attribute::Surname.name(), "surname");
    }

    #[test]
    fn values_are_set_changed_and_cleared_alone() {
        let mut some = Attributes::default();
        assert_eq!(some.iter().count(), 0);
        some.set(Attribute::Country, Some("Zypern"));
        some.set(Attribute::UserPrincipalName, Some("zoë@contoso.example"));
        some.set(Attribute::Department, Some("Sales"));
        some.set(Attribute::Department, Some("Büro"));
        assert_eq!(some.get(Attribute::Department), Some("Büro"));
        assert_eq!(some.get(Attribute::Mail), None);
        some.set(Attribute::Department, None);
        some.set(Attribute::ExtensionAttribute7, Some("seven"));
        some.set(Attribute::City, Some("Ulm"));
        some.set(Attribute::City, Some("Bonn"));
        assert_eq!(
            some.iter().skip(2).collect::<Vec<_>>(),
            [(Attribute::City, "Bonn"), (Attribute::ExtensionAttribute7, "seven")]
        );
        some.set(Attribute::City, None);
        some.set(Attribute::ExtensionAttribute7, None);
        let all: Vec<_> = some.iter().collect();
        assert_eq!(
            all,
            [(Attribute::UserPrincipalName, "zoë@contoso.example"), (Attribute::Country, "Zypern")]
        );
    }

    #[test]
    fn the_longest_values_fit_and_longer_ones_are_cut_between_characters() {
        let long = "💡".repeat(LONGEST_VALUE + 7);
        let packed = Attributes::pack([&long; Attribute::COMMON.len()]);
        for (_, value) in packed.iter() {
            assert_eq!(value.chars().count(), LONGEST_VALUE);
        }
    }
}
