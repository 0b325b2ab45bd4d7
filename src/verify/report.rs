//! What came of all checks: the verdict, and each check with its outcome and its exchanges.

use super::again;
use super::check::{Check, Severity};
use super::exchange::Exchange;
use super::finding::{Finding, Outcome};

/// A check and how it ended.
#[derive(Debug)]
pub struct Checked {
    /// The check.
    pub check: &'static Check,
    /// How it ended.
    pub outcome: Outcome,
    /// What was sent and what came, in order.
    pub exchanges: Vec<Exchange>,
}

/// What came of all checks.
#[derive(Debug)]
pub struct Report {
    /// Every check, in the order of the table.
    pub checked: Vec<Checked>,
    /// Paths of created objects that are still at the server.
    pub left_behind: Vec<String>,
    /// How many requests were sent.
    pub requests: u64,
}

/// How many checks ended in which way.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Neither can be said.
    pub cannot_tell: usize,
    /// Not run.
    pub skipped: usize,
}

impl Report {
    /// The checks that failed, gravest first.
    pub fn failures(&self) -> Vec<&Checked> {
        let mut failures: Vec<&Checked> =
            self.checked.iter().filter(|one| one.finding().is_some()).collect();
        // A failure after which nothing means anything stands first.
        failures.sort_by_key(|one| (!one.check.ends_all, std::cmp::Reverse(one.check.severity)));
        failures
    }

    /// The gravest failure.
    pub fn worst(&self) -> Option<Severity> {
        self.failures().iter().map(|one| one.check.severity).max()
    }

    /// How many checks ended in which way.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for one in &self.checked {
            *match one.outcome {
                Outcome::Passed => &mut counts.passed,
                Outcome::Failed(_) => &mut counts.failed,
                Outcome::CannotTell(_) => &mut counts.cannot_tell,
                Outcome::Skipped(_) => &mut counts.skipped,
            } += 1;
        }
        counts
    }
}

impl Checked {
    /// What was found, when the check failed.
    pub fn finding(&self) -> Option<&Finding> {
        match &self.outcome {
            Outcome::Failed(finding) => Some(finding),
            _ => None,
        }
    }

    /// The exchange that shows the failure.
    pub fn shows(&self) -> Option<&Exchange> {
        self.exchanges.get(self.finding()?.exchange?)
    }

    /// The lines that show the failure again: the failing request, and before it what it rests on.
    pub fn again(&self, origin: &str) -> Vec<String> {
        match self.finding().and_then(|finding| finding.exchange) {
            Some(shown) => again::lines(origin, &self.exchanges, shown),
            None => Vec::new(),
        }
    }

    /// The same, as one text.
    pub fn curl(&self, origin: &str) -> Option<String> {
        let lines = self.again(origin);
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}
