//! `respond`: another response is sent in GoLinks' place, and GoLinks never sees the request.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, TRANSFER_ENCODING};
use http::{HeaderValue, Response, StatusCode};

use super::{Effect, EffectKind};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};
use crate::scim;

/// How it is written.
pub const KIND: EffectKind = EffectKind {
    name: "respond",
    doc: "The request is answered in GoLinks' place, which never sees it: an outage, a throttle, a proxy; or, with 204 \
          for writes, a server that drops what it acknowledges.\nA status alone gives a SCIM error body for 400 and \
          above; `headers` and `body` say more.",
    example: "respond = { status = 503, headers = { Retry-After = \"120\" }, body = \"down for maintenance\" }",
    read: |node, problems| Respond::read(node, problems).map(Effect::Respond),
};

/// The response that is sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Respond {
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<String>,
}

const KEYS: [&str; 3] = ["status", "headers", "body"];

impl Respond {
    fn read(node: &Node, problems: &mut Problems) -> Option<Respond> {
        let Kind::Table(entries) = &node.kind else {
            return Some(Respond {
                status: read_status(node, problems)?,
                headers: Vec::new(),
                body: None,
            });
        };
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "`respond`", &KEYS, problems);
        }
        let headers = node.get("headers").map_or(Some(Vec::new()), |n| read_headers(n, problems));
        let body = node.get("body").map(|n| n.as_text(problems).unwrap_or_default().to_owned());
        let Some(status) = node.get("status") else {
            problems
                .error(node.span, "`respond` needs a status")
                .help("such as `respond = { status = 503 }`");
            return None;
        };
        let status_code = read_status(status, problems)?;
        if body.is_some()
            && matches!(status_code, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        {
            problems
                .error(status.span, format!("an answer {status_code} has no body"))
                .help("leave `body` out");
            return None;
        }
        Some(Respond { status: status_code, headers: headers?, body })
    }

    /// Builds the response; a status of 400 or above without a `body` gets a SCIM error.
    pub fn response(&self) -> Response<Bytes> {
        let status = self.status.as_u16();
        let mut response = match &self.body {
            Some(text) => {
                let mut response = Response::new(Bytes::copy_from_slice(text.as_bytes()));
                let json = text.trim_start().starts_with(['{', '[']);
                let kind = if json { scim::urn::CONTENT_TYPE } else { "text/plain" };
                response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
                response
            }
            None if status >= 400 => {
                scim::Error::new(status, self.status.canonical_reason().unwrap_or("refused"))
                    .response()
            }
            None => Response::new(Bytes::new()),
        };
        *response.status_mut() = self.status;
        for (name, value) in &self.headers {
            response.headers_mut().insert(name, value.clone());
        }
        response
    }

    /// The value as a scenario file has it.
    pub fn to_node(&self) -> Node {
        let status = Node::bare(Kind::Integer(self.status.as_u16().into()));
        if self.headers.is_empty() && self.body.is_none() {
            return status;
        }
        let mut entries = vec![("status", status)];
        if !self.headers.is_empty() {
            let text = |value: &HeaderValue| Node::text(value.to_str().unwrap_or_default());
            entries.push((
                "headers",
                Node::table(self.headers.iter().map(|(name, v)| (name.as_str(), text(v)))),
            ));
        }
        entries.extend(self.body.as_ref().map(|body| ("body", Node::text(body))));
        Node::table(entries)
    }
}

fn read_status(node: &Node, problems: &mut Problems) -> Option<StatusCode> {
    match node.kind {
        Kind::Integer(value @ 200..=599) => StatusCode::from_u16(value as u16).ok(),
        Kind::Integer(value) => {
            problems
                .error(node.span, "expected an HTTP status from 200 to 599")
                .label(format!("this is {value}"));
            None
        }
        _ => {
            let what = "an HTTP status from 200 to 599, or a table with `status`";
            node.expected_like(what, &node.count_in_text(), problems)
        }
    }
}

fn read_headers(node: &Node, problems: &mut Problems) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let mut headers = Vec::new();
    for entry in node.as_table(problems)? {
        let text = match &entry.value.kind {
            Kind::Integer(value) => value.to_string(),
            _ => entry.value.as_text(problems)?.to_owned(),
        };
        match (HeaderName::from_bytes(entry.key.as_bytes()), HeaderValue::from_str(&text)) {
            (Ok(name), _) if name == CONTENT_LENGTH || name == TRANSFER_ENCODING => {
                let problem = problems
                    .error(entry.key_span, format!("`{}` follows from the body", entry.key));
                problem.help("leave it out; `garble = \"truncate\"` spoils a body");
            }
            (Ok(name), Ok(value)) => headers.push((name, value)),
            (Err(_), _) => drop(
                problems.error(entry.key_span, format!("`{}` is not a header name", entry.key)),
            ),
            (_, Err(_)) => {
                let _ = problems.error(entry.value.span, "a header's value is one line of text");
            }
        }
    }
    Some(headers)
}
