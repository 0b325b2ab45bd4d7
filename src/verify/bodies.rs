//! The bodies that Entra's client sends, in both of its dialects [scim-dev, scim-compat].

use serde_json::{Value, json};

/// The URN of the enterprise extension.
pub const ENTERPRISE: &str = crate::scim::urn::ENTERPRISE_USER;
/// The URN of a core user.
pub const USER: &str = crate::scim::urn::USER;
/// The URN of a group.
pub const GROUP: &str = crate::scim::urn::GROUP;
/// The URN of a PATCH.
const PATCH: &str = crate::scim::urn::PATCH_OP;

/// A complete user, as the default mappings make it.
pub fn user(name: &str) -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "externalId": format!("{name}-external"),
        "userName": format!("{name}@scimulator.example"),
        "active": true,
        "displayName": format!("{name} Displayed"),
        "title": "Engineer",
        "preferredLanguage": "en-GB",
        "name": {
            "givenName": "Given", "familyName": "Family", "formatted": format!("Given Family {name}")
        },
        "emails": [{"type": "work", "primary": true, "value": format!("{name}@scimulator.example")}],
        "addresses": [{
            "type": "work", "primary": true, "formatted": "1 Street, Town", "streetAddress": "1 Street",
            "locality": "Town", "region": "Region", "postalCode": "12345", "country": "DE"
        }],
        "phoneNumbers": [
            {"type": "work", "primary": true, "value": "+1 555 0100"},
            {"type": "mobile", "value": "+1 555 0101"}
        ],
        ENTERPRISE: {"department": "Sales", "employeeNumber": "4711"}
    })
}

/// A user with nothing but its name.
pub fn minimal_user(name: &str) -> Value {
    json!({"schemas": [USER], "userName": format!("{name}@scimulator.example")})
}

/// An empty group.
pub fn group(name: &str) -> Value {
    json!({
        "schemas": [GROUP],
        "externalId": format!("{name}-external"),
        "displayName": name,
        "members": []
    })
}

/// A PATCH of these operations.
pub fn patch(operations: Value) -> Value {
    json!({"schemas": [PATCH], "Operations": operations})
}

/// One operation with a path.
pub fn operation(op: &str, path: &str, value: Value) -> Value {
    json!({"op": op, "path": path, "value": value})
}

/// A PATCH with one operation with a path.
pub fn patch_one(op: &str, path: &str, value: Value) -> Value {
    patch(json!([operation(op, path, value)]))
}

/// A PATCH with one operation without a path.
pub fn pathless(op: &str, value: Value) -> Value {
    patch(json!([{"op": op, "value": value}]))
}

/// A PATCH that adds members, in the classic dialect.
pub fn add_members(ids: &[&str]) -> Value {
    patch_one("Add", "members", members(ids))
}

/// A list of members.
pub fn members(ids: &[&str]) -> Value {
    ids.iter().map(|id| json!({"value": id})).collect()
}
