//! Warnings about a script that its author probably did not intend: provisioning is never started,
//! no user is in scope, an expectation cannot come true.

use std::time::Duration;

use crate::base::Problems;
use crate::base::diagnostic::ProblemKind;
use crate::entra::AppId;
use crate::entra::scope::SyncScope;
use crate::entra::sign_in::AuthMethod;
use crate::golinks::{self, Auth, Capability, GoLinks, TokenSetting};
use crate::world::applications::MAIN;
use crate::world::intent;
use crate::world::{Action, WorkspaceId};

use super::expect::{Observable, ObservedValue};
use super::play;
use super::rehearsal::OF_DIRECTORY;
use super::script::{Assigned, ScriptApp};
use super::script::{Step, When};
use super::{Play, Script};

/// The largest population that is built to find out whether any user is in scope.
pub(super) const BUILT: u64 = 5_000;

/// The verbs that may change which users are in scope.
const CHANGE_SCOPE: [&str; 18] = [
    "hire",
    "update",
    "enable",
    "restore",
    "assign",
    "unassign",
    "create_group",
    "update_group",
    "delete_group",
    "restore_group",
    "add_member",
    "remove_member",
    "set_scope",
    "set",
    "fill_in",
    "restore_default_mappings",
    "disable",
    "delete",
];

/// The verbs that may start provisioning.
const STARTS: &[&str] = &["start", "restart", "save"];

/// Adds the warnings about a script.
pub fn warn(script: &Script, problems: &mut Problems) {
    never_started(script, problems);
    nobody_in_scope(script, problems);
    script.setup.apps.iter().for_each(|app| idle(script, app, problems));
    no_groups_there(script, problems);
    no_mail(script, problems);
    nobody_leaves(script, problems);
    nobody_is_disabled(script, problems);
    nothing_done_yet(script, problems);
    nobody_let_in(script, problems);
    token_of_the_past(script, problems);
    faults_without_end(script, problems);
}

/// Warns of a moment that waits for the end of a fault which nothing ends.
fn faults_without_end(script: &Script, problems: &mut Problems) {
    let ended = does_to(script, MAIN, &["clear_fault", "up", "fault"]);
    let waits = |step: &&Step| {
        let of = script.setup.faults.iter().find(|fault| fault.name == step.fault);
        step.when == When::AfterFaultEnds
            && of.is_some_and(|fault| fault.until.is_none() && fault.lasts.is_none())
    };
    for step in script.steps.iter().filter(|step| waits(step) && !ended) {
        let span = script.source.line_span(step.line);
        let fault = &step.fault;
        problems
            .warning(span, format!("this moment never comes: nothing ends the fault `{fault}`"))
            .help("the fault ends with `until`, after `for`, or by `clear_fault`");
    }
}

/// Warns of a job that provisions groups into a GoLinks that has none, unless the story expects
/// what comes of it, or may change it.
fn no_groups_there(script: &Script, problems: &mut Problems) {
    let setup = &script.setup;
    let beside = setup.apps.iter().map(|app| (&*app.name, app.workspace, &app.settings));
    for (name, workspace, settings) in
        std::iter::once((MAIN, WorkspaceId::MAIN, &setup.entra)).chain(beside)
    {
        let server = GoLinks::new(setup.settings_of(workspace).clone(), script.start);
        let changes = does_to(script, name, &["set", "save", "restore_default_mappings", "graph"]);
        if !settings.schema.groups.enabled
            || server.can(Capability::Groups)
            || changes
            || expects_trouble(script)
            || !does_to(script, name, STARTS)
        {
            continue;
        }
        let of = if name == MAIN { String::new() } else { format!(" of `{name}`") };
        problems
            .warning(
                Default::default(),
                format!("the job{of} maps groups, and its GoLinks has none"),
            )
            .kind(ProblemKind::OfMock)
            .help(
                "golinks.capabilities.groups = true gives it groups, golinks.profile = \"generic\" \
                 all that a server can have; or entra.mappings.groups.enabled = false",
            );
    }
}

