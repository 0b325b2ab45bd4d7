//! The error codes of the provisioning service, as its logs print them.

/// The error codes of the provisioning service that the engine can meet [logs-howto].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ErrorCode {
    /// A value collides with another account: a create met 409.
    EntryConflict,
    /// The application throttles.
    TooManyRequests,
    /// The application failed inside (5xx).
    InternalServerError,
    /// 401.
    Unauthorized,
    /// 403.
    InsufficientRights,
    /// 405.
    MethodNotAllowed,
    /// 422.
    UnprocessableEntity,
    /// A connection or protocol fault.
    WebExceptionProtocolError,
    /// The linked account is gone.
    InvalidAnchor,
    /// 501.
    NotImplemented,
    /// The application was too slow.
    Timeout,
    /// Several accounts match.
    DuplicateTargetEntries,
    /// Several users match one account.
    DuplicateSourceEntries,
    /// The answer was not understood, or a request was refused as bad.
    ServiceIncompatible,
    /// A changed value collides with another account: an update met 409.
    ServiceIncompatibleFiltering,
    /// Several resources came where one was expected.
    MultipleEntriesInResponse,
    /// A mapping could not be evaluated; the code is assumed.
    EntrySynchronizationError,
    /// Several values for an attribute that takes one [logs-howto].
    SchemaPropertyCanOnlyAcceptValue,
    /// The connection probe found the credentials refused.
    CredentialValidationFailure,
    /// The connection probe got no usable answer.
    CredentialValidationUnavailable,
}

impl ErrorCode {
    /// The vendor's name for it.
    pub fn word(self) -> &'static str {
        match self {
            ErrorCode::EntryConflict => "EntryConflict",
            ErrorCode::TooManyRequests => "TooManyRequests",
            ErrorCode::InternalServerError => "InternalServerError",
            ErrorCode::Unauthorized => "Unauthorized",
            ErrorCode::InsufficientRights => "InsufficientRights",
            ErrorCode::MethodNotAllowed => "MethodNotAllowed",
            ErrorCode::UnprocessableEntity => "UnprocessableEntity",
            ErrorCode::WebExceptionProtocolError => "WebExceptionProtocolError",
            ErrorCode::InvalidAnchor => "InvalidAnchor",
            ErrorCode::NotImplemented => "NotImplemented",
            ErrorCode::Timeout => "Timeout",
            ErrorCode::DuplicateTargetEntries => "DuplicateTargetEntries",
            ErrorCode::DuplicateSourceEntries => "DuplicateSourceEntries",
            ErrorCode::ServiceIncompatible => {
                "SystemForCrossDomainIdentityManagementServiceIncompatible"
            }
            ErrorCode::ServiceIncompatibleFiltering => {
                "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering"
            }
            ErrorCode::MultipleEntriesInResponse => {
                "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"
            }
            ErrorCode::EntrySynchronizationError => "EntrySynchronizationError",
            ErrorCode::SchemaPropertyCanOnlyAcceptValue => "SchemaPropertyCanOnlyAcceptValue",
            ErrorCode::CredentialValidationFailure => {
                "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
            }
            ErrorCode::CredentialValidationUnavailable => {
                "SystemForCrossDomainIdentityManagementCredentialValidationUnavailable"
            }
        }
    }
}
