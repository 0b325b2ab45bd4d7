//! The job at work: waking, speaking, hearing, and ending a cycle.

use std::sync::Arc;

use super::cycle::{Cycle, Ended, Probe, Referring};
use super::log::{Action, Failure, LogEntry, Status};
use super::passage::{Desk, Next, Outcome, Passage};
use super::quarantine::{Quarantine, Reason, Volume};
use super::requests::Say;
use super::settle::{self, Asked, Trouble};
use super::{ENDED_KEPT, Flight, Job, Moment, Purpose, State};
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
        let disable =
            self.quarantine.as_ref().filter(|_| self.state == State::Active).map(|q| q.disable_at);
        earliest([deadline, speak, cycle, disable])
    }

    /// Does what is due: time-outs, the end of a long quarantine, a cycle to begin, requests that
    /// may leave.
    pub fn wake(&mut self, tenant: &Tenant, moment: &mut Moment<'_>) {
        self.expire(tenant, moment);
        self.give_up(moment);
        let due = self.schedule.next().is_some_and(|at| at <= moment.now());
        if due && self.cycle.is_none() && self.state == State::Active {
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
            Purpose::Test => self.hear_test(reply, moment),
            Purpose::Probe => self.hear_probe(reply, moment),
            Purpose::Passage(place) => self.hear_passage(place, reply, moment),
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
        if over && self.state == State::Active {
            self.state = State::Disabled;
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
            let mut desk = Desk {
                settings: &self.settings,
                schema: &self.schema,
                links: &mut self.links,
                scope: self.scope,
                seed,
                incremental: cycle.kind == CycleKind::Incremental,
            };
            let (mut passage, next) = match who {
                Who::Object(user) => {
                    let retried = self.escrows.get(user).is_some();
                    cycle.counts.evaluated += 1;
                    cycle.counts.retried += u64::from(retried);
                    Passage::begin(user, tenant, retried, moment.now(), &mut desk)
                }
                Who::Reference(referring) => Passage::refer(referring, tenant, moment.now(), &desk),
            };
            match next {
                Next::Say(say) => {
                    passage.say = Some(say);
                    let place = cycle.admit(passage);
                    cycle.ready.push_back(place);
                }
                Next::Settled(outcome) => self.settle_passage(passage, outcome, moment),
            }
        }
    }

    /// Says the next thing: a connection test, the probe, or what a passage wants; `false` when
    /// there is nothing.
    fn speak(&mut self, moment: &mut Moment<'_>) -> bool {
        if self.tests_wanted > 0 {
            self.tests_wanted -= 1;
            let say = self.probe("test", self.tests_sent, moment);
            self.tests_sent += 1;
            self.send(Purpose::Test, None, &say, moment.now());
            return true;
        }
        let Some(cycle) = self.cycle.as_mut() else { return false };
        if cycle.probe == Probe::Wanted {
            cycle.probe = Probe::Sent;
            let number = cycle.number;
            let say = self.probe("probe", number, moment);
            self.send(Purpose::Probe, None, &say, moment.now());
            return true;
        }
        let Some(place) = cycle.ready.pop_front() else { return false };
        let Some(passage) = cycle.passage(place) else { return true };
        let (user, say) = (passage.user, passage.say.clone());
        if let Some(say) = say {
            self.send(Purpose::Passage(place), Some(user), &say, moment.now());
        }
        true
    }

    /// A query for a user that does not exist: the value is a random GUID [scim-dev].
    fn probe(&self, kind: &str, nth: u64, moment: &Moment<'_>) -> Say {
        let users = &self.schema.users;
        let row = users.matching().first().map(|&row| &*users.rows()[row].target.name);
        let nobody = show_guid(moment.seed().guid(kind, "", nth));
        Say::lookup(&self.settings, row.unwrap_or("userName"), &nobody)
    }

    fn send(&mut self, purpose: Purpose, subject: Option<UserKey>, say: &Say, now: Time) {
        let id = CallId(self.next_call);
        self.next_call += 1;
        let policy = &self.settings.policy;
        self.pace.sent(now, policy.max_rps);
        self.flights.push(Flight { id, purpose, deadline: now + policy.request_timeout });
        self.outbox.push_back(Call { id, subject, request: say.request(self.bearer.as_ref()) });
    }

    fn hear_test(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let result = judge_probe(reply, self.settings.policy.probe_media_type)
            .map_err(|trouble| (trouble.code, trouble.detail));
        self.last_test = Some(result.clone());
        moment.emit(Event::ConnectionTested(result.err()));
    }

    fn hear_probe(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.as_mut() else { return };
        match judge_probe(reply, self.settings.policy.probe_media_type) {
            Ok(()) => cycle.probe = Probe::Passed,
            Err(trouble) => {
                let since = cycle.began;
                match self.patience(&trouble, since, moment) {
                    true => {
                        if let Some(cycle) = self.cycle.as_mut() {
                            cycle.probe = Probe::Wanted;
                        }
                    }
                    false => self.fail_cycle(trouble, moment),
                }
            }
        }
    }

    fn hear_passage(&mut self, place: usize, reply: Reply, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.as_mut() else { return };
        let incremental = cycle.kind == CycleKind::Incremental;
        let Some(passage) = cycle.passage(place) else { return };
        let seed = moment.seed();
        let mut desk = Desk {
            settings: &self.settings,
            schema: &self.schema,
            links: &mut self.links,
            scope: self.scope,
            seed,
            incremental,
        };
        match passage.hear(reply, &mut desk) {
            Next::Say(say) => {
                passage.say = Some(say);
                cycle.ready.push_back(place);
            }
            Next::Settled(Outcome::Failed(trouble)) => self.hear_trouble(place, trouble, moment),
            Next::Settled(outcome) => {
                if let Some(passage) = cycle.dismiss(place) {
                    self.settle_passage(passage, outcome, moment);
                }
            }
        }
    }

    /// A throttled request is repeated in time, refused credentials end the cycle, any other
    /// trouble is the object's.
    fn hear_trouble(&mut self, place: usize, trouble: Trouble, moment: &mut Moment<'_>) {
        let passage = self.cycle.as_mut().and_then(|cycle| cycle.passage(place));
        let since = passage.and_then(|passage| passage.throttled_since).unwrap_or(moment.now());
        let patient = self.patience(&trouble, since, moment);
        let Some(cycle) = self.cycle.as_mut() else { return };
        if patient {
            if let Some(passage) = cycle.passage(place) {
                passage.throttled += 1;
                passage.throttled_since = Some(since);
            }
            cycle.ready.push_back(place);
            return;
        }
        let job_level = trouble.unauthorized
            && self.settings.policy.unauthorized_mid_cycle == MidCycle::Quarantine;
        if let Some(passage) = cycle.dismiss(place) {
            self.settle_passage(passage, Outcome::Failed(trouble.clone()), moment);
        }
        if job_level {
            self.fail_cycle(trouble, moment);
        }
    }

    /// Whether a 429 is waited out; if so, the job holds its breath until then [field: Q&A
    /// 2284725]. A request that is throttled `since` for too long is not, or one of them could keep
    /// a cycle from ever ending.
    fn patience(&mut self, trouble: &Trouble, since: Time, moment: &mut Moment<'_>) -> bool {
        let policy = &self.settings.policy;
        let Some(wait) = trouble.retry_after.filter(|_| policy.honor_retry_after) else {
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
    fn settle_passage(&mut self, passage: Passage, outcome: Outcome, moment: &mut Moment<'_>) {
        let refers = passage.leaves_reference(&outcome, &self.schema.users);
        if let Some(cycle) = self.cycle.as_mut().filter(|_| refers) {
            cycle.refer(Referring { user: passage.user, shown: passage.shown_manager.clone() });
        }
        let reference = passage.is_reference();
        // Whether a reference that failed is well now, its own passage will tell.
        let keeps = refers && self.escrows.get(passage.user).is_some_and(|escrow| escrow.reference);
        let status = match outcome {
            Outcome::Silent => {
                self.escrows.remove(passage.user);
                return;
            }
            Outcome::Success => Status::Success,
            Outcome::Skipped(reason) => Status::Skipped(reason),
            Outcome::Failed(trouble) => {
                let policy = &self.settings.policy;
                // Counted from the cycle's start, so that six hours later is a point of the grid
                // and not just past it.
                let failed = self.cycle.as_ref().map_or(moment.now(), |cycle| cycle.began);
                let (retries, next_retry) =
                    self.escrows.fail(passage.user, trouble.code, reference, failed, policy);
                let next_retry = next_retry.map(|at| at.max(failed + policy.cycle_interval));
                Status::Failure(Failure {
                    code: trouble.code,
                    detail: trouble.detail,
                    retries,
                    next_retry,
                })
            }
        };
        if !matches!(status, Status::Failure(_)) && !keeps {
            self.escrows.remove(passage.user);
            self.volume.successes += u64::from(!reference);
        }
        self.count(passage.action, &status);
        let entry = Arc::new(LogEntry {
            at: moment.now(),
            cycle: self.cycles_begun,
            user: passage.user,
            handle: passage.handle,
            action: passage.action,
            status,
            scoping: passage.scoping,
            target: passage.target,
            modified: passage.modified,
            throttled: passage.throttled,
        });
        self.log.push(entry.clone(), self.settings.policy.log_capacity);
        moment.emit(Event::Provisioned(entry));
    }

    fn count(&mut self, action: Action, status: &Status) {
        let Some(cycle) = self.cycle.as_mut() else { return };
        let (counts, counters) = (&mut cycle.counts, &mut self.counters);
        match (status, action) {
            (Status::Failure(_), _) => counts.failed += 1,
            (Status::Skipped(_), _) => counts.skipped += 1,
            (Status::Success, Action::Create) => {
                (counts.created, counters.created) = (counts.created + 1, counters.created + 1)
            }
            (Status::Success, Action::Update) => {
                (counts.updated, counters.updated) = (counts.updated + 1, counters.updated + 1)
            }
            (Status::Success, Action::Disable) => {
                (counts.disabled, counters.disabled) = (counts.disabled + 1, counters.disabled + 1);
            }
            (Status::Success, Action::Delete) => {
                (counts.deleted, counters.deleted) = (counts.deleted + 1, counters.deleted + 1)
            }
            (Status::Success, Action::Other) => counts.skipped += 1,
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
    fn fail_cycle(&mut self, trouble: Trouble, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.take() else { return };
        self.flights.retain(|flight| flight.purpose == Purpose::Test);
        self.outbox.retain(|call| self.flights.iter().any(|flight| flight.id == call.id));
        self.remember(cycle, CycleResult::Failed, moment);
        self.impose(Reason::QuarantineException, trouble.code, trouble.detail, moment);
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
        if let (State::Active, Some(quarantine)) = (self.state, &self.quarantine) {
            self.schedule.at(quarantine.next_attempt);
        }
    }

    fn schedule_next(&mut self, began: Time, moment: &Moment<'_>) {
        if self.state == State::Active {
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
fn judge_probe(reply: Reply, passes: MediaType) -> Result<(), Trouble> {
    let response = settle::settle(Asked::Query, reply).map_err(|trouble| match trouble.code {
        ErrorCode::Unauthorized | ErrorCode::InsufficientRights => {
            Trouble { code: ErrorCode::CredentialValidationFailure, ..trouble }
        }
        ErrorCode::InternalServerError
        | ErrorCode::Timeout
        | ErrorCode::WebExceptionProtocolError => {
            Trouble { code: ErrorCode::CredentialValidationUnavailable, ..trouble }
        }
        _ => trouble,
    })?;
    let page = settle::page(&response)?;
    settle::media_type(&response, passes)?;
    match page.total_results {
        0 => Ok(()),
        n => Err(Trouble::new(
            ErrorCode::ServiceIncompatible,
            format!("a query for a user that does not exist found {n}"),
        )),
    }
}

impl Job {
    /// Whether a cycle under way is an initial one.
    pub fn in_initial_cycle(&self) -> bool {
        self.cycle.as_ref().is_some_and(|cycle| cycle.kind == CycleKind::Initial)
    }
}
