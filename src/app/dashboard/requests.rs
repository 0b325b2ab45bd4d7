//! The panel of all requests that the journal still holds, of the engine and from outside.

use std::collections::BTreeMap;

use super::drawer::parts::{Piece, Row};
use super::log::Listed;
use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::world::record::{RecordedAnswer, RecordedRequest};
use crate::world::{Door, Origin, Record, RecordedEvent};

/// How many of the journal's last records are searched.
const SEARCHED: usize = 10_000;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Listed {
    let (view, journal) = (scene.app(), scene.play.world().journal());
    let mut answers = BTreeMap::new();
    let mut lines: Vec<Line> = Vec::new();
    let last = journal.records().rev().filter(|it| scene.shows(it.at)).take(SEARCHED);
    let last = last.filter(|it| view.concerns(it.party));
    for record in last {
        match record.event {
            RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => {
                answers.insert(answer.request, answer);
            }
            RecordedEvent::Request(request) => {
                let line = line(&record, &request, answers.remove(&record.seq).as_ref());
                match lines.last_mut() {
                    Some(later) if later.goes_like(&line) => later.times += line.times,
                    _ => lines.push(line),
                }
            }
            _ => {}
        }
    }
    let rows = lines.iter().map(|line| line.row(scene.play.script().start));
    let told: u64 = lines.iter().map(|line| line.times).sum();
    let counters = view.counters();
    let mut total = scene.by_now(words::requests(counters));
    if told < counters.requests() + counters.pages {
        total = format!("the last {} of {total}", words::count(told));
    }
    if (lines.len() as u64) < told {
        total += "; probes in a row that went alike are one line";
    }
    Listed::of(scene, vec!["When", "From", "About", "Request", "Answer"], rows, &total)
}

/// A request with its answer, or several probes in a row that were answered alike; the newest.
struct Line {
    seq: u64,
    at: Time,
    from: &'static str,
    about: Piece,
    is_probe: bool,
    sent: String,
    says: String,
    failed: bool,
    times: u64,
}

fn line(
    record: &Record<'_>,
    request: &RecordedRequest<'_>,
    answer: Option<&RecordedAnswer<'_>>,
) -> Line {
    let own = matches!(request.origin, Origin::Engine(_));
    let is_probe = own
        && request.door != Door::Token
        && request.method == "GET"
        && request.who.is_none()
        && request.group.is_none();
    let about = match (request.who, request.group) {
        (Some(who), _) => Piece::link(who, format!("user {who}")),
        (None, Some(group)) => Piece::link(group, format!("group {group}")),
        (None, None) if is_probe => "connection probe".into(),
        (None, None) if request.door == Door::Token => "access token".into(),
        (None, None) => Piece::from("no person").in_tone("faint"),
    };
    let says = match answer {
        None => "no answer yet".to_owned(),
        Some(answer) if answer.idle => format!("{}, changed nothing", words::status(answer.status)),
        Some(answer) => words::status(answer.status),
    };
    Line {
        seq: record.seq,
        at: record.at,
        from: if own { "Entra" } else { "outside" },
        about,
        is_probe,
        sent: format!("{} {}", request.method, words::target(request.target)),
        says,
        failed: answer.is_some_and(|answer| answer.status.failed()),
        times: 1,
    }
}

impl Line {
    /// Whether both are probes that were answered alike, as those of a quiet day are.
    fn goes_like(&self, other: &Line) -> bool {
        self.is_probe && other.is_probe && self.says == other.says
    }

    fn row(&self, start: Time) -> Row {
        let tone = if self.failed { "bad" } else { "" };
        let says = match self.times {
            1 => self.says.clone(),
            times => format!("{}, {} in a row", self.says, words::count(times)),
        };
        Row {
            tone,
            cells: vec![
                words::second(start, self.at).into(),
                self.from.into(),
                self.about.clone(),
                Piece::link(words::cut(&self.sent, 200), format!("request {}", self.seq)),
                Piece::from(says).in_tone(tone),
            ],
        }
    }
}
