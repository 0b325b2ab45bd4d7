//! `$batch`: several requests in one, each answered as if it had come by itself.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::{Map, Value, json};

use super::endpoint::{Area, Call, GraphEndpoint, GraphOutcome};
use super::error::GraphError;
use super::front::carry_out;
use super::options::Options;
use super::path::GraphPath;
use super::property::{Property, ShownObject};
use super::reply::{GraphReply, ReplyBody};
use super::request::GraphRequest;
use crate::base::seed::show_guid;

/// The endpoint.
pub const ENDPOINTS: &[GraphEndpoint] = &[GraphEndpoint {
    method: "POST",
    path: "/$batch",
    area: Area::Open,
    lacks: "what has to ask the application first, a test or a run on demand, is refused within a batch",
    handle: batch,
}];

/// How many requests a batch takes [g:json-batching].
const REQUESTS_MAX: usize = 20;

/// One request of a batch.
struct Part {
    id: String,
    after: Vec<String>,
    request: Result<GraphRequest, GraphError>,
}

fn batch(call: &mut Call<'_>) -> GraphOutcome {
    let body = call.request.object()?;
    let parts = parts(call.request, &body)?;
    let mut done: BTreeMap<String, bool> = BTreeMap::new();
    let mut responses = Vec::new();
    for part in ordered(parts)? {
        let waits = part.after.iter().any(|id| !done.get(id).copied().unwrap_or(false));
        let outcome = match part.request {
            _ if waits => Err(GraphError::new(
                http::StatusCode::FAILED_DEPENDENCY,
                "FailedDependency",
                "A request on which this one depends has failed.",
            )),
            Err(error) => Err(error),
            Ok(request) => carry_out(&request, call.caller, call.backend),
        };
        let parts = &mut call.backend.entra_mut().surface_mut().batch_parts;
        *parts += 1;
        let number = *parts;
        let request = show_guid(call.backend.seed().guid("graph batch part", "", number));
        let response = response(&part.id, outcome, &call.now().rfc3339(), &request);
        done.insert(part.id, response["status"].as_u64().is_some_and(|status| status < 400));
        responses.push(response);
    }
    let shown = ShownObject::default().and("responses", Property::json(responses.into()));
    Ok(GraphReply::ok(&shown))
}

fn invalid(why: &str) -> GraphError {
    GraphError::malformed(format!("Invalid batch payload format: {why}"))
}

/// The requests in an order in which each comes after those on which it depends.
fn ordered(mut parts: Vec<Part>) -> Result<Vec<Part>, GraphError> {
    let ids: Vec<String> = parts.iter().map(|part| part.id.clone()).collect();
    let needed = parts.iter().flat_map(|part| &part.after);
    if let Some(unknown) = needed.into_iter().find(|id| !ids.contains(id)) {
        return Err(invalid(&format!("'dependsOn' names '{unknown}', which is no request of it.")));
    }
    let mut ordered: Vec<Part> = Vec::with_capacity(parts.len());
    while !parts.is_empty() {
        let done = |id: &String| ordered.iter().any(|earlier| earlier.id == *id);
        let Some(next) = parts.iter().position(|part| part.after.iter().all(done)) else {
            return Err(invalid("requests depend on each other in a circle."));
        };
        ordered.push(parts.remove(next));
    }
    Ok(ordered)
}

/// The ids on which a request depends.
fn dependencies(one: &Value) -> Result<Vec<String>, GraphError> {
    // One client writes the name in another way than the others.
    let written = one.get("dependsOn").or(one.get("depends_on"));
    let Some(written) = written.filter(|written| !written.is_null()) else {
        return Ok(Vec::new());
    };
    let ids = written.as_array().map(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)));
    let ids = ids.and_then(|ids| ids.collect::<Option<Vec<String>>>());
    ids.ok_or_else(|| invalid("'dependsOn' is a list of ids."))
}

