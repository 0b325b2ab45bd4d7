//! Explanations: how an expression gets its value, which clause of a filter fails, why a user has
//! an account or has none, and what each word of a scenario means ([`topics`]).
//!
//! The functions here read a world and return lines; the command line prints them.

#[cfg(test)]
mod cause_tests;
#[cfg(test)]
mod coming_tests;
mod drafted;
mod expression;
mod graph;
mod group;
mod keys;
pub mod lookup;
mod mappings;
#[cfg(test)]
mod name_tests;
mod next;
mod ondemand;
mod portal;
pub mod properties;
mod scope;
#[cfg(test)]
mod tests;
pub mod topics;
mod user;
mod vendor;
pub(super) mod words;

pub use drafted::drafted_on_demand;
pub use expression::{expression, unread};
pub use group::group;
pub use mappings::mappings;
pub use ondemand::{on_demand_action, on_demand_card, ondemand};
pub use scope::scope;
pub use user::{sign_in, user};

use super::layout::{Line, Tone, day_and_time};

use crate::base::diagnostic::did_you_mean_of;
use crate::base::time::{show_duration, write_duration};
use crate::entra::expression::AppRole;
use crate::entra::field::{ImportedUser, ObjectKind};
use crate::entra::job::Subject;
use crate::entra::tenant::{GroupKey, UserKey};
use crate::scenario::script::{Script, When};
use crate::world::AppView;
use crate::world::actions::Name;
use crate::world::status::Coming;

/// Finds a user by the name in the scenario, by the userPrincipalName, or by a displayName of one
/// user alone.
///
/// # Errors
/// A sentence with the nearest name.
pub fn find_user<'w>(world: impl Into<AppView<'w>>, name: &str) -> Result<UserKey, String> {
    let world = world.into();
    let tenant = world.entra().tenant();
    let found = tenant.find_user(name).or_else(|| tenant.find_upn(name));
    found.or_else(|| tenant.find_displayed(name)).ok_or_else(|| {
        let users = tenant.users().take(1_000).map(|(_, user)| &**user.handle());
        let groups = tenant.groups().take(1_000).map(|(_, group)| &**group.handle());
        let names: Vec<&str> = users.chain(groups).collect();
        let none = "it has no user and no group";
        not_called(&format!("nobody in the directory is called `{name}`"), name, &names, none)
    })
}

/// When the script first makes a user or a group of this name, in words such as `zoe is hired at
/// 2h`; `None` when it makes none at a time that is known.
pub fn made_later(script: &Script, name: &str) -> Option<String> {
    script.steps.iter().find_map(|step| {
        let made = step.actions.iter().find_map(|it| {
            it.action.names().into_iter().find_map(|made| match made {
                Name::NewUser(new) if new == name => Some("hired"),
                Name::NewGroup(new) if new == name => Some("created"),
                _ => None,
            })
        })?;
        Some(match &step.when {
            When::At(at) => {
                format!("{name} is {made} at {}", write_duration(at.since(script.start)))
            }
            _ => format!("{name} is {made} in the course of the story"),
        })
    })
}

/// Finds a group by the name in the scenario.
///
/// # Errors
/// A sentence with the nearest name.
pub fn find_group(world: AppView<'_>, name: &str) -> Result<GroupKey, String> {
    let tenant = world.entra().tenant();
    tenant.find_group(name).ok_or_else(|| {
        let names: Vec<&str> =
            tenant.groups().take(1_000).map(|(_, group)| &**group.handle()).collect();
        let said = format!("no group in the directory is called `{name}`");
        not_called(&said, name, &names, "it has no group")
    })
}

/// A sentence about a name that leads nowhere, with the nearest one, or those that there are.
fn not_called(said: &str, name: &str, names: &[&str], none: &str) -> String {
    match did_you_mean_of(name, names.iter().copied().take(50), "") {
        help if help.is_empty() => format!("{said}: {none}"),
        help => format!("{said}: {help}"),
    }
}

