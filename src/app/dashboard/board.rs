//! What must be gathered while the run goes on, since the journal forgets: marks on the strip, the
//! last requests, and who has to be compared anew.

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
    /// As far as the traffic has been taken in.
    heard: u64,
    pub(super) past: Past,
    pub(super) tail: Tail,
    pub(super) comparison: Comparison,
    /// People who have not been compared yet.
    pub(super) todo: usize,
}

/// Records the traffic takes in at an update: under the load of external clients there are
/// thousands, and the last ones are shown. While no page watches so many are not taken in at all;
/// they are there when one does.
const TAIL_MAX: u64 = 2_000;

impl Board {
    /// Reads what is new in the journal. Cheap when nothing is; starts anew when `live.run`
    /// changes.
    pub fn update(&mut self, play: &Play, live: &Live<'_>) {
        if self.run != Some(live.run) {
            *self = Board { run: Some(live.run), ..Board::default() };
        }
        let journal = play.world().journal();
        let first = journal.first_seq();
        if self.seen + 1 < first {
            // More happened since the last look than the journal holds: those marks are lost.
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

    /// Takes in the last requests.
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

    /// Compares the two worlds where something was touched, and takes in the last requests: for
    /// the pages that watch, so not to be done while there are none.
    pub fn compare(&mut self, play: &Play) {
        self.observe_traffic(play.world().journal());
        self.todo = self.comparison.update(play.world());
    }

    /// How many are in scope, and how many of them are right, as far as compared.
    pub fn counts(&self) -> &Counts {
        self.comparison.counts()
    }

    /// Whether some people have not been compared yet, so that there will be more to see though
    /// nothing happens.
    pub fn unfinished(&self) -> bool {
        self.todo > 0
    }

    /// The journal's latest sequence number that the board has seen.
    pub fn seq(&self) -> u64 {
        self.seen
    }
}
