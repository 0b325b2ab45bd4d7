//! The panel of the cycles that have ended: a row each, newest first, with what it did and how long
//! it took.

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
    /// The heading: `200 of 1,081 cycles shown, the newest`.
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

/// A cycle that has ended.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct CycleRow {
    /// Its number.
    pub number: u64,
    /// `good`, `warn` or `bad`; empty for a cycle that found nothing to do.
    pub tone: &'static str,
    /// When it began: `Day 3 07:12`.
    pub at: String,
    /// The same as the page sends it to `/api/v1/jump`.
    pub instant: String,
    /// `initial` or `incremental`.
    pub kind: &'static str,
    /// The vendor's word for how it went, and why it failed as a whole.
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
    /// How long it took: `1 m 15 s`; `at once` where GoLinks takes no time to answer.
    pub took: String,
    /// How long it took beside the longest one shown, in thousandths.
    pub share: u64,
}

/// How many cycles are shown.
const SHOWN: usize = 200;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> CycleList {
    let (job, start) = (scene.app().entra().job(), scene.play.script().start);
    let last: Vec<&Ended> = job.ended().rev().take(SHOWN).collect();
    let took = |ended: &Ended| ended.ended.since(ended.began).as_millis();
    let longest = last.iter().map(|ended| took(ended)).max().unwrap_or_default().max(1);
    let share = |ended: &Ended| (took(ended) * 1_000 / longest) as u64;
    let rows: Vec<CycleRow> = last.iter().map(|ended| row(ended, start, share(ended))).collect();
    let total = job.counters().cycles;
    let cycles = words::counted(total, "cycle", "cycles");
    let says = match rows.len() as u64 {
        shown if shown < total => format!("the last {} of {cycles} shown", words::count(shown)),
        _ => cycles,
    };
    let running = job.cycle().map(|cycle| {
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

fn row(ended: &Ended, start: Time, share: u64) -> CycleRow {
    let counts = &ended.counts;
    let tone = match ended.result {
        CycleResult::Failed => "bad",
        CycleResult::EntryLevelErrors => "warn",
        CycleResult::Succeeded if counts.staged > 0 => "warn",
        CycleResult::Succeeded if counts.writes() > 0 => "good",
        CycleResult::Succeeded => "",
    };
    let result = match &ended.error {
        Some(error) => format!("{}: {}", ended.result.word(), words::cut(&error.text(), 200)),
        None => ended.result.word().to_owned(),
    };
    CycleRow {
        number: ended.number,
        tone,
        at: words::moment(start, ended.began),
        instant: ended.began.to_string(),
        kind: ended.kind.word(),
        result,
        created: counts.created,
        updated: counts.updated,
        disabled: counts.disabled,
        deleted: counts.deleted,
        skipped: counts.skipped,
        failed: counts.failed,
        staged: counts.staged,
        took: match ended.ended.since(ended.began) {
            none if none.is_zero() => "at once".to_owned(),
            took => show_duration(took),
        },
        share,
    }
}
