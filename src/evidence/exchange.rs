//! Requests with their answers, put together from the lines of a record, and which of them are
//! asked for.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::line::{LineCause, LineKind, RunLine};
use super::write::answer_words;
use crate::base::Time;
use crate::scenario::report::{Line, Tone, day_and_second};

/// A request and what came of it.
#[derive(Clone, PartialEq, Debug, Serialize, JsonSchema)]
pub struct RunExchange {
    /// The number of the request's record.
    pub seq: u64,
    /// When it was sent.
    pub at: String,
    /// The same in microseconds since the start of the run.
    pub us: u64,
    /// The application that sent it, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The client: `entra` or `outside`.
    pub from: String,
    /// `scim`, `token` or `graph`.
    pub door: String,
    /// The name of the user or group it is about.
    pub user: Option<String>,
    /// Its method.
    pub method: String,
    /// Its path and query.
    pub target: String,
    /// What caused it.
    pub cause: Option<LineCause>,
    /// What was sent.
    pub sent: Content,
    /// What the faults did to it.
    pub faults: Vec<String>,
    /// What it did at GoLinks.
    pub did: Vec<Deed>,
    /// What came back; `None` while there is nothing.
    pub answer: Option<Reply>,
}

/// The content of a message.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, JsonSchema)]
pub struct Content {
    /// Its type; none is `application/scim+json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// Its headers, without secrets; the journal keeps none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<(String, String)>,
    /// Its text; `None` when it is empty.
    pub body: Option<String>,
    /// The text is base64.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub base64: bool,
    /// The journal no longer holds it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gone: bool,
}

/// Something that a request did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Deed {
    /// The number of its record.
    pub seq: u64,
    /// What happened, in words.
    pub says: String,
}

/// What came back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Reply {
    /// The number of its record.
    pub seq: u64,
    /// The status.
    pub status: Option<u16>,
    /// Why none came, such as `reset`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<String>,
    /// How long after the request, in microseconds of virtual time.
    pub after_us: u64,
    /// It reports success for a write that changed nothing.
    pub changed_nothing: bool,
    /// It came after the engine had given up.
    pub too_late: bool,
    /// Its `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<String>,
    /// What came.
    #[serde(flatten)]
    pub content: Content,
}

impl Reply {
    /// Whether it counts as a failed request.
    pub fn failed(&self) -> bool {
        self.status.is_none_or(|status| status >= 400)
    }
}

/// How many requests that were given up wait for a late answer.
const GIVEN_UP: usize = 1_000;

/// Puts exchanges together from lines in their order.
#[derive(Default)]
pub struct Exchanges {
    open: BTreeMap<u64, RunExchange>,
    given_up: BTreeMap<u64, RunExchange>,
}

impl Exchanges {
    /// Takes the next line; returns an exchange that is complete with it. A request whose answer
    /// came too late is returned twice: when it was given up, and when the answer came.
    pub fn observe(&mut self, line: &RunLine<'_>) -> Option<RunExchange> {
        match line.kind {
            LineKind::Request => {
                self.open.insert(line.seq, request(line));
            }
            LineKind::Answer => return self.close(line),
            LineKind::Fault => {
                if let Some(open) = line.to.and_then(|seq| self.open.get_mut(&seq)) {
                    open.faults.extend(line.says.as_deref().map(str::to_owned));
                }
            }
            LineKind::Account | LineKind::Golinks => {
                if let Some(LineCause::Request(seq)) = line.cause
                    && let Some(open) = self.open.get_mut(&seq)
                {
                    open.did.push(Deed { seq: line.seq, says: owned(&line.says) });
                }
            }
            _ => {}
        }
        None
    }

    /// The requests without an answer so far, in their order.
    pub fn unanswered(self) -> impl Iterator<Item = RunExchange> {
        self.open.into_values()
    }

    fn close(&mut self, line: &RunLine<'_>) -> Option<RunExchange> {
        let seq = line.to?;
        let mut exchange = match self.open.remove(&seq) {
            Some(open) => open,
            None => self.given_up.remove(&seq)?,
        };
        exchange.answer = Some(reply(line));
        if line.lost.is_some() {
            if self.given_up.len() == GIVEN_UP {
                self.given_up.pop_first();
            }
            self.given_up.insert(seq, exchange.clone());
        }
        Some(exchange)
    }
}

fn owned(text: &Option<std::borrow::Cow<'_, str>>) -> String {
    text.as_deref().unwrap_or_default().to_owned()
}

fn content(line: &RunLine<'_>) -> Content {
    Content {
        content_type: line.content_type.as_deref().map(str::to_owned),
        headers: line
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect(),
        body: line.body.as_deref().map(str::to_owned),
        base64: line.base64,
        gone: false,
    }
}

