//! Writes the records of a run as lines, as they happen.

use std::borrow::Cow;
use std::fmt::{self, Debug, Write};

use base64ct::{Base64, Encoding};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::line::WorldsKind;
use super::line::{Cells, EndKind, HeadKind, LineCause, LineKind, RunCheck, RunEnd, RunHead};
use super::line::{RunByHand, RunLine, RunOutcome, RunRow, RunStory, RunSwitch};
use super::line::{RunWorlds, VERSION};
use super::secrets::Secrets;
use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra;
use crate::entra::call::LEFT_ALONE;
use crate::entra::job::log::LogEntry;
use crate::entra::job::summary::LogNames;
use crate::golinks::Happened;
use crate::recording;
use crate::scenario::log::{self, PROPERTIES, ROWS, STEPS};
use crate::scenario::play::{Checked, Outcome};
use crate::scenario::report::{self, Line, Tone};
use crate::scenario::switched::{Switched, bugs_brought_about, set_later, switched_on};
use crate::scenario::{Play, Script};
use crate::world::record::{Cause, RecordedAnswer, RecordedRequest, ReplyStatus};
use crate::world::{Door, Drive, Origin, Party, Record, RecordedEvent};

/// How the worlds compare at an instant.
pub struct Frame {
    /// The last record before it.
    pub seq: u64,
    /// The instant.
    pub at: Time,
    /// The application, where there are several.
    pub of: Option<String>,
    /// The page's panels, as an object of JSON.
    pub panels: String,
}

/// Makes the lines of a run.
pub struct LineWriter {
    start: Time,
    /// What the rows of each application's log share.
    names: Vec<LogNames>,
    secrets: Secrets,
    foreign: bool,
    /// The command that plays the scenario that repeats what was done by hand.
    by_hand: Option<String>,
    /// The last instant and its text: very many records share one.
    at: (Time, String),
    says: String,
}

impl LineWriter {
    /// A writer for a play that is at its start.
    pub fn new(play: &Play) -> LineWriter {
        let start = play.script().start;
        LineWriter {
            start,
            names: play.world().views().map(log::names).collect(),
            secrets: Secrets::of(play.script()),
            foreign: play.world().target().mock().is_none(),
            by_hand: None,
            at: (start, start.rfc3339()),
            says: String::new(),
        }
    }

    /// Masks the secrets of what was done by hand too, which the story does not name.
    pub fn masks_by_hand(mut self, by_hand: Option<&RunByHand>) -> LineWriter {
        if let Some(by_hand) = by_hand {
            self.secrets.join(Secrets::of_text(&by_hand.file));
        }
        self
    }

    /// Appends the first line; `files` are those of the story in the folder of the record. With it
    /// goes what was done by hand, and a note on what is not in the record.
    pub fn head(
        &mut self,
        script: &Script,
        files: Vec<String>,
        (by_hand, note): (Option<RunByHand>, Option<String>),
        out: &mut Vec<u8>,
    ) {
        let text = |text: &str| self.secrets.mask(text).into_owned();
        let by_hand = by_hand.map(|it| RunByHand {
            // So that it still plays.
            file: self.secrets.stand_in(&it.file),
            replay: text(&it.replay),
            ..it
        });
        let replay_by_hand = by_hand.as_ref().map(|it| it.replay.clone());
        let head = RunHead {
            kind: HeadKind::Head,
            version: VERSION,
            program: concat!("scimulator ", env!("CARGO_PKG_VERSION")).to_owned(),
            scenario: script.name.clone(),
            cell: script.cell.as_ref().map(|cell| text(&cell.name())),
            file: script.source.name.clone(),
            title: text(&script.title),
            covers: script.covers.clone(),
            seed: script.seed.0,
            start: script.start.rfc3339(),
            ends: script.ends.rfc3339(),
            replay: text(&report::replay(script)),
            by_hand,
            note,
            bugs: bugs_brought_about(script).into_iter().map(str::to_owned).collect(),
            switched_on: self.switches(switched_on(script)),
            foreign: self.foreign,
            target: script.target.as_deref().map(text),
            files,
        };
        self.by_hand = replay_by_hand;
        push(&head, out);
    }

    /// The command that plays the scenario that repeats what was done by hand, if anything was.
    pub fn by_hand(&self) -> Option<&str> {
        self.by_hand.as_deref()
    }

    /// Appends a record.
    pub fn record(&mut self, record: &Record<'_>, body: Option<&[u8]>, out: &mut Vec<u8>) {
        self.with_line(record, body, |line| push(line, out));
    }

