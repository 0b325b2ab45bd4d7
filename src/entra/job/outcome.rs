//! Ends tasks: writes the log row, and records failures and counts.

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::execution::Ending;
use super::in_flight::For;
use super::log::{LogAction, LogEntry, LogFailure, LogStatus, NotWaited, Run, SkipReason};
use super::quarantine::Quarantine;
use super::reference::DueReference;
use super::reply::SyncError;
use super::subject::Subject;
use super::task::{Next, SyncOutcome, SyncTask};
use super::{ByCycles, Dropped, Job, Moment, NextTry, ScheduleState};
use crate::base::Time;
use crate::entra::call::Reply;
use crate::entra::event::{CycleCounts, Event};
use crate::entra::policy::{MidCycle, UnresolvedReference};

impl Job {
    pub(super) fn on_task_reply(&mut self, slot: usize, reply: Reply, moment: &mut Moment<'_>) {
        let Some(mut task) = self.in_flight.take(slot) else { return };
        self.note_answer(task.token, &reply);
        match task.handle_response(reply, &mut self.context(task.run, moment)) {
            Next::Done(SyncOutcome::Failed(error)) => self.on_task_error(task, error, moment),
            next => self.proceed(task, next, moment),
        }
    }

    /// Handles an error of a task: a throttled request is repeated later, refused credentials end
    /// the cycle, and any other error fails the object. A run on demand waits for nothing, and ends
    /// no cycle (assumed).
    fn on_task_error(
        &mut self,
        mut task: Box<SyncTask>,
        error: SyncError,
        moment: &mut Moment<'_>,
    ) {
        if !task.reauthorized && self.renews_token(task.token, &error) {
            task.reauthorized = task.token == self.credentials.number();
            self.in_flight.admit(task);
            return;
        }
        if task.run != For::Cycle {
            return self.finish_task(task, SyncOutcome::Failed(error), moment);
        }
        let since = task.throttled_since.unwrap_or(moment.now());
        if self.waits_out(&error, since, moment) {
            task.throttled += 1;
            task.throttled_since = Some(since);
            self.in_flight.admit(task);
            return;
        }
        let ends_cycle = self.ends_cycle(&error);
        self.finish_task(task, SyncOutcome::Failed(error.clone()), moment);
        if ends_cycle {
            self.fail_cycle(error, moment);
        }
    }

    /// Whether an error about one object shows that the job as a whole cannot go on.
    fn ends_cycle(&self, error: &SyncError) -> bool {
        let policy = &self.settings.policy;
        let does = match error.status {
            Some(StatusCode::UNAUTHORIZED) => policy.unauthorized_mid_cycle,
            Some(StatusCode::FORBIDDEN) => policy.forbidden_mid_cycle,
            _ => MidCycle::ObjectFailure,
        };
        does == MidCycle::Quarantine
    }

    /// Whether the job waits out a 429; if so, it sends nothing until then [field: Q&A 2284725]. A
    /// request that has been throttled `since` too long is given up, because it could keep the
    /// cycle from ending.
    pub(super) fn waits_out(
        &mut self,
        error: &SyncError,
        since: Time,
        moment: &mut Moment<'_>,
    ) -> bool {
        let now = moment.now();
        let Some(wait) = error.retry_after else { return false };
        if self.why_not_waited(error, since, now).is_some() {
            return false;
        }
        let until = wait.after(now).max(now + Duration::from_millis(1));
        self.calls.pace.hold(until);
        moment.emit(Event::Throttled { until });
        true
    }

    /// Why a cycle does not wait out an error of a request that has been throttled `since`.
    pub(super) fn why_not_waited(
        &self,
        error: &SyncError,
        since: Time,
        now: Time,
    ) -> Option<NotWaited> {
        let policy = &self.settings.policy;
        let most = policy.retry_after_max;
        match error.retry_after.map(|wait| wait.after(now)) {
            None => Some(NotWaited::NoRetryAfter),
            Some(_) if !policy.honor_retry_after => Some(NotWaited::NotHonored),
            Some(until) if until > since + most => Some(NotWaited::TooLong { since, until, most }),
            Some(_) => None,
        }
    }

