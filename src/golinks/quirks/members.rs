//! Rewrites changes of a group's members: one function for each quirk.

use super::Quirk;
use super::change::Change;
use super::change::OpDisposition;
use super::change::Operation;
use super::change::Reader;
use crate::scim::filter::{Filter, Operator};
use crate::scim::{Error, Object, Path, ScimType, Value};

pub(super) const READERS: &[(Quirk, Reader)] = &[
    (Quirk::MembersImmutable, members_immutable),
    (Quirk::RemoveWithValue, remove_with_value),
    (Quirk::MemberRefNullInMatch, ref_null_in_match),
    (Quirk::RemoveMissingMember404, missing_member),
    (Quirk::RemoveMembersIgnoresValue, ignore_value),
    (Quirk::RemoveMembersIgnoresFilter, ignore_filter),
    (Quirk::MemberTypeRequired, type_required),
    (Quirk::UnknownMember, unknown_member),
    (Quirk::ReaddMember, readd_member),
];

/// Returns the id of a member, which is `{"value": id}` or a bare text.
pub(super) fn id_of(member: &Value) -> &str {
    match member {
        Value::Object(parts) => parts.get("value").and_then(Value::as_text).unwrap_or_default(),
        Value::Text(id) => id,
        _ => "",
    }
}

/// Returns the ids in the `members` of a group or of a value.
fn member_ids(members: Option<&Value>) -> Vec<&str> {
    let id = |member: &'_ Value| match member {
        Value::Object(parts) => parts.get("value").and_then(Value::as_text).is_some(),
        Value::Text(_) => true,
        _ => false,
    };
    let list = members.and_then(Value::as_list).unwrap_or_default();
    list.iter().filter(|member| id(member)).map(id_of).collect()
}

fn is_members(path: &Path) -> bool {
    path.attribute.eq_ignore_ascii_case("members") && path.sub_attribute.is_none()
}

/// Whether an operation removes listed members, as the classic dialect does.
fn removes_listed(operation: &Operation<'_>) -> bool {
    let plain = operation.path().is_some_and(|path| is_members(&path) && path.filter.is_none());
    operation.removes() && plain && operation.value().is_some()
}

/// Returns the member that a path such as `members[value eq "…"]` names.
fn filtered(operation: &Operation<'_>) -> Option<String> {
    let path = operation.path().filter(is_members)?;
    match path.filter.as_deref()? {
        Filter::Compare(part, Operator::Eq, Value::Text(id))
            if part.attribute.eq_ignore_ascii_case("value") =>
        {
            Some(id.to_string())
        }
        _ => None,
    }
}

/// Returns the members that an operation adds or sets.
fn added<'a>(operation: &'a mut Operation<'_>) -> Option<&'a mut Value> {
    if operation.removes() {
        return None;
    }
    match operation.path() {
        Some(path) if is_members(&path) && path.filter.is_none() => {
            operation.parts.get_mut("value")
        }
        Some(_) => None,
        None => operation.parts.get_mut("value")?.as_object_mut()?.get_mut("members"),
    }
}

fn members_immutable(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    match operation.word == "replace" && added(operation).is_some() {
        true => Err(immutable()),
        false => Ok(OpDisposition::Stays),
    }
}

/// Makes the error for a replacement of members (B112).
pub(super) fn immutable() -> Error {
    Error::of(ScimType::Mutability, "`members.value` is immutable")
}

fn remove_with_value(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    match (removes_listed(operation), operation.change.quirks.word(Quirk::RemoveWithValue)) {
        (true, "reject") => Err(Error::of(
            ScimType::InvalidSyntax,
            "values must not be set for a `remove` operation",
        )),
        (true, _) => Ok(OpDisposition::Dropped),
        (false, _) => Ok(OpDisposition::Stays),
    }
}

fn ref_null_in_match(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let has_null = |member: &Value| {
        member.as_object().is_some_and(|parts| parts.get("$ref") == Some(&Value::Null))
    };
    let listed = operation.parts.get("value").and_then(Value::as_list).unwrap_or_default();
    let meets_nobody =
        removes_listed(operation) && !listed.is_empty() && listed.iter().all(has_null);
    Ok(if meets_nobody { OpDisposition::Dropped } else { OpDisposition::Stays })
}

fn missing_member(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let listed = operation.parts.get("value").filter(|_| removes_listed(operation));
    let named = filtered(operation).filter(|_| operation.removes());
    let ids = member_ids(listed).into_iter().chain(named.as_deref());
    match ids.into_iter().find(|id| !(operation.change.known)(id)) {
        Some(_) => Err(Error::new(404, "the user was not found")),
        None => Ok(OpDisposition::Stays),
    }
}

fn ignore_value(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    if removes_listed(operation) {
        operation.parts.remove("value");
    }
    Ok(OpDisposition::Stays)
}

fn ignore_filter(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    if operation.removes() && filtered(operation).is_some() {
        operation.parts.insert("path", "members");
        operation.parts.remove("value");
    }
    Ok(OpDisposition::Stays)
}

