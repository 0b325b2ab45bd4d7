//! The world as one application sees it: its own job, the workspace that it provisions, and the
//! directory that is one for all.

use super::World;
use super::applications::{Party, WorkspaceId};
use super::counters::Counters;
use super::driver::Drive;
use super::faults::Faults;
use super::intent::{ExposureTracker, Parties};
use super::journal::Journal;
use super::target::TargetServer;
use super::trend::Trend;
use crate::base::{Seed, Time};
use crate::entra::{AppId, EntraView};

/// A world as one application sees it. What reads a world for an author or a viewer takes this, so
/// that it holds for any application.
#[derive(Clone, Copy)]
pub struct AppView<'w> {
    world: &'w World,
    app: AppId,
}

impl World {
    /// The world as an application sees it.
    pub fn seen_by(&self, app: AppId) -> AppView<'_> {
        AppView { world: self, app }
    }

    /// The world as each application sees it, the main one first.
    pub fn views(&self) -> impl DoubleEndedIterator<Item = AppView<'_>> {
        self.entra.apps().map(|app| self.seen_by(app))
    }
}

impl<'w> From<&'w World> for AppView<'w> {
    /// The world as the main application sees it.
    fn from(world: &'w World) -> AppView<'w> {
        world.seen_by(AppId::MAIN)
    }
}

impl<'w> AppView<'w> {
    /// The application.
    pub fn app(self) -> AppId {
        self.app
    }

    /// The name by which scenarios speak of the application.
    pub fn app_name(self) -> &'w str {
        self.world.applications.name(self.app)
    }

    /// The name of the application where it is not the only one.
    pub fn label(self) -> Option<&'w str> {
        (self.world.applications.names().len() > 1).then(|| self.app_name())
    }

    /// The whole world.
    pub fn world(self) -> &'w World {
        self.world
    }

    /// The tenant, with the application's job.
    pub fn entra(self) -> EntraView<'w> {
        self.world.entra.seen_by(self.app)
    }

    /// The workspace that the application is meant to provision.
    pub fn workspace(self) -> WorkspaceId {
        self.world.applications.workspace(self.app)
    }

    /// The server of that workspace.
    pub fn target(self) -> &'w TargetServer {
        self.world.workspaces.of(self.workspace())
    }

    /// The server to which the application's tenant URL leads, which may be that of another
    /// workspace; its own when the URL leads to none.
    pub fn reached(self) -> &'w TargetServer {
        let path = &self.entra().job().settings().base_path;
        let workspaces = &self.world.workspaces;
        workspaces.of(workspaces.at(path).unwrap_or(self.workspace()))
    }

    /// The world as each other application sees it that is meant to provision the same workspace.
    pub fn beside(self) -> impl Iterator<Item = AppView<'w>> {
        self.world.applications.beside(self.app).map(move |app| AppView { app, ..self })
    }

    /// The journal of the world.
    pub fn journal(self) -> &'w Journal {
        &self.world.journal
    }

    /// Exact counts of what the application sent and got. The main application's contain the
    /// requests of other clients, and where it is the only one all there are.
    pub fn counters(self) -> &'w Counters {
        self.world.journal.counters_of(self.app)
    }

    /// The faults and which of them are active.
    pub fn faults(self) -> &'w Faults {
        &self.world.faults
    }

    /// The current instant.
    pub fn now(self) -> Time {
        self.world.now()
    }

    /// The first instant.
    pub fn start(self) -> Time {
        self.world.start
    }

    /// The seed of the run.
    pub fn seed(self) -> Seed {
        self.world.seed
    }

    /// Whether a record of this party concerns the application: it is its own, of the workspace
    /// that it provisions, or of the directory, the faults and the story, which are one for all.
    pub fn concerns(self, party: Party) -> bool {
        match party {
            Party::World => true,
            Party::App(app) => app == self.app,
            Party::Workspace(workspace) => workspace == self.workspace(),
        }
    }

    /// How it went over time.
    pub fn trend(self) -> &'w Trend {
        &self.world.trends[self.app.index()]
    }

    /// The users that left the application's scope, and their accounts.
    pub(super) fn exposures(self) -> &'w ExposureTracker {
        &self.world.exposures[self.app.index()]
    }

    /// What the naive model reads of the parties.
    pub(super) fn parties(self) -> Parties<'w> {
        Parties {
            entra: self.entra(),
            target: self.target(),
            applications: &self.world.applications,
            now: self.now(),
        }
    }
}
