//! How checks are carried out: one after the other, or several at the same time on connections of
//! their own.

use super::check::Check;
use super::exchange::{Exchange, Sent};
use super::facts::{Facts, NoPatch, Tally};
use super::finding::Outcome;
use super::order;
use super::plan::Plan;
use super::session::{Session, broke};
use super::steadiness::{STEADY, WholeFault};
use crate::foreign::{Left, Server};

/// Carries out checks that do not touch each other's objects.
pub trait Lanes {
    /// Runs these checks at the same time, as far as there are lanes; returns what came of each, in
    /// their order.
    fn side_by_side(&mut self, tasks: &[Task<'_>]) -> Vec<Judged>;

    /// Whether checks do run at the same time.
    fn are_many(&self) -> bool {
        false
    }

    /// Runs one check while no other runs.
    fn alone(&mut self, task: &Task<'_>) -> Judged;

    /// Is told now and then how many checks have failed so far, after those were left out whose
    /// cause is another one, and those that passed when they ran again.
    fn failed_so_far(&mut self, _: usize) {}
}

/// A single lane: checks run one after the other.
impl Lanes for &mut dyn Server {
    fn side_by_side(&mut self, tasks: &[Task<'_>]) -> Vec<Judged> {
        tasks.iter().map(|task| task.judge(&mut **self)).collect()
    }

    fn alone(&mut self, task: &Task<'_>) -> Judged {
        task.judge(&mut **self)
    }
}

/// A check to be run.
#[derive(Clone)]
pub struct Task<'a> {
    /// The check.
    pub check: &'static Check,
    pub(super) plan: &'a Plan,
    pub(super) facts: &'a Facts,
    pub(super) tally: &'a Tally,
    /// The number from which its names are made; no two tasks have the same.
    pub(super) nth: usize,
}

/// What came of a check.
pub struct Judged {
    /// How it ended.
    pub outcome: Outcome,
    /// The check that must pass before this one means anything, when that is how it ended.
    pub(super) needs: Option<&'static str>,
    pub(super) exchanges: Vec<Exchange>,
    /// All that was sent, with what is no part of the check.
    pub(super) sent: Vec<Sent>,
    /// What is known of the server after it.
    pub(super) facts: Facts,
    /// What it created and could not delete, or was told to keep.
    pub(super) left: Left,
    /// Faults of the server as a whole that it met.
    pub(super) met: Vec<WholeFault>,
}

impl Task<'_> {
    /// Runs the check at this server and deletes what it created.
    pub fn judge(&self, server: &mut dyn Server) -> Judged {
        if let Some(why) = self.tally.ended(self.plan).filter(|_| !order::looks_back(self.check)) {
            let (exchanges, sent, left, met) = Default::default();
            let (outcome, needs, facts) = (Outcome::CannotTell(why), None, self.facts.clone());
            return Judged { outcome, needs, exchanges, sent, facts, left, met };
        }
        let known = (self.facts, self.tally);
        let mut session = Session::new(server, self.plan, known, self.nth);
        let (outcome, needs) = session.judge(self.check);
        let left = match self.plan.keep {
            true => session.kept_there(),
            false => session.clean_up(),
        };
        let Session { exchanges, sent, facts, met, .. } = session;
        Judged { outcome, needs, exchanges, sent, facts, left, met }
    }
}

impl Judged {
    /// Whether another try may end otherwise: some of its requests wavered, or one broke.
    pub(super) fn is_doubtful(&self) -> bool {
        self.needs == Some(STEADY) || self.broken().is_some()
    }

    /// The exchange that shows the failure, when the server broke at it; its place.
    pub(super) fn broken(&self) -> Option<usize> {
        let Outcome::Failed(finding) = &self.outcome else { return None };
        let nth = finding.exchange?;
        self.exchanges.get(nth).filter(|exchange| broke(&exchange.reply)).map(|_| nth)
    }

    /// The status with which the server said that it does not carry such a PATCH out at all.
    pub(super) fn unimplemented(&self) -> Option<u16> {
        let Outcome::Failed(finding) = &self.outcome else { return None };
        let shown = self.exchanges.get(finding.exchange?)?;
        let is_patch = shown.request.method() == http::Method::PATCH;
        shown.status().filter(|status| is_patch && matches!(status, 405 | 501))
    }

    /// The check that names the cause of this failure: a server that carries no PATCH out fails
    /// every check that sends one.
    pub(super) fn cause(&self, facts: &Facts) -> Option<&'static str> {
        let Outcome::Failed(_) = self.outcome else { return None };
        let how: NoPatch = facts.no_patch?;
        let patches = || {
            let all = self.exchanges.iter();
            all.filter(|one| one.request.method() == http::Method::PATCH)
        };
        let all_alike = patches().all(|one| one.status().is_some_and(|status| how.is_like(status)));
        (all_alike && patches().next().is_some()).then_some(super::PLAINEST)
    }
}
