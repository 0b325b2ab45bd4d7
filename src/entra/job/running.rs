//! The job at work: waking, speaking, hearing, and ending a cycle.

use std::sync::Arc;

use super::cycle::{Cycle, Ended, Probe, Referring};
use super::log::{LogAction, LogEntry, LogFailure, LogStatus};
use super::quarantine::{Quarantine, Reason, Volume};
use super::reply::{self, RequestKind, SyncError};
use super::requests::ScimRequest;
use super::task::{JobContext, Next, SyncOutcome, SyncTask};
use super::{ENDED_KEPT, Flight, Job, Moment, Purpose, ScheduleState};
use crate::base::Time;
use crate::base::seed::show_guid;
use crate::base::time::earliest;
use crate::entra::call::{Call, CallId, Lost, Reply};
use crate::entra::error_code::ErrorCode;
use crate::entra::event::{CycleKind, CycleResult, Event};
use crate::entra::policy::{MediaType, MidCycle};
use crate::entra::tenant::{Tenant, UserKey};

impl Job {
    /// When the job wants to be woken next; an instant in the past means now.
    pub fn next_due(&self) -> Option<Time> {
        let deadline = self.flights.iter().map(|flight| flight.deadline).min();
        let speak = (self.wants_to_speak() && self.has_room()).then(|| self.pace.opens());
        let cycle = if self.cycle.is_none() { self.schedule.next() } else { None };
        let disable = self
            .quarantine
            .as_ref()
            .filter(|_| self.state == ScheduleState::Active)
            .map(|q| q.disable_at);
        earliest([deadline, speak, cycle, disable])
    }

    /// Does what is due: time-outs, the end of a long quarantine, a cycle to begin, requests that
    /// may leave.
    pub fn wake(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.expire(tenant, moment);
        self.give_up(moment);
        let due = self.schedule.next().is_some_and(|at| at <= moment.now());
        if due && self.cycle.is_none() && self.state == ScheduleState::Active {
            self.begin_cycle(tenant, moment);
        }
        self.pump(tenant, moment);
    }

    /// An answer came, or was lost; an answer nobody waits for any more is ignored.
    pub fn deliver(
        &mut self,
        call: CallId,
        reply: Reply,
        tenant: &Tenant,
        moment: &mut Moment<'_>,
    ) {
        let Some(at) = self.flights.iter().position(|flight| flight.id == call) else { return };
        let flight = self.flights.remove(at);
        match flight.purpose {
            Purpose::Test => self.on_test_reply(reply, moment),
            Purpose::Probe => self.on_probe_reply(reply, moment),
            Purpose::Task(slot) => self.on_task_reply(slot, reply, moment),
        }
        self.pump(tenant, moment);
    }

    fn has_room(&self) -> bool {
        (self.flights.len() as u64) < self.settings.policy.concurrency.max(1)
    }

    fn wants_to_speak(&self) -> bool {
        let in_cycle = self.cycle.as_ref().is_some_and(|cycle| match cycle.probe {
            Probe::Wanted => true,
            Probe::Sent => false,
            Probe::Passed => !cycle.ready.is_empty() || (cycle.has_more() && self.may_admit(cycle)),
        });
        self.tests_wanted > 0 || in_cycle
    }

    fn may_admit(&self, cycle: &Cycle) -> bool {
        (cycle.under_way() as u64) < self.settings.policy.concurrency.max(1)
    }

    fn expire(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        let now = moment.now();
        while let Some(flight) = self.flights.iter().find(|flight| flight.deadline <= now) {
            let id = flight.id;
            moment.emit(Event::CallTimedOut(id));
            self.deliver(id, Err(Lost::TimedOut), tenant, moment);
        }
    }

    /// After four weeks of quarantine the job is disabled [quarantine].
    fn give_up(&mut self, moment: &mut Moment<'_>) {
        let over = self.quarantine.as_ref().is_some_and(|q| q.disable_at <= moment.now());
        if over && self.state == ScheduleState::Active {
            self.state = ScheduleState::Disabled;
            self.schedule.stop();
            moment.emit(Event::Disabled);
        }
    }

