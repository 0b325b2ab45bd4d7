//! Checks whether a SCIM server holds what Entra's provisioning needs of it. Each check sends
//! requests, reads back what they changed, and judges.
//!
//! Start reading at [`verify`]; [`Check`] is one row, `checks/` has them by topic, [`Session`] is
//! what a check works with. The server is a trait: the command line speaks HTTP, a test calls the
//! mock. So are the [`Lanes`] on which checks run, one after the other or several at the same time.

pub mod abilities;
mod again;
mod again_sent;
pub mod answer;
pub mod bodies;
pub mod causes;
pub mod check;
pub mod checks;
pub mod curl;
pub mod exchange;
mod facts;
pub mod finding;
pub mod lanes;
mod lives;
mod objects;
mod order;
pub mod pick;
pub mod plan;
pub mod report;
pub mod session;
pub mod steadiness;
mod stories;
mod tokens;
pub mod whereabouts;

pub use crate::foreign::Server;
pub use check::{Check, Needs, Severity};
pub use exchange::{Exchange, Sent};
pub use finding::{Finding, NotPassed, Outcome};
pub use lanes::{Judged, Lanes, Task};
pub use plan::{Plan, Profile, TokenForms, WithGroups};
pub use report::{Checked, Report};
pub use session::Session;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::foreign::Left;
use causes::Failure;
use facts::{Facts, Tally};
use order::Stage;
use steadiness::{RequestKind, WholeFault};

/// The check that sends the plainest PATCH. A server that carries none out fails every check that
/// sends one.
const PLAINEST: &str = "patch.op-case";

/// Runs the planned checks against a server, and cleans up after each. The report has them in the
/// order of their table.
///
/// When nothing after a check could mean anything (the server does not answer, or answers alike
/// whatever is sent), of the others "cannot tell" is said with that reason.
pub fn verify(lanes: &mut dyn Lanes, plan: &Plan) -> Report {
    let tally = Tally::default();
    let mut run = Run {
        plan,
        tally: &tally,
        facts: Facts::default(),
        checks: checks::all().collect(),
        judged: checks::all().map(|_| None).collect(),
        failed: BTreeMap::new(),
        because: BTreeMap::new(),
        stop: None,
        left: Left::default(),
        unimplemented: BTreeMap::new(),
        beside: Vec::new(),
        sent: Vec::new(),
    };
    for stage in order::stages() {
        match stage {
            Stage::Alone(nth) => run.alone(lanes, nth),
            Stage::SideBySide(many) => run.side_by_side(lanes, &many),
        }
        run.tie();
        lanes.failed_so_far(run.failed_so_far());
    }
    run.run_causes(lanes);
    let ended = tally.ended(plan);
    let Run { checks, judged, left, beside, because, sent, .. } = run;
    let checked = checks.into_iter().zip(judged).map(|(check, judged)| {
        let (outcome, exchanges) =
            judged.unwrap_or_else(|| (Outcome::Skipped("it was not run".to_owned()), Vec::new()));
        let outcome = root(check.id, &because).map_or(outcome, Outcome::because_of);
        Checked { check, outcome, exchanges }
    });
    Report {
        checked: checked.collect(),
        left_behind: left,
        requests: tally.sent(),
        // Of a server that answers no more a check of its own tells.
        ended: ended.filter(|_| !tally.steady.is_gone()),
        beside,
        sent,
    }
}

/// The check that a chain of causes ends at: it failed. `None` for a check that was judged.
fn root(id: &'static str, because: &BTreeMap<&'static str, &'static str>) -> Option<&'static str> {
    // A chain is no longer than all of them.
    let next = |id: &&'static str| because.get(id).copied();
    std::iter::successors(next(&id), next).take(because.len()).last()
}

/// A run over all checks.
struct Run<'a> {
    plan: &'a Plan,
    tally: &'a Tally,
    facts: Facts,
    checks: Vec<&'static Check>,
    judged: Vec<Option<(Outcome, Vec<Exchange>)>>,
    /// The checks that failed, or share the cause of one that did, each with that one.
    failed: BTreeMap<&'static str, &'static str>,
    /// Why no further check is run.
    stop: Option<String>,
    left: Left,
    /// The checks that cannot be judged because of another one, each with that one.
    because: BTreeMap<&'static str, &'static str>,
    /// The first check whose PATCH was refused as not implemented, by the status.
    unimplemented: BTreeMap<u16, &'static str>,
    /// Checks that failed beside others and passed alone.
    beside: Vec<&'static str>,
    /// All that was sent.
    sent: Vec<Sent>,
}

