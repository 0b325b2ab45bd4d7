//! The secret token of a job, and the header it travels in.

use http::HeaderValue;

use super::requests;

/// What the job signs in with.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    secret: String,
    /// The header value, built once for each secret. `None` if the secret is empty or not allowed
    /// in a header.
    bearer: Option<HeaderValue>,
}

impl Credentials {
    /// Builds the credentials for this secret; an empty text means no secret.
    pub fn new(secret: &str) -> Credentials {
        Credentials { secret: secret.to_owned(), bearer: requests::bearer(secret) }
    }

    /// Whether there is no secret.
    pub fn is_empty(&self) -> bool {
        self.secret.is_empty()
    }

    /// The value of the `Authorization` header.
    pub fn bearer(&self) -> Option<&HeaderValue> {
        self.bearer.as_ref()
    }
}
