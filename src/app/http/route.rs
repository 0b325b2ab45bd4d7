//! Which door a request knocks at, by its path.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri};
use hyper::body::{Body as _, Incoming};

use super::body::{self, Body, Unread};
use super::connection::{HangUp, Peer};
use super::meter::Meter;
use super::{Server, control, page};
use crate::app::live::wire::strip;
use crate::scim;
use crate::world::{Door, Sending, Sent};

/// How long an outside client is left waiting at most for a slow answer or a stall, in real time.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// Answers a request. What is rare is boxed: whatever this future may hold is copied with every request.
///
/// # Errors
/// The connection is to be closed without an answer.
pub async fn answer(
    server: &Server,
    peer: Peer,
    mut request: Request<Incoming>,
    meter: &Meter,
) -> Result<Response<Body>, HangUp> {
    let Some(door) = door(server, peer, request.uri().path()) else {
        return Box::pin(indoors(server, request, meter)).await;
    };
    let bytes = if request.body().is_end_stream() {
        Bytes::new()
    } else {
        meter.body();
        let limit = server.desk.look(|play| play.world().golinks().settings().body_limit).ok_or(HangUp)?;
        match body::read(request.body_mut(), limit).await {
            Ok(bytes) => bytes,
            Err(Unread::TooLarge) => return Ok(too_large(limit)),
            Err(Unread::Broken) => return Err(HangUp),
        }
    };
    meter.ours();
    let mut request = request.map(|_| bytes);
    let sending = match peer {
        Peer::Outside => {
            if request.uri().scheme().is_some() {
                let target = request.uri().path_and_query();
                *request.uri_mut() = target.map_or_else(Uri::default, |target| target.clone().into());
            }
            server.desk.knock(door, &mut request).ok_or(HangUp)?
        }
        Peer::Own(address) => {
            strip(request.headers_mut());
            let call = server.callers.call_of(address).ok_or(HangUp)?;
            Box::pin(server.owner.request(call, request)).await.ok_or(HangUp)?
        }
    };
    match sending {
        Sending { wait: Duration::ZERO, sent: Sent::Response(response) } => Ok(response.map(Body::Whole)),
        sending => Box::pin(send_later(sending)).await,
    }
}

/// The door of the world a path leads to; `None` for what is ours.
fn door(server: &Server, peer: Peer, path: &str) -> Option<Door> {
    if let Peer::Own(_) = peer {
        return Some(Door::Scim);
    }
    match path.as_bytes().split(|byte| *byte == b'/').nth(1).unwrap_or_default() {
        b"scim" => Some(Door::Scim),
        // GoLinks may have been moved, even below a path of ours.
        _ if server.desk.look(|play| play.world().golinks().is_at(path)) == Some(true) => Some(Door::Scim),
        b"v1.0" | b"beta" => Some(Door::Graph),
        _ => None,
    }
}

/// Answers what is no business of the world's.
async fn indoors(server: &Server, request: Request<Incoming>, meter: &Meter) -> Result<Response<Body>, HangUp> {
    match request.uri().path().split('/').nth(1).unwrap_or_default() {
        "api" => control::answer(server, request, meter).await,
        "healthz" => Ok(text(StatusCode::OK, "ready\n")),
        _ => Ok(page::answer(server, &request)),
    }
}

/// Sends what takes its time, or what is no response.
async fn send_later(sending: Sending) -> Result<Response<Body>, HangUp> {
    if !sending.wait.is_zero() {
        tokio::time::sleep(sending.wait.min(WAIT_MAX)).await;
    }
    match sending.sent {
        Sent::Response(response) => Ok(response.map(Body::Whole)),
        Sent::Reset => Err(HangUp),
        Sent::Never => {
            tokio::time::sleep(WAIT_MAX).await;
            Err(HangUp)
        }
    }
}

fn too_large(limit: usize) -> Response<Body> {
    let detail = format!("The body is larger than the {limit} bytes this server takes.");
    let mut response = scim::Error::new(413, detail).response().map(Body::Whole);
    // What is left of the body is not read, so the connection cannot be used again.
    response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A short answer in plain text.
pub fn text(status: StatusCode, text: &str) -> Response<Body> {
    whole(status, "text/plain; charset=utf-8", Bytes::copy_from_slice(text.as_bytes()))
}

/// An answer that is there whole and must not be kept by a cache.
pub fn whole(status: StatusCode, kind: &'static str, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::Whole(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Refuses a method, and names those that are allowed.
pub fn wrong_method(allowed: &'static str) -> Response<Body> {
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, &format!("use {allowed} here\n"));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// Whether a request only reads.
pub fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}
