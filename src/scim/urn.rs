//! The names that the standards give to schemas and messages.

/// The media type of every SCIM body (RFC 7644 3.1).
pub const CONTENT_TYPE: &str = "application/scim+json";

/// The header that says of a request of our own why it is sent, so that a recording of it does not
/// take a cleaning for leavers.
pub const PURPOSE: &str = "scimulator-purpose";

/// Its value for what deletes at the end what a run has made.
pub const CLEAN_UP: &str = "clean-up";
/// The core user (RFC 7643 4.1).
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The core group (RFC 7643 4.2).
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The enterprise extension of the user (RFC 7643 4.3).
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// A schema's own description (RFC 7643 7).
pub const SCHEMA: &str = "urn:ietf:params:scim:schemas:core:2.0:Schema";
/// A kind of resource (RFC 7643 6).
pub const RESOURCE_TYPE: &str = "urn:ietf:params:scim:schemas:core:2.0:ResourceType";
/// What a server can do (RFC 7643 5).
pub const SERVICE_PROVIDER_CONFIG: &str =
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";
/// The reply to every query (RFC 7644 3.4.2).
pub const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// A change request (RFC 7644 3.5.2).
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// An error (RFC 7644 3.12).
pub const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
/// The reply to a bulk request (RFC 7644 3.7).
pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
