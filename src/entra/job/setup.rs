//! The provisioning page of the portal: a form that is filled in, tested and saved
//! [config-portal].
//!
//! What is filled in counts for Test Connection at once, and for everything else when it is saved.

use std::fmt;

use super::audit::Activity;
use super::changed::ChangedSetting;
use super::credentials::Credentials;
use super::{Job, Moment, ScheduleState};
use crate::base::node::Entry;
use crate::base::{Node, Problems};
use crate::entra::admin::ProvisioningMode;
use crate::entra::event::Event;
use crate::entra::settings::Settings;

/// The keys of the form that are settings of the job.
pub const FORM_KEYS: [&str; 9] = [
    "mode",
    "tenant_url",
    "auth",
    "secret",
    "oauth",
    "notify",
    "notify_failures",
    "delete_threshold",
    "scope",
];

/// What was filled in and is not saved yet.
#[derive(Clone, Default, Debug)]
pub(super) struct Form {
    /// Settings by their keys, in the order in which they were filled in.
    settings: Vec<(String, Node)>,
    /// Provisioning status: On or Off.
    on: Option<bool>,
}

/// Why the portal refuses to save, or to do what was asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SetupRefusal {
    /// Nothing was filled in.
    NothingToSave,
    /// The connection was not tested with these credentials.
    NotTested,
    /// The connection test with these credentials has no result yet.
    TestRunning,
    /// The connection test with these credentials failed, with this text.
    TestFailed(String),
    /// The mode cannot go back to manual [known-issues].
    BackToManual,
    /// The provisioning mode is manual.
    Manual,
    /// A key of what the job signs in with is missing.
    NoCredentials,
    /// The secret is longer than can be saved (B70).
    SecretTooLong(usize),
}

impl SetupRefusal {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            SetupRefusal::NothingToSave => "fill_in comes first",
            SetupRefusal::NotTested => {
                "test_connection, and save when it has passed; `discard` forgets what was filled in"
            }
            SetupRefusal::TestRunning => {
                "save at a later moment: the answer takes until then, if only a second"
            }
            SetupRefusal::TestFailed(_) => "mend what the test shows, and test again",
            SetupRefusal::BackToManual => "set the status to Off instead",
            SetupRefusal::Manual => {
                "choose the mode \"automatic\", fill in the credentials, and save"
            }
            SetupRefusal::NoCredentials => {
                "save them again: set_secret, fill_in and save, or Graph's PUT of the missing key"
            }
            SetupRefusal::SecretTooLong(_) => "issue a shorter one",
        }
    }
}

impl fmt::Display for SetupRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SetupRefusal::NothingToSave => f.write_str("there is nothing to save"),
            SetupRefusal::NotTested => {
                f.write_str("the connection was not tested with these credentials")
            }
            SetupRefusal::TestRunning => {
                f.write_str("the connection test with these credentials is still running")
            }
            SetupRefusal::TestFailed(why) => write!(f, "the connection test failed: {why}"),
            SetupRefusal::BackToManual => {
                f.write_str("the provisioning mode cannot go back from Automatic to Manual")
            }
            SetupRefusal::Manual => f.write_str("the provisioning mode is Manual"),
            SetupRefusal::NoCredentials => {
                f.write_str("the job has no credentials: a key of them is missing")
            }
            SetupRefusal::SecretTooLong(bytes) => {
                write!(f, "a secret token of {bytes} bytes is too long to be saved")
            }
        }
    }
}

fn automatic(mode: ProvisioningMode) -> Result<(), SetupRefusal> {
    match mode {
        ProvisioningMode::Automatic => Ok(()),
        ProvisioningMode::Manual => Err(SetupRefusal::Manual),
        ProvisioningMode::Unconfigured => Err(SetupRefusal::NoCredentials),
    }
}

