//! The resource types of each profile: an account of GoLinks has the seven attributes that its
//! provisioning page lists (golinks-provisioning-tutorial), one of the generic profile all of RFC
//! 7643.

use crate::golinks::settings::Settings;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::capabilities::Profile;
use crate::scim::schema::{Attribute, Kind, ResourceType, Returned, Schema, Uniqueness, Unknown};
use crate::scim::{standard, urn};

/// The users of a server with these settings.
pub(crate) fn users(settings: &Settings) -> ResourceType {
    let mut users = match settings.profile {
        Profile::GoLinks => golinks(),
        Profile::Generic => ResourceType {
            name: "User".into(),
            endpoint: "/Users".into(),
            description: "User Account".into(),
            schema: standard::user(),
            extensions: vec![standard::enterprise_user()],
            unknown: Unknown::RefusePaths,
        },
    };
    if !settings.can(Capability::SoftDelete) {
        users.schema.attributes.retain(|attribute| attribute.name != "active");
    }
    users.extensions.extend(extensions(settings, false));
    users
}

fn extensions(settings: &Settings, of_groups: bool) -> impl Iterator<Item = Schema> + '_ {
    let ours = settings.schema.iter().filter(move |extension| extension.of_groups == of_groups);
    ours.map(|extension| extension.schema.clone())
}

/// The groups of a server that has them.
pub(crate) fn groups(settings: &Settings) -> ResourceType {
    let unknown = match settings.profile {
        Profile::GoLinks => Unknown::Ignore,
        Profile::Generic => Unknown::RefusePaths,
    };
    ResourceType {
        name: "Group".into(),
        endpoint: "/Groups".into(),
        description: "Group".into(),
        schema: standard::group(),
        extensions: extensions(settings, true).collect(),
        unknown,
    }
}

/// The accounts of GoLinks: userName, externalId, active, work e-mail, given name, family name,
/// department.
fn golinks() -> ResourceType {
    ResourceType {
        name: "User".into(),
        endpoint: "/Users".into(),
        description: "An account of GoLinks".into(),
        schema: Schema {
            id: urn::USER.into(),
            name: "User".into(),
            description: "The attributes of an account that GoLinks keeps; others are ignored"
                .into(),
            attributes: vec![
                // The store reads the userName at the start of a body, so it comes first.
                Attribute {
                    required: true,
                    returned: Returned::Always,
                    uniqueness: Uniqueness::Server,
                    ..text(
                        "userName",
                        "The name a person signs in with; the only attribute a filter may name",
                    )
                },
                Attribute {
                    case_exact: true,
                    ..text("externalId", "The name the provisioning client knows the account by")
                },
                Attribute::new("name", Kind::Complex, "The parts of a person's name").with(vec![
                    text("givenName", "The given name"),
                    text("familyName", "The family name"),
                ]),
                // An account is always active or inactive; a request without `active` does not
                // change it.
                Attribute {
                    required: true,
                    ..Attribute::new(
                        "active",
                        Kind::Boolean,
                        "Whether the person may sign in; true unless said",
                    )
                },
                emails(),
            ],
        },
        extensions: vec![Schema {
            id: urn::ENTERPRISE_USER.into(),
            name: "EnterpriseUser".into(),
            description: "What an employer knows of a person".into(),
            attributes: vec![text("department", "The department")],
        }],
        unknown: Unknown::Ignore,
    }
}

fn emails() -> Attribute {
    let kind = Attribute {
        canonical: vec!["work".into()],
        ..text("type", "Which e-mail address; work alone is kept")
    };
    let primary = Attribute::new("primary", Kind::Boolean, "Whether it is the preferred address");
    Attribute {
        multi_valued: true,
        one_of_each: true,
        ..Attribute::new("emails", Kind::Complex, "The work e-mail address")
    }
    .with(vec![kind, text("value", "The address"), primary])
}

fn text(name: &'static str, description: &'static str) -> Attribute {
    Attribute::new(name, Kind::String, description)
}
