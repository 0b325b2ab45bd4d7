//! The default mapping tables of applications, which "Restore default mappings" brings back.

use super::row::{Mapping, RowSource};
use super::target::Target;
use super::{Actions, ObjectMapping, Schema};
use crate::entra::expression::Expression;
use crate::entra::field::{Field, ObjectKind};
use crate::entra::filter::Filters;

/// The application whose default tables a job starts with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Template {
    /// GoLinks of the gallery: seven attributes of users, no groups.
    GoLinks,
    /// The non-gallery application for any SCIM server: users and groups.
    Scim,
}

impl Template {
    /// The templates with their words in the scenario format.
    pub const WORDS: [(&'static str, Template); 2] =
        [("golinks", Template::GoLinks), ("scim", Template::Scim)];

    /// The word for it.
    pub fn word(self) -> &'static str {
        if self == Template::Scim { "scim" } else { "golinks" }
    }

    /// The vendor's template id, with which the ids of its jobs begin [scim-compat].
    pub fn id(self) -> &'static str {
        if self == Template::Scim { "scim" } else { "goLinks" }
    }
}

/// The expression for `active` in the gallery's tables [field: guides of many vendors].
const ACTIVE: &str = r#"Switch([IsSoftDeleted], , "False", "True", "True", "False")"#;

/// The seven rows of GoLinks [golinks]; their sources are the usual ones of the gallery (assumed).
const GOLINKS: [(&str, &str); 7] = [
    ("mailNickname", "externalId"),
    ("userPrincipalName", "userName"),
    (ACTIVE, "active"),
    ("mail", "emails[type eq \"work\"].value"),
    ("givenName", "name.givenName"),
    ("surname", "name.familyName"),
    ("department", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"),
];

/// The 22 rows of the application outside of the gallery: the table of [scim-dev] with the fax
/// number that a live tenant shows (B96).
const SCIM_USERS: [(&str, &str); 22] = [
    ("userPrincipalName", "userName"),
    (ACTIVE, "active"),
    ("displayName", "displayName"),
    ("jobTitle", "title"),
    ("mail", "emails[type eq \"work\"].value"),
    ("preferredLanguage", "preferredLanguage"),
    ("givenName", "name.givenName"),
    ("surname", "name.familyName"),
    (r#"Join(" ", [givenName], [surname])"#, "name.formatted"),
    ("physicalDeliveryOfficeName", "addresses[type eq \"work\"].formatted"),
    ("streetAddress", "addresses[type eq \"work\"].streetAddress"),
    ("city", "addresses[type eq \"work\"].locality"),
    ("state", "addresses[type eq \"work\"].region"),
    ("postalCode", "addresses[type eq \"work\"].postalCode"),
    ("country", "addresses[type eq \"work\"].country"),
    ("telephoneNumber", "phoneNumbers[type eq \"work\"].value"),
    ("mobile", "phoneNumbers[type eq \"mobile\"].value"),
    ("facsimileTelephoneNumber", "phoneNumbers[type eq \"fax\"].value"),
    ("mailNickname", "externalId"),
    ("employeeId", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber"),
    ("department", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department"),
    ("manager", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"),
];

/// The rows for groups: name, id, members [scim-dev].
const SCIM_GROUPS: [(&str, &str); 3] =
    [("displayName", "displayName"), ("objectId", "externalId"), ("members", "members")];

impl Schema {
    /// The default mappings and filters of an application.
    pub fn gallery(template: Template) -> Schema {
        let users: &[(&str, &str)] = match template {
            Template::GoLinks => &GOLINKS,
            Template::Scim => &SCIM_USERS,
        };
        let groups: &[(&str, &str)] = match template {
            Template::GoLinks => &[],
            Template::Scim => &SCIM_GROUPS,
        };
        Schema {
            users: table(ObjectKind::User, users, "userName"),
            groups: ObjectMapping {
                enabled: !groups.is_empty(),
                actions: Actions::ALL,
                ..table(ObjectKind::Group, groups, "displayName")
            },
            filters: Filters::default(),
            template,
        }
    }
}

/// Builds rows from pairs of source and target; a source that begins with a capital is an
/// expression.
fn table(kind: ObjectKind, rows: &[(&str, &str)], matching: &str) -> ObjectMapping {
    let row = |(from, to): &(&str, &str)| {
        let target =
            Target::parse(to).expect("the gallery's targets are paths; a test reads them all");
        let mut mapping = Mapping::new(source(from), target);
        mapping.matching = (*to == matching).then_some(1);
        mapping
    };
    ObjectMapping::new(kind, rows.iter().map(row).collect())
}

fn source(text: &str) -> RowSource {
    if text.starts_with(char::is_uppercase) {
        let expression = Expression::parse(text)
            .expect("the gallery's expressions are sound; a test reads them all");
        return RowSource::Expression(Box::new(expression));
    }
    let field = Field::find(text).expect("the gallery's sources exist; a test reads them all");
    RowSource::Attribute { name: text.into(), field }
}
