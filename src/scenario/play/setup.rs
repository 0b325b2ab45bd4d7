//! The setup of a play: a world as the script's tables describe it, at the script's start.

use crate::base::Moment;
use crate::entra::tenant::{self, Role, Tenant, UserKey};
use crate::entra::{AppId, Entra};
use crate::golinks::{self, GoLinks};
use crate::scenario::script::{Assigned, Assignee, InitialAccount, Script};
use crate::world::applications::{MAIN, seed_of};
use crate::world::{Bounds, Setup, World};

/// Builds the world of a script. Returns what could not be set up as well, each with its line and
/// the reason.
pub fn world(script: &Script, base_url: &str) -> (World, Vec<(usize, String)>) {
    let setup = &script.setup;
    let mut problems = Vec::new();
    let golinks = server(script, (MAIN, &setup.golinks), &setup.accounts, &mut problems);
    let settings = tenant::TenantSettings {
        domain: setup.population.settings.domain.as_str().into(),
        ..Default::default()
    };
    let tenant = setup.population.build(settings.clone(), script.seed).unwrap_or_else(|why| {
        problems.push((0, why));
        Tenant::new(settings, script.seed)
    });
    let mut world = World::new(Setup {
        seed: script.seed,
        start: script.start,
        entra: Entra::new(setup.entra.clone(), tenant),
        target: golinks.into(),
        faults: setup.faults.clone(),
        base_url: base_url.to_owned(),
        journal: Bounds::default(),
    });
    for workspace in &setup.workspaces {
        let named = (workspace.name.as_str(), &workspace.settings);
        let golinks = server(script, named, &workspace.accounts, &mut problems);
        world.add_workspace(&workspace.name, golinks, base_url);
    }
    for app in &setup.apps {
        let assign = |id, tenant: &mut Tenant| {
            for why in assign(&app.assigned, id, tenant) {
                problems.push((script.source.line(app.span), why));
            }
        };
        let settings = app.settings.clone();
        world.add_application(&app.name, &app.shown, settings, app.workspace, assign);
    }
    (world, problems)
}

/// A GoLinks with its initial accounts.
fn server(
    script: &Script,
    (name, settings): (&str, &golinks::Settings),
    accounts: &[InitialAccount],
    problems: &mut Vec<(usize, String)>,
) -> GoLinks {
    let mut golinks = GoLinks::new(settings.clone(), script.start);
    let mut events = Vec::new();
    let seed = seed_of(name, script.seed);
    let mut moment = Moment::new(script.start, seed, &mut events);
    for account in accounts {
        if let Err(error) = golinks.create_account(account.resource.clone(), &mut moment) {
            problems.push((
                script.source.line(account.span),
                format!("the account `{}` was refused: {}", account.name, error.detail),
            ));
        }
    }
    golinks
}

/// Assigns users and groups to an application, and returns why some cannot be.
fn assign(assigned: &Assigned, app: AppId, tenant: &mut Tenant) -> Vec<String> {
    let these = match assigned {
        Assigned::These(these) => these,
        Assigned::Everybody => {
            let users: Vec<UserKey> = tenant.users().map(|(user, _)| user).collect();
            for user in users {
                tenant.set_up_assignment(app, user, Some(Role::User));
            }
            return Vec::new();
        }
    };
    let mut one = |assignee: &Assignee| {
        let role = assignee.role.as_deref();
        let role = role.map_or(Role::User, |name| tenant.role_named(app, name));
        match assignee.group {
            true => {
                let group = tenant.group_named(&assignee.name)?;
                tenant.set_up_group_assignment(app, group, Some(role))
            }
            false => {
                let user = tenant.user_named(&assignee.name)?;
                tenant.set_up_assignment(app, user, Some(role));
                Ok(())
            }
        }
    };
    these.iter().filter_map(|assignee| one(assignee).err()).collect()
}
