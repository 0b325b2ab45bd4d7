//! What a job can do with a server, in plain words: each check that tells of it stands under its
//! line, so that no line is true beside a failure that says otherwise.

use std::cmp::Reverse;

use super::check::{Check, Severity};
use super::finding::Outcome;
use super::report::{Checked, Report};
use super::steadiness::STEADY;

/// What a job must be able to do, and the checks and topics that tell; a check counts from the
/// severity [`Severity::Fail`] upward. Each such check stands under one line at least.
const ABILITIES: [(&str, &[&str]); 10] = [
    (
        "the server can be reached, and says who is there",
        &["net", "base", "probe.user", "find.userName", "find.shape", "find.total", "find.last"],
    ),
    ("whoever has the token is let in, and nobody else", &["auth.missing", "auth.wrong", "cc"]),
    (
        "every user is created",
        &[
            "user.create",
            "user.create-minimal",
            "user.create-roles-text",
            "user.create-dangling-manager",
            "user.create-nulls",
            "user.create-schemas",
            "user.create-unknown",
            "user.create-case",
            "user.shared-email",
            "user.shape",
            "find.case",
            "find.special",
            "find.quote",
            "life.create",
            "life.ondemand",
        ],
    ),
    (
        "every change arrives",
        &[
            "patch",
            "mgr",
            "role",
            "user.get",
            "user.get-unknown",
            "user.fresh",
            "find.and",
            "life.update",
            "life.rename",
            "life.manager",
            "life.adopt",
            "life.gone",
            "life.converge",
        ],
    ),
    (
        "every leaver loses access",
        &["active", "user.delete", "life.disable", "life.leaver", "life.delete", "life.converge"],
    ),
    (
        "users who return have access again",
        &[
            "active.on",
            "active.groups",
            "user.recreate",
            "find.disabled",
            "member.of-disabled",
            "life.return",
            "life.restore",
        ],
    ),
    (
        "nobody gets a second account",
        &[
            "find.case",
            "find.externalId",
            "find.email",
            "find.ignored",
            "find.special",
            "find.quote",
            "find.disabled",
            "find.last",
            "user.dup",
            "user.dup-case",
            "user.dup-race",
            "patch.userName-taken",
            "life.adopt",
            "life.rename",
            "life.lost-answer",
        ],
    ),
    (
        "groups and their members are kept",
        &[
            "group",
            "member",
            "probe.group",
            "life.group-create",
            "life.group-update",
            "life.group-add",
            "life.group-remove",
            "life.group-delete",
            "life.group-ondemand",
            "life.group-restore",
        ],
    ),
    (
        "nothing is written again and again",
        &[
            "user.echo",
            "group.echo",
            "patch.externalId",
            "active.real",
            "active.twice",
            "mgr.shape",
            "life.quiet",
        ],
    ),
    (
        "discovery, paging and empty values are as the gallery wants them",
        &["disc", "auth.discovery", "page", "null"],
    ),
];

/// Something that a job must be able to do with a server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ability {
    /// What it is, as a sentence that is true when it can.
    pub words: &'static str,
    /// Whether it can.
    pub can: Can,
}

/// Whether a job can do something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Can {
    /// It can.
    Yes,
    /// Not always; the failed checks that say so, gravest first.
    No(Vec<&'static str>),
    /// It is not known; the reason.
    Unclear(String),
}

/// Whether a check tells of an ability with these names.
fn tells(check: &Check, names: &[&str]) -> bool {
    let is_named = names.contains(&check.id) || names.contains(&check.topic());
    is_named && check.gravest() >= Severity::Fail
}

impl Report {
    /// What a job can do with this server.
    pub fn abilities(&self) -> Vec<Ability> {
        let judge = |(words, names): &(&'static str, &[&str])| {
            let can = self.can(names)?;
            Some(Ability { words, can })
        };
        ABILITIES.iter().filter_map(judge).collect()
    }

