//! A resource and a PATCH as flat values: each single value by the path that a mapping has as its
//! target, such as `name.givenName`, `emails[type eq "work"].value`, `urn:…:User:department`.

use std::collections::BTreeMap;

use serde_json::Value;

/// The values of a resource, by their targets; `Null` clears.
pub type Flat = BTreeMap<String, Value>;

/// The manager, as the target of a mapping.
pub const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";

/// Members of a resource that are not values of it.
const NOT_VALUES: [&str; 4] = ["schemas", "id", "meta", "groups"];

/// The values of a resource.
pub fn resource(resource: &Value) -> Flat {
    let mut flat = Flat::new();
    for (name, value) in resource.as_object().into_iter().flatten() {
        if !NOT_VALUES.iter().any(|skipped| skipped.eq_ignore_ascii_case(name)) {
            top(name, value, &mut flat);
        }
    }
    flat
}

/// A member of the resource itself: an extension has attributes of its own.
fn top(name: &str, value: &Value, flat: &mut Flat) {
    match value {
        Value::Object(object) if name.starts_with("urn:") && !name.ends_with(":manager") => {
            for (below, value) in object {
                member(&format!("{name}:{below}"), value, flat);
            }
        }
        value => member(name, value, flat),
    }
}

/// What a PATCH changes. `members` of a group is left to [`membership`].
pub fn patch(body: &Value) -> Flat {
    let mut flat = Flat::new();
    for operation in operations(body) {
        let value = operation.get("value").unwrap_or(&Value::Null);
        let removes = op(operation).eq_ignore_ascii_case("remove");
        match operation.get("path").and_then(Value::as_str).filter(|path| !path.is_empty()) {
            Some(path) if is_members(path) => {}
            Some(path) if removes => drop(flat.insert(canonical(path), Value::Null)),
            Some(path) => top(&canonical(path), &parsed(value), &mut flat),
            None => {
                for (name, value) in value.as_object().into_iter().flatten() {
                    if !is_members(name) {
                        top(&canonical(name), value, &mut flat);
                    }
                }
            }
        }
    }
    flat
}

/// A change of a group's members.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Membership {
    /// These are added.
    Add(Vec<String>),
    /// These go; all of them when the list is empty.
    Remove(Vec<String>),
    /// These are the members from now on.
    Replace(Vec<String>),
}

/// How a PATCH of a group changes its members, in order.
pub fn membership(body: &Value) -> Vec<Membership> {
    let mut changes = Vec::new();
    for operation in operations(body) {
        let value = operation.get("value").unwrap_or(&Value::Null);
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
        let op = op(operation).to_ascii_lowercase();
        let listed = match path {
            "" => value.get("members").map(members),
            path if is_members(path) => {
                Some(match path.split_once('[').and_then(|(_, filter)| filter.split('"').nth(1)) {
                    Some(id) => vec![id.to_owned()],
                    None => members(value),
                })
            }
            _ => None,
        };
        changes.extend(listed.map(|listed| match op.as_str() {
            "remove" => Membership::Remove(listed),
            "replace" => Membership::Replace(listed),
            _ => Membership::Add(listed),
        }));
    }
    changes
}

/// The ids in a list of members.
pub fn members(list: &Value) -> Vec<String> {
    let one = |member: &Value| member.get("value").unwrap_or(member).as_str().map(str::to_owned);
    match list {
        Value::Array(list) => list.iter().filter_map(one).collect(),
        other => one(other).into_iter().collect(),
    }
}

/// The operations of a PATCH.
pub fn operations(body: &Value) -> impl Iterator<Item = &Value> {
    let object = body.as_object();
    let named = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case("operations");
    let list =
        object.and_then(|body| body.iter().find(named)).and_then(|(_, list)| list.as_array());
    list.into_iter().flatten()
}

/// The word of an operation, as it is spelled.
pub fn op(operation: &Value) -> &str {
    operation.get("op").and_then(Value::as_str).unwrap_or_default()
}

fn is_members(path: &str) -> bool {
    path.split('[').next().is_some_and(|name| name.eq_ignore_ascii_case("members"))
}

/// A value that is JSON written as a text.
fn parsed(value: &Value) -> Value {
    let text = value.as_str().filter(|text| text.starts_with(['{', '[']));
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_else(|| value.clone())
}