    /// Hands a record to `take` as a line.
    pub fn with_line<T>(
        &mut self,
        record: &Record<'_>,
        body: Option<&[u8]>,
        take: impl FnOnce(&RunLine<'_>) -> T,
    ) -> T {
        let LineWriter { start, names, secrets, at, says, .. } = self;
        if at.0 != record.at {
            *at = (record.at, record.at.rfc3339());
        }
        let mut line = RunLine {
            seq: record.seq,
            at: Cow::Borrowed(&at.1),
            us: micros(*start, record.at),
            cause: record.cause.map(cause),
            of: record.label.map(Cow::Borrowed),
            ..RunLine::default()
        };
        says.clear();
        match &record.event {
            RecordedEvent::Request(request) => of_request(&mut line, request, body, secrets),
            RecordedEvent::Answer(answer) => of_answer(&mut line, answer, body, secrets),
            RecordedEvent::TooLate(answer) => {
                line.late = true;
                of_answer(&mut line, answer, body, secrets);
            }
            event => {
                event.write(says);
                line.says = Some(secrets.mask(says));
                of_event(&mut line, event, record.party, names, secrets);
            }
        }
        take(&line)
    }

    /// Appends how the worlds compare at an instant, as the page shows it.
    pub fn frame(&self, frame: &Frame, out: &mut Vec<u8>) {
        let masked = self.secrets.mask_json(&frame.panels).into_owned();
        let Ok(panels) = serde_json::value::RawValue::from_string(masked) else { return };
        let line = RunWorlds {
            kind: WorldsKind::Worlds,
            seq: frame.seq,
            us: micros(self.start, frame.at),
            of: frame.of.clone(),
            panels,
        };
        push(&line, out);
    }

    fn switches(&self, all: Vec<Switched>) -> Vec<RunSwitch> {
        let text = |text: &str| self.secrets.mask(text).into_owned();
        let one = |it: Switched| RunSwitch {
            what: text(&it.what),
            says: text(&it.says),
            bugs: it.bugs.into_iter().map(str::to_owned).collect(),
            later: it.later,
        };
        all.into_iter().map(one).collect()
    }

    /// Appends the last line of a play that has ended.
    pub fn end(
        &self,
        play: &Play,
        totals: &[Line],
        broken_off: Option<&str>,
        panels: Option<&str>,
        out: &mut Vec<u8>,
    ) {
        let verdict = play.verdict();
        let text = |text: &str| self.secrets.mask(text).into_owned();
        let end = RunEnd {
            kind: EndKind::End,
            seq: play.world().journal().last_seq(),
            us: micros(self.start, play.now()),
            met: verdict.met,
            failed: verdict.failed,
            kept: verdict.kept,
            left_out: verdict.left_out,
            outcome: match verdict.outcome() {
                Outcome::Green => RunOutcome::Green,
                Outcome::Failed => RunOutcome::Failed,
                Outcome::KnownBad => RunOutcome::KnownBad,
                Outcome::Surprise => RunOutcome::Surprise,
                Outcome::CannotTell => RunOutcome::CannotTell,
                Outcome::Unfinished => RunOutcome::Unfinished,
                Outcome::Cut => RunOutcome::Cut,
            },
            known_bad: verdict.known_bad.clone(),
            needs: verdict.needs.clone(),
            verdict: text(&report::verdict(play).text()),
            broken_off: broken_off.map(text),
            switched_later: self.switches(set_later(play)),
            checks: verdict.checks.iter().map(|check| self.check(play, check)).collect(),
            story: report::story(play).iter().map(|entry| self.story(entry)).collect(),
            totals: totals.iter().map(|line| self.line(line)).collect(),
            panels: panels
                .and_then(|json| serde_json::value::RawValue::from_string(text(json)).ok()),
            digest: verdict.digest,
        };
        push(&end, out);
    }

    /// A line without secrets, whose columns keep their widths.
    fn line(&self, line: &Line) -> String {
        let pieces = line.0.iter().map(|(_, piece)| self.secrets.mask_piece(piece));
        Line::of(Tone::Plain, pieces.collect::<String>()).text().trim_end().to_owned()
    }

    fn check(&self, play: &Play, check: &Checked) -> RunCheck {
        let text = |text: &str| self.secrets.mask(text).into_owned();
        RunCheck {
            step: check.step.clone(),
            place: report::place(play.script(), check.line),
            expected: text(&check.expected),
            met: check.met,
            kept: check.kept,
            actual: text(&check.actual),
            why: check.why.iter().map(|why| text(&why.words(self.start))).collect(),
            about: check.about.clone(),
            more: report::more(play.script(), check, self.by_hand.as_deref())
                .map(|more| text(&more)),
            at: check.at.rfc3339(),
            us: micros(self.start, check.at),
        }
    }

    fn story(&self, entry: &report::StoryEntry) -> RunStory {
        RunStory {
            when: entry.when.clone(),
            what: entry.what.clone(),
            text: self.secrets.mask(&entry.text).into_owned(),
            tone: match entry.tone {
                Tone::Plain => "plain",
                Tone::Strong => "strong",
                Tone::Faint => "faint",
                Tone::Good => "good",
                Tone::Bad => "bad",
                Tone::Warn => "warn",
            }
            .to_owned(),
        }
    }
}

fn push(line: &impl serde::Serialize, out: &mut Vec<u8>) {
    // Texts, numbers and lists are always JSON, and writing to a Vec cannot fail.
    let _ = serde_json::to_writer(&mut *out, line);
    out.push(b'\n');
}

fn micros(start: Time, at: Time) -> u64 {
    u64::try_from(at.since(start).as_micros()).unwrap_or(u64::MAX)
}

fn cause(cause: Cause) -> LineCause {
    match cause {
        Cause::Timer => LineCause::Timer,
        Cause::Request(seq) => LineCause::Request(seq),
        Cause::Action(seq) => LineCause::Action(seq),
    }
}

fn of_request<'a>(
    line: &mut RunLine<'a>,
    request: &RecordedRequest<'a>,
    body: Option<&'a [u8]>,
    secrets: &Secrets,
) {
    line.kind = LineKind::Request;
    line.from = Some(Cow::Borrowed(match request.origin {
        Origin::Engine(_) => "entra",
        Origin::External => "outside",
    }));
    line.door = Some(Cow::Borrowed(match request.door {
        Door::Scim => "scim",
        Door::Token => "token",
        Door::Graph => "graph",
        Door::Pages => "pages",
    }));
    line.user = request.about().map(Cow::Borrowed);
    line.method = Some(Cow::Borrowed(request.method));
    line.target = Some(secrets.mask(request.target));
    line.content_type = request.content_type.map(Cow::Borrowed);
    line.headers = of_headers(request.headers, secrets);
    of_body(line, body, secrets);
}

