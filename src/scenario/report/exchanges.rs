//! The exchanges of a run: each request with its answer, and their bodies when asked for.

use super::{Line, Tone};
use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::call::LEFT_ALONE;
use crate::scenario::Play;
use crate::scenario::layout::{day, time_of_day_with_seconds};
use crate::world::RecordedEvent;
use crate::world::record::{RecordedAnswer, RecordedRequest, ReplyStatus};

/// Every exchange that the journal still holds, in the order of the answers, with the bodies of
/// request and answer if `bodies` says so.
pub fn exchanges(play: &Play, bodies: bool) -> Vec<Line> {
    let journal = play.world().journal();
    let mut lines = vec![Line::of(Tone::Strong, "EXCHANGES")];
    if journal.first_seq() > 1 {
        let gone =
            format!("  the journal no longer holds its first {} records", journal.first_seq() - 1);
        lines.push(Line::of(Tone::Faint, gone));
    }
    for record in journal.records() {
        let answer = match record.event {
            RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => answer,
            _ => continue,
        };
        let Some(asked) = journal.get(answer.request) else { continue };
        let RecordedEvent::Request(request) = asked.event else { continue };
        let mut line = head(play.script().start, asked.at, &request, &answer);
        if let Some(label) = asked.label {
            line.add(Tone::Faint, format!("  [{label}]"));
        }
        lines.push(line);
        if bodies {
            lines.extend(body(">", journal.body(asked.seq)));
            lines.extend(body("<", journal.body(record.seq)));
        }
    }
    lines.push(Line::default());
    lines
}

/// An exchange that was to change something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WriteShown {
    /// When it was sent, the request line, about which object, and how it was answered.
    pub head: String,
    /// The body of the request.
    pub sent: String,
    /// The body of the answer; empty when there is none.
    pub answered: String,
}

/// The exchanges that were to change something, in the order of the answers.
pub fn writes(play: &Play) -> Vec<WriteShown> {
    let journal = play.world().journal();
    let mut shown = Vec::new();
    for record in journal.records() {
        let RecordedEvent::Answer(answer) = record.event else { continue };
        let Some(asked) = journal.get(answer.request) else { continue };
        let RecordedEvent::Request(request) = asked.event else { continue };
        if request.method != "GET" {
            let body =
                |seq| String::from_utf8_lossy(journal.body(seq).unwrap_or_default()).into_owned();
            let head = head(play.script().start, asked.at, &request, &answer).text();
            shown.push(WriteShown {
                head: head.trim().to_owned(),
                sent: body(asked.seq),
                answered: body(record.seq),
            });
        }
    }
    shown
}

/// `day 0 08:00:04  POST /scim/v2/Users  (ann) → 201`.
fn head(start: Time, at: Time, request: &RecordedRequest<'_>, answer: &RecordedAnswer<'_>) -> Line {
    let mut line =
        Line::of(Tone::Faint, format!("  {} {}  ", day(start, at), time_of_day_with_seconds(at)));
    line.add(Tone::Plain, format!("{} {}", request.method, request.target));
    if let Some(who) = request.about() {
        line.add(Tone::Faint, format!("  ({who})"));
    }
    let tone = if answer.status.failed() { Tone::Bad } else { Tone::Good };
    line.add(tone, format!(" → {}", answer_in_words(answer)));
    line
}

fn answer_in_words(answer: &RecordedAnswer<'_>) -> String {
    let mut words = match answer.status {
        ReplyStatus::Status(status) => status.to_string(),
        ReplyStatus::Refused => "connection refused".to_owned(),
        ReplyStatus::Untrusted => "certificate not trusted".to_owned(),
        ReplyStatus::Reset => "connection reset".to_owned(),
        ReplyStatus::TimedOut => format!("no answer within {}", show_duration(answer.after)),
        ReplyStatus::NotSent => "not sent, the service failed".to_owned(),
        ReplyStatus::LeftAlone => LEFT_ALONE.to_owned(),
        ReplyStatus::Unwanted => "no longer awaited".to_owned(),
    };
    if let Some(wait) = answer.retry_after {
        words.push_str(&format!(", Retry-After {wait}"));
    }
    if answer.idle {
        words.push_str(", and nothing changed");
    }
    words
}

/// A body behind a mark; nothing when it is empty, and a word when the journal has let go of it.
fn body(mark: &str, body: Option<&[u8]>) -> Option<Line> {
    match body {
        Some([]) => None,
        Some(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            Some(Line::of(Tone::Plain, format!("      {mark} {text}")))
        }
        None => Some(Line::of(Tone::Faint, format!("      {mark} (the body is no longer kept)"))),
    }
}
