//! Why something failed: words in the past tense that are part of a sentence and have no full
//! stop.

use http::StatusCode;

use super::lamp::{self, Credential};
use crate::base::time::show_duration;
use crate::entra::error_code::ErrorCode;
use crate::entra::job::quarantine::{Quarantine, QuarantineCause, Reason};
use crate::world::{AppView, ServerName};

/// The cause of a quarantine.
pub(super) fn of_quarantine(quarantine: &Quarantine, server: ServerName) -> String {
    let cause = &quarantine.cause;
    match cause.reason {
        Reason::QuarantineException => {}
        Reason::QuarantinedOnDemand => return "the vendor's staff quarantined the job".to_owned(),
        Reason::IngestionInterrupted | Reason::Unknown => return cause.detail.clone(),
        Reason::TooManyDeletes => {
            return format!("the deletion threshold was reached ({})", clause(&cause.detail));
        }
        Reason::BaseEscrowThreshold | Reason::TotalEscrowThreshold => {
            return format!("too many objects failed ({})", clause(&cause.detail));
        }
        Reason::EscrowProportionThreshold => {
            return format!("too large a share of objects failed ({})", clause(&cause.detail));
        }
    }
    if cause.at_token_endpoint {
        return of_token_endpoint(cause);
    }
    let (name, server) = (server, server.amid());
    match (cause.status.map(|status| status.as_u16()), cause.code) {
        (Some(401), _) if cause.without_credentials => {
            format!("{server} refused a request without credentials (401), for the job had none")
        }
        (Some(401), _) => format!("{server} rejected the secret (401)"),
        (Some(status), _) if cause.remedy() == Some(ErrorCode::LicenseLimitExceeded) => {
            format!("{server} had no seat left ({status})")
        }
        (Some(403), _) => format!("{server} granted the secret no rights (403)"),
        // That users were found at the same address was seen before.
        (Some(status @ (404 | 501)), _) if cause.at_groups => format!(
            "{server} had no groups ({status} to a search for one, after one for a user was \
             answered), and their mapping was on"
        ),
        (Some(404), _) => {
            format!("{server} knew no such address (404), so the tenant URL may be wrong")
        }
        (Some(429), _) => match cause.wait_cut {
            None => format!("{server} asked for patience (429)"),
            Some(most) => format!(
                "{server} asked for patience (429) beyond `retry_after_max` ({})",
                show_duration(most)
            ),
        },
        (Some(status @ 500..), _) => format!("{server} was out of order ({status})"),
        (Some(status), _) => format!("{server} answered {status}"),
        (None, Some(ErrorCode::DuplicateAppRoles)) => clause(&cause.detail),
        (None, Some(ErrorCode::ServiceIncompatible)) => {
            name.fill("GoLinks' answer could not be used, ") + &clause(&cause.detail)
        }
        (None, _) => format!("{server} gave no answer, {}", clause(&cause.detail)),
    }
}

/// Why there was no access token.
fn of_token_endpoint(cause: &QuarantineCause) -> String {
    match cause.status.map(|status| status.as_u16()) {
        Some(status @ (400 | 401 | 403)) => {
            format!("the token endpoint refused the client ({status})")
        }
        Some(status) => format!("the token endpoint answered {status}"),
        None => format!("the token endpoint gave no access token, {}", clause(&cause.detail)),
    }
}

/// Why an attempt failed that the log tells with this code: `GoLinks was out of order (5xx); the
/// log says InternalServerError`.
pub fn failed(code: ErrorCode, server: ServerName) -> String {
    format!("{}; the log says {}", of(code, None, server), code.word())
}

/// What an error code means; it came with an answer of this status, if with any.
pub(super) fn of(code: ErrorCode, answered: Option<StatusCode>, server: ServerName) -> String {
    server.fill(at_the_mock(code, answered))
}

