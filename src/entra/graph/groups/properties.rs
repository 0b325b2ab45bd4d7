//! The properties of a group [g:group].

use std::borrow::Cow;

use crate::base::Time;
use crate::entra::graph::property::{Property, Resource};
use crate::entra::graph::users::security_identifier;
use crate::entra::tenant::{GroupKey, GroupKind, Lifecycle, Tenant};

/// All properties that can be selected; the last four are shown only when they are.
pub const KNOWN: [&str; 36] = [
    "id",
    "deletedDateTime",
    "classification",
    "createdDateTime",
    "creationOptions",
    "description",
    "displayName",
    "expirationDateTime",
    "groupTypes",
    "isAssignableToRole",
    "mail",
    "mailEnabled",
    "mailNickname",
    "membershipRule",
    "membershipRuleProcessingState",
    "onPremisesDomainName",
    "onPremisesLastSyncDateTime",
    "onPremisesNetBiosName",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
    "preferredDataLocation",
    "preferredLanguage",
    "proxyAddresses",
    "renewedDateTime",
    "resourceBehaviorOptions",
    "resourceProvisioningOptions",
    "securityEnabled",
    "securityIdentifier",
    "theme",
    "uniqueName",
    "visibility",
    "onPremisesProvisioningErrors",
    "serviceProvisioningErrors",
    "assignedLabels",
    "assignedLicenses",
];

/// The properties that are shown unless others are selected, which are nearly all.
pub const DEFAULT: &[&str] = KNOWN.split_at(KNOWN.len() - 4).0;

/// A group of the directory as Graph shows it.
#[derive(Clone, Copy)]
pub struct GroupRow<'t> {
    /// The directory.
    pub tenant: &'t Tenant,
    /// The group.
    pub group: GroupKey,
    /// The first instant of the run, at which groups of the scenario count as created.
    pub begun: Time,
}

impl GroupRow<'_> {
    fn created(&self) -> Time {
        self.tenant.group_created_at(self.group).unwrap_or(self.begun)
    }

    fn types(&self) -> Property<'_> {
        let group = self.tenant.group(self.group);
        let unified = (group.kind() == GroupKind::Microsoft365).then_some("Unified");
        let dynamic = group.rule().map(|_| "DynamicMembership");
        Property::Texts(unified.into_iter().chain(dynamic).map(Cow::Borrowed).collect())
    }
}

impl Resource for GroupRow<'_> {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        let group = self.tenant.group(self.group);
        if let Some(written) = self.tenant.written_of_group(self.group, name) {
            return Some(Property::of(written));
        }
        Some(match name {
            "id" => Property::owned(group.object_id().to_string()),
            "displayName" => Property::text(Some(group.display_name())),
            "description" => Property::text(group.description()),
            "mail" => Property::text(group.mail()),
            "mailEnabled" => Property::Bool(group.kind().has_mail()),
            "mailNickname" => Property::text(Some(group.mail_nickname())),
            "securityEnabled" => Property::Bool(group.security_enabled()),
            "groupTypes" => self.types(),
            "membershipRule" => Property::text(group.rule().map(|rule| rule.text())),
            "membershipRuleProcessingState" => Property::text(group.rule().map(|_| "On")),
            "createdDateTime" | "renewedDateTime" => Property::owned(self.created().rfc3339()),
            "deletedDateTime" => match group.lifecycle() {
                Lifecycle::SoftDeleted { since } => Property::owned(since.rfc3339()),
                Lifecycle::Active | Lifecycle::HardDeleted => Property::Null,
            },
            "securityIdentifier" => Property::owned(security_identifier(group.object_id().0)),
            "visibility" => {
                Property::text((group.kind() == GroupKind::Microsoft365).then_some("Public"))
            }
            "creationOptions"
            | "proxyAddresses"
            | "resourceBehaviorOptions"
            | "resourceProvisioningOptions"
            | "onPremisesProvisioningErrors"
            | "serviceProvisioningErrors"
            | "assignedLabels"
            | "assignedLicenses" => Property::empty(),
            name if KNOWN.contains(&name) => Property::Null,
            _ => return None,
        })
    }
}