/// Warns of a GoLinks that takes a name and a password alone, which no way to sign in of the
/// service sends (B89), unless the story expects what comes of it.
fn nobody_let_in(script: &Script, problems: &mut Problems) {
    let basic = |(_, golinks): (&str, &golinks::Settings)| golinks.auth == Auth::Basic;
    if script.setup.all_workspaces().any(basic) && !expects_trouble(script) {
        problems
            .warning(Default::default(), "GoLinks lets no request of Entra in: auth = \"basic\"")
            .kind(ProblemKind::OfMock)
            .help("Entra sends bearer tokens, its own or OAuth's: [golinks] auth = \"bearer\"");
    }
}

/// Whether the story expects that requests are refused, or what comes of it. What would be so
/// without any trouble is none of it: `requests.failed = 0`, `job.status = "Active"`.
fn expects_trouble(script: &Script) -> bool {
    let none =
        [ObservedValue::Absent, ObservedValue::Count(0), ObservedValue::Text("Active".into())];
    script.expectations().any(|it| match &it.observed {
        Observable::Named(row) => {
            let of_it = ["test.", "job.quarantine", "job.status", "requests.", "mails."];
            of_it.iter().any(|name| row.path.starts_with(name))
                && !none.iter().any(|none| it.test.met(none))
        }
        _ => false,
    })
}

/// Warns of a job whose token has ended before the job is started for the first time, unless the
/// story gives it another one by then, or expects what comes of it.
fn token_of_the_past(script: &Script, problems: &mut Problems) {
    const RENEW: [&str; 6] =
        ["rotate_token", "issue_token", "set_secret", "set", "fill_in", "save"];
    let (entra, golinks) = (&script.setup.entra, &script.setup.golinks);
    let mut until_start = Vec::new();
    let mut begins = None;
    for step in &script.steps {
        let is_main = |it: &&Action| it.app().unwrap_or(MAIN) == MAIN;
        let verbs = step.actions.iter().map(|it| &it.action).filter(is_main).map(Action::verb);
        until_start.extend(verbs);
        if until_start.iter().any(|verb| STARTS.contains(verb)) {
            begins = match step.when {
                When::At(at) => Some(at),
                _ => None,
            };
            break;
        }
    }
    let (Some(begins), AuthMethod::Bearer) = (begins, entra.auth) else { return };
    let renewed = until_start.iter().any(|verb| RENEW.contains(verb));
    let is_sent = |token: &&TokenSetting| entra.secret.as_ref().is_none_or(|it| *it == token.value);
    let ends = golinks.good_tokens().find(is_sent).and_then(|it| it.expires.instant(script.start));
    if let Some(ends) = ends.filter(|ends| *ends <= begins && !renewed && !expects_trouble(script))
    {
        problems
            .warning(
                Default::default(),
                format!(
                    "the job's token ends at {}, and provisioning is started at {}",
                    ends.rfc3339(),
                    begins.rfc3339()
                ),
            )
            .kind(ProblemKind::OfMock)
            .help("let [golinks] token.expires be later, or start provisioning earlier");
    }
}

/// Adds the warning that an expectation cannot come true.
pub(super) fn cannot_come_true(
    script: &Script,
    line: usize,
    why: &str,
    help: &str,
    problems: &mut Problems,
) {
    let span = script.source.line_span(line);
    problems.warning(span, why).label("this cannot come true").help(help);
}

/// Whether one of these actions is done, to the main application or to none.
fn does(script: &Script, verbs: &[&str]) -> bool {
    does_to(script, MAIN, verbs)
}

/// Whether one of these actions is done to an application.
pub(super) fn does_to(script: &Script, app: &str, verbs: &[&str]) -> bool {
    let mut actions = script.steps.iter().flat_map(|step| &step.actions).map(|it| &it.action);
    actions.any(|it| it.app().unwrap_or(MAIN) == app && verbs.contains(&it.verb()))
}

