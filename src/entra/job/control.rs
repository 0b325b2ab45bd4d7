//! The buttons of the portal: start, stop, restart, test the connection, change credentials and
//! settings.

use super::audit::{Activity, SECRET_TOKEN};
use super::changed::ChangedSetting;
use super::credentials::Credentials;
use super::quarantine::{Quarantine, Reason, Volume};
use super::reset::ResetScope;
use super::{Dropped, Job, Moment, NextTry, ScheduleState, SetupRefusal};
use crate::base::{Node, Problems};
use crate::entra::event::{Button, Event};
use crate::entra::mapping::Schema;
use crate::entra::secrets;
use crate::entra::settings::Settings;
use crate::entra::sign_in::AuthMethod;

impl Job {
    /// Start provisioning: a cycle is due now, and a quarantine is cleared. A stopped job goes on
    /// where it stopped [g:start].
    pub fn start(&mut self, moment: &mut Moment<'_>) {
        moment.emit(Event::Started);
        let was = self.state;
        let running = self.state == ScheduleState::Active
            && (self.cycle.is_some() || self.schedule.next().is_some());
        if running && self.quarantine.is_none() {
            return self.record(Activity::Start, "", moment);
        }
        self.clear_quarantine(Button::Start, moment);
        self.state = ScheduleState::Active;
        self.schedule.begin(moment.now());
        self.record_change(Activity::Start, "", ChangedSetting::of_state(was, self.state), moment);
    }

    /// Stop provisioning: a running cycle goes on to its end, and no further cycle begins
    /// [known-issues].
    pub fn stop(&mut self, moment: &mut Moment<'_>) {
        moment.emit(Event::Stopped);
        let was = self.state;
        if self.state == ScheduleState::Active {
            self.state = ScheduleState::Paused;
        }
        self.record_change(Activity::Stop, "", ChangedSetting::of_state(was, self.state), moment);
        self.schedule.stop();
    }

    /// Restart provisioning. A running cycle completes first [export-import]; a stopped job is
    /// started by it, whatever the scope [g:restart: "a stopped job", `None` only un-pauses].
    pub fn restart(&mut self, scope: ResetScope, moment: &mut Moment<'_>) {
        self.record_restart(scope.words(), moment);
        self.restart_now(scope, Button::Restart, moment);
    }

    /// Records a restart, which makes any job run.
    fn record_restart(&mut self, detail: String, moment: &Moment<'_>) {
        let changed = ChangedSetting::of_state(self.state, ScheduleState::Active);
        self.record_change(Activity::Restart, detail, changed, moment);
    }

    /// "Allow deletes": a restart with ForceDeletes, which the audit log names [accidental].
    pub fn allow_deletes(&mut self, moment: &mut Moment<'_>) {
        self.answer_staged("Allow deletes", ResetScope::ALLOW_DELETES, moment);
    }

    /// Rejects what is staged: a restart, after which the cause has to be repaired [accidental].
    pub fn reject_deletes(&mut self, moment: &mut Moment<'_>) {
        self.answer_staged("Reject deletes", ResetScope::PORTAL, moment);
    }

    fn answer_staged(&mut self, answer: &str, scope: ResetScope, moment: &mut Moment<'_>) {
        let staged = self.deletions.staged().len();
        let detail = format!("{answer}, {staged} staged; {}", scope.words());
        self.record_restart(detail, moment);
        self.restart_now(scope, Button::Restart, moment);
    }

    /// Restarts because of a button, or because mappings were saved.
    fn restart_now(&mut self, scope: ResetScope, by: Button, moment: &mut Moment<'_>) {
        self.restarted_by = by;
        let starts = match self.state {
            ScheduleState::Active => "",
            ScheduleState::Paused | ScheduleState::Disabled => ", and started by it",
        };
        moment.emit(Event::Restarted(scope.words() + starts));
        if self.state == ScheduleState::Disabled {
            // The four weeks are over, and would end the job at once; `start` clears them, too.
            self.clear_quarantine(self.restarted_by, moment);
        }
        self.state = ScheduleState::Active;
        self.ask_for_reset(scope, moment);
    }