/// The requests of a batch.
fn parts(request: &GraphRequest, body: &Map<String, Value>) -> Result<Vec<Part>, GraphError> {
    let all = body.get("requests").and_then(Value::as_array);
    let all = all.ok_or_else(|| invalid("'requests' is missing."))?;
    if all.len() > REQUESTS_MAX {
        return Err(invalid(&format!("a batch has at most {REQUESTS_MAX} requests.")));
    }
    let mut parts: Vec<Part> = Vec::new();
    for one in all {
        let text = |name: &str| one.get(name).and_then(Value::as_str);
        let (Some(id), Some(method), Some(url)) = (text("id"), text("method"), text("url")) else {
            return Err(invalid("a request needs 'id', 'method' and 'url'."));
        };
        if parts.iter().any(|other| other.id == id) {
            return Err(invalid(&format!("the id '{id}' occurs twice.")));
        }
        let after = dependencies(one)?;
        let request = part(request, method, url, one);
        parts.push(Part { id: id.to_owned(), after, request });
    }
    Ok(parts)
}

/// One request: its address is relative, or has version or even host, as clients send them.
fn part(
    outer: &GraphRequest,
    method: &str,
    url: &str,
    one: &Value,
) -> Result<GraphRequest, GraphError> {
    let below = url
        .split_once("://")
        .map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, below)| below));
    let below = below.trim_start_matches('/');
    let versioned = |version: &str| {
        let rest = below.strip_prefix(version)?;
        (rest.is_empty() || rest.starts_with(['/', '?'])).then_some(rest)
    };
    let below = versioned("v1.0").or_else(|| versioned("beta")).unwrap_or(below);
    let (path, query) = below.split_once('?').unwrap_or((below, ""));
    let path = GraphPath::parse(path);
    if matches!(path.lower(), [only] if only == "$batch") {
        return Err(invalid("a batch within a batch is not supported."));
    }
    let mut headers = HeaderMap::new();
    for (name, value) in one.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::try_from(name.as_str());
        let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.insert(name, value);
        }
    }
    let body = one.get("body").filter(|body| !body.is_null());
    Ok(GraphRequest {
        method: Method::from_bytes(method.as_bytes())
            .map_err(|_| GraphError::malformed("Invalid batch payload format: unknown method."))?,
        base: outer.base.clone(),
        beta: outer.beta,
        path,
        options: Options::parse(query)?,
        headers,
        body: body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string())),
    })
}

/// What one request is answered; `request` is the GUID by which the service knows it.
fn response(id: &str, outcome: GraphOutcome, date: &str, request: &str) -> Value {
    let json_head = json!({ "Content-Type": "application/json" });
    match outcome {
        Ok(GraphReply { body: ReplyBody::Later(_), .. }) => {
            let error = GraphError::bad_request("This request cannot be part of a batch.");
            response(id, Err(error), date, request)
        }
        Ok(reply) => {
            let mut headers = json!({});
            if let (Some(location), Value::Object(headers)) = (reply.location, &mut headers) {
                headers.insert("Location".to_owned(), location.into());
            }
            let mut shown =
                json!({ "id": id, "status": reply.status.as_u16(), "headers": headers });
            let media = reply.body.media_type();
            let body = match reply.body {
                ReplyBody::Json(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
                ReplyBody::Text(text) | ReplyBody::Xml(text) => Value::String(text),
                ReplyBody::None | ReplyBody::Later(_) => return shown,
            };
            if let Value::Object(members) = &mut shown {
                // JSON comes without the parameters that it has outside [g:json-batching].
                let media = media.unwrap_or_default().split(';').next();
                members["headers"]["Content-Type"] = media.into();
                members.insert("body".to_owned(), body);
            }
            shown
        }
        Err(error) => {
            let envelope = error.envelope(date.trim_end_matches('Z'), request, request);
            let body: Value = serde_json::from_slice(&envelope).unwrap_or_default();
            let mut headers = json_head;
            if let (Some(wait), Value::Object(headers)) = (error.retry_after, &mut headers) {
                headers.insert("Retry-After".to_owned(), wait.as_secs().max(1).to_string().into());
            }
            json!({ "id": id, "status": error.status.as_u16(), "headers": headers, "body": body })
        }
    }
}