fn request(line: &RunLine<'_>) -> RunExchange {
    RunExchange {
        seq: line.seq,
        at: line.at.to_string(),
        us: line.us,
        of: line.of.as_deref().map(str::to_owned),
        from: owned(&line.from),
        door: owned(&line.door),
        user: line.user.as_deref().map(str::to_owned),
        method: owned(&line.method),
        target: owned(&line.target),
        cause: line.cause,
        sent: content(line),
        faults: Vec::new(),
        did: Vec::new(),
        answer: None,
    }
}

fn reply(line: &RunLine<'_>) -> Reply {
    Reply {
        seq: line.seq,
        status: line.status,
        lost: line.lost.as_deref().map(str::to_owned),
        after_us: line.after_us,
        changed_nothing: line.idle,
        too_late: line.late,
        retry_after: line.retry_after.as_deref().map(str::to_owned),
        content: content(line),
    }
}

impl RunExchange {
    /// The status in words: `201`, `no answer within 30 s`.
    pub fn status(&self) -> String {
        let Some(answer) = &self.answer else { return "no answer yet".to_owned() };
        answer_words(answer.status, answer.lost.as_deref(), answer.after_us)
    }

    /// The answer in words: `201, and nothing changed`.
    pub fn outcome(&self) -> String {
        let mut words = self.status();
        let Some(answer) = &self.answer else { return words };
        if let Some(wait) = &answer.retry_after {
            words += &format!(", Retry-After {wait}");
        }
        if answer.changed_nothing {
            words += ", and nothing changed";
        }
        if answer.too_late {
            words += ", too late";
        }
        words
    }

    /// The exchange in lines: its head, what the faults did and what it did, and both bodies.
    pub fn lines(&self, start: Time) -> Vec<Line> {
        let at = start + std::time::Duration::from_micros(self.us);
        let mut head =
            Line::of(Tone::Faint, format!("#{:<6} {}  ", self.seq, day_and_second(start, at)));
        head.add(Tone::Plain, format!("{} {}", self.method, self.target));
        if let Some(user) = &self.user {
            head.add(Tone::Faint, format!("  ({user})"));
        }
        if self.from != "entra" {
            head.add(Tone::Faint, "  from outside");
        }
        if let Some(of) = &self.of {
            head.add(Tone::Faint, format!("  [{of}]"));
        }
        let failed = self.answer.as_ref().is_some_and(Reply::failed);
        head.add(if failed { Tone::Bad } else { Tone::Good }, format!(" → {}", self.outcome()));
        let mut lines = vec![head];
        lines.extend(self.faults.iter().map(|it| Line::of(Tone::Warn, format!("        ⚡ {it}"))));
        lines.extend(body_line(">", &self.sent));
        lines.extend(self.answer.iter().filter_map(|answer| body_line("<", &answer.content)));
        lines.extend(
            self.did.iter().map(|it| Line::of(Tone::Plain, format!("        · {}", it.says))),
        );
        lines
    }
}

fn body_line(mark: &str, content: &Content) -> Option<Line> {
    let gone = || Line::of(Tone::Faint, format!("        {mark} (the body is no longer kept)"));
    let shown = |body: &String| Line::of(Tone::Plain, format!("        {mark} {body}"));
    if content.gone { Some(gone()) } else { content.body.as_ref().map(shown) }
}

/// Which exchanges are asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ExchangeQuery {
    /// About this user or group.
    pub user: Option<String>,
    /// With this outcome.
    pub status: Option<StatusFilter>,
    /// With this method, in any case of letters.
    pub method: Option<String>,
    /// With this text in path and query.
    pub path: Option<String>,
    /// Of this application, where there are several.
    pub app: Option<String>,
}

/// An outcome that is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StatusFilter {
    /// This status.
    Exactly(u16),
    /// Any with this first digit.
    Class(u16),
    /// Any error, or no answer.
    Failed,
    /// No answer.
    Lost,
    /// Success for a write that changed nothing.
    Idle,
}

impl fmt::Display for StatusFilter {
    /// The word by which it is asked for.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatusFilter::Exactly(status) => write!(f, "{status}"),
            StatusFilter::Class(class) => write!(f, "{class}xx"),
            StatusFilter::Failed => f.write_str("failed"),
            StatusFilter::Lost => f.write_str("lost"),
            StatusFilter::Idle => f.write_str("idle"),
        }
    }
}

