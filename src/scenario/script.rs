//! The checked script: everything a play needs, with every name resolved.

use std::time::Duration;

use crate::base::{Seed, Span, Time};
use crate::entra::people::Population;
use crate::scim::Object;
use crate::world::{Action, Fault};
use crate::{entra, golinks};

use super::expect::Expectation;
use super::{Diagnostics, Source};

/// A scenario that can be played, any number of times.
#[derive(Clone, Debug)]
pub struct Script {
    /// The scenario's name: the file's name without folder and ending.
    pub name: String,
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
    /// Whether the command line has set the end: then what comes after it is left out, not failed.
    pub cut: bool,
    /// The people, the settings of both sides and the faults when the play begins.
    pub setup: ScriptSetup,
    /// The moments of the story, in file order.
    pub steps: Vec<Step>,
    /// What must hold after every change.
    pub always: Vec<Expectation>,
    /// What must hold at the end.
    pub finally: Vec<Expectation>,
    /// The file it was read from, and the overrides of the command line.
    pub source: Source,
    /// What does not keep it from running, but is probably not meant.
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
    /// Accounts made beforehand.
    pub accounts: Vec<InitialAccount>,
    /// What goes wrong on the way.
    pub faults: Vec<Fault>,
}

impl ScriptSetup {
    /// The accounts made beforehand, each by its name in the scenario and its userName.
    pub fn user_names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.accounts.iter().filter_map(|account| {
            let user_name = account.resource.get("userName")?.as_text()?;
            Some((account.name.as_str(), user_name))
        })
    }
}

/// An account made beforehand: `[golinks.account.<name>]`.
#[derive(Clone, Debug)]
pub struct InitialAccount {
    /// The name in the scenario; the name of a user when it is that user's account.
    pub name: String,
    /// The SCIM resource.
    pub resource: Object,
    /// Where its name stands.
    pub span: Span,
}

/// One moment of the story.
#[derive(Clone, Debug)]
pub struct Step {
    /// The line its header or first key stands in.
    pub line: usize,
    /// When it comes.
    pub when: When,
    /// How long after it its expectations may become true.
    pub within: Option<Duration>,
    /// What the narrator says.
    pub say: Option<String>,
    /// What is done, in order, before anything is expected.
    pub actions: Vec<ScriptedAction>,
    /// What must hold.
    pub expect: Vec<Expectation>,
}

/// One action of a step, with its place.
#[derive(Clone, Debug)]
pub struct ScriptedAction {
    /// What is done.
    pub action: Action,
    /// The line it stands in.
    pub line: usize,
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
    /// When the job has left quarantine.
    AfterRecovery,
}

impl When {
    /// As it is written after `after =`; empty for an instant.
    pub fn word(self) -> String {
        match self {
            When::At(_) => String::new(),
            When::AfterCycle(number) => format!("cycle {number}"),
            When::AfterNextCycle => "next cycle".to_owned(),
            When::AfterQuarantine => "quarantine".to_owned(),
            When::AfterRecovery => "recovery".to_owned(),
        }
    }
}

impl Script {
    /// Every expectation of the script, in file order of steps, then `[always]`, then `[finally]`.
    pub fn expectations(&self) -> impl Iterator<Item = &Expectation> {
        self.steps.iter().flat_map(|step| &step.expect).chain(&self.always).chain(&self.finally)
    }
}
