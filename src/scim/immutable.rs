//! Attributes that may be set once and then keep their value (RFC 7643 2.2).

use super::error::{Error, ScimType};
use super::schema::{Attribute, Mutability, ResourceType};
use super::value::{Object, Value, same_name};

/// Keeps the values of immutable attributes: a value that `after` leaves out is put back, and a
/// different value is refused (RFC 7643 7, RFC 7644 3.5.1).
///
/// # Errors
/// 400 `mutability` when `after` has a different value.
pub fn keep_immutable(
    before: &Object,
    after: &mut Object,
    kind: &ResourceType,
) -> Result<(), Error> {
    keep_within(before, after, &kind.schema.attributes)?;
    for extension in kind.extensions.iter().filter(|extension| any_immutable(&extension.attributes))
    {
        let Some(before) = before.get(&extension.id).and_then(Value::as_object) else { continue };
        if !matches!(after.get(&extension.id), Some(Value::Object(_))) {
            after.insert(extension.id.clone(), Object::new());
        }
        if let Some(Value::Object(after)) = after.get_mut(&extension.id) {
            keep_within(before, after, &extension.attributes)?;
        }
    }
    Ok(())
}

/// Whether a kind of resource has an attribute that can be set only once.
pub fn has_immutable(kind: &ResourceType) -> bool {
    std::iter::once(&kind.schema)
        .chain(&kind.extensions)
        .any(|schema| any_immutable(&schema.attributes))
}

fn any_immutable(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|it| {
        it.mutability == Mutability::Immutable || (!it.multi_valued && any_immutable(&it.sub))
    })
}

fn keep_within(before: &Object, after: &mut Object, attributes: &[Attribute]) -> Result<(), Error> {
    for (name, old) in before.iter() {
        let Some(attribute) = attributes.iter().find(|it| same_name(&it.name, name)) else {
            continue;
        };
        if attribute.mutability != Mutability::Immutable {
            if let (Value::Object(old), false) = (old, attribute.multi_valued)
                && attribute
                    .sub
                    .iter()
                    .any(|it| it.mutability == Mutability::Immutable && old.get(&it.name).is_some())
            {
                if !matches!(after.get(&attribute.name), Some(Value::Object(_))) {
                    after.insert(attribute.name.clone(), Object::new());
                }
                if let Some(Value::Object(new)) = after.get_mut(&attribute.name) {
                    keep_within(old, new, &attribute.sub)?;
                }
            }
            continue;
        }
        match after.get(&attribute.name) {
            Some(new) if new == old => {}
            Some(new) if !new.is_absent() => {
                let detail = format!("`{}` was set and cannot be changed", attribute.name);
                return Err(Error::of(ScimType::Mutability, detail));
            }
            _ => {
                after.insert(attribute.name.clone(), old.clone());
            }
        }
    }
    Ok(())
}
