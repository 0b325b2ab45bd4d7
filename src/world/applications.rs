//! The applications of a world and the GoLinks workspaces that they provision.
//!
//! Every world has a main application and a main workspace, which is all that most worlds have. A
//! workspace is found by the path of a request, as at the vendor; so an application's requests go
//! where its tenant URL leads, which may be another workspace than the one it is compared with.

use std::sync::Arc;

use super::target::TargetServer;
use crate::base::time::earliest;
use crate::base::{Seed, Time};
use crate::entra::{AppId, CallId};

/// A GoLinks workspace, by its place in the world's list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct WorkspaceId(pub u16);

impl WorkspaceId {
    /// The main workspace, which every world has: what `[golinks]` describes.
    pub const MAIN: WorkspaceId = WorkspaceId(0);

    fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The name of the main application and of the main workspace, by which scenarios speak of them.
pub const MAIN: &str = "main";

/// The party that a record is about, where there may be several.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Party {
    /// None in particular: the directory, a fault, the narrator, an action.
    World,
    /// The provisioning of an application, its requests and the answers to them.
    App(AppId),
    /// A workspace, and the requests of other clients to it.
    Workspace(WorkspaceId),
}

/// The party whose request it is: the application whose job makes the call, or no application.
pub(super) fn party_of(call: Option<CallId>) -> Party {
    call.map_or(Party::World, |call| Party::App(call.app()))
}

/// The seed from which the workspace of this name draws its ids.
pub fn seed_of(workspace: &str, seed: Seed) -> Seed {
    match workspace {
        MAIN => seed,
        other => Seed(seed.named("workspace", other, 0) as u64),
    }
}

/// The workspaces of a world; the first is the main one.
pub(super) struct Workspaces(Vec<Workspace>);

struct Workspace {
    name: Arc<str>,
    target: TargetServer,
}

impl Workspaces {
    /// The main workspace alone.
    pub(super) fn new(main: TargetServer) -> Workspaces {
        Workspaces(vec![Workspace { name: MAIN.into(), target: main }])
    }

    /// Adds a workspace.
    pub(super) fn add(&mut self, name: Arc<str>, target: TargetServer) -> WorkspaceId {
        let id = WorkspaceId(u16::try_from(self.0.len()).unwrap_or(u16::MAX));
        self.0.push(Workspace { name, target });
        id
    }

    /// A workspace.
    pub(super) fn of(&self, id: WorkspaceId) -> &TargetServer {
        &self.0[id.index()].target
    }

    /// A workspace, to change it.
    pub(super) fn of_mut(&mut self, id: WorkspaceId) -> &mut TargetServer {
        &mut self.0[id.index()].target
    }

    /// The seed from which a workspace draws its ids: another one for each, so that two servers do
    /// not give the same ids.
    pub(super) fn seed(&self, id: WorkspaceId, seed: Seed) -> Seed {
        seed_of(self.name(id), seed)
    }

    /// The name of a workspace.
    pub(super) fn name(&self, id: WorkspaceId) -> &Arc<str> {
        &self.0[id.index()].name
    }

    /// The workspaces, the main one first.
    pub(super) fn ids(&self) -> impl Iterator<Item = WorkspaceId> + use<> {
        (0..self.0.len() as u16).map(WorkspaceId)
    }

    /// The workspace to which a path leads.
    pub(super) fn at(&self, path: &str) -> Option<WorkspaceId> {
        self.ids().find(|id| self.of(*id).is_at(path))
    }

    /// The next instant at which something is due in one of them.
    pub(super) fn next_due(&self) -> Option<Time> {
        self.0
            .iter()
            .map(|one| one.target.next_due())
            .fold(None, |first, due| earliest([first, due]))
    }

    /// How many accounts they hold together.
    pub(super) fn account_count(&self) -> usize {
        self.0.iter().map(|one| one.target.account_count()).sum()
    }
}

/// The applications of a world; the first is the main one.
pub(super) struct Applications(Vec<Application>);

struct Application {
    name: Arc<str>,
    /// The workspace that it is meant to provision, with which it is compared.
    workspace: WorkspaceId,
}

impl Applications {
    /// The main application alone.
    pub(super) fn new() -> Applications {
        Applications(vec![Application { name: MAIN.into(), workspace: WorkspaceId::MAIN }])
    }

    /// Adds an application, whose id is the next one.
    pub(super) fn add(&mut self, name: Arc<str>, workspace: WorkspaceId) {
        self.0.push(Application { name, workspace });
    }

    /// The name of an application.
    pub(super) fn name(&self, app: AppId) -> &Arc<str> {
        &self.0[app.index()].name
    }

    /// The application of this name.
    pub(super) fn find(&self, name: &str) -> Option<AppId> {
        let at = self.0.iter().position(|app| *app.name == *name)?;
        u16::try_from(at).ok().map(AppId)
    }

    /// The workspace that an application is meant to provision.
    pub(super) fn workspace(&self, app: AppId) -> WorkspaceId {
        self.0[app.index()].workspace
    }

    /// The names of all applications, the main one first.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = &Arc<str>> {
        self.0.iter().map(|app| &app.name)
    }

    /// The other applications that are meant to provision the same workspace.
    pub(super) fn beside(&self, app: AppId) -> impl Iterator<Item = AppId> + '_ {
        let others = (0..self.0.len() as u16).map(AppId).filter(move |other| *other != app);
        others.filter(move |other| self.workspace(*other) == self.workspace(app))
    }
}
