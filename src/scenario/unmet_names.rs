//! Warnings of people whom GoLinks' settings name and whom it never meets: roles, API tokens and
//! links go by userName, not by the names of the scenario.

use crate::base::{Problems, Span};
use crate::entra::tenant::{Attribute, Tenant};
use crate::world::WorkspaceId;

use super::Script;
use super::play;

/// The largest population that is built for this.
const BUILT: u64 = 5_000;

/// The verbs that make a user or an account.
const MAKERS: [&str; 4] = ["hire", "create_account", "edit_account", "update"];

/// Adds a warning for each name that no user signs in by and no account has.
pub fn warn(script: &Script, problems: &mut Problems) {
    let named = named(script);
    if named.is_empty() || script.setup.population.count() > BUILT {
        return;
    }
    let (world, _) = play::setup_world(script);
    let tenant = world.entra().tenant();
    let known = known(script, tenant);
    let makes = script.steps.iter().flat_map(|step| &step.actions);
    let makes = makes.map(|it| it.action.verb()).any(|verb| MAKERS.contains(&verb));
    for (setting, name) in named {
        let of_user = tenant.find_user(name);
        let of_group = tenant.find_group(name);
        let folded = name.to_lowercase();
        let met = known.iter().any(|it| *it == folded || it.split('@').next() == Some(&*folded));
        if met || (makes && of_user.is_none() && of_group.is_none()) {
            continue;
        }
        let help = match (of_user, of_group) {
            (Some(user), _) => {
                let user = tenant.user(user).sign_in_name().unwrap_or_default();
                let local = user.split('@').next().unwrap_or_default();
                format!("the user `{name}` signs in as {user}: write {local:?}")
            }
            (None, Some(_)) => {
                format!(
                    "`{name}` is a group; here each person is named, by userName or what stands before its `@`"
                )
            }
            (None, None) => {
                let locals = known.iter().filter_map(|it| it.split('@').next());
                match crate::base::diagnostic::nearest(name, locals) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => "a userName, or what stands before its `@`, such as \"ann.okafor\""
                        .to_owned(),
                }
            }
        };
        problems
            .warning(place(script, setting, name), format!("no account is ever called `{name}`"))
            .label(format!("`{setting}` goes by userName, which none of the people has"))
            .help(help);
    }
}

/// The names of people in the settings of all workspaces, each with its setting.
fn named(script: &Script) -> Vec<(&'static str, &str)> {
    let beside = script.setup.workspaces.len();
    let all = (0..=beside).map(|at| WorkspaceId(u16::try_from(at).unwrap_or(u16::MAX)));
    let mut names = Vec::new();
    for settings in all.map(|workspace| script.setup.settings_of(workspace)) {
        for (setting, list) in [
            ("admins", &settings.roles.admins),
            ("moderators", &settings.roles.moderators),
            ("limited_members", &settings.roles.limited_members),
            ("api_tokens", &settings.api_tokens),
        ] {
            names.extend(list.0.iter().map(|name| (setting, name.as_str())));
        }
        let owners = settings.links.0.iter().filter_map(|link| link.owner.as_deref());
        names.extend(owners.map(|owner| ("owner", owner)));
    }
    names
}

/// The names, in small letters, by which accounts may be called: those that people sign in by,
/// their mail addresses, and the userNames of accounts that are there from the start.
fn known(script: &Script, tenant: &Tenant) -> Vec<String> {
    let mut known = Vec::new();
    for (_, user) in tenant.users() {
        known.extend([user.sign_in_name(), user.get(Attribute::Mail)].into_iter().flatten());
    }
    let mut known: Vec<String> = known.into_iter().map(str::to_lowercase).collect();
    let accounts = script.setup.user_names().into_iter().flatten();
    known.extend(accounts.map(|(_, user_name)| user_name.to_lowercase()));
    known
}

/// The line of the file where a setting has a name; no place when it is not in this file.
fn place(script: &Script, setting: &str, name: &str) -> Span {
    let quoted = |line: &str| {
        ['"', '\''].iter().any(|quote| line.contains(&format!("{quote}{name}{quote}")))
    };
    let lines = script.source.text.lines().enumerate();
    let mut found = lines.filter(|(_, line)| line.contains(setting) && quoted(line));
    found.next().map(|(at, _)| script.source.line_span(at + 1)).unwrap_or_default()
}
