//! Rehearses the script before it is played: the actions that do not depend on what provisioning
//! does are carried out in the order of the file, so that one the directory would refuse is told of
//! before the run.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::diagnostic::ProblemKind;
use crate::base::{Diagnostic, Problems, Span, Time};
use crate::entra::AppId;
use crate::entra::admin::ProvisioningMode;
use crate::entra::job::{DiscoveryRefusal, OnDemandRefusal};
use crate::golinks;
use crate::world::actions::Name;
use crate::world::{Action, ActionError, Drive, World};

use super::expect::Expectation;
use super::script::{ScriptedAction, Step, When};
use super::{Script, play};

/// The largest population that is built for a rehearsal.
const BUILT: u64 = 5_000;

/// The verbs that change the directory and nothing else.
pub(super) const OF_DIRECTORY: [&str; 16] = [
    "hire",
    "update",
    "disable",
    "enable",
    "delete",
    "restore",
    "purge",
    "assign",
    "unassign",
    "create_group",
    "update_group",
    "delete_group",
    "restore_group",
    "purge_group",
    "add_member",
    "remove_member",
];

/// The verbs whose outcome does not depend on cycles beside those of the directory: of faults, of
/// settings.
const REHEARSED: [&str; 12] = [
    "break_assignment",
    "set",
    "set_scope",
    "set_secret",
    "rotate_token",
    "issue_token",
    "revoke_token",
    "move_base",
    "down",
    "up",
    "fault",
    "clear_fault",
];

/// The verbs that change settings; of these what is set is compared, since not every change of a
/// setting is an event.
const SETTINGS: [&str; 4] = ["set", "set_scope", "set_secret", "move_base"];

/// The verbs after which something else may strike or be good than before, although nothing has
/// happened yet.
const SILENT: [&str; 7] =
    ["rotate_token", "issue_token", "revoke_token", "down", "up", "fault", "clear_fault"];

/// The verbs after which it is not known how the settings are: whether something is saved depends
/// on a test, and a job or its schema may be changed by Graph.
const UNCERTAIN: [&str; 3] = ["save", "restore_default_mappings", "graph"];

/// The verbs that are not rehearsed and may switch the mapping of groups on.
const MAPPING_BY_HAND: [&str; 2] = ["restore_default_mappings", "graph"];

/// The verbs that the recycle bin can stand in the way of: whether it still does depends on the
/// time, which is not known of a moment that comes after a cycle or a quarantine.
const WAIT_FOR_THE_BIN: [&str; 4] = ["hire", "create_group", "restore", "restore_group"];

/// Adds a warning for each action that will be refused or changes nothing, and an error for a value
/// that is refused whenever it comes.
pub fn rehearse(script: &Script, problems: &mut Problems) {
    let mut told = Problems::default();
    try_all(script, &mut told);
    tell_once(script, told, problems);
}

fn try_all(script: &Script, problems: &mut Problems) {
    impossible_values(script, problems);
    if script.steps.iter().all(|step| step.actions.is_empty())
        || script.setup.population.count() > BUILT
    {
        return;
    }
    let (mut world, wrong) = play::setup_world(script);
    if !wrong.is_empty() {
        for (line, why) in wrong {
            let span = script.source.line_span(line);
            problems.error(span, format!("this cannot be set up: {why}"));
        }
        return;
    }
    let (mut tokenless, mut added) = (BTreeSet::new(), BTreeSet::new());
    let (mut changed_by_hand, mut settings_are_known) = (false, true);
    let (mut is_filled_in, mut jobs) = (false, Jobs::default());
    for step in script.steps.iter().filter(|step| comes(step, script.ends)) {
        let time_is_known = matches!(step.when, When::At(_));
        if let When::At(at) = step.when {
            go_on(&mut world, at);
        }
        let expected = refusal_expected(step);
        for ScriptedAction { action, span, .. } in &step.actions {
            let verb = action.verb();
            // What a request to Graph adds is not there in a rehearsal.
            if needs_added(action, &mut added) {
                continue;
            }
            let uncertain = !time_is_known && WAIT_FOR_THE_BIN.contains(&verb);
            let done = match is_rehearsed(verb) || action.moves_an_application() {
                true => try_out(&mut world, action),
                false => world
                    .role_allows(action)
                    .and_then(|()| world.application_allows(action))
                    .and_then(|()| jobs.allow(&world, action))
                    .and_then(|()| match settings_are_known {
                        true => no_credentials(&world, action, is_filled_in),
                        false => Ok(()),
                    })
                    .and_then(|()| if changed_by_hand { Ok(()) } else { no_groups(&world, action) })
                    .map(|()| true),
            };
            is_filled_in |= verb == "fill_in";
            jobs.note(&world, action, done.is_ok());
            changed_by_hand |= MAPPING_BY_HAND.contains(&verb);
            settings_are_known &= !UNCERTAIN.contains(&verb) || sent_to_graph(&mut world, action);
            if done == Ok(false) && (settings_are_known || !SETTINGS.contains(&verb)) {
                problems
                    .warning(*span, format!("`{verb}` changes nothing here"))
                    .label("all of it is so already")
                    .help("leave it out, or write what is to become different");
            }
            let Err(refused) = done else { continue };
            if !expected && !uncertain {
                problems
                    .warning(*span, format!("`{verb}` will be refused here"))
                    .label(refused.message)
                    .help(match refused.help.as_str() {
                        "" => "the story fails by it, unless the moment says expect.refused",
                        help => help,
                    });
            }
        }
        no_token_endpoint(&world, step, &mut tokenless, problems);
    }
}