/// Whether a request of Graph concerns a job, which it may start.
fn asks_graph_of_jobs(script: &Script) -> bool {
    let mut actions = script.steps.iter().flat_map(|step| &step.actions).map(|it| &it.action);
    actions.any(|it| matches!(it, Action::GraphWrite(write) if write.is_of_a_job()))
}

/// Warns of an application beside the main one whose job never does anything.
fn idle(script: &Script, app: &ScriptApp, problems: &mut Problems) {
    if !does_to(script, &app.name, &["start", "restart", "save", "provision_on_demand"]) {
        problems
            .warning(app.span, format!("the application `{}` is never started", app.name))
            .help(format!("do = {{ start = true, app = \"{}\" }}", app.name));
        return;
    }
    let assigns = does_to(script, &app.name, &["assign", "set_scope", "set"]);
    let nobody = app.assigned == Assigned::default() && app.settings.scope == SyncScope::Assigned;
    if nobody && !assigns {
        problems
            .warning(app.span, format!("nobody is ever assigned to `{}`", app.name))
            .label("its job has nobody to provision")
            .help("assigned = [\"ann\"], or { assign = \"ann\", app = \"..\" }");
    }
}

/// Warns of a job that is never started, where something is expected of it, or where all that is
/// done is done to the directory, of which no cycle ever learns.
fn never_started(script: &Script, problems: &mut Problems) {
    let expects = script.expectations().any(|it| it.app.unwrap_or(AppId::MAIN) == AppId::MAIN);
    let mut actions = script.steps.iter().flat_map(|step| &step.actions).peekable();
    let only_directory = actions.peek().is_some()
        && actions.all(|it| OF_DIRECTORY.contains(&it.action.verb()))
        && script.setup.apps.is_empty();
    if (expects || only_directory) && !does(script, STARTS) && !asks_graph_of_jobs(script) {
        let (what, of) = match script.setup.apps.is_empty() {
            true => ("provisioning", "cycle"),
            false => ("the application `main`", "cycle of it"),
        };
        problems
            .warning(Default::default(), format!("{what} is never started"))
            .help(format!("without [[at]] time = \"0d\", do = \"start\" no {of} ever runs"));
    }
}

fn nobody_in_scope(script: &Script, problems: &mut Problems) {
    let population = &script.setup.population;
    let started = does(script, STARTS);
    if !started || does(script, &CHANGE_SCOPE) || population.count() > BUILT {
        return;
    }
    let (world, wrong) = play::setup_world(script);
    if !wrong.is_empty() || intent::counts(&world).in_scope > 0 {
        return;
    }
    let (label, help) = match population.count() {
        0 => ("there are no people", "[user.ann], or [people] generate = 5"),
        _ => (
            "none of the people is assigned, active and let through by the filters",
            "`explain scope <name> --scenario <this file>` shows what decides",
        ),
    };
    let message = format!("no user is ever in scope: {label}");
    problems.warning(Default::default(), message).help(help);
}

/// Warns when a mail is expected and the job has no address for it.
fn no_mail(script: &Script, problems: &mut Problems) {
    let expected = script.expectations().find(|expectation| {
        matches!(&expectation.observed, Observable::Named(row) if row.path.starts_with("mails."))
            && !expectation.test.met_by_none()
            && !may_mail(script, expectation.app.unwrap_or(AppId::MAIN))
    });
    let Some(expected) = expected else { return };
    let help = "[entra] notify = \"it@contoso.example\" says where mails go";
    cannot_come_true(script, expected.line, "no mail is ever sent", help, problems);
}

/// Whether the job of an application has an address for mails, or may get one.
fn may_mail(script: &Script, app: AppId) -> bool {
    let beside = app.index().checked_sub(1).and_then(|at| script.setup.apps.get(at));
    let (name, notify) = match beside {
        None => (MAIN, &script.setup.entra.notify),
        Some(app) => (app.name.as_str(), &app.settings.notify),
    };
    notify.is_some() || does_to(script, name, &["set", "fill_in"])
}

