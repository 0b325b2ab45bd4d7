//! The report of a run for a terminal: header, story, expectations, totals, replay line, verdict last.
//!
//! Lines carry tones, not colours; the edge decides whether and how they are coloured.

use std::time::Duration;

use super::Play;

/// How a piece of text is meant; `app` turns it into a colour or leaves it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    /// As the rest.
    Plain,
    /// Set off.
    Strong,
    /// Less important.
    Faint,
    /// Met, healthy.
    Good,
    /// Failed.
    Bad,
    /// Worth a look.
    Warn,
}

/// One line of a report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line(pub Vec<(Tone, String)>);

impl Line {
    /// The line without its tones.
    pub fn text(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
    }
}

/// What the summary of several runs needs of one of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// The scenario's name.
    pub name: String,
    /// How many expectations there were.
    pub checks: usize,
    /// How many of them failed.
    pub failed: usize,
    /// The digest, when the run can be replayed.
    pub digest: Option<String>,
}

impl Summary {
    /// The summary of a play that has ended.
    pub fn of(play: &Play) -> Summary {
        let verdict = play.verdict();
        Summary {
            name: play.script().name.clone(),
            checks: verdict.checks.len(),
            failed: verdict.failed,
            digest: verdict.digest,
        }
    }
}

/// The whole report; `took` is how long the run really took, and absent in golden logs.
pub fn lines(play: &Play, took: Option<Duration>) -> Vec<Line> {
    let _ = (play, took);
    Vec::new()
}

/// The report without tones, a line each.
pub fn plain(play: &Play, took: Option<Duration>) -> String {
    lines(play, took).iter().map(|line| line.text() + "\n").collect()
}

/// One line a run and a total, for several files.
pub fn summary_lines(runs: &[(Summary, Option<Duration>)]) -> Vec<Line> {
    let _ = runs;
    Vec::new()
}
