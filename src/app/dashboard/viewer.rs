//! A page that watches: what it was sent is remembered, so that a frame holds only what has
//! changed, also for a page that comes back.

use std::collections::VecDeque;
use std::time::Instant;

use xxhash_rust::xxh3::xxh3_64;

use super::Query;
use super::panels::{PANELS, Snapshot, frame_data};

/// A listener of `/api/events`.
#[derive(Clone)]
pub struct Viewer {
    query: Query,
    /// Tells this server from others, so that a page does not go on with the frames of another.
    server: u32,
    sent: Vec<Sent>,
    /// The ids of the last frames, each with its number among all frames of this listener.
    ids: VecDeque<(String, u64)>,
    frames: u64,
    latest: u64,
    not_before: Option<Instant>,
    owes: bool,
}

/// A part as it was sent last, and in which frame.
#[derive(Clone)]
struct Sent {
    name: &'static str,
    /// Of its text; `None` when it must be sent again in any case.
    hash: Option<u64>,
    frame: u64,
}

/// How many frames a page may be behind when it comes back.
const IDS_MAX: usize = 1_000;

/// A frame is made at most so often that one part in so many of the time goes into it: a search
/// among a million people must not slow the server down.
const SHARE: u32 = 8;

/// One server-sent event.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// The event's id: the journal's latest sequence number, and a mark of the run.
    pub id: String,
    /// The event's data: a JSON object on one line, with the panels that changed.
    pub data: String,
}

impl Viewer {
    /// A listener that has seen nothing yet; its first frame is a snapshot. `server` differs
    /// between any two servers.
    pub fn new(query: Query, server: u32) -> Viewer {
        let (sent, ids) = (Vec::new(), VecDeque::new());
        Viewer { query, server, sent, ids, frames: 0, latest: 0, not_before: None, owes: false }
    }

    /// The same listener on a new connection, which has everything up to the frame of this id and
    /// nothing later; `None` when this one was never sent it, or asked for something else.
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

    /// Whether a frame was put off, so that there may be something to send though nothing more
    /// happens.
    pub fn owes(&self) -> bool {
        self.owes
    }

    /// There was no room to send anything.
    pub fn put_off(&mut self) {
        self.owes = true;
    }

    /// What to send now: an event of the default type; `None` when nothing shown has changed, or it
    /// is too early.
    pub fn frame(&mut self, snapshot: &Snapshot<'_>) -> Option<Frame> {
        let began = Instant::now();
        self.owes = self.not_before.is_some_and(|not_before| began < not_before);
        if self.owes {
            return None;
        }
        let frame = self.make(snapshot);
        self.not_before = Some(began + began.elapsed() * SHARE);
        frame
    }

    /// The next frame may be made at once, however long the last one took.
    pub fn hurry(&mut self) {
        self.not_before = None;
    }

    /// The page asks to see something else from now on.
    pub fn ask(&mut self, query: Query) {
        self.query = query;
        self.hurry();
    }

    fn make(&mut self, snapshot: &Snapshot<'_>) -> Option<Frame> {
        let frame = self.frames + 1;
        let (query, sent) = (&self.query, &mut self.sent);
        let panels = PANELS.iter().map(|panel| (panel.name, snapshot.json(panel, query)));
        let changed: Vec<_> =
            panels.filter(|(name, text)| sends(sent, name, text, frame)).collect();
        (!changed.is_empty()).then(|| Frame {
            id: self.count_frame(snapshot.seq(), snapshot.run()),
            data: frame_data(snapshot.seq(), changed.into_iter()),
        })
    }

    /// Counts a frame and gives it its id.
    fn count_frame(&mut self, seq: u64, run: u64) -> String {
        (self.frames, self.latest) = (self.frames + 1, seq);
        let id = format!("{seq}-{:x}.{run}", self.server);
        // Of frames with one id the first counts: a page that got one of them may have missed the
        // others.
        if self.ids.back().is_none_or(|(last, _)| *last != id) {
            self.ids.push_back((id.clone(), self.frames));
        }
        if self.ids.len() > IDS_MAX {
            self.ids.pop_front();
        }
        id
    }
}

/// Whether a panel differs from what was sent last; if so, it is noted as sent.
fn sends(all: &mut Vec<Sent>, name: &'static str, text: &str, frame: u64) -> bool {
    let hash = Some(xxh3_64(text.as_bytes()));
    match all.iter_mut().find(|sent| sent.name == name) {
        Some(sent) if sent.hash == hash => return false,
        Some(sent) => (sent.hash, sent.frame) = (hash, frame),
        None => all.push(Sent { name, hash, frame }),
    }
    true
}
