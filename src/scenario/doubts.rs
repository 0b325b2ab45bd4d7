//! Warnings about a script that its author probably did not intend: provisioning is never started,
//! no user is in scope, an expectation cannot come true.

use std::time::Duration;

use crate::base::Problems;
use crate::world::intent;

use super::expect::{Observable, ObservedValue};
use super::play;
use super::script::{Step, When};
use super::{Play, Script};

/// The largest population that is built to find out whether any user is in scope.
const BUILT: u64 = 5_000;

/// The verbs that may change which users are in scope.
const CHANGE_SCOPE: [&str; 17] = [
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
    "restore_default_mappings",
    "disable",
    "delete",
];

/// Adds the warnings about a script.
pub fn warn(script: &Script, problems: &mut Problems) {
    never_started(script, problems);
    nobody_in_scope(script, problems);
    no_mail(script, problems);
    nobody_leaves(script, problems);
    nothing_done_yet(script, problems);
}

/// Adds the warning that an expectation cannot come true.
fn cannot_come_true(script: &Script, line: usize, why: &str, help: &str, problems: &mut Problems) {
    let span = script.source.line_span(line);
    problems.warning(span, why).label("this cannot come true").help(help);
}

fn does(script: &Script, verbs: &[&str]) -> bool {
    let actions = script.steps.iter().flat_map(|step| &step.actions);
    actions.map(|it| it.action.verb()).any(|verb| verbs.contains(&verb))
}

fn never_started(script: &Script, problems: &mut Problems) {
    let expects = script.expectations().next().is_some();
    if expects && !does(script, &["start", "restart"]) {
        problems
            .warning(Default::default(), "provisioning is never started")
            .help("without [[at]] time = \"0d\", do = \"start\" no cycle ever runs");
    }
}

fn nobody_in_scope(script: &Script, problems: &mut Problems) {
    let population = &script.setup.population;
    let started = does(script, &["start", "restart"]);
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
    });
    let Some(expected) = expected else { return };
    if script.setup.entra.notify.is_none() && !does(script, &["set"]) {
        let help = "[entra] notify = \"it@contoso.example\" says where mails go";
        cannot_come_true(script, expected.line, "no mail is ever sent", help, problems);
    }
}

/// Warns when an exposure is expected and no action takes anybody out of scope.
fn nobody_leaves(script: &Script, problems: &mut Problems) {
    let expected = script.expectations().find(|expectation| {
        matches!(&expectation.observed, Observable::Named(row) if row.path.starts_with("exposure."))
            && !expectation.test.met(&ObservedValue::Span(Duration::ZERO))
    });
    let Some(expected) = expected.filter(|_| !does(script, &CHANGE_SCOPE)) else { return };
    let help = "do = { disable = \"ann\" } makes a leaver";
    cannot_come_true(script, expected.line, "no user ever leaves", help, problems);
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
