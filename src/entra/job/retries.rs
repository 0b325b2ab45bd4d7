//! What follows a failed row of the provisioning log, as far as it is known now.
//!
//! A row is written before the end of its cycle, and so before it is known when the next cycle
//! begins, whether a quarantine begins or ends, and whether the retries are dropped.

use std::collections::{BTreeMap, VecDeque};

use super::cycle::{Cycle, Version};
use super::escrow::Escrow;
use super::in_flight::For;
use super::log::{LogEntry, LogStatus, Run, SkipReason};
use super::subject::Subject;
use super::task::SyncTask;
use super::{Job, Look, ScheduleState};
use crate::base::Time;
use crate::entra::event::CycleKind;
use crate::entra::scope::Scoping;
use crate::entra::tenant::Tenant;

/// What follows a failed row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextTry {
    /// The object is tried again then.
    At(Time),
    /// It was to be tried again then; later rows tell what came of it.
    WasAt(Time),
    /// It was tried again then, by a cycle.
    TriedAt(Time),
    /// It was tried again then, on demand.
    TriedOnDemand(Time),
    /// The object was looked at then, and was passed over: nothing was written, or nothing was left
    /// to write.
    PassedOver(Time, &'static str),
    /// The object was looked at then and stood otherwise, so that this was due no more.
    Overtaken(Time, ScopeStanding),
    /// The job does not run: it is tried again once the job is started.
    OnceStarted,
    /// The job did not run after the cycle of the row; later rows tell what came of it.
    OnceWasStarted,
    /// The job was deleted, and its retry with it.
    JobDeleted,
    /// The application was deleted, with its job and the retry.
    ApplicationDeleted,
    /// Its retry was dropped, and nothing looks at it again by itself.
    Dropped(Dropped),
    /// A restart dropped its retry: the initial cycle that follows looks at it.
    Restarted,
    /// It was given up.
    GivenUp,
    /// A run on demand failed, which is not repeated, and whose failures are not held.
    NotRepeated(ByCycles),
}

/// What cycles do about an object for which a run on demand failed, by themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ByCycles {
    /// It is not known when the row is written, and later rows tell.
    Unsaid,
    /// The job does not run.
    Stopped,
    /// The cycle under way looks at it.
    Running,
    /// The next cycle looks at it.
    At(Time),
    /// An earlier failure of a cycle is tried again in the first cycle from then on.
    RetryAt(Time),
    /// It is staged, and stays so in the cycles to come.
    Staged,
    /// No cycle looks at it until it changes.
    OnceChanged,
}

impl NextTry {
    /// The same of a try that ended so: one that was passed over has tried nothing, and one that
    /// has found the account and connected it with the object needed no write.
    pub(super) fn ended_as(self, status: &LogStatus, connected: bool) -> NextTry {
        match (self, status) {
            (
                NextTry::TriedAt(at) | NextTry::TriedOnDemand(at),
                LogStatus::Skipped(SkipReason::RedundantExport),
            ) if connected => {
                NextTry::PassedOver(at, "it was found in the application and connected")
            }
            (
                NextTry::TriedAt(at) | NextTry::TriedOnDemand(at),
                LogStatus::Skipped(reason) | LogStatus::Warning(reason),
            ) => NextTry::PassedOver(at, reason.retry_words()),
            _ => self,
        }
    }
}

/// Why a retry was dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Dropped {
    /// Its initial cycle dropped all errors: there were too many.
    Pruned,
    /// By a restart that does not look at everything again.
    ByRestart,
    /// A cycle found that nothing is left to do.
    NothingDue,
    /// A filter has kept the object from being read since.
    NotRead,
}

/// How an object stands when a run looks at it, as far as that decides what is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeStanding {
    /// It is in scope.
    InScope,
    /// It is out of scope.
    OutOfScope,
    /// It is deleted for good.
    Gone,
}

impl ScopeStanding {
    /// How an object stands by what the scoping step found.
    pub fn of(scoping: &Scoping) -> ScopeStanding {
        match (scoping.hard_deleted, scoping.in_scope()) {
            (true, _) => ScopeStanding::Gone,
            (false, true) => ScopeStanding::InScope,
            (false, false) => ScopeStanding::OutOfScope,
        }
    }

    /// It, in words: `out of scope`.
    pub fn words(self) -> &'static str {
        match self {
            ScopeStanding::InScope => "in scope",
            ScopeStanding::OutOfScope => "out of scope",
            ScopeStanding::Gone => "deleted for good",
        }
    }
}

impl Dropped {
    /// The cause, as the rest of a sentence that says of what: `by a restart`.
    pub fn words(self) -> &'static str {
        match self {
            Dropped::Pruned => "because the initial cycle had too many failures",
            Dropped::ByRestart => "by a restart",
            Dropped::NothingDue => "because nothing was left to do",
            Dropped::NotRead => "because a filter kept it from being read",
        }
    }
}

