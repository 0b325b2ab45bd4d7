//! Quirks about the names of attributes: unknown names, and names in another case.

use crate::scim::schema::{Attribute, Schema, is_protocol};
use crate::scim::{Error, Object, ResourceType, ScimType, Value};

/// Refuses a resource with an attribute or a part that the schema does not know (B108).
pub(super) fn refuse_unknown(body: &Object, kind: &ResourceType) -> Result<(), Error> {
    for (name, value) in body.iter().filter(|(name, _)| !is_protocol(name)) {
        match (kind.schema.attribute(name), kind.extension(name)) {
            (Some(attribute), _) => refuse_unknown_parts(attribute, value)?,
            (None, Some(extension)) => {
                for (name, value) in value.as_object().into_iter().flat_map(Object::iter) {
                    match extension.attribute(name) {
                        Some(attribute) => refuse_unknown_parts(attribute, value)?,
                        None => return unknown(name),
                    }
                }
            }
            (None, None) => return unknown(name),
        }
    }
    Ok(())
}

fn refuse_unknown_parts(attribute: &Attribute, value: &Value) -> Result<(), Error> {
    let elements = value.as_list().unwrap_or(std::slice::from_ref(value));
    let names = elements.iter().filter_map(Value::as_object).flat_map(Object::iter);
    let known = |name: &str| attribute.sub.is_empty() || attribute.part(name).is_some();
    match names.map(|(name, _)| name).find(|name| !known(name)) {
        Some(name) => unknown(&format!("{}.{name}", attribute.name)),
        None => Ok(()),
    }
}

fn unknown(name: &str) -> Result<(), Error> {
    let shown: String = name.chars().take(80).collect();
    Err(Error::of(ScimType::InvalidSyntax, format!("`{shown}` is not a field of this resource")))
}

/// Removes attributes whose names differ from the schema's in case (B111).
pub(super) fn drop_other_case(values: &mut Object, kind: &ResourceType) {
    drop_in_schema(values, &kind.schema);
    for extension in &kind.extensions {
        if let Some(Value::Object(parts)) = values.get_mut(&extension.id) {
            drop_in_schema(parts, extension);
        }
    }
}

/// Does the same in the values without a path of a PATCH.
pub(super) fn drop_in_operations(body: &mut Object, kind: &ResourceType) {
    let Some(Value::List(operations)) = body.get_mut("Operations") else { return };
    for operation in operations.iter_mut().filter_map(Value::as_object_mut) {
        if operation.get("path").is_none_or(Value::is_absent)
            && let Some(Value::Object(values)) = operation.get_mut("value")
        {
            drop_other_case(values, kind);
        }
    }
}

fn drop_in_schema(values: &mut Object, schema: &Schema) {
    values.retain(|name, _| schema.attribute(name).is_none_or(|known| known.name == name));
    for (name, value) in values.iter_mut() {
        if let Some(attribute) = schema.attribute(name) {
            drop_parts(attribute, value);
        }
    }
}

fn drop_parts(attribute: &Attribute, value: &mut Value) {
    match value {
        Value::List(items) => items.iter_mut().for_each(|item| drop_parts(attribute, item)),
        Value::Object(parts) => {
            parts.retain(|name, _| attribute.part(name).is_none_or(|known| known.name == name));
        }
        _ => {}
    }
}