/// The jobs that are known to be deleted: none of them is started in a rehearsal.
#[derive(Default)]
struct Jobs {
    deleted: BTreeSet<AppId>,
}

impl Jobs {
    /// Notes what an action does to the jobs; `done` is whether it can be done.
    fn note(&mut self, world: &World, action: &Action, done: bool) {
        let app = app_of(world, action);
        match action.verb() {
            "delete_job" if done => drop(self.deleted.insert(app)),
            "start" | "save" if done => drop(self.deleted.remove(&app)),
            "graph" if action.moves_an_application() => {
                let views = world.views().filter(|view| view.entra().gone().is_some());
                self.deleted.extend(views.map(|view| view.app()));
            }
            "graph" => self.deleted.clear(),
            _ => {}
        }
    }

    /// Refuses what is done to a job that is deleted.
    fn allow(&self, world: &World, action: &Action) -> Result<(), ActionError> {
        match self.deleted.contains(&app_of(world, action)) && action.is_done_to_a_job() {
            true => Err(ActionError::no_job()),
            false => Ok(()),
        }
    }
}

/// The application that an action is meant for.
fn app_of(world: &World, action: &Action) -> AppId {
    action.app().and_then(|app| world.find_app(app)).unwrap_or(AppId::MAIN)
}

/// Refuses what a job without credentials, or in the mode Manual, does not do. What was filled in
/// may have what a test needs.
fn no_credentials(world: &World, action: &Action, is_filled_in: bool) -> Result<(), ActionError> {
    let job = world.seen_by(app_of(world, action)).entra().job();
    match action.verb() {
        "start" | "restart" => job.can_start().map_err(ActionError::from),
        "test_connection" if !is_filled_in => job.can_test().map_err(ActionError::from),
        "provision_on_demand" if !job.has_credentials() => {
            Err(OnDemandRefusal::NotConfigured.into())
        }
        "discover_identities" if !job.has_credentials() => {
            Err(DiscoveryRefusal::NotConfigured.into())
        }
        _ => Ok(()),
    }
}

/// Carries out a request of Graph, unless it concerns a job, which is never started here; returns
/// whether it was. One that is refused here may be possible in the run: it is not told of.
fn sent_to_graph(world: &mut World, action: &Action) -> bool {
    let Action::GraphWrite(write) = action else { return false };
    let of_job = write.is_of_a_job();
    if !of_job {
        drop(world.act(action.clone()));
    }
    !of_job
}

/// Refuses a run on demand of a group where the mapping of groups is switched off.
fn no_groups(world: &World, action: &Action) -> Result<(), ActionError> {
    let schema = &world.seen_by(app_of(world, action)).entra().job().settings().schema;
    match action.picks_a_group() {
        true => OnDemandRefusal::of_groups(schema).map_err(ActionError::from),
        false => Ok(()),
    }
}

/// Whether an action needs an application that an earlier one adds; notes those that this one adds.
fn needs_added(action: &Action, added: &mut BTreeSet<String>) -> bool {
    let mut needs = false;
    for name in action.names() {
        match name {
            Name::NewApp(app) => drop(added.insert(app.to_owned())),
            Name::App(app) | Name::Principal(app) => needs |= added.contains(app),
            _ => {}
        }
    }
    needs
}

