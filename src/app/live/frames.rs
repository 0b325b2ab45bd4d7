//! What the page is sent: at most some fifteen frames a second, each with all that changed since the one before.

use std::time::{Duration, Instant};

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
        Frames { board: Board::default(), viewers: Vec::new(), last: Instant::now(), touched: false }
    }

    /// Something may have changed; `true` when that was not known yet.
    pub fn touch(&mut self) -> bool {
        !std::mem::replace(&mut self.touched, true)
    }

    /// When the next frame is due, if one is; while the clock moves, those who watch it see it move.
    pub fn due(&self, moving: bool) -> Option<Instant> {
        (self.touched || (moving && !self.viewers.is_empty())).then(|| self.last + FRAME)
    }

    /// Adds somebody who watches; the first frame comes with the next round. Beyond a bound they are turned away.
    pub fn watch(&mut self, query: Query, page: mpsc::Sender<Bytes>) {
        self.viewers.retain(|watching| !watching.page.is_closed());
        if self.viewers.len() < VIEWERS_MAX {
            self.viewers.push(Watching { viewer: Viewer::new(query), page });
        }
    }

    /// Looks at the play, and sends everybody what is new to them.
    pub fn show(&mut self, play: &Play, live: &Live<'_>) {
        (self.last, self.touched) = (Instant::now(), false);
        self.board.look(play, live);
        if !self.viewers.is_empty() {
            self.board.compare(play);
            self.touched = self.board.unfinished();
        }
        let board = &self.board;
        self.viewers.retain_mut(|watching| watching.send(board, play, live));
        self.touched |= self.viewers.iter().any(|watching| watching.viewer.owes());
    }

    /// The whole state as JSON.
    pub fn state(&mut self, play: &Play, live: &Live<'_>, query: &Query) -> Bytes {
        self.board.look(play, live);
        self.board.compare(play);
        let state = self.board.state(play, live, query);
        serde_json::to_vec(&state).map(Bytes::from).unwrap_or_default()
    }
}

impl Watching {
    /// Sends the next frame, if there is one; `false` when the page has gone. A slow page gets fewer, fuller frames.
    fn send(&mut self, board: &Board, play: &Play, live: &Live<'_>) -> bool {
        let Ok(place) = self.page.try_reserve() else {
            self.viewer.put_off();
            return !self.page.is_closed();
        };
        if let Some(frame) = self.viewer.frame(board, play, live) {
            place.send(Bytes::from(format!("id: {}\ndata: {}\n\n", frame.id, frame.data)));
        }
        true
    }
}
