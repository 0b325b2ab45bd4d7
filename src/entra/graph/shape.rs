//! What a body may hold: its properties by name, and the values that each of them takes. A name
//! that is not there and a value of another type are refused in the vendor's words, and change
//! nothing [graph-errors].

use serde_json::{Map, Value};

use super::error::GraphError;
use crate::base::Time;
use crate::base::seed::parse_guid;

/// The properties of an object, by name.
pub type PropertyShapes = &'static [(&'static str, Shape)];

/// What a value may be. Where it is no list, `null` will do: it clears.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// A text.
    Text,
    /// A truth value.
    Bool,
    /// A whole number.
    Number,
    /// A GUID.
    Guid,
    /// An instant.
    Instant,
    /// Bytes in base64.
    Bytes,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of GUIDs.
    Guids,
    /// A list of these words.
    Words(&'static [&'static str]),
    /// An object with these properties.
    Object(PropertyShapes),
    /// A list of such objects.
    Objects(PropertyShapes),
    /// Anything, because another place reads it.
    Any,
    /// Nothing: it is the service's own.
    ReadOnly,
}

/// Refuses names that are not among the members, and values that they do not take. Annotations mean
/// nothing.
///
/// # Errors
/// The refusal.
pub fn check(body: &Map<String, Value>, members: PropertyShapes) -> Result<(), GraphError> {
    for (name, value) in body.iter().filter(|(name, _)| !name.contains('@')) {
        let Some((_, shape)) = members.iter().find(|(known, _)| known == name) else {
            return Err(GraphError::unknown_property(name));
        };
        check_value(name, value, *shape)?;
    }
    Ok(())
}

fn check_value(name: &str, value: &Value, shape: Shape) -> Result<(), GraphError> {
    let all = |is: &dyn Fn(&str) -> bool| {
        let texts = |all: &Vec<Value>| all.iter().all(|one| one.as_str().is_some_and(is));
        value.as_array().is_some_and(texts)
    };
    let text = |is: &dyn Fn(&str) -> bool| value.is_null() || value.as_str().is_some_and(is);
    let fits = match shape {
        Shape::Text => text(&|_| true),
        Shape::Bool => value.is_boolean() || value.is_null(),
        Shape::Number => value.is_i64() || value.is_null(),
        Shape::Guid => text(&|text| parse_guid(text).is_some()),
        Shape::Instant => text(&|text| Time::parse(text).is_some()),
        Shape::Bytes => text(&is_base64),
        Shape::Word(words) => text(&|text| words.contains(&text)),
        Shape::Texts => all(&|_| true),
        Shape::Guids => all(&|text| parse_guid(text).is_some()),
        Shape::Words(words) => all(&|text| words.contains(&text)),
        Shape::Any => true,
        Shape::ReadOnly => return Err(GraphError::read_only(name)),
        Shape::Object(members) => match value {
            Value::Null => true,
            Value::Object(inner) => return check(inner, members),
            _ => false,
        },
        Shape::Objects(members) => match value {
            Value::Array(list) => {
                for one in list {
                    let inner = one.as_object().ok_or_else(|| GraphError::invalid_value(name))?;
                    check(inner, members)?;
                }
                true
            }
            _ => false,
        },
    };
    if fits { Ok(()) } else { Err(GraphError::invalid_value(name)) }
}

fn is_base64(text: &str) -> bool {
    use base64ct::{Base64, Base64Unpadded, Encoding};
    Base64::decode_vec(text).is_ok() || Base64Unpadded::decode_vec(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const THING: PropertyShapes = &[
        ("name", Shape::Text),
        ("on", Shape::Bool),
        ("count", Shape::Number),
        ("id", Shape::Guid),
        ("at", Shape::Instant),
        ("key", Shape::Bytes),
        ("kind", Shape::Word(&["A", "B"])),
        ("tags", Shape::Texts),
        ("ids", Shape::Guids),
        ("kinds", Shape::Words(&["A", "B"])),
        ("inner", Shape::Object(&[("x", Shape::Text)])),
        ("list", Shape::Objects(&[("x", Shape::Text)])),
        ("own", Shape::ReadOnly),
    ];

    fn refused(body: Value) -> Option<String> {
        let Value::Object(body) = body else { panic!("an object") };
        check(&body, THING).err().map(|error| error.message)
    }

    #[test]
    fn what_fits_passes_and_null_clears_what_is_no_list() {
        let id = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
        for body in [
            json!({}),
            json!({ "name": "x", "on": true, "count": 3, "id": id, "at": "2031-03-04T00:00:00Z" }),
            json!({ "key": "AQID", "kind": "B", "tags": [], "ids": [id], "kinds": ["A", "B"] }),
            json!({ "inner": { "x": null, "@odata.type": "#x" }, "list": [{ "x": "y" }, {}] }),
            json!({ "name": null, "on": null, "id": null, "at": null, "kind": null, "inner": null }),
            json!({ "x@odata.bind": 5 }),
        ] {
            assert_eq!(refused(body.clone()), None, "{body}");
        }
    }

    #[test]
    fn a_wrong_name_or_a_wrong_value_is_named() {
        for (body, named) in [
            (json!({ "Name": "x" }), "Invalid property 'Name'."),
            (json!({ "inner": { "y": 1 } }), "Invalid property 'y'."),
            (json!({ "list": [{ "y": 1 }] }), "Invalid property 'y'."),
            (json!({ "own": 1 }), "Property 'own' is read-only and cannot be set."),
        ] {
            assert_eq!(refused(body).as_deref(), Some(named));
        }
        for (name, value) in [
            ("name", json!(1)),
            ("on", json!("true")),
            ("count", json!(1.5)),
            ("id", json!("x")),
            ("at", json!("yesterday")),
            ("key", json!("*")),
            ("kind", json!("a")),
            ("tags", json!(null)),
            ("tags", json!([1])),
            ("ids", json!(["x"])),
            ("kinds", json!(["A", "C"])),
            ("inner", json!([])),
            ("list", json!({})),
            ("list", json!(["x"])),
        ] {
            let expected = format!("Invalid value specified for property '{name}'.");
            assert_eq!(refused(json!({ name: value })), Some(expected));
        }
    }
}
