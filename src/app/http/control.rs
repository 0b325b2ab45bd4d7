//! The control API under `/api/v1`, which the page's buttons and `scimulator ctl` use.
//!
//! It has `GET /api/v1/state`, `GET /api/v1/events` (server-sent events), `GET /api/v1/{job, log, audit,
//! mails}`, `POST /api/v1/{pause, resume, speed, step, cycle, jump, action, rerun}`, and `POST
//! /api/v1/view` for what a page sees. Responses are JSON, and a refused command is `{"error":
//! {"message", "help"}}`. A wrong method, a malformed body and "no room" get plain text.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::json;

use super::Server;
use super::action;
use super::body::{self, Body, Unread};
use super::connection::CloseConnection;
use super::readings::{self, READINGS};
use super::route::{malformed_body, no_room, reads, whole, wrong_method};
use crate::app::dashboard::Query;
use crate::app::live::frames::VIEWERS_MAX;
use crate::app::live::message::{CommandOutcome, CommandRefusal, Jump};
use crate::app::live::{Command, Speed};
use crate::base::Time;
use crate::base::time::parse_duration;

/// The version of the control API; everything is below it.
pub const BASE: &str = "/api/v1";

/// The largest body the control API takes, in bytes.
const BODY_MAX: usize = 64 << 10;

/// Carries out a request to the control API and returns the response.
///
/// # Errors
/// When the connection is to be closed without a response.
pub async fn answer(
    server: &Server,
    request: Request<Incoming>,
) -> Result<Response<Body>, CloseConnection> {
    if let Err(why) = server.guard.check(request.method(), request.uri(), request.headers()) {
        return Ok(refused(StatusCode::FORBIDDEN, &refusal(why, "")));
    }
    let (parts, mut incoming) = request.into_parts();
    let Some(word) = parts.uri.path().strip_prefix(BASE).filter(|rest| rest.starts_with('/'))
    else {
        let help = format!("its paths begin with {BASE}/");
        return Ok(refused(StatusCode::NOT_FOUND, &refusal("there is no such version", help)));
    };
    let word = word.trim_matches('/').to_owned();
    let query = Query::parse(parts.uri.query().unwrap_or(""));
    match (word.as_str(), reads(&parts.method)) {
        ("state", true) => {
            let state = server.handle.state(query).await;
            state.map(|json| whole(StatusCode::OK, JSON, json)).ok_or(CloseConnection)
        }
        ("events", true) => events(server, query, parts.headers.get("last-event-id")).await,
        (word, true) if READINGS.contains(&word) => {
            let asked = parts.uri.query().unwrap_or_default();
            let read = server.owner.read(|play| readings::read(play, word, asked));
            Ok(match read.ok_or(CloseConnection)? {
                Ok(value) => object(StatusCode::OK, &value),
                Err(why) => refused(StatusCode::BAD_REQUEST, &why),
            })
        }
        (word, false) if READINGS.contains(&word) => Ok(wrong_method("GET, HEAD")),
        ("state" | "events", false) => Ok(wrong_method("GET, HEAD")),
        (word, _) if !COMMANDS.contains(&word) => Ok(unknown(word)),
        _ if parts.method != Method::POST => Ok(wrong_method("POST")),
        (word, _) => {
            let limits = &server.limits;
            let read =
                body::read(&mut incoming, BODY_MAX, limits.patience, &server.unfinished).await;
            let text = match read {
                Ok(text) => text,
                Err(Unread::TooLarge) => return Ok(too_large()),
                Err(Unread::NoRoom) => return Ok(no_room()),
                Err(Unread::Malformed) => return Ok(malformed_body()),
                Err(Unread::TimedOut) => return Err(CloseConnection),
            };
            match word {
                "view" => view(server, &text).await,
                _ => command(server, word, &text, is_json(parts.headers.get(CONTENT_TYPE))).await,
            }
        }
    }
}

fn too_large() -> Response<Body> {
    refused(StatusCode::PAYLOAD_TOO_LARGE, &refusal("the body is too large", ""))
}

const JSON: &str = "application/json";

/// The paths below [`BASE`] that change something; they take `POST` only.
const COMMANDS: [&str; 9] =
    ["pause", "resume", "speed", "step", "cycle", "jump", "action", "rerun", "view"];

/// The response header that tells a page its number, which `POST /api/v1/view` needs.
static VIEWER: HeaderName = HeaderName::from_static("scimulator-viewer");

async fn events(
    server: &Server,
    query: Query,
    last_id: Option<&HeaderValue>,
) -> Result<Response<Body>, CloseConnection> {
    let last_id = last_id.and_then(|id| id.to_str().ok()).map(str::to_owned);
    let Some(watched) = server.handle.watch(query, last_id).await.ok_or(CloseConnection)? else {
        let message = format!("{VIEWERS_MAX} pages watch this run already");
        return Ok(refused(
            StatusCode::SERVICE_UNAVAILABLE,
            &refusal(message, "close one of them"),
        ));
    };
    let mut response = whole(StatusCode::OK, "text/event-stream", Bytes::new());
    response.headers_mut().insert(&VIEWER, HeaderValue::from(watched.number));
    *response.body_mut() = Body::Stream(watched.frames);
    Ok(response)
}

