//! What a job can do with a server, in plain words: each check that tells of it stands under its
//! line, so that no line is true beside a failure that says otherwise.

use std::cmp::Reverse;

use super::check::{Check, Severity};
use super::finding::Outcome;
use super::report::{Checked, Report};
use super::steadiness::STEADY;

/// When a failed check says that a job cannot do something.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum When {
    /// Whenever it fails; a line of which it cannot be judged is open.
    Always,
    /// Whenever it fails; where it cannot be judged, the others of the line tell.
    Besides,
    /// When the server refused what it sent. A change travels in one request with the others of its
    /// user, a disable among them, and a request is refused whole.
    Refused,
    /// When the server carried it out.
    Accepted,
    /// When the server did not let it in: 401 or 403.
    NotLetIn,
}

/// Names of checks and of topics. A check that is named counts from [`Severity::Warn`] upward, one
/// whose topic is named from [`Severity::Fail`].
type Names = &'static [&'static str];

/// Lookups of a user, who is matched with the account that is found.
const LOOKUPS: Names = &[
    "find.userName",
    "find.case",
    "find.special",
    "find.quote",
    "find.last",
    "find.ignored",
    "find.shape",
];

/// What gives a userName to a second account.
const TAKEN: Names = &["user.dup", "user.dup-case", "user.dup-race", "patch.userName-taken"];

/// Changes of a user, which are sent with each other.
const CHANGES: Names = &[
    "patch.op-case",
    "patch.add-scalar",
    "patch.verbose",
    "patch.pathless",
    "patch.pathless-add",
    "patch.remove-value",
    "patch.filtered",
    "patch.filtered-new",
    "patch.filtered-several",
    "patch.urn",
    "patch.sub-case",
    "patch.userName",
    "patch.externalId",
    "patch.nothing",
    "patch.many",
    "patch.same",
    "patch.case-attr",
    "mgr.bare",
    "mgr.object",
    "mgr.array",
    "mgr.replace",
    "mgr.clear",
    "role.patch-text",
    "role.replace",
];

/// A line: its words, and what makes it false.
type Line = (&'static str, &'static [(When, Names)]);

/// The lines of what a job does. A failure with which no job can run makes them false, if what they
/// rest on cannot be judged because of it.
const DONE_BY_THE_JOB: [&str; 5] = [
    "every user is created",
    "every change arrives",
    "every leaver loses access",
    "users who return have access again",
    "groups and their members are kept",
];

