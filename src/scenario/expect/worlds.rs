//! `worlds`: whether GoLinks holds what the tenant intends, but for the differences that are named.

use std::collections::BTreeSet;

use crate::world::World;
use crate::world::intent::{self, Difference, What};

use super::Found;

/// How many people are named when the worlds differ.
const NAMED: usize = 5;

/// Whether exactly those named differ.
pub fn agree(world: &World, differ: &[String]) -> bool {
    let differences = intent::compare(world);
    people(&differences) == differ.iter().map(String::as_str).collect::<Vec<_>>()
}

/// Whether exactly those named differ, and in words who else does.
pub fn judge(world: &World, differ: &[String]) -> Found {
    let differences = intent::compare(world);
    let people = people(&differences);
    let met = people == differ.iter().map(String::as_str).collect::<Vec<_>>();
    Found { met, actual: words(&differences, &people, differ) }
}

/// Who differs, sorted, each once.
fn people(differences: &[Difference]) -> Vec<&str> {
    let set: BTreeSet<&str> = differences.iter().map(|difference| &*difference.handle).collect();
    set.into_iter().collect()
}

fn words(differences: &[Difference], people: &[&str], expected: &[String]) -> String {
    let surprises: Vec<&str> = people.iter().copied().filter(|name| !expected.iter().any(|e| e == name)).collect();
    let silent: Vec<&str> =
        expected.iter().map(String::as_str).filter(|name| !people.contains(name)).take(NAMED).collect();
    match (surprises.is_empty(), silent.is_empty()) {
        (true, true) => "the worlds agree".to_owned(),
        (true, false) => format!("no difference in {}", silent.join(", ")),
        (false, _) => {
            let named: Vec<String> = surprises.iter().take(NAMED).map(|name| one(differences, name)).collect();
            let more = surprises.len().saturating_sub(NAMED);
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{} differ: {}{tail}", surprises.len(), named.join("; "))
        }
    }
}

fn one(differences: &[Difference], name: &str) -> String {
    let whats: Vec<String> = differences.iter().filter(|d| &*d.handle == name).take(3).map(|d| what(&d.what)).collect();
    format!("{name} {}", whats.join(", "))
}

fn what(what: &What) -> String {
    match what {
        What::Missing => "has no account".to_owned(),
        What::Inactive => "has an inactive account".to_owned(),
        What::Several(count) => format!("has {count} active accounts"),
        What::StillActive => "is out of scope and still active".to_owned(),
        What::StillExists => "is deleted for good and still has an account".to_owned(),
        What::Differs { attribute, want, have } => match have {
            Some(have) => format!("{attribute} is \"{have}\", not \"{want}\""),
            None => format!("{attribute} is missing, not \"{want}\""),
        },
    }
}