/// When an object in escrow is tried again, as the directory is now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    /// The cycle under way is about to try it.
    Running,
    /// The job does not run.
    OnceStarted,
    /// The next cycle, if it is known when that begins.
    NextCycle(Option<Time>),
    /// The first cycle from then on.
    From(Time),
}

/// When the latest cycles with failures were followed by another one, and whose retries were
/// dropped.
#[derive(Clone, Default, Debug)]
pub(super) struct Aftermath {
    /// The number of each such cycle, with the begin of the next as planned at its end.
    followed: VecDeque<(u64, Option<Time>)>,
    /// What became of the retries of rows: they were dropped, or made.
    became: BTreeMap<u64, NextTry>,
    /// The tries on demand of objects that went on waiting for their retry, by the rows for which
    /// they wait.
    tried: BTreeMap<u64, NextTry>,
}

/// How many cycles with failures are remembered.
const CYCLES_KEPT: usize = 2_000;

impl Aftermath {
    /// Notes when the next cycle is due, at the end of a cycle with failures.
    pub fn end_cycle(&mut self, cycle: u64, next: Option<Time>) {
        self.followed.push_back((cycle, next));
        if self.followed.len() > CYCLES_KEPT {
            self.followed.pop_front();
        }
    }

    /// Notes what became of the retries of these rows.
    pub fn note(&mut self, rows: impl Iterator<Item = u64>, became: NextTry) {
        let drops = matches!(
            became,
            NextTry::Dropped(_)
                | NextTry::Restarted
                | NextTry::JobDeleted
                | NextTry::ApplicationDeleted
        );
        for row in rows {
            let tried = self.tried.remove(&row).filter(|_| drops);
            self.became.insert(row, tried.unwrap_or(became));
        }
    }

    /// Notes that a run on demand has tried what waits for a retry, and goes on waiting.
    pub fn note_try(&mut self, row: u64, tried: NextTry) {
        self.tried.insert(row, tried);
    }

    /// Forgets the rows before this one, which are no longer kept.
    pub fn forget_before(&mut self, row: u64) {
        if self.became.first_key_value().is_some_and(|(first, _)| *first < row) {
            self.became = self.became.split_off(&row);
        }
        if self.tried.first_key_value().is_some_and(|(first, _)| *first < row) {
            self.tried = self.tried.split_off(&row);
        }
    }

    /// When the cycle after this one was due at its end: `Some(None)` when none was.
    fn after(&self, cycle: u64) -> Option<Option<Time>> {
        let nth = self.followed.binary_search_by_key(&cycle, |(number, _)| *number).ok()?;
        self.followed.get(nth).map(|(_, next)| *next)
    }
}

/// Whether a cycle under way is still to try an object in escrow: it is due, its change is read, or
/// everything is looked at.
fn is_tried_by(cycle: &Cycle, held: &Escrow, changed: bool) -> bool {
    let is_picked = cycle.kind == CycleKind::Initial || held.next_retry <= cycle.began || changed;
    held.last_failure < cycle.began && is_picked
}

impl Job {
    /// What follows a row, as the directory is now; `None` for a row that is no failure.
    pub fn next_after(&self, row: &LogEntry, tenant: &Tenant) -> Option<NextTry> {
        let LogStatus::Failure(failure) = &row.status else { return None };
        let log = &self.history.log;
        let held = self.escrows.get(row.subject).filter(|held| held.row == row.number);
        let planned = match failure.next {
            NextTry::NotRepeated(_) => {
                return Some(NextTry::NotRepeated(self.by_cycles(row, tenant)));
            }
            NextTry::GivenUp => return Some(NextTry::GivenUp),
            NextTry::At(planned) => Some(planned),
            _ => None,
        };
        if let Some(became) = log.aftermath.became.get(&row.number) {
            return Some(*became);
        }
        let was = planned.map_or(NextTry::OnceWasStarted, NextTry::WasAt);
        Some(match (held, row.run) {
            (Some(held), _) if self.state != ScheduleState::Active => {
                self.once_started(planned.unwrap_or(held.next_retry))
            }
            // In the cycle under way it is tried again, or its row is of this cycle.
            (Some(held), _) => {
                let planned = planned.unwrap_or(held.next_retry);
                NextTry::At(match (self.retry_of(row.subject, tenant), &self.cycle) {
                    (Some(Retry::Running), Some(cycle)) => cycle.began,
                    // A change is read before the retry of its own is due.
                    (Some(Retry::NextCycle(Some(next))), _) => next,
                    (_, Some(_)) => planned,
                    (_, None) => self.next_try(row.subject).unwrap_or(planned),
                })
            }
            (None, Run::OnDemand(_)) => was,
            (None, Run::Cycle(cycle)) => match (log.aftermath.after(cycle), failure.due) {
                (Some(None), _) => NextTry::OnceWasStarted,
                (Some(Some(next)), Some(due)) => NextTry::WasAt(next.max(due)),
                _ => was,
            },
        })
    }