    /// Resets now, or when the running cycle ends. The scopes of several restarts in one cycle are
    /// united.
    fn ask_for_reset(&mut self, scope: ResetScope, moment: &mut Moment<'_>) {
        if self.cycle.is_some() {
            self.restart = Some(self.restart.unwrap_or(ResetScope::NONE).union(scope));
        } else {
            self.reset(scope, moment);
        }
    }

    /// Forgets what the scope says, and makes a cycle due now. A stopped job gets no cycle, and a
    /// quarantine that stays delays it to its next attempt (assumed).
    pub(super) fn reset(&mut self, scope: ResetScope, moment: &mut Moment<'_>) {
        if scope.watermark || scope.connector_data_store {
            self.watermark = None;
        }
        if scope.escrows {
            let looks_at_all = scope.watermark || scope.connector_data_store;
            self.drop_escrows(match looks_at_all {
                true => NextTry::Restarted,
                false => NextTry::Dropped(Dropped::ByRestart),
            });
            self.volume = Volume::default();
        }
        if scope.watermark {
            self.history.milestones.escrows_pruned = false;
        }
        if scope.force_deletes {
            self.deletions.allow();
        }
        if scope.connector_data_store {
            self.links.clear();
            self.history.entries.reset();
            // Without its link no account can be disabled or deleted.
            self.deletions.clear();
        }
        if scope.quarantine_state {
            self.clear_quarantine(self.restarted_by, moment);
        }
        let waits_for_consent = |kept: &Quarantine| kept.cause.reason == Reason::TooManyDeletes;
        match (self.state, &self.quarantine) {
            // Allowing the deletions takes away what the quarantine was for.
            (ScheduleState::Active, Some(kept))
                if scope.force_deletes && waits_for_consent(kept) =>
            {
                self.schedule.begin(moment.now());
            }
            (ScheduleState::Active, None) => self.schedule.begin(moment.now()),
            (ScheduleState::Active, Some(kept)) => self.schedule.at(kept.next_attempt),
            (ScheduleState::Paused | ScheduleState::Disabled, _) => {}
        }
    }

    /// Replaces the secret token, or the client secret of a job with client credentials; this
    /// restarts nothing [known-issues].
    ///
    /// # Errors
    /// The secret is too long to be saved; nothing has changed then.
    pub fn set_secret(
        &mut self,
        secret: &str,
        moment: &mut Moment<'_>,
    ) -> Result<(), SetupRefusal> {
        let before = self.settings.clone();
        self.refuse_too_long(Some(secret.len()).filter(|it| self.is_too_long(*it)), moment)?;
        match self.settings.auth {
            AuthMethod::ClientCredentials => {
                self.settings.oauth.client_secret = Some(secret.to_owned())
            }
            AuthMethod::Bearer | AuthMethod::Federation => {
                self.settings.secret = Some(secret.to_owned())
            }
        }
        self.settings.credentials_saved(&["secret"]);
        self.credentials = Credentials::new(&self.settings);
        moment.emit(Event::SecretSet);
        let changed = ChangedSetting::between(&before, &self.settings);
        self.record_change(Activity::UpdateSettings, SECRET_TOKEN, changed, moment);
        Ok(())
    }

    fn is_too_long(&self, bytes: usize) -> bool {
        let limit = self.settings.policy.secret_limit;
        limit > 0 && bytes as u64 > limit
    }

    /// Refuses a secret of so many bytes, with a row of the audit log.
    fn refuse_too_long(
        &mut self,
        bytes: Option<usize>,
        moment: &Moment<'_>,
    ) -> Result<(), SetupRefusal> {
        let Some(refusal) = bytes.map(SetupRefusal::SecretTooLong) else { return Ok(()) };
        let why = refusal.to_string();
        self.record_refused(Activity::UpdateSettings, SECRET_TOKEN.to_owned(), why, moment);
        Err(refusal)
    }