impl StatusFilter {
    /// Reads `404`, `4xx`, `failed`, `lost` or `idle`.
    ///
    /// # Errors
    /// What can be asked for.
    pub fn parse(text: &str) -> Result<StatusFilter, String> {
        let digits = text.to_ascii_lowercase();
        match digits.as_str() {
            "failed" => return Ok(StatusFilter::Failed),
            "lost" => return Ok(StatusFilter::Lost),
            "idle" => return Ok(StatusFilter::Idle),
            _ => {}
        }
        let class = digits.strip_suffix("xx").and_then(|digit| digit.parse().ok());
        match (class, digits.parse()) {
            (Some(class @ 1..=5), _) => Ok(StatusFilter::Class(class)),
            (_, Ok(status @ 100..=599)) => Ok(StatusFilter::Exactly(status)),
            _ => Err(format!(
                "`{text}` is no status: write 404, 4xx, `failed` (an error or no answer), `lost` \
                 (no answer) or `idle` (success that changed nothing)"
            )),
        }
    }

    fn lets_through(self, answer: Option<&Reply>) -> bool {
        let Some(answer) = answer else { return self == StatusFilter::Lost };
        match self {
            StatusFilter::Exactly(status) => answer.status == Some(status),
            StatusFilter::Class(class) => answer.status.is_some_and(|it| it / 100 == class),
            StatusFilter::Failed => answer.failed(),
            StatusFilter::Lost => answer.status.is_none(),
            StatusFilter::Idle => answer.changed_nothing,
        }
    }
}

impl ExchangeQuery {
    /// Whether an exchange is asked for.
    pub fn lets_through(&self, exchange: &RunExchange) -> bool {
        let is = |wanted: &Option<String>, have: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| have == Some(wanted))
        };
        is(&self.user, exchange.user.as_deref())
            && (exchange.of.is_none() || is(&self.app, exchange.of.as_deref()))
            && self.method.as_ref().is_none_or(|it| it.eq_ignore_ascii_case(&exchange.method))
            && self.path.as_ref().is_none_or(|part| exchange.target.contains(part))
            && self.status.is_none_or(|status| status.lets_through(exchange.answer.as_ref()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kind: LineKind, seq: u64, to: Option<u64>) -> RunLine<'static> {
        RunLine { kind, seq, to, at: "x".into(), ..RunLine::default() }
    }

    #[test]
    fn an_exchange_has_its_answer_its_deeds_and_what_struck_it() {
        let mut exchanges = Exchanges::default();
        let request = RunLine {
            method: Some("POST".into()),
            body: Some("{}".into()),
            ..line(LineKind::Request, 1, None)
        };
        let deed = RunLine {
            cause: Some(LineCause::Request(1)),
            says: Some("created".into()),
            ..line(LineKind::Account, 3, None)
        };
        let answer = RunLine { status: Some(201), ..line(LineKind::Answer, 4, Some(1)) };
        assert!(exchanges.observe(&request).is_none());
        let fault = RunLine { says: Some("slow".into()), ..line(LineKind::Fault, 2, Some(1)) };
        assert!(exchanges.observe(&fault).is_none());
        assert!(exchanges.observe(&deed).is_none());
        let whole = exchanges.observe(&answer).expect("an exchange");
        assert_eq!((whole.method.as_str(), whole.outcome().as_str()), ("POST", "201"));
        assert_eq!((whole.faults.len(), whole.did[0].says.as_str()), (1, "created"));
        assert_eq!(exchanges.unanswered().count(), 0);
    }

    #[test]
    fn a_late_answer_finds_the_request_that_was_given_up() {
        let mut exchanges = Exchanges::default();
        exchanges.observe(&line(LineKind::Request, 1, None));
        let lost = RunLine { lost: Some("timed out".into()), ..line(LineKind::Answer, 2, Some(1)) };
        assert!(exchanges.observe(&lost).is_some_and(|it| it.outcome().contains("no answer")));
        let late = RunLine { status: Some(201), late: true, ..line(LineKind::Answer, 3, Some(1)) };
        let whole = exchanges.observe(&late).expect("an exchange");
        assert_eq!(whole.outcome(), "201, too late");
        assert!(exchanges.observe(&late).is_none());
    }

    #[test]
    fn a_status_is_read_in_all_its_forms() {
        let read = |text: &str| StatusFilter::parse(text).ok();
        assert_eq!(read("404"), Some(StatusFilter::Exactly(404)));
        assert_eq!(read("4XX"), Some(StatusFilter::Class(4)));
        assert_eq!(read("failed"), Some(StatusFilter::Failed));
        for text in ["404", "4xx", "failed", "lost", "idle"] {
            assert_eq!(read(text).map(|filter| filter.to_string()).as_deref(), Some(text));
        }
        for wrong in ["", "4x", "9xx", "4040", "ok", "é"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
