//! Pruning: an initial cycle that reaches a quarantine threshold drops its errors, goes on to its
//! end, and then waits for an administrator [g:status: escrowsPruned].

use super::mail::MailAbout;
use super::quarantine::Volume;
use super::{Dropped, Job, Moment, NextTry, ScheduleState};
use crate::entra::event::{CycleKind, Event};

impl Job {
    /// Drops the errors of an initial cycle if they would quarantine the job. What was dropped is
    /// not retried.
    pub(super) fn prune_escrows(&mut self, moment: &mut Moment<'_>) {
        let policy = &self.settings.policy;
        let is_initial = self.cycle.as_ref().is_some_and(|cycle| cycle.kind == CycleKind::Initial);
        // A job that is in quarantine already is judged when its attempt ends (assumed).
        if !is_initial || !policy.initial_cycle_prune || self.quarantine.is_some() {
            return;
        }
        if self.volume_breach().is_none() {
            return;
        }
        let count = self.escrows.len() as u64;
        self.drop_escrows(NextTry::Dropped(Dropped::Pruned));
        self.volume = Volume::default();
        self.history.milestones.escrows_pruned = true;
        if let Some(cycle) = &mut self.cycle {
            cycle.pruned += count;
        }
        moment.emit(Event::EscrowsPruned { count });
    }

    /// Pauses the job after an initial cycle that dropped errors, until it is started again.
    pub(super) fn pause_after_pruning(&mut self, dropped: u64, moment: &mut Moment<'_>) {
        if self.state == ScheduleState::Active {
            self.state = ScheduleState::Paused;
            self.schedule.stop();
            moment.emit(Event::PausedAfterPruning);
            if self.settings.policy.mail_after_pruning {
                self.send_mail(MailAbout::Pruned(dropped), moment);
            }
        }
    }
}
