//! The checked script: everything a play needs, with every name resolved.

use std::time::Duration;

use crate::base::{Seed, Span, Time};
use crate::entra::AppId;
use crate::entra::people::Population;
use crate::scim::Object;
use crate::world::applications::MAIN;
use crate::world::{Action, Fault, WorkspaceId};
use crate::{entra, golinks};

use super::expect::Expectation;
use super::matrix::{CHOICE, Cell};
use super::{Diagnostics, Override, Source};

/// A scenario that can be played, any number of times.
#[derive(Clone, Debug)]
pub struct Script {
    /// The scenario's name: the file's name without folder and ending.
    pub name: String,
    /// The combination of the scenario's `[matrix]` that this is, if it has one.
    pub cell: Option<Cell>,
    /// The title, in one line.
    pub title: String,
    /// Stories and bugs it covers: `S18`, `B65`.
    pub covers: Vec<String>,
    /// The seed of all chance.
    pub seed: Seed,
    /// When virtual time starts.
    pub start: Time,
    /// When the run ends.
    pub ends: Time,
    /// Whether the command line has set the end; steps after it are then left out, not failed.
    pub cut: bool,
    /// The people, the settings of both sides and the faults when the play begins.
    pub setup: ScriptSetup,
    /// The moments of the story, in file order.
    pub steps: Vec<Step>,
    /// What must hold after every change.
    pub always: Vec<Expectation>,
    /// What must hold at the end.
    pub finally: Vec<Expectation>,
    /// What of it only the mock has, as a rehearsal told ([`needs_when_rehearsed`]): of an
    /// expectation that is not met at another server nothing can be said then.
    ///
    /// [`needs_when_rehearsed`]: super::needs_when_rehearsed
    pub needs: Vec<String>,
    /// The tenant URL of the server that is not ours, when it is played at one.
    pub target: Option<String>,
    /// The file, and the overrides of the command line.
    pub source: Source,
    /// The problems that do not prevent a run but probably are mistakes.
    pub warnings: Diagnostics,
}

/// The people, the settings of both sides and the faults when the play begins.
#[derive(Clone, Debug, Default)]
pub struct ScriptSetup {
    /// The people and groups of the directory.
    pub population: Population,
    /// The provisioning job.
    pub entra: entra::Settings,
    /// The server.
    pub golinks: golinks::Settings,
    /// The accounts that exist before the story begins.
    pub accounts: Vec<InitialAccount>,
    /// The faults between the engine and GoLinks.
    pub faults: Vec<Fault>,
    /// The workspaces beside the main one, by their ids.
    pub workspaces: Vec<ScriptWorkspace>,
    /// The applications beside the main one, by their ids.
    pub apps: Vec<ScriptApp>,
}

/// A GoLinks workspace beside the main one: `[workspace.<name>]`.
#[derive(Clone, Debug)]
pub struct ScriptWorkspace {
    /// Its name in the scenario.
    pub name: String,
    /// Its settings.
    pub settings: golinks::Settings,
    /// The accounts that exist before the story begins.
    pub accounts: Vec<InitialAccount>,
}

/// An application beside the main one: `[app.<name>]`.
#[derive(Clone, Debug)]
pub struct ScriptApp {
    /// Its name in the scenario.
    pub name: String,
    /// Its name in the directory.
    pub shown: String,
    /// The workspace that it is meant to provision.
    pub workspace: WorkspaceId,
    /// The settings of its job.
    pub settings: entra::Settings,
    /// The users and groups that are assigned to it when the story begins.
    pub assigned: Assigned,
    /// The place of its name in the file.
    pub span: Span,
}

/// The users and groups that are assigned to an application when the story begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Assigned {
    /// Every user.
    Everybody,
    /// These.
    These(Vec<Assignee>),
}

impl Default for Assigned {
    /// Nobody.
    fn default() -> Assigned {
        Assigned::These(Vec::new())
    }
}

/// A user or a group that is assigned to an application.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignee {
    /// Its handle.
    pub name: String,
    /// Whether it is a group.
    pub group: bool,
    /// The app role; `None` for the role that the portal gives by default.
    pub role: Option<String>,
}

impl ScriptSetup {
    /// Every workspace with its name and its settings, the main one first.
    pub fn all_workspaces(&self) -> impl Iterator<Item = (&str, &golinks::Settings)> {
        let beside = self.workspaces.iter().map(|it| (it.name.as_str(), &it.settings));
        std::iter::once((MAIN, &self.golinks)).chain(beside)
    }

    /// The settings of a workspace.
    pub fn settings_of(&self, workspace: WorkspaceId) -> &golinks::Settings {
        let beside = usize::from(workspace.0).checked_sub(1);
        beside.and_then(|at| self.workspaces.get(at)).map_or(&self.golinks, |it| &it.settings)
    }