/// A path with the letters that the schema has, where they are known to be others in the wild
/// (`emails[type eq "work"].Value`).
fn canonical(path: &str) -> String {
    match path.strip_suffix(".Value") {
        Some(rest) => format!("{rest}.value"),
        None => path.to_owned(),
    }
}

/// A member and what is below it.
fn member(path: &str, value: &Value, flat: &mut Flat) {
    let is_manager = path.ends_with(":manager") || path.eq_ignore_ascii_case("manager");
    match value {
        _ if is_manager => {
            let first = value.as_array().map_or(Some(value), |list| list.first());
            let id = first.map(|one| one.get("value").unwrap_or(one)).cloned();
            flat.insert(MANAGER.to_owned(), id.unwrap_or(Value::Null));
        }
        Value::Object(object) => {
            for (name, value) in object {
                member(&format!("{path}.{name}"), value, flat);
            }
        }
        Value::Array(list) => {
            for one in list {
                element(path, one, flat);
            }
        }
        value => drop(flat.insert(path.to_owned(), value.clone())),
    }
}

/// An element of a list: its values by its type, when it has one.
fn element(path: &str, one: &Value, flat: &mut Flat) {
    let Some(object) = one.as_object() else {
        // A list of plain values has no target of its own.
        flat.insert(format!("{path}[]"), one.clone());
        return;
    };
    let kind = object.get("type").and_then(Value::as_str);
    let begin = kind.map_or(format!("{path}[]"), |kind| format!("{path}[type eq \"{kind}\"]"));
    for (name, value) in object {
        if !["type", "primary", "$ref", "display"].contains(&name.as_str()) && !value.is_object() {
            flat.insert(format!("{begin}.{name}"), value.clone());
        }
    }
}

/// A value of `active`: a boolean, or a text that says one.
pub fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn lines(flat: &Flat) -> Vec<String> {
        flat.iter().map(|(path, value)| format!("{path} = {value}")).collect()
    }

    #[test]
    fn a_resource_is_flat_by_the_targets_of_mappings() {
        let user = json!({
            "schemas": ["x"], "id": "7", "userName": "ann", "name": {"givenName": "Ann"}, "roles": [],
            "emails": [{"type": "work", "primary": true, "value": "a@b"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
                {"department": "Sales", "manager": {"value": "9", "displayName": "Bo"}},
        });
        assert_eq!(
            lines(&resource(&user)),
            [
                "emails[type eq \"work\"].value = \"a@b\"",
                "name.givenName = \"Ann\"",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department = \"Sales\"",
                "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager = \"9\"",
                "userName = \"ann\"",
            ]
        );
    }

    #[test]
    fn both_dialects_say_the_same() {
        let classic = json!({"Operations": [
            {"op": "Replace", "path": "active", "value": "False"},
            {"op": "Add", "path": "name.familyName", "value": "Lee"},
            {"op": "Replace", "path": "emails[type eq \"work\"].Value", "value": "a@b"},
            {"op": "Add", "path": MANAGER, "value": "9"},
        ]});
        let compliant = json!({"Operations": [
            {"op": "replace", "value": {"active": "False", "name.familyName": "Lee",
                (MANAGER): {"value": "9"}}},
            {"op": "replace", "path": "emails[type eq \"work\"].value", "value": "a@b"},
        ]});
        assert_eq!(patch(&classic), patch(&compliant));
        assert_eq!(patch(&classic).len(), 4);
    }

    #[test]
    fn members_come_and_go_in_every_form() {
        let body = json!({"Operations": [
            {"op": "Add", "path": "members", "value": [{"value": "1"}, {"value": "2"}]},
            {"op": "Remove", "path": "members", "value": [{"value": "3"}]},
            {"op": "remove", "path": "members[value eq \"4\"]"},
            {"op": "add", "value": {"members": [{"value": "5"}], "displayName": "x"}},
            {"op": "replace", "path": "members", "value": []},
        ]});
        let text = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            membership(&body),
            [
                Membership::Add(text(&["1", "2"])),
                Membership::Remove(text(&["3"])),
                Membership::Remove(text(&["4"])),
                Membership::Add(text(&["5"])),
                Membership::Replace(text(&[])),
            ]
        );
        assert_eq!(lines(&patch(&body)), ["displayName = \"x\""]);
    }
}
