//! What the page is sent: at most some fifteen frames a second, each with all that changed since
//! the one before.

use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use tokio::sync::mpsc;

use crate::app::dashboard::{Board, Live, Query, Viewer};
use crate::scenario::Play;

/// The time between two frames.
const FRAME: Duration = Duration::from_millis(66);

/// How many pages may watch at once.
const VIEWERS_MAX: usize = 32;

/// The board and those who watch it.
pub struct Frames {
    board: Board,
    viewers: Vec<Watching>,
    /// Those who went and may come back, the latest last.
    gone: VecDeque<Viewer>,
    server: u32,
    last: Instant,
    touched: bool,
}

struct Watching {
    viewer: Viewer,
    page: mpsc::Sender<Bytes>,
}

impl Frames {
    /// A board nobody watches yet.
    pub fn new() -> Frames {
        let server = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.subsec_nanos());
        let (viewers, gone) = (Vec::new(), VecDeque::new());
        Frames {
            board: Board::default(),
            viewers,
            gone,
            server,
            last: Instant::now(),
            touched: false,
        }
    }

    /// Something may have changed; `true` when that was not known yet.
    pub fn touch(&mut self) -> bool {
        !std::mem::replace(&mut self.touched, true)
    }

    /// When the next frame is due, if one is; while the clock moves, those who watch it see it
    /// move.
    pub fn due(&self, moving: bool) -> Option<Instant> {
        (self.touched || (moving && !self.viewers.is_empty())).then(|| self.last + FRAME)
    }

    /// Adds somebody who watches; the first frame comes with the next round. Beyond a bound they
    /// are turned away. Who names the last frame they got, and is remembered, gets what has changed
    /// since; everybody else a snapshot.
    pub fn watch(&mut self, query: Query, last_id: Option<&str>, page: mpsc::Sender<Bytes>) {
        self.see_off();
        let known = self.viewers.iter().map(|watching| &watching.viewer).chain(&self.gone);
        let back = last_id
            .and_then(|id| known.into_iter().find_map(|viewer| viewer.come_back(&query, id)));
        let viewer = back.unwrap_or_else(|| Viewer::new(query, self.server));
        if self.viewers.len() < VIEWERS_MAX {
            self.viewers.push(Watching { viewer, page });
        }
    }

    /// Remembers those who have gone.
    fn see_off(&mut self) {
        let gone = self.viewers.extract_if(.., |watching| watching.page.is_closed());
        self.gone.extend(gone.map(|watching| watching.viewer));
        self.gone.drain(..self.gone.len().saturating_sub(VIEWERS_MAX));
    }

    /// Looks at the play, and sends everybody what is new to them.
    pub fn show(&mut self, play: &Play, live: &Live<'_>) {
        (self.last, self.touched) = (Instant::now(), false);
        self.board.update(play, live);
        if !self.viewers.is_empty() {
            self.board.compare(play);
            self.touched = self.board.unfinished();
        }
        let journal = play.world().journal();
        // What the journal has let go is too old to go on from.
        self.gone.retain(|viewer| {
            viewer.latest() + 1 >= journal.first_seq() && viewer.latest() <= journal.last_seq()
        });
        let board = &self.board;
        self.viewers.iter_mut().for_each(|watching| watching.send(board, play, live));
        self.see_off();
        self.touched |= self.viewers.iter().any(|watching| watching.viewer.owes());
    }

    /// The whole state as JSON.
    pub fn state(&mut self, play: &Play, live: &Live<'_>, query: &Query) -> Bytes {
        self.board.update(play, live);
        self.board.compare(play);
        Bytes::from(self.board.state(play, live, query))
    }
}

impl Watching {
    /// Sends the next frame, if there is one. A slow page gets fewer, fuller frames.
    fn send(&mut self, board: &Board, play: &Play, live: &Live<'_>) {
        let Ok(place) = self.page.try_reserve() else { return self.viewer.put_off() };
        if let Some(frame) = self.viewer.frame(board, play, live) {
            place.send(Bytes::from(format!("id: {}\ndata: {}\n\n", frame.id, frame.data)));
        }
    }
}
