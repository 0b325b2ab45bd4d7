//! The panel of provisioning on demand: whom it can be run for, and the last runs with the five
//! steps of the portal.

use schemars::JsonSchema;
use serde::Serialize;

use super::drawer::parts::{Piece, pieces};
use super::panels::Scene;
use super::words;
use crate::entra::field::ObjectKind;
use crate::entra::job::steps::StepStatus;
use crate::entra::job::{Card, OnDemandResult, OnDemandRun, Stage, Subject};
use crate::entra::tenant::{Attribute, Lifecycle, UserKey};
use crate::scenario::explain;
use crate::world::AppView;

/// Provisioning on demand.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct OnDemand {
    /// The heading: `3 runs`.
    pub says: String,
    /// The words by which users and groups were looked for.
    pub narrow: String,
    /// The users and groups that were found, as many as are shown.
    pub found: Vec<Candidate>,
    /// A note when there are more: only a name finds those.
    pub more: Option<String>,
    /// The names of those for whom a run is under way.
    pub under_way: Vec<String>,
    /// The last runs, newest first.
    pub runs: Vec<RunView>,
}

/// A user or a group that can be provisioned on demand.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidate {
    /// The display name.
    pub name: String,
    /// `user` or `group`, and for a group how many members go with it.
    pub kind: String,
    /// The action, as a scenario writes it.
    pub action: String,
}

/// A run on demand.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct RunView {
    /// When it began: `Day 3 07:12`.
    pub at: String,
    /// The name of the user or the group.
    pub name: String,
    /// What a click on the name opens in the drawer.
    pub about: String,
    /// Graph's word for how it ended: `Success`, `Skipped` or `Failure`.
    pub result: &'static str,
    /// `good`, `warn` or `bad`.
    pub tone: &'static str,
    /// What it did, in a sentence.
    pub says: String,
    /// The five steps of the portal.
    pub steps: Vec<StepView>,
}

/// One of the five steps.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct StepView {
    /// The portal's heading: `Determine if user is in scope`.
    pub title: String,
    /// `✓`, `▲`, `○`, `✗`, or `·` for a step that was not come to.
    pub symbol: &'static str,
    /// How it went, in a word.
    pub word: &'static str,
    /// `good`, `warn`, `bad` or `idle`.
    pub tone: &'static str,
    /// What the portal shows below the heading.
    pub lines: Vec<Vec<Piece>>,
}

/// How many users and groups are offered.
const FOUND: usize = 12;

/// How many runs are shown.
const SHOWN: usize = 10;

/// The panel's view of a play. Only a search reads all users.
pub fn view(scene: &Scene<'_>) -> OnDemand {
    let world = scene.app();
    let runs = world.entra().job().on_demand();
    let (found, more) = found(world, &scene.query.narrow.to_lowercase());
    OnDemand {
        says: words::counted(runs.count(), "run", "runs"),
        narrow: scene.query.narrow.clone(),
        more: more.then(|| format!("{} are offered; a name finds others.", found.len())),
        found,
        under_way: runs.under_way().map(|run| run.handle.to_string()).collect(),
        runs: runs.ended().rev().take(SHOWN).map(|run| shown(world, run)).collect(),
    }
}

/// The users and groups whose name contains what is looked for, and whether there are more.
fn found(world: AppView<'_>, wanted: &str) -> (Vec<Candidate>, bool) {
    let tenant = world.entra().tenant();
    let users = (0..tenant.user_count() as u32).map(|key| tenant.user(UserKey(key)));
    let users = users.filter(|user| user.lifecycle() == Lifecycle::Active).map(|user| {
        (user.get(Attribute::DisplayName).unwrap_or(user.handle()), user.handle(), "user")
    });
    let groups = tenant.groups().filter(|(_, group)| !group.deleted());
    let groups = groups.map(|(_, group)| (group.display_name(), group.handle(), "group"));
    let groups = groups.filter(|_| world.entra().job().settings().schema.groups.enabled);
    let is_called = |(name, handle, _): &(&str, &std::sync::Arc<str>, &str)| {
        wanted.is_empty()
            || name.to_lowercase().contains(wanted)
            || handle.to_lowercase().contains(wanted)
    };
    let mut users: Vec<_> = users.filter(is_called).take(FOUND + 1).collect();
    let groups: Vec<_> = groups.filter(is_called).take(FOUND + 1).collect();
    // Groups are few: they come first where they are looked for, and some of them are always there.
    let before = if wanted.is_empty() { FOUND - groups.len().min(2) } else { 0 };
    let after = users.split_off(before.min(users.len()));
    let candidate = |(name, handle, kind): (&str, &std::sync::Arc<str>, &'static str)| {
        let action = explain::on_demand_action(world, handle).ok()?;
        let kind = match kind {
            "group" => {
                let most = world.entra().job().settings().policy.on_demand_members;
                format!("group, with up to {most} of its members")
            }
            user => user.to_owned(),
        };
        Some(Candidate { name: name.to_owned(), kind, action: action.to_toml() })
    };
    let mut all = users.into_iter().chain(groups).chain(after).filter_map(candidate);
    let found = all.by_ref().take(FOUND).collect();
    (found, all.next().is_some())
}

fn shown(world: AppView<'_>, run: &OnDemandRun) -> RunView {
    let kind = match run.subject {
        Subject::User(_) => "user",
        Subject::Group(_) => "group",
    };
    let cards = run.cards();
    let steps = Stage::ALL.into_iter();
    RunView {
        at: words::moment(world.start(), run.began),
        name: run.handle.to_string(),
        about: format!("{kind} {}", run.handle),
        result: run.result().word(),
        tone: match run.result() {
            OnDemandResult::Success => "good",
            OnDemandResult::Skipped => "warn",
            OnDemandResult::Failure => "bad",
        },
        says: run.words(),
        steps: steps.map(|stage| step(world, run, &cards, stage)).collect(),
    }
}

/// A step of a run. The portal shows a card for the connection test only when it fails, and none
/// for a step that was not come to.
fn step(world: AppView<'_>, run: &OnDemandRun, cards: &[Card], stage: Stage) -> StepView {
    let kind = match run.subject.kind() {
        ObjectKind::User => "user",
        ObjectKind::Group => "group",
    };
    let title = stage.heading(kind);
    let Some(card) = cards.iter().find(|card| card.stage == stage) else {
        let passed = stage == Stage::TestConnection && run.row().is_some();
        let (symbol, word, tone) = match passed {
            true => ("✓", "passed", "good"),
            false => ("·", "not come to", "idle"),
        };
        return StepView { title, symbol, word, tone, lines: Vec::new() };
    };
    let (symbol, tone) = match card.status {
        StepStatus::Success => ("✓", "good"),
        StepStatus::Warning => ("▲", "warn"),
        StepStatus::Skipped => ("○", "warn"),
        StepStatus::Failure => ("✗", "bad"),
    };
    let mut lines = pieces(&explain::on_demand_card(world, run, card));
    // A card is narrow: its lines are not indented.
    for piece in lines.iter_mut().filter_map(|line| line.first_mut()) {
        piece.text = piece.text.trim_start_matches('\u{a0}').to_owned();
    }
    StepView { title, symbol, word: card.status.word(), tone, lines }
}
