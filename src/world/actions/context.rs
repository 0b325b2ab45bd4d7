//! The parts of the world on which an action is carried out, and the events that it causes.

use super::ActionError;
use crate::base::{Moment, Seed, Time};
use crate::entra::admin::AdminRole;
use crate::entra::job::SetupRefusal;
use crate::entra::tenant::Tenant;
use crate::entra::{AppId, Entra};
use crate::golinks::GoLinks;
use crate::world::applications::WorkspaceId;
use crate::world::fact::Fact;
use crate::world::faults::{Faults, Switched};
use crate::world::intent::ExposureTracker;
use crate::world::target::TargetServer;
use crate::{entra, golinks};

/// The parts of the world that an action may change; their events are held back until the action
/// itself is in the journal.
pub(in crate::world) struct ActionContext<'w> {
    pub(in crate::world) now: Time,
    /// When the run began.
    pub(in crate::world) start: Time,
    pub(in crate::world) seed: Seed,
    /// Whether the role of the administrator who is signed in decides: an application that acts by
    /// itself has permissions instead.
    pub(in crate::world) asks_role: bool,
    /// The application that it concerns.
    pub(in crate::world) app: AppId,
    /// The workspace that the application is meant to provision; `target` is its server.
    pub(in crate::world) workspace: WorkspaceId,
    /// The seed from which that server draws.
    pub(in crate::world) golinks_seed: Seed,
    pub(in crate::world) entra: &'w mut Entra,
    pub(in crate::world) target: &'w mut TargetServer,
    pub(in crate::world) faults: &'w mut Faults,
    pub(in crate::world) pause: &'w mut bool,
    /// The users that left and their accounts; read only.
    pub(in crate::world) leavers: &'w ExposureTracker,
    pub(in crate::world) events: Vec<Fact>,
}

impl ActionContext<'_> {
    /// Lets Entra act.
    pub(super) fn entra<T, E: Into<ActionError>>(
        &mut self,
        act: impl FnOnce(&mut Entra, &mut Moment<'_, entra::Event>) -> Result<T, E>,
    ) -> Result<T, ActionError> {
        let mut events = Vec::new();
        let done = act(self.entra, &mut Moment::new(self.now, self.seed, &mut events));
        self.events.extend(events.into_iter().map(|event| Fact::entra(self.app, event)));
        done.map_err(Into::into)
    }

    /// Lets Entra note what was refused.
    pub(super) fn record(
        &mut self,
        note: impl FnOnce(&mut Entra, AppId, &mut Moment<'_, entra::Event>),
    ) {
        let (app, mut events) = (self.app, Vec::new());
        note(self.entra, app, &mut Moment::new(self.now, self.seed, &mut events));
    }

    /// Lets the directory act.
    pub(super) fn directory<T>(
        &mut self,
        act: impl FnOnce(&mut Tenant, &mut Moment<'_, entra::Event>) -> Result<T, String>,
    ) -> Result<T, ActionError> {
        self.entra(|entra, moment| act(entra.tenant_mut(), moment))
    }

    /// Presses a button of the provisioning job.
    pub(super) fn job(
        &mut self,
        press: impl FnOnce(&mut entra::Job, &mut Moment<'_, entra::Event>),
    ) -> Result<(), ActionError> {
        let app = self.app;
        self.entra(|entra, moment| {
            press(entra.job_of_mut(app), moment);
            Ok::<_, ActionError>(())
        })
    }

    /// Presses a button of the portal that may be refused.
    pub(super) fn portal(
        &mut self,
        press: impl FnOnce(&mut entra::Job, &mut Moment<'_, entra::Event>) -> Result<(), SetupRefusal>,
    ) -> Result<(), ActionError> {
        let app = self.app;
        self.entra(|entra, moment| press(entra.job_of_mut(app), moment))
    }

    /// The role of the administrator who is signed in.
    pub(in crate::world) fn role(&self) -> AdminRole {
        self.entra.seen_by(self.app).job().settings().role
    }

    /// How many rows the audit log of the application's job has had.
    pub(super) fn audited(&self) -> u64 {
        self.entra.job_of(self.app).audit().count()
    }

    /// Refuses what is done to an application that is deleted.
    pub(super) fn check_application(&self) -> Result<(), ActionError> {
        application_is_there(self.entra.tenant(), self.app)
    }

    /// Refuses what is done to a job that was deleted, or was never made.
    pub(super) fn check_job(&self) -> Result<(), ActionError> {
        match self.entra.surface().has_job(self.app) {
            true => Ok(()),
            false => Err(ActionError::no_job()),
        }
    }

    /// Notes that the application has a job from now on, or has none any more.
    pub(super) fn note_job(&mut self, exists: bool) {
        if self.entra.surface().has_job(self.app) != exists {
            self.entra.surface_mut().of_mut(self.app).jobless = !exists;
        }
    }

    /// Lets GoLinks act.
    pub(super) fn golinks<T, E: Into<ActionError>>(
        &mut self,
        act: impl FnOnce(&mut GoLinks, &mut Moment<'_, golinks::Event>) -> Result<T, E>,
    ) -> Result<T, ActionError> {
        let Some(golinks) = self.target.mock_mut() else { return Err(not_ours()) };
        let mut events = Vec::new();
        let done = act(golinks, &mut Moment::new(self.now, self.golinks_seed, &mut events));
        self.events.extend(events.into_iter().map(|event| Fact::golinks(self.workspace, event)));
        done.map_err(Into::into)
    }

    /// Adds the event that a fault became active or ended.
    pub(super) fn switched(&mut self, switched: Switched) {
        self.events.push(Fact::switched(switched));
    }
}

/// Refuses what is done to an application that is deleted.
pub(super) fn application_is_there(tenant: &Tenant, app: AppId) -> Result<(), ActionError> {
    let Some(gone) = tenant.registry().gone(app) else { return Ok(()) };
    let name = tenant.application_name(app);
    Err(ActionError {
        message: format!("the application {name} {}", gone.words()),
        help: gone.outlook().trim_end_matches('.').to_owned(),
    })
}

impl ActionError {
    /// What is done to a job that was deleted, or was never made.
    pub fn no_job() -> ActionError {
        ActionError { message: "there is no job".to_owned(), help: "`start` makes one".to_owned() }
    }
}

/// The error of an action on GoLinks when another server is provisioned.
pub(super) fn not_ours() -> ActionError {
    ActionError {
        message: "the server that is provisioned is not the mock GoLinks, and cannot be changed from here"
            .to_owned(),
        help: "change it by its own means; a fault strikes on the way there".to_owned(),
    }
}
