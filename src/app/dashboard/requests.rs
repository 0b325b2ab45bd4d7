//! The panel of all requests that the journal still holds, of the engine and from outside.

use std::collections::BTreeMap;

use super::drawer::parts::{Piece, Row};
use super::log::Listed;
use super::panels::Scene;
use super::words;
use crate::world::record::{RecordedAnswer, RecordedRequest};
use crate::world::{Origin, Record, RecordedEvent};

/// How many of the journal's last records are searched.
const SEARCHED: usize = 10_000;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Listed {
    let (view, journal) = (scene.app(), scene.play.world().journal());
    let mut answers = BTreeMap::new();
    let last = journal.records().rev().take(SEARCHED).filter(|it| view.concerns(it.party));
    let rows = last.filter_map(|record| match record.event {
        RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer) => {
            answers.insert(answer.request, answer);
            None
        }
        RecordedEvent::Request(request) => {
            Some(row(scene, &record, &request, answers.remove(&record.seq).as_ref()))
        }
        _ => None,
    });
    let total = words::counted(view.counters().requests(), "request", "requests");
    Listed::of(scene, vec!["When", "From", "About", "Request", "Answer"], rows, &total)
}

fn row(
    scene: &Scene<'_>,
    record: &Record<'_>,
    request: &RecordedRequest<'_>,
    answer: Option<&RecordedAnswer<'_>>,
) -> Row {
    let tone = if answer.is_some_and(|answer| answer.status.failed()) { "bad" } else { "" };
    let says = match answer {
        None => "no answer yet".to_owned(),
        Some(answer) if answer.idle => format!("{}, changed nothing", words::status(answer.status)),
        Some(answer) => words::status(answer.status),
    };
    let sent = format!("{} {}", request.method, words::target(request.target));
    Row {
        tone,
        cells: vec![
            words::second(scene.play.script().start, record.at).into(),
            match request.origin {
                Origin::Engine(_) => "Entra".into(),
                Origin::External => "outside".into(),
            },
            request.who.map_or_else(|| "–".into(), |who| Piece::link(who, format!("user {who}"))),
            Piece::link(words::cut(&sent, 200), format!("request {}", record.seq)),
            Piece::from(says).in_tone(tone),
        ],
    }
}
