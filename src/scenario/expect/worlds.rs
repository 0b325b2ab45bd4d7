//! `worlds`: whether GoLinks holds what the tenant intends, except for the users and groups that
//! are named.

use std::collections::BTreeMap;

use crate::entra::job::Subject;
use crate::entra::tenant::UserKey;
use crate::world::AppView;
use crate::world::intent::{self, GroupMismatch, Mismatch};

use super::{Judgement, ObservedValue, Test};

/// How many users and groups are named when the worlds differ.
const NAMED: usize = 5;

/// Whether exactly the users and groups in `differ` differ; starts where an earlier comparison
/// stopped.
///
/// A comparison stops at the first one that is not as expected, so the next call reads only that
/// one as long as nothing has changed. A comparison that reaches the end starts again from the
/// first user, so the result holds for this instant.
pub fn agree(worlds: &[AppView<'_>], differ: &[String], stopped: &mut Subject) -> bool {
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

/// The user at which a comparison begins; the groups come after the users.
pub const FIRST: Subject = Subject::User(UserKey(0));

/// The first user or group, from `from` on, that differs unexpectedly, or does not differ although
/// expected.
fn surprise(worlds: &[AppView<'_>], differ: &[String], from: Subject) -> Option<Subject> {
    let tenant = worlds.first()?.entra().tenant();
    let (users, groups) = match from {
        Subject::User(user) => (user.index(), 0),
        Subject::Group(group) => (tenant.user_count(), group.index()),
    };
    let users = tenant.users().skip(users).map(|(user, _)| Subject::User(user));
    let groups = tenant.groups().skip(groups).map(|(group, _)| Subject::Group(group));
    users.chain(groups).find(|subject| is_surprise(worlds, differ, *subject))
}

fn is_surprise(worlds: &[AppView<'_>], differ: &[String], subject: Subject) -> bool {
    let Some(tenant) = worlds.first().map(|world| world.entra().tenant()) else { return false };
    let handle = match subject {
        Subject::User(user) => tenant.user(user).handle(),
        Subject::Group(group) => tenant.group(group).handle(),
    };
    let differs = |subject| worlds.iter().any(|world| differs(*world, subject));
    // A name stands for a user and a group alike.
    let by_either = || {
        let user = tenant.find_user(handle).map(Subject::User);
        let group = tenant.find_group(handle).map(Subject::Group);
        user.into_iter().chain(group).any(differs)
    };
    let expected = !differ.is_empty() && differ.iter().any(|name| **name == **handle);
    if expected { !by_either() } else { differs(subject) }
}

fn differs(world: AppView<'_>, subject: Subject) -> bool {
    match subject {
        Subject::User(user) => !intent::of(world, user).is_empty(),
        Subject::Group(group) => !intent::of_group(world, group).is_empty(),
    }
}

/// Judges whether exactly the users and groups in `differ` differ, and says in words what is
/// unexpected.
pub fn judge(worlds: &[AppView<'_>], differ: &[String]) -> Judgement {
    let found = differences(worlds);
    let met = found.keys().eq(differ.iter());
    Judgement { met, actual: words(&found, differ), seen: None }
}

/// Judges how many users and groups differ, and says in words which do.
pub fn judge_count(worlds: &[AppView<'_>], test: &Test) -> Judgement {
    let found = differences(worlds);
    let count = ObservedValue::count(found.len() as u64);
    Judgement { met: test.met(&count), actual: words(&found, &[]), seen: Some(count) }
}

/// The names of the users and groups that differ, each with what differs in words, and with the
/// application that sees it where several are compared.
pub fn differences(worlds: &[AppView<'_>]) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for world in worlds {
        let seen = |what: String| match worlds.len() {
            0 | 1 => what,
            _ => format!("{what} ({})", world.app_name()),
        };
        for difference in intent::compare(*world) {
            let what = seen(of_user(&difference.what));
            found.entry(difference.handle.to_string()).or_default().push(what);
        }
        for difference in intent::compare_groups(*world) {
            let what = seen(of_group(&difference.what));
            found.entry(difference.handle.to_string()).or_default().push(what);
        }
    }
    found
}

fn words(found: &BTreeMap<String, Vec<String>>, expected: &[String]) -> String {
    let surprises: Vec<(&String, &Vec<String>)> =
        found.iter().filter(|(name, _)| !expected.contains(name)).collect();
    let silent = expected.iter().filter(|name| !found.contains_key(*name)).take(NAMED);
    let silent: Vec<&str> = silent.map(String::as_str).collect();
    match (surprises.is_empty(), silent.is_empty()) {
        (true, true) => "the worlds agree".to_owned(),
        (true, false) => format!("no difference in {}", silent.join(", ")),
        (false, _) => {
            let one = |(name, whats): &(&String, &Vec<String>)| {
                let whats: Vec<&str> = whats.iter().take(3).map(String::as_str).collect();
                format!("{name} {}", whats.join(", "))
            };
            let named: Vec<String> = surprises.iter().take(NAMED).map(one).collect();
            let more = surprises.len().saturating_sub(NAMED);
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            let differ = match found.len() {
                1 => "1 differs".to_owned(),
                many => format!("{many} differ"),
            };
            let beside = match found.len() == surprises.len() {
                true => String::new(),
                false => format!(", {} more than expected", surprises.len()),
            };
            format!("{differ}{beside}: {}{tail}", named.join("; "))
        }
    }
}

fn of_user(what: &Mismatch) -> String {
    match what {
        Mismatch::Missing => "has no account".to_owned(),
        Mismatch::Inactive => "has an inactive account".to_owned(),
        Mismatch::Several(count) => format!("has {count} active accounts"),
        Mismatch::StillActive { has_left: true } => {
            "is blocked or deleted and still active".to_owned()
        }
        Mismatch::StillActive { has_left: false } => "is out of scope and still active".to_owned(),
        Mismatch::StillExists => "is deleted for good and still has an account".to_owned(),
        Mismatch::Differs { attribute, want, have } => match have {
            Some(have) => format!("{attribute} is \"{have}\", not \"{want}\""),
            None => format!("{attribute} is missing, not \"{want}\""),
        },
    }
}

fn of_group(what: &GroupMismatch) -> String {
    match what {
        GroupMismatch::Missing => "is missing as a group".to_owned(),
        GroupMismatch::Several(count) => format!("is there {count} times as a group"),
        GroupMismatch::StillExists => "is out of scope and still there as a group".to_owned(),
        GroupMismatch::Differs { .. } | GroupMismatch::Lacks(_) | GroupMismatch::Holds(_) => {
            what.to_string()
        }
    }
}