impl Run<'_> {
    fn alone(&mut self, lanes: &mut dyn Lanes, nth: usize) {
        if let Some(outcome) = self.without_running(nth) {
            self.note_cause(nth, &outcome);
            return self.settle(nth, outcome, Vec::new());
        }
        let mut judged = lanes.alone(&self.task(nth, nth));
        self.facts = judged.facts.clone();
        self.note(&mut judged);
        if judged.is_doubtful() {
            judged = self.again(lanes, nth, judged);
        }
        self.take(nth, judged);
    }

    fn side_by_side(&mut self, lanes: &mut dyn Lanes, many: &[usize]) {
        let mut wanted = Vec::new();
        for nth in many {
            match self.without_running(*nth) {
                Some(outcome) => {
                    self.note_cause(*nth, &outcome);
                    self.settle(*nth, outcome, Vec::new());
                }
                None => wanted.push(*nth),
            }
        }
        if self.plan.fail_fast {
            wanted.iter().for_each(|nth| self.alone(lanes, *nth));
            return;
        }
        let tasks: Vec<Task<'_>> = wanted.iter().map(|nth| self.task(*nth, *nth)).collect();
        let judged = lanes.side_by_side(&tasks);
        drop(tasks);
        for (nth, mut first) in wanted.into_iter().zip(judged) {
            self.note(&mut first);
            let needs = first.needs.is_some_and(|needs| needs != steadiness::HANGS);
            let failed = matches!(first.outcome, Outcome::Failed(_)) || needs;
            let again = (failed && lanes.are_many()) || first.is_doubtful();
            let judged = match again {
                true => self.again(lanes, nth, first),
                false => first,
            };
            self.take(nth, judged);
        }
    }

    /// Runs a check again that failed while others ran, or at a server that fails now and then, so
    /// that its verdict is its own.
    fn again(&mut self, lanes: &mut dyn Lanes, nth: usize, first: Judged) -> Judged {
        if self.tally.ended(self.plan).is_some() || self.tally.steady.answers() == 0 {
            return first;
        }
        let by_chance = first.is_doubtful();
        self.tally.steady.suspect(first.broken().is_some());
        let mut judged = lanes.alone(&self.task(nth, nth + self.checks.len()));
        self.tally.steady.suspect(false);
        self.note(&mut judged);
        match (judged.outcome == Outcome::Passed, first.broken()) {
            (true, Some(broken)) => self.note_wavering(&first.exchanges[..=broken]),
            (true, None) if !by_chance => self.beside.push(self.checks[nth].id),
            _ => {}
        }
        // What broke again at each of several tries does not do so by chance.
        self.left.add(first.left);
        judged
    }

    /// Notes that the server broke at the last of these exchanges, and did not when the check ran
    /// again.
    fn note_wavering(&mut self, exchanges: &[Exchange]) {
        let Some(last) = exchanges.last() else { return };
        let kind = RequestKind::of(&last.request, &self.plan.base_path);
        self.tally.steady.wavered(kind);
        let shown = WholeFault::of(steadiness::STEADY, exchanges);
        if self.facts.shown_by(shown.told_by).is_none() {
            self.facts.shown.push(Arc::new(shown));
        }
    }

    /// Keeps all that was sent, and what shows a fault of the server as a whole, of each the first.
    fn note(&mut self, judged: &mut Judged) {
        self.sent.append(&mut judged.sent);
        for met in &judged.met {
            if self.facts.shown_by(met.told_by).is_none() {
                self.facts.shown.push(Arc::new(met.clone()));
            }
        }
    }

    fn failed_so_far(&self) -> usize {
        let judged = self.checks.iter().zip(&self.judged);
        let failed = judged.filter(|(check, judged)| {
            let failed = matches!(judged, Some((Outcome::Failed(_), _)));
            failed && !self.because.contains_key(check.id)
        });
        failed.count()
    }

    /// Finds out which failures have the cause of another one.
    fn tie(&mut self) {
        let judged = self.checks.iter().zip(&self.judged);
        let failures: Vec<Failure<'_>> = judged
            .filter_map(|(check, judged)| match judged {
                Some((Outcome::Failed(finding), exchanges)) => {
                    Some(Failure { check, finding, exchanges })
                }
                _ => None,
            })
            .collect();
        self.because.extend(causes::causes(&failures, &self.plan.base_path));
    }

    /// Runs the checks that are named as causes and were not asked for: what they tell is told
    /// nowhere else.
    fn run_causes(&mut self, lanes: &mut dyn Lanes) {
        let ids: Vec<&'static str> = self.because.keys().copied().collect();
        let roots = ids.into_iter().filter_map(|id| root(id, &self.because));
        let roots: Vec<&'static str> = roots.collect();
        for nth in 0..self.checks.len() {
            let check = self.checks[nth];
            let skipped = matches!(self.judged[nth], Some((Outcome::Skipped(_), _)));
            if skipped && roots.contains(&check.id) && self.plan.may_run(check) {
                let mut judged = lanes.alone(&self.task(nth, nth + 2 * self.checks.len()));
                self.note(&mut judged);
                self.take(nth, judged);
            }
        }
        self.tie();
    }

    fn task(&self, nth: usize, named: usize) -> Task<'_> {
        let Run { plan, tally, facts, .. } = self;
        Task { check: self.checks[nth], plan, facts, tally, nth: named }
    }

    /// How a check ends that is not run.
    fn without_running(&self, nth: usize) -> Option<Outcome> {
        let check = self.checks[nth];
        if let Some(why) = self.plan.skips(check) {
            return Some(Outcome::Skipped(why));
        }
        let met = order::looks_back(check) && self.facts.shown_by(check.id).is_some();
        if met && self.stop.is_none() {
            return None;
        }
        if let Some(why) = self.stop.clone().or_else(|| self.tally.ended(self.plan)) {
            return Some(Outcome::CannotTell(why));
        }
        order::cause(check, &self.failed).map(Outcome::because_of)
    }

    /// Notes that a check was not run because of another one.
    fn note_cause(&mut self, nth: usize, outcome: &Outcome) {
        let check = self.checks[nth];
        if let Some(cause) = order::cause(check, &self.failed)
            && *outcome == Outcome::because_of(cause)
        {
            self.because.insert(check.id, cause);
        }
    }

    fn take(&mut self, nth: usize, judged: Judged) {
        let id = self.checks[nth].id;
        let root = |needs| self.failed.get(needs).copied().unwrap_or(needs);
        let mut cause = judged.needs.map(root).or(judged.cause(&self.facts));
        if let (None, Some(status)) = (cause, judged.unimplemented()) {
            // What the server says that it does not have is told once.
            cause = Some(*self.unimplemented.entry(status).or_insert(id));
        }
        let outcome = match cause {
            Some(cause) if id != cause => {
                self.because.insert(id, cause);
                Outcome::because_of(cause)
            }
            _ => judged.outcome,
        };
        self.left.add(judged.left);
        self.settle(nth, outcome, judged.exchanges);
    }

    fn settle(&mut self, nth: usize, outcome: Outcome, exchanges: Vec<Exchange>) {
        let check = self.checks[nth];
        let is_failed = matches!(outcome, Outcome::Failed(_));
        // What shares the cause of another has that cause too, for those after it.
        let cause = self.because.get(check.id).copied().or(order::cause(check, &self.failed));
        if let Some(cause) = cause.or(is_failed.then_some(check.id)) {
            self.failed.insert(check.id, cause);
        }
        if is_failed && check.ends_all {
            self.stop.get_or_insert_with(|| format!("because of {}", check.id));
        }
        if is_failed && self.plan.fail_fast {
            self.stop.get_or_insert_with(|| format!("{} failed, which is enough", check.id));
        }
        self.judged[nth] = Some((outcome, exchanges));
    }
}
