//! What may be written about applications and service principals [g:application,
//! g:serviceprincipal].

use crate::entra::graph::shape::{PropertyShapes, Shape};
use Shape::{
    Any, Bool, Bytes, Guid, Guids, Instant, Number, Object, Objects, ReadOnly, Text, Texts, Word,
    Words,
};

/// An app role.
const ROLE: PropertyShapes = &[
    ("id", Guid),
    ("allowedMemberTypes", Words(&["User", "Application"])),
    ("description", Text),
    ("displayName", Text),
    ("isEnabled", Bool),
    ("origin", Text),
    ("value", Text),
];

/// A delegated permission that the application offers.
const SCOPE: PropertyShapes = &[
    ("id", Guid),
    ("adminConsentDescription", Text),
    ("adminConsentDisplayName", Text),
    ("isEnabled", Bool),
    ("origin", Text),
    ("type", Word(&["User", "Admin"])),
    ("userConsentDescription", Text),
    ("userConsentDisplayName", Text),
    ("value", Text),
];

const API: PropertyShapes = &[
    ("acceptMappedClaims", Bool),
    ("knownClientApplications", Guids),
    ("oauth2PermissionScopes", Objects(SCOPE)),
    (
        "preAuthorizedApplications",
        Objects(&[("appId", Guid), ("delegatedPermissionIds", Guids), ("permissionIds", Guids)]),
    ),
    ("requestedAccessTokenVersion", Number),
    ("resourceSpecificApplicationPermissions", Any),
];

const WEB: PropertyShapes = &[
    ("homePageUrl", Text),
    ("implicitGrantSettings", Object(IMPLICIT)),
    ("logoutUrl", Text),
    ("redirectUris", Texts),
    ("redirectUriSettings", Objects(&[("uri", Text), ("index", Number)])),
];

const IMPLICIT: PropertyShapes =
    &[("enableAccessTokenIssuance", Bool), ("enableIdTokenIssuance", Bool)];

const REDIRECTS: PropertyShapes = &[("redirectUris", Texts)];

const INFO: PropertyShapes = &[
    ("logoUrl", ReadOnly),
    ("marketingUrl", Text),
    ("privacyStatementUrl", Text),
    ("supportUrl", Text),
    ("termsOfServiceUrl", Text),
];

const NEEDED: PropertyShapes = &[
    ("resourceAppId", Text),
    ("resourceAccess", Objects(&[("id", Guid), ("type", Word(&["Role", "Scope"]))])),
];

/// A certificate of the application.
pub const KEY: PropertyShapes = &[
    ("customKeyIdentifier", Bytes),
    ("displayName", Text),
    ("endDateTime", Instant),
    ("hasExtendedValue", Bool),
    ("key", Bytes),
    ("keyId", Guid),
    ("startDateTime", Instant),
    ("type", Text),
    ("usage", Word(&["Sign", "Verify"])),
];

const CLAIM: PropertyShapes =
    &[("additionalProperties", Texts), ("essential", Bool), ("name", Text), ("source", Text)];

const CLAIMS: PropertyShapes =
    &[("accessToken", Objects(CLAIM)), ("idToken", Objects(CLAIM)), ("saml2Token", Objects(CLAIM))];

const ADD_IN: PropertyShapes =
    &[("id", Guid), ("type", Text), ("properties", Objects(&[("key", Text), ("value", Text)]))];

const LOCK: PropertyShapes = &[
    ("allProperties", Bool),
    ("credentialsWithUsageSign", Bool),
    ("credentialsWithUsageVerify", Bool),
    ("identifierUris", Bool),
    ("isEnabled", Bool),
    ("tokenEncryptionKeyId", Bool),
];

/// Who may sign in to an application.
const AUDIENCES: &[&str] = &[
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
];

/// A registration.
pub const APPLICATION: PropertyShapes = &[
    ("id", ReadOnly),
    ("appId", ReadOnly),
    ("applicationTemplateId", ReadOnly),
    ("certification", ReadOnly),
    ("createdDateTime", ReadOnly),
    ("deletedDateTime", ReadOnly),
    ("disabledByMicrosoftStatus", ReadOnly),
    ("publisherDomain", ReadOnly),
    ("verifiedPublisher", ReadOnly),
    ("passwordCredentials", ReadOnly),
    ("addIns", Objects(ADD_IN)),
    ("api", Object(API)),
    ("appRoles", Objects(ROLE)),
    ("defaultRedirectUri", Text),
    ("description", Text),
    ("displayName", Text),
    ("groupMembershipClaims", Text),
    ("identifierUris", Texts),
    ("info", Object(INFO)),
    ("isDeviceOnlyAuthSupported", Bool),
    ("isFallbackPublicClient", Bool),
    ("keyCredentials", Objects(KEY)),
    ("nativeAuthenticationApisEnabled", Word(&["none", "all"])),
    ("notes", Text),
    ("oauth2RequirePostResponse", Bool),
    ("optionalClaims", Object(CLAIMS)),
    (
        "parentalControlSettings",
        Object(&[("countriesBlockedForMinors", Texts), ("legalAgeGroupRule", Text)]),
    ),
    ("publicClient", Object(REDIRECTS)),
    ("requestSignatureVerification", Any),
    ("requiredResourceAccess", Objects(NEEDED)),
    ("samlMetadataUrl", Text),
    ("serviceManagementReference", Text),
    ("servicePrincipalLockConfiguration", Object(LOCK)),
    ("signInAudience", Word(AUDIENCES)),
    ("spa", Object(REDIRECTS)),
    ("tags", Texts),
    ("tokenEncryptionKeyId", Guid),
    ("uniqueName", Text),
    ("web", Object(WEB)),
];

/// A service principal; its `appId` can be given when it is made.
pub const PRINCIPAL: PropertyShapes = &[
    ("id", ReadOnly),
    ("appDescription", ReadOnly),
    ("appDisplayName", ReadOnly),
    ("appId", Guid),
    ("applicationTemplateId", ReadOnly),
    ("appOwnerOrganizationId", ReadOnly),
    ("createdDateTime", ReadOnly),
    ("deletedDateTime", ReadOnly),
    ("disabledByMicrosoftStatus", ReadOnly),
    ("info", ReadOnly),
    ("oauth2PermissionScopes", ReadOnly),
    ("passwordCredentials", ReadOnly),
    ("resourceSpecificApplicationPermissions", ReadOnly),
    ("servicePrincipalType", Word(&["Application"])),
    ("signInAudience", ReadOnly),
    ("verifiedPublisher", ReadOnly),
    ("accountEnabled", Bool),
    ("addIns", Objects(ADD_IN)),
    ("alternativeNames", Texts),
    ("appRoleAssignmentRequired", Bool),
    ("appRoles", Objects(ROLE)),
    ("description", Text),
    ("displayName", Text),
    ("homepage", Text),
    ("keyCredentials", Objects(KEY)),
    ("loginUrl", Text),
    ("logoutUrl", Text),
    ("notes", Text),
    ("notificationEmailAddresses", Texts),
    ("preferredSingleSignOnMode", Word(&["saml", "password", "oidc", "notSupported"])),
    ("preferredTokenSigningKeyThumbprint", Text),
    ("replyUrls", Texts),
    ("samlSingleSignOnSettings", Object(&[("relayState", Text)])),
    ("servicePrincipalNames", Texts),
    ("tags", Texts),
    ("tokenEncryptionKeyId", Guid),
];
