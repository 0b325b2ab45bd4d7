//! The summary of several runs: one line for each run, and the total.

use std::time::Duration;

use crate::scenario::play::{Checked, Outcome};
use crate::scenario::{Cell, Play};

use super::{real, tail};
use crate::scenario::layout::{Line, Tone, pad, plural};

/// The result of one run, as the summary of several runs shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// The name of the run: the scenario's, and the cell of its matrix.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The cell of the scenario's matrix.
    pub cell: Option<Cell>,
    /// The expectations that failed, each with what was observed.
    pub broken: Vec<String>,
    /// How many expectations were judged.
    pub checks: usize,
    /// How many of them failed.
    pub failed: usize,
    /// How many more were not judged, because the command line ended the run early.
    pub left_out: usize,
    /// The digest, when the run can be replayed.
    pub digest: Option<String>,
    /// A remark that a green mark must not hide: a quarantine, or no user in scope.
    pub remark: Option<String>,
}

impl Summary {
    /// The summary of a play that has ended.
    pub fn of(play: &Play) -> Summary {
        let verdict = play.verdict();
        Summary {
            name: play.script().run_name(),
            outcome: verdict.outcome(),
            cell: play.script().cell.clone(),
            broken: verdict.checks.iter().filter(|check| !check.met).map(broken).collect(),
            checks: verdict.met + verdict.failed,
            failed: verdict.failed,
            left_out: verdict.left_out,
            digest: verdict.digest,
            remark: tail::remark(play),
        }
    }
}

/// A scenario that was to be run and was not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotRun {
    /// Its name, or what was typed.
    pub name: String,
    /// Why it was not run.
    pub why: String,
}

/// One line for each run, one for each scenario that was not run, and the total; a run without a
/// real duration is shown without one.
pub fn summary_lines(runs: &[(Summary, Option<Duration>)], not_run: &[NotRun]) -> Vec<Line> {
    let names = runs.iter().map(|(run, _)| &run.name).chain(not_run.iter().map(|it| &it.name));
    let widest = names.map(|name| name.chars().count()).max().unwrap_or_default();
    let mut lines = vec![Line::of(Tone::Strong, "SUMMARY")];
    for (run, took) in runs {
        let (mark, tone) = mark(run.outcome);
        let mut line = Line::of(tone, format!("  {}", pad(mark, MARK)));
        line.add(Tone::Plain, pad(&run.name, widest + 2));
        let met = format!("{} of {} met", run.checks - run.failed, run.checks);
        line.add(Tone::Plain, pad(&met, 15));
        let digest =
            run.digest.as_deref().map_or("no digest", |digest| &digest[..digest.len().min(8)]);
        line.add(Tone::Faint, pad(digest, 10));
        line.add(Tone::Faint, took.map_or(String::new(), real));
        if let Some(remark) = &run.remark {
            line.add(Tone::Warn, format!("  {remark}"));
        }
        lines.push(line);
    }
    for NotRun { name, why } in not_run {
        let mut line = Line::of(Tone::Bad, format!("  {}", pad(NOT_RUN, MARK)));
        line.add(Tone::Plain, pad(name, widest + 2));
        line.add(Tone::Plain, why);
        lines.push(line);
    }
    lines.push(total(runs, not_run.len()));
    lines
}

/// The mark of a scenario that was not run.
const NOT_RUN: &str = "✗ NOT RUN";

/// The width of a mark, in columns.
pub(super) const MARK: usize = 12;

/// The mark of a run: a symbol and a word.
pub(super) fn mark(outcome: Outcome) -> (&'static str, Tone) {
    match outcome {
        Outcome::Green => ("✓ green", Tone::Good),
        Outcome::Failed => ("✗ FAILED", Tone::Bad),
        Outcome::KnownBad => ("! known", Tone::Warn),
        Outcome::Surprise => ("✗ SURPRISE", Tone::Bad),
        Outcome::CannotTell => ("? unclear", Tone::Warn),
        Outcome::Unfinished => ("! stopped", Tone::Warn),
        Outcome::Cut => ("… cut", Tone::Warn),
    }
}

/// A failed expectation in one line.
fn broken(check: &Checked) -> String {
    let step = match check.step.as_str() {
        "end" => String::new(),
        step => format!("{step}: "),
    };
    format!("{step}{}: {}", check.expected, check.actual)
}

fn total(runs: &[(Summary, Option<Duration>)], not_run: usize) -> Line {
    let red = runs.iter().filter(|(run, _)| run.outcome.is_red()).count();
    let known = runs.iter().filter(|(run, _)| run.outcome == Outcome::KnownBad).count();
    let (checks, failed) =
        runs.iter().fold((0, 0), |(c, f), (run, _)| (c + run.checks, f + run.failed));
    let word = if runs.iter().any(|(run, _)| run.cell.is_some()) { "run" } else { "scenario" };
    let scenarios = plural(runs.len() as u64, word);
    let remarks = runs.iter().filter(|(run, _)| run.remark.is_some()).count();
    let count = |outcome| runs.iter().filter(|(run, _)| run.outcome == outcome).count();
    let (unfinished, cut) = (count(Outcome::Unfinished), count(Outcome::Cut));
    let unclear = count(Outcome::CannotTell);
    let left_out: usize = runs.iter().map(|(run, _)| run.left_out).sum();
    let met = format!("{} met", plural((checks - failed) as u64, "expectation"));
    let mut line = match (red, unfinished, cut) {
        (0, ..) if not_run > 0 => {
            let all = plural((runs.len() + not_run) as u64, "scenario");
            Line::of(Tone::Bad, format!("FAILED   {not_run} of {all} could not be run, {met}"))
        }
        (0, 0, _) if unclear > 0 => {
            Line::of(Tone::Warn, format!("CANNOT TELL  of {unclear} of {scenarios}, {met}"))
        }
        (0, 0, 0) => Line::of(Tone::Good, format!("GREEN    {scenarios}, {met}")),
        (0, 0, cut) => Line::of(
            Tone::Warn,
            format!(
                "CUT      {cut} of {scenarios} cut short (--until), {met}, {left_out} not judged"
            ),
        ),
        (0, unfinished, _) => {
            Line::of(Tone::Warn, format!("UNFINISHED  {unfinished} of {scenarios}"))
        }
        _ => Line::of(
            Tone::Bad,
            format!(
                "FAILED   {red} of {scenarios}, {failed} of {}",
                plural(checks as u64, "expectation")
            ),
        ),
    };
    if red > 0 && not_run > 0 {
        line.add(Tone::Bad, format!(" · {not_run} more could not be run"));
    }
    if known > 0 {
        line.add(Tone::Warn, format!(" · {known} as bad as is known"));
    }
    if remarks > 0 {
        line.add(Tone::Warn, format!(" · {remarks} with a remark above"));
    }
    line
}
