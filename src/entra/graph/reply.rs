//! What a handler answers, and how it becomes a response.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use serde::Serialize;

use super::error::GraphError;
use super::waiting::Waiting;

/// The content type of every JSON answer [graph-errors].
pub const JSON: &str = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// The answer of a handler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GraphReply {
    /// The status.
    pub status: StatusCode,
    /// The body.
    pub body: ReplyBody,
    /// Where a new object is.
    pub location: Option<String>,
    /// Headers beside the usual ones.
    pub headers: Vec<(&'static str, String)>,
}

/// The body of an answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ReplyBody {
    /// None, as every 204 has.
    None,
    /// JSON.
    Json(Vec<u8>),
    /// Plain text, as `$count` has.
    Text(String),
    /// XML, as `$metadata` is.
    Xml(String),
    /// It is not there yet.
    Later(Waiting),
}

impl ReplyBody {
    /// Its media type; none where there is no body.
    pub fn media_type(&self) -> Option<&'static str> {
        match self {
            // What is awaited has become an answer before this.
            ReplyBody::None | ReplyBody::Later(_) => None,
            ReplyBody::Json(_) => Some(JSON),
            ReplyBody::Text(_) => Some("text/plain"),
            ReplyBody::Xml(_) => Some("application/xml"),
        }
    }
}

impl GraphReply {
    /// 200 with an object or a collection.
    pub fn ok(body: &impl Serialize) -> GraphReply {
        GraphReply::json(StatusCode::OK, body)
    }

    /// 201 with the new object.
    pub fn created(body: &impl Serialize, location: String) -> GraphReply {
        GraphReply { location: Some(location), ..GraphReply::json(StatusCode::CREATED, body) }
    }

    /// 204.
    pub fn done() -> GraphReply {
        let (status, body) = (StatusCode::NO_CONTENT, ReplyBody::None);
        GraphReply { status, body, location: None, headers: Vec::new() }
    }

    /// 200 with a number as text.
    pub fn number(number: usize) -> GraphReply {
        let body = ReplyBody::Text(number.to_string());
        GraphReply { status: StatusCode::OK, body, location: None, headers: Vec::new() }
    }

    /// 200 with a document of XML.
    pub fn xml(document: String) -> GraphReply {
        let body = ReplyBody::Xml(document);
        GraphReply { status: StatusCode::OK, body, location: None, headers: Vec::new() }
    }

    /// An answer that is given when something has a result.
    pub fn later(what: Waiting) -> GraphReply {
        let body = ReplyBody::Later(what);
        GraphReply { status: StatusCode::ACCEPTED, body, location: None, headers: Vec::new() }
    }

    fn json(status: StatusCode, body: &impl Serialize) -> GraphReply {
        let body = ReplyBody::Json(serde_json::to_vec(body).unwrap_or_default());
        GraphReply { status, body, location: None, headers: Vec::new() }
    }
}

/// The ids and the instant that every answer carries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// The id of the request, drawn from the seed.
    pub request: String,
    /// The client's own id, else the same.
    pub client_request: String,
    /// The instant without a zone.
    pub date: String,
}

/// The response of an answer or a refusal.
pub fn respond(outcome: Result<GraphReply, GraphError>, stamp: &Stamp) -> Response<Bytes> {
    let mut response = match outcome {
        Ok(reply) => answered(reply),
        Err(error) => refused(&error, stamp),
    };
    put(&mut response, "request-id", &stamp.request);
    put(&mut response, "client-request-id", &stamp.client_request);
    put(&mut response, "odata-version", "4.0");
    response
}

fn answered(reply: GraphReply) -> Response<Bytes> {
    let kind = reply.body.media_type();
    let body = match reply.body {
        ReplyBody::None | ReplyBody::Later(_) => Bytes::new(),
        ReplyBody::Json(body) => Bytes::from(body),
        ReplyBody::Text(text) | ReplyBody::Xml(text) => Bytes::from(text),
    };
    let mut response = Response::new(body);
    *response.status_mut() = reply.status;
    if let Some(kind) = kind {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Some(location) = reply.location {
        put(&mut response, LOCATION.as_str(), &location);
    }
    put(&mut response, "x-ms-resource-unit", "1");
    for (name, value) in reply.headers {
        put(&mut response, name, &value);
    }
    response
}

fn refused(error: &GraphError, stamp: &Stamp) -> Response<Bytes> {
    let body = error.envelope(&stamp.date, &stamp.request, &stamp.client_request);
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = error.status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    if error.challenge {
        put(&mut response, WWW_AUTHENTICATE.as_str(), "Bearer realm=\"\"");
    }
    if let Some(wait) = error.retry_after {
        put(&mut response, RETRY_AFTER.as_str(), &wait.as_secs().max(1).to_string());
    }
    if let Some(methods) = error.allow.header() {
        put(&mut response, ALLOW.as_str(), &methods);
    }
    if let Some(location) = &error.location {
        put(&mut response, LOCATION.as_str(), location);
    }
    response
}

/// Adds a header; a value that no header can carry is left out.
fn put(response: &mut Response<Bytes>, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
        response.headers_mut().insert(name, value);
    }
}
