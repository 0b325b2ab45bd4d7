//! Finds the places where the data of a write can refer to a resource; in a bulk request `bulkId:`
//! refers to the resource of another operation (RFC 7644 3.7.2).
//!
//! The schema decides: references are attributes of type reference, and the `value` beside a
//! `$ref`. Anywhere else such a text is plain text.

use compact_str::CompactString;
use http::Method;

use crate::scim::schema::{Attribute, Kind, Mutability, ResourceType, SchemaPath};
use crate::scim::{Error, Filter, Object, Path, Value};

/// The function that gets each text that may be a reference.
pub(super) type Act<'a> = &'a mut dyn FnMut(&mut CompactString) -> Result<(), Error>;

/// Passes each text in the data of a write that may be a reference to `act`.
pub(super) fn each_reference(
    kind: &ResourceType,
    method: &Method,
    data: &mut Value,
    act: Act<'_>,
) -> Result<(), Error> {
    let Value::Object(data) = data else { return Ok(()) };
    if *method != Method::PATCH {
        return in_attributes(kind, data, act);
    }
    let Some(Value::List(operations)) = data.get_mut("Operations") else { return Ok(()) };
    operations
        .iter_mut()
        .filter_map(Value::as_object_mut)
        .try_for_each(|operation| in_operation(kind, operation, act))
}

fn in_operation(kind: &ResourceType, operation: &mut Object, act: Act<'_>) -> Result<(), Error> {
    let path = operation.get("path").and_then(Value::as_text).filter(|text| !text.is_empty());
    let Some(path) = path.map(Path::parse) else {
        return match operation.get_mut("value") {
            Some(Value::Object(values)) => in_attributes(kind, values, act),
            _ => Ok(()),
        };
    };
    // A path that cannot be read is refused when its operation is carried out.
    let Ok(mut path) = path else { return Ok(()) };
    if let SchemaPath::Core(attribute) | SchemaPath::Extension(_, attribute) = kind.meant(&path)
        && let Some(filter) = &mut path.filter
    {
        let before = filter.clone();
        in_filter(attribute, filter, act)?;
        if before != *filter {
            operation.insert("path", path.to_string());
        }
    }
    match operation.get_mut("value") {
        Some(value) => at_path(kind, &path, value, act),
        None => Ok(()),
    }
}

/// Searches the members of a resource, or of a value without a path, whose keys are paths.
fn in_attributes(kind: &ResourceType, values: &mut Object, act: Act<'_>) -> Result<(), Error> {
    values.iter_mut().try_for_each(|(key, value)| match Path::parse(key) {
        Ok(path) => at_path(kind, &path, value, act),
        Err(_) => Ok(()),
    })
}

fn at_path(kind: &ResourceType, path: &Path, value: &mut Value, act: Act<'_>) -> Result<(), Error> {
    match (kind.meant(path), value) {
        (SchemaPath::Core(attribute) | SchemaPath::Extension(_, attribute), value) => {
            in_value(attribute, path.sub_attribute.as_deref(), value, act)
        }
        (SchemaPath::WholeExtension(extension), Value::Object(values)) => {
            values.iter_mut().try_for_each(|(name, value)| match extension.attribute(name) {
                Some(attribute) => in_value(attribute, None, value, act),
                None => Ok(()),
            })
        }
        // The core schema's own URN.
        (_, Value::Object(values)) if path.attribute.is_empty() => in_attributes(kind, values, act),
        _ => Ok(()),
    }
}

fn in_value(
    attribute: &Attribute,
    part: Option<&str>,
    value: &mut Value,
    act: Act<'_>,
) -> Result<(), Error> {
    match value {
        Value::Text(text) if refers(attribute, part) => act(text),
        Value::List(items) => {
            items.iter_mut().try_for_each(|item| in_value(attribute, part, item, act))
        }
        Value::Object(parts) if part.is_none() => {
            parts.iter_mut().try_for_each(|(name, value)| match value {
                Value::Text(text) if refers(attribute, Some(name)) => act(text),
                _ => Ok(()),
            })
        }
        _ => Ok(()),
    }
}

fn in_filter(attribute: &Attribute, filter: &mut Filter, act: Act<'_>) -> Result<(), Error> {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter_mut().try_for_each(|inner| in_filter(attribute, inner, act))
        }
        Filter::Not(inner) => in_filter(attribute, inner, act),
        Filter::Compare(path, _, Value::Text(text)) if refers(attribute, Some(&path.attribute)) => {
            act(text)
        }
        Filter::Compare(..) | Filter::Present(_) => Ok(()),
    }
}

/// Whether an attribute, or a part of it, refers to a resource of this server.
fn refers(attribute: &Attribute, part: Option<&str>) -> bool {
    let leads = |it: &Attribute| {
        it.kind == Kind::Reference
            && it.references.iter().any(|kind| !["external", "uri"].contains(&kind.as_ref()))
    };
    if attribute.mutability == Mutability::ReadOnly {
        return false;
    }
    match part {
        None if attribute.kind != Kind::Complex => leads(attribute),
        // A bare text is the `value` of a complex attribute (B10).
        part => attribute.part(part.unwrap_or("value")).is_some_and(|part| {
            leads(part) || (part.name == "value" && attribute.part("$ref").is_some_and(leads))
        }),
    }
}
