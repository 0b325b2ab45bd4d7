//! The frames sent to each page: at most about fifteen a second, each with everything that has
//! changed since the frame before.

use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::app::dashboard::{Board, Live, Query, Snapshot, Viewer};
use crate::scenario::Play;

/// The time between two frames.
const FRAME: Duration = Duration::from_millis(66);

/// How many pages may watch at once: enough for a class of students, and some more.
pub const VIEWERS_MAX: usize = 256;

/// How many disconnected pages are remembered, so that they may come back.
const GONE_MAX: usize = 32;

/// After this time without a frame a page is sent a beat, which makes its connection fail if the
/// page is gone.
const BEAT: Duration = Duration::from_secs(15);

/// The longest time for one round of frames, so that requests need not wait for it. The pages that
/// got no frame come first in the next round.
const ROUND_MAX: Duration = Duration::from_millis(30);

/// The board and the pages that watch it.
pub struct Frames {
    board: Board,
    viewers: VecDeque<Watching>,
    /// The pages that have disconnected and may come back, the most recent last.
    gone: VecDeque<Viewer>,
    /// A number that differs between servers, so that the id of another server's frame is not taken
    /// for one of this server's.
    server: u32,
    next_number: u64,
    last: Instant,
    touched: bool,
}

struct Watching {
    number: u64,
    viewer: Viewer,
    page: mpsc::Sender<Bytes>,
    sent: Instant,
}

/// The stream of frames for one page.
pub struct Watched {
    /// The number of the page, by which it asks to see something else; see [`Frames::ask`].
    pub number: u64,
    /// The frames.
    pub frames: mpsc::Receiver<Bytes>,
}

impl Frames {
    /// Creates a board that no page watches yet.
    pub fn unwatched() -> Frames {
        let server = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.subsec_nanos());
        Frames {
            board: Board::default(),
            viewers: VecDeque::new(),
            gone: VecDeque::new(),
            server,
            next_number: 1,
            last: Instant::now(),
            touched: false,
        }
    }

    /// Notes that something may have changed; returns whether this is the first change since the
    /// last frame.
    pub fn touch(&mut self) -> bool {
        !std::mem::replace(&mut self.touched, true)
    }

    /// Returns when the next frame or beat is due, if one is. While the clock is `moving`, frames
    /// are due even without any other change, because the pages show the time.
    pub fn due(&self, moving: bool) -> Option<Instant> {
        if self.touched || (moving && !self.viewers.is_empty()) {
            return Some(self.last + FRAME);
        }
        self.viewers.iter().map(|watching| watching.sent + BEAT).min()
    }

    /// Adds a page; its first frame comes with the next round. A remembered page that names the
    /// last frame it got is sent the changes since then; any other page is sent a snapshot. Returns
    /// `None` when [`VIEWERS_MAX`] pages already watch.
    pub fn watch(&mut self, query: Query, last_id: Option<&str>) -> Option<Watched> {
        self.remove_gone();
        let known = self.viewers.iter().map(|watching| &watching.viewer).chain(&self.gone);
        let back = last_id
            .and_then(|id| known.into_iter().find_map(|viewer| viewer.come_back(&query, id)));
        let viewer = back.unwrap_or_else(|| Viewer::new(query, self.server));
        if self.viewers.len() == VIEWERS_MAX {
            // A beat detects pages that left without closing, which makes room for a later page.
            self.viewers.iter_mut().for_each(Watching::beat);
            return None;
        }
        let (page, frames) = mpsc::channel(FRAMES_BEHIND_MAX);
        let number = self.next_number;
        self.next_number += 1;
        self.viewers.push_back(Watching { number, viewer, page, sent: Instant::now() });
        Some(Watched { number, frames })
    }

    /// Changes what a page wants to see; returns `false` when no page has this number.
    pub fn ask(&mut self, number: u64, query: Query) -> bool {
        let found = self.viewers.iter_mut().find(|watching| watching.number == number);
        found.map(|watching| watching.viewer.ask(query)).is_some()
    }

    /// Moves disconnected pages from `viewers` to `gone`, which keeps the last few.
    fn remove_gone(&mut self) {
        let (gone, here): (VecDeque<_>, VecDeque<_>) =
            std::mem::take(&mut self.viewers).into_iter().partition(|w| w.page.is_closed());
        self.viewers = here;
        self.gone.extend(gone.into_iter().map(|watching| watching.viewer));
        self.gone.drain(..self.gone.len().saturating_sub(GONE_MAX));
    }

    /// Updates the board from the play and sends each page the changes since its last frame.
    pub fn show(&mut self, play: &Play, live: &Live<'_>) {
        (self.last, self.touched) = (Instant::now(), false);
        self.board.update(play, live);
        if !self.viewers.is_empty() {
            self.board.compare(play);
            self.touched = self.board.unfinished();
        }
        let journal = play.world().journal();
        // A page can come back only while the journal of this run still holds every record after
        // its last frame.
        self.gone.retain(|viewer| {
            viewer.latest() + 1 >= journal.first_seq() && viewer.latest() <= journal.last_seq()
        });
        self.send_round(play, live);
        self.remove_gone();
        self.touched |= self.viewers.iter().any(|watching| watching.viewer.owes());
    }

    fn send_round(&mut self, play: &Play, live: &Live<'_>) {
        let snapshot = Snapshot::new(&self.board, play, live);
        let mut served = 0;
        for watching in &mut self.viewers {
            if self.last.elapsed() > ROUND_MAX && served > 0 {
                watching.viewer.put_off();
            } else {
                watching.send(&snapshot);
                served += 1;
            }
        }
        // The pages that were put off come first in the next round.
        self.viewers.rotate_left(served);
    }

    /// Returns the whole state as JSON.
    pub fn state(&mut self, play: &Play, live: &Live<'_>, query: &Query) -> Bytes {
        self.board.update(play, live);
        self.board.compare(play);
        Bytes::from(Snapshot::new(&self.board, play, live).state(query))
    }
}

/// How many frames a page may be behind before it gets fewer of them.
const FRAMES_BEHIND_MAX: usize = 4;

impl Watching {
    /// Sends the next frame, if there is one. A slow page gets fewer but larger frames.
    fn send(&mut self, snapshot: &Snapshot<'_>) {
        let Ok(place) = self.page.try_reserve() else { return self.viewer.put_off() };
        if let Some(frame) = self.viewer.frame(snapshot) {
            place.send(Bytes::from(format!("id: {}\ndata: {}\n\n", frame.id, frame.data)));
            self.sent = Instant::now();
        } else if self.sent.elapsed() >= BEAT {
            drop(place);
            self.beat();
        }
    }

    /// Sends a comment of the event stream, which a page ignores.
    fn beat(&mut self) {
        let _ = self.page.try_send(Bytes::from_static(b": beat\n\n"));
        self.sent = Instant::now();
    }
}
