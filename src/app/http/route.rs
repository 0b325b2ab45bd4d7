//! Routes each request by its path: to a door of the world, the control API, health or the page.

use std::future::ready;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Response, StatusCode, Uri, Version};
use hyper::body::{Body as _, Incoming};

use super::body::{self, Body, Unread};
use super::connection::{CloseConnection, Peer};
use super::refusals::{Refused, Surface, head_of};
use super::{Server, control, page, sign_on, tokens};
use crate::app::live::ExternalReply;
use crate::app::live::wire::strip;
use crate::entra::authority;
use crate::golinks::GoLinks;
use crate::world::{DelayedReply, Door, PageBase, WireReply};

/// The longest time a slow reply or a stall keeps an external client waiting, in real time.
const WAIT_MAX: Duration = Duration::from_secs(300);

/// The largest body of a request to Graph: a schema with all its attributes is far smaller.
const GRAPH_BODY_MAX: usize = 4 << 20;

/// The longest path with its query, and the largest header fields together, in bytes. hyper takes
/// about twice as much, and refuses what is above that without a body.
const TARGET_MAX: usize = 32 << 10;
const FIELDS_MAX: usize = 64 << 10;

/// The largest form of a page of GoLinks: a Response with its claims is far smaller.
const FORM_MAX: usize = 256 << 10;

/// Routes a request and returns its response.
///
/// The future is moved with every request, so it is kept small: it reads the body in place, and
/// boxes the futures of the less frequent cases.
///
/// # Errors
/// When the connection is to be closed without a response.
pub fn answer(
    server: Rc<Server>,
    peer: Peer,
    mut request: Request<Incoming>,
) -> impl Future<Output = Result<Response<Body>, CloseConnection>> {
    let door = door(&server, peer, request.uri().path());
    async move {
        if let Some(refused) = large_head(&request).or_else(|| bad_host(&request)) {
            let surface = Surface::of(door, &request);
            return Ok(refused.response(&server, surface, &head_of(&request)));
        }
        match door {
            None => Box::pin(local_routes(&server, request)).await,
            Some(Door::Pages) => Box::pin(golinks_page(&server, peer, request)).await,
            Some(door) if door == Door::Graph && peer == Peer::Outside => {
                match Box::pin(tokens::admit(&server, &mut request)).await {
                    Some(refused) => Ok(refused),
                    None => Box::pin(through(&server, peer, door, request)).await,
                }
            }
            Some(door) => match whole_body(&server, door, &mut request).await {
                Ok(bytes) => match answer_external(&server, peer, door, request.map(|_| bytes)) {
                    Ok(response) => Ok(response),
                    Err(later) => later.await,
                },
                Err(Some(refused)) => Ok(*refused),
                Err(None) => Err(CloseConnection),
            },
        }
    }
}

/// Shows a page of GoLinks, or hands one of its forms to the world. No other site may do either.
async fn golinks_page(
    server: &Server,
    peer: Peer,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, CloseConnection> {
    if let Some(refused) =
        tokens::foreign_host(server, request.method(), request.uri(), request.headers())
    {
        // No page of GoLinks is shown by a name that is not this server's.
        return Ok(match GoLinks::is_rest(&request) {
            true => refused.response(server, Surface::OAuth, &head_of(&request)),
            false => refused.response(server, Surface::Plain, &head_of(&request)),
        });
    }
    let base = tokens::address(request.uri(), request.headers(), request.extensions());
    request.extensions_mut().insert(PageBase(base));
    if !GoLinks::only_reads(&request) {
        return through(server, peer, Door::Pages, request).await;
    }
    let request = request.map(|_| Bytes::new());
    let page = server.owner.read(|play| play.world().golinks_page(&request));
    page.map(|response| response.map(Body::Whole)).ok_or(CloseConnection)
}

/// Hands a request of the tenant's clients to the world, once its body is whole.
async fn through(
    server: &Server,
    peer: Peer,
    door: Door,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, CloseConnection> {
    match whole_body(server, door, &mut request).await {
        Ok(bytes) => match answer_external(server, peer, door, request.map(|_| bytes)) {
            Ok(response) => Ok(response),
            Err(later) => later.await,
        },
        Err(Some(refused)) => Ok(*refused),
        Err(None) => Err(CloseConnection),
    }
}

/// Returns the refusal of a request whose head is larger than this server takes.
fn large_head(request: &Request<Incoming>) -> Option<Refused> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > TARGET_MAX {
        return Some(Refused::long_target(TARGET_MAX));
    }
    let fields = request.headers().iter();
    let size: usize = fields.map(|(name, value)| name.as_str().len() + value.len()).sum();
    (size > FIELDS_MAX).then(|| Refused::large_fields(FIELDS_MAX))
}

/// Returns the refusal of a request that does not name exactly one host (RFC 9112 section 3.2). A
/// request of HTTP/1.0 may name none.
fn bad_host(request: &Request<Incoming>) -> Option<Refused> {
    let mut hosts = request.headers().get_all(HOST).into_iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), None) => None,
        (None, _) if request.version() < Version::HTTP_11 => None,
        (None, _) => Some(Refused::bad_host("a request names its host: Host: …")),
        (Some(_), Some(_)) => Some(Refused::bad_host("a request names one host, not several")),
    }
}

