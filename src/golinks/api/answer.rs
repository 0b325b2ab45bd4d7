//! Responses and errors that several endpoints have in common.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, ALLOW, CONTENT_TYPE, ETAG, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{HeaderValue, Response, StatusCode};

use crate::base::time::show_duration;
use crate::golinks::settings::access::Auth;
use crate::golinks::store::render::hex;
use crate::scim::{self, Error};

/// An error response, with the header that its status requires.
pub(crate) struct HttpError {
    error: Error,
    header: Option<(HeaderName, HeaderValue)>,
}

impl HttpError {
    /// The SCIM error.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// Replaces the error and keeps the header.
    pub(crate) fn with(self, error: Error) -> HttpError {
        HttpError { error, ..self }
    }

    /// Makes the response: a SCIM error, or no body with 304.
    pub(crate) fn response(self) -> Response<Bytes> {
        let mut response = match self.error.status {
            304 => empty(StatusCode::NOT_MODIFIED),
            _ => self.error.response(),
        };
        response.headers_mut().extend(self.header);
        response
    }

    /// 304: the client already has this version.
    pub(crate) fn not_modified(version: u64) -> HttpError {
        HttpError { error: Error::new(304, ""), header: etag_header(version) }
    }

    pub(crate) fn not_allowed(allowed: &'static str) -> HttpError {
        let error = Error::new(405, format!("this path takes {allowed}"));
        HttpError { error, header: Some((ALLOW, HeaderValue::from_static(allowed))) }
    }

    /// 415 for a compressed body (RFC 9110 8.4, 15.5.16).
    pub(crate) fn coded(coding: &str) -> HttpError {
        let shown: String = coding.chars().take(40).collect();
        let detail = format!("the body is coded as {shown}; send it as it is");
        let header = Some((ACCEPT_ENCODING, HeaderValue::from_static("identity")));
        HttpError { error: Error::new(415, detail), header }
    }

    pub(crate) fn not_implemented(what: &str) -> HttpError {
        Error::new(501, format!("GoLinks does not offer {what}")).into()
    }

    pub(crate) fn unauthorized(auth: Auth, why: impl Into<String>) -> HttpError {
        let scheme = if auth == Auth::Basic { "Basic realm=\"GoLinks\"" } else { "Bearer" };
        HttpError {
            error: Error::new(401, why.into()),
            header: Some((WWW_AUTHENTICATE, HeaderValue::from_static(scheme))),
        }
    }

    /// 503, with a `Retry-After` when the time left is known.
    pub(crate) fn under_maintenance(left: Option<Duration>) -> HttpError {
        let secs = |left: Duration| left.as_secs() + u64::from(left.subsec_nanos() > 0);
        HttpError {
            error: Error::new(503, "GoLinks is being worked on"),
            header: left.map(|left| (RETRY_AFTER, HeaderValue::from(secs(left)))),
        }
    }

    pub(crate) fn too_many(wait_secs: Option<u64>) -> HttpError {
        let header = wait_secs.map(|secs| (RETRY_AFTER, HeaderValue::from(secs)));
        let detail = match wait_secs {
            Some(secs) => {
                let wait = show_duration(Duration::from_secs(secs));
                format!("too many requests; try again in {wait}")
            }
            None => "too many requests".to_owned(),
        };
        HttpError { error: Error::new(429, detail), header }
    }
}

impl From<Error> for HttpError {
    fn from(error: Error) -> HttpError {
        HttpError { error, header: None }
    }
}

/// 404 for an unknown path.
pub(crate) fn not_found(path: &str) -> Error {
    let shown: String = path.chars().take(120).collect();
    Error::new(404, format!("there is nothing at {shown}"))
}

/// 200 with a body.
pub(crate) fn ok(body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(scim::CONTENT_TYPE));
    response
}

/// 204.
pub(crate) fn no_content() -> Response<Bytes> {
    empty(StatusCode::NO_CONTENT)
}

fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}

/// A version as a header writes it.
pub(crate) fn tag(version: u64) -> [u8; 20] {
    let mut tag = *b"W/\"0000000000000000\"";
    tag[3..19].copy_from_slice(&hex(version));
    tag
}

/// The header of a version.
pub(crate) fn etag_header(version: u64) -> Option<(HeaderName, HeaderValue)> {
    HeaderValue::from_bytes(&tag(version)).ok().map(|value| (ETAG, value))
}
