//! What an author writes about an account, as the JSON that SCIM understands.

use crate::base::{Kind, Node, Problems};
use crate::scim::{Object, Path, Value};

/// A value as JSON; a date-time becomes text.
pub(super) fn value(node: &Node) -> Value {
    match &node.kind {
        Kind::Text(text) => Value::Text(text.clone()),
        Kind::Integer(number) => Value::Number((*number).into()),
        Kind::Float(number) => serde_json::Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Kind::Bool(value) => Value::Bool(*value),
        Kind::Time(time) => Value::Text(time.rfc3339()),
        Kind::List(items) => Value::List(items.iter().map(value).collect()),
        Kind::Table(entries) => {
            let mut object = Object::new();
            for entry in entries {
                object.insert(entry.key.clone(), value(&entry.value));
            }
            Value::Object(object)
        }
    }
}

/// The attributes of a table as pairs of SCIM path and value: `name.familyName` may be one key or a table in a table.
///
/// An empty text clears the attribute, since TOML has no null.
pub(super) fn paths(node: &Node, problems: &mut Problems) -> Option<Vec<(String, Value)>> {
    let mut pairs = Vec::new();
    let before = problems.errors();
    flatten(node, "", &mut pairs, problems);
    (problems.errors() == before).then_some(pairs)
}

fn flatten(node: &Node, prefix: &str, pairs: &mut Vec<(String, Value)>, problems: &mut Problems) {
    for entry in node.as_table(problems).unwrap_or_default() {
        let path = match prefix {
            "" => entry.key.clone(),
            // Attributes of an extension stand behind a colon, parts of an attribute behind a dot (RFC 7644 3.10).
            urn if urn.starts_with("urn:") => format!("{urn}:{}", entry.key),
            attribute => format!("{attribute}.{}", entry.key),
        };
        match &entry.value.kind {
            Kind::Table(_) => flatten(&entry.value, &path, pairs, problems),
            Kind::Text(text) if text.is_empty() => pairs.push((path, Value::Null)),
            _ => match Path::parse(&path) {
                Ok(_) => pairs.push((path, value(&entry.value))),
                Err(why) => {
                    problems.error(entry.key_span, format!("`{path}` is not a SCIM path: {}", why.message));
                }
            },
        }
    }
}
