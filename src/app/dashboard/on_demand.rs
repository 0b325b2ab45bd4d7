//! The panel of provisioning on demand: whom it can be run for, and the last runs with the five
//! steps of the portal.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::directory::{holds, is_called};
use super::drawer::parts::{Piece, pieces};
use super::panels::Scene;
use super::{log, words};
use crate::entra::field::ObjectKind;
use crate::entra::job::log::{LogAction, LogEntry, LogStatus};
use crate::entra::job::steps::StepStatus;
use crate::entra::job::{Card, OnDemandResult, OnDemandRun, Stage, Subject};
use crate::entra::tenant::{Attribute, Lifecycle, User, UserKey};
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
    /// A note on those that are not offered: there are more, nobody has the name, or groups are not
    /// provisioned.
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
    /// When it began: `day 3 07:12`.
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
const FOUND: usize = 100;

/// How many runs are shown.
const SHOWN: usize = 10;

/// The panel's view of a play. Only a search reads all users.
pub fn view(scene: &Scene<'_>) -> OnDemand {
    let world = scene.app();
    let runs = world.entra().job().on_demand();
    let (found, more) = found(world, &scene.query.narrow);
    OnDemand {
        says: words::counted(runs.count(), "run", "runs"),
        narrow: scene.query.narrow.clone(),
        more,
        found,
        under_way: runs.under_way().map(|run| name_of(world, run).to_owned()).collect(),
        runs: runs.ended().rev().take(SHOWN).map(|run| shown(world, run)).collect(),
    }
}

/// A user or a group as it is offered.
struct Offer<'a> {
    name: &'a str,
    handle: &'a str,
    kind: ObjectKind,
}

/// The users and groups that have each of the words that are looked for, and a note on those that
/// are not offered.
fn found<'a>(world: AppView<'a>, narrow: &str) -> (Vec<Candidate>, Option<String>) {
    let (tenant, settings) = (world.entra().tenant(), world.entra().job().settings());
    if let Some(gone) = world.entra().gone() {
        return (
            Vec::new(),
            Some(format!("Nothing is provisioned: the application {}.", gone.words())),
        );
    }
    let wanted = words::wanted(narrow);
    let users = (0..tenant.user_count() as u32).map(|key| tenant.user(UserKey(key)));
    let users = users.filter(|user| user.lifecycle() == Lifecycle::Active && holds(user, &wanted));
    let offer = |user: &'a User| Offer {
        name: user.get(Attribute::DisplayName).unwrap_or(user.handle()),
        handle: user.handle(),
        kind: ObjectKind::User,
    };
    let blocked = users.clone().filter(|user| !user.enabled()).map(offer);
    let users = users.filter(|user| user.enabled()).map(offer);
    let groups = tenant.groups().filter(|(_, group)| !group.deleted() && is_called(group, &wanted));
    let groups: Vec<Offer<'_>> = groups
        .take(FOUND + 1)
        .map(|(_, group)| Offer {
            name: group.display_name(),
            handle: group.handle(),
            kind: ObjectKind::Group,
        })
        .collect();
    let (groups, left_out) = match settings.schema.groups.enabled {
        true => (groups, None),
        false => (Vec::new(), groups.into_iter().next()),
    };
    // Groups are few: they come first where they are looked for, and some of them are always there.
    let before = if wanted.is_empty() { FOUND - groups.len().min(2) } else { 0 };
    let mut users: Vec<Offer<'_>> = users.take(FOUND + 1).collect();
    let after = users.split_off(before.min(users.len()));
    let mut all = users.into_iter().chain(groups).chain(after);
    let mut all = all.by_ref().filter_map(|offer| candidate(world, &offer));
    let found: Vec<Candidate> = all.by_ref().take(FOUND).collect();
    let more = all.next().is_some();
    // All are read only where nothing is found, which has read them already.
    let mut blocked = blocked.take(usize::from(found.is_empty()));
    let note = match (more, found.is_empty(), left_out, blocked.next()) {
        (true, ..) => Some(format!(
            "The first {} are offered; a name or a department finds the others.",
            found.len()
        )),
        (_, true, Some(group), _) => Some(format!(
            "The group {} cannot be provisioned: the mapping of groups is off.",
            group.name
        )),
        (_, true, None, Some(user)) => Some(format!(
            "{} is blocked from sign-in, and the search of a run on demand does not find blocked \
             users: a cycle disables them.",
            user.name
        )),
        (_, true, None, None) if narrow.is_empty() => {
            Some("The directory has nobody to provision.".to_owned())
        }
        (_, true, None, None) => Some(format!("No user or group here is called “{narrow}”.")),
        (_, false, ..) => None,
    };
    (found, note)
}

