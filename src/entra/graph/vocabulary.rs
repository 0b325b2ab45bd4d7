//! The names of Graph that this tenant shows or takes: the properties of its objects and logs, from
//! the tables by which requests are read, and the keys of its secrets.

use super::log_fields::{AUDITS, PROVISIONING, SIGN_INS_BETA};
use super::property_type::{PropertyType, type_of};
use super::registered::shapes;
use super::shape::{PropertyShapes, Shape};
use super::synchronization;
use super::{groups, users};

/// A property: its name, of what it is one, and what it holds.
pub type NamedProperty = (&'static str, &'static str, &'static str);

/// All properties, object by object.
pub fn properties() -> Vec<NamedProperty> {
    let directory = [("a user", &users::KNOWN[..]), ("a group", &groups::KNOWN[..])];
    let directory = directory
        .into_iter()
        .flat_map(|(of, names)| names.iter().map(move |name| (*name, of, words_of(type_of(name)))));
    let logs = [
        ("a row of the provisioning log", PROVISIONING),
        ("a row of the audit log", AUDITS),
        ("a sign-in", SIGN_INS_BETA),
    ];
    let logs =
        logs.into_iter().flat_map(|(of, log)| log.known.iter().map(move |name| (*name, of, "")));
    let mut found: Vec<NamedProperty> = directory.chain(logs).collect();
    shaped("an application", shapes::APPLICATION, &mut found);
    shaped("a service principal", shapes::PRINCIPAL, &mut found);
    found
}

/// The vendor's keys of `synchronization/secrets`, and whether their values are shown.
pub fn secret_keys() -> impl Iterator<Item = (&'static str, bool)> {
    let hidden = crate::entra::secrets::HIDDEN_KEYS;
    synchronization::VENDOR_KEYS.into_iter().map(move |key| (key, !hidden.contains(&key)))
}

/// Adds the properties of an object with those of the objects inside it.
fn shaped(of: &'static str, shapes: PropertyShapes, found: &mut Vec<NamedProperty>) {
    for (name, shape) in shapes {
        let (holds, inner): (_, PropertyShapes) = match shape {
            Shape::Text | Shape::Word(_) => ("a text", &[]),
            Shape::Bool => ("true or false", &[]),
            Shape::Number => ("a number", &[]),
            Shape::Guid => ("a GUID", &[]),
            Shape::Instant => ("an instant", &[]),
            Shape::Bytes => ("bytes in base64", &[]),
            Shape::Texts | Shape::Words(_) => ("a list of texts", &[]),
            Shape::Guids => ("a list of GUIDs", &[]),
            Shape::Object(inner) => ("an object", inner),
            Shape::Objects(inner) => ("a list of objects", inner),
            Shape::Any => ("", &[]),
            Shape::ReadOnly => ("which the service writes itself", &[]),
        };
        found.push((name, of, holds));
        shaped(of, inner, found);
    }
}

fn words_of(kind: PropertyType) -> &'static str {
    match kind {
        PropertyType::Text => "a text",
        PropertyType::Bool => "true or false",
        PropertyType::Instant => "an instant",
        PropertyType::Number => "a number",
        PropertyType::Texts => "a list of texts",
        PropertyType::Objects => "a list of objects",
        PropertyType::Object => "an object",
    }
}
