//! The drawer of a request: what was sent and answered, what is stored of it, what caused it and
//! what it caused.

use std::time::Duration;

use serde::de::IgnoredAny;

use super::parts::{Copy, Piece, Row, Section};
use super::{Drawer, stored};
use crate::app::dashboard::panels::Scene;
use crate::app::dashboard::words;
use crate::evidence::exchange::{Content, Reply, RunExchange};
use crate::evidence::held::{self, Related, RequestDetail};
use crate::evidence::line::LineCause;

/// The content type of SCIM (RFC 7644 8.2), which is not kept.
const SCIM: &str = "application/scim+json";

/// The drawer of the request with this number in the journal.
pub fn of(scene: &Scene<'_>, number: &str) -> Option<Drawer> {
    let detail = held::request(scene.play, number.parse().ok()?)?;
    let exchange = &detail.exchange;
    let mut sections = vec![happened(scene, &detail)];
    sections.extend(stored::of(scene, exchange));
    sections.push(sent(scene, exchange));
    sections.extend(exchange.answer.as_ref().and_then(answered));
    sections.push(caused(&detail));
    let start = scene.play.script().start;
    let at = words::second(start, start + Duration::from_micros(exchange.us));
    Some(Drawer {
        kind: "request",
        title: format!("{} {}", exchange.method, words::target(&exchange.target)),
        detail: format!("number {}, {at}", exchange.seq),
        sections,
        ..Drawer::default()
    })
}

/// Who sent it, why, and how it ended, in sentences.
fn happened(scene: &Scene<'_>, detail: &RequestDetail) -> Section {
    let exchange = &detail.exchange;
    let mut first: Vec<Piece> = vec![match exchange.from.as_str() {
        "entra" => "Entra sent it".into(),
        _ => "A client from outside sent it".into(),
    }];
    if let Some(name) = &exchange.user {
        let is_user = scene.play.world().entra().tenant().find_user(name).is_some();
        let kind = if is_user { "user" } else { "group" };
        first.push(" about ".into());
        first.push(Piece::link(name, format!("{kind} {name}")));
    }
    match &exchange.answer {
        None => first.push(", and there is no answer yet.".into()),
        Some(answer) => {
            let tone = if answer.failed() { "bad" } else { "good" };
            first.push("; the answer: ".into());
            first.push(Piece::from(exchange.status()).in_tone(tone));
            first.push(match answer.after_us {
                0 => ".".into(),
                us => format!(", after {}.", words::about(Duration::from_micros(us))).into(),
            });
            if answer.changed_nothing {
                first.push(" It reports success, and nothing was changed.".into());
            }
            if answer.too_late {
                first.push(" It came too late.".into());
            }
        }
    }
    Section { lines: vec![first, cause(detail)], ..Section::default() }
}

/// What caused a request.
fn cause(detail: &RequestDetail) -> Vec<Piece> {
    let by = detail.caused_by.as_ref();
    match detail.exchange.cause {
        None => vec!["Nothing in the run caused it: it came from outside.".into()],
        Some(LineCause::Timer) => vec!["Cause: the clock; a cycle began or went on.".into()],
        Some(LineCause::Request(seq)) => {
            let words = by.map_or_else(|| format!("request {seq}"), |by| by.says.clone());
            let link = Piece::link(words::cut(&words, 160), format!("request {seq}"));
            vec!["Cause: the answer to ".into(), link, ".".into()]
        }
        Some(LineCause::Action(_)) => match by {
            Some(action) => vec![format!("Cause: the action {}.", action.says).into()],
            None => vec!["Cause: an action that is no longer kept.".into()],
        },
    }
}

/// The request as it was sent, and as a command for a shell.
fn sent(scene: &Scene<'_>, exchange: &RunExchange) -> Section {
    let kind = exchange.sent.content_type.as_deref().unwrap_or(SCIM);
    let mut head = format!("{} {}", exchange.method, exchange.target);
    if let Some(body) = shown(&exchange.sent) {
        head += &format!("\nContent-Type: {kind}\n\n{body}");
    }
    let origin = scene.live.target.and_then(origin).unwrap_or("{origin}");
    let quoted = |text: &str| text.replace('\'', "'\\''");
    let mut curl = format!(
        "curl -X {} '{origin}{}' -H \"Authorization: Bearer $TOKEN\"",
        exchange.method,
        quoted(&exchange.target)
    );
    if let Some(body) = &exchange.sent.body {
        curl += &format!(" -H 'Content-Type: {kind}' -d '{}'", quoted(body));
    }
    let first = match scene.live.target {
        None => "Set TOKEN to GoLinks' token first; `serve` prints it.",
        Some(_) => "Set TOKEN to a token of that server first.",
    };
    let copy = Some(Copy { label: "Copy as curl", text: curl, first });
    Section { title: "Sent", code: Some(head), copy, ..Section::default() }
}

