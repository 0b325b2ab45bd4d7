//! A SCIM error: status, scimType and a detail for a person (RFC 7644 3.12).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::urn;

/// The reasons that RFC 7644 lists in table 9.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScimType {
    /// The filter could not be read, or the attribute cannot be filtered on.
    InvalidFilter,
    /// There would be more results than the server will process.
    TooMany,
    /// The value is held by another resource.
    Uniqueness,
    /// The attribute may not be changed.
    Mutability,
    /// The body is not what this kind of request needs.
    InvalidSyntax,
    /// The path of a PATCH operation could not be read or names nothing.
    InvalidPath,
    /// The path's filter meets no element.
    NoTarget,
    /// A value is missing or of the wrong type.
    InvalidValue,
    /// The protocol version is not supported.
    InvalidVers,
    /// The request would reveal what may not be in a URL.
    Sensitive,
}

impl ScimType {
    /// All of them, as RFC 7644 lists them.
    pub const ALL: [ScimType; 10] = [
        ScimType::InvalidFilter,
        ScimType::TooMany,
        ScimType::Uniqueness,
        ScimType::Mutability,
        ScimType::InvalidSyntax,
        ScimType::InvalidPath,
        ScimType::NoTarget,
        ScimType::InvalidValue,
        ScimType::InvalidVers,
        ScimType::Sensitive,
    ];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            ScimType::InvalidFilter => "invalidFilter",
            ScimType::TooMany => "tooMany",
            ScimType::Uniqueness => "uniqueness",
            ScimType::Mutability => "mutability",
            ScimType::InvalidSyntax => "invalidSyntax",
            ScimType::InvalidPath => "invalidPath",
            ScimType::NoTarget => "noTarget",
            ScimType::InvalidValue => "invalidValue",
            ScimType::InvalidVers => "invalidVers",
            ScimType::Sensitive => "sensitive",
        }
    }
}

/// An error, before it becomes a response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error {
    /// The HTTP status.
    pub status: u16,
    /// The scimType of RFC 7644, when one fits.
    pub scim_type: Option<ScimType>,
    /// The explanation for a person.
    pub detail: String,
}

impl Error {
    /// Makes an error with a status and a detail.
    pub fn new(status: u16, detail: impl Into<String>) -> Error {
        Error { status, scim_type: None, detail: detail.into() }
    }

    /// Makes a 400 with one of the reasons above (409 for `uniqueness`).
    pub fn of(scim_type: ScimType, detail: impl Into<String>) -> Error {
        let status = if scim_type == ScimType::Uniqueness { 409 } else { 400 };
        Error { status, scim_type: Some(scim_type), detail: detail.into() }
    }

    /// Writes the body; `status` is text, as RFC 7644 3.12 requires.
    pub fn body(&self) -> Bytes {
        let detail = serde_json::Value::from(self.detail.as_str());
        let reason =
            self.scim_type.map(|t| format!("\"scimType\":\"{}\",", t.word())).unwrap_or_default();
        format!(
            "{{\"schemas\":[\"{}\"],{reason}\"status\":\"{}\",\"detail\":{detail}}}",
            urn::ERROR,
            self.status
        )
        .into()
    }

    /// Makes the whole response.
    pub fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body());
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(urn::CONTENT_TYPE));
        response
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(reason) = self.scim_type {
            write!(f, " {}", reason.word())?;
        }
        write!(f, ": {}", self.detail)
    }
}

impl std::error::Error for Error {}