    fn begin_cycle(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.cycles_begun += 1;
        let (number, now) = (self.cycles_begun, moment.now());
        let cycle = match self.watermark {
            Some(watermark) => Cycle::incremental(number, now, tenant, watermark, &self.escrows),
            None => {
                self.schema = self.settings.schema.clone();
                self.scope = self.settings.scope;
                Cycle::initial(number, now, tenant)
            }
        };
        moment.emit(Event::CycleBegan { number, kind: cycle.kind });
        self.cycle = Some(cycle);
    }

    /// Says as much as pace and concurrency allow, and ends the cycle when nothing is left.
    fn pump(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.admit(tenant, moment);
        while self.has_room() && self.pace.allows(moment.now()) && self.speak(moment) {
            self.admit(tenant, moment);
        }
        let finished = self.cycle.as_ref().is_some_and(|cycle| {
            cycle.probe == Probe::Passed && !cycle.has_more() && cycle.under_way() == 0
        });
        if finished {
            self.finish_cycle(moment);
        }
    }

    /// Begins passages until there are as many as may wait at once; those that settle unheard make
    /// room at once.
    fn admit(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        let room = self.settings.policy.concurrency.max(1);
        loop {
            let Some(cycle) = self.cycle.as_mut().filter(|cycle| cycle.probe == Probe::Passed)
            else {
                return;
            };
            if cycle.under_way() as u64 >= room {
                return;
            }
            let user = cycle.next_user(tenant, &self.links, self.scope);
            let Some(who) =
                user.map(Who::Object).or_else(|| cycle.next_reference().map(Who::Reference))
            else {
                return;
            };
            let seed = moment.seed();
            let mut context = JobContext {
                settings: &self.settings,
                schema: &self.schema,
                links: &mut self.links,
                scope: self.scope,
                seed,
                incremental: cycle.kind == CycleKind::Incremental,
            };
            let (mut task, next) = match who {
                Who::Object(user) => {
                    let retried = self.escrows.get(user).is_some();
                    cycle.counts.evaluated += 1;
                    cycle.counts.retried += u64::from(retried);
                    SyncTask::begin(user, tenant, retried, moment.now(), &mut context)
                }
                Who::Reference(referring) => {
                    SyncTask::refer(referring, tenant, moment.now(), &context)
                }
            };
            match next {
                Next::Send(request) => {
                    task.request = Some(request);
                    let slot = cycle.admit(task);
                    cycle.ready.push_back(slot);
                }
                Next::Done(outcome) => self.finish_task(task, outcome, moment),
            }
        }
    }

    /// Says the next thing: a connection test, the probe, or what a passage wants; `false` when
    /// there is nothing.
    fn speak(&mut self, moment: &mut Moment<'_>) -> bool {
        if self.tests_wanted > 0 {
            self.tests_wanted -= 1;
            let request = self.probe("test", self.tests_sent, moment);
            self.tests_sent += 1;
            self.send(Purpose::Test, None, &request, moment.now());
            return true;
        }
        let Some(cycle) = self.cycle.as_mut() else { return false };
        if cycle.probe == Probe::Wanted {
            cycle.probe = Probe::Sent;
            let number = cycle.number;
            let request = self.probe("probe", number, moment);
            self.send(Purpose::Probe, None, &request, moment.now());
            return true;
        }
        let Some(slot) = cycle.ready.pop_front() else { return false };
        let Some(task) = cycle.task(slot) else { return true };
        let (user, request) = (task.user, task.request.clone());
        if let Some(request) = request {
            self.send(Purpose::Task(slot), Some(user), &request, moment.now());
        }
        true
    }

    /// A query for a user that does not exist: the value is a random GUID [scim-dev].
    fn probe(&self, kind: &str, nth: u64, moment: &Moment<'_>) -> ScimRequest {
        let users = &self.schema.users;
        let row = users.matching().first().map(|&row| &*users.rows()[row].target.wire);
        let nobody = show_guid(moment.seed().guid(kind, "", nth));
        ScimRequest::lookup(&self.settings, row.unwrap_or("userName"), &nobody)
    }