    /// Ends a task: queues the reference that is still to be set, records a failure, writes the log
    /// row.
    pub(super) fn finish_task(
        &mut self,
        mut task: Box<SyncTask>,
        outcome: SyncOutcome,
        moment: &mut Moment<'_>,
    ) {
        let run = task.run;
        let left = self.reference_left(&task, &outcome);
        let status = match outcome {
            SyncOutcome::Silent => {
                if !task.is_reference() {
                    self.deletions.forget(task.subject);
                }
                if run == For::Cycle {
                    self.end_wait(task.subject, NextTry::Dropped(Dropped::NothingDue));
                }
                return self.on_demand_task_ended(run, None, left);
            }
            SyncOutcome::Staged => LogStatus::Skipped(SkipReason::TooManyDeletes),
            SyncOutcome::Success => LogStatus::Success,
            SyncOutcome::Skipped(reason) => self.passed_over(reason),
            SyncOutcome::Failed(error) => {
                LogStatus::Failure(Box::new(self.hold(&task, error, moment.now())))
            }
        };
        self.release(&task, &status, left.is_some(), moment.now());
        if run == For::Cycle && task.action == LogAction::Create && status == LogStatus::Success {
            self.working_time.created(moment.now());
        }
        let ending = Ending { action: task.action, status: &status, stood_at: task.stands_at() };
        task.trail.end(ending.stood_at);
        self.count(task.run, &ending, task.answered);
        let task = *task;
        let entry = Arc::new(LogEntry {
            number: self.history.log.count() + 1,
            at: moment.now(),
            run: self.run_of_row(run),
            subject: task.subject,
            handle: task.handle,
            identity: task.identity,
            began: task.began,
            trail: task.trail,
            findings: task.findings,
            action: task.action,
            status,
            scoping: task.scoping,
            target: task.target,
            changes: task.changes,
            answered: task.answered,
            throttled: task.throttled,
        });
        self.history.log.push(entry.clone(), self.settings.policy.log_capacity);
        match (run, left, &mut self.cycle) {
            (For::Cycle, Some(due), Some(cycle)) => cycle.refer(due),
            (_, left, _) => self.on_demand_task_ended(run, Some(&entry), left),
        }
        let failed = matches!(entry.status, LogStatus::Failure(_));
        if failed && self.holds_failures_of(run) {
            self.escrows.note_row(entry.subject, entry.number);
        }
        moment.emit(Event::Provisioned(entry));
        if failed && run == For::Cycle {
            self.prune_escrows(moment);
        }
    }

    /// The run as a row of the log has it.
    fn run_of_row(&self, run: For) -> Run {
        match run {
            For::Cycle => Run::Cycle(self.cycles_begun),
            For::OnDemand(id) => Run::OnDemand(id),
        }
    }

    /// The status of an object that was passed over; one of which a reference was left out is a
    /// warning by policy.
    fn passed_over(&self, reason: SkipReason) -> LogStatus {
        let warns = self.settings.policy.unresolved_reference == UnresolvedReference::Warning;
        match reason {
            SkipReason::UnableToResolveReference(_) if warns => LogStatus::Warning(reason),
            _ => LogStatus::Skipped(reason),
        }
    }

    /// Ends the wait of an object that did not fail. A failed reference stays in escrow until the
    /// task of that reference succeeds, and failed members until all of them were sent; a run on
    /// demand that did nothing ends no wait.
    fn release(&mut self, task: &SyncTask, status: &LogStatus, leaves_reference: bool, now: Time) {
        let members = task.subject.group().is_some_and(|of| self.links.memberships().is_due(of));
        let keeps_escrow = (leaves_reference || members)
            && self.escrows.get(task.subject).is_some_and(|held| held.reference);
        let settled = match status {
            LogStatus::Failure(_) => false,
            LogStatus::Skipped(SkipReason::RestoreNotSupported) => false,
            LogStatus::Skipped(_) | LogStatus::Warning(_) | LogStatus::Success => true,
        };
        if settled && !keeps_escrow {
            let is_linked = self.links.get(task.subject).is_some();
            let connected = is_linked && !task.is_reference() && !task.trail.began_linked();
            self.end_wait(task.subject, self.try_of(task, now).ended_as(status, connected));
            let staged = *status == LogStatus::Skipped(SkipReason::TooManyDeletes);
            if task.run == For::Cycle && !staged {
                self.volume.successes += u64::from(!task.is_reference());
            }
            match staged {
                true => self.deletions.stage(task.subject),
                false if task.is_reference() => {}
                false => self.deletions.forget(task.subject),
            }
        }
    }

    /// The reference that is left to be set after a task.
    fn reference_left(&mut self, task: &SyncTask, outcome: &SyncOutcome) -> Option<DueReference> {
        let schema = self.schema_for(task.run);
        let due = task.leaves_reference(outcome, schema.mapping(task.subject.kind()));
        match (task.subject, task.run) {
            (Subject::Group(group), For::Cycle) => {
                due.filter(|_| self.links.memberships().is_due(group))
            }
            _ => due,
        }
    }

