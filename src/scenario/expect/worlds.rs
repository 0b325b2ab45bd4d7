//! `worlds`: whether GoLinks holds what the tenant intends, except for the users who are named.

use std::collections::BTreeSet;

use crate::entra::tenant::UserKey;
use crate::world::World;
use crate::world::intent::{self, Difference, Mismatch};

use super::Judgement;

/// How many people are named when the worlds differ.
const NAMED: usize = 5;

/// Whether exactly the users in `differ` differ; starts where an earlier comparison stopped.
///
/// A comparison stops at the first user who is not as expected, so the next call reads only that
/// user as long as nothing has changed. A comparison that reaches the end starts again from the
/// first user, so the result holds for this instant.
pub fn agree(world: &World, differ: &[String], stopped: &mut UserKey) -> bool {
    if *stopped != FIRST
        && let Some(surprise) = surprise(world, differ, *stopped)
    {
        *stopped = surprise;
        return false;
    }
    let found = surprise(world, differ, FIRST);
    *stopped = found.unwrap_or(FIRST);
    found.is_none()
}

/// The user at which a comparison begins.
pub const FIRST: UserKey = UserKey(0);

/// The first user, from `from` on, who differs unexpectedly, or does not differ although expected.
fn surprise(world: &World, differ: &[String], from: UserKey) -> Option<UserKey> {
    let tenant = world.entra().tenant();
    let last = u32::try_from(tenant.user_count()).unwrap_or(u32::MAX);
    (from.0..last).map(UserKey).find(|user| {
        let expected =
            !differ.is_empty() && differ.iter().any(|name| **name == **tenant.user(*user).handle());
        intent::of(world, *user).is_empty() == expected
    })
}

/// Judges whether exactly the users in `differ` differ, and says in words what is unexpected.
pub fn judge(world: &World, differ: &[String]) -> Judgement {
    let differences = intent::compare(world);
    let people = people(&differences);
    let met = people == differ.iter().map(String::as_str).collect::<Vec<_>>();
    Judgement { met, actual: words(&differences, &people, differ) }
}

/// The handles of the users who differ, sorted, each once.
fn people(differences: &[Difference]) -> Vec<&str> {
    let set: BTreeSet<&str> = differences.iter().map(|difference| &*difference.handle).collect();
    set.into_iter().collect()
}

fn words(differences: &[Difference], people: &[&str], expected: &[String]) -> String {
    let surprises: Vec<&str> =
        people.iter().copied().filter(|name| !expected.iter().any(|e| e == name)).collect();
    let silent: Vec<&str> = expected
        .iter()
        .map(String::as_str)
        .filter(|name| !people.contains(name))
        .take(NAMED)
        .collect();
    match (surprises.is_empty(), silent.is_empty()) {
        (true, true) => "the worlds agree".to_owned(),
        (true, false) => format!("no difference in {}", silent.join(", ")),
        (false, _) => {
            let named: Vec<String> =
                surprises.iter().take(NAMED).map(|name| one(differences, name)).collect();
            let more = surprises.len().saturating_sub(NAMED);
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{} differ: {}{tail}", surprises.len(), named.join("; "))
        }
    }
}

fn one(differences: &[Difference], name: &str) -> String {
    let whats: Vec<String> =
        differences.iter().filter(|d| &*d.handle == name).take(3).map(|d| what(&d.what)).collect();
    format!("{name} {}", whats.join(", "))
}

fn what(what: &Mismatch) -> String {
    match what {
        Mismatch::Missing => "has no account".to_owned(),
        Mismatch::Inactive => "has an inactive account".to_owned(),
        Mismatch::Several(count) => format!("has {count} active accounts"),
        Mismatch::StillActive { has_left: true } => "has left and is still active".to_owned(),
        Mismatch::StillActive { has_left: false } => "is out of scope and still active".to_owned(),
        Mismatch::StillExists => "is deleted for good and still has an account".to_owned(),
        Mismatch::Differs { attribute, want, have } => match have {
            Some(have) => format!("{attribute} is \"{have}\", not \"{want}\""),
            None => format!("{attribute} is missing, not \"{want}\""),
        },
    }
}
