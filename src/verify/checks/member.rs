//! Members of groups, in both dialects. Entra never reads members back, so what goes wrong here is
//! never noticed by it.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};

use crate::verify::bodies::{add_members, members, operation, patch, patch_one};
use crate::verify::check::checks;
use crate::verify::finding::{Finding, NotPassed, must};
use crate::verify::pick;
use crate::verify::session::{Endpoint, Session};

checks! {
    "member.add" Fail Groups add {
        sends: "`Add` of one member",
        right: "it is there",
        sources: "scim-dev, validator, B37",
        portal: "Update of the group fails",
        accepted: Harm "the log says success, and the members are not what was sent",
    }
    "member.add-many" Warn Groups add_many {
        sends: "`Add` of three members in one operation",
        right: "all are there",
        sources: "gallery requirements",
        portal: "Update of the group fails",
        accepted: Harm "the log says success, and the members are not what was sent",
    }
    "member.add-again" Fail Groups add_again {
        sends: "`Add` of a member that is there",
        right: "200 or 204, and it is there once",
        sources: "B33, B122",
        portal: "Update of the group fails in every cycle",
        accepted: Harm "the log says success, and the members are not what was sent",
    }
    "member.remove-c" Harm Groups remove_classic {
        sends: "classic: `Remove` with path `members` and the member as value",
        right: "that one is gone, the others stay",
        sources: "scim-dev, B27",
        portal: "Update of the group fails in every cycle, and the member stays",
        accepted: Harm "the log says success, and the members are not what was sent",
    }
    "member.remove-k" Harm Groups remove_compliant {
        sends: "compliant: `remove` with path members[value eq \"...\"]",
        right: "that one is gone, the others stay",
        sources: "scim-compat, B28, B29",
        portal: "Update of the group fails in every cycle, and the member stays",
        accepted: Harm "the log says success, and the members are not what was sent",
    }
    "member.remove-absent" Fail Groups remove_absent {
        sends: "`Remove` of a user that is no member",
        right: "no server error, and nobody else is removed",
        sources: "B34",
        portal: "Update of the group fails in every cycle",
        accepted: Harm "the log says success, and the members are not what was sent",
        after: "member.remove-c",
    }
    "member.remove-gone" Fail Groups remove_gone {
        sends: "`Remove` of a member whose user was deleted",
        right: "200 or 204, and nobody else is removed",
        sources: "B34",
        portal: "Update of the group fails in every cycle, for weeks",
        accepted: Harm "the log says success, and the members are not what was sent",
        after: "member.remove-c",
    }
    "member.replace" Harm Groups replace {
        sends: "`Replace` of members with two of three",
        right: "exactly these two",
        sources: "validator, B30, B112",
        portal: "Update of the group fails, and former members keep their access",
        accepted: Harm "the log says success, and the members are not what was sent",
    }
    "member.add-remove" Warn Groups add_and_remove {
        sends: "an `Add` and a `Remove` in one request",
        right: "both are applied, in order",
        sources: "validator (preview)",
        portal: "Update of the group fails",
        accepted: Warn "the log says success, and part of the Update is lost",
        after: "member.remove-c",
    }
    "member.unknown" Fail Groups unknown {
        sends: "`Add` of an id of nobody",
        right: "refused or ignored, and no server error",
        sources: "B35, B36",
        portal: "InternalServerError, and the whole batch of members fails",
    }
    "member.race" Fail Groups race {
        sends: "ten `Add` at the same time, each of another member, to up to five groups",
        right: "all ten are there each time",
        sources: "B32",
        portal: "Updates of a group that come at the same time fail, and wait for the next cycle",
        accepted: Harm "the log says success, and members are missing",
        after: "member.add-many",
    }
    "member.large" Warn Groups large {
        sends: "200 members in batches of 100",
        right: "all are stored, and the group is read without them in time",
        sources: "B41",
        portal: "Update of a large group fails",
        accepted: Warn "the log says success, and the group is not what was sent",
        after: "member.add-many",
    }
    "member.of-disabled" Harm Groups of_disabled {
        sends: "a disable of a member",
        right: "it stays a member",
        sources: "scim-dev",
        portal: "a returning user is missing in the groups until a restart",
    }
}

