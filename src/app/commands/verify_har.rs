//! All that a `verify` run sent, and what came, as an HTTP archive (HAR 1.2). Secrets are masked.

use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use jiff::Timestamp;
use serde_json::json;

use crate::recording::head::Head;
use crate::recording::{self, Message, har};
use crate::verify::{Exchange, Report};

/// The report has durations and no instants.
const TIMES: &str =
    "checks ran side by side; here one follows the other, and start times are laid end to end";

/// The archive of all exchanges, each with the check it belongs to in `_check`, and `_cleanUp`
/// where it looked for what the check had made, or deleted it.
pub fn har(report: &Report, origin: &str) -> String {
    let mut at = Timestamp::now();
    let mut entries = Vec::new();
    for one in &report.sent {
        let exchange = recorded(&one.exchange, entries.len() as u64 + 1);
        let mut entry = har::entry(&exchange, &at.to_string(), origin);
        entry["_check"] = json!(one.check);
        if one.is_cleaning {
            entry["_cleanUp"] = json!(true);
        }
        entries.push(entry);
        at = at.checked_add(one.exchange.took).unwrap_or(at);
    }
    har::archive(&entries, Some(TIMES))
}

/// An exchange as a recording has it.
fn recorded(exchange: &Exchange, seq: u64) -> recording::Exchange {
    let took = u64::try_from(exchange.took.as_micros()).unwrap_or(u64::MAX);
    let request = &exchange.request;
    let line = format!("{} {} HTTP/1.1", request.method(), request.uri());
    recording::Exchange {
        seq,
        connection: 1,
        started_us: 0,
        took_us: [0, took, 0],
        request: message(line, request.headers(), request.body()),
        response: exchange.reply.as_ref().ok().map(|response| {
            let reason = response.status().canonical_reason().unwrap_or_default();
            let line = format!("HTTP/1.1 {} {reason}", response.status().as_u16());
            message(line, response.headers(), response.body())
        }),
        lost: None,
    }
}

fn message(line: String, headers: &HeaderMap, body: &[u8]) -> Message {
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        let secret = value.is_sensitive() || [AUTHORIZATION, COOKIE, SET_COOKIE].contains(name);
        let value = if secret { "***".into() } else { String::from_utf8_lossy(value.as_bytes()) };
        (name.to_string(), value.into_owned())
    };
    let head = Head { line, headers: headers.iter().map(header).collect(), ..Head::default() };
    Message::new(head, body.to_vec(), body.len() as u64)
}
