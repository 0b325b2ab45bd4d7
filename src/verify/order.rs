//! In which order checks run: first those that decide whether others mean anything, then those that
//! may run at the same time, then those that must be alone at the server.

use std::collections::BTreeMap;

use super::check::Check;
use super::steadiness::{ALIVE, HANGS, STEADY, THROTTLES};
use super::{PLAINEST, checks};

/// Topics that come first: without an answer, a token and a search there is nothing to check.
const FIRST: [&str; 6] = ["cc", "wif", "net", "base", "probe", "auth"];

/// Checks on which most others rest; what they learn of the server, the others know.
const GATES: [&str; 5] = ["user.create", "user.fresh", "find.ignored", PLAINEST, "group.create"];

/// Checks that look at all there is, or at what happens when requests come at once. Beside others
/// they would see them.
const ALONE: [&str; 5] = ["page", "x.sort", "user.dup-race", "member.race", "find.last"];

/// Checks after which nothing of a topic can be judged, as nothing can be made to judge it by; and
/// the ids that can all the same.
const RESTS: [(&str, &[&str], &[&str]); 2] = [
    (
        "user.create",
        &["user", "find", "patch", "active", "mgr", "null", "role", "page", "member", "life"],
        &[
            "user.create-minimal",
            "user.get-unknown",
            "find.unsupported",
            "find.unquoted",
            "patch.missing",
            "page.end",
        ],
    ),
    ("group.create", &["group", "member"], &["group.find-none", "group.delete-unknown"]),
];

/// Checks that send nothing and look at what came of all others, so they come last. They tell of
/// the server as a whole.
const LOOK_BACK: [&str; 4] = [ALIVE, HANGS, STEADY, THROTTLES];

/// Whether a check looks at what came of all others.
pub(super) fn looks_back(check: &Check) -> bool {
    LOOK_BACK.contains(&check.id)
}

/// Whether a check is run whatever is asked for: without it the others mean nothing.
pub(super) fn is_always_run(check: &Check) -> bool {
    check.ends_all || (looks_back(check) && check.id != THROTTLES)
}

/// A part of the order.
#[derive(Debug)]
pub(super) enum Stage {
    /// One check, alone.
    Alone(usize),
    /// Checks that may run at the same time; none has another of them as its possible cause.
    SideBySide(Vec<usize>),
}

/// All checks, by their numbers in the table.
pub(super) fn stages() -> Vec<Stage> {
    let all: Vec<&Check> = checks::all().collect();
    let first = |check: &Check| {
        !looks_back(check) && (FIRST.contains(&check.topic()) || GATES.contains(&check.id))
    };
    let alone = |check: &Check| ALONE.contains(&check.topic()) || ALONE.contains(&check.id);
    let numbers = |wanted: &dyn Fn(&Check) -> bool| -> Vec<usize> {
        (0..all.len()).filter(|nth| wanted(all[*nth])).collect()
    };
    let mut stages: Vec<Stage> = numbers(&first).into_iter().map(Stage::Alone).collect();
    let mut waiting = numbers(&|check| !first(check) && !alone(check) && !looks_back(check));
    while !waiting.is_empty() {
        let waits = |nth: &usize| {
            let causes = all[*nth].after;
            waiting.iter().any(|other| causes.contains(&all[*other].id))
        };
        // A check stands behind its causes in the table, so each turn takes at least one.
        let (later, now): (Vec<usize>, Vec<usize>) = waiting.iter().partition(|nth| waits(nth));
        stages.push(Stage::SideBySide(now));
        waiting = later;
    }
    stages.extend(numbers(&|check| !first(check) && alone(check)).into_iter().map(Stage::Alone));
    stages.extend(numbers(&looks_back).into_iter().map(Stage::Alone));
    stages
}

/// The failed check that is the cause of what this one would find, so that it need not run; each
/// failed one comes with its own cause, which is itself for most.
pub(super) fn cause(
    check: &Check,
    failed: &BTreeMap<&'static str, &'static str>,
) -> Option<&'static str> {
    let named = check.after.iter().copied();
    let rests = RESTS.iter().filter(|(cause, topics, but)| {
        topics.contains(&check.topic()) && *cause != check.id && !but.contains(&check.id)
    });
    rests.map(|(cause, ..)| *cause).chain(named).find_map(|cause| failed.get(cause).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_runs_once_and_after_what_may_be_its_cause() {
        let all: Vec<&Check> = checks::all().collect();
        let mut run: Vec<usize> = Vec::new();
        for stage in stages() {
            let now = match stage {
                Stage::Alone(nth) => vec![nth],
                Stage::SideBySide(many) => many,
            };
            for nth in &now {
                let causes = all[*nth].after.iter();
                let all_run = |id: &str| run.iter().any(|done| all[*done].id == id);
                assert!(causes.clone().all(|id| all_run(id)), "{}", all[*nth].id);
            }
            run.extend(now);
        }
        run.sort_unstable();
        assert_eq!(run, (0..all.len()).collect::<Vec<_>>());
    }

    #[test]
    fn all_names_are_those_of_checks() {
        let known =
            |name: &str| checks::all().any(|check| check.id == name || check.topic() == name);
        let rests = RESTS.iter().flat_map(|(cause, topics, but)| {
            std::iter::once(cause).chain(topics.iter()).chain(but.iter())
        });
        for name in FIRST.iter().chain(&GATES).chain(&ALONE).chain(rests) {
            assert!(known(name), "{name}");
        }
    }

    #[test]
    fn a_cause_is_named_for_all_that_rests_on_it() {
        let check = |id| checks::named(id).expect("a check");
        let failed = |pairs: &[(&'static str, &'static str)]| pairs.iter().copied().collect();
        let create = failed(&[("user.create", "user.create")]);
        assert_eq!(cause(check("find.case"), &create), Some("user.create"));
        assert_eq!(cause(check("user.create-minimal"), &create), None);
        assert_eq!(cause(check("user.create"), &create), None);
        let text = failed(&[("active.text", "active.text")]);
        assert_eq!(cause(check("active.real"), &text), Some("active.text"));
        let echo = failed(&[("user.echo", "user.echo"), ("life.create", "user.echo")]);
        assert_eq!(cause(check("life.update"), &echo), Some("user.echo"));
    }
}
