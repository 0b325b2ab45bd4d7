//! Ends cycles that went through and cycles that failed, and imposes the quarantine that may
//! follow.

use super::calls::Purpose;
use super::cycle::{Cycle, Ended};
use super::in_flight::For;
use super::log::NotWaited;
use super::mail::MailAbout;
use super::quarantine::{Quarantine, QuarantineCause, Reason, Volume};
use super::reply::SyncError;
use super::{Job, Moment, ScheduleState};
use crate::base::Time;
use crate::entra::event::{CycleResult, Event};
use crate::entra::policy::{IntervalMode, QuarantineExit};

impl Job {
    /// The cycle went through to its end: the watermark moves, and a quarantine ends unless
    /// failures still impose one.
    pub(super) fn finish_cycle(&mut self, moment: &mut Moment<'_>) {
        let Some(cycle) = self.cycle.take() else { return };
        self.watermark = Some(cycle.version);
        let result = if cycle.counts.failed > 0 {
            CycleResult::EntryLevelErrors
        } else {
            CycleResult::Succeeded
        };
        let (began, pruned) = (cycle.began, cycle.pruned);
        let failed = (cycle.number, cycle.counts.failed > 0);
        self.remember(cycle, result, None, moment);
        let asked = self.asked_quarantine.take();
        match self.breach().or_else(|| asked.map(QuarantineCause::of_service)) {
            Some(cause) => self.impose(cause, moment),
            // A job that was disabled while its last attempt ran stays in quarantine.
            None if self.state == ScheduleState::Disabled => {}
            None => {
                self.recover(moment);
                self.schedule_next(began, moment);
                if pruned > 0 {
                    self.pause_after_pruning(pruned, moment);
                }
            }
        }
        self.apply_restart(moment);
        self.note_next_cycle(failed);
    }

    /// Notes when the next cycle is due after one with failures, for the readers of its rows.
    pub(super) fn note_next_cycle(&mut self, (number, failed): (u64, bool)) {
        if failed {
            self.history.log.aftermath.end_cycle(number, self.schedule.next());
        }
    }

    /// Ends a quarantine because an attempt got through, or reports recovery if a button had
    /// cleared it.
    fn recover(&mut self, moment: &mut Moment<'_>) {
        let cleared = std::mem::take(&mut self.cleared);
        if self.quarantine.take().is_some() {
            moment.emit(Event::QuarantineLifted);
        } else if cleared {
            moment.emit(Event::Recovered);
        }
    }

    /// The cycle as a whole failed: its tasks are dropped, and the job is quarantined at once
    /// [quarantine].
    pub(super) fn fail_cycle(&mut self, error: SyncError, moment: &mut Moment<'_>) {
        let Some(cycle) = self.drop_cycle() else { return };
        let failed = (cycle.number, cycle.counts.failed > 0);
        let wait_cut = match self.why_not_waited(&error, cycle.began, moment.now()) {
            Some(NotWaited::TooLong { most, .. }) => Some(most),
            _ => None,
        };
        self.remember(cycle, CycleResult::Failed, Some(error.clone()), moment);
        let without_credentials = self.credentials.is_empty();
        let cause = QuarantineCause { wait_cut, without_credentials, ..QuarantineCause::of(error) };
        self.impose(cause, moment);
        self.apply_restart(moment);
        self.note_next_cycle(failed);
    }

    /// Takes the cycle under way, and drops its tasks and what it waits for.
    pub(super) fn drop_cycle(&mut self) -> Option<Cycle> {
        let cycle = self.cycle.take()?;
        for task in self.calls.tasks().filter_map(|slot| self.in_flight.get(slot)) {
            if task.run == For::Cycle {
                task.abandon(&mut self.links);
            }
        }
        self.in_flight.drop_all(|run| run == For::Cycle);
        self.deletions.drop_held();
        self.drop_calls(|purpose| purpose == Purpose::Probe);
        Some(cycle)
    }

    /// Drops the calls of these purposes, and those of tasks that are gone.
    pub(super) fn drop_calls(&mut self, is_dropped: impl Fn(Purpose) -> bool) {
        let in_flight = &self.in_flight;
        self.calls.retain(|purpose| match purpose {
            Purpose::Task(slot) => in_flight.get(slot).is_some(),
            other => !is_dropped(other),
        });
    }

    /// The service quarantines the job for a reason of its own, as the vendor's staff does: now, or
    /// when the cycle under way ends (assumed) [quarantine].
    pub fn quarantine_by_service(&mut self, reason: Reason, moment: &mut Moment<'_>) {
        if self.cycle.is_some() {
            self.asked_quarantine = Some(reason);
        } else {
            self.impose(QuarantineCause::of_service(reason), moment);
        }
    }

