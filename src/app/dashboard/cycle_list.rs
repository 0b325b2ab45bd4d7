//! The panel of the cycles that have ended: newest first, with what each did and how long it took.
//! Those in a row that found nothing to do share one, or they would hide the others.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::event::CycleResult;
use crate::entra::job::Ended;
use crate::entra::job::execution::Progress;

/// The cycles that have ended.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct CycleList {
    /// The heading: `119 cycles have ended; those in a row that found nothing to do are one line`.
    pub says: String,
    /// The cycle that is running.
    pub running: Option<Running>,
    /// The cycles, newest first.
    pub rows: Vec<CycleRow>,
}

/// The cycle that is running, with the portal's progress bar.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Running {
    /// Which one, and how far it is: `Cycle 1 (initial) is running: 3 of 10 pages, 30 % complete.`
    pub says: String,
    /// The share of its pages that is done, in percent.
    pub percent: u64,
}

/// A cycle that has ended, or several in a row that found nothing to do.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct CycleRow {
    /// Its number; of several, that of the newest.
    pub number: u64,
    /// Its number, or the numbers of several: `82–118`.
    pub numbers: String,
    /// `good`, `warn` or `bad`; empty for a cycle that found nothing to do.
    pub tone: &'static str,
    /// When it, or the first of several, began: `day 3 07:12`.
    pub at: String,
    /// When the last of several began; absent for one alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The same as the page asks for that instant.
    pub instant: String,
    /// When the last of several began, as the page asks for that instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// `initial` or `incremental`.
    pub kind: &'static str,
    /// The vendor's word for how it went, and why it failed as a whole; for several, how many.
    pub result: String,
    /// Accounts created.
    pub created: u64,
    /// Accounts updated.
    pub updated: u64,
    /// Accounts disabled.
    pub disabled: u64,
    /// Accounts deleted.
    pub deleted: u64,
    /// Objects with nothing to do.
    pub skipped: u64,
    /// Objects that failed.
    pub failed: u64,
    /// Objects that the deletion threshold staged.
    pub staged: u64,
    /// How long it took: `1 m 15 s`; `at once` where GoLinks takes no time to answer. Of several,
    /// the longest.
    pub took: String,
    /// How long it took beside the longest one shown, in thousandths.
    pub share: u64,
}

/// How many rows are shown.
const SHOWN: usize = 200;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> CycleList {
    let (job, start) = (scene.app().entra().job(), scene.play.script().start);
    let mut spans: Vec<Span<'_>> = Vec::new();
    for ended in job.ended().rev().filter(|ended| scene.shows(ended.ended)) {
        let full = spans.len() == SHOWN;
        match spans.last_mut().filter(|span| span.goes_on_with(ended)) {
            Some(span) => span.add(ended),
            None if full => break,
            None => spans.push(Span::of(ended)),
        }
    }
    let longest = spans.iter().map(|span| span.took.as_millis()).max().unwrap_or_default().max(1);
    let rows: Vec<CycleRow> = spans.iter().map(|span| span.row(start, longest)).collect();
    let shown: u64 = spans.iter().map(|span| span.cycles).sum();
    let ended = if scene.is_recorded() { shown } else { job.counters().cycles };
    let says = says(ended, shown, rows.len() as u64);
    let running = job.cycle().filter(|_| scene.shows(scene.app().now())).map(|cycle| {
        let (number, kind) = (words::count(cycle.number), cycle.kind.word());
        let progress = job.progress();
        let (done, all) = progress.as_ref().map_or((0, 1), |it| (it.completed, it.total));
        let percent = progress.as_ref().map_or(0, Progress::percent);
        let pages = words::counted(all, "page", "pages");
        let says = format!(
            "Cycle {number} ({kind}) is running: {} of {pages}, {percent} % complete.",
            words::count(done)
        );
        Running { says, percent }
    });
    CycleList { says, running, rows }
}

fn says(total: u64, shown: u64, rows: u64) -> String {
    let mut says = match total {
        0 => "none has ended yet".to_owned(),
        1 => "1 cycle has ended".to_owned(),
        many => format!("{} cycles have ended", words::count(many)),
    };
    if shown < total {
        says += &format!("; the last {} are shown", words::count(shown));
    }
    if rows < shown {
        says += "; those in a row that found nothing to do are one line";
    }
    says
}

/// A cycle, or several in a row that found nothing to do.
struct Span<'a> {
    newest: &'a Ended,
    oldest: &'a Ended,
    cycles: u64,
    took: Duration,
}

impl<'a> Span<'a> {
    fn of(ended: &'a Ended) -> Span<'a> {
        Span { newest: ended, oldest: ended, cycles: 1, took: ended.ended.since(ended.began) }
    }

    fn goes_on_with(&self, ended: &Ended) -> bool {
        tone(self.oldest).is_empty() && tone(ended).is_empty() && self.is_like(ended)
    }

    fn is_like(&self, ended: &Ended) -> bool {
        self.oldest.kind == ended.kind && self.oldest.counts.skipped == ended.counts.skipped
    }

    fn add(&mut self, older: &'a Ended) {
        self.oldest = older;
        self.cycles += 1;
        self.took = self.took.max(older.ended.since(older.began));
    }

    fn row(&self, start: Time, longest: u128) -> CycleRow {
        let (newest, oldest, counts) = (self.newest, self.oldest, &self.newest.counts);
        let last = (self.cycles > 1).then_some(newest);
        let result = match (&newest.error, self.cycles) {
            (Some(error), _) => {
                format!("{}: {}", newest.result.word(), words::cut(&error.text(), 200))
            }
            (None, 1) => newest.result.word().to_owned(),
            (None, many) => format!("{}, {} in a row", newest.result.word(), words::count(many)),
        };
        CycleRow {
            number: newest.number,
            numbers: match last {
                Some(last) => {
                    format!("{}–{}", words::count(oldest.number), words::count(last.number))
                }
                None => words::count(newest.number),
            },
            tone: tone(newest),
            at: words::moment(start, oldest.began),
            to: last.map(|last| words::moment(start, last.began)),
            instant: oldest.began.to_string(),
            until: last.map(|last| last.began.to_string()),
            kind: newest.kind.word(),
            result,
            created: counts.created,
            updated: counts.updated,
            disabled: counts.disabled,
            deleted: counts.deleted,
            skipped: counts.skipped,
            failed: counts.failed,
            staged: counts.staged,
            took: match self.took {
                none if none.is_zero() => "at once".to_owned(),
                took => show_duration(took),
            },
            share: (self.took.as_millis() * 1_000 / longest) as u64,
        }
    }
}

fn tone(ended: &Ended) -> &'static str {
    match ended.result {
        CycleResult::Failed => "bad",
        CycleResult::EntryLevelErrors => "warn",
        CycleResult::Succeeded if ended.counts.staged > 0 => "warn",
        CycleResult::Succeeded if ended.counts.writes() > 0 => "good",
        CycleResult::Succeeded => "",
    }
}