/// What a job must be able to do, and the checks and topics that tell. Each check that is grave
/// enough stands under every line that its failure makes false.
const ABILITIES: [Line; 10] = [
    (
        "the server can be reached, and says who is there",
        &[
            (
                When::Always,
                &[
                    "net",
                    "net.slow",
                    "base",
                    "probe.user",
                    "find.userName",
                    "find.shape",
                    "find.total",
                    "find.last",
                ],
            ),
            (
                When::Besides,
                &[
                    "find.case",
                    "find.externalId",
                    "find.email",
                    "find.ignored",
                    "find.special",
                    "find.quote",
                    "find.disabled",
                    "user.get",
                    "user.get-unknown",
                    "user.fresh",
                ],
            ),
        ],
    ),
    (
        "whoever has the token is let in, and nobody else",
        &[
            (When::Always, &["auth.missing", "auth.wrong", "cc", "wif.token"]),
            (When::Besides, &["net.no-user-agent"]),
            (When::NotLetIn, &["auth.discovery", "disc", "disc.config", "disc.types"]),
        ],
    ),
    (
        "every user is created",
        &[
            (
                When::Always,
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
                    "user.recreate",
                    "net.media-request",
                    "find.ignored",
                    "life.create",
                    "life.ondemand",
                ],
            ),
            (
                When::Refused,
                &["find.userName", "find.case", "find.special", "find.quote", "find.last"],
            ),
            (When::Besides, &["life.gone", "life.converge"]),
        ],
    ),
    (
        "every change arrives",
        &[
            (When::Always, CHANGES),
            (
                When::Always,
                &[
                    "patch.atomic",
                    "patch.answer",
                    "patch.missing",
                    "active",
                    "mgr",
                    "user.get",
                    "user.get-unknown",
                    "user.fresh",
                    "user.echo",
                    "user.create-id",
                    "find.and",
                    "life.update",
                    "life.rename",
                    "life.manager",
                    "life.adopt",
                    "life.gone",
                    "life.converge",
                ],
            ),
            (When::Besides, &["life.return"]),
        ],
    ),
    (
        "every leaver loses access",
        &[
            (
                When::Always,
                &[
                    "active.text",
                    "active.bool",
                    "active.pathless",
                    "active.real",
                    "active.twice",
                    "user.get",
                    "user.fresh",
                    "user.delete",
                    "life.disable",
                    "life.leaver",
                    "life.delete",
                    "life.converge",
                ],
            ),
            (When::Besides, LOOKUPS),
            (When::Accepted, TAKEN),
            (When::Refused, CHANGES),
            (When::Besides, &["life.restore"]),
        ],
    ),
    (
        "users who return have access again",
        &[
            (
                When::Always,
                &[
                    "active.on",
                    "active.groups",
                    "user.get",
                    "user.fresh",
                    "user.recreate",
                    "find.disabled",
                    "member.of-disabled",
                    "life.return",
                    "life.restore",
                ],
            ),
            (When::Refused, CHANGES),
            (When::Besides, &["life.converge"]),
        ],
    ),
    (
        "nobody gets a second account",
        &[
            (When::Accepted, LOOKUPS),
            (When::Accepted, TAKEN),
            (
                When::Always,
                &[
                    "find.near",
                    "find.externalId",
                    "find.email",
                    "find.disabled",
                    "find.total",
                    "patch.userName",
                    "life.adopt",
                    "life.rename",
                    "life.lost-answer",
                ],
            ),
            (When::Besides, &["life.gone", "life.return", "life.restore", "life.converge"]),
        ],
    ),
    (
        "groups and their members are kept",
        &[
            (When::Accepted, &["group.dup"]),
            (
                When::Always,
                &[
                    "group.create",
                    "group.ms-uri",
                    "group.echo",
                    "group.find",
                    "group.find-case",
                    "group.find-none",
                    "group.find-external",
                    "group.exclude-id",
                    "group.exclude-list",
                    "group.rename",
                    "group.pathless",
                    "group.answer",
                    "group.delete",
                    "member",
                    "member.add-many",
                    "member.add-remove",
                    "member.large",
                    "active.groups",
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
        ],
    ),
    (
        "what has arrived is not sent again",
        &[
            (
                When::Always,
                &[
                    "user.echo",
                    "user.shape",
                    "group.echo",
                    "group.answer",
                    "patch.externalId",
                    "patch.answer",
                    "active.real",
                    "mgr.shape",
                    "life.quiet",
                ],
            ),
            (
                When::Refused,
                &[
                    "active.twice",
                    "patch.nothing",
                    "user.delete-twice",
                    "user.delete-unknown",
                    "group.delete-twice",
                    "group.delete-unknown",
                    "member.add-again",
                    "member.remove-absent",
                    "member.remove-gone",
                ],
            ),
        ],
    ),
    (
        "discovery, paging and empty values are as the gallery wants them",
        &[(
            When::Always,
            &[
                "auth.discovery",
                "disc",
                "disc.config",
                "disc.types",
                "disc.words",
                "disc.honest",
                "page.users",
                "page.groups",
                "null",
                "null.pathless",
            ],
        )],
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

/// Whether a line with these names counts a failure of a check that is as grave as this.
fn counts(check: &Check, names: Names, grave: Severity) -> bool {
    let by_id = names.contains(&check.id) && grave >= Severity::Warn;
    by_id || names.contains(&check.topic()) && grave >= Severity::Fail
}

/// Whether a failure of a check can make a line false, of the kinds that are asked for.
fn tells(check: &Check, told: &[(When, Names)], kinds: fn(When) -> bool) -> bool {
    told.iter().any(|(when, names)| kinds(*when) && counts(check, names, check.gravest()))
}

impl When {
    /// Whether this failure is of that kind.
    fn is_met(self, failed: &Checked) -> bool {
        match self {
            When::Always | When::Besides => true,
            When::Refused => failed.is_refused(),
            When::Accepted => !failed.is_refused(),
            When::NotLetIn => {
                let status = failed.shows().and_then(|shown| shown.status());
                matches!(status, Some(401 | 403))
            }
        }
    }
}

impl Report {
    /// What a job can do with this server.
    pub fn abilities(&self) -> Vec<Ability> {
        let judge = |(words, told): &Line| {
            let can = self.can(told, DONE_BY_THE_JOB.contains(words))?;
            Some(Ability { words, can })
        };
        ABILITIES.iter().filter_map(judge).collect()
    }

    /// What checks of these names and topics tell; `None` when none of them was judged.
    fn can(&self, told: &[(When, Names)], by_the_job: bool) -> Option<Can> {
        // A cause of another kind, such as a value that is not kept, leaves open whether it can.
        let says_no = |failed: &&Checked| {
            let makes_false = |(when, names): &(When, Names)| {
                when.is_met(failed) && counts(failed.check, names, failed.severity())
            };
            let ends_the_job = by_the_job && failed.severity() == Severity::Block;
            ends_the_job || told.iter().any(makes_false)
        };
        let of = |kinds: fn(When) -> bool| -> Vec<&Checked> {
            self.checked.iter().filter(|one| tells(one.check, told, kinds)).collect()
        };
        let all = of(|_| true);
        let behind = all.iter().filter_map(|one| self.failure_behind(one));
        let mut failed: Vec<&Checked> = behind.filter(says_no).collect();
        // Of equally grave ones those first that are about nothing else.
        let besides = |one: &Checked| !tells(one.check, told, |when| when == When::Always);
        failed.sort_by_key(|one| (Reverse(one.severity()), besides(one)));
        let mut ids: Vec<&'static str> = Vec::new();
        for one in failed {
            if !ids.contains(&one.check.id) {
                ids.push(one.check.id);
            }
        }
        // What counts in one case alone leaves nothing open in the other.
        let always = of(|when| when == When::Always);
        let unclear = always.iter().find_map(|one| match &one.outcome {
            Outcome::CannotTell(why) => Some(why.clone()),
            _ => None,
        });
        let passed = always.iter().any(|one| one.outcome == Outcome::Passed);
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
    fn line(words: &str) -> &'static [(When, Names)] {
        let found = ABILITIES.iter().find(|(line, _)| *line == words);
        found.unwrap_or_else(|| panic!("{words}")).1
    }

    /// Checks of which a failure makes no line false: what it costs is told nowhere but there.
    const UNDER_NONE: [(&str, &str); 8] = [
        ("find.unsupported", "no mapping of Entra asks by an attribute that does not exist"),
        ("mgr.unknown", "Entra sends managers that it has provisioned"),
        ("net.media-error", "it costs the reason in the log"),
        ("net.rate", "objects wait for the next cycle"),
        ("net.429", "objects wait for the next cycle"),
        ("patch.empty-ops", "Entra sends no such request"),
        ("patch.unknown", "a mapping to an attribute that does not exist arrives nowhere"),
        ("user.dup-type", "it costs the reason in the log"),
    ];

    #[test]
    fn every_check_whose_failure_is_grave_stands_under_a_line_and_every_name_is_one() {
        let all = |_| true;
        let lost: Vec<&str> = checks::all()
            .filter(|check| check.gravest() >= Severity::Warn)
            .filter(|check| !ABILITIES.iter().any(|(_, told)| tells(check, told, all)))
            .filter(|check| {
                check.gravest() > Severity::Warn || !check.portal.starts_with("nothing")
            })
            .map(|check| check.id)
            .collect();
        let under_none: Vec<&str> = UNDER_NONE.iter().map(|(id, _)| *id).collect();
        let unlisted: Vec<&&str> = lost.iter().filter(|id| !under_none.contains(id)).collect();
        assert_eq!(unlisted, Vec::<&&str>::new());
        assert_eq!(lost.len(), under_none.len(), "{lost:?}");
        for words in DONE_BY_THE_JOB {
            line(words);
        }
        for name in ABILITIES.iter().flat_map(|(_, told)| *told).flat_map(|(_, names)| *names) {
            let told = |check: &Check| check.id == *name || check.topic() == *name;
            assert!(checks::all().any(told), "{name}");
        }
    }

    /// No line is ticked beside a failure whose words in the portal say otherwise.
    #[test]
    fn what_the_portal_says_stands_under_the_line_that_it_contradicts() {
        for (begins, words) in [
            ("Create fails", "every user is created"),
            ("Provision on demand fails", "every user is created"),
            ("Update fails", "every change arrives"),
            ("every Update ", "every change arrives"),
            ("leavers keep their access", "every leaver loses access"),
            ("Disable fails", "every leaver loses access"),
            ("a returning user has no access", "users who return have access again"),
            ("a returning user is missing", "users who return have access again"),
            ("two accounts for one user", "nobody gets a second account"),
            ("the same Update", "what has arrived is not sent again"),
            ("the same Disable", "what has arrived is not sent again"),
        ] {
            let mut met = 0;
            for check in checks::all().filter(|check| check.gravest() >= Severity::Fail) {
                let said = [check.portal].into_iter().chain(check.accepted.map(|it| it.portal));
                if said.into_iter().any(|said| said.starts_with(begins)) {
                    // What a user who comes back is refused is told of those who return.
                    let stands = |words: &str| tells(check, line(words), |_| true);
                    let back = stands("users who return have access again");
                    let held = stands(words) || stands("groups and their members are kept") || back;
                    let twice =
                        words == "every user is created" && stands("nobody gets a second account");
                    assert!(held || twice, "{}: {begins}", check.id);
                    met += 1;
                }
            }
            assert!(met > 0, "no check says {begins}");
        }
    }
}