fn type_required(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    if let Some(Value::List(members)) = added(operation) {
        members.retain(has_type);
    }
    Ok(OpDisposition::Stays)
}

/// Whether a member has a `type` (B37).
pub(super) fn has_type(member: &Value) -> bool {
    member.as_object().and_then(|parts| parts.get("type")).is_some_and(|kind| !kind.is_absent())
}

fn unknown_member(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    let change = operation.change;
    match added(operation) {
        Some(members) => strangers(change, members).map(|()| OpDisposition::Stays),
        None => Ok(OpDisposition::Stays),
    }
}

/// Refuses or drops members whose id belongs to no account or group (B35, B36).
pub(super) fn strangers(change: &Change<'_>, members: &mut Value) -> Result<(), Error> {
    let Value::List(members) = members else { return Ok(()) };
    let Some(stranger) = members.iter().map(id_of).find(|id| !(change.known)(id)) else {
        return Ok(());
    };
    let nobody = format!("there is no user {}", stranger.chars().take(40).collect::<String>());
    match change.quirks.word(Quirk::UnknownMember) {
        "404" => Err(Error::new(404, nobody)),
        "500" => Err(Error::new(500, "unknown error")),
        _ => {
            members.retain(|member| (change.known)(id_of(member)));
            Ok(())
        }
    }
}

fn readd_member(operation: &mut Operation<'_>) -> Result<OpDisposition, Error> {
    if operation.word != "add" {
        return Ok(OpDisposition::Stays);
    }
    let change = operation.change;
    let there = member_ids(change.current.get("members"));
    let again: Vec<String> = member_ids(added(operation).as_deref())
        .into_iter()
        .filter(|id| there.contains(id))
        .map(str::to_owned)
        .collect();
    if !again.is_empty() && change.quirks.word(Quirk::ReaddMember) == "409" {
        return Err(Error::new(409, "duplicate reference"));
    }
    operation.side_effects.doubled.extend(again);
    Ok(OpDisposition::Stays)
}

/// Applies the quirks that look at all operations of a change of a group together.
pub(super) fn whole_request(change: &Change<'_>, operations: &mut Vec<Value>) {
    let quirks = change.quirks;
    if quirks.is(Quirk::ReplaceDefaultsMembersEmpty)
        && operations.iter().any(replaces_without_members)
    {
        operations.push(said("remove", "members", None));
    }
    if quirks.is(Quirk::ReplaceMembersAdds) {
        let added: Vec<Value> = operations.iter_mut().filter_map(replaced_members).collect();
        operations.extend(added.into_iter().map(|members| said("add", "members", Some(members))));
    }
    let members = change.current.get("members").and_then(Value::as_list).unwrap_or_default();
    if let Some(cap) = quirks.count(Quirk::MemberReadCap).filter(|cap| members.len() > *cap) {
        // The server writes back the members it has read before it makes the change.
        operations
            .insert(0, said("replace", "members", Some(Value::List(members[..cap].to_vec()))));
    }
    if quirks.is(Quirk::GroupUpdateDropsLocal) {
        // Provisioning writes these core attributes; every other attribute is the application's
        // own.
        let own = ["schemas", "id", "meta", "externalId", "displayName", "members"];
        let local = |name: &str| !own.iter().any(|known| known.eq_ignore_ascii_case(name));
        for (name, _) in change.current.iter().filter(|(name, _)| local(name)) {
            operations.insert(0, said("remove", name, None));
        }
    }
}

/// Turns a `replace` of all members into an `add`: changes the operation, or takes the members out
/// of its value and returns them (B30).
fn replaced_members(operation: &mut Value) -> Option<Value> {
    let parts = operation.as_object_mut()?;
    if !parts.get("op")?.as_text()?.eq_ignore_ascii_case("replace") {
        return None;
    }
    match parts.get("path").and_then(Value::as_text).filter(|path| !path.is_empty()) {
        Some(path)
            if Path::parse(path).is_ok_and(|path| is_members(&path) && path.filter.is_none()) =>
        {
            parts.insert("op", "add");
            parts.insert("value", parts.get("value").cloned().unwrap_or_default());
            None
        }
        Some(_) => None,
        None => parts.get_mut("value")?.as_object_mut()?.remove("members"),
    }
}

fn replaces_without_members(operation: &Value) -> bool {
    let Some(parts) = operation.as_object() else { return false };
    let replaces = parts
        .get("op")
        .and_then(Value::as_text)
        .is_some_and(|op| op.eq_ignore_ascii_case("replace"));
    let values =
        parts.get("value").and_then(Value::as_object).filter(|_| parts.get("path").is_none());
    replaces && values.is_some_and(|values| values.get("members").is_none())
}

fn said(op: &str, path: &str, value: Option<Value>) -> Value {
    let mut parts = Object::from_iter([("op".into(), op.into()), ("path".into(), path.into())]);
    if let Some(value) = value {
        parts.insert("value", value);
    }
    Value::Object(parts)
}
