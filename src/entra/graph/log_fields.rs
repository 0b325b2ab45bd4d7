//! What the rows of the logs have, and by what they can be filtered [graph-filter].

use super::list::Listing;
use super::property_type::PropertyType::{self, Bool, Instant, Number, Text};

type Fields = &'static [(&'static str, PropertyType)];

/// A log, which is sorted by these properties alone.
const fn log(
    context: &'static str,
    known: &'static [&'static str],
    fields: Fields,
    sorts: &'static [&'static str],
) -> Listing {
    Listing { sorts, ..Listing::filtered(context, known, fields) }
}

const PROVISIONING_KNOWN: &[&str] = &[
    "id",
    "activityDateTime",
    "tenantId",
    "jobId",
    "cycleId",
    "changeId",
    "provisioningAction",
    "action",
    "durationInMilliseconds",
    "servicePrincipal",
    "sourceSystem",
    "targetSystem",
    "initiatedBy",
    "sourceIdentity",
    "targetIdentity",
    "provisioningStatusInfo",
    "statusInfo",
    "provisioningSteps",
    "modifiedProperties",
];

const PROVISIONING_FIELDS: Fields = &[
    ("id", Text),
    ("tenantId", Text),
    ("jobId", Text),
    ("changeId", Text),
    ("cycleId", Text),
    ("provisioningAction", Text),
    ("action", Text),
    ("activityDateTime", Instant),
    ("durationInMilliseconds", Number),
    ("provisioningStatusInfo/status", Text),
    ("statusInfo/status", Text),
    ("sourceSystem/id", Text),
    ("sourceSystem/displayName", Text),
    ("targetSystem/id", Text),
    ("targetSystem/displayName", Text),
    ("initiatedBy/id", Text),
    ("initiatedBy/displayName", Text),
    ("sourceIdentity/id", Text),
    ("sourceIdentity/displayName", Text),
    ("sourceIdentity/identityType", Text),
    ("targetIdentity/id", Text),
    ("targetIdentity/displayName", Text),
    ("targetIdentity/identityType", Text),
    ("servicePrincipal/id", Text),
    ("servicePrincipal/displayName", Text),
    ("servicePrincipal/name", Text),
];

/// The provisioning log.
pub const PROVISIONING: Listing =
    log("auditLogs/provisioning", PROVISIONING_KNOWN, PROVISIONING_FIELDS, &["activityDateTime"]);

const AUDIT_KNOWN: &[&str] = &[
    "id",
    "category",
    "correlationId",
    "result",
    "resultReason",
    "activityDisplayName",
    "activityDateTime",
    "loggedByService",
    "operationType",
    "initiatedBy",
    "targetResources",
    "additionalDetails",
];

const AUDIT_FIELDS: Fields = &[
    ("id", Text),
    ("category", Text),
    ("correlationId", Text),
    ("result", Text),
    ("resultReason", Text),
    ("activityDisplayName", Text),
    ("activityDateTime", Instant),
    ("loggedByService", Text),
    ("operationType", Text),
    ("initiatedBy/user/id", Text),
    ("initiatedBy/user/displayName", Text),
    ("initiatedBy/user/userPrincipalName", Text),
    ("initiatedBy/app/appId", Text),
    ("initiatedBy/app/displayName", Text),
    ("initiatedBy/app/servicePrincipalId", Text),
    ("initiatedBy/app/servicePrincipalName", Text),
];

/// The audit log.
pub const AUDITS: Listing =
    log("auditLogs/directoryAudits", AUDIT_KNOWN, AUDIT_FIELDS, &["activityDateTime"]);

const SIGN_IN_KNOWN: &[&str] = &[
    "id",
    "createdDateTime",
    "userDisplayName",
    "userPrincipalName",
    "userId",
    "appId",
    "appDisplayName",
    "resourceDisplayName",
    "resourceId",
    "correlationId",
    "ipAddress",
    "clientAppUsed",
    "isInteractive",
    "deviceDetail",
    "location",
    "status",
    "conditionalAccessStatus",
    "appliedConditionalAccessPolicies",
    "riskDetail",
    "riskLevelAggregated",
    "riskLevelDuringSignIn",
    "riskState",
    "riskEventTypes",
    "riskEventTypes_v2",
    // Of beta alone.
    "authenticationProtocol",
    "authenticationRequirement",
    "signInEventTypes",
    "homeTenantId",
    "resourceTenantId",
    "servicePrincipalId",
];

/// How many of the properties a row of `/v1.0` has.
const SIGN_IN_KNOWN_V1: usize = SIGN_IN_KNOWN.len() - 6;

const SIGN_IN_FIELDS: Fields = &[
    ("id", Text),
    ("createdDateTime", Instant),
    ("userId", Text),
    ("userDisplayName", Text),
    ("userPrincipalName", Text),
    ("appId", Text),
    ("appDisplayName", Text),
    ("ipAddress", Text),
    ("clientAppUsed", Text),
    ("correlationId", Text),
    ("conditionalAccessStatus", Text),
    ("isInteractive", Bool),
    ("resourceDisplayName", Text),
    ("resourceId", Text),
    ("status/errorCode", Number),
    ("status/failureReason", Text),
    ("location/city", Text),
    ("location/state", Text),
    ("location/countryOrRegion", Text),
    ("deviceDetail/browser", Text),
    ("deviceDetail/operatingSystem", Text),
];

/// The sign-ins.
pub const SIGN_INS: Listing = log(
    "auditLogs/signIns",
    SIGN_IN_KNOWN.split_at(SIGN_IN_KNOWN_V1).0,
    SIGN_IN_FIELDS,
    &["createdDateTime"],
);

/// The sign-ins of `/beta`.
pub const SIGN_INS_BETA: Listing =
    log("auditLogs/signIns", SIGN_IN_KNOWN, SIGN_IN_FIELDS, &["createdDateTime"]);
