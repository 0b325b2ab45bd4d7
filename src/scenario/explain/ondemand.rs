//! Explains a run on demand: its steps, as the portal's cards show them.

use std::time::Duration;

use super::drafted::drafted_on_demand;
use super::{plain, strong};
use crate::base::{Kind, Node, Problems};
use crate::entra::AppId;
use crate::entra::field::ObjectKind;
use crate::entra::job::log::LogEntry;
use crate::entra::job::modified::Modified;
use crate::entra::job::steps::{ProvisioningStep, StepStatus};
use crate::entra::job::summary::LogNames;
use crate::entra::job::{
    Card, OnDemandId, OnDemandResult, OnDemandRun, OnDemandRuns, Stage, Stopped, Subject,
};
use crate::scenario::Play;
use crate::scenario::layout::{Line, Tone, day_and_time, pad};
use crate::scenario::log::{QueryError, after_on_demand, find_object};
use crate::world::{Action, ActionError, AppView, Drive, driver};

/// The width of the keys of the details.
const KEY: usize = 34;

/// How long a run may take before the explanation gives up on it; it usually takes seconds.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The cards of runs on demand of a user or a group by an application. The last one that the story
/// has made by the instant which a play has reached is shown as it went; unless it was made at that
/// instant, one is made now too, in that state. With a group go its first members, as many as a run
/// takes.
///
/// # Errors
/// Why the run is refused, where the story has made none.
pub fn ondemand(play: &mut Play, app: AppId, name: &str) -> Result<Vec<Line>, ActionError> {
    let mut lines = made_before(play, app, name);
    match (run_now(play, app, name), lines.is_empty()) {
        (Ok(now), _) => lines.extend(now),
        (Err(refusal), true) => return Err(refusal),
        (Err(refusal), false) => {
            let at = day_and_time(play.world().start(), play.now());
            let why = format!("If it were run now ({at}), it would be refused: {refusal}");
            lines.push(plain(why));
        }
    }
    let world = play.world().seen_by(app);
    lines.extend(drafted_on_demand(world, find_object(world, name).ok()));
    Ok(lines)
}

/// The cards of the last run that the story has made before this instant.
fn made_before(play: &Play, app: AppId, name: &str) -> Vec<Line> {
    let world = play.world().seen_by(app);
    let Ok(subject) = find_object(world, name) else { return Vec::new() };
    let last = runs(play, app).last_of(subject).filter(|run| run.began < play.now());
    last.map(|run| cards(world, run, By::Story)).unwrap_or_default()
}

/// The cards of the run that the story has made at this instant, or of one that is made now.
fn run_now(play: &mut Play, app: AppId, name: &str) -> Result<Vec<Line>, ActionError> {
    let made = made_now(play, app, name);
    let by = if made.is_some() { By::Story } else { By::Question };
    if made.is_none() {
        play.act(on_demand_action(play.world().seen_by(app), name)?)?;
    }
    let begun = made.or_else(|| runs(play, app).under_way().last().map(|run| run.id));
    let until = play.now() + PATIENCE;
    loop {
        // Before the clock moves: the next instant at which something is due may be hours away.
        driver::run_until_quiet(play);
        if let Some(run) = runs(play, app).ended().rev().find(|run| Some(run.id) == begun) {
            return Ok(cards(play.world().seen_by(app), run, by));
        }
        if driver::step(play).is_none_or(|now| now > until) {
            return Ok(vec![plain(format!("{name}: the run has not ended within an hour."))]);
        }
    }
}

/// Who has made a run on demand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// The story.
    Story,
    /// Whoever asks what a run would give.
    Question,
}

/// The last run of an object that the story has made at this instant, ended or not.
fn made_now(play: &Play, app: AppId, name: &str) -> Option<OnDemandId> {
    let subject = find_object(play.world().seen_by(app), name).ok()?;
    let (runs, now) = (runs(play, app), play.now());
    let ended = runs.ended().map(|run| &**run);
    let of_now = |run: &&OnDemandRun| run.subject == subject && run.began == now;
    ended.chain(runs.under_way()).filter(of_now).map(|run| run.id).max()
}

fn runs(play: &Play, app: AppId) -> &OnDemandRuns {
    play.world().entra().job_of(app).on_demand()
}

/// The action that provisions a user or a group on demand; with a group go its first members, as
/// many as a run takes.
///
/// # Errors
/// There is no such user or group.
pub fn on_demand_action(world: AppView<'_>, name: &str) -> Result<Action, ActionError> {
    let tenant = world.entra().tenant();
    let picked = match tenant.find_group(name) {
        Some(group) if tenant.find_user(name).is_none() => {
            let most = world.entra().job().settings().policy.on_demand_members as usize;
            let users = tenant.members(group).take(most);
            let users: Vec<Node> =
                users.map(|user| Node::text(&**tenant.user(user).handle())).collect();
            // A list of names must not be empty, and a group may be.
            let users = (!users.is_empty()).then(|| ("users", Node::bare(Kind::List(users))));
            Node::table([("group", Node::text(name))].into_iter().chain(users))
        }
        _ => match find_object(world, name) {
            Ok(Subject::User(user)) => Node::text(&**tenant.user(user).handle()),
            Ok(Subject::Group(group)) => {
                return on_demand_action(world, tenant.group(group).handle());
            }
            Err(QueryError { message, help }) => return Err(ActionError { message, help }),
        },
    };
    let mut problems = Problems::default();
    let mut done = vec![("provision_on_demand", picked)];
    done.extend(world.label().map(|app| ("app", Node::text(app))));
    let action = Action::read(&Node::table(done), &mut problems);
    action.ok_or_else(|| problems.into())
}

