//! A past instant of the run, played again: its play and what the board gathered on the way.
//!
//! Nothing changes in it any more, so each of its panels is made once for all pages that look at
//! it.

use std::cell::RefCell;
use std::rc::Rc;

use super::panels::{MadePanels, PanelText};
use super::{Board, Live};
use crate::base::Time;
use crate::scenario::Play;
use crate::scenario::play::Verdict;
use crate::world::Drive;

/// A past instant of the run.
pub struct Seen {
    /// The play, which stands at the instant.
    pub play: Play,
    pub(super) board: Board,
    pub(super) verdict: Rc<Verdict>,
    pub(super) made: RefCell<MadePanels>,
}

/// How many panels are kept; with more searches and drawers than this they are made anew.
const MADE_MAX: usize = 400;

impl Seen {
    /// The instant of a play at which it stands; `board` has read its journal from its start.
    pub fn new(play: Play, board: Board) -> Seen {
        let verdict = Rc::new(play.verdict());
        Seen { play, board, verdict, made: RefCell::default() }
    }

    /// The instant.
    pub fn at(&self) -> Time {
        self.play.now()
    }

    /// The parts of a run that goes on from here.
    pub fn into_parts(self) -> (Play, Board) {
        (self.play, self.board)
    }

    /// Keeps a panel that was made.
    pub(super) fn keep(&self, key: (&'static str, super::Query), panel: PanelText) {
        let mut made = self.made.borrow_mut();
        if made.len() >= MADE_MAX {
            made.clear();
        }
        made.insert(key, panel);
    }
}

/// What a page is told of a run that it looks back at, beside what is told of the run itself.
pub fn live_then<'a>(now: &Live<'a>) -> Live<'a> {
    Live { paused: true, notice: None, ..*now }
}

/// Reads what a play has newly recorded, before its journal forgets it.
#[derive(Default)]
pub struct Gathering {
    board: Board,
    read: u64,
}

/// After so many new records the board reads them; the journal holds more.
const READ_AFTER: u64 = 1_000;

impl Gathering {
    /// Reads the new records when there are many.
    pub fn read(&mut self, play: &Play) {
        if play.world().journal().last_seq() >= self.read + READ_AFTER {
            self.read_all(play);
        }
    }

    fn read_all(&mut self, play: &Play) {
        self.board.update(play, &Live::default());
        self.read = play.world().journal().last_seq();
    }

    /// The board, with every person compared.
    pub fn finish(mut self, play: &Play) -> Board {
        self.read_all(play);
        self.board.compare(play);
        while self.board.unfinished() {
            self.board.compare(play);
        }
        self.board
    }
}