/// Changes what a connected page sees, so that a search needs no new connection.
async fn view(server: &Server, text: &[u8]) -> Result<Response<Body>, CloseConnection> {
    #[derive(Deserialize)]
    struct ViewBody {
        viewer: u64,
        #[serde(default)]
        app: String,
        #[serde(default)]
        filter: String,
        #[serde(default)]
        search: String,
    }
    let body: ViewBody = match from_json(text, r#"{"viewer": 1, "search": "ann"}"#) {
        Ok(body) => body,
        Err(why) => return Ok(refused(StatusCode::BAD_REQUEST, &why)),
    };
    let query = Query::of(&body.app, &body.filter, &body.search);
    let found = server.handle.ask_for(body.viewer, query).await.ok_or(CloseConnection)?;
    Ok(match found {
        true => object(StatusCode::OK, &json!({})),
        false => {
            let message = format!("no page listens under the number {}", body.viewer);
            refused(StatusCode::NOT_FOUND, &refusal(message, "listen to /api/v1/events"))
        }
    })
}

async fn command(
    server: &Server,
    word: &str,
    text: &[u8],
    json: bool,
) -> Result<Response<Body>, CloseConnection> {
    let command = match read(word, text, json) {
        Ok(command) => command,
        Err(why) => return Ok(refused(StatusCode::BAD_REQUEST, &why)),
    };
    let outcome = server.handle.command(command).await.ok_or(CloseConnection)?;
    Ok(told(outcome))
}

fn read(word: &str, text: &[u8], json: bool) -> Result<Command, CommandRefusal> {
    #[derive(Deserialize)]
    struct SpeedBody {
        speed: String,
    }
    #[derive(Deserialize)]
    struct JumpBody {
        to: String,
    }
    match word {
        "pause" => Ok(Command::Pause),
        "resume" => Ok(Command::Resume),
        "step" => Ok(Command::Step),
        "cycle" => Ok(Command::Cycle),
        "rerun" => Ok(Command::Rerun),
        "speed" => {
            let body: SpeedBody = from_json(text, r#"{"speed": "600x"}"#)?;
            Speed::parse(&body.speed).map(Command::Speed).map_err(|why| refusal(why, ""))
        }
        "jump" => {
            let body: JumpBody = from_json(text, r#"{"to": "30d"}"#)?;
            jump(&body.to).map(Command::Jump)
        }
        _ => action(text, json),
    }
}

fn jump(to: &str) -> Result<Jump, CommandRefusal> {
    if let Some(instant) = Time::parse(to) {
        return Ok(Jump::To(instant));
    }
    parse_duration(to).map(Jump::After).map_err(|_| {
        refusal(
            format!("`{to}` is not a moment"),
            "write `30d` after the start, or `2026-04-01T08:00:00Z`",
        )
    })
}

fn action(text: &[u8], json: bool) -> Result<Command, CommandRefusal> {
    let text = std::str::from_utf8(text).map_err(|_| refusal("the body is not UTF-8", ""))?;
    let node = if json { action::from_json(text)? } else { action::from_toml(text)? };
    action::read(&node).map(|action| Command::Act(Box::new(action)))
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a [u8], example: &str) -> Result<T, CommandRefusal> {
    serde_json::from_slice(text)
        .map_err(|error| refusal(error.to_string(), format!("send {example}")))
}

fn is_json(kind: Option<&HeaderValue>) -> bool {
    kind.and_then(|kind| kind.to_str().ok()).is_some_and(|kind| kind.starts_with(JSON))
}

fn told(outcome: CommandOutcome) -> Response<Body> {
    match outcome {
        Ok(standing) => {
            let (now, speed) = (standing.now.to_string(), standing.speed.to_string());
            let mut value = json!({ "now": now, "paused": standing.paused, "speed": speed });
            if let Some(test) = standing.test {
                let says = match &test {
                    Ok(()) => "connection test passed".to_owned(),
                    Err(why) => format!("connection test failed: {why}"),
                };
                value["test"] = json!({ "passed": test.is_ok(), "says": says });
            }
            if let Some(end) = standing.on_demand {
                let says = format!("provision on demand: {}, {}", end.result, end.did);
                value["on_demand"] = json!({ "result": end.result, "says": says });
            }
            object(StatusCode::OK, &value)
        }
        Err(refusal) => refused(StatusCode::CONFLICT, &refusal),
    }
}

fn unknown(word: &str) -> Response<Body> {
    let help = crate::base::diagnostic::did_you_mean(
        word,
        COMMANDS.into_iter().chain(["state", "events"]).chain(READINGS),
    );
    refused(StatusCode::NOT_FOUND, &refusal(format!("the control API has no `{word}`"), help))
}

fn refusal(message: impl Into<String>, help: impl Into<String>) -> CommandRefusal {
    CommandRefusal { message: message.into(), help: help.into() }
}

fn refused(status: StatusCode, why: &CommandRefusal) -> Response<Body> {
    object(status, &json!({ "error": { "message": why.message, "help": why.help } }))
}

fn object(status: StatusCode, value: &serde_json::Value) -> Response<Body> {
    whole(status, JSON, Bytes::from(format!("{value}\n")))
}
