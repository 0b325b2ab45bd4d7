//! The error codes of the provisioning service, as its logs print them.

macro_rules! error_codes {
    ($($(#[doc = $doc:literal])+ $code:ident = $word:literal;)+) => {
        /// The error codes of the provisioning service that the engine can meet [logs-howto].
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum ErrorCode { $($(#[doc = $doc])+ $code,)+ }

        impl ErrorCode {
            /// All of them.
            pub const ALL: &'static [ErrorCode] = &[$(ErrorCode::$code),+];

            /// The vendor's name for it.
            pub fn word(self) -> &'static str {
                match self { $(ErrorCode::$code => $word,)+ }
            }
        }
    };
}

error_codes! {
    /// A value collides with another account: a create met 409.
    EntryConflict = "EntryConflict";
    /// A create met 409, and nothing says that another account has such a value.
    Conflict = "Conflict";
    /// The application throttles.
    TooManyRequests = "TooManyRequests";
    /// The application failed inside (5xx).
    InternalServerError = "InternalServerError";
    /// A fault within the provisioning service.
    InternalError = "InternalError";
    /// 401.
    Unauthorized = "Unauthorized";
    /// 403.
    InsufficientRights = "InsufficientRights";
    /// 405.
    MethodNotAllowed = "MethodNotAllowed";
    /// 422.
    UnprocessableEntity = "UnprocessableEntity";
    /// A connection or protocol fault.
    WebExceptionProtocolError = "WebExceptionProtocolError";
    /// The linked account is gone.
    InvalidAnchor = "InvalidAnchor";
    /// 501.
    NotImplemented = "NotImplemented";
    /// No response within the client's time-out.
    Timeout = "Timeout";
    /// Several accounts match.
    DuplicateTargetEntries = "DuplicateTargetEntries";
    /// Several users match one account.
    DuplicateSourceEntries = "DuplicateSourceEntries";
    /// The response was not understood, or the request was refused as bad (400).
    ServiceIncompatible = "SystemForCrossDomainIdentityManagementServiceIncompatible";
    /// A changed value collides with another account: an update met 409.
    ServiceIncompatibleFiltering = "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering";
    /// Several resources came where one was expected.
    MultipleEntriesInResponse = "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse";
    /// The application has no seat left.
    LicenseLimitExceeded = "LicenseLimitExceeded";
    /// The application does not accept the domain of a value.
    InvalidDomain = "InvalidDomain";
    /// A value that the application requires was not sent.
    MandatoryFieldsMissing = "MandatoryFieldsMissing";
    /// An attribute was sent without a value that the application takes.
    MissingValues = "MissingValues";
    /// The application does not know an attribute.
    SchemaAttributeNotFound = "SchemaAttributeNotFound";
    /// The application does not permit it for this account.
    NotPermitted = "NotPermitted";
    /// A mapping could not be evaluated; the code is assumed.
    EntrySynchronizationError = "EntrySynchronizationError";
    /// Two app roles of the application have one name [quarantine]; the code is assumed.
    DuplicateAppRoles = "DuplicateAppRoles";
    /// Several values for an attribute that takes one [logs-howto].
    SchemaPropertyCanOnlyAcceptValue = "SchemaPropertyCanOnlyAcceptValue";
    /// The connection probe found the credentials refused.
    CredentialValidationFailure = "SystemForCrossDomainIdentityManagementCredentialValidationFailure";
    /// The connection probe got no usable response.
    CredentialValidationUnavailable = "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable";
}