    fn send(
        &mut self,
        purpose: Purpose,
        subject: Option<UserKey>,
        request: &ScimRequest,
        now: Time,
    ) {
        let id = CallId(self.next_call);
        self.next_call += 1;
        let policy = &self.settings.policy;
        self.pace.sent(now, policy.max_rps);
        self.flights.push(Flight { id, purpose, deadline: now + policy.request_timeout });
        self.outbox.push_back(Call { id, subject, request: request.request(self.bearer.as_ref()) });
    }

    fn on_test_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let result = check_probe(reply, self.settings.policy.probe_media_type)
            .map_err(|error| (error.code, error.detail));
        self.last_test = Some(result.clone());
        moment.emit(Event::ConnectionTested(result.err()));
    }

    fn on_probe_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.as_mut() else { return };
        match check_probe(reply, self.settings.policy.probe_media_type) {
            Ok(()) => cycle.probe = Probe::Passed,
            Err(error) => {
                let since = cycle.began;
                match self.patience(&error, since, moment) {
                    true => {
                        if let Some(cycle) = self.cycle.as_mut() {
                            cycle.probe = Probe::Wanted;
                        }
                    }
                    false => self.fail_cycle(error, moment),
                }
            }
        }
    }

    fn on_task_reply(&mut self, slot: usize, reply: Reply, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.as_mut() else { return };
        let incremental = cycle.kind == CycleKind::Incremental;
        let Some(task) = cycle.task(slot) else { return };
        let seed = moment.seed();
        let mut context = JobContext {
            settings: &self.settings,
            schema: &self.schema,
            links: &mut self.links,
            scope: self.scope,
            seed,
            incremental,
        };
        match task.handle_response(reply, &mut context) {
            Next::Send(request) => {
                task.request = Some(request);
                cycle.ready.push_back(slot);
            }
            Next::Done(SyncOutcome::Failed(error)) => self.on_task_error(slot, error, moment),
            Next::Done(outcome) => {
                if let Some(task) = cycle.dismiss(slot) {
                    self.finish_task(task, outcome, moment);
                }
            }
        }
    }

    /// A throttled request is repeated in time, refused credentials end the cycle, any other
    /// trouble is the object's.
    fn on_task_error(&mut self, slot: usize, error: SyncError, moment: &mut Moment<'_>) {
        let task = self.cycle.as_mut().and_then(|cycle| cycle.task(slot));
        let since = task.and_then(|task| task.throttled_since).unwrap_or(moment.now());
        let patient = self.patience(&error, since, moment);
        let Some(cycle) = self.cycle.as_mut() else { return };
        if patient {
            if let Some(task) = cycle.task(slot) {
                task.throttled += 1;
                task.throttled_since = Some(since);
            }
            cycle.ready.push_back(slot);
            return;
        }
        let job_level = error.unauthorized
            && self.settings.policy.unauthorized_mid_cycle == MidCycle::Quarantine;
        if let Some(task) = cycle.dismiss(slot) {
            self.finish_task(task, SyncOutcome::Failed(error.clone()), moment);
        }
        if job_level {
            self.fail_cycle(error, moment);
        }
    }

    /// Whether a 429 is waited out; if so, the job holds its breath until then [field: Q&A
    /// 2284725]. A request that is throttled `since` for too long is not, or one of them could keep
    /// a cycle from ever ending.
    fn patience(&mut self, error: &SyncError, since: Time, moment: &mut Moment<'_>) -> bool {
        let policy = &self.settings.policy;
        let Some(wait) = error.retry_after.filter(|_| policy.honor_retry_after) else {
            return false;
        };
        if moment.now() + wait > since + policy.retry_after_max {
            return false;
        }
        let until = moment.now() + wait.max(std::time::Duration::from_millis(1));
        self.pace.hold(until);
        moment.emit(Event::Throttled { until });
        true
    }

    /// Writes the log row of a passage that ended, and does the accounts: escrow, counts, volume.
    fn finish_task(&mut self, task: SyncTask, outcome: SyncOutcome, moment: &mut Moment<'_>) {
        let refers = task.leaves_reference(&outcome, &self.schema.users);
        if let Some(cycle) = self.cycle.as_mut().filter(|_| refers) {
            cycle.refer(Referring { user: task.user, shown: task.shown_manager.clone() });
        }
        let reference = task.is_reference();
        // Whether a reference that failed is well now, its own passage will tell.
        let keeps = refers && self.escrows.get(task.user).is_some_and(|escrow| escrow.reference);
        let status = match outcome {
            SyncOutcome::Silent => {
                self.escrows.remove(task.user);
                return;
            }
            SyncOutcome::Success => LogStatus::Success,
            SyncOutcome::Skipped(reason) => LogStatus::Skipped(reason),
            SyncOutcome::Failed(error) => {
                let policy = &self.settings.policy;
                // Counted from the cycle's start, so that six hours later is a point of the grid
                // and not just past it.
                let failed = self.cycle.as_ref().map_or(moment.now(), |cycle| cycle.began);
                let (retries, next_retry) =
                    self.escrows.fail(task.user, error.code, reference, failed, policy);
                let next_retry = next_retry.map(|at| at.max(failed + policy.cycle_interval));
                LogStatus::Failure(LogFailure {
                    code: error.code,
                    detail: error.detail,
                    retries,
                    next_retry,
                })
            }
        };
        if !matches!(status, LogStatus::Failure(_)) && !keeps {
            self.escrows.remove(task.user);
            self.volume.successes += u64::from(!reference);
        }
        self.count(task.action, &status);
        let entry = Arc::new(LogEntry {
            at: moment.now(),
            cycle: self.cycles_begun,
            user: task.user,
            handle: task.handle,
            action: task.action,
            status,
            scoping: task.scoping,
            target: task.target,
            modified: task.modified,
            throttled: task.throttled,
        });
        self.log.push(entry.clone(), self.settings.policy.log_capacity);
        moment.emit(Event::Provisioned(entry));
    }

    fn count(&mut self, action: LogAction, status: &LogStatus) {
        let Some(cycle) = self.cycle.as_mut() else { return };
        let (counts, counters) = (&mut cycle.counts, &mut self.counters);
        match (status, action) {
            (LogStatus::Failure(_), _) => counts.failed += 1,
            (LogStatus::Skipped(_), _) => counts.skipped += 1,
            (LogStatus::Success, LogAction::Create) => {
                (counts.created, counters.created) = (counts.created + 1, counters.created + 1)
            }
            (LogStatus::Success, LogAction::Update) => {
                (counts.updated, counters.updated) = (counts.updated + 1, counters.updated + 1)
            }
            (LogStatus::Success, LogAction::Disable) => {
                (counts.disabled, counters.disabled) = (counts.disabled + 1, counters.disabled + 1);
            }
            (LogStatus::Success, LogAction::Delete) => {
                (counts.deleted, counters.deleted) = (counts.deleted + 1, counters.deleted + 1)
            }
            (LogStatus::Success, LogAction::Other) => counts.skipped += 1,
        }
    }

    /// The cycle went through to its end: the watermark moves, and a quarantine ends unless
    /// failures still impose one.
    fn finish_cycle(&mut self, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.take() else { return };
        self.watermark = Some(cycle.version);
        let result = if cycle.counts.failed > 0 {
            CycleResult::EntryLevelErrors
        } else {
            CycleResult::Succeeded
        };
        let began = cycle.began;
        self.remember(cycle, result, moment);
        let reference_failures = self.escrows.references() as u64;
        let failures = self.escrows.len() as u64 - reference_failures;
        let volume = Volume { failures, reference_failures, ..self.volume };
        match volume.breach(&self.settings.policy) {
            Some(reason) => {
                let message = format!(
                    "{} of {} objects fail",
                    volume.failures,
                    volume.failures + volume.successes
                );
                self.impose(reason, ErrorCode::InternalServerError, message, moment);
            }
            None => {
                self.lift_quarantine(moment);
                self.schedule_next(began, moment);
            }
        }
        self.apply_restart(moment);
    }

    /// The cycle as a whole failed: what was under way is dropped, and the job is quarantined at
    /// once [quarantine].
    fn fail_cycle(&mut self, error: SyncError, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.take() else { return };
        self.flights.retain(|flight| flight.purpose == Purpose::Test);
        self.outbox.retain(|call| self.flights.iter().any(|flight| flight.id == call.id));
        self.remember(cycle, CycleResult::Failed, moment);
        self.impose(Reason::QuarantineException, error.code, error.detail, moment);
        self.apply_restart(moment);
    }

    fn remember(&mut self, cycle: Cycle, result: CycleResult, moment: &mut Moment<'_>) {
        let Cycle { number, kind, began, counts, .. } = cycle;
        self.counters.cycles += 1;
        self.counters.cycles_failed += u64::from(result == CycleResult::Failed);
        let ended = moment.now();
        moment.emit(Event::CycleEnded { number, kind, result, counts, took: ended.since(began) });
        self.ended.push_back(Ended { number, kind, began, ended, result, counts });
        if self.ended.len() > ENDED_KEPT {
            self.ended.pop_front();
        }
    }

    /// Imposes a quarantine, or keeps it with a later attempt; mail goes out on entry and when the
    /// reason changes.
    fn impose(
        &mut self,
        reason: Reason,
        code: ErrorCode,
        message: String,
        moment: &mut Moment<'_>,
    ) {
        let (now, policy) = (moment.now(), &self.settings.policy);
        let mail = match &mut self.quarantine {
            Some(quarantine) => {
                let changed = quarantine.reason != reason;
                quarantine.keep(reason, code, message, now, policy);
                let (count, next_attempt) = (quarantine.series_count, quarantine.next_attempt);
                moment.emit(Event::QuarantineKept { count, next_attempt });
                changed
            }
            None => {
                self.quarantine = Some(Quarantine::new(reason, code, message.clone(), now, policy));
                self.counters.quarantines += 1;
                moment.emit(Event::Quarantined { reason, code, message });
                true
            }
        };
        if let Some(to) = self.settings.notify.clone().filter(|_| mail) {
            self.counters.mails += 1;
            moment.emit(Event::MailSent { to, reason });
        }
        if let (ScheduleState::Active, Some(quarantine)) = (self.state, &self.quarantine) {
            self.schedule.at(quarantine.next_attempt);
        }
    }

    fn schedule_next(&mut self, began: Time, moment: &Moment<'_>) {
        if self.state == ScheduleState::Active {
            self.schedule.on_grid(began, moment.now(), self.settings.policy.cycle_interval);
        }
    }

    fn apply_restart(&mut self, moment: &mut Moment<'_>) {
        if let Some(scope) = self.restart.take() {
            self.reset(scope, moment);
        }
    }
}

/// What a passage begins with.
enum Who {
    /// A user.
    Object(UserKey),
    /// The manager of somebody whose account is there.
    Reference(Referring),
}

/// A probe passes with 200 and an empty list of SCIM's media type, and with nothing else
/// [scim-dev].
fn check_probe(reply: Reply, passes: MediaType) -> Result<(), SyncError> {
    let response =
        reply::classify_reply(RequestKind::Query, reply).map_err(|error| match error.code {
            ErrorCode::Unauthorized | ErrorCode::InsufficientRights => {
                SyncError { code: ErrorCode::CredentialValidationFailure, ..error }
            }
            ErrorCode::InternalServerError
            | ErrorCode::Timeout
            | ErrorCode::WebExceptionProtocolError => {
                SyncError { code: ErrorCode::CredentialValidationUnavailable, ..error }
            }
            _ => error,
        })?;
    let page = reply::page(&response)?;
    reply::media_type(&response, passes)?;
    match page.total_results {
        0 => Ok(()),
        n => Err(SyncError::new(
            ErrorCode::ServiceIncompatible,
            format!("a query for a user that does not exist found {n}"),
        )),
    }
}
