//! Rewrites one operation of a PATCH: one function for each quirk.

use super::change::{OpDisposition, Operation, Reader};
use super::{Quirk, Quirks};
use crate::scim::filter::{Filter, Operator};
use crate::scim::{Error, Object, Path, ScimType, Value, urn};

pub(super) const READERS: &[(Quirk, Reader)] = &[
    (Quirk::PatchOnlyActive, patch_only_active),
    (Quirk::UrnPathsIgnored, urn_paths_ignored),
    (Quirk::ActiveAsText, active_as_text),
    (Quirk::FilteredAddMultiplies, filtered_add_multiplies),
    (Quirk::RequirePath, require_path),
    (Quirk::PatchValueMustBeList, value_must_be_list),
    (Quirk::ValuePath, no_value_path),
    (Quirk::UrnPathSplitAtDot, split_at_dot),
    (Quirk::UrnStoredMangled, stored_mangled),
    (Quirk::NoAddOnScalars, no_add_on_scalars),
    (Quirk::ActiveAlwaysTrue, active_always_true),
    (Quirk::DropExternalId, drop_external_id),
    (Quirk::RolesMustBeObjects, roles_must_be_objects),
    (Quirk::ManagerMustBeObject, manager_must_be_object),
    (Quirk::RemoveWithValueSets, remove_with_value_sets),
    (Quirk::FilterCreateOnlyIfEmpty, create_only_if_empty),
    (Quirk::StrictFilterTypes, strict_filter_types),
];

/// Refuses a null anywhere (B13).
pub(super) fn no_nulls(body: &Object) -> Result<(), Error> {
    fn holds(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::List(items) => items.iter().any(holds),
            Value::Object(parts) => parts.iter().any(|(_, value)| holds(value)),
            _ => false,
        }
    }
    match body.iter().find(|(_, value)| holds(value)) {
        Some((name, _)) => Err(Error::of(
            ScimType::InvalidValue,
            format!("`{name}` holds null, which is of no type"),
        )),
        None => Ok(()),
    }
}

fn patch_only_active(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let is_active = |name: &str| name.eq_ignore_ascii_case("active");
    let keys = operation.value().and_then(Value::as_object);
    let only_active = match operation.path_text() {
        "" => keys.is_some_and(|keys| keys.iter().all(|(name, _)| is_active(name))),
        path => is_active(path),
    };
    match only_active {
        true => Ok(OpDisposition::Stays),
        false => Err(Error::new(501, "not implemented")),
    }
}

fn urn_paths_ignored(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    if has_urn(operation.path_text()) {
        return Ok(OpDisposition::Dropped);
    }
    operation.forget_keys(|key| has_urn(key) || key.contains('.'));
    Ok(OpDisposition::Stays)
}

fn active_as_text(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let named = operation.path_text().eq_ignore_ascii_case("active");
    let value = match named {
        true => operation.value(),
        false => operation.value().and_then(|value| value.as_object()?.get("active")),
    };
    operation.side_effects.active = value.cloned();
    Ok(OpDisposition::Stays)
}

/// `add` to `addresses[type eq "work"].region` becomes an `add` of an element of its own.
fn filtered_add_multiplies(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let path = operation.path().filter(|_| operation.word == "add");
    let Some(Path { schema, attribute, filter: Some(filter), sub_attribute: Some(sub), .. }) = path
    else {
        return Ok(OpDisposition::Stays);
    };
    let mut element = Object::new();
    for (name, value) in filter.own_values().unwrap_or_default() {
        element.insert(name.to_owned(), value.clone());
    }
    element.insert(sub, operation.parts.take("value").unwrap_or_default());
    let path = Path { schema, attribute, ..Path::default() };
    operation.parts.insert("path", path.to_string());
    operation.parts.insert("value", vec![Value::Object(element)]);
    Ok(OpDisposition::Stays)
}

fn require_path(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    match operation.word == "add" && operation.path_text().is_empty() {
        true => Err(Error::of(ScimType::NoTarget, "an `add` needs a path")),
        false => Ok(OpDisposition::Stays),
    }
}