/// Warns when an exposure is expected and no action takes anybody out of scope.
fn nobody_leaves(script: &Script, problems: &mut Problems) {
    let expected = script.expectations().find(|expectation| {
        let of_exposure = match &expectation.observed {
            Observable::Named(row) => row.path.starts_with("exposure."),
            Observable::Exposure { .. } => true,
            _ => false,
        };
        of_exposure && !expectation.test.met(&ObservedValue::Span(Duration::ZERO))
    });
    let Some(expected) = expected.filter(|_| !somebody_moves(script)) else { return };
    let help = "do = { disable = \"ann\" } makes a leaver";
    cannot_come_true(script, expected.line, "no user ever leaves", help, problems);
}

/// The verbs that leave it to cycles whether an account is active.
const LEAVE_ACTIVE: [&str; 18] = [
    "start",
    "restart",
    "stop",
    "hire",
    "update",
    "disable",
    "enable",
    "delete",
    "restore",
    "assign",
    "unassign",
    "set_scope",
    "create_group",
    "add_member",
    "remove_member",
    "provision_on_demand",
    "test_connection",
    "allow_deletes",
];

/// Warns of an account that is expected to be inactive where no cycle disables one.
fn nobody_is_disabled(script: &Script, problems: &mut Problems) {
    let setup = &script.setup;
    let by_cycle = setup.entra.schema.users.active().is_some() || !setup.entra.policy.soft_delete;
    let mut actions = script.steps.iter().flat_map(|step| &step.actions);
    let by_hand = actions.any(|it| !LEAVE_ACTIVE.contains(&it.action.verb()));
    let is_alone = setup.apps.is_empty() && setup.accounts.is_empty();
    if by_cycle || by_hand || !is_alone || setup.golinks.quirks.on().next().is_some() {
        return;
    }
    let of_active = |observed: &Observable| match observed {
        Observable::Account { path: Some(path), .. } => path.to_string() == "active",
        _ => false,
    };
    let expected = script.expectations().find(|expectation| {
        let met = |active| expectation.test.met(&ObservedValue::Bool(active));
        of_active(&expectation.observed) && met(false) && !met(true)
    });
    let Some(expected) = expected else { return };
    let why = "`active` is not mapped, so no cycle disables an account";
    let help = "map it below [entra.mappings.users], or change the account by hand: edit_account";
    cannot_come_true(script, expected.line, why, help, problems);
}

/// Whether an action may take somebody out of the scope of any application.
fn somebody_moves(script: &Script) -> bool {
    let apps = script.setup.apps.iter().map(|app| app.name.as_str());
    apps.chain([MAIN]).any(|app| does_to(script, app, &CHANGE_SCOPE))
}

/// Warns of what is expected before the first action and does not hold from the start: until then
/// no request is sent and nothing changes.
fn nothing_done_yet(script: &Script, problems: &mut Problems) {
    let at = |step: &&Step| match step.when {
        When::At(at) => Some(at),
        _ => None,
    };
    let acting = script.steps.iter().filter(|step| !step.actions.is_empty());
    let Some(first) = acting.filter_map(|step| at(&step)).min() else { return };
    let early = |step: &&Step| {
        at(step).is_some_and(|at| at + step.within.unwrap_or_default() < first)
            && !step.expect.is_empty()
    };
    let early: Vec<&Step> = script.steps.iter().filter(early).collect();
    if early.is_empty() || script.setup.population.count() > BUILT {
        return;
    }
    let play = Play::new(script.clone());
    for expected in early.iter().flat_map(|step| &step.expect) {
        if !play.judge(expected).met {
            let help = "the moments before it hold no action, not even \"start\"";
            cannot_come_true(
                script,
                expected.line,
                "nothing has been done by then",
                help,
                problems,
            );
        }
    }
}
