//! The drawer of a request: what was sent and answered, what is stored of it, what caused it and
//! what it caused.

use super::parts::{Copy, Piece, Row, Section};
use super::{Drawer, stored};
use crate::app::dashboard::panels::Scene;
use crate::app::dashboard::words;
use crate::world::record::{Cause, RecordedAnswer, RecordedRequest};
use crate::world::{Journal, Origin, Record, RecordedEvent};

/// How many records after a request are searched for its answer and for what it caused.
const SEARCHED: usize = 5_000;

/// How many of the records that a request caused are listed.
const CAUSED: usize = 40;

/// The drawer of the request with this number in the journal.
pub fn of(scene: &Scene<'_>, number: &str) -> Option<Drawer> {
    let journal = scene.play.world().journal();
    let record = journal.get(number.parse().ok()?)?;
    let RecordedEvent::Request(request) = record.event else { return None };
    let body = journal.body(record.seq).unwrap_or_default();
    let answer = answer_of(journal, record.seq);
    let mut sections = vec![happened(scene, &record, &request, answer.as_ref())];
    sections.extend(stored::of(scene, &request, body, answer.as_ref().map(|(_, body)| *body)));
    sections.push(sent(scene, &request, body));
    sections.extend(answer.as_ref().and_then(|(answer, body)| answered(answer, body)));
    sections.push(caused(scene, record.seq));
    let at = words::second(scene.play.script().start, record.at);
    Some(Drawer {
        kind: "request",
        title: format!("{} {}", request.method, words::target(request.target)),
        detail: format!("request {}, {at}", record.seq),
        sections,
        ..Drawer::default()
    })
}

/// The answer to a request, with its body.
fn answer_of(journal: &Journal, seq: u64) -> Option<(RecordedAnswer<'_>, &[u8])> {
    let after = journal.since(seq)?.take(SEARCHED);
    let mut answers = after.filter_map(|record| match record.event {
        RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => {
            Some((record.seq, answer)).filter(|(_, answer)| answer.request == seq)
        }
        _ => None,
    });
    let (at, answer) = answers.next()?;
    Some((answer, journal.body(at).unwrap_or_default()))
}

