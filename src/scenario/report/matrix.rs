//! The cells of a matrix as a table: the values of each, and what came of it.

use std::time::Duration;

use super::summary::{MARK, mark};
use super::{Summary, real};
use crate::scenario::layout::{Line, Tone, pad, plural, width};
use crate::scenario::play::Outcome;

/// The table of the cells of one scenario, and its verdict; a run without a real duration is shown
/// without one. `name` and `title` are the scenario's.
pub fn matrix_lines(name: &str, title: &str, runs: &[(Summary, Option<Duration>)]) -> Vec<Line> {
    let mut first = Line::of(Tone::Strong, name);
    first.add(Tone::Plain, format!(" · a matrix of {}", plural(runs.len() as u64, "cell")));
    let mut lines = vec![first, Line::of(Tone::Plain, title), Line::default()];
    let rows: Vec<Vec<String>> = runs.iter().map(|(run, _)| values(run)).collect();
    let heads = runs.first().map(|(run, _)| heads(run)).unwrap_or_default();
    let widest = |column: usize| {
        let cells = rows.iter().chain([&heads]).filter_map(|row| row.get(column));
        cells.map(|cell| width(cell)).max().unwrap_or_default() + 2
    };
    let widths: Vec<usize> = (0..heads.len()).map(widest).collect();
    let across = |row: &[String]| -> String {
        row.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect()
    };
    lines.push(Line::of(Tone::Strong, format!("  {}", across(&heads))));
    for ((run, took), row) in runs.iter().zip(&rows) {
        let (mark, tone) = mark(run.outcome);
        let mut line = Line::of(Tone::Plain, format!("  {}", across(row)));
        line.add(tone, pad(mark, MARK));
        line.add(
            Tone::Plain,
            pad(&format!("{} of {} met", run.checks - run.failed, run.checks), 15),
        );
        let digest = run.digest.as_deref().unwrap_or("no digest");
        line.add(Tone::Faint, pad(&digest[..digest.len().min(8)], 10));
        line.add(Tone::Faint, took.map_or(String::new(), real));
        lines.push(line);
        let indent = " ".repeat(4);
        let is_told = run.outcome != Outcome::Failed;
        let because = run.cell.as_ref().and_then(|cell| cell.known_bad.as_ref());
        if let Some(because) = because.filter(|_| is_told) {
            lines.push(Line::of(Tone::Warn, format!("{indent}known to be bad: {because}")));
        }
        lines.extend(run.broken.iter().map(|it| Line::of(Tone::Plain, format!("{indent}✗ {it}"))));
    }
    lines.push(Line::default());
    lines.push(total(runs));
    lines
}

/// The heads of the columns: the number, and each axis by the last parts of its path that tell it
/// from the others.
fn heads(run: &Summary) -> Vec<String> {
    let paths: Vec<&str> = run.cell.iter().flat_map(|cell| &cell.values).map(|it| &*it.0).collect();
    let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
    let short = |path: &&str| {
        let alike = paths.iter().filter(|other| last(other) == last(path)).count();
        if alike > 1 { (*path).to_owned() } else { last(path) }
    };
    std::iter::once("cell".to_owned()).chain(paths.iter().map(short)).collect()
}

fn values(run: &Summary) -> Vec<String> {
    let Some(cell) = &run.cell else { return Vec::new() };
    let plain = |(_, value): &(String, String)| value.trim_matches('"').to_owned();
    std::iter::once(cell.nth.to_string()).chain(cell.values.iter().map(plain)).collect()
}

fn total(runs: &[(Summary, Option<Duration>)]) -> Line {
    if runs.is_empty() {
        return Line::of(Tone::Warn, "UNFINISHED  no cell was run");
    }
    let count = |outcome| runs.iter().filter(|(run, _)| run.outcome == outcome).count();
    let told = [
        (Outcome::Failed, "failed"),
        (Outcome::Surprise, "met all although known to be bad"),
        (Outcome::Green, "green"),
        (Outcome::KnownBad, "as bad as is known"),
        (Outcome::CannotTell, "of which nothing can be told: they need what only the mock has"),
        (Outcome::Unfinished, "unfinished"),
        (Outcome::Cut, "cut short"),
    ];
    let parts = told.into_iter().map(|(outcome, word)| (count(outcome), word));
    let parts: Vec<String> =
        parts.filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let red = runs.iter().any(|(run, _)| run.outcome.is_red());
    let (word, tone) = match (red, count(Outcome::Unfinished), count(Outcome::Cut)) {
        (true, ..) => ("FAILED  ", Tone::Bad),
        (false, 0, _) if count(Outcome::CannotTell) > 0 => ("CANNOT TELL ", Tone::Warn),
        (false, 0, 0) => ("GREEN   ", Tone::Good),
        (false, 0, _) => ("CUT     ", Tone::Warn),
        (false, ..) => ("UNFINISHED ", Tone::Warn),
    };
    let cells = plural(runs.len() as u64, "cell");
    Line::of(tone, format!("{word} {cells}: {}", parts.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_no_cells_nothing_is_green() {
        assert_eq!(total(&[]).text(), "UNFINISHED  no cell was run");
    }
}