impl Job {
    /// Whether all these fields can be filled in; if not, reports why.
    pub fn may_fill_in<'e>(
        &self,
        fields: impl Iterator<Item = &'e Entry>,
        problems: &mut Problems,
    ) -> bool {
        let before = problems.errors();
        let mut draft = self.draft();
        fields.for_each(|entry| draft.set(&[&entry.key], &entry.value, problems));
        problems.errors() == before
    }

    /// Fills in a field of the form.
    pub fn fill_in(&mut self, key: &str, value: &Node, problems: &mut Problems) {
        let before = problems.errors();
        self.draft().set(&[key], value, problems);
        if problems.errors() == before {
            self.form.get_or_insert_default().settings.push((key.to_owned(), value.clone()));
        }
    }

    /// Fills in the provisioning status: On or Off.
    pub fn fill_in_status(&mut self, on: bool) {
        self.form.get_or_insert_default().on = Some(on);
    }

    /// The fields that were filled in and are not saved.
    pub fn unsaved(&self) -> impl Iterator<Item = &str> {
        let form = self.form.as_ref();
        let settings = form.into_iter().flat_map(|form| form.settings.iter());
        settings.map(|(key, _)| key.as_str()).chain(form.and_then(|form| form.on).map(|_| "status"))
    }

    /// The provisioning status that is filled in and not saved: On or Off.
    pub fn unsaved_status(&self) -> Option<bool> {
        self.form.as_ref()?.on
    }

    /// Whether what is filled in can be saved.
    ///
    /// # Errors
    /// Why it would be refused.
    pub fn can_save(&self) -> Result<(), SetupRefusal> {
        self.may_save(&self.draft())
    }

    /// Forgets what was filled in and not saved.
    pub fn forget_form(&mut self) {
        self.form = None;
    }

    /// The settings as the form shows them. A secret that was never filled in is blank.
    pub fn draft(&self) -> Settings {
        let mut draft = self.settings.clone();
        let Some(form) = &self.form else { return draft };
        for (key, value) in &form.settings {
            draft.set(&[key], value, &mut Problems::default());
            draft.credentials_saved(&[key]);
        }
        if draft.mode == ProvisioningMode::Automatic {
            draft.secret.get_or_insert_default();
        }
        draft
    }

    /// Whether provisioning can be started.
    ///
    /// # Errors
    /// While the mode is manual.
    pub fn can_start(&self) -> Result<(), SetupRefusal> {
        automatic(self.settings.mode)
    }

    /// Whether there are credentials to be tested, saved or not.
    ///
    /// # Errors
    /// While the mode is manual.
    pub fn can_test(&self) -> Result<(), SetupRefusal> {
        automatic(self.draft().mode)
    }

    /// Save: what was filled in takes effect, and the status starts or stops provisioning.
    ///
    /// # Errors
    /// Why nothing was saved. The form stays filled in, but for a field whose value can never be
    /// saved.
    pub fn save(&mut self, moment: &mut Moment<'_>) -> Result<(), SetupRefusal> {
        let draft = self.draft();
        if let Err(refusal) = self.may_save(&draft) {
            let (what, why) = (Activity::UpdateSettings, refusal.to_string());
            self.record_refused(what, "settings".to_owned(), why, moment);
            self.take_back(&refusal);
            return Err(refusal);
        }
        let on = self.form.take().and_then(|form| form.on);
        let reconnects =
            draft.connection() != self.settings.connection() || draft.mode != self.settings.mode;
        let changed = ChangedSetting::between(&self.settings, &draft);
        self.settings = draft;
        if reconnects {
            self.credentials = Credentials::new(&self.settings);
        }
        moment.emit(Event::Saved);
        self.record_change(Activity::UpdateSettings, "settings", changed, moment);
        match on {
            Some(true) if self.state != ScheduleState::Active => self.start(moment),
            Some(false) => self.stop(moment),
            _ => {}
        }
        Ok(())
    }

    /// Takes the fields out of the form that the refusal is about, where no test could mend them,
    /// so that the next save is not refused for them again.
    fn take_back(&mut self, refusal: &SetupRefusal) {
        let fields: &[&str] = match refusal {
            SetupRefusal::BackToManual => &["mode"],
            SetupRefusal::SecretTooLong(_) => &["secret", "oauth"],
            _ => &[],
        };
        let Some(form) = &mut self.form else { return };
        form.settings.retain(|(key, _)| !fields.contains(&key.as_str()));
        if form.settings.is_empty() && form.on.is_none() {
            self.form = None;
        }
    }

    /// How many bytes a secret has that is new in these settings and too long to be saved.
    pub fn too_long(&self, new: &Settings) -> Option<usize> {
        let limit = new.policy.secret_limit;
        let pairs = [
            (&self.settings.secret, &new.secret),
            (&self.settings.oauth.client_secret, &new.oauth.client_secret),
        ];
        let changed = pairs.into_iter().filter(|(old, new)| old != new);
        let mut bytes = changed.filter_map(|(_, new)| new.as_ref()).map(String::len);
        bytes.find(|bytes| limit > 0 && *bytes as u64 > limit)
    }

    fn may_save(&self, draft: &Settings) -> Result<(), SetupRefusal> {
        if self.form.is_none() {
            return Err(SetupRefusal::NothingToSave);
        }
        if draft.mode == ProvisioningMode::Manual {
            let was_manual = self.settings.mode == ProvisioningMode::Manual;
            return Err(match was_manual {
                true => SetupRefusal::Manual,
                false => SetupRefusal::BackToManual,
            });
        }
        if let Some(bytes) = self.too_long(draft) {
            return Err(SetupRefusal::SecretTooLong(bytes));
        }
        let connection = draft.connection();
        let known = self.settings.mode == draft.mode && connection == self.settings.connection();
        if known || !draft.policy.save_needs_test {
            return Ok(());
        }
        match self.tests.outcome_with(&connection) {
            _ if self.is_testing() && self.tests.are_of(&connection) => {
                Err(SetupRefusal::TestRunning)
            }
            None => Err(SetupRefusal::NotTested),
            Some(Err(error)) => Err(SetupRefusal::TestFailed(error.text())),
            Some(Ok(())) => Ok(()),
        }
    }
}
