//! Which door a request knocks at, by its path.

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
use crate::world::{Door, Sent};

/// How long an outside client is left waiting at most for a slow answer or a stall, in real time.
const WAIT_MAX: std::time::Duration = std::time::Duration::from_secs(300);

/// Answers a request.
///
/// # Errors
/// The connection is to be closed without an answer.
pub async fn answer(
    server: &Server,
    peer: Peer,
    request: Request<Incoming>,
    meter: &Meter,
) -> Result<Response<Body>, HangUp> {
    if let Peer::Own(_) = peer {
        return knock(server, peer, Door::Scim, request, meter).await;
    }
    match request.uri().path().as_bytes().split(|byte| *byte == b'/').nth(1).unwrap_or_default() {
        b"scim" => knock(server, peer, Door::Scim, request, meter).await,
        // GoLinks may have been moved, even below a path of ours.
        _ if server.desk.look(|play| play.world().golinks().is_at(request.uri().path())) == Some(true) => {
            knock(server, peer, Door::Scim, request, meter).await
        }
        b"v1.0" | b"beta" => knock(server, peer, Door::Graph, request, meter).await,
        // Boxed, as all that is rare: what a request carries about is copied with it.
        b"api" => Box::pin(control::answer(server, request, meter)).await,
        b"healthz" => Ok(text(StatusCode::OK, "ready\n")),
        _ => Ok(page::answer(server, &request)),
    }
}

/// Carries a request to a door of the world and its answer back.
async fn knock(
    server: &Server,
    peer: Peer,
    door: Door,
    request: Request<Incoming>,
    meter: &Meter,
) -> Result<Response<Body>, HangUp> {
    let (mut parts, incoming) = request.into_parts();
    let bytes = if incoming.is_end_stream() {
        Bytes::new()
    } else {
        meter.body();
        let limit = server.desk.look(|play| play.world().golinks().settings().body_limit).ok_or(HangUp)?;
        match body::read(incoming, limit).await {
            Ok(bytes) => bytes,
            Err(Unread::TooLarge) => return Ok(too_large(limit)),
            Err(Unread::Broken) => return Err(HangUp),
        }
    };
    meter.ours();
    let sending = match peer {
        Peer::Outside => {
            if parts.uri.scheme().is_some() {
                parts.uri = parts.uri.path_and_query().map_or_else(Uri::default, |target| target.clone().into());
            }
            server.desk.knock(door, Request::from_parts(parts, bytes)).ok_or(HangUp)?
        }
        Peer::Own(address) => {
            strip(&mut parts.headers);
            let call = server.callers.call_of(address).ok_or(HangUp)?;
            Box::pin(server.owner.request(call, Request::from_parts(parts, bytes))).await.ok_or(HangUp)?
        }
    };
    if !sending.wait.is_zero() {
        Box::pin(tokio::time::sleep(sending.wait.min(WAIT_MAX))).await;
    }
    match sending.sent {
        Sent::Response(response) => Ok(response.map(Body::Whole)),
        Sent::Reset => Err(HangUp),
        Sent::Never => {
            Box::pin(tokio::time::sleep(WAIT_MAX)).await;
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
