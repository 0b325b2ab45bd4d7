//! The setup of a play: a world as the script's tables describe it, at the script's start.

use crate::base::Moment;
use crate::entra::Entra;
use crate::entra::tenant::{self, Tenant};
use crate::golinks::GoLinks;
use crate::scenario::script::Script;
use crate::world::{Bounds, Setup, World};

/// Builds the world of a script. Returns what could not be set up as well, each with its line and
/// the reason.
pub fn world(script: &Script, base_url: &str) -> (World, Vec<(usize, String)>) {
    let setup = &script.setup;
    let mut problems = Vec::new();
    let mut golinks = GoLinks::new(setup.golinks.clone(), script.start);
    let mut events = Vec::new();
    let mut moment = Moment::new(script.start, script.seed, &mut events);
    for account in &setup.accounts {
        if let Err(error) = golinks.create_account(account.resource.clone(), &mut moment) {
            problems.push((
                script.source.line(account.span),
                format!("the account `{}` was refused: {}", account.name, error.detail),
            ));
        }
    }
    let settings = tenant::TenantSettings {
        domain: setup.population.settings.domain.as_str().into(),
        ..Default::default()
    };
    let tenant = setup.population.build(settings.clone(), script.seed).unwrap_or_else(|why| {
        problems.push((0, why));
        Tenant::new(settings, script.seed)
    });
    let world = World::new(Setup {
        seed: script.seed,
        start: script.start,
        entra: Entra::new(setup.entra.clone(), tenant),
        target: golinks.into(),
        faults: setup.faults.clone(),
        base_url: base_url.to_owned(),
        journal: Bounds::default(),
    });
    (world, problems)
}
