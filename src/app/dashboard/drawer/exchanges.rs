//! The last requests about one user, as rows of the drawer.

use std::collections::BTreeMap;

use super::parts::{Piece, Row, Section};
use crate::app::dashboard::panels::Scene;
use crate::app::dashboard::words;
use crate::world::RecordedEvent;
use crate::world::record::{RecordedRequest, ReplyStatus};

/// How many requests are shown.
const SHOWN: usize = 20;

/// How many of the journal's last records are searched for them.
const SEARCHED: usize = 20_000;

/// The last requests that the engine sent about the user with this handle.
pub fn of(scene: &Scene<'_>, handle: &str) -> Section {
    let journal = scene.play.world().journal();
    let mut answers = BTreeMap::new();
    let mut rows = Vec::new();
    for record in journal.records().rev().take(SEARCHED) {
        match record.event {
            RecordedEvent::Answer(answer) => {
                answers.insert(answer.request, (answer.status, answer.idle));
            }
            RecordedEvent::Request(request) if request.who == Some(handle) => {
                let at = words::second(scene.play.script().start, record.at);
                rows.push(row(record.seq, at, &request, answers.get(&record.seq).copied()));
            }
            _ => {}
        }
        if rows.len() == SHOWN {
            break;
        }
    }
    let columns = ["When", "Request", "Answer"];
    let none = "Entra has sent no request about this user that is still kept.";
    Section::table("Requests", &columns, rows, none)
}

fn row(
    seq: u64,
    at: String,
    request: &RecordedRequest<'_>,
    answer: Option<(ReplyStatus, bool)>,
) -> Row {
    let sent = format!("{} {}", request.method, words::target(request.target));
    let tone = if answer.is_some_and(|(status, _)| status.failed()) { "bad" } else { "" };
    let says = match answer {
        None => "no answer yet".to_owned(),
        Some((status, true)) => format!("{}, changed nothing", words::status(status)),
        Some((status, false)) => words::status(status),
    };
    let link = Piece::link(words::cut(&sent, 200), format!("request {seq}"));
    Row { tone, cells: vec![at.into(), link, Piece::from(says).in_tone(tone)] }
}
