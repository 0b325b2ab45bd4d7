//! One exchange as it is kept, and the lines of a recording: a line of JSON each.

use serde::{Deserialize, Serialize};

use super::head::Head;

/// What a recording says of itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Recording {
    /// The version of the form.
    pub version: u32,
    /// The server's scheme, host and port.
    pub upstream: String,
    /// The path below which the server's resources are.
    pub base_path: String,
    /// Whether secrets and people were replaced.
    pub masked: bool,
    /// When it began.
    pub started: String,
    /// The program that wrote it.
    pub program: String,
}

/// A request and what became of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Exchange {
    /// Its number, in the order in which requests began.
    pub seq: u64,
    /// The number of the client's connection.
    pub connection: u64,
    /// When the first byte of the request came, in microseconds since 1970.
    pub started_us: u64,
    /// How long the client took to send it, the server to begin its answer and to end it, in
    /// microseconds.
    pub took_us: [u64; 3],
    /// The request.
    pub request: Message,
    /// The response; absent when none came whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Message>,
    /// How the answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lost: Option<Loss>,
}

/// How an answer was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// The server could not be reached.
    Refused,
    /// The server ended the connection without an answer, or in the middle of it.
    Reset,
    /// The client ended the connection before the answer was there.
    GaveUp,
    /// What went over the connection could not be read as HTTP any further.
    Unreadable,
}

/// A request or a response.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Message {
    /// Its first line.
    pub line: String,
    /// Its headers, as they are spelled and ordered.
    pub headers: Vec<(String, String)>,
    /// Its content.
    #[serde(default, skip_serializing_if = "Content::is_empty")]
    pub content: Content,
}

/// The content of a message.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Content {
    /// Its bytes: as text, or as base64.
    pub text: String,
    /// Whether `text` is base64, because the bytes are no UTF-8.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub base64: bool,
    /// How many bytes there were.
    pub size: u64,
    /// Why not all of them are here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub left_out: String,
}

impl Content {
    /// Whether there were no bytes.
    pub fn is_empty(&self) -> bool {
        self.size == 0 && self.text.is_empty()
    }
}

impl Message {
    /// A message with this head and content.
    pub fn new(head: Head, kept: Vec<u8>, size: u64) -> Message {
        use base64ct::{Base64, Encoding};
        let whole = kept.len() as u64 == size;
        let (text, base64) = match String::from_utf8(kept) {
            Ok(text) => (text, false),
            Err(error) => (Base64::encode_string(error.as_bytes()), true),
        };
        let left_out = if whole { String::new() } else { "longer than is kept".to_owned() };
        let content = Content { text, base64, size, left_out };
        Message { line: head.line, headers: head.headers, content }
    }

    /// The values of a header, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(have, _): &&(String, String)| have.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_str())
    }

    /// The first value of a header.
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The method of a request.
    pub fn method(&self) -> &str {
        self.line.split(' ').next().unwrap_or_default()
    }

    /// The target of a request: path and query, as they are spelled.
    pub fn target(&self) -> &str {
        self.line.split(' ').nth(1).unwrap_or_default()
    }

    /// The path of a request, without an origin before it.
    pub fn path(&self) -> &str {
        let target = self.target();
        let target = target
            .split_once("://")
            .map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        target.split('?').next().unwrap_or_default()
    }

    /// The query of a request, as it is spelled.
    pub fn query(&self) -> Option<&str> {
        self.target().split_once('?').map(|(_, query)| query)
    }

    /// The status of a response; 0 when its line has none.
    pub fn status(&self) -> u16 {
        let word = self.line.split_ascii_whitespace().nth(1);
        word.and_then(|word| word.parse().ok()).unwrap_or_default()
    }

    /// The content as JSON; `None` when it is none, or not here.
    pub fn json(&self) -> Option<serde_json::Value> {
        let here = !self.content.base64 && self.content.left_out.is_empty();
        here.then(|| serde_json::from_str(&self.content.text).ok())?
    }
}

impl Exchange {
    /// The status of the response; `None` without one.
    pub fn status(&self) -> Option<u16> {
        self.response.as_ref().map(Message::status)
    }

    /// Its line in a recording.
    pub fn to_line(&self) -> String {
        let mut line = serde_json::to_string(self).unwrap_or_default();
        line.push('\n');
        line
    }

    /// Reads the lines of a recording, in the order in which requests began. A last line that was
    /// not written whole is left out, and so is nothing else.
    ///
    /// # Errors
    /// The number of the line that cannot be read, and why.
    pub fn read_lines(text: &str) -> Result<Vec<Exchange>, (usize, String)> {
        let mut all = Vec::new();
        for (nth, line) in text.split_inclusive('\n').enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            match serde_json::from_str(line) {
                Ok(exchange) => all.push(exchange),
                Err(_) if !line.ends_with('\n') => {}
                Err(error) => return Err((nth + 1, error.to_string())),
            }
        }
        all.sort_by_key(|exchange: &Exchange| exchange.seq);
        Ok(all)
    }
}
