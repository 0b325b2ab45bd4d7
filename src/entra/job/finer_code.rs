//! A finer code for a refusal, read from the application's words.
//!
//! The vendor lists such codes [logs-howto], and no source says which answers of a SCIM application
//! lead to them. So a policy decides (`codes_by_words`), and the words are those that servers use
//! (assumed).

use http::StatusCode;

use super::reply::SyncError;
use crate::entra::error_code::ErrorCode;

/// The words by which each code is known; the first code with a word in the text is taken.
const WORDS: [(ErrorCode, &[&str]); 6] = [
    (ErrorCode::LicenseLimitExceeded, &["seat", "license", "licence"]),
    (ErrorCode::InvalidDomain, &["domain"]),
    (ErrorCode::SchemaAttributeNotFound, &["unknown attribute", "no such attribute"]),
    (ErrorCode::MissingValues, &["no value", "missing value", "be empty"]),
    (ErrorCode::MandatoryFieldsMissing, &["required", "mandatory", "missing"]),
    (ErrorCode::NotPermitted, &["not permitted", "not allowed", "protected"]),
];

/// The words by which a 409 tells that another entry has the value: without one of them it is a
/// conflict of another kind.
const TAKEN: [&str; 6] = ["unique", "exist", "taken", "already", "duplicate", "in use"];

/// The statuses of refusals.
const REFUSALS: [StatusCode; 4] = [
    StatusCode::BAD_REQUEST,
    StatusCode::PAYMENT_REQUIRED,
    StatusCode::FORBIDDEN,
    StatusCode::UNPROCESSABLE_ENTITY,
];

impl SyncError {
    /// The same error with a finer code, if it is a refusal whose words give one.
    pub(super) fn by_words(self) -> SyncError {
        if self.code == ErrorCode::EntryConflict {
            let text = self.detail.to_lowercase();
            let is_taken = TAKEN.iter().any(|word| text.contains(word));
            let code = if is_taken { self.code } else { ErrorCode::Conflict };
            return SyncError { code, ..self };
        }
        match finer_code(self.status, &self.detail) {
            Some(code) => SyncError { code, ..self },
            None => self,
        }
    }

    /// The code that says best what to do, whatever code is given.
    pub(super) fn remedy(&self) -> ErrorCode {
        remedy(self.code, self.status, &self.detail)
    }
}

/// The code that says best what to do about an error. Words about seats are plain enough to be
/// followed; others, such as "required", may speak of rights as well.
pub(super) fn remedy(code: ErrorCode, status: Option<StatusCode>, words: &str) -> ErrorCode {
    let no_seat = |finer: &ErrorCode| *finer == ErrorCode::LicenseLimitExceeded;
    finer_code(status, words).filter(no_seat).unwrap_or(code)
}

/// The finer code of a refusal whose words give one.
fn finer_code(status: Option<StatusCode>, words: &str) -> Option<ErrorCode> {
    if !status.is_some_and(|status| REFUSALS.contains(&status)) {
        return None;
    }
    let text = words.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    WORDS.iter().find(|(_, words)| says(words)).map(|(code, _)| *code)
}
