//! Reads the body of a create or a replacement: parses it, then brings it into its schema's shape.

use super::error::Error;
use super::fast;
use super::schema::ResourceType;
use super::shape::{Rules, fit, shape};
use super::value::{Object, Value};

/// Reads a body and shapes it as [`shape`] does. The attribute named in `default` gets that value
/// when the body has none.
///
/// # Errors
/// 400 `invalidSyntax` when it is not a JSON object, and the errors of [`shape`].
pub fn read(
    bytes: &[u8],
    kind: &ResourceType,
    rules: Rules,
    default: (&'static str, Value),
) -> Result<Object, Error> {
    if let Some(resource) = fast::create(bytes, kind, rules, (default.0, &default.1)) {
        return Ok(resource);
    }
    let mut resource = Object::parse(bytes)?;
    if let Some(attribute) = kind.schema.attribute(default.0)
        && resource
            .get(default.0)
            .is_none_or(|given| fit(attribute, given.clone(), rules) == Ok(Value::Null))
    {
        resource.insert(default.0, default.1);
    }
    shape(resource, kind, rules)
}