    /// What cycles do about the object of a run on demand that failed. Once there is a later row of
    /// it, that one tells.
    fn by_cycles(&self, row: &LogEntry, tenant: &Tenant) -> ByCycles {
        let last = self.history.log.last_of(row.subject);
        if last.is_some_and(|last| last.number > row.number) {
            return ByCycles::Unsaid;
        }
        if self.state != ScheduleState::Active && self.cycle.is_none() {
            return ByCycles::Stopped;
        }
        match (self.retry_of(row.subject, tenant), self.look_at(row.subject, tenant)) {
            (Some(Retry::Running), _) | (None, Look::Running) => ByCycles::Running,
            (Some(_), _) => self.next_try(row.subject).map_or(ByCycles::Stopped, ByCycles::RetryAt),
            (None, _) if self.keeps_staged() && self.deletions.staged().contains(&row.subject) => {
                ByCycles::Staged
            }
            (None, _) if self.deletions.pending().any(|subject| subject == row.subject) => {
                self.next_cycle().map_or(ByCycles::Unsaid, ByCycles::At)
            }
            (None, Look::Next) => self.next_cycle().map_or(ByCycles::Unsaid, ByCycles::At),
            (None, Look::OnceChanged) => ByCycles::OnceChanged,
        }
    }

    /// What follows in a job that does not run: a cycle that is still under way may try it.
    fn once_started(&self, planned: Time) -> NextTry {
        match &self.cycle {
            Some(cycle) if planned <= cycle.began => NextTry::At(cycle.began),
            _ => NextTry::OnceStarted,
        }
    }

    /// When an object in escrow is tried again; `None` for any other object. An object that has
    /// changed is tried by the next cycle that reads the change, whenever its retry is due.
    pub fn retry_of(&self, subject: impl Into<Subject>, tenant: &Tenant) -> Option<Retry> {
        let subject = subject.into();
        let held = self.escrows.get(subject)?;
        let (changed, read): (u64, fn(Version) -> u64) = match subject {
            Subject::User(user) => (tenant.changed_at(self.app, user), |seen| seen.users),
            Subject::Group(group) => (tenant.group_changed_at(self.app, group), |seen| seen.groups),
        };
        let unread = self.watermark.is_none_or(|seen| read(seen) < changed);
        if let Some(cycle) = &self.cycle {
            let reads = unread && changed <= read(cycle.version);
            if is_tried_by(cycle, held, reads) {
                return Some(Retry::Running);
            }
        }
        let later = match &self.cycle {
            Some(cycle) => changed > read(cycle.version),
            None => unread,
        };
        Some(match self.next_cycle() {
            _ if self.state != ScheduleState::Active => Retry::OnceStarted,
            next if later || next.is_some_and(|next| held.next_retry <= next) => {
                Retry::NextCycle(next)
            }
            None if held.next_retry
                <= self.cycle.as_ref().map_or(held.next_retry, |it| it.began) =>
            {
                Retry::NextCycle(None)
            }
            _ => Retry::From(held.next_retry),
        })
    }

    /// Forgets every failure, which also ends its retries [g:restart].
    pub(super) fn drop_escrows(&mut self, became: NextTry) {
        self.history.log.aftermath.note(self.escrows.rows(), became);
        self.escrows.clear();
    }

    /// Ends the wait of an object: it no longer matters, or is tried now.
    pub(super) fn end_wait(&mut self, subject: impl Into<Subject>, became: NextTry) {
        let held = self.escrows.remove(subject);
        self.history.log.aftermath.note(held.iter().map(|held| held.row), became);
    }

    /// What a run that is under way means for the earlier row of an object in escrow: it tries
    /// again, unless the object stands otherwise by now and something else is due.
    pub(super) fn try_of(&self, task: &SyncTask, now: Time) -> NextTry {
        let began = match (task.run, &self.cycle) {
            (For::Cycle, Some(cycle)) => cycle.began,
            _ => now,
        };
        let held = self.escrows.get(task.subject);
        let row = held.and_then(|held| self.history.log.row(held.row));
        let stands = ScopeStanding::of(&task.scoping);
        match task.run {
            _ if row.is_some_and(|row| ScopeStanding::of(&row.scoping) != stands) => {
                NextTry::Overtaken(began, stands)
            }
            For::Cycle => NextTry::TriedAt(began),
            For::OnDemand(_) => NextTry::TriedOnDemand(now),
        }
    }

    /// A row as one line of text, without the time, with what is known now of what follows it.
    pub fn line(&self, row: &LogEntry, tenant: &Tenant) -> String {
        let mut out = String::new();
        row.write_with(self.next_after(row, tenant), &mut out);
        out
    }
}