fn of_answer<'a>(
    line: &mut RunLine<'a>,
    answer: &RecordedAnswer<'a>,
    body: Option<&'a [u8]>,
    secrets: &Secrets,
) {
    line.kind = LineKind::Answer;
    line.to = Some(answer.request);
    match answer.status {
        ReplyStatus::Status(status) => line.status = Some(status),
        lost => line.lost = Some(Cow::Borrowed(loss(lost))),
    }
    line.after_us = u64::try_from(answer.after.as_micros()).unwrap_or(u64::MAX);
    line.idle = answer.idle;
    line.content_type = answer.content_type.map(Cow::Borrowed);
    line.headers = of_headers(answer.headers, secrets);
    line.retry_after = answer.retry_after.map(Cow::Borrowed);
    of_body(line, body, secrets);
}

/// Headers without the secrets of the scenario, and without those that a header of its name holds.
fn of_headers<'a>(
    headers: Option<&'a HeaderMap>,
    secrets: &Secrets,
) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    let header = |(name, value): (&'a HeaderName, &'a HeaderValue)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let masked = match recording::secret_header(name.as_str(), &value) {
            Some(masked) => Cow::Owned(masked),
            None => match value {
                Cow::Borrowed(value) => secrets.mask(value),
                Cow::Owned(value) => Cow::Owned(secrets.mask_owned(value)),
            },
        };
        (Cow::Borrowed(name.as_str()), masked)
    };
    headers.into_iter().flatten().map(header).collect()
}

/// The word for the loss of an answer.
fn loss(status: ReplyStatus) -> &'static str {
    match status {
        ReplyStatus::Status(_) => "",
        ReplyStatus::Refused => "refused",
        ReplyStatus::Untrusted => "untrusted",
        ReplyStatus::Reset => "reset",
        ReplyStatus::TimedOut => "timed out",
        ReplyStatus::NotSent => "not sent",
        ReplyStatus::LeftAlone => LEFT_ALONE,
        ReplyStatus::Unwanted => "unwanted",
    }
}

fn of_body<'a>(line: &mut RunLine<'a>, body: Option<&'a [u8]>, secrets: &Secrets) {
    let Some(body) = body.filter(|body| !body.is_empty()) else { return };
    match std::str::from_utf8(body) {
        Ok(text) => line.body = Some(secrets.mask_body(text)),
        // It may hold a secret between bytes that are no text.
        Err(_) if secrets.are_in(body) => line.body = Some(Cow::Borrowed("***")),
        Err(_) => {
            (line.body, line.base64) = (Some(Cow::Owned(Base64::encode_string(body))), true);
        }
    }
}