/// What it means at the mock.
fn at_the_mock(code: ErrorCode, answered: Option<StatusCode>) -> &'static str {
    match code {
        ErrorCode::EntryConflict => "GoLinks said that another account has such a value (409)",
        ErrorCode::Conflict => "GoLinks said that the account conflicts with another (409)",
        ErrorCode::TooManyRequests => "GoLinks asked for patience (429)",
        ErrorCode::InternalServerError => "GoLinks was out of order (5xx)",
        ErrorCode::InternalError => "the provisioning service failed by itself",
        ErrorCode::Unauthorized => "GoLinks rejected the secret (401)",
        ErrorCode::InsufficientRights => "GoLinks refused the request (403)",
        ErrorCode::MethodNotAllowed => "GoLinks did not know the method (405)",
        ErrorCode::UnprocessableEntity => "GoLinks could not take the values (422)",
        ErrorCode::WebExceptionProtocolError => "the connection broke",
        ErrorCode::InvalidAnchor => "the linked account was not found (404)",
        ErrorCode::NotImplemented => "GoLinks did not offer it (501)",
        ErrorCode::Timeout => "GoLinks gave no answer in time",
        ErrorCode::DuplicateTargetEntries => "several accounts matched",
        ErrorCode::DuplicateSourceEntries => "the account was another user's already",
        ErrorCode::ServiceIncompatible if answered == Some(StatusCode::BAD_REQUEST) => {
            "GoLinks refused the request (400)"
        }
        ErrorCode::ServiceIncompatible => "GoLinks' answer could not be used",
        ErrorCode::ServiceIncompatibleFiltering => {
            "GoLinks said that another account has the changed value (409)"
        }
        ErrorCode::MultipleEntriesInResponse => "GoLinks returned several accounts for one",
        ErrorCode::DuplicateAppRoles => "two app roles of the application had one name",
        ErrorCode::LicenseLimitExceeded => "GoLinks had no seat left",
        ErrorCode::InvalidDomain => "GoLinks did not accept the domain of a value",
        ErrorCode::MandatoryFieldsMissing => "GoLinks missed a value that it requires",
        ErrorCode::MissingValues => "GoLinks did not take an attribute without a value",
        ErrorCode::SchemaAttributeNotFound => "GoLinks did not know an attribute",
        ErrorCode::NotPermitted => "GoLinks did not permit it",
        ErrorCode::EntrySynchronizationError => "a mapping could not be evaluated",
        ErrorCode::SchemaPropertyCanOnlyAcceptValue => {
            "several values came for an attribute that takes one"
        }
        ErrorCode::CredentialValidationFailure => "GoLinks rejected the secret",
        ErrorCode::CredentialValidationUnavailable => "GoLinks gave no usable answer",
    }
}

/// What GoLinks does now that it answers, where the last try failed by this cause: what it does
/// about the cause, if that is known; `None` when the cause does not lie with how it answers, so
/// that to tell of it would be beside the point.
pub(super) fn cured(
    world: AppView<'_>,
    code: Option<ErrorCode>,
    at_token_endpoint: bool,
) -> Option<&'static str> {
    match code? {
        _ if at_token_endpoint => Some("gives an access token"),
        ErrorCode::Unauthorized | ErrorCode::CredentialValidationFailure => {
            Some(match lamp::credential(world) {
                Some(Credential::AccessToken) => "takes the access token",
                Some(Credential::TenantToken) => "takes the tenant's token",
                Some(Credential::Secret) => "takes the secret",
                None => "answers",
            })
        }
        ErrorCode::LicenseLimitExceeded => Some(match world.reached().mock() {
            None => "answers",
            Some(mock) if mock.settings().limits.seat(world.reached().active_count()).is_ok() => {
                "has a seat left"
            }
            Some(_) => "has no seat left",
        }),
        ErrorCode::TooManyRequests
        | ErrorCode::InternalServerError
        | ErrorCode::InsufficientRights
        | ErrorCode::WebExceptionProtocolError
        | ErrorCode::Timeout
        | ErrorCode::ServiceIncompatible
        | ErrorCode::CredentialValidationUnavailable => Some("answers"),
        ErrorCode::EntryConflict
        | ErrorCode::Conflict
        | ErrorCode::InternalError
        | ErrorCode::MethodNotAllowed
        | ErrorCode::UnprocessableEntity
        | ErrorCode::InvalidAnchor
        | ErrorCode::NotImplemented
        | ErrorCode::DuplicateTargetEntries
        | ErrorCode::DuplicateSourceEntries
        | ErrorCode::ServiceIncompatibleFiltering
        | ErrorCode::MultipleEntriesInResponse
        | ErrorCode::DuplicateAppRoles
        | ErrorCode::InvalidDomain
        | ErrorCode::MandatoryFieldsMissing
        | ErrorCode::MissingValues
        | ErrorCode::SchemaAttributeNotFound
        | ErrorCode::NotPermitted
        | ErrorCode::EntrySynchronizationError
        | ErrorCode::SchemaPropertyCanOnlyAcceptValue => None,
    }
}

/// Makes a text of any origin part of a sentence: commas replace its full stops.
fn clause(text: &str) -> String {
    text.trim_end_matches('.').replace(". ", ", ")
}
