//! One who watches: remembers what was sent, so that a frame holds only what has changed.

use std::time::Instant;

use serde::Serialize;

use super::{Board, Live, Query};
use crate::scenario::Play;

/// A listener of `/api/events`.
pub struct Viewer {
    query: Query,
    sent: Vec<(&'static str, String)>,
    not_before: Option<Instant>,
    owes: bool,
}

/// A frame is made at most so often that one part in so many of the time goes into it: a search among a million people
/// must not slow the server down.
const SHARE: u32 = 8;

/// One server-sent event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// The event's id: the journal's latest sequence number.
    pub id: u64,
    /// The event's data: a JSON object on one line, with those keys of [`super::view::State`] that changed.
    pub data: String,
}

impl Viewer {
    /// A listener who has seen nothing yet. Its first frame is a snapshot, so any `Last-Event-ID` is caught up with.
    pub fn new(query: Query) -> Viewer {
        Viewer { query, sent: Vec::new(), not_before: None, owes: false }
    }

    /// Whether a frame was put off, so that there may be something to send though nothing more happens.
    pub fn owes(&self) -> bool {
        self.owes
    }

    /// There was no room to send anything.
    pub fn put_off(&mut self) {
        self.owes = true;
    }

    /// What to send now: an event of the default type; `None` when nothing shown has changed, or it is too early.
    pub fn frame(&mut self, board: &Board, play: &Play, live: &Live<'_>) -> Option<Frame> {
        let began = Instant::now();
        self.owes = self.not_before.is_some_and(|not_before| began < not_before);
        if self.owes {
            return None;
        }
        let frame = self.make(board, play, live);
        self.not_before = Some(began + began.elapsed() * SHARE);
        frame
    }

    /// The next frame may be made at once, however long the last one took.
    #[cfg(test)]
    pub fn hurry(&mut self) {
        self.not_before = None;
    }

    fn make(&mut self, board: &Board, play: &Play, live: &Live<'_>) -> Option<Frame> {
        let state = board.state(play, live, &self.query);
        let parts = [
            ("run", json(&state.run)),
            ("clock", json(&state.clock)),
            ("strip", json(&state.strip)),
            ("truth", json(&state.truth)),
            ("caption", json(&state.caption)),
            ("job", json(&state.job)),
            ("worlds", json(&state.worlds)),
            ("traffic", json(&state.traffic)),
            ("expectations", json(&state.expectations)),
        ];
        let first = self.sent.is_empty();
        let mut data = format!("{{\"seq\":{}", state.seq);
        let mut changed = false;
        for (nth, (name, part)) in parts.into_iter().enumerate() {
            if !first && self.sent[nth].1 == part {
                continue;
            }
            changed = true;
            data += &format!(",\"{name}\":{part}");
            if first {
                self.sent.push((name, part));
            } else {
                self.sent[nth].1 = part;
            }
        }
        data.push('}');
        changed.then_some(Frame { id: state.seq, data })
    }
}

fn json(part: &impl Serialize) -> String {
    serde_json::to_string(part).expect("the view holds only strings, numbers and lists, which are always JSON")
}
