//! What the page gathers while the run goes on, since the journal forgets: marks on the strip, the
//! last requests, the people to compare again, and the groups.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::Live;
use super::comparison::Comparison;
use super::groups::GroupRows;
use super::story::Captions;
use super::strip::{Past, Scale};
use super::traffic::Tail;
use crate::entra::AppId;
use crate::evidence::Secrets;
use crate::scenario::Play;
use crate::world::intent::Counts;
use crate::world::{Drive, Party, Record, RecordedEvent};

/// What the page shows beyond the state of the play.
#[derive(Default)]
pub struct Board {
    run: Option<u64>,
    seen: u64,
    /// The last sequence number up to which the traffic has been read.
    heard: u64,
    /// What was gathered of each application, by its id; at least of the main one.
    sides: Sides,
    captions: Captions,
    /// The secrets of the scenario, and its text without them; made when a page first shows it.
    masked: OnceCell<(Secrets, String)>,
    /// The secrets of what was done by hand, and of how many actions of which run they are.
    by_hand: Secrets,
    learned: (u64, usize),
}

/// What was gathered of one application.
#[derive(Default)]
pub struct Side {
    pub(super) past: Past,
    pub(super) tail: Tail,
    pub(super) comparison: Comparison,
    /// People who have not been compared yet.
    pub(super) todo: usize,
    pub(super) groups: GroupRows,
}

struct Sides(Vec<Side>);

impl Default for Sides {
    fn default() -> Sides {
        Sides(vec![Side::default()])
    }
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
        self.learn(play, live);
        let journal = play.world().journal();
        let first = journal.first_seq();
        if self.seen + 1 < first {
            // The journal has dropped records since the last update: their marks are lost.
            self.sides.0.iter_mut().for_each(|side| side.comparison.forget());
            self.seen = first - 1;
        }
        let scale = Scale::of(play);
        self.sides.0.resize_with(play.world().views().count(), Side::default);
        for record in journal.facts_since(self.seen).into_iter().flatten() {
            self.captions.observe(&record);
            for (side, app) in self.sides.0.iter_mut().zip(play.world().views()) {
                if app.concerns(record.party) || record.event.is_setting() {
                    side.past.observe(&record, scale);
                    side.comparison.observe(&record.event);
                }
            }
        }
        self.seen = journal.last_seq();
        if self.seen - self.heard <= TAIL_MAX {
            self.observe_traffic(play);
        }
    }

    /// Reads the last requests from the journal.
    fn observe_traffic(&mut self, play: &Play) {
        let journal = play.world().journal();
        let held = journal.first_seq() - 1;
        let from = self.heard.max(held).max(journal.last_seq().saturating_sub(TAIL_MAX));
        if from > self.heard {
            self.sides.0.iter_mut().for_each(|side| side.tail.miss());
        }
        for record in journal.since(from).into_iter().flatten() {
            for (side, app) in self.sides.0.iter_mut().zip(play.world().views()) {
                if app.concerns(record.party) && (app.app() == AppId::MAIN || !is_outside(&record))
                {
                    side.tail.observe(&record, journal.body(record.seq).unwrap_or_default());
                }
            }
        }
        self.heard = journal.last_seq();
    }

    /// Compares the people and accounts that were touched, and reads the last requests. Only pages
    /// need this, so it is not called while no page watches.
    pub fn compare(&mut self, play: &Play) {
        self.observe_traffic(play);
        for (side, app) in self.sides.0.iter_mut().zip(play.world().views()) {
            side.todo = side.comparison.update(app);
            side.groups.update(app, self.seen);
        }
    }

    /// The text of the scenario's file, without secrets.
    pub fn masked(&self, play: &Play) -> &str {
        &self.secrets(play).1
    }

    /// A text of the scenario without its secrets.
    pub fn mask(&self, text: &str, play: &Play) -> String {
        self.secrets(play).0.mask(text).into_owned()
    }

    /// The view of a panel in JSON, or an answer, without the secrets of the scenario and of what
    /// was done by hand.
    pub fn mask_json<'t>(&self, json: &'t str, play: &Play) -> Cow<'t, str> {
        match self.secrets(play).0.mask_json(json) {
            Cow::Borrowed(json) => self.by_hand.mask_json(json),
            Cow::Owned(json) => Cow::Owned(self.by_hand.mask_json(&json).into_owned()),
        }
    }

    /// [`Board::mask_json`] of a value.
    pub fn mask_value(&self, value: &mut serde_json::Value, play: &Play) {
        self.secrets(play).0.mask_value(value);
        self.by_hand.mask_value(value);
    }

    /// A text of a scenario that still plays, with another text for each secret.
    pub fn stand_in(&self, text: &str, play: &Play) -> String {
        let mut secrets = self.secrets(play).0.clone();
        secrets.join(self.by_hand.clone());
        secrets.stand_in(text)
    }

    /// Learns the secrets of what was done by hand since the last update. After a jump back all
    /// are read again, for new ones may stand between others.
    fn learn(&mut self, play: &Play, live: &Live<'_>) {
        let (done, (run, learned)) = (live.by_hand, self.learned);
        if (live.run, done.len()) == (run, learned) {
            return;
        }
        let goes_on = run == live.run && done.last().is_some_and(|last| last.at <= play.now());
        let new = if goes_on { done.get(learned..).unwrap_or(done) } else { done };
        self.by_hand.join(Secrets::of_actions(new.iter().map(|done| &done.action)));
        self.learned = (live.run, done.len());
    }

    fn secrets(&self, play: &Play) -> &(Secrets, String) {
        self.masked.get_or_init(|| {
            let secrets = Secrets::of(play.script());
            let text = secrets.mask(&play.script().source.text).into_owned();
            (secrets, text)
        })
    }

    /// The same board for another run, which begins with what this one has seen.
    pub fn of_run(self, run: u64) -> Board {
        Board { run: Some(run), ..self }
    }

    /// What was gathered of an application.
    pub fn of(&self, app: AppId) -> &Side {
        self.sides.0.get(app.index()).unwrap_or(&self.sides.0[0])
    }

    /// What the narrator has said.
    pub fn captions(&self) -> &Captions {
        &self.captions
    }

    /// How many people are in the main application's scope, right and wrong, as far as they have
    /// been compared.
    pub fn counts(&self) -> &Counts {
        self.of(AppId::MAIN).comparison.counts()
    }

    /// Whether some people have not been compared yet, so that the page can change although no
    /// record is added.
    pub fn unfinished(&self) -> bool {
        self.sides.0.iter().any(|side| side.todo > 0)
    }

    /// The journal's latest sequence number that the board has seen.
    pub fn seq(&self) -> u64 {
        self.seen
    }
}

/// Whether a record is the request of another client than the jobs, or its answer. The page shows
/// those beside the main application's.
fn is_outside(record: &Record<'_>) -> bool {
    let exchange = matches!(
        record.event,
        RecordedEvent::Request(_) | RecordedEvent::Answer(_) | RecordedEvent::TooLate(_)
    );
    exchange && record.party == Party::World
}