/// The last row of the provisioning log about a user or a group, and what there is to add to it.
/// What the log shows ends with its retention, and what is remembered with its capacity.
fn last_row(world: AppView<'_>, subject: Subject, more: Option<String>) -> String {
    let job = world.entra().job();
    let Some(row) = job.log().last_of(subject) else {
        return match job.log().count() > job.log().rows().len() as u64 {
            true => "Last: no row that the provisioning log still has.".to_owned(),
            false => "Last: no row of the provisioning log.".to_owned(),
        };
    };
    let (text, at) = (world.entra().line(row), day_and_time(world.start(), row.at));
    let retention = job.settings().policy.log_retention;
    let gone = match row.at < world.now().before(retention) {
        true => {
            format!(" The log shows it no more: rows are kept for {}.", show_duration(retention))
        }
        false => String::new(),
    };
    let more = more.map(|more| format!(" {more}")).unwrap_or_default();
    format!("Last: {at}, {}: {text}.{more}{gone}", row.run.words())
}

/// A user as an expression sees it now, with these app roles and without a manager.
fn person<'a>(world: AppView<'a>, user: UserKey, roles: &'a [AppRole]) -> ImportedUser<'a> {
    let entra = world.entra();
    ImportedUser {
        user: entra.tenant().user(user),
        soft_deleted: !entra.scoping(user).in_scope(),
        manager: None,
        roles,
    }
}

/// The other application whose job is linked with an account or a group of the same server.
fn linked_by<'w>(world: AppView<'w>, id: &str) -> Option<&'w str> {
    let links = |app: &AppView<'_>| {
        let (job, kinds) = (app.entra().job(), [ObjectKind::User, ObjectKind::Group]);
        kinds.iter().any(|kind| job.links().subject_of(*kind, id).is_some())
    };
    world.beside().find(links).map(AppView::app_name)
}

/// That another application's job is linked with an account or a group, or `none` where none is.
fn linked_beside(world: AppView<'_>, id: &str, none: &str) -> String {
    match linked_by(world, id) {
        Some(other) => format!("linked by the application {other}"),
        None => none.to_owned(),
    }
}

/// What is wrong, in a few words each: the first few, and how many more.
fn wrongs(wrong: &[impl std::fmt::Display]) -> String {
    const NAMED: usize = 3;
    let told: Vec<String> = wrong.iter().take(NAMED).map(ToString::to_string).collect();
    match wrong.len().saturating_sub(NAMED) {
        0 => told.join("; "),
        more => format!("{}; and {more} more", told.join("; ")),
    }
}

/// How it is said of a user or a group that nothing about it is wrong.
const RIGHT: &str = ", which is as it should be.";

/// What is wrong about a user or a group, and whether a cycle is coming that sees to it.
fn not_right(
    world: AppView<'_>,
    subject: impl Into<Subject>,
    wrong: &[impl std::fmt::Display],
) -> (Tone, String) {
    let (tone, not) = match Coming::of(world).when(subject) {
        Some(_) => (Tone::Warn, "not yet"),
        None => (Tone::Bad, "not"),
    };
    (tone, format!(", which is {not} as it should be: {}.", wrongs(wrong)))
}

/// A line with ✓ or ✗ before the text.
fn marked(holds: bool, indent: usize, text: String) -> Line {
    let (tone, mark) = if holds { (Tone::Good, "✓") } else { (Tone::Bad, "✗") };
    Line(vec![
        (Tone::Plain, " ".repeat(indent)),
        (tone, mark.to_owned()),
        (Tone::Plain, format!(" {text}")),
    ])
}

fn plain(text: impl Into<String>) -> Line {
    Line(vec![(Tone::Plain, text.into())])
}

fn faint(text: impl Into<String>) -> Line {
    Line(vec![(Tone::Faint, text.into())])
}

fn strong(text: impl Into<String>) -> Line {
    Line(vec![(Tone::Strong, text.into())])
}
