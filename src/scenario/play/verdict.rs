//! The result of a play: every expectation with its outcome, and the digest.

use super::Play;
use crate::base::Time;
use crate::scenario::expect::{Expectation, Judgement, ObservedValue, Why};

/// The result of a play.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// Every expectation judged so far, in the order judged.
    pub checks: Vec<Checked>,
    /// How many of them were met.
    pub met: usize,
    /// How many of them were not met.
    pub failed: usize,
    /// How many of `[always]` held up to an end that came before the story's.
    pub kept: usize,
    /// How many were left out because the command line ended the run early.
    pub left_out: usize,
    /// How many of those are of `[finally]`.
    pub left_out_at_end: usize,
    /// Why the run ended before its time.
    pub stopped: Option<String>,
    /// The digest of the journal; `None` before the end, and for a run changed from outside.
    pub digest: Option<String>,
    /// Why the run was expected to fail, if it is a cell of a matrix that is known to; `None` when
    /// an action of the script was refused, which is never known.
    pub known_bad: Option<String>,
    /// What the story needs that only the mock has, of a run at another server.
    pub needs: Vec<String>,
}

/// What came of a run, against what was known of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// Every expectation was met.
    Green,
    /// An expectation was not met.
    Failed,
    /// An expectation was not met, as was known of this cell of a matrix.
    KnownBad,
    /// Every expectation was met in a cell of a matrix that is known to fail.
    Surprise,
    /// It did not come out as the scenario says, at a server that is not ours, and the story needs
    /// what only the mock has.
    CannotTell,
    /// It ended before its time, and every expectation until then was met.
    Unfinished,
    /// The command line ended the run before its file says. What was judged was met, and some
    /// expectations were not judged.
    Cut,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 7] = [
        Outcome::Green,
        Outcome::Failed,
        Outcome::KnownBad,
        Outcome::Surprise,
        Outcome::CannotTell,
        Outcome::Unfinished,
        Outcome::Cut,
    ];

    /// The word for it, as reports print it in letters of either kind.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Green => "green",
            Outcome::Failed => "failed",
            Outcome::KnownBad => "known_bad",
            Outcome::Surprise => "surprise",
            Outcome::CannotTell => "cannot_tell",
            Outcome::Unfinished => "unfinished",
            Outcome::Cut => "cut",
        }
    }

    /// Whether it differs from what the scenario says, so that the exit code tells of it. A run
    /// that was cut short does not: nothing failed, and its end was asked for.
    pub fn is_red(self) -> bool {
        matches!(self, Outcome::Failed | Outcome::Surprise)
    }
}

/// The part of the story of what stands in a moment that never came.
pub const NEVER: &str = "never";

/// One expectation and whether it was met.
#[derive(Clone, PartialEq, Debug)]
pub struct Checked {
    /// The part of the story it belongs to: `day 30`, `end`, `always`, `never`, `start`.
    pub step: String,
    /// Its line in the file, counted from 1; 0 when it has none.
    pub line: usize,
    /// The expectation as written: `job.status = "Quarantine"`.
    pub expected: String,
    /// What was observed instead; empty when it was met.
    pub actual: String,
    /// What was observed, where it was one value.
    pub seen: Option<ObservedValue>,
    /// The likely reasons why it was not met.
    pub why: Vec<Why>,
    /// The user or the group of which it speaks.
    pub about: Option<String>,
    /// The application that it names, where there are several.
    pub app: Option<String>,
    /// When it was judged.
    pub at: Time,
    /// Whether it was met.
    pub met: bool,
    /// Whether it is of `[always]` and was met only up to an end that came before the story's.
    pub kept: bool,
}

impl Play {
    /// Judges an expectation as things stand, without a record of it.
    pub fn judge(&self, expectation: &Expectation) -> Judgement {
        expectation.judge(&self.world, &self.memory)
    }
}

impl Verdict {
    /// Whether every expectation was met.
    pub fn green(&self) -> bool {
        self.failed == 0
    }

    /// What came of the run. One that the command line ended early is neither green nor a surprise:
    /// what fails may lie beyond its end.
    pub fn outcome(&self) -> Outcome {
        let unclear = !self.needs.is_empty() && self.stopped.is_none();
        match (self.green(), &self.known_bad) {
            (false, _) if unclear => Outcome::CannotTell,
            (true, _) if self.stopped.is_some() => Outcome::Unfinished,
            (true, _) if self.left_out > 0 => Outcome::Cut,
            (true, Some(_)) if unclear => Outcome::CannotTell,
            (true, Some(_)) => Outcome::Surprise,
            (true, None) => Outcome::Green,
            (false, Some(_)) => Outcome::KnownBad,
            (false, None) => Outcome::Failed,
        }
    }
}
