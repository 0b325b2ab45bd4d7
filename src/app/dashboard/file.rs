//! The panel of the scenario: the text of its file without secrets, with the line lit whose moment
//! was played last.

use schemars::JsonSchema;
use serde::Serialize;

use super::expectations::file_name;
use super::panels::Scene;
use crate::scenario::Override;
use crate::scenario::play::Checked;

/// The scenario's file.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The heading: `welcome.toml · line 84 of 120`.
    pub says: String,
    /// What is changed on the command line, one `path = value` each.
    pub overrides: Vec<String>,
    /// The number of the first line that is shown, counted from 1.
    pub first: usize,
    /// The lines, without secrets.
    pub lines: Vec<String>,
    /// The first line of the moment that was played last.
    pub current: Option<usize>,
    /// The last line of that moment.
    pub until: Option<usize>,
    /// The lines of expectations that were met.
    pub met: Vec<usize>,
    /// The lines of expectations that failed.
    pub failed: Vec<usize>,
    /// A note when not all lines are shown.
    pub capped: Option<String>,
}

/// How many lines are shown, around the current one.
const SHOWN: usize = 1_000;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> File {
    let source = &scene.play.script().source;
    let text = scene.board.masked(scene.play);
    let all = text.lines().count();
    let current = scene.play.line();
    let first = current.unwrap_or(1).saturating_sub(SHOWN / 2).min(all.saturating_sub(SHOWN));
    let lines: Vec<String> = text.lines().skip(first).take(SHOWN).map(str::to_owned).collect();
    let name = file_name(&source.name);
    let checks = &scene.verdict.checks;
    let of = |met: bool| {
        let own = checks.iter().filter(move |check| check.met == met && check.line > 0);
        let mut lines: Vec<usize> = own.map(|check: &Checked| check.line).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    };
    File {
        says: match current {
            Some(line) => format!("{name} · the story is at line {line} of {all}"),
            None => format!("{name} · {all} lines; the story has not begun"),
        },
        overrides: source.overrides.iter().map(|over| overridden(scene, over)).collect(),
        capped: (lines.len() < all)
            .then(|| format!("{} of {all} lines are shown, around that one.", lines.len())),
        first: first + 1,
        lines,
        current,
        until: current.map(|line| last_line(text, line)),
        met: of(true),
        failed: of(false),
    }
}

/// The last line of the moment that begins at this line: the one before the next table of the
/// file, without the blank lines and comments in front of that.
fn last_line(text: &str, first: usize) -> usize {
    let lines: Vec<&str> = text.lines().skip(first).map(str::trim).collect();
    let next = lines.iter().position(|line| line.starts_with('[')).unwrap_or(lines.len());
    let own = &lines[..next];
    let told = own.iter().rposition(|line| !line.is_empty() && !line.starts_with('#'));
    first + told.map_or(0, |last| last + 1)
}

/// A setting of the command line, without secrets.
fn overridden(scene: &Scene<'_>, over: &Override) -> String {
    scene.board.mask(&format!("{} = {}", over.path, over.value), scene.play)
}
