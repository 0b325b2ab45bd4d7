//! The schemas of RFC 7643 as tables: core user, core group and enterprise extension (RFC 7643 4,
//! 8.7.1).
//!
//! The attribute that names a resource comes first, because stores read it at the start of a body.

use super::schema::{Attribute, Kind, Mutability, Returned, Schema, Uniqueness};
use super::urn;

/// The core user.
pub fn user() -> Schema {
    Schema {
        id: urn::USER.into(),
        name: "User".into(),
        description: "User Account".into(),
        attributes: vec![
            Attribute {
                required: true,
                uniqueness: Uniqueness::Server,
                ..text("userName", "The name a person signs in with")
            },
            external_id(),
            name(),
            text("displayName", "The name as it is shown"),
            text("nickName", "The casual name"),
            reference("profileUrl", "The address of a page about the person", &["external"]),
            text("title", "The title, such as Vice President"),
            text("userType", "The relation to the organisation, such as Contractor"),
            text("preferredLanguage", "The preferred language, as in Accept-Language"),
            text("locale", "The locale, such as en-US"),
            text("timezone", "The time zone, such as Europe/Stockholm"),
            Attribute::new("active", Kind::Boolean, "Whether the person may sign in"),
            Attribute {
                mutability: Mutability::WriteOnly,
                returned: Returned::Never,
                case_exact: true,
                ..text("password", "The password; it can be set and not be read")
            },
            emails(),
            phone_numbers(),
            ims(),
            photos(),
            addresses(),
            groups(),
            entitlements(),
            several("roles", "The person's roles", text("value", "The role"), &[]),
            certificates(),
        ],
    }
}

fn emails() -> Attribute {
    several("emails", "E-mail addresses", text("value", "The address"), &["work", "home", "other"])
}

fn phone_numbers() -> Attribute {
    several(
        "phoneNumbers",
        "Telephone numbers",
        text("value", "The number"),
        &["work", "home", "mobile", "fax", "pager", "other"],
    )
}

fn ims() -> Attribute {
    several(
        "ims",
        "Addresses for instant messages",
        text("value", "The address"),
        &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
    )
}

fn photos() -> Attribute {
    several(
        "photos",
        "Photographs",
        reference("value", "Where the photograph is", &["external"]),
        &["photo", "thumbnail"],
    )
}

fn entitlements() -> Attribute {
    several("entitlements", "What the person is entitled to", text("value", "The entitlement"), &[])
}

fn certificates() -> Attribute {
    several(
        "x509Certificates",
        "Certificates",
        Attribute {
            case_exact: true,
            ..Attribute::new("value", Kind::Binary, "The certificate, in base 64")
        },
        &[],
    )
}

/// The core group. Its displayName is unique here: RFC 7643 leaves this open, and the vendor's
/// client needs it [scim-dev].
pub fn group() -> Schema {
    let once = |attribute: Attribute| Attribute { mutability: Mutability::Immutable, ..attribute };
    Schema {
        id: urn::GROUP.into(),
        name: "Group".into(),
        description: "Group".into(),
        attributes: vec![
            Attribute {
                required: true,
                uniqueness: Uniqueness::Server,
                ..text("displayName", "The name as it is shown")
            },
            external_id(),
            Attribute {
                multi_valued: true,
                ..Attribute::new("members", Kind::Complex, "The members")
            }
            .with(vec![
                once(Attribute { case_exact: true, ..text("value", "The id of the member") }),
                once(reference("$ref", "Where the member is", &["User", "Group"])),
                once(Attribute {
                    canonical: vec!["User".into(), "Group".into()],
                    ..text("type", "What the member is")
                }),
            ]),
        ],
    }
}

/// The enterprise extension of users (RFC 7643 4.3).
pub fn enterprise_user() -> Schema {
    Schema {
        id: urn::ENTERPRISE_USER.into(),
        name: "EnterpriseUser".into(),
        description: "Enterprise User".into(),
        attributes: vec![
            text("employeeNumber", "The number the organisation gave the person"),
            text("costCenter", "The cost centre"),
            text("organization", "The organisation"),
            text("division", "The division"),
            text("department", "The department"),
            Attribute::new("manager", Kind::Complex, "The person's manager").with(vec![
                Attribute { case_exact: true, ..text("value", "The id of the manager") },
                reference("$ref", "Where the manager is", &["User"]),
                Attribute {
                    mutability: Mutability::ReadOnly,
                    ..text("displayName", "The manager's name as shown")
                },
            ]),
        ],
    }
}

fn external_id() -> Attribute {
    Attribute {
        case_exact: true,
        ..text("externalId", "The name the provisioning client knows the resource by")
    }
}

fn name() -> Attribute {
    Attribute::new("name", Kind::Complex, "The parts of a person's name").with(vec![
        text("formatted", "The whole name, for display"),
        text("familyName", "The family name"),
        text("givenName", "The given name"),
        text("middleName", "The middle names"),
        text("honorificPrefix", "The prefix, such as Dr."),
        text("honorificSuffix", "The suffix, such as III"),
    ])
}

fn addresses() -> Attribute {
    let parts = vec![
        text("formatted", "The whole address, for display or a label"),
        text("streetAddress", "Street and number"),
        text("locality", "The city"),
        text("region", "The state or region"),
        text("postalCode", "The postal code"),
        text("country", "The country, as ISO 3166-1 alpha-2"),
        kind_of_element(&["work", "home", "other"]),
        primary(),
    ];
    Attribute {
        multi_valued: true,
        ..Attribute::new("addresses", Kind::Complex, "Postal addresses")
    }
    .with(parts)
}

/// The groups a user is in: derived from the groups, never set by a client (RFC 7643 4.1.2).
fn groups() -> Attribute {
    let read = |attribute: Attribute| Attribute { mutability: Mutability::ReadOnly, ..attribute };
    let parts = vec![
        read(Attribute { case_exact: true, ..text("value", "The id of the group") }),
        read(reference("$ref", "Where the group is", &["User", "Group"])),
        read(text("display", "The name of the group")),
        read(Attribute {
            canonical: vec!["direct".into(), "indirect".into()],
            ..text("type", "Whether the membership is direct")
        }),
    ];
    read(Attribute {
        multi_valued: true,
        ..Attribute::new("groups", Kind::Complex, "The groups the person is in")
    })
    .with(parts)
}

/// Makes a multi-valued attribute with the parts that RFC 7643 2.4 defines.
fn several(
    name: &'static str,
    description: &'static str,
    value: Attribute,
    types: &[&'static str],
) -> Attribute {
    let parts = vec![
        value,
        text("display", "A name for the value, to be shown"),
        kind_of_element(types),
        primary(),
    ];
    Attribute { multi_valued: true, ..Attribute::new(name, Kind::Complex, description) }.with(parts)
}

fn kind_of_element(words: &[&'static str]) -> Attribute {
    Attribute {
        canonical: words.iter().map(|word| (*word).into()).collect(),
        ..text("type", "What it is for")
    }
}

fn primary() -> Attribute {
    Attribute::new("primary", Kind::Boolean, "Whether it is the preferred one; at most one is")
}

fn reference(name: &'static str, description: &'static str, kinds: &[&'static str]) -> Attribute {
    Attribute {
        references: kinds.iter().map(|kind| (*kind).into()).collect(),
        case_exact: true,
        ..Attribute::new(name, Kind::Reference, description)
    }
}

fn text(name: &'static str, description: &'static str) -> Attribute {
    Attribute::new(name, Kind::String, description)
}
