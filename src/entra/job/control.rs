//! The buttons of the portal: start, stop, restart, test the connection, change credentials and
//! settings.

use super::quarantine::Volume;
use super::{Job, Moment, ScheduleState, requests};
use crate::base::{Node, Problems};
use crate::entra::event::Event;
use crate::entra::mapping::Schema;
use crate::entra::settings::Settings;

/// What a restart forgets [g:restart].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResetScope {
    /// The watermark: the next cycle is initial.
    pub watermark: bool,
    /// The failures, which also stops their retries.
    pub escrows: bool,
    /// The quarantine; its condition is judged again in the next cycle.
    pub quarantine_state: bool,
    /// The links and what else is remembered of accounts; discouraged.
    pub connector_data_store: bool,
    /// Not a forgetting: staged deletions are carried out.
    pub force_deletes: bool,
}

impl ResetScope {
    /// What the portal's button does, and the API without flags [how-works].
    pub const PORTAL: ResetScope = ResetScope {
        watermark: true,
        escrows: true,
        quarantine_state: true,
        connector_data_store: false,
        force_deletes: false,
    };

    /// The API's flags, as Graph spells them.
    pub const FLAGS: [&'static str; 7] = [
        "None",
        "Watermark",
        "Escrows",
        "QuarantineState",
        "ConnectorDataStore",
        "ForceDeletes",
        "Full",
    ];

    /// Reads the API's flags; no flags are the portal's button.
    ///
    /// # Errors
    /// The first flag that is none.
    pub fn read<'a>(flags: &[&'a str]) -> Result<ResetScope, &'a str> {
        if flags.is_empty() {
            return Ok(ResetScope::PORTAL);
        }
        let mut scope = ResetScope {
            watermark: false,
            escrows: false,
            quarantine_state: false,
            connector_data_store: false,
            force_deletes: false,
        };
        for flag in flags {
            match *flag {
                "None" => {}
                "Watermark" => scope.watermark = true,
                "Escrows" => scope.escrows = true,
                "QuarantineState" => scope.quarantine_state = true,
                "ConnectorDataStore" => scope.connector_data_store = true,
                "ForceDeletes" => scope.force_deletes = true,
                "Full" => scope = ResetScope { connector_data_store: true, ..ResetScope::PORTAL },
                other => return Err(other),
            }
        }
        Ok(scope)
    }

    /// The flags in words.
    pub fn words(&self) -> String {
        let rows = [
            (self.watermark, "watermark"),
            (self.escrows, "escrows"),
            (self.quarantine_state, "quarantine"),
            (self.connector_data_store, "links"),
        ];
        let said: Vec<&str> = rows.iter().filter(|(on, _)| *on).map(|(_, word)| *word).collect();
        if said.is_empty() {
            "nothing forgotten".to_owned()
        } else {
            format!("forgetting {}", said.join(", "))
        }
    }
}

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
        self.lift_quarantine(moment);
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
        if self.cycle.is_some() {
            self.restart = Some(scope);
        } else {
            self.reset(scope, moment);
        }
    }

    /// Forgets what the scope says, and makes a cycle due now.
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
            self.lift_quarantine(moment);
        }
        self.schedule.begin(moment.now());
    }

    /// Test connection: asks for a user that does not exist and expects an empty list [scim-dev].
    pub fn test_connection(&mut self) {
        self.tests_wanted += 1;
    }

    /// Replaces the secret token; nothing restarts by it [known-issues]. One too long to be saved
    /// changes nothing.
    pub fn set_secret(&mut self, secret: &str, moment: &mut Moment<'_>) {
        let limit = self.settings.policy.secret_limit;
        if limit > 0 && secret.len() as u64 > limit {
            moment.emit(Event::SecretTooLong { bytes: secret.len() });
            return;
        }
        self.secret = secret.to_owned();
        self.bearer = requests::bearer(secret).filter(|_| !secret.is_empty());
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

    /// Saved mappings or filters restart the job with a full evaluation of everybody; a cycle under
    /// way completes with the old ones [how-works, filters, export-import].
    fn take_schema(&mut self, moment: &mut Moment<'_>) {
        if self.cycle.is_none() {
            self.schema = self.settings.schema.clone();
        }
        match self.state {
            ScheduleState::Active => self.restart(ResetScope::PORTAL, moment),
            // A job that does not run reads everybody when it is started.
            ScheduleState::Paused | ScheduleState::Disabled => self.watermark = None,
        }
    }

    /// "Restore default mappings": mappings and filters are the gallery's again, and everybody is
    /// evaluated [customize].
    pub fn restore_default_mappings(&mut self, moment: &mut Moment<'_>) {
        let mut schema = Schema::clone(&self.settings.schema);
        schema.restore_defaults();
        self.settings.schema = schema.into();
        moment.emit(Event::SettingChanged("entra.mappings".to_owned()));
        self.take_schema(moment);
    }

    pub(super) fn lift_quarantine(&mut self, moment: &mut Moment<'_>) {
        if self.quarantine.take().is_some() {
            moment.emit(Event::QuarantineLifted);
        }
    }
}
