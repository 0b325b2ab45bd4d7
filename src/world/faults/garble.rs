//! `garble`: the answer arrives spoiled.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use super::{Effect, EffectKind};

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "garble",
    doc: "GoLinks handles the request, and its answer is spoiled on the way.\n`truncate`: the body ends in the middle. \
          `html`: status 200 with the page of a firewall (B66). `empty`: the body is missing. `type`: the body is \
          right and the content type is text/plain.",
    example: "garble = \"html\"",
    read: |node, problems| node.as_word(&Garble::WORDS, problems).map(Effect::Garble),
};

/// How the answer is spoiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Garble {
    /// The body ends in the middle.
    Truncate,
    /// A firewall's page comes instead, with status 200.
    Html,
    /// The body is missing.
    Empty,
    /// The content type is wrong.
    Type,
}

const PAGE: &[u8] =
    b"<!doctype html><title>Blocked</title><h1>Request blocked</h1><p>Incident 4711.</p>\n";

impl Garble {
    const WORDS: [(&'static str, Garble); 4] = [
        ("truncate", Garble::Truncate),
        ("html", Garble::Html),
        ("empty", Garble::Empty),
        ("type", Garble::Type),
    ];

    /// The word for it in a scenario.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize].0
    }

    /// Spoils a response in the chosen way, and removes its `Content-Length`.
    pub fn spoil(self, mut response: Response<Bytes>) -> Response<Bytes> {
        match self {
            Garble::Truncate => {
                let half = response.body().len() / 2;
                response.body_mut().truncate(half);
            }
            Garble::Html => {
                *response.status_mut() = StatusCode::OK;
                *response.body_mut() = Bytes::from_static(PAGE);
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            }
            Garble::Empty => response.body_mut().clear(),
            Garble::Type => {
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            }
        }
        response.headers_mut().remove(http::header::CONTENT_LENGTH);
        response
    }
}