fn value_must_be_list(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    match operation.value() {
        Some(Value::List(_)) | None => Ok(OpDisposition::Stays),
        Some(_) => {
            Err(Error::of(ScimType::InvalidValue, "the value of an operation is a list of objects"))
        }
    }
}

fn no_value_path(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    match operation.path().is_some_and(|path| path.filter.is_some()) {
        true => Err(Error::of(ScimType::InvalidPath, "paths with a filter are not implemented")),
        false => Ok(OpDisposition::Stays),
    }
}

fn has_urn(key: &str) -> bool {
    key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:")) && key.contains("2.0:")
}

fn split_at_dot(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let values =
        operation.value().and_then(Value::as_object).filter(|_| operation.path_text().is_empty());
    let mut keys = values
        .into_iter()
        .flat_map(Object::iter)
        .map(|(key, _)| key)
        .chain([operation.path_text()]);
    match keys.find(|key| has_urn(key)) {
        Some(key) => {
            let part = key.split('.').next().unwrap_or_default();
            Err(Error::of(ScimType::InvalidPath, format!("there is no attribute {part}")))
        }
        None => Ok(OpDisposition::Stays),
    }
}

fn stored_mangled(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    if has_urn(operation.path_text()) {
        let (path, value) =
            (operation.path_text().to_owned(), operation.parts.take("value").unwrap_or_default());
        operation.side_effects.mangled.push((path, value));
        return Ok(OpDisposition::Dropped);
    }
    if let (true, Some(Value::Object(values))) =
        (operation.path_text().is_empty(), operation.parts.get_mut("value"))
    {
        let (mangled, whole): (Vec<_>, Vec<_>) =
            std::mem::take(values).into_iter().partition(|(key, _)| has_urn(key));
        *values = whole.into_iter().collect();
        operation
            .side_effects
            .mangled
            .extend(mangled.into_iter().map(|(key, value)| (key.into_owned(), value)));
    }
    Ok(OpDisposition::Stays)
}

fn no_add_on_scalars(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let Some(path) = operation.path().filter(|_| operation.word == "add") else {
        return Ok(OpDisposition::Stays);
    };
    let single = |value: &Value| !matches!(value, Value::List(_) | Value::Object(_) | Value::Null);
    match path.filter.is_none() && path.find(operation.change.current).is_some_and(single) {
        true => {
            Err(Error::of(ScimType::InvalidSyntax, format!("`add` is not supported for `{path}`")))
        }
        false => Ok(OpDisposition::Stays),
    }
}

fn active_always_true(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    drop_attribute(operation, "active")
}

fn drop_external_id(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    drop_attribute(operation, "externalId")
}

fn drop_attribute(operation: &mut Operation<'_>, name: &str) -> Result<OpDisposition, Error> {
    if operation.path().is_some_and(|path| path.attribute.eq_ignore_ascii_case(name)) {
        return Ok(OpDisposition::Dropped);
    }
    operation.forget_keys(|key| key.eq_ignore_ascii_case(name));
    Ok(OpDisposition::Stays)
}

fn roles_must_be_objects(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let named = operation.path().is_some_and(|path| path.attribute.eq_ignore_ascii_case("roles"));
    let value = if named {
        operation.value()
    } else {
        operation.value().and_then(|it| it.as_object()?.get("roles"))
    };
    readable_roles(value).map(|()| OpDisposition::Stays)
}

/// Refuses roles that are text or JSON within text (B08).
pub(super) fn readable_roles(roles: Option<&Value>) -> Result<(), Error> {
    fn is_text(role: &Value) -> bool {
        match role {
            Value::Text(_) => true,
            Value::Object(parts) => parts
                .get("value")
                .and_then(Value::as_text)
                .is_some_and(|it| it.trim_start().starts_with('{')),
            Value::List(roles) => roles.iter().any(is_text),
            _ => false,
        }
    }
    match roles.is_some_and(is_text) {
        true => Err(Error::of(ScimType::InvalidSyntax, "cannot read a role from a text")),
        false => Ok(()),
    }
}

