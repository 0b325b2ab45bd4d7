//! Of which type the properties of users and groups are: a value of another type is refused, and
//! changes nothing [g:user, g:group].

use serde_json::Value;

use super::error::GraphError;
use crate::base::Time;

/// The type of a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PropertyType {
    /// A text.
    Text,
    /// A truth value.
    Bool,
    /// An instant.
    Instant,
    /// A number, which no property of a user or a group is, but some of a log.
    Number,
    /// A list of texts.
    Texts,
    /// A list of objects.
    Objects,
    /// An object.
    Object,
}

/// The type of a property of a user or a group; both call the same things by the same names.
pub fn type_of(name: &str) -> PropertyType {
    match name {
        "accountEnabled"
        | "isResourceAccount"
        | "showInAddressList"
        | "onPremisesSyncEnabled"
        | "isAssignableToRole"
        | "mailEnabled"
        | "securityEnabled" => PropertyType::Bool,
        "businessPhones"
        | "imAddresses"
        | "otherMails"
        | "proxyAddresses"
        | "groupTypes"
        | "creationOptions"
        | "resourceBehaviorOptions"
        | "resourceProvisioningOptions" => PropertyType::Texts,
        "assignedLicenses"
        | "assignedPlans"
        | "assignedLabels"
        | "identities"
        | "licenseAssignmentStates"
        | "onPremisesProvisioningErrors"
        | "provisionedPlans"
        | "serviceProvisioningErrors" => PropertyType::Objects,
        "employeeOrgData" | "onPremisesExtensionAttributes" | "passwordProfile" => {
            PropertyType::Object
        }
        "employeeHireDate" => PropertyType::Instant,
        name if name.ends_with("DateTime") => PropertyType::Instant,
        _ => PropertyType::Text,
    }
}

/// Refuses a value of another type than the property's. Lists are never null.
///
/// # Errors
/// The refusal.
pub fn check_type(name: &str, value: &Value) -> Result<(), GraphError> {
    let all = |is: fn(&Value) -> bool| value.as_array().is_some_and(|all| all.iter().all(is));
    let instant = |text: &str| Time::parse(text).is_some();
    let fits = match type_of(name) {
        PropertyType::Text => value.is_string() || value.is_null(),
        PropertyType::Bool => value.is_boolean() || value.is_null(),
        PropertyType::Instant => value.is_null() || value.as_str().is_some_and(instant),
        PropertyType::Number => value.is_number() || value.is_null(),
        PropertyType::Texts => all(Value::is_string),
        PropertyType::Objects => all(Value::is_object),
        PropertyType::Object => value.is_object() || value.is_null(),
    };
    if fits { Ok(()) } else { Err(GraphError::invalid_value(name)) }
}
