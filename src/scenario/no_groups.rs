//! Warnings about what is expected of groups where the job maps none: no action and no time brings
//! it about.

use crate::base::Problems;
use crate::entra::{self, AppId};
use crate::golinks::{Capability, GoLinks};
use crate::world::WorkspaceId;
use crate::world::applications::MAIN;

use super::doubts::{BUILT, cannot_come_true, does_to};
use super::expect::{Expectation, Observable};
use super::{Play, Script};

/// The verbs that may switch the mapping of groups on.
const MAY_SWITCH_ON: [&str; 4] = ["set", "save", "restore_default_mappings", "graph"];

/// An application whose job maps no groups.
struct App<'s> {
    id: AppId,
    name: &'s str,
    /// Whether its server has groups.
    has: bool,
}

/// Adds the warnings.
pub fn warn(script: &Script, problems: &mut Problems) {
    let setup = &script.setup;
    let app = |(nth, (name, workspace, settings)): (usize, (_, WorkspaceId, &entra::Settings))| {
        let server = GoLinks::new(setup.settings_of(workspace).clone(), script.start);
        let id = AppId(u16::try_from(nth).unwrap_or(u16::MAX));
        let app = App { id, name, has: server.can(Capability::Groups) };
        (!settings.schema.groups.enabled).then_some(app)
    };
    let beside = setup.apps.iter().map(|app| (&*app.name, app.workspace, &app.settings));
    let all = std::iter::once((MAIN, WorkspaceId::MAIN, &setup.entra)).chain(beside);
    let all: Vec<App<'_>> = all.enumerate().filter_map(app).collect();
    for app in all.iter().filter(|app| !does_to(script, app.name, &MAY_SWITCH_ON)) {
        not_mapped(script, app, problems);
    }
}

/// Warns of each expectation that a group of this application would have to meet, and that is not
/// met at the start already.
fn not_mapped(script: &Script, app: &App<'_>, problems: &mut Problems) {
    let of_group = |it: &&Expectation| {
        it.app.unwrap_or(AppId::MAIN) == app.id && is_of_group(script, &it.observed)
    };
    if script.setup.population.count() > BUILT || !script.expectations().any(|it| of_group(&it)) {
        return;
    }
    let play = Play::new(script.clone());
    for expected in script.expectations().filter(of_group).filter(|it| !play.judge(it).met) {
        let of = if app.name == MAIN { String::new() } else { format!(" of `{}`", app.name) };
        let why = format!("the job{of} maps no groups");
        let gives = match app.has {
            true => "",
            false => ", and golinks.profile = \"generic\" gives the mock GoLinks groups",
        };
        let help = format!("entra.mappings.template = \"scim\" maps them{gives}");
        cannot_come_true(script, expected.line, &why, &help, problems);
    }
}

/// Whether something is observed that a group has only where groups are provisioned.
fn is_of_group(script: &Script, observed: &Observable) -> bool {
    let population = &script.setup.population;
    let is_user = |name: &str| population.users.iter().any(|user| user.handle == name);
    let is_group = |name: &str| population.groups.iter().any(|group| group.handle == name);
    match observed {
        Observable::Group { .. } => true,
        Observable::LastLog { name, .. }
        | Observable::LastRequest { name, .. }
        | Observable::Link { name } => is_group(name) && !is_user(name),
        _ => false,
    }
}