fn manager_must_be_object(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let quirks = operation.change.quirks;
    let text = |value: Option<&Value>| value.is_some_and(|value| matches!(value, Value::Text(_)));
    if is_manager(operation.path_text()) && text(operation.value()) {
        return Err(no_manager(quirks));
    }
    let values =
        operation.value().and_then(Value::as_object).filter(|_| operation.path_text().is_empty());
    if let Some(values) = values {
        complex_manager(values, quirks)?;
        if values.iter().any(|(key, value)| is_manager(key) && text(Some(value))) {
            return Err(no_manager(quirks));
        }
    }
    Ok(OpDisposition::Stays)
}

fn is_manager(path: &str) -> bool {
    path.rsplit(':').next().is_some_and(|name| name.eq_ignore_ascii_case("manager"))
}

/// Refuses a resource whose manager is a bare string (B10).
pub(super) fn complex_manager(resource: &Object, quirks: &Quirks) -> Result<(), Error> {
    let extension = resource.get(urn::ENTERPRISE_USER).and_then(Value::as_object);
    match extension.and_then(|extension| extension.get("manager")) {
        Some(Value::Text(_)) => Err(no_manager(quirks)),
        _ => Ok(()),
    }
}

fn no_manager(quirks: &Quirks) -> Error {
    match quirks.word(Quirk::ManagerMustBeObject) {
        "500" => Error::new(500, "Internal Server Error"),
        _ => Error::of(ScimType::InvalidValue, "`manager` takes an object"),
    }
}

fn remove_with_value_sets(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let stored = operation.path().and_then(|path| path.find(operation.change.current).cloned());
    let differs =
        matches!((operation.value(), &stored), (Some(sent), Some(stored)) if sent != stored);
    // Members have quirks of their own.
    if operation.removes() && differs && !operation.path_text().eq_ignore_ascii_case("members") {
        operation.word = "replace".to_owned();
        operation.parts.insert("op", "replace");
    }
    Ok(OpDisposition::Stays)
}

fn create_only_if_empty(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let Some(path) = operation.path().filter(|path| path.filter.is_some() && !operation.removes())
    else {
        return Ok(OpDisposition::Stays);
    };
    let current = operation.change.current;
    let list = Path { filter: None, sub_attribute: None, ..path.clone() };
    let element = Path { sub_attribute: None, ..path };
    match list.find(current).is_some_and(|list| !list.is_absent())
        && element.find(current).is_none()
    {
        true => {
            Err(Error::of(ScimType::NoTarget, format!("no record match was made for `{element}`")))
        }
        false => Ok(OpDisposition::Stays),
    }
}

/// `roles[primary eq "True"].value` matches no value, so a role is added; a third is refused (B06).
fn strict_filter_types(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let Some(path) = operation.path() else { return Ok(OpDisposition::Stays) };
    let Some(Filter::Compare(part, Operator::Eq, Value::Text(word))) = path.filter.as_deref()
    else {
        return Ok(OpDisposition::Stays);
    };
    let Some(meant) = Value::Text(word.clone()).as_bool().filter(|_| !operation.removes()) else {
        return Ok(OpDisposition::Stays);
    };
    let there = operation
        .change
        .current
        .get(&path.attribute)
        .and_then(Value::as_list)
        .map_or(0, <[Value]>::len);
    if there > 1 {
        return Err(Error::of(
            ScimType::InvalidValue,
            format!("two `{}` are not allowed", path.attribute),
        ));
    }
    let value = operation.parts.take("value").unwrap_or_default();
    let mut element = match (&path.sub_attribute, value) {
        (Some(sub), value) => Object::from_iter([(sub.clone().into(), value)]),
        (None, Value::Object(parts)) => parts,
        (None, _) => Object::new(),
    };
    element.insert(part.attribute.clone(), meant);
    operation.parts.insert("op", "add");
    operation.parts.insert("path", path.attribute);
    operation.parts.insert("value", vec![Value::Object(element)]);
    Ok(OpDisposition::Stays)
}
