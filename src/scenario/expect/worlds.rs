//! `worlds`: whether GoLinks holds what the tenant intends, except for the users who are named.

use std::collections::BTreeSet;

use crate::entra::tenant::UserKey;
use crate::world::AppView;
use crate::world::intent::{self, Difference, Mismatch};

use super::Judgement;

/// How many people are named when the worlds differ.
const NAMED: usize = 5;

/// Whether exactly the users in `differ` differ; starts where an earlier comparison stopped.
///
/// A comparison stops at the first user who is not as expected, so the next call reads only that
/// user as long as nothing has changed. A comparison that reaches the end starts again from the
/// first user, so the result holds for this instant.
pub fn agree(worlds: &[AppView<'_>], differ: &[String], stopped: &mut UserKey) -> bool {
    if *stopped != FIRST
        && let Some(surprise) = surprise(worlds, differ, *stopped)
    {
        *stopped = surprise;
        return false;
    }
    let found = surprise(worlds, differ, FIRST);
    *stopped = found.unwrap_or(FIRST);
    found.is_none()
}

/// The user at which a comparison begins.
pub const FIRST: UserKey = UserKey(0);

/// The first user, from `from` on, who differs unexpectedly, or does not differ although expected.
fn surprise(worlds: &[AppView<'_>], differ: &[String], from: UserKey) -> Option<UserKey> {
    let tenant = worlds.first()?.entra().tenant();
    let last = u32::try_from(tenant.user_count()).unwrap_or(u32::MAX);
    (from.0..last).map(UserKey).find(|user| {
        let expected =
            !differ.is_empty() && differ.iter().any(|name| **name == **tenant.user(*user).handle());
        worlds.iter().all(|world| intent::of(*world, *user).is_empty()) == expected
    })
}

/// Judges whether exactly the users in `differ` differ, and says in words what is unexpected.
pub fn judge(worlds: &[AppView<'_>], differ: &[String]) -> Judgement {
    let several = worlds.len() > 1;
    let of = |world: &AppView<'_>| {
        let found = intent::compare(*world).into_iter();
        let app = several.then(|| world.app_name().to_owned());
        found.map(move |difference| Found { difference, app: app.clone() }).collect::<Vec<_>>()
    };
    let differences: Vec<Found> = worlds.iter().flat_map(of).collect();
    let people = people(&differences);
    let met = people == differ.iter().map(String::as_str).collect::<Vec<_>>();
    Judgement { met, actual: words(&differences, &people, differ) }
}

/// A difference, with the application that sees it where several are compared.
struct Found {
    difference: Difference,
    app: Option<String>,
}

/// The handles of the users who differ, sorted, each once.
fn people(differences: &[Found]) -> Vec<&str> {
    let set: BTreeSet<&str> = differences.iter().map(|found| &*found.difference.handle).collect();
    set.into_iter().collect()
}

fn words(differences: &[Found], people: &[&str], expected: &[String]) -> String {
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

fn one(differences: &[Found], name: &str) -> String {
    let of_name = differences.iter().filter(|found| &*found.difference.handle == name);
    let whats: Vec<String> =
        of_name.take(3).map(|found| seen_by(found, what(&found.difference.what))).collect();
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

fn seen_by(found: &Found, what: String) -> String {
    match &found.app {
        Some(app) => format!("{what} ({app})"),
        None => what,
    }
}