/// Reads a request's body; returns at once when there is none. The error is the refusal to send,
/// or `None` when the connection is to be closed without a response.
async fn whole_body(
    server: &Server,
    door: Door,
    request: &mut Request<Incoming>,
) -> Result<Bytes, Option<Box<Response<Body>>>> {
    if request.body().is_end_stream() {
        return Ok(Bytes::new());
    }
    let path = request.uri().path();
    let limit = match door {
        Door::Graph => GRAPH_BODY_MAX,
        Door::Pages => FORM_MAX,
        Door::Scim | Door::Token => {
            server.owner.read(|play| play.world().target_at(path).body_limit()).ok_or(None)?
        }
    };
    let read =
        body::read(request.body_mut(), limit, server.limits.patience, &server.unfinished).await;
    read.map_err(|unread| {
        let surface = Surface::of(Some(door), request);
        let refused = match unread {
            Unread::TooLarge => Refused::too_large(match surface {
                Surface::Page | Surface::OAuth => {
                    format!("the form is larger than the {limit} bytes it may have")
                }
                Surface::Graph => {
                    format!("the body is larger than the {limit} bytes this service takes")
                }
                Surface::Scim | Surface::Plain => {
                    format!("the body is larger than the {limit} bytes this server takes")
                }
            }),
            Unread::NoRoom => Refused::no_room(),
            Unread::Malformed => Refused::malformed_body(),
            Unread::TimedOut => return None,
        };
        Some(Box::new(refused.response(server, surface, &head_of(request))))
    })
}

/// A response that has to be waited for.
type Later<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, CloseConnection>> + 'a>>;

/// Hands a request to a door of the world. Returns `Ok` with a response that is ready at once, as
/// for most requests of external clients, or `Err` with one that has to be waited for.
fn answer_external<'a>(
    server: &'a Server,
    peer: Peer,
    door: Door,
    mut request: Request<Bytes>,
) -> Result<Response<Body>, Later<'a>> {
    if let Peer::Engine(address) = peer {
        return Err(Box::pin(answer_engine(server, address, request)));
    }
    if request.uri().scheme().is_some() {
        let target = request.uri().path_and_query();
        *request.uri_mut() = target.map_or_else(Uri::default, |target| target.clone().into());
    }
    match server.owner.handle_external(door, &mut request) {
        Some(ExternalReply::Now(DelayedReply {
            wait: Duration::ZERO,
            reply: WireReply::Response(response),
        })) => Ok(response.map(Body::Whole)),
        Some(ExternalReply::Now(sending)) => Err(Box::pin(send_later(sending))),
        Some(ExternalReply::Later(reply)) => Err(Box::pin(async {
            // A run that begins anew drops what it was asked.
            send_later(reply.await.map_err(|_| CloseConnection)?).await
        })),
        None => Err(Box::pin(ready(Err(CloseConnection)))),
    }
}

/// Sends a request of the engine to the owner and waits for the response, which the world may
/// delay.
async fn answer_engine(
    server: &Server,
    address: SocketAddr,
    mut request: Request<Bytes>,
) -> Result<Response<Body>, CloseConnection> {
    strip(request.headers_mut());
    let call = server.callers.call_of(address).ok_or(CloseConnection)?;
    send_later(server.handle.request(call, request).await.ok_or(CloseConnection)?).await
}

/// Returns the door of the world that a path leads to; `None` for this server's own paths.
fn door(server: &Server, peer: Peer, path: &str) -> Option<Door> {
    if let Peer::Engine(_) = peer {
        return Some(Door::Scim);
    }
    match path.as_bytes().split(|byte| *byte == b'/').nth(1).unwrap_or_default() {
        b"scim" => Some(Door::Scim),
        _ if GoLinks::is_page(path) => Some(Door::Pages),
        // The base path of GoLinks can be changed, even to one below this server's own paths.
        _ if server.owner.read(|play| play.world().leads_to_golinks(path)) == Some(true) => {
            Some(Door::Scim)
        }
        b"v1.0" | b"beta" => Some(Door::Graph),
        _ => None,
    }
}

/// Serves the server's own routes: the control API, health and the page.
async fn local_routes(
    server: &Server,
    request: Request<Incoming>,
) -> Result<Response<Body>, CloseConnection> {
    if authority::leads_here(request.uri().path()) {
        return tokens::answer(server, request).await;
    }
    if sign_on::leads_here(request.uri().path()) {
        return sign_on::answer(server, request).await;
    }
    match request.uri().path().split('/').nth(1).unwrap_or_default() {
        "api" => control::answer(server, request).await,
        "healthz" => Ok(text(StatusCode::OK, "ready\n")),
        _ => Ok(page::answer(server, &request)),
    }
}

/// Sends a reply after its delay. The reply may also be a reset of the connection, or a stall that
/// ends without a response.
async fn send_later(sending: DelayedReply) -> Result<Response<Body>, CloseConnection> {
    if !sending.wait.is_zero() {
        tokio::time::sleep(sending.wait.min(WAIT_MAX)).await;
    }
    match sending.reply {
        WireReply::Response(response) => Ok(response.map(Body::Whole)),
        WireReply::Reset => Err(CloseConnection),
        WireReply::Never => {
            tokio::time::sleep(WAIT_MAX).await;
            Err(CloseConnection)
        }
    }
}

/// The rest of a body is not read, so the connection cannot be used again.
pub fn closing<T>(mut response: Response<T>) -> Response<T> {
    response.headers_mut().insert(http::header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Returns a short response in plain text.
pub fn text(status: StatusCode, text: &str) -> Response<Body> {
    whole(status, "text/plain; charset=utf-8", Bytes::copy_from_slice(text.as_bytes()))
}

/// Returns a response with a whole body, which no cache may store.
pub fn whole(status: StatusCode, kind: &'static str, bytes: Bytes) -> Response<Body> {
    let mut response = Response::new(Body::Whole(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Refuses a request's method and names the methods that are allowed.
pub fn wrong_method(allowed: &'static str) -> Response<Body> {
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, &format!("use {allowed} here\n"));
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// Whether a method only reads.
pub fn reads(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}
