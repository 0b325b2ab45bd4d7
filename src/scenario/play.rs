//! A world with a script: the same verbs, and the steps of the story when they are due.

use crate::base::Time;

use super::Script;

/// A scenario being played.
pub struct Play {
    script: Script,
    touched: bool,
}

/// What came of a play.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Every expectation judged so far, in the order judged.
    pub checks: Vec<Checked>,
    /// How many of them were met.
    pub met: usize,
    /// How many were not.
    pub failed: usize,
    /// The digest of the journal; `None` when somebody outside touched the run.
    pub digest: Option<String>,
}

/// One expectation and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// Where in the story it was judged: `day 30`, `end`, `always`.
    pub step: String,
    /// The line of the file it stands in, counted from 1; 0 when it stands in none.
    pub line: usize,
    /// The expectation as written: `job.status = "Quarantine"`.
    pub expected: String,
    /// What was observed instead; empty when it was met.
    pub actual: String,
    /// Why, as far as can be told; lines for a reader.
    pub why: Vec<String>,
    /// When it was judged.
    pub at: Time,
    /// Whether it was met.
    pub met: bool,
}

impl Play {
    /// Sets the stage: a world as the script's tables describe it, at the script's start.
    pub fn new(script: Script) -> Play {
        Play { script, touched: false }
    }

    /// The script that is played.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// When the run ends; a driver need not go further.
    pub fn ends(&self) -> Time {
        self.script.ends
    }

    /// Whether the end has been reached and the closing expectations were judged.
    pub fn ended(&self) -> bool {
        false
    }

    /// Whether somebody outside the script changed the world, so that the run cannot be replayed.
    pub fn touched(&self) -> bool {
        self.touched
    }

    /// The narrator's current caption, with the instant it was said.
    pub fn caption(&self) -> Option<(Time, &str)> {
        None
    }

    /// The line of the file whose step was played last, counted from 1.
    pub fn line(&self) -> Option<usize> {
        None
    }

    /// What came of the expectations so far; final once the play has ended.
    pub fn verdict(&self) -> Verdict {
        Verdict { checks: Vec::new(), met: 0, failed: 0, digest: None }
    }
}
