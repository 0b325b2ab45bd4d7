//! What the page gathers while the run goes on, since the journal forgets: marks on the strip, the
//! last requests, and the people to compare again.

use super::Live;
use super::comparison::Comparison;
use super::strip::{Past, Scale};
use super::traffic::Tail;
use crate::scenario::Play;
use crate::world::Journal;
use crate::world::intent::Counts;

/// What the page shows beyond the state of the play.
#[derive(Default)]
pub struct Board {
    run: Option<u64>,
    seen: u64,
    /// The last sequence number up to which the traffic has been read.
    heard: u64,
    pub(super) past: Past,
    pub(super) tail: Tail,
    pub(super) comparison: Comparison,
    /// People who have not been compared yet.
    pub(super) todo: usize,
}

/// How many records the traffic panel reads at once, the latest ones. External clients under load
/// cause many thousands. [`Board::update`] leaves the traffic unread when there are more, and
/// [`Board::compare`] reads the latest of them when a page watches.
const TAIL_MAX: u64 = 2_000;

impl Board {
    /// Reads the new records of the journal; cheap when there are none. Starts from an empty board
    /// when `live.run` changes.
    pub fn update(&mut self, play: &Play, live: &Live<'_>) {
        if self.run != Some(live.run) {
            *self = Board { run: Some(live.run), ..Board::default() };
        }
        let journal = play.world().journal();
        let first = journal.first_seq();
        if self.seen + 1 < first {
            // The journal has dropped records since the last update: their marks are lost.
            self.comparison.forget();
            self.seen = first - 1;
        }
        let scale = Scale::of(play);
        for record in journal.facts_since(self.seen).into_iter().flatten() {
            self.past.observe(&record, scale);
            self.comparison.observe(&record.event);
        }
        self.seen = journal.last_seq();
        if self.seen - self.heard <= TAIL_MAX {
            self.observe_traffic(journal);
        }
    }

    /// Reads the last requests from the journal.
    fn observe_traffic(&mut self, journal: &Journal) {
        let held = journal.first_seq() - 1;
        let from = self.heard.max(held).max(journal.last_seq().saturating_sub(TAIL_MAX));
        if from > self.heard {
            self.tail.miss();
        }
        for record in journal.since(from).into_iter().flatten() {
            self.tail.observe(&record, journal.body(record.seq).unwrap_or_default());
        }
        self.heard = journal.last_seq();
    }

    /// Compares the people and accounts that were touched, and reads the last requests. Only pages
    /// need this, so it is not called while no page watches.
    pub fn compare(&mut self, play: &Play) {
        self.observe_traffic(play.world().journal());
        self.todo = self.comparison.update(play.world());
    }

    /// How many people are in scope, right and wrong, as far as they have been compared.
    pub fn counts(&self) -> &Counts {
        self.comparison.counts()
    }

    /// Whether some people have not been compared yet, so that the page can change although no
    /// record is added.
    pub fn unfinished(&self) -> bool {
        self.todo > 0
    }

    /// The journal's latest sequence number that the board has seen.
    pub fn seq(&self) -> u64 {
        self.seen
    }
}