    /// The workspace that an application is meant to provision.
    pub fn workspace_of(&self, app: AppId) -> WorkspaceId {
        let beside = app.index().checked_sub(1).and_then(|at| self.apps.get(at));
        beside.map_or(WorkspaceId::MAIN, |app| app.workspace)
    }

    /// The settings of a workspace, to change them.
    pub fn settings_of_mut(&mut self, workspace: WorkspaceId) -> &mut golinks::Settings {
        let beside = usize::from(workspace.0).checked_sub(1);
        match beside.and_then(|at| self.workspaces.get_mut(at)) {
            Some(workspace) => &mut workspace.settings,
            None => &mut self.golinks,
        }
    }

    /// The accounts of a workspace that exist before the story begins.
    fn accounts_of(&self, workspace: WorkspaceId) -> &[InitialAccount] {
        let beside = usize::from(workspace.0).checked_sub(1);
        beside.and_then(|at| self.workspaces.get(at)).map_or(&self.accounts, |it| &it.accounts)
    }

    /// For each application by its id: the name in the scenario and the userName of each initial
    /// account of its workspace.
    pub fn user_names(&self) -> Vec<Vec<(&str, &str)>> {
        let of = |workspace| {
            let accounts = self.accounts_of(workspace).iter();
            accounts.filter_map(InitialAccount::names).collect()
        };
        let beside = self.apps.iter().map(|app| app.workspace);
        std::iter::once(WorkspaceId::MAIN).chain(beside).map(of).collect()
    }
}

/// An account that exists before the story begins: `[golinks.account.<name>]`.
#[derive(Clone, Debug)]
pub struct InitialAccount {
    /// The name in the scenario; the name of a user when it is that user's account.
    pub name: String,
    /// The SCIM resource.
    pub resource: Object,
    /// The place of its name in the file.
    pub span: Span,
}

impl InitialAccount {
    /// Its name in the scenario and its userName.
    fn names(&self) -> Option<(&str, &str)> {
        Some((self.name.as_str(), self.resource.get("userName")?.as_text()?))
    }
}

/// One moment of the story.
#[derive(Clone, Debug)]
pub struct Step {
    /// The line of its header or of its first key.
    pub line: usize,
    /// When it comes.
    pub when: When,
    /// The application whose cycle or quarantine it comes after.
    pub app: AppId,
    /// The fault whose beginning or end it comes after; empty for other moments.
    pub fault: String,
    /// How long after the moment its expectations may become true; `None` means at once.
    pub within: Option<Duration>,
    /// What the narrator says.
    pub say: Option<String>,
    /// The actions, in order; they come before the expectations.
    pub actions: Vec<ScriptedAction>,
    /// What must hold after the actions.
    pub expect: Vec<Expectation>,
}

/// One action of a step, with its line.
#[derive(Clone, Debug)]
pub struct ScriptedAction {
    /// The action.
    pub action: Action,
    /// Its line in the file.
    pub line: usize,
    /// Its place in the file.
    pub span: Span,
}

/// When a moment comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// At an instant.
    At(Time),
    /// When this cycle has ended.
    AfterCycle(u64),
    /// When the first cycle that begins after the moment before has ended.
    AfterNextCycle,
    /// When the job is quarantined.
    AfterQuarantine,
    /// When an attempt has got through after a quarantine.
    AfterRecovery,
    /// When the step's fault begins.
    AfterFaultBegins,
    /// When the step's fault ends.
    AfterFaultEnds,
}

impl Step {
    /// The word after `after =`; empty for an instant.
    pub fn after(&self) -> String {
        match self.when {
            When::At(_) => String::new(),
            When::AfterCycle(number) => format!("cycle {number}"),
            When::AfterNextCycle => "next cycle".to_owned(),
            When::AfterQuarantine => "quarantine".to_owned(),
            When::AfterRecovery => "recovery".to_owned(),
            When::AfterFaultBegins => format!("{} begins", self.fault),
            When::AfterFaultEnds => format!("{} ends", self.fault),
        }
    }
}

impl Script {
    /// The name by which this run differs from the others: of a matrix, with the number of the cell
    /// (`one-out-all-out, cell 3`).
    pub fn run_name(&self) -> String {
        match &self.cell {
            Some(cell) => format!("{}, cell {}", self.name, cell.nth),
            None => self.name.clone(),
        }
    }

    /// What chooses its cell of the matrix, when the file is read again.
    pub fn chosen_cell(&self) -> Option<Override> {
        self.cell.as_ref().map(|cell| Override::new(CHOICE, cell.nth.to_string()))
    }

    /// Every expectation of the script, in file order of steps, then `[always]`, then `[finally]`.
    pub fn expectations(&self) -> impl Iterator<Item = &Expectation> + Clone {
        self.steps.iter().flat_map(|step| &step.expect).chain(&self.always).chain(&self.finally)
    }
}