/// Warns of a moment whose `set` leaves a job that fetches its tokens where GoLinks has no token
/// endpoint; once for each application.
fn no_token_endpoint(
    world: &World,
    step: &Step,
    told: &mut BTreeSet<AppId>,
    problems: &mut Problems,
) {
    let Some(set) = step.actions.iter().find(|it| it.action.verb() == "set") else { return };
    for view in world.views() {
        let settings = view.entra().job().settings();
        let fetches = settings.auth.is_oauth() && settings.mode == ProvisioningMode::Automatic;
        let none = view.target().mock().is_some_and(|golinks| golinks.settings().oauth.is_none());
        if fetches && none && told.insert(view.app()) {
            problems
                .warning(set.span, "from here on the job fetches its tokens where there are none")
                .label("GoLinks has no token endpoint")
                .kind(ProblemKind::OfMock)
                .help("`golinks.oauth` makes one: set = { golinks.oauth.client_id = \"entra\" }");
        }
    }
}

/// Carries an action out, and returns whether anything is different after it.
fn try_out(world: &mut World, action: &Action) -> Result<bool, ActionError> {
    let verb = action.verb();
    let settings = |world: &World| {
        let view = world.seen_by(app_of(world, action));
        let server = view.target().mock().map(|golinks| golinks.settings().clone());
        (view.entra().job().settings().clone(), server)
    };
    let before = SETTINGS.contains(&verb).then(|| settings(world));
    let records = world.journal().last_seq();
    world.act(action.clone())?;
    Ok(match before {
        Some(before) => settings(world) != before,
        // The action itself is one record.
        None => SILENT.contains(&verb) || world.journal().last_seq() > records + 1,
    })
}

/// Whether the outcome of a verb does not depend on cycles.
pub fn is_rehearsed(verb: &str) -> bool {
    OF_DIRECTORY.contains(&verb) || REHEARSED.contains(&verb)
}

/// Lets the time pass until `at`. The job is never started here, so all that is due is the
/// directory's and the faults'.
pub fn go_on(world: &mut World, at: Time) {
    while let Some(due) = world.next_due().filter(|due| *due <= at && *due > world.now()) {
        world.advance(due);
    }
    world.advance(at);
}

/// Whether a step comes before the end.
fn comes(step: &Step, ends: Time) -> bool {
    !matches!(step.when, When::At(at) if at > ends)
}

fn refusal_expected(step: &Step) -> bool {
    step.expect.iter().any(Expectation::is_refusal)
}

/// Reports accounts that no GoLinks with the settings of the file would take.
fn impossible_values(script: &Script, problems: &mut Problems) {
    for step in script.steps.iter().filter(|step| !refusal_expected(step)) {
        for ScriptedAction { action, span, .. } in &step.actions {
            let settings = settings_of(script, action.app());
            if let Err((at, error)) = action.try_by_hand(settings, script.start) {
                let at = if at == Span::default() { *span } else { at };
                problems
                    .error(at, format!("GoLinks refuses what `{}` says", action.verb()))
                    .label(format!("{} {}", error.status, error.detail));
            }
        }
    }
}

/// The settings of the server that an application provisions.
fn settings_of<'s>(script: &'s Script, app: Option<&str>) -> &'s golinks::Settings {
    let setup = &script.setup;
    let app = setup.apps.iter().find(|it| Some(it.name.as_str()) == app);
    setup.settings_of(app.map(|app| app.workspace).unwrap_or_default())
}

/// Adds each warning once: a moment that is repeated has the same one at each time, of which it is
/// said how many they are.
fn tell_once(script: &Script, told: Problems, problems: &mut Problems) {
    let mut times: BTreeMap<Span, usize> = BTreeMap::new();
    for action in script.steps.iter().flat_map(|step| &step.actions) {
        *times.entry(action.span).or_default() += 1;
    }
    let (mut kept, mut place): (Vec<(Diagnostic, usize)>, usize) = (Vec::new(), 0);
    for problem in told.into_sorted() {
        if kept.get(place).is_none_or(|(first, _)| first.span != problem.span) {
            place = kept.len();
        }
        match kept[place..].iter_mut().find(|(other, _)| *other == problem) {
            Some((_, count)) => *count += 1,
            None => kept.push((problem, 1)),
        }
    }
    for (mut problem, count) in kept {
        let times = problem.span.and_then(|span| times.get(&span)).copied().unwrap_or(1);
        problem.label = match times {
            1 => problem.label,
            _ if count == times => format!("{} (each of the {times} times)", problem.label),
            _ => format!("{} ({count} of the {times} times)", problem.label),
        };
        problems.push(problem);
    }
}