    /// Holds an object that failed in escrow.
    fn hold(&mut self, task: &SyncTask, error: SyncError, now: Time) -> LogFailure {
        let policy = &self.settings.policy;
        let (code, detail, remedy) = (error.code, error.text(), error.remedy());
        let throttled = error.status == Some(StatusCode::TOO_MANY_REQUESTS);
        let since = task.throttled_since.unwrap_or(now);
        let not_waited = match task.run {
            _ if !throttled => None,
            For::OnDemand(_) => Some(NotWaited::OnDemand),
            For::Cycle => self.why_not_waited(&error, since, now),
        };
        if !self.holds_failures_of(task.run) {
            // The cycles know nothing of it; an earlier failure of theirs waits as before.
            let tried = self.try_of(task, now);
            let held = self.escrows.get(task.subject);
            if let Some(held) = held {
                self.history.log.aftermath.note_try(held.row, tried);
            }
            let (retries, due) = (held.map_or(0, |held| held.retries), None);
            let next = NextTry::NotRepeated(ByCycles::Unsaid);
            return LogFailure { code, detail, retries, due, next, remedy, not_waited };
        }
        // Counted from the cycle's start, so that a retry six hours later falls on a point of the
        // grid and not just after it.
        let failed = self.cycle.as_ref().map_or(now, |cycle| cycle.began);
        let reference = task.is_reference();
        // Of several updates with members that fail in one cycle, the first one counts.
        let again = self.escrows.get(task.subject);
        let again = again.filter(|held| reference && held.reference && held.last_failure == failed);
        let (retries, due) = match again {
            Some(held) => (held.retries, Some(held.next_retry)),
            None => {
                let before = self.escrows.get(task.subject).map(|held| held.row);
                let tried = self.try_of(task, now);
                self.history.log.aftermath.note(before.into_iter(), tried);
                self.escrows.fail(task.subject, error.code, reference, failed, policy)
            }
        };
        let next = match due {
            None => NextTry::GivenUp,
            Some(_) if self.state != ScheduleState::Active => NextTry::OnceStarted,
            Some(at) => NextTry::At(at.max(self.cycle_after(task, &error, failed, now))),
        };
        LogFailure { code, detail, retries, due, next, remedy, not_waited }
    }

    /// When the cycle comes that can try an object again which has failed in one that began then:
    /// none is tried before the next cycle or before the next attempt of a quarantine.
    fn cycle_after(&self, task: &SyncTask, error: &SyncError, failed: Time, now: Time) -> Time {
        let policy = &self.settings.policy;
        let attempt = match &self.quarantine {
            Some(kept) => Some(kept.attempt_after(now, policy)),
            None if task.run == For::Cycle && self.ends_cycle(error) => {
                Some(Quarantine::first_attempt(now, policy))
            }
            None => None,
        };
        let after = || failed + policy.cycle_interval;
        attempt.or_else(|| self.next_cycle()).unwrap_or_else(after)
    }

    /// Whether the failures of a run are held in escrow.
    fn holds_failures_of(&self, run: For) -> bool {
        run == For::Cycle || self.settings.policy.on_demand_holds_failures
    }

    fn count(&mut self, run: For, ending: &Ending<'_>, answered: Option<StatusCode>) {
        let mut one = counted(ending.action, ending.status);
        one.gone = one.deleted * u64::from(answered == Some(StatusCode::NOT_FOUND));
        self.history.counters.add(&one);
        if let (For::Cycle, Some(cycle)) = (run, &mut self.cycle) {
            cycle.counts += one;
            cycle.execution.end(ending);
        }
    }
}

/// Returns what one row of the log adds to the counts.
fn counted(action: LogAction, status: &LogStatus) -> CycleCounts {
    let mut one = CycleCounts::default();
    let count = match (status, action) {
        (LogStatus::Failure(_), _) => &mut one.failed,
        (_, LogAction::StagedDelete) => &mut one.staged,
        (LogStatus::Skipped(_) | LogStatus::Warning(_), _)
        | (LogStatus::Success, LogAction::Other) => &mut one.skipped,
        (LogStatus::Success, LogAction::Create) => &mut one.created,
        (LogStatus::Success, LogAction::Update) => &mut one.updated,
        (LogStatus::Success, LogAction::Disable) => &mut one.disabled,
        (LogStatus::Success, LogAction::Delete) => &mut one.deleted,
    };
    *count = 1;
    one
}