    /// What checks of these names and topics tell; `None` when none of them was judged.
    fn can(&self, names: &[&str]) -> Option<Can> {
        let all: Vec<&Checked> =
            self.checked.iter().filter(|one| tells(one.check, names)).collect();
        // A cause of another kind, such as a value that is not kept, leaves open whether it can.
        let is_cause =
            |cause: &&Checked| cause.severity() == Severity::Block || tells(cause.check, names);
        let behind = all.iter().filter_map(|one| self.failure_behind(one));
        let grave = |one: &&Checked| one.severity() >= Severity::Fail;
        let mut failed: Vec<&Checked> = behind.filter(is_cause).filter(grave).collect();
        failed.sort_by_key(|one| Reverse(one.severity()));
        let mut ids: Vec<&'static str> = Vec::new();
        for one in failed {
            if !ids.contains(&one.check.id) {
                ids.push(one.check.id);
            }
        }
        let unclear = all.iter().find_map(|one| match &one.outcome {
            Outcome::CannotTell(why) => Some(why.clone()),
            _ => None,
        });
        let passed = all.iter().any(|one| one.outcome == Outcome::Passed);
        match (ids.is_empty(), unclear) {
            (false, _) => Some(Can::No(ids)),
            (true, Some(why)) => Some(Can::Unclear(why)),
            (true, None) => passed.then_some(Can::Yes),
        }
    }

    /// The failed check that tells of this one: itself, or the one because of which it cannot be
    /// judged. What fails by chance tells nothing of what rests on it.
    fn failure_behind<'a>(&'a self, one: &'a Checked) -> Option<&'a Checked> {
        if one.finding().is_some() {
            return Some(one);
        }
        let failed = self.checked.iter().filter(|other| other.finding().is_some());
        let is_behind = |other: &&Checked| {
            other.check.id != STEADY && one.outcome == Outcome::because_of(other.check.id)
        };
        failed.into_iter().find(is_behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::checks;

    /// The line with these words.
    fn names(words: &str) -> &'static [&'static str] {
        let found = ABILITIES.iter().find(|(line, _)| *line == words);
        found.unwrap_or_else(|| panic!("{words}")).1
    }

    #[test]
    fn every_check_whose_failure_is_grave_stands_under_a_line_and_every_name_is_one() {
        let lost: Vec<&str> = checks::all()
            .filter(|check| check.gravest() >= Severity::Fail)
            .filter(|check| !ABILITIES.iter().any(|(_, names)| tells(check, names)))
            .map(|check| check.id)
            .collect();
        assert_eq!(lost, Vec::<&str>::new());
        for name in ABILITIES.iter().flat_map(|(_, names)| *names) {
            let told = |check: &Check| check.id == *name || check.topic() == *name;
            assert!(checks::all().any(told), "{name}");
        }
    }

    /// No line is ticked beside a failure whose words in the portal say otherwise.
    #[test]
    fn what_the_portal_says_stands_under_the_line_that_it_contradicts() {
        let groups = names("groups and their members are kept");
        for (begins, line) in [
            ("Create fails", "every user is created"),
            ("Provision on demand fails", "every user is created"),
            ("Update fails", "every change arrives"),
            ("every Update ", "every change arrives"),
            ("leavers keep their access", "every leaver loses access"),
            ("Disable fails", "every leaver loses access"),
            ("a returning user has no access", "users who return have access again"),
            ("a returning user is missing", "users who return have access again"),
            ("two accounts for one user", "nobody gets a second account"),
            ("the same Update", "nothing is written again and again"),
            ("the same Disable", "nothing is written again and again"),
        ] {
            let mut met = 0;
            for check in checks::all().filter(|check| check.gravest() >= Severity::Fail) {
                let said = [check.portal].into_iter().chain(check.accepted.map(|it| it.portal));
                if said.into_iter().any(|said| said.starts_with(begins)) {
                    // What a user who comes back is refused is told of those who return.
                    let back = tells(check, names("users who return have access again"));
                    let held = tells(check, names(line)) || tells(check, groups) || back;
                    let twice = line == "every user is created"
                        && tells(check, names("nobody gets a second account"));
                    assert!(held || twice, "{}: {begins}", check.id);
                    met += 1;
                }
            }
            assert!(met > 0, "no check says {begins}");
        }
    }
}
