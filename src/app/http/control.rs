//! The control API under `/api/v1`, which the page's buttons and `scimulator ctl` use.
//!
//! [`routes`] has its table. All responses but the stream of events are JSON, and a request that is
//! refused gets `{"error": {"message", "help"}}`.

use bytes::Bytes;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde::Serialize;

use super::Server;
use super::answers::{ClockAnswer, Nothing, RefusalAnswer, ViewBody};
use super::body::{self, Body, Unread};
use super::commands;
use super::connection::CloseConnection;
use super::openapi;
use super::readings::Parameters;
use super::report;
use super::route::{reads, whole};
use super::routes::{self, BASE, Handler, ROUTES, Route};
use crate::app::dashboard::Query;
use crate::app::live::frames::VIEWERS_MAX;
use crate::app::live::message::{CommandRefusal, Jump};
use crate::base::diagnostic::did_you_mean_of;

/// The largest body the control API takes, in bytes.
const BODY_MAX: usize = 64 << 10;

const JSON: &str = "application/json";

/// Carries out a request to the control API and returns the response.
///
/// # Errors
/// When the connection is to be closed without a response.
pub async fn answer(
    server: &Server,
    request: Request<Incoming>,
) -> Result<Response<Body>, CloseConnection> {
    if let Err(why) = server.guard.check(request.method(), request.uri(), request.headers()) {
        return Ok(refused(StatusCode::FORBIDDEN, refusal(why, "")));
    }
    let route = match find(request.uri().path()) {
        Ok(route) => route,
        Err(why) => return Ok(refused(StatusCode::NOT_FOUND, why)),
    };
    if route.reads() != reads(request.method()) || (!route.reads() && request.method() != "POST") {
        return Ok(wrong_method(route));
    }
    let (parts, mut incoming) = request.into_parts();
    let asked = parts.uri.query().unwrap_or_default();
    match route.handler {
        Handler::State => {
            let query = Query::parse(asked);
            if let Some(why) = wrong_instant(&query) {
                return Ok(refused(StatusCode::BAD_REQUEST, why));
            }
            let state = server.handle.state(query).await;
            Ok(match state.ok_or(CloseConnection)? {
                Ok(json) => whole(StatusCode::OK, JSON, json),
                Err(why) => refused(StatusCode::CONFLICT, why),
            })
        }
        Handler::Events => {
            events(server, Query::parse(asked), parts.headers.get("last-event-id")).await
        }
        Handler::OpenApi => Ok(object(StatusCode::OK, &openapi::document())),
        Handler::Report => report::answer(server).await,
        Handler::Reading(read) => {
            let parameters = Parameters::of(route, asked);
            let read = server.owner.read_masked(|play| read(play, &parameters?));
            Ok(match read.ok_or(CloseConnection)? {
                Ok(value) => object(StatusCode::OK, &value),
                Err(why) => refused(StatusCode::BAD_REQUEST, why),
            })
        }
        Handler::View => match whole_body(server, &mut incoming).await? {
            Ok(text) => view(server, &text).await,
            Err(refused) => Ok(*refused),
        },
        Handler::Command(read) => match whole_body(server, &mut incoming).await? {
            Err(refused) => Ok(*refused),
            Ok(text) => match read(&text, is_json(parts.headers.get(CONTENT_TYPE))) {
                Err(why) => Ok(refused(StatusCode::BAD_REQUEST, why)),
                Ok(command) => {
                    let outcome = server.handle.command(command).await.ok_or(CloseConnection)?;
                    Ok(match outcome {
                        Ok(standing) => object(StatusCode::OK, &ClockAnswer::from(standing)),
                        Err(why) => refused(StatusCode::CONFLICT, why),
                    })
                }
            },
        },
    }
}

/// The route to which a path leads.
fn find(path: &str) -> Result<&'static Route, CommandRefusal> {
    let below = path.strip_prefix(BASE).filter(|rest| rest.starts_with('/') || rest.is_empty());
    let Some(below) = below else {
        let message = "the control API has no such version";
        return Err(refusal(message, format!("its paths begin with {BASE}/")));
    };
    let word = below.trim_matches('/');
    if word.is_empty() {
        let help = format!("`scimulator openapi` and GET {BASE}/openapi.json list what does");
        return Err(refusal(format!("nothing answers at {BASE} itself"), help));
    }
    routes::find(word).ok_or_else(|| {
        let help = did_you_mean_of(word, ROUTES.iter().map(|route| route.word), "openapi");
        refusal(format!("the control API has no `{word}`"), help)
    })
}

