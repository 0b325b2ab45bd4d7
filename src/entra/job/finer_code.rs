//! A finer code for a refusal, read from the application's words.
//!
//! The vendor lists such codes [logs-howto], and no source says which answers of a SCIM application
//! lead to them. So a policy decides (`codes_by_words`), and the words are those that servers use
//! (assumed).

use http::StatusCode;

use super::reply::SyncError;
use crate::entra::error_code::ErrorCode;

/// The words by which each code is known; the first code with a word in the text is taken.
const WORDS: [(ErrorCode, &[&str]); 5] = [
    (ErrorCode::LicenseLimitExceeded, &["seat", "license", "licence"]),
    (ErrorCode::InvalidDomain, &["domain"]),
    (ErrorCode::SchemaAttributeNotFound, &["unknown attribute", "no such attribute"]),
    (ErrorCode::MandatoryFieldsMissing, &["required", "mandatory", "missing"]),
    (ErrorCode::NotPermitted, &["not permitted", "not allowed", "protected"]),
];

impl SyncError {
    /// The same error with a finer code, if it is a refusal whose words give one.
    pub(super) fn by_words(self) -> SyncError {
        let refuses = [
            StatusCode::BAD_REQUEST,
            StatusCode::PAYMENT_REQUIRED,
            StatusCode::FORBIDDEN,
            StatusCode::UNPROCESSABLE_ENTITY,
        ];
        if !self.status.is_some_and(|status| refuses.contains(&status)) {
            return self;
        }
        let text = self.detail.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
        match WORDS.iter().find(|(_, words)| says(words)) {
            Some((code, _)) => SyncError { code: *code, ..self },
            None => self,
        }
    }
}
