//! What a report is: it is told the head and the end of a record, takes its lines in order, and
//! writes its file while it does so.

use std::io;

use super::line::{RunEnd, RunHead, RunOutcome};
use super::read::RunItem;

/// A report in the making.
pub trait Report {
    /// Takes the next line.
    ///
    /// # Errors
    /// When its file cannot be written.
    fn take(&mut self, item: &RunItem<'_>) -> io::Result<()>;

    /// Writes what is left.
    ///
    /// # Errors
    /// When its file cannot be written.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// What is known of a run before its lines are read.
#[derive(Debug)]
pub struct RecordedRun {
    /// The first line.
    pub head: RunHead,
    /// The last line; `None` when the run was broken off before it was written.
    pub end: Option<RunEnd>,
}

impl RecordedRun {
    /// The name of the run: the scenario, and the cell of its matrix.
    pub fn name(&self) -> String {
        match &self.head.cell {
            Some(cell) => format!("{} [{cell}]", self.head.scenario),
            None => self.head.scenario.clone(),
        }
    }

    /// The verdict in a line.
    pub fn verdict(&self) -> &str {
        match &self.end {
            Some(end) => &end.verdict,
            None => UNFINISHED,
        }
    }

    /// Whether it came out as the scenario says, all of it: one that was cut short has not.
    pub fn green(&self) -> bool {
        let good = [RunOutcome::Green, RunOutcome::KnownBad];
        self.end.as_ref().is_some_and(|end| good.contains(&end.outcome) && end.broken_off.is_none())
    }
}

/// What is said of a run without an end.
pub const UNFINISHED: &str = "UNFINISHED  the record has no end: the run was stopped";
