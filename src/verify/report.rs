//! What came of all checks: the verdict, and each check with its outcome and its exchanges.

use std::cmp::Reverse;

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
    /// Why checks were ended before their time.
    pub ended: Option<String>,
    /// Checks that failed while others ran at the same time, and passed alone.
    pub beside: Vec<&'static str>,
}

/// So many checks behind a failure make it stand first.
const MANY: usize = 5;

/// What a job must be able to do, and the checks that tell; the first that fails is named.
const ABILITIES: [(&str, &[&str]); 8] = [
    (
        "the server can be reached, and says who is there",
        &["net.reach", "probe.user", "find.userName"],
    ),
    ("users are created", &["user.create", "life.create", "user.echo"]),
    ("changes arrive", &["life.update", "patch.op-case", "patch.pathless"]),
    ("leavers lose access", &["life.disable", "life.leaver", "active.text", "active.bool"]),
    ("users who return have access again", &["life.return", "life.restore", "active.on"]),
    ("nobody gets a second account", &["find.case", "find.ignored", "user.dup", "life.adopt"]),
    (
        "groups and their members are kept",
        &["life.group-create", "life.group-add", "life.group-remove"],
    ),
    ("nothing is written again and again", &["life.quiet", "active.real", "mgr.shape"]),
];

/// Something that a job must be able to do with a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ability {
    /// What it is, as a sentence that is true when it can.
    pub words: &'static str,
    /// Whether it can.
    pub can: Can,
}

/// Whether a job can do something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Can {
    /// It can.
    Yes,
    /// It cannot; the check that says so.
    No(String),
    /// It is not known; the reason.
    Unclear(String),
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
    /// The checks that failed: those that keep many others from being judged first, then the
    /// gravest.
    pub fn failures(&self) -> Vec<&Checked> {
        let mut failures: Vec<&Checked> =
            self.checked.iter().filter(|one| one.finding().is_some()).collect();
        let behind = |one: &Checked| Some(self.behind(one.check.id)).filter(|many| *many >= MANY);
        failures.sort_by_key(|one| Reverse((one.check.ends_all, behind(one), one.check.severity)));
        failures
    }

    /// How many checks cannot be judged because of this one.
    pub fn behind(&self, id: &str) -> usize {
        let because = Outcome::because_of(id);
        self.checked.iter().filter(|one| one.outcome == because).count()
    }

    /// What a job can do with this server, in plain words.
    pub fn abilities(&self) -> Vec<Ability> {
        let outcome = |id: &str| {
            let found = self.checked.iter().find(|one| one.check.id == id);
            found.map(|one| (one.check.id, &one.outcome))
        };
        let judge = |(words, ids): &(&'static str, &[&str])| {
            let all: Vec<(&str, &Outcome)> = ids.iter().filter_map(|id| outcome(id)).collect();
            let failed = all.iter().find(|(_, one)| matches!(one, Outcome::Failed(_)));
            let unclear = all.iter().find_map(|(_, one)| match one {
                Outcome::CannotTell(why) => Some(why.clone()),
                _ => None,
            });
            let passed = all.iter().any(|(_, one)| **one == Outcome::Passed);
            let can = match (failed, unclear) {
                (Some((id, _)), _) => Can::No((*id).to_owned()),
                (None, Some(why)) => Can::Unclear(why),
                (None, None) if passed => Can::Yes,
                (None, None) => return None,
            };
            Some(Ability { words, can })
        };
        ABILITIES.iter().filter_map(judge).collect()
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