/// An offer with its action; `None` where no run can be asked for.
fn candidate(world: AppView<'_>, offer: &Offer<'_>) -> Option<Candidate> {
    let action = explain::on_demand_action(world, offer.handle).ok()?;
    let kind = match offer.kind {
        ObjectKind::Group => {
            let most = world.entra().job().settings().policy.on_demand_members;
            format!("group, with up to {most} of its members")
        }
        ObjectKind::User => "user".to_owned(),
    };
    Some(Candidate { name: offer.name.to_owned(), kind, action: action.to_toml() })
}

/// The display name of whom a run is for.
fn name_of<'a>(world: AppView<'a>, run: &'a OnDemandRun) -> &'a str {
    let tenant = world.entra().tenant();
    match run.subject {
        Subject::User(user) => tenant.user(user).get(Attribute::DisplayName).unwrap_or(&run.handle),
        Subject::Group(group) => tenant.group(group).display_name(),
    }
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
        name: name_of(world, run).to_owned(),
        about: format!("{kind} {}", run.handle),
        result: run.result().word(),
        tone: match run.result() {
            OnDemandResult::Success => "good",
            OnDemandResult::Skipped => "warn",
            OnDemandResult::Failure => "bad",
        },
        says: told(world, run),
        steps: steps.map(|stage| step(world, run, &cards, stage)).collect(),
    }
}

/// What a run did, in a sentence for each object: the one it was made for, then its references.
fn told(world: AppView<'_>, run: &OnDemandRun) -> String {
    let name = name_of(world, run);
    if let Some(why) = &run.stopped {
        return why.sentence(name);
    }
    let row = |entry: &Arc<LogEntry>| {
        let who = if entry.subject == run.subject { name } else { &entry.handle };
        let (did, more) = (did(world, entry), log::more(world, entry));
        match more.is_empty() {
            true => format!("{who}: {did}."),
            false => format!("{who}: {did} ({more})."),
        }
    };
    match run.rows.is_empty() {
        true => format!("There was nothing to do for {name}."),
        false => run.rows.iter().map(row).collect::<Vec<_>>().join(" "),
    }
}

/// What a row did to the account or the group, in words.
fn did(world: AppView<'_>, entry: &LogEntry) -> String {
    let (what, at) = match entry.subject {
        Subject::User(_) => ("the account", world.target().called().amid()),
        Subject::Group(_) => ("the group", world.target().called().amid()),
    };
    let doing = |doing: &str| format!("{doing} {what} at {at}");
    match (&entry.status, entry.action) {
        (LogStatus::Skipped(_) | LogStatus::Warning(_), _) => "nothing was written".to_owned(),
        (LogStatus::Failure(_), LogAction::Create) => doing("it failed to create"),
        (LogStatus::Failure(_), LogAction::Update) => doing("it failed to change"),
        (LogStatus::Failure(_), LogAction::Disable) => doing("it failed to disable"),
        (LogStatus::Failure(_), LogAction::Delete) => doing("it failed to delete"),
        (LogStatus::Failure(_), LogAction::StagedDelete | LogAction::Other) => {
            "it failed before anything was written".to_owned()
        }
        (LogStatus::Success, LogAction::Create) => doing("it created"),
        (LogStatus::Success, LogAction::Update) => doing("it changed"),
        (LogStatus::Success, LogAction::Disable) => doing("it disabled"),
        (LogStatus::Success, LogAction::Delete) => doing("it deleted"),
        (LogStatus::Success, LogAction::StagedDelete) => doing("it held back the deletion of"),
        (LogStatus::Success, LogAction::Other) => doing("it looked at"),
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
