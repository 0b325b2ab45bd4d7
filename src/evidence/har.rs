//! The exchanges of a run as an HTTP archive (HAR 1.2), with the headers that were sent; those that
//! only a connection has, such as `Host`, are not part of a run.
//!
//! Records of before headers were written have the content type and `Retry-After` only.

use std::io::{self, Write};
use std::time::Duration;

use serde_json::json;

use super::exchange::{Content, Exchanges, RunExchange};
use super::read::RunItem;
use super::report::{RecordedRun, Report};
use crate::base::Time;
use crate::recording::{self, Message, har};

/// The address of GoLinks where a run has no other: that of the tenant URL.
const ORIGIN: &str = "https://api.golinks.io";

/// What is said of an archive whose requests never left the program.
const SIMULATED: &str = "Simulated by scimulator: it played the tenant and GoLinks, in virtual time. No request left \
     the program; times and addresses are the story's.";

/// The content type of SCIM (RFC 7644 8.2), which the record leaves out.
const SCIM: &str = "application/scim+json";

/// An archive in the making.
pub struct Har<W> {
    out: W,
    start: Time,
    exchanges: Exchanges,
    entries: u64,
}

impl<W: Write> Har<W> {
    /// Begins an archive.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(run: &RecordedRun, mut out: W) -> io::Result<Har<W>> {
        let comment = (!run.head.foreign).then_some(SIMULATED);
        out.write_all(har::opening_with(comment).as_bytes())?;
        let start = Time::parse(&run.head.start).unwrap_or(Time::from_secs(0));
        Ok(Har { out, start, exchanges: Exchanges::default(), entries: 0 })
    }

    fn entry(&mut self, exchange: &RunExchange) -> io::Result<()> {
        let started = (self.start + Duration::from_micros(exchange.us)).to_string();
        let mut entry = har::entry(&recorded(exchange), &started, ORIGIN);
        if let Some(user) = &exchange.user {
            entry["_user"] = json!(user);
        }
        if let Some(cause) = &exchange.cause {
            entry["_cause"] = json!(cause);
        }
        if let Some(answer) = &exchange.answer {
            entry["_lost"] = json!(answer.lost);
            entry["_tooLate"] = json!(answer.too_late);
        }
        let between = if self.entries == 0 { "\n" } else { ",\n" };
        self.entries += 1;
        self.out.write_all(between.as_bytes())?;
        serde_json::to_writer(&mut self.out, &entry).map_err(io::Error::from)
    }
}

impl<W: Write> Report for Har<W> {
    fn take(&mut self, item: &RunItem<'_>) -> io::Result<()> {
        let RunItem::Record(line) = item else { return Ok(()) };
        match self.exchanges.observe(line) {
            Some(exchange) => self.entry(&exchange),
            None => Ok(()),
        }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        for exchange in std::mem::take(&mut self.exchanges).unanswered() {
            self.entry(&exchange)?;
        }
        self.out.write_all(har::CLOSING.as_bytes())?;
        self.out.flush()
    }
}

/// An exchange as a recording has it.
fn recorded(exchange: &RunExchange) -> recording::Exchange {
    let answer = exchange.answer.as_ref();
    let came = answer.and_then(|answer| {
        let status = answer.status?;
        let reason = http::StatusCode::from_u16(status).ok()?.canonical_reason();
        let line = format!("HTTP/1.1 {status} {}", reason.unwrap_or_default());
        let mut message = message(line.trim_end().to_owned(), &answer.content, SCIM);
        if answer.content.headers.is_empty()
            && let Some(wait) = &answer.retry_after
        {
            message.headers.push(("retry-after".to_owned(), wait.clone()));
        }
        Some(message)
    });
    let line = format!("{} {} HTTP/1.1", exchange.method, exchange.target);
    let form = if exchange.door == "token" { "application/x-www-form-urlencoded" } else { SCIM };
    recording::Exchange {
        seq: exchange.seq,
        connection: 1,
        started_us: 0,
        took_us: [0, answer.map_or(0, |answer| answer.after_us), 0],
        request: message(line, &exchange.sent, form),
        response: came,
        lost: None,
    }
}

fn message(line: String, content: &Content, default: &str) -> Message {
    let Some(text) = &content.body else {
        return Message { line, headers: content.headers.clone(), ..Message::default() };
    };
    let kind = content.content_type.as_deref().unwrap_or(default);
    Message {
        line,
        headers: match content.headers.is_empty() {
            true => vec![("content-type".to_owned(), kind.to_owned())],
            false => content.headers.clone(),
        },
        content: recording::Content {
            size: text.len() as u64,
            text: text.clone(),
            base64: content.base64,
            left_out: String::new(),
        },
    }
}
