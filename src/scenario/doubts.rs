//! Warnings about a script that its author probably did not intend: provisioning is never started,
//! no user is in scope, an expectation cannot come true.

use crate::base::Problems;
use crate::world::intent;

use super::Script;
use super::expect::Observable;
use super::play;

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
        let span = script.source.line_span(expected.line);
        problems
            .warning(span, "no mail is ever sent")
            .label("this cannot come true")
            .help("[entra] notify = \"it@contoso.example\" says where mails go");
    }
}
