//! One listener of `/api/v1/events`. It remembers what the page was sent, so that a frame holds
//! only the changed panels, also for a page that reconnects.

use std::collections::VecDeque;
use std::time::Instant;

use bytes::Bytes;

use super::Query;
use super::panels::{PanelText, Snapshot, frame_data};

/// A listener of `/api/v1/events`.
#[derive(Clone)]
pub struct Viewer {
    query: Query,
    /// Identifies this server, so that a page does not continue with the frames of another.
    server: u32,
    sent: Vec<Sent>,
    /// The ids of the last frames, each with its number among all frames of this listener.
    ids: VecDeque<(String, u64)>,
    frames: u64,
    latest: u64,
    not_before: Option<Instant>,
    owes: bool,
}

/// A panel as it was last sent, and in which frame.
#[derive(Clone)]
struct Sent {
    name: &'static str,
    /// The hash of its text; `None` when it must be sent again in any case.
    hash: Option<u64>,
    frame: u64,
}

/// How many frames a page may have missed when it reconnects.
const IDS_MAX: usize = 1_000;

/// Making frames takes at most one part in `SHARE` of the time, so that a search among a million
/// people does not slow the server down.
const SHARE: u32 = 8;

impl Viewer {
    /// A listener that was sent nothing yet; its first frame has every panel. `server` differs
    /// between any two servers.
    pub fn new(query: Query, server: u32) -> Viewer {
        let (sent, ids) = (Vec::new(), VecDeque::new());
        Viewer { query, server, sent, ids, frames: 0, latest: 0, not_before: None, owes: false }
    }

    /// The listener for the new connection of a page whose last frame had the id `last_id`; `None`
    /// when this listener does not remember that frame, or the query is another.
    pub fn come_back(&self, query: &Query, last_id: &str) -> Option<Viewer> {
        let (_, got) =
            self.ids.iter().find(|(id, _)| id == last_id).filter(|_| self.query == *query)?;
        let mut back = Viewer { not_before: None, owes: true, ..self.clone() };
        for sent in back.sent.iter_mut().filter(|sent| sent.frame > *got) {
            sent.hash = None;
        }
        Some(back)
    }

    /// The journal's sequence number at the last frame.
    pub fn latest(&self) -> u64 {
        self.latest
    }

    /// Whether a frame was put off, so that one may be due although nothing new happened.
    pub fn owes(&self) -> bool {
        self.owes
    }

    /// Puts the next frame off, because there was no room to send it.
    pub fn put_off(&mut self) {
        self.owes = true;
    }

    /// The frame to send now, an event of the default type; `None` when no panel has changed or it
    /// is too early. Its id is the journal's latest sequence number, the server and the run; its
    /// data is a JSON object on one line, with the panels that changed. Pages that lack the same
    /// get the same bytes.
    pub fn frame(&mut self, snapshot: &Snapshot<'_>) -> Option<Bytes> {
        let began = Instant::now();
        self.owes = self.not_before.is_some_and(|not_before| began < not_before);
        if self.owes {
            return None;
        }
        let frame = self.make(snapshot);
        self.not_before = Some(began + began.elapsed() * SHARE);
        frame
    }

    /// Lets the next frame be made at once, however long the last one took.
    pub fn hurry(&mut self) {
        self.not_before = None;
    }

    /// What the page wants to see.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Changes the query of the page.
    pub fn ask(&mut self, query: Query) {
        self.query = query;
        self.hurry();
    }

    fn make(&mut self, snapshot: &Snapshot<'_>) -> Option<Bytes> {
        let frame = self.frames + 1;
        let (query, sent) = (&self.query, &mut self.sent);
        let shown = snapshot.shown(query);
        let changed: Vec<_> =
            shown.filter(|(name, it)| sends(sent, name, it.hash, frame)).collect();
        if changed.is_empty() {
            return None;
        }
        let id = self.count_frame(snapshot.seq(), snapshot.run());
        let holds = changed.iter().map(|(name, made)| (*name, made.hash)).collect();
        let make = || event(&id, snapshot.seq(), changed);
        Some(snapshot.frame((self.server, holds), make))
    }

    /// Counts a frame and returns its id.
    fn count_frame(&mut self, seq: u64, run: u64) -> String {
        (self.frames, self.latest) = (self.frames + 1, seq);
        let id = format!("{seq}-{:x}.{run}", self.server);
        // Several frames may share an id, and the first one counts: a page that received one of
        // them may have missed the others.
        if self.ids.back().is_none_or(|(last, _)| *last != id) {
            self.ids.push_back((id.clone(), self.frames));
        }
        if self.ids.len() > IDS_MAX {
            self.ids.pop_front();
        }
        id
    }
}

/// The text of an event with these panels.
fn event(id: &str, seq: u64, panels: Vec<(&'static str, PanelText)>) -> Bytes {
    let data = frame_data(seq, panels.into_iter());
    Bytes::from(format!("id: {id}\ndata: {data}\n\n"))
}

/// Whether a panel differs from what was last sent; if so, records it as sent.
fn sends(all: &mut Vec<Sent>, name: &'static str, hash: u64, frame: u64) -> bool {
    let hash = Some(hash);
    match all.iter_mut().find(|sent| sent.name == name) {
        Some(sent) if sent.hash == hash => return false,
        Some(sent) => (sent.hash, sent.frame) = (hash, frame),
        None => all.push(Sent { name, hash, frame }),
    }
    true
}