/// What comes of a membership that is lost with a disable: the service does not know of it.
const UNTIL_A_RESTART: &str = "a returning user is missing in the groups until a restart";

/// Creates a group with this many members; returns its id and theirs.
fn filled(session: &mut Session<'_>, count: usize) -> Result<(String, Vec<String>), NotPassed> {
    session.must_show_members()?;
    let group = session.new_group()?;
    let mut users = Vec::new();
    for _ in 0..count {
        users.push(session.new_user()?.id);
    }
    let ids: Vec<&str> = users.iter().map(String::as_str).collect();
    if !ids.is_empty() {
        session
            .patch(Endpoint::Group, &group.id, &add_members(&ids))?
            .must_succeed()
            .map_err(|_| NotPassed::Needs("member.add-many"))?;
        session.must_have_members(&group.id, count, "member.add-many")?;
    }
    Ok((group.id, users))
}

/// Fails unless the group has exactly these members, each once. The changes before were answered
/// with success, so the service sees nothing of what is wrong.
fn must_have(session: &mut Session<'_>, group: &str, wanted: &[&String]) -> Result<(), NotPassed> {
    let read = session.read(Endpoint::Group, group)?;
    let shown: Vec<&str> =
        pick::list(&read, &["members"]).iter().filter_map(|m| pick::text(m, &["value"])).collect();
    let differ = Differ::of(&shown, wanted);
    must(differ == Differ::default(), || {
        format!("members shown: {}; right: {}{}", shown.len(), wanted.len(), differ.words())
    })
    .map_err(|failure| failure.entra(differ.log_and_more(shown.is_empty())))
}

/// In which way the members of a group are not what they should be.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Differ {
    missing: usize,
    too_many: usize,
    twice: usize,
}

impl Differ {
    fn of(shown: &[&str], wanted: &[&String]) -> Differ {
        let is_wanted = |id: &str| wanted.iter().any(|one| *one == id);
        let unique: BTreeSet<&str> = shown.iter().copied().collect();
        Differ {
            missing: wanted.iter().filter(|id| !unique.contains(id.as_str())).count(),
            too_many: unique.iter().filter(|id| !is_wanted(id)).count(),
            twice: shown.len() - unique.len(),
        }
    }

    fn words(self) -> String {
        let all =
            [(self.missing, "missing"), (self.too_many, "too many"), (self.twice, "there twice")];
        let all = all.into_iter().filter(|(count, _)| *count > 0);
        all.map(|(count, what)| format!(", {count} {what}")).collect()
    }

    /// What the log says, and what is so.
    fn log_and_more(self, is_empty: bool) -> &'static str {
        match self {
            _ if is_empty => "the log says success, and the group has no members",
            Differ { twice: 1.., .. } => "the log says success, and a member is there twice",
            Differ { missing: 0, .. } => {
                "the log says success, and a member that was taken away stays"
            }
            Differ { too_many: 0, .. } => "the log says success, and a member is missing",
            _ => "the log says success, and another member was taken away",
        }
    }
}

fn add(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, _) = filled(session, 0)?;
    let user = session.new_user()?.id;
    session.patch(Endpoint::Group, &group, &add_members(&[&user]))?.must_be(&[200, 204])?;
    must_have(session, &group, &[&user])
}

fn add_many(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.must_show_members()?;
    let group = session.new_group()?.id;
    let users = [session.new_user()?.id, session.new_user()?.id, session.new_user()?.id];
    let ids: Vec<&str> = users.iter().map(String::as_str).collect();
    session.patch(Endpoint::Group, &group, &add_members(&ids))?.must_be(&[200, 204])?;
    session.must_have_members(&group, 1, "member.add")?;
    must_have(session, &group, &users.iter().collect::<Vec<_>>())
}

fn add_again(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, users) = filled(session, 1)?;
    session.patch(Endpoint::Group, &group, &add_members(&[&users[0]]))?.must_be(&[200, 204])?;
    must_have(session, &group, &[&users[0]])
}

fn remove_classic(session: &mut Session<'_>) -> Result<(), NotPassed> {
    // The vendor's example has the null [scim-dev].
    removes(session, |id| patch_one("Remove", "members", json!([{"$ref": null, "value": id}])))
}