    /// Changes a setting while the job runs, given its path below `entra` and its new value.
    pub fn set(
        &mut self,
        path: &[&str],
        node: &Node,
        moment: &mut Moment<'_>,
        problems: &mut Problems,
    ) {
        if let ["secrets", inner @ ..] = path {
            for (path, value) in secrets::expanded(path, node, problems) {
                self.set(&path, &value, moment, problems);
            }
            self.delete_secrets(inner, node, moment);
            return;
        }
        let before = problems.errors();
        let mut settings: Settings = self.settings.clone();
        settings.set(path, node, problems);
        if problems.errors() > before {
            return;
        }
        let remapped = settings.schema != self.settings.schema;
        if let Err(refusal) = self.refuse_too_long(self.too_long(&settings), moment) {
            problems.error(node.span, refusal.to_string()).help(refusal.help());
            return;
        }
        let changed = ChangedSetting::between(&self.settings, &settings);
        self.settings = settings;
        moment.emit(Event::SettingChanged(format!("entra.{}", path.join("."))));
        // Of the mode it counts what is seen: credentials that are complete again leave their row.
        let is_seen = path != ["mode"] || !changed.is_empty();
        if let Some((activity, detail)) = Activity::of_setting(path, node).filter(|_| is_seen) {
            self.record_change(activity, detail, changed, moment);
        }
        if let ["auth" | "mode" | "secret" | "oauth" | "tenant_url", ..] = path {
            self.credentials = Credentials::new(&self.settings);
        }
        if let ["mappings", ..] = path {
            self.schema_saves += 1;
        }
        if path == ["secret"] {
            moment.emit(Event::SecretSet);
        }
        if remapped {
            self.take_schema(moment);
        }
    }

    /// Deletes what `entra.secrets`, or one key of it, says to delete.
    fn delete_secrets(&mut self, path: &[&str], node: &Node, moment: &mut Moment<'_>) {
        let before = self.settings.clone();
        self.settings.set_deleted(path, node);
        let whole = [&["secrets"], path].concat();
        let Some((activity, keys)) = Activity::of_deletion(&whole, node) else { return };
        self.credentials = Credentials::new(&self.settings);
        moment.emit(Event::SettingChanged(format!("entra.secrets: {keys}")));
        let changed = ChangedSetting::between(&before, &self.settings);
        self.record_change(activity, keys, changed, moment);
    }

    /// Restarts the job because mappings or filters were saved: all users are evaluated again. A
    /// cycle under way completes with the old ones [how-works, filters, export-import].
    fn take_schema(&mut self, moment: &mut Moment<'_>) {
        if self.cycle.is_none() {
            self.schema = self.settings.schema.clone();
        }
        match self.state {
            ScheduleState::Active => self.restart_now(ResetScope::PORTAL, Button::Save, moment),
            // A job that does not run reads all users when it is started.
            ScheduleState::Paused | ScheduleState::Disabled => {
                let scope = ResetScope { watermark: true, ..ResetScope::NONE };
                self.ask_for_reset(scope, moment);
            }
        }
    }

    /// "Restore default mappings": puts the gallery's mappings and filters back, and has all users
    /// evaluated [customize].
    pub fn restore_default_mappings(&mut self, moment: &mut Moment<'_>) {
        let before = self.settings.clone();
        let mut schema = Schema::clone(&self.settings.schema);
        schema.restore_defaults();
        self.settings.schema = schema.into();
        self.schema_saves += 1;
        moment.emit(Event::SettingChanged("entra.mappings".to_owned()));
        let (changed, detail) =
            (ChangedSetting::between(&before, &self.settings), "default mappings restored");
        self.record_change(Activity::UpdateMappings, detail, changed, moment);
        self.take_schema(moment);
    }

    /// Clears a quarantine because a button was pressed. The job has not recovered yet: the next
    /// attempt shows whether the cause is gone.
    fn clear_quarantine(&mut self, button: Button, moment: &mut Moment<'_>) {
        if self.quarantine.take().is_some() {
            self.cleared = true;
            moment.emit(Event::QuarantineCleared(button));
        }
    }
}