/// Reads the body of a request. The inner error is the refusal to send.
async fn whole_body(
    server: &Server,
    incoming: &mut Incoming,
) -> Result<Result<Bytes, Box<Response<Body>>>, CloseConnection> {
    let patience = server.limits.patience;
    let unread = match body::read(incoming, BODY_MAX, patience, &server.unfinished).await {
        Ok(text) => return Ok(Ok(text)),
        Err(unread) => unread,
    };
    let refused = match unread {
        Unread::TimedOut => return Err(CloseConnection),
        Unread::TooLarge => {
            refused(StatusCode::PAYLOAD_TOO_LARGE, refusal("the body is too large", ""))
        }
        Unread::Malformed => refused(
            StatusCode::BAD_REQUEST,
            refusal("the body of the request is not whole, or its chunks are wrong", ""),
        ),
        Unread::NoRoom => {
            let why = refusal("too many bodies of requests are under way", "try again");
            let mut response = refused(StatusCode::SERVICE_UNAVAILABLE, why);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }
    };
    Ok(Err(Box::new(refused)))
}

/// The response header that tells a page its number, which `view` needs.
pub const VIEWER_HEADER: &str = "scimulator-viewer";
static VIEWER: HeaderName = HeaderName::from_static(VIEWER_HEADER);

async fn events(
    server: &Server,
    query: Query,
    last_id: Option<&HeaderValue>,
) -> Result<Response<Body>, CloseConnection> {
    let last_id = last_id.and_then(|id| id.to_str().ok()).map(str::to_owned);
    let Some(watched) = server.handle.watch(query, last_id).await.ok_or(CloseConnection)? else {
        let message = format!("{VIEWERS_MAX} pages watch this run already");
        let why = refusal(message, "close one of them");
        return Ok(refused(StatusCode::SERVICE_UNAVAILABLE, why));
    };
    let mut response = whole(StatusCode::OK, "text/event-stream", Bytes::new());
    response.headers_mut().insert(&VIEWER, HeaderValue::from(watched.number));
    *response.body_mut() = Body::Stream(watched.frames);
    Ok(response)
}

/// Why an instant that a query asks for cannot be read, if one cannot.
fn wrong_instant(query: &Query) -> Option<CommandRefusal> {
    let asked = [query.at.as_str(), query.compared_with().unwrap_or_default()];
    asked.into_iter().filter(|at| !at.is_empty()).find_map(|at| Jump::read(at).err())
}

/// Changes what a connected page sees, so that a search needs no new connection.
async fn view(server: &Server, text: &[u8]) -> Result<Response<Body>, CloseConnection> {
    let body: ViewBody = match commands::from_json(text, r#"{"viewer": 1, "search": "ann"}"#) {
        Ok(body) => body,
        Err(why) => return Ok(refused(StatusCode::BAD_REQUEST, why)),
    };
    let found =
        server.handle.ask_for(body.viewer, body.asked.into()).await.ok_or(CloseConnection)?;
    Ok(match found {
        true => object(StatusCode::OK, &Nothing {}),
        false => {
            let message = format!("no page listens under the number {}", body.viewer);
            refused(StatusCode::NOT_FOUND, refusal(message, format!("listen to {BASE}/events")))
        }
    })
}

fn is_json(kind: Option<&HeaderValue>) -> bool {
    kind.and_then(|kind| kind.to_str().ok()).is_some_and(|kind| kind.starts_with(JSON))
}

fn wrong_method(route: &Route) -> Response<Body> {
    let allowed = if route.reads() { "GET, HEAD" } else { "POST" };
    let why = refusal(format!("use {allowed} here"), "");
    let mut response = refused(StatusCode::METHOD_NOT_ALLOWED, why);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    response
}

/// A refusal in words.
pub fn refusal(message: impl Into<String>, help: impl Into<String>) -> CommandRefusal {
    CommandRefusal { message: message.into(), help: help.into() }
}

/// The response to a request that is refused.
pub fn refused(status: StatusCode, why: CommandRefusal) -> Response<Body> {
    object(status, &RefusalAnswer::from(why))
}

fn object(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    let mut text = serde_json::to_vec(value)
        .expect("an answer holds only strings, numbers and lists, which are always JSON");
    text.push(b'\n');
    whole(status, JSON, Bytes::from(text))
}