/// The cards of a run that has ended.
fn cards(world: AppView<'_>, run: &OnDemandRun, by: By) -> Vec<Line> {
    let kind = match run.subject.kind() {
        ObjectKind::User => "user",
        ObjectKind::Group => "group",
    };
    let mut lines = vec![head(world, run, by), plain("")];
    for card in run.cards() {
        lines.push(title(&card, kind));
        lines.extend(on_demand_card(world, run, &card));
        lines.push(plain(""));
    }
    // No step failed by it.
    if let Some(why @ Stopped::Deleted(_)) = &run.stopped {
        lines.push(reason(why));
    }
    if run.rows.is_empty() && run.stopped.is_none() {
        lines.push(plain("Nothing had to be done, and no row of the log was written."));
    }
    lines
}

/// What a card of a run says below its heading.
pub fn on_demand_card(world: AppView<'_>, run: &OnDemandRun, card: &Card) -> Vec<Line> {
    let mut lines = match (&run.stopped, run.row()) {
        (Some(why), _) if card.steps.is_empty() => vec![reason(why)],
        (_, Some(row)) => details(world, row, card),
        (_, None) => Vec::new(),
    };
    if let Some(row) =
        run.row().filter(|_| run.cards().last().is_some_and(|last| last.stage == card.stage))
        && let Some(follows) = after_on_demand(world, row)
    {
        lines.push(plain(format!("    {follows}")));
    }
    if card.stage == Stage::Action {
        run.rows.iter().skip(1).for_each(|row| lines.extend(reference(world, row)));
    }
    lines
}

fn head(world: AppView<'_>, run: &OnDemandRun, by: By) -> Line {
    let at = day_and_time(world.start(), run.began);
    let when = match by {
        By::Story => format!("as the story ran it at {at}"),
        By::Question => format!("if it were run now ({at})"),
    };
    let tone = match run.result() {
        OnDemandResult::Success => Tone::Good,
        OnDemandResult::Skipped => Tone::Warn,
        OnDemandResult::Failure => Tone::Bad,
    };
    Line(vec![
        (Tone::Strong, format!("Provision on demand: {}", run.handle)),
        (Tone::Faint, format!("  {when}  ")),
        (tone, run.result().word().to_owned()),
    ])
}

/// The heading of a card: the portal's number, its words, and how it went.
fn title(card: &Card, kind: &str) -> Line {
    let (mark, tone) = match card.status {
        StepStatus::Success => ('✓', Tone::Good),
        StepStatus::Warning => ('▲', Tone::Warn),
        StepStatus::Skipped => ('○', Tone::Warn),
        StepStatus::Failure => ('✗', Tone::Bad),
    };
    let number = Stage::ALL.iter().position(|stage| *stage == card.stage).map_or(0, |nth| nth + 1);
    Line(vec![
        (tone, format!("{mark} ")),
        (Tone::Strong, pad(&format!("{number}. {}", card.stage.heading(kind)), 2 + KEY + 16)),
        (tone, card.status.word().to_owned()),
    ])
}

fn reason(why: &Stopped) -> Line {
    plain(format!("    {}", why.text()))
}

fn details(world: AppView<'_>, row: &LogEntry, card: &Card) -> Vec<Line> {
    let mut lines = Vec::new();
    for step in &card.steps {
        lines.extend(of_step(world, row, step));
    }
    if card.stage == Stage::Action {
        lines.extend(row.modified().iter().map(changed));
    }
    lines
}

fn of_step(world: AppView<'_>, row: &LogEntry, step: &ProvisioningStep) -> Vec<Line> {
    let system = LogNames::of(world.entra(), world.seed()).system;
    let mut lines = vec![plain(format!("    {}", row.step_description(step, system)))];
    let pair = |(key, value): (&str, String)| plain(format!("      {}{value}", pad(key, KEY)));
    lines.extend(row.step_details(step).into_iter().map(pair));
    lines
}

/// One modified property: its old value, if there was one, and the new one.
fn changed(modified: &Modified) -> Line {
    let new = modified.new.shown().unwrap_or_else(|| "(none)".into());
    let value = match &modified.old {
        Some(old) => format!("{old} → {new}"),
        None => new.into_owned(),
    };
    Line(vec![
        (Tone::Plain, format!("      {}", pad(&modified.attribute, KEY))),
        (Tone::Strong, value),
    ])
}

/// A reference that was set after the object.
fn reference(world: AppView<'_>, row: &LogEntry) -> Vec<Line> {
    let mut lines = vec![strong(format!("    then: {}", world.entra().line(row)))];
    lines.extend(row.steps().iter().flat_map(|step| of_step(world, row, step)));
    lines.extend(row.modified().iter().map(changed));
    lines
}