fn remove_compliant(session: &mut Session<'_>) -> Result<(), NotPassed> {
    removes(session, |id| {
        patch(json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]))
    })
}

fn removes(session: &mut Session<'_>, body: impl FnOnce(&str) -> Value) -> Result<(), NotPassed> {
    let (group, users) = filled(session, 3)?;
    session.patch(Endpoint::Group, &group, &body(&users[1]))?.must_be(&[200, 204])?;
    must_have(session, &group, &[&users[0], &users[2]])
}

fn remove_absent(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, users) = filled(session, 2)?;
    let other = session.new_user()?.id;
    let body = patch_one("Remove", "members", members(&[&other]));
    session.patch(Endpoint::Group, &group, &body)?.must_not_break()?;
    must_have(session, &group, &[&users[0], &users[1]])
}

fn remove_gone(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, users) = filled(session, 2)?;
    let deleted = session.delete(Endpoint::User, &users[1])?;
    deleted.must_be(&[200, 204]).map_err(|_| NotPassed::Needs("user.delete"))?;
    let body = patch_one("Remove", "members", members(&[&users[1]]));
    session.patch(Endpoint::Group, &group, &body)?.must_be(&[200, 204])?;
    must_have(session, &group, &[&users[0]])
}

fn replace(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, users) = filled(session, 3)?;
    let body = patch_one("Replace", "members", members(&[&users[0], &users[1]]));
    session.patch(Endpoint::Group, &group, &body)?.must_be(&[200, 204])?;
    must_have(session, &group, &[&users[0], &users[1]])
}

fn add_and_remove(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, users) = filled(session, 2)?;
    let new = session.new_user()?.id;
    let body = patch(json!([
        operation("Add", "members", members(&[&new])),
        operation("Remove", "members", members(&[&users[0]])),
    ]));
    session.patch(Endpoint::Group, &group, &body)?.must_be(&[200, 204])?;
    must_have(session, &group, &[&users[1], &new])
}

fn unknown(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, nobody) = (session.new_group()?.id, session.nobody());
    session.patch(Endpoint::Group, &group, &add_members(&[&nobody]))?.must_not_break().map(|_| ())
}

/// How many groups are filled by requests that come at the same time: whether such requests meet at
/// the server is chance.
const RACES: usize = 5;

fn race(session: &mut Session<'_>) -> Result<(), NotPassed> {
    session.must_show_members()?;
    let users = session.many_users(10)?;
    for _ in 0..RACES {
        one_race(session, &users)?;
    }
    Ok(())
}

fn one_race(session: &mut Session<'_>, users: &[String]) -> Result<(), NotPassed> {
    let group = session.new_group()?.id;
    let path = format!("/Groups/{group}");
    let requests = users
        .iter()
        .map(|user| session.request(Method::PATCH, &path, Some(&add_members(&[user]))))
        .collect();
    let before = session.exchanges.len();
    for (nth, answer) in session.at_once(Endpoint::Group, requests)?.iter().enumerate() {
        if answer.must_succeed().is_err() {
            let exchange = Some(before + nth);
            return Err(NotPassed::Failed(Finding::shown(answer.said(), exchange)));
        }
    }
    must_have(session, &group, &users.iter().collect::<Vec<_>>())
}

fn large(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, _) = filled(session, 0)?;
    let users = session.many_users(200)?;
    for batch in users.chunks(100) {
        let ids: Vec<&str> = batch.iter().map(String::as_str).collect();
        session.patch(Endpoint::Group, &group, &add_members(&ids))?.must_succeed()?;
    }
    must_have(session, &group, &users.iter().collect::<Vec<_>>())?;
    let read = session.get(&format!("/Groups/{group}?excludedAttributes=members"))?;
    let read = read.must_be(&[200]).map(|_| ());
    read.map_err(|it| it.entra("the log says success, and the group cannot be read"))
}

fn of_disabled(session: &mut Session<'_>) -> Result<(), NotPassed> {
    let (group, users) = filled(session, 1)?;
    let off = patch_one("replace", "active", json!(false));
    session
        .patch(Endpoint::User, &users[0], &off)?
        .must_succeed()
        .map_err(|_| NotPassed::Needs("active.bool"))?;
    must_have(session, &group, &[&users[0]]).map_err(|failure| failure.entra(UNTIL_A_RESTART))
}
