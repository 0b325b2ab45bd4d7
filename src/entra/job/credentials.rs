//! The secret token of a job, and the header it travels in.

use http::HeaderValue;

use super::requests;

/// What the job signs in with.
#[derive(Clone, Default)]
pub(super) struct Credentials {
    secret: String,
    /// The header, made once for each secret and not for each request; `None` when there is no
    /// secret or no header can carry it.
    bearer: Option<HeaderValue>,
}

impl Credentials {
    /// Credentials of this secret; an empty one is none.
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
