//! The buttons of the portal: start, stop, restart, test the connection, change credentials and
//! settings.

use super::credentials::Credentials;
use super::quarantine::Volume;
use super::reset::ResetScope;
use super::{Job, Moment, ScheduleState};
use crate::base::{Node, Problems};
use crate::entra::event::{Button, Event};
use crate::entra::mapping::Schema;
use crate::entra::settings::Settings;

impl Job {
    /// Start provisioning: the first cycle is due now; a job that was stopped goes on where it
    /// stopped, and a quarantine is cleared [g:start].
    pub fn start(&mut self, moment: &mut Moment<'_>) {
        moment.emit(Event::Started);
        let running = self.state == ScheduleState::Active
            && (self.cycle.is_some() || self.schedule.next().is_some());
        if running && self.quarantine.is_none() {
            return;
        }
        self.clear_quarantine(Button::Start, moment);
        self.state = ScheduleState::Active;
        self.schedule.begin(moment.now());
    }

    /// Stop provisioning: a running cycle goes on to its end, no further ones follow
    /// [known-issues].
    pub fn stop(&mut self, moment: &mut Moment<'_>) {
        moment.emit(Event::Stopped);
        if self.state == ScheduleState::Active {
            self.state = ScheduleState::Paused;
        }
        self.schedule.stop();
    }

    /// Restart provisioning. A running cycle completes first [export-import].
    pub fn restart(&mut self, scope: ResetScope, moment: &mut Moment<'_>) {
        moment.emit(Event::Restarted(scope.words()));
        self.state = ScheduleState::Active;
        self.ask_for_reset(scope, moment);
    }

    /// Resets now, or when the running cycle ends. What several restarts ask for during one cycle
    /// adds up.
    fn ask_for_reset(&mut self, scope: ResetScope, moment: &mut Moment<'_>) {
        if self.cycle.is_some() {
            self.restart = Some(self.restart.unwrap_or(ResetScope::NONE).union(scope));
        } else {
            self.reset(scope, moment);
        }
    }

    /// Forgets what the scope says, and makes a cycle due now: not while the job is stopped, and
    /// not before the next attempt of a quarantine that stays (assumed).
    pub(super) fn reset(&mut self, scope: ResetScope, moment: &mut Moment<'_>) {
        if scope.watermark || scope.connector_data_store {
            self.watermark = None;
        }
        if scope.escrows {
            self.escrows.clear();
            self.volume = Volume::default();
        }
        if scope.connector_data_store {
            self.links.clear();
        }
        if scope.quarantine_state {
            self.clear_quarantine(Button::Restart, moment);
        }
        match (self.state, &self.quarantine) {
            (ScheduleState::Active, None) => self.schedule.begin(moment.now()),
            (ScheduleState::Active, Some(kept)) => self.schedule.at(kept.next_attempt),
            (ScheduleState::Paused | ScheduleState::Disabled, _) => {}
        }
    }

    /// Replaces the secret token; nothing restarts by it [known-issues]. One too long to be saved
    /// changes nothing.
    pub fn set_secret(&mut self, secret: &str, moment: &mut Moment<'_>) {
        let limit = self.settings.policy.secret_limit;
        if limit > 0 && secret.len() as u64 > limit {
            moment.emit(Event::SecretTooLong { bytes: secret.len() });
            return;
        }
        self.credentials = Credentials::new(secret);
        moment.emit(Event::SecretSet);
    }

    /// Changes a setting while running, as the path below `entra` and what was written.
    pub fn set(
        &mut self,
        path: &[&str],
        node: &Node,
        moment: &mut Moment<'_>,
        problems: &mut Problems,
    ) {
        let before = problems.errors();
        let mut settings: Settings = self.settings.clone();
        settings.set(path, node, problems);
        if problems.errors() > before {
            return;
        }
        let secret = settings.secret.clone();
        let remapped = settings.schema != self.settings.schema;
        self.settings = settings;
        moment.emit(Event::SettingChanged(format!("entra.{}", path.join("."))));
        if let (["secret"], Some(secret)) = (path, secret) {
            self.set_secret(&secret, moment);
        }
        if remapped {
            self.take_schema(moment);
        }
    }

    /// Saved mappings or filters restart the job with a full evaluation of all users; a cycle under
    /// way completes with the old ones [how-works, filters, export-import].
    fn take_schema(&mut self, moment: &mut Moment<'_>) {
        if self.cycle.is_none() {
            self.schema = self.settings.schema.clone();
        }
        match self.state {
            ScheduleState::Active => self.restart(ResetScope::PORTAL, moment),
            // A job that does not run reads all users when it is started.
            ScheduleState::Paused | ScheduleState::Disabled => {
                let scope = ResetScope { watermark: true, ..ResetScope::NONE };
                self.ask_for_reset(scope, moment);
            }
        }
    }

    /// "Restore default mappings": mappings and filters are the gallery's again, and all users are
    /// evaluated [customize].
    pub fn restore_default_mappings(&mut self, moment: &mut Moment<'_>) {
        let mut schema = Schema::clone(&self.settings.schema);
        schema.restore_defaults();
        self.settings.schema = schema.into();
        moment.emit(Event::SettingChanged("entra.mappings".to_owned()));
        self.take_schema(moment);
    }

    /// Clears a quarantine because a button was pressed. That is no recovery: the next attempt
    /// shows whether its cause is gone.
    fn clear_quarantine(&mut self, button: Button, moment: &mut Moment<'_>) {
        if self.quarantine.take().is_some() {
            self.cleared = true;
            moment.emit(Event::QuarantineCleared(button));
        }
    }
}