fn of_event<'a>(
    line: &mut RunLine<'a>,
    event: &RecordedEvent<'a>,
    party: Party,
    names: &[LogNames],
    secrets: &Secrets,
) {
    match event {
        RecordedEvent::Account(account) => {
            line.kind = LineKind::Account;
            line.event = Some(Cow::Borrowed(match account.what {
                Happened::Created => "created",
                Happened::Changed => "changed",
                Happened::Deactivated => "deactivated",
                Happened::Reactivated => "reactivated",
                Happened::Deleted => "deleted",
            }));
            line.id = Some(Cow::Owned(account.id.to_string()));
            line.user_name = Some(secrets.mask(account.user_name));
            line.paths = account.paths.iter().map(Cow::Borrowed).collect();
        }
        RecordedEvent::Entra(entra::Event::Provisioned(row)) => {
            line.kind = LineKind::Row;
            line.user = Some(Cow::Borrowed(&row.handle));
            let app = if let Party::App(app) = party { app.index() } else { 0 };
            line.row = names.get(app).map(|names| of_row(row, names, secrets));
        }
        RecordedEvent::Entra(event) => {
            line.kind = LineKind::Entra;
            line.event = Some(Cow::Owned(match event {
                entra::Event::Tenant(event) => name_of(event),
                event => name_of(event),
            }));
        }
        RecordedEvent::GoLinks(event) => {
            line.kind = LineKind::Golinks;
            line.event = Some(Cow::Owned(name_of(event)));
        }
        RecordedEvent::FaultOn(_) => (line.kind, line.event) = (LineKind::Fault, word("begins")),
        RecordedEvent::FaultOff(_) => (line.kind, line.event) = (LineKind::Fault, word("ends")),
        RecordedEvent::FaultStruck { request, .. } => {
            (line.kind, line.event) = (LineKind::Fault, word("strikes"));
            line.to = Some(*request);
        }
        RecordedEvent::Narrated(_) => line.kind = LineKind::Story,
        RecordedEvent::Action(_) => line.kind = LineKind::Action,
        RecordedEvent::Refused { .. } => line.kind = LineKind::Refused,
        RecordedEvent::Request(_) | RecordedEvent::Answer(_) | RecordedEvent::TooLate(_) => {}
    }
}

fn word(word: &'static str) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(word))
}

fn of_row(row: &LogEntry, names: &LogNames, secrets: &Secrets) -> RunRow {
    let cells = |columns: &[&'static str], cells: Vec<String>| {
        let masked = cells.into_iter().map(|cell| secrets.mask_owned(cell));
        Cells(columns.iter().map(|column| Cow::Borrowed(*column)).zip(masked).collect())
    };
    RunRow {
        cells: cells(&ROWS, log::main_row(row, row.next_try(), names)),
        steps: log::steps(row, names).map(|step| cells(&STEPS, step)).collect(),
        modified: log::properties(row, names).map(|it| cells(&PROPERTIES, it)).collect(),
    }
}

/// The name of an event in the code: `CycleEnded`.
fn name_of(event: &impl Debug) -> String {
    /// Takes letters and digits, and refuses the rest, so that only the name is written.
    struct Name(String);

    impl Write for Name {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            let end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
            self.0.push_str(&text[..end]);
            if end == text.len() { Ok(()) } else { Err(fmt::Error) }
        }
    }

    let mut name = Name(String::new());
    // It ends with the error of `Name` after the name.
    let _ = write!(name, "{event:?}");
    name.0
}

/// The words of an answer: `201`, `no answer within 30 s`.
pub fn answer_words(status: Option<u16>, lost: Option<&str>, after_us: u64) -> String {
    match (status, lost) {
        (Some(status), _) => status.to_string(),
        (None, Some("timed out")) => {
            format!(
                "no answer within {}",
                show_duration(std::time::Duration::from_micros(after_us))
            )
        }
        (None, Some("refused")) => "connection refused".to_owned(),
        (None, Some("untrusted")) => "certificate not trusted".to_owned(),
        (None, Some("reset")) => "connection reset".to_owned(),
        (None, Some("not sent")) => "not sent, the service failed".to_owned(),
        (None, Some("unwanted")) => "no longer awaited".to_owned(),
        (None, Some(other)) => other.to_owned(),
        (None, None) => "no answer yet".to_owned(),
    }
}