    /// After four weeks of quarantine the job is disabled [quarantine].
    pub(super) fn give_up(&mut self, moment: &mut Moment<'_>) {
        let over = self.quarantine.as_ref().is_some_and(|q| q.disable_at <= moment.now());
        if over && self.state == ScheduleState::Active {
            self.state = ScheduleState::Disabled;
            self.schedule.stop();
            moment.emit(Event::Disabled);
        }
    }

    pub(super) fn remember(
        &mut self,
        cycle: Cycle,
        result: CycleResult,
        error: Option<SyncError>,
        moment: &mut Moment<'_>,
    ) {
        let Cycle { number, kind, began, mut counts, execution, left, .. } = cycle;
        counts.left = left;
        let ended = moment.now();
        moment.emit(Event::CycleEnded { number, kind, result, counts, took: ended.since(began) });
        let ended = Ended { number, kind, began, ended, result, counts, execution, error };
        // Staged deletions are changes that are still to be processed.
        let steady = left == 0 && self.deletions.staged().is_empty();
        self.history.end_cycle(ended, steady);
    }

    /// The cause for a quarantine: too many deletions in this cycle, or too many objects in escrow.
    fn breach(&self) -> Option<QuarantineCause> {
        self.deletions.breach(&self.settings).or_else(|| self.lasting_volume_breach())
    }

    /// [`Job::volume_breach`], unless the policy takes any success of an attempt for its end.
    fn lasting_volume_breach(&self) -> Option<QuarantineCause> {
        let ends = self.settings.policy.quarantine_exit == QuarantineExit::AnySuccess
            && self.quarantine.is_some()
            && self.history.ended.back().is_some_and(|ended| ended.counts.writes() > 0);
        if ends { None } else { self.volume_breach() }
    }

    /// The cause for a quarantine if too many objects are in escrow.
    pub(super) fn volume_breach(&self) -> Option<QuarantineCause> {
        let volume = self.failure_volume();
        let reason = volume.breach(&self.settings.policy)?;
        Some(QuarantineCause::volume(reason, self.escrows.commonest_code(), &volume))
    }

    /// The failures and successes by which a quarantine is decided.
    pub fn failure_volume(&self) -> Volume {
        let reference_failures = self.escrows.references() as u64;
        // Objects given up during the quarantine still count as failures: they have not recovered.
        let since = self.quarantine.as_ref().map(|quarantine| quarantine.series_began);
        let given_up = since.map_or(0, |since| self.escrows.given_up_since(since) as u64);
        let failures = self.escrows.len() as u64 - reference_failures + given_up;
        Volume { failures, reference_failures, ..self.volume }
    }

    /// Imposes a quarantine, or keeps it with a later attempt; mail goes out on entry and when the
    /// reason changes.
    fn impose(&mut self, cause: QuarantineCause, moment: &mut Moment<'_>) {
        let (now, policy, reason) = (moment.now(), &self.settings.policy, cause.reason);
        self.cleared = false;
        let mail = match &mut self.quarantine {
            Some(quarantine) => {
                let before = quarantine.cause.reason;
                quarantine.keep(cause.clone(), now, policy);
                let (count, next_attempt) = (quarantine.series_count, quarantine.next_attempt);
                let changed = before != reason;
                let kept = cause.clone();
                moment.emit(Event::QuarantineKept { cause: kept, count, next_attempt });
                if changed {
                    self.history.audit.quarantined(now, reason.word());
                    moment.emit(Event::QuarantineReasonChanged { before, cause });
                }
                changed
            }
            None => {
                self.quarantine = Some(Quarantine::new(cause.clone(), now, policy));
                self.history.counters.quarantines += 1;
                self.history.audit.quarantined(now, reason.word());
                moment.emit(Event::Quarantined(cause));
                true
            }
        };
        if let Some(quarantine) = self.quarantine.as_ref().filter(|_| mail) {
            self.send_mail(MailAbout::quarantine(quarantine), moment);
        }
        if let (ScheduleState::Active, Some(quarantine)) = (self.state, &self.quarantine) {
            self.schedule.at(quarantine.next_attempt);
        }
    }

    pub(super) fn schedule_next(&mut self, began: Time, moment: &Moment<'_>) {
        if self.state == ScheduleState::Active {
            let (now, policy) = (moment.now(), &self.settings.policy);
            match policy.interval_mode {
                IntervalMode::StartToStart => {
                    self.schedule.on_grid(began, now, policy.cycle_interval)
                }
                IntervalMode::EndToStart => self.schedule.at(now + policy.cycle_interval),
            }
        }
    }

    /// Applies the restart that was requested during the cycle.
    pub(super) fn apply_restart(&mut self, moment: &mut Moment<'_>) {
        if let Some(scope) = self.restart.take() {
            self.reset(scope, moment);
        }
    }
}
