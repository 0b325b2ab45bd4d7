//! The properties of a user [g:user].

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::base::Time;
use crate::entra::graph::property::{Property, Resource};
use crate::entra::tenant::{Attribute, Lifecycle, Tenant, User, UserKey};

/// The properties that are shown unless others are selected.
pub const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "id",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
];

/// All properties that can be selected; directory extensions can be too.
pub const KNOWN: [&str; 65] = [
    "accountEnabled",
    "ageGroup",
    "assignedLicenses",
    "assignedPlans",
    "businessPhones",
    "city",
    "companyName",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "deletedDateTime",
    "department",
    "displayName",
    "employeeHireDate",
    "employeeId",
    "employeeLeaveDateTime",
    "employeeOrgData",
    "employeeType",
    "externalUserState",
    "externalUserStateChangeDateTime",
    "faxNumber",
    "givenName",
    "id",
    "identities",
    "imAddresses",
    "isResourceAccount",
    "jobTitle",
    "lastPasswordChangeDateTime",
    "legalAgeGroupClassification",
    "licenseAssignmentStates",
    "mail",
    "mailNickname",
    "mobilePhone",
    "officeLocation",
    "onPremisesDistinguishedName",
    "onPremisesDomainName",
    "onPremisesExtensionAttributes",
    "onPremisesImmutableId",
    "onPremisesLastSyncDateTime",
    "onPremisesProvisioningErrors",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "onPremisesUserPrincipalName",
    "otherMails",
    "passwordPolicies",
    "passwordProfile",
    "postalCode",
    "preferredDataLocation",
    "preferredLanguage",
    "preferredName",
    "provisionedPlans",
    "proxyAddresses",
    "refreshTokensValidFromDateTime",
    "securityIdentifier",
    "serviceProvisioningErrors",
    "showInAddressList",
    "signInSessionsValidFromDateTime",
    "state",
    "streetAddress",
    "surname",
    "usageLocation",
    "userPrincipalName",
    "userType",
];

/// A user of the directory as Graph shows it.
#[derive(Clone, Copy)]
pub struct UserRow<'t> {
    /// The directory.
    pub tenant: &'t Tenant,
    /// The user.
    pub user: UserKey,
    /// The first instant of the run, at which users of the scenario count as created.
    pub begun: Time,
}

impl<'t> UserRow<'t> {
    fn record(&self) -> &'t User {
        self.tenant.user(self.user)
    }
}

impl Resource for UserRow<'_> {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        let user = self.record();
        if let Some(written) = self.tenant.written_of_user(self.user, name) {
            return Some(Property::of(written));
        }
        Some(match name {
            "id" => Property::owned(user.object_id().to_string()),
            "accountEnabled" => Property::Bool(user.enabled()),
            "businessPhones" => {
                let phone = user.get(Attribute::BusinessPhones).map(Cow::Borrowed);
                Property::Texts(phone.into_iter().collect())
            }
            "createdDateTime" => {
                let created = self.tenant.hired_at(self.user).unwrap_or(self.begun);
                Property::owned(created.rfc3339())
            }
            "deletedDateTime" => match user.lifecycle() {
                Lifecycle::SoftDeleted { since } => Property::owned(since.rfc3339()),
                Lifecycle::Active | Lifecycle::HardDeleted => Property::Null,
            },
            "signInSessionsValidFromDateTime" | "refreshTokensValidFromDateTime" => {
                // A user has been able to sign in for as long as there is one.
                let created = self.tenant.hired_at(self.user).unwrap_or(self.begun);
                let from = self.tenant.sessions_valid_from(self.user).unwrap_or(created);
                Property::owned(from.rfc3339())
            }
            "userType" => Property::text(user.get(Attribute::UserType).or(Some("Member"))),
            "identities" => identities(self.tenant, user),
            "onPremisesExtensionAttributes" => extension_attributes(user),
            "securityIdentifier" => Property::owned(security_identifier(user.object_id().0)),
            "assignedLicenses"
            | "assignedPlans"
            | "imAddresses"
            | "licenseAssignmentStates"
            | "onPremisesProvisioningErrors"
            | "otherMails"
            | "provisionedPlans"
            | "proxyAddresses"
            | "serviceProvisioningErrors" => Property::empty(),
            name if name.starts_with("extension_") => {
                Property::text(user.attributes().extension(name))
            }
            name => match Attribute::parse(name) {
                Some(attribute) => Property::text(user.get(attribute)),
                None if KNOWN.contains(&name) => Property::Null,
                None => return None,
            },
        })
    }
}

/// How the user signs in: by the sign-in name alone.
fn identities<'t>(tenant: &Tenant, user: &User) -> Property<'t> {
    Property::json(json!([{
        "signInType": "userPrincipalName",
        "issuer": &*tenant.settings().domain,
        "issuerAssignedId": user.get(Attribute::UserPrincipalName),
    }]))
}

fn extension_attributes<'t>(user: &User) -> Property<'t> {
    let mut all = Map::new();
    for number in 1..=15 {
        let name = format!("extensionAttribute{number}");
        let value = Attribute::parse(&name).and_then(|attribute| user.get(attribute));
        all.insert(name, value.map_or(Value::Null, Value::from));
    }
    Property::json(Value::Object(all))
}

/// The security identifier of an object: its GUID as four numbers.
pub fn security_identifier(id: u128) -> String {
    // The first three parts of a GUID are written little-endian.
    let bytes = id.to_be_bytes();
    let part = |order: [usize; 4]| u32::from_le_bytes(order.map(|at| bytes[at]));
    let parts =
        [part([3, 2, 1, 0]), part([5, 4, 7, 6]), part([8, 9, 10, 11]), part([12, 13, 14, 15])];
    format!("S-1-12-1-{}-{}-{}-{}", parts[0], parts[1], parts[2], parts[3])
}
