//! The refusals of Graph, and the envelope in which they travel [graph-errors].

use std::time::Duration;

use http::StatusCode;
use serde::Serialize;

use super::backend::ActRefusal;

/// Why a request is refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GraphError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The code that clients branch on.
    pub code: &'static str,
    /// The sentence for a person.
    pub message: String,
    /// The detail that names a conflict: its code and the property.
    pub detail: Option<(&'static str, &'static str)>,
    /// How long the client waits before it tries again.
    pub retry_after: Option<Duration>,
    /// The methods that the path takes, of a 405 (RFC 9110, section 15.5.6).
    pub allow: AllowedMethods,
    /// Where the client starts anew.
    pub location: Option<String>,
    /// The challenge of a 401.
    pub challenge: bool,
}

/// A set of methods: a bit for each of [`AllowedMethods::ALL`], since a refusal is small.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct AllowedMethods(u8);

impl AllowedMethods {
    const ALL: [&'static str; 5] = ["GET", "POST", "PATCH", "PUT", "DELETE"];

    /// The set of these methods.
    pub fn of<'m>(methods: impl Iterator<Item = &'m str>) -> AllowedMethods {
        let bit = |method: &str| {
            let at = AllowedMethods::ALL.iter().position(|known| *known == method);
            at.map_or(0, |at| 1 << at)
        };
        AllowedMethods(methods.map(bit).fold(0, |all, bit| all | bit))
    }

    /// The value of the header `Allow`; `None` for no method.
    pub fn header(self) -> Option<String> {
        let all = AllowedMethods::ALL.iter().enumerate();
        let names: Vec<&str> =
            all.filter(|(at, _)| self.0 & (1 << at) != 0).map(|(_, name)| *name).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

impl From<ActRefusal> for GraphError {
    fn from(refusal: ActRefusal) -> GraphError {
        match refusal {
            ActRefusal::Denied => GraphError::denied(),
            ActRefusal::Refused(why) => GraphError::bad_request(why),
        }
    }
}

impl GraphError {
    /// A refusal with a status, a code and a sentence.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> GraphError {
        GraphError {
            status,
            code,
            message: message.into(),
            detail: None,
            retry_after: None,
            allow: AllowedMethods::default(),
            location: None,
            challenge: status == StatusCode::UNAUTHORIZED,
        }
    }

    /// A request that the directory does not take: `Request_BadRequest`.
    pub fn bad_request(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// A path or a query that cannot be read: `BadRequest`.
    pub fn malformed(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// A query that is not supported in this way: `Request_UnsupportedQuery`.
    pub fn unsupported(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// An object that is not there.
    pub fn not_found(what: &str) -> GraphError {
        let message = format!(
            "Resource '{what}' does not exist or one of its queried reference-property objects are not present."
        );
        GraphError::new(StatusCode::NOT_FOUND, "Request_ResourceNotFound", message)
    }

    /// A segment of the path that leads nowhere.
    pub fn no_segment(segment: &str) -> GraphError {
        GraphError::malformed(format!("Resource not found for the segment '{segment}'."))
    }

    /// A required property that is missing.
    pub fn required(property: &str, resource: &str) -> GraphError {
        GraphError::bad_request(format!(
            "A value is required for property '{property}' of resource '{resource}'."
        ))
    }

    /// A value that a property cannot have.
    pub fn invalid_value(property: &str) -> GraphError {
        GraphError::bad_request(format!("Invalid value specified for property '{property}'."))
    }

    /// A property that is the service's own.
    pub fn read_only(property: &str) -> GraphError {
        GraphError::bad_request(format!("Property '{property}' is read-only and cannot be set."))
    }

    /// A property that the resource does not have.
    pub fn unknown_property(property: &str) -> GraphError {
        GraphError::bad_request(format!("Invalid property '{property}'."))
    }

    /// A right that the client lacks.
    pub fn denied() -> GraphError {
        let message = "Insufficient privileges to complete the operation.";
        GraphError::new(StatusCode::FORBIDDEN, "Authorization_RequestDenied", message)
    }

    /// The token is missing or wrong.
    pub fn token(message: impl Into<String>) -> GraphError {
        GraphError::new(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", message)
    }

    /// Another object holds the value of a unique property.
    pub fn conflict(property: &'static str) -> GraphError {
        let message =
            format!("Another object with the same value for property {property} already exists.");
        GraphError {
            detail: Some(("ObjectConflict", property)),
            ..GraphError::bad_request(message)
        }
    }

    /// The body of the answer; `date` is the instant without a zone.
    pub fn envelope(&self, date: &str, request: &str, client_request: &str) -> Vec<u8> {
        let details =
            self.detail.map(|(code, target)| vec![Detail { code, message: &self.message, target }]);
        let error = Body {
            code: self.code,
            message: &self.message,
            details,
            inner: Inner { date, request, client_request },
        };
        serde_json::to_vec(&Envelope { error }).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Vec<Detail<'a>>>,
    #[serde(rename = "innerError")]
    inner: Inner<'a>,
}

#[derive(Serialize)]
struct Detail<'a> {
    code: &'a str,
    message: &'a str,
    target: &'a str,
}

#[derive(Serialize)]
struct Inner<'a> {
    date: &'a str,
    #[serde(rename = "request-id")]
    request: &'a str,
    #[serde(rename = "client-request-id")]
    client_request: &'a str,
}
