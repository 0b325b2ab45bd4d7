//! What came of all checks: the verdict, and each check with its outcome and its exchanges.

use std::cmp::Reverse;

use super::again;
use super::check::{Check, Severity};
use super::exchange::Exchange;
use super::finding::{Finding, Outcome};
use super::steadiness::{REACH, REDIRECT, STEADY, TLS};
use crate::entra::Lost;
use crate::entra::error_code::ErrorCode;
use crate::entra::job::{probe_failure, write_failure};
use crate::entra::policy::Policy;
use crate::foreign::StillThere;

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
    /// Created objects that are still at the server.
    pub left_behind: Vec<StillThere>,
    /// How many requests were sent.
    pub requests: u64,
    /// Why checks were ended before their time.
    pub ended: Option<String>,
    /// Checks that failed while others ran at the same time, and passed alone.
    pub beside: Vec<&'static str>,
}

/// How the codes begin with which a SCIM application fails.
const PREFIX: &str = "SystemForCrossDomainIdentityManagement";

/// So many checks behind a failure make it stand first.
const MANY: usize = 5;

/// What a job must be able to do, and the checks and topics that tell; a check counts from the
/// severity [`Severity::Fail`] upward.
const ABILITIES: [(&str, &[&str]); 8] = [
    (
        "the server can be reached, and says who is there",
        &["net", "base", "probe.user", "find.userName", "find.disabled", "find.total"],
    ),
    (
        "users are created",
        &[
            "user.create",
            "user.create-nulls",
            "user.create-schemas",
            "life.create",
            "life.ondemand",
        ],
    ),
    ("changes arrive", &["patch", "mgr", "life.update", "life.rename", "life.manager"]),
    (
        "leavers lose access",
        &["active", "life.disable", "life.leaver", "life.delete", "user.delete"],
    ),
    (
        "users who return have access again",
        &["active.on", "user.recreate", "life.return", "life.restore"],
    ),
    (
        "nobody gets a second account",
        &[
            "find.case",
            "find.ignored",
            "find.special",
            "user.dup",
            "user.dup-case",
            "user.dup-race",
            "life.adopt",
            "life.lost-answer",
        ],
    ),
    (
        "groups and their members are kept",
        &[
            "group",
            "member",
            "life.group-create",
            "life.group-update",
            "life.group-add",
            "life.group-remove",
            "life.group-restore",
        ],
    ),
    (
        "nothing is written again and again",
        &["user.echo", "group.echo", "patch.externalId", "active.real", "mgr.shape", "life.quiet"],
    ),
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
    /// Not always; the failed checks that say so, gravest first.
    No(Vec<&'static str>),
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
        let tells = |check: &Check, names: &[&str]| {
            let named = names.contains(&check.id) || names.contains(&check.topic());
            named && check.severity >= Severity::Fail
        };
        let judge = |(words, names): &(&'static str, &[&str])| {
            let all: Vec<&Checked> =
                self.checked.iter().filter(|one| tells(one.check, names)).collect();
            // A cause of another kind, such as a value that is not kept, leaves open whether it
            // can.
            let is_cause =
                |cause: &&Check| cause.severity == Severity::Block || tells(cause, names);
            let behind = all.iter().filter_map(|one| self.failure_behind(one));
            let mut failed: Vec<&Check> = behind.filter(is_cause).collect();
            failed.sort_by_key(|check| Reverse(check.severity));
            let mut ids: Vec<&'static str> = Vec::new();
            for check in failed {
                if !ids.contains(&check.id) {
                    ids.push(check.id);
                }
            }
            let unclear = all.iter().find_map(|one| match &one.outcome {
                Outcome::CannotTell(why) => Some(why.clone()),
                _ => None,
            });
            let passed = all.iter().any(|one| one.outcome == Outcome::Passed);
            let can = match (ids.is_empty(), unclear) {
                (false, _) => Can::No(ids),
                (true, Some(why)) => Can::Unclear(why),
                (true, None) if passed => Can::Yes,
                (true, None) => return None,
            };
            Some(Ability { words, can })
        };
        ABILITIES.iter().filter_map(judge).collect()
    }

    /// The failed check that tells of this one: itself, or the one because of which it cannot be
    /// judged. What fails by chance tells nothing of what rests on it.
    fn failure_behind(&self, one: &Checked) -> Option<&'static Check> {
        if one.finding().is_some() {
            return Some(one.check);
        }
        let failed = self.checked.iter().filter(|other| other.finding().is_some());
        let is_behind = |other: &&Checked| {
            other.check.id != STEADY && one.outcome == Outcome::because_of(other.check.id)
        };
        failed.into_iter().find(is_behind).map(|other| other.check)
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

    /// What Entra makes of the failure. What it makes of a server that is none, and with which code
    /// a request fails that is refused, the engine says.
    pub fn entra_says(&self) -> String {
        if let Some(says) = self.test_connection() {
            return says;
        }
        let reply = self.shows().and_then(|exchange| exchange.reply.as_ref().ok());
        let refused = reply.is_some_and(|answer| !answer.status().is_success());
        let mut says = self.check.entra_says(refused);
        if let Some(code) = self.code_of_row().filter(|_| self.check.severity >= Severity::Fail) {
            let code = code.word();
            if !says.contains(code.trim_start_matches(PREFIX)) {
                says += &format!("; the row of the log says {code}");
            }
        }
        says
    }

    /// How Test Connection ends at a server that is not reached.
    fn test_connection(&self) -> Option<String> {
        let reply = match self.check.id {
            REACH | REDIRECT => {
                let search = |shown: &&Exchange| shown.request.method() == http::Method::GET;
                self.shows().filter(search)?.reply.clone()
            }
            // A handshake that fails is a connection that breaks off.
            TLS => Err(Lost::Reset),
            _ => return None,
        };
        let failure = probe_failure(reply, &Policy::default()).filter(|_| self.finding().is_some());
        let failure = failure?;
        let text = if self.check.id == TLS { "no TLS connection" } else { &failure.text() };
        Some(format!(
            "Test Connection fails with {} ({text}); the job is quarantined at its next cycle",
            failure.code.word(),
        ))
    }

    /// The code of the row of the provisioning log, when a write was refused or lost.
    fn code_of_row(&self) -> Option<ErrorCode> {
        let shown = self.shows()?;
        write_failure(shown.request.method(), shown.reply.clone())
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
