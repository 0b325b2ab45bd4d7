//! What must hold at each request of a life, for each user and each group, whatever happens in it.
//!
//! The journal of the run is read record by record. What the directory said at each instant comes
//! from a replay of the script apart from the provisioning service ([`History`]), so a service that
//! is wrong about the directory, its pace or its quarantine is found.

mod accounts;
mod multiplied;
mod pace;
mod quarantine;
mod runs;
#[cfg(test)]
mod tests;
mod writes;

use super::checks::LifeCheck;
use super::finding::Finding;
use super::history::History;
use crate::scenario::Play;
use crate::world::record::RecordedRequest;
use crate::world::{AppView, Origin, Party, Record, RecordedEvent};
use runs::Runs;

/// What did not hold; empty when all did.
pub fn broken(play: &Play) -> Vec<Finding> {
    of_run(play, &History::of(play.script()))
}

/// The same, by the directory of a history.
fn of_run(play: &Play, history: &History) -> Vec<Finding> {
    // An account of a stranger counts beside the people.
    let strangers = accounts::of_strangers(play).count();
    let of = |world: AppView<'_>| {
        let runs = Runs::of(world, history);
        let mut found = Vec::new();
        if world.target().account_count() > world.entra().tenant().user_count() + strangers {
            let what = "more accounts than there ever were people".to_owned();
            found.push(Finding::of_run(LifeCheck::AccountsTooMany, what));
        }
        found.extend(accounts::broken(world));
        found.extend(multiplied::broken(world));
        found.extend(writes::broken(world, &runs));
        found.extend(pace::broken(world, &runs));
        found.extend(quarantine::broken(world, &runs));
        found
    };
    play.world().views().flat_map(of).chain(accounts::taken_over(play)).collect()
}

/// What the journal has of one application.
fn records<'w>(world: AppView<'w>) -> impl Iterator<Item = Record<'w>> {
    let party = Party::App(world.app());
    world.journal().records().filter(move |record| record.party == party)
}

/// The request that a record is, if the service sent it.
fn sent<'w>(record: &Record<'w>) -> Option<RecordedRequest<'w>> {
    match record.event {
        RecordedEvent::Request(request) if matches!(request.origin, Origin::Engine(_)) => {
            Some(request)
        }
        _ => None,
    }
}

/// The id of the resource that a request writes, as its path has it.
fn id_in<'t>(target: &'t str, endpoint: &str) -> Option<&'t str> {
    let (_, after) = target.split_once(endpoint)?;
    after.strip_prefix('/')?.split(['?', '/']).next().filter(|id| !id.is_empty())
}