/// Who sent it, why, and how it ended, in sentences.
fn happened(
    scene: &Scene<'_>,
    record: &Record<'_>,
    request: &RecordedRequest<'_>,
    answer: Option<&(RecordedAnswer<'_>, &[u8])>,
) -> Section {
    let mut first: Vec<Piece> = vec![match request.origin {
        Origin::Engine(_) => "Entra sent it".into(),
        Origin::External => "A client from outside sent it".into(),
    }];
    if let Some(who) = request.who {
        first.push(" about ".into());
        first.push(Piece::link(who, format!("user {who}")));
    }
    match answer {
        None => first.push(", and there is no answer yet.".into()),
        Some((answer, _)) => {
            let tone = if answer.status.failed() { "bad" } else { "good" };
            first.push("; the answer: ".into());
            first.push(Piece::from(words::status(answer.status)).in_tone(tone));
            first.push(match answer.after.is_zero() {
                true => ".".into(),
                false => format!(", after {}.", words::about(answer.after)).into(),
            });
            if answer.idle {
                first.push(" It reports success, and nothing was changed.".into());
            }
        }
    }
    Section { lines: vec![first, cause(scene, record.cause)], ..Section::default() }
}

/// What caused a request.
fn cause(scene: &Scene<'_>, cause: Option<Cause>) -> Vec<Piece> {
    let journal = scene.play.world().journal();
    match cause {
        None => vec!["Nothing in the run caused it: it came from outside.".into()],
        Some(Cause::Timer) => vec!["Cause: the clock; a cycle began or went on.".into()],
        Some(Cause::Request(seq)) => {
            let words = journal.get(seq).map_or_else(|| format!("request {seq}"), |it| said(&it));
            let link = Piece::link(words::cut(&words, 160), format!("request {seq}"));
            vec!["Cause: the answer to ".into(), link, ".".into()]
        }
        Some(Cause::Action(seq)) => match journal.get(seq) {
            Some(action) => vec![format!("Cause: the action {}.", said(&action)).into()],
            None => vec!["Cause: an action that is no longer kept.".into()],
        },
    }
}

/// The request as it was sent, and as a command for a shell.
fn sent(scene: &Scene<'_>, request: &RecordedRequest<'_>, body: &[u8]) -> Section {
    let kind = request.content_type.unwrap_or("application/scim+json");
    let mut head = format!("{} {}", request.method, request.target);
    if !body.is_empty() {
        head += &format!("\nContent-Type: {kind}\n\n{}", pretty(body));
    }
    let origin = scene.live.target.and_then(origin).unwrap_or("{origin}");
    let quoted = |text: &str| text.replace('\'', "'\\''");
    let mut curl = format!(
        "curl -X {} '{origin}{}' -H \"Authorization: Bearer $TOKEN\"",
        request.method,
        quoted(request.target)
    );
    if !body.is_empty() {
        let body = quoted(&String::from_utf8_lossy(body));
        curl += &format!(" -H 'Content-Type: {kind}' -d '{body}'");
    }
    let copy = Some(Copy { label: "Copy as curl", text: curl });
    Section { title: "Sent", code: Some(head), copy, ..Section::default() }
}

/// The scheme and authority of a URL.
fn origin(url: &str) -> Option<&str> {
    let authority = url.find("://")? + 3;
    Some(url[authority..].find('/').map_or(url, |end| &url[..authority + end]))
}

/// The answer as it came, when one came.
fn answered(answer: &RecordedAnswer<'_>, body: &[u8]) -> Option<Section> {
    let crate::world::record::ReplyStatus::Status(_) = answer.status else { return None };
    let mut text = words::status(answer.status);
    if let Some(wait) = answer.retry_after {
        text += &format!("\nRetry-After: {wait}");
    }
    if !body.is_empty() {
        let kind = answer.content_type.unwrap_or("application/scim+json");
        text += &format!("\nContent-Type: {kind}\n\n{}", pretty(body));
    }
    Some(Section { title: "Answer", code: Some(text), ..Section::default() })
}

/// What happened because of a request, and the requests that its answer led to.
fn caused(scene: &Scene<'_>, seq: u64) -> Section {
    let journal = scene.play.world().journal();
    let after = journal.since(seq).into_iter().flatten().take(SEARCHED);
    let caused = after.filter(|record| {
        record.cause == Some(Cause::Request(seq))
            && !matches!(record.event, RecordedEvent::Answer(_) | RecordedEvent::TooLate(_))
            || matches!(record.event, RecordedEvent::FaultStruck { request, .. } if request == seq)
    });
    let row = |record: Record<'_>| {
        let words = words::cut(&said(&record), 300);
        let what = match record.event {
            RecordedEvent::Request(_) => Piece::link(words, format!("request {}", record.seq)),
            _ => words.into(),
        };
        Row { tone: "", cells: vec![record.event.who().into(), what] }
    };
    let rows = caused.take(CAUSED).map(row).collect();
    Section::table("What it caused", &["Where", "What"], rows, "It caused nothing.")
}

/// A record in words.
fn said(record: &Record<'_>) -> String {
    let mut said = String::new();
    record.event.write(&mut said);
    said
}

/// A body, indented when it is JSON.
pub(super) fn pretty(body: &[u8]) -> String {
    let value = serde_json::from_slice::<serde_json::Value>(body);
    let text = value.ok().and_then(|value| serde_json::to_string_pretty(&value).ok());
    words::cut(&text.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned()), LONGEST)
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
        assert_eq!(pretty(b"{\"a\":1}"), "{\n  \"a\": 1\n}");
        assert_eq!(pretty(b"grant_type=x"), "grant_type=x");
    }
}