/// The scheme and authority of a URL.
fn origin(url: &str) -> Option<&str> {
    let authority = url.find("://")? + 3;
    Some(url[authority..].find('/').map_or(url, |end| &url[..authority + end]))
}

/// The answer as it came, when one came.
fn answered(answer: &Reply) -> Option<Section> {
    let mut text = answer.status?.to_string();
    if let Some(wait) = &answer.retry_after {
        text += &format!("\nRetry-After: {wait}");
    }
    if let Some(body) = shown(&answer.content) {
        let kind = answer.content.content_type.as_deref().unwrap_or(SCIM);
        text += &format!("\nContent-Type: {kind}\n\n{body}");
    }
    Some(Section { title: "Answer", code: Some(text), ..Section::default() })
}

/// What happened because of a request, and the requests that its answer led to.
fn caused(detail: &RequestDetail) -> Section {
    let row = |related: &Related| {
        let words = words::cut(&related.says, 300);
        let what = match related.kind {
            "request" => Piece::link(words, format!("request {}", related.seq)),
            _ => words.into(),
        };
        let place = match related.kind {
            "account" => "golinks",
            "row" => "entra",
            kind => kind,
        };
        Row { tone: "", cells: vec![place.into(), what] }
    };
    let rows = detail.caused.iter().map(row).collect();
    Section::table("What it caused", &["Where", "What"], rows, "It caused nothing.")
}

/// The body of a message, if it has one.
fn shown(content: &Content) -> Option<String> {
    match &content.body {
        Some(body) => Some(pretty(body)),
        None => content.gone.then(|| "(the body is no longer kept)".to_owned()),
    }
}

/// A body, indented when it is JSON: its members stay in the order in which they were sent, and its
/// numbers and texts as they were written.
pub(super) fn pretty(body: &str) -> String {
    let is_json = serde_json::from_str::<IgnoredAny>(body).is_ok();
    words::cut(&if is_json { indented(body) } else { body.to_owned() }, LONGEST)
}

/// Sound JSON with a line for each member and each element.
fn indented(json: &str) -> String {
    let mut out = String::new();
    let (mut depth, mut in_text, mut escaped, mut opened) = (0_usize, false, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    for c in json.chars() {
        if in_text {
            out.push(c);
            in_text = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        let closes = matches!(c, '}' | ']');
        if c.is_whitespace() {
            continue;
        }
        depth -= usize::from(closes);
        if opened != closes {
            line(&mut out, depth);
        }
        opened = matches!(c, '{' | '[');
        depth += usize::from(opened);
        in_text = c == '"';
        out.push(c);
        match c {
            ',' => line(&mut out, depth),
            ':' => out.push(' '),
            _ => {}
        }
    }
    out
}

/// The longest body that is shown, in characters.
const LONGEST: usize = 20_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_an_origin() {
        for (url, origin) in [
            ("https://api.example/scim/v2", Some("https://api.example")),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080")),
            ("nonsense", None),
        ] {
            assert_eq!(super::origin(url), origin, "{url}");
        }
    }

    #[test]
    fn a_body_is_indented_when_it_is_json() {
        assert_eq!(pretty("{\"a\":1}"), "{\n  \"a\": 1\n}");
        assert_eq!(pretty("grant_type=x"), "grant_type=x");
        let sent =
            r#"{"schemas": ["x"],"Operations":[{"op":"Add","value":1.0}],"a":{},"b":"\"{,"}"#;
        let shown = [
            "{",
            "  \"schemas\": [",
            "    \"x\"",
            "  ],",
            "  \"Operations\": [",
            "    {",
            "      \"op\": \"Add\",",
            "      \"value\": 1.0",
            "    }",
            "  ],",
            "  \"a\": {},",
            "  \"b\": \"\\\"{,\"",
            "}",
        ];
        assert_eq!(pretty(sent), shown.join("\n"), "in the order that was sent");
    }
}
