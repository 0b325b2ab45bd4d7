//! The attributes of a user, under the names Graph gives them, and their packed form at rest.

/// An attribute that holds text. `manager` is a reference and `accountEnabled` a flag, so neither is here.
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
}

impl Attribute {
    /// All attributes, in the order of their declaration.
    pub const ALL: [Attribute; 11] = [
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

    /// The names of all attributes, for suggestions.
    pub const NAMES: [&'static str; 11] = [
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

/// The most characters one value may have: far above any limit of the vendor's, and bounded so that the offsets are too.
pub const LONGEST_VALUE: usize = 1024;

/// The texts of one user in one allocation, so that a million users stay small.
///
/// The values stand one after the other; `ends[n]` is where the nth ends. An empty value is an absent one, as in the
/// directory, where an attribute is never an empty string.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Attributes {
    text: Box<str>,
    ends: [u16; Attribute::ALL.len()],
}

impl Attributes {
    /// Packs values given in the order of [`Attribute::ALL`], the empty ones being absent.
    ///
    /// A value longer than [`LONGEST_VALUE`] characters is cut there; who accepts input refuses it before.
    pub fn pack(values: [&str; Attribute::ALL.len()]) -> Attributes {
        let mut text = String::with_capacity(values.iter().map(|value| value.len()).sum());
        let mut ends = [0; Attribute::ALL.len()];
        for (value, end) in values.into_iter().zip(&mut ends) {
            text.push_str(&value[..cut(value)]);
            *end = u16::try_from(text.len()).expect("11 values of 1024 characters are at most 45056 bytes");
        }
        Attributes { text: text.into_boxed_str(), ends }
    }

    /// The value of an attribute; `None` when it is absent.
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        let at = attribute as usize;
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.text[usize::from(start)..usize::from(self.ends[at])]).filter(|value| !value.is_empty())
    }

    /// Sets or clears an attribute.
    pub fn set(&mut self, attribute: Attribute, value: Option<&str>) {
        let mut values = Attribute::ALL.map(|other| self.get(other).unwrap_or_default());
        values[attribute as usize] = value.unwrap_or_default();
        *self = Attributes::pack(values);
    }

    /// The attributes that have a value, in the order of [`Attribute::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Attribute, &str)> {
        Attribute::ALL.into_iter().filter_map(|attribute| Some((attribute, self.get(attribute)?)))
    }
}

/// Where a value ends that may have [`LONGEST_VALUE`] characters; most need no counting.
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
        let all: Vec<_> = some.iter().collect();
        assert_eq!(all, [(Attribute::UserPrincipalName, "zoë@contoso.example"), (Attribute::Country, "Zypern")]);
    }

    #[test]
    fn the_longest_values_fit_and_longer_ones_are_cut_between_characters() {
        let long = "💡".repeat(LONGEST_VALUE + 7);
        let packed = Attributes::pack([&long; Attribute::ALL.len()]);
        for (_, value) in packed.iter() {
            assert_eq!(value.chars().count(), LONGEST_VALUE);
        }
    }
}
