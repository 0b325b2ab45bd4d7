//! The groups below the people: how many members each has in Entra and at GoLinks, and what
//! differs.

use schemars::JsonSchema;
use serde::Serialize;

use crate::entra::AppId;
use crate::entra::tenant::{GroupKey, Lifecycle, Tenant};
use crate::world::intent::{self, GroupMismatch};
use crate::world::status::{Coming, When, why_failed};
use crate::world::{AppView, ServerName};

use super::person::{again, briefly_again, due, when_due};
use super::words;
use super::worlds::{Mark, appearance};
use crate::base::Time;

/// One group, in both worlds.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupRow {
    /// The group's name in actions.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// The members in Entra: `3 members`, `3 members by rule`.
    pub entra: String,
    /// The state in Entra: `in scope`, `not in scope`, `in the bin`.
    pub scope: &'static str,
    /// Whether the group is in scope.
    pub in_scope: bool,
    /// The key of the mark, as people have it.
    pub mark: &'static str,
    /// The mark's symbol.
    pub symbol: &'static str,
    /// The text beside the mark.
    pub says: String,
    /// What differs, one sentence a line, for a hover.
    pub why: Vec<String>,
    /// The members at GoLinks: `2 members`, `no group`.
    pub golinks: String,
    /// The verbs of the actions to offer; their argument is the handle.
    pub can: Vec<&'static str>,
}

/// The groups as they were compared last.
#[derive(Default)]
pub(super) struct GroupRows {
    pub(super) rows: Vec<GroupRow>,
    /// How many are not as they should be, shown or not.
    pub(super) wrong: usize,
    /// How many of those not shown are not as they should be.
    pub(super) wrong_more: usize,
    /// How many groups are not shown.
    pub(super) more: usize,
    /// The record and the minute at which they were compared; what is due is told in minutes.
    compared: Option<(u64, i64)>,
}

/// How many groups are shown.
const SHOWN: usize = 30;

/// How many memberships one update compares, so that no update takes long. A group beyond it is
/// shown without a comparison.
const COMPARED: usize = 10_000;

impl GroupRows {
    /// Compares the groups, if anything has happened since.
    pub(super) fn update(&mut self, world: AppView<'_>, seq: u64) {
        let now = Some((seq, minute(world.now())));
        if self.compared == now {
            return;
        }
        self.compared = now;
        self.rows.clear();
        (self.more, self.wrong, self.wrong_more) = (0, 0, 0);
        if !intent::are_intended(world) {
            return;
        }
        let mut room = COMPARED;
        let coming = Coming::of(world);
        let gone = |group: GroupKey| {
            world.entra().tenant().group(group).lifecycle() == Lifecycle::HardDeleted
                && intent::found_groups(world, group).is_empty()
        };
        for (group, _) in world.entra().tenant().groups().filter(|(group, _)| !gone(*group)) {
            if self.rows.len() == SHOWN {
                self.more += 1;
                let is_wrong = compared(world, group, &mut room).is_some_and(|it| !it.is_empty());
                self.wrong += usize::from(is_wrong);
                self.wrong_more += usize::from(is_wrong);
            } else {
                let (row, is_right) = row(world, group, &coming, &mut room);
                self.wrong += usize::from(!is_right);
                self.rows.push(row);
            }
        }
    }
}

fn minute(at: Time) -> i64 {
    at.as_micros() / 60_000_000
}

/// What differs about a group; `None` when it is too large for what may still be compared.
fn compared(world: AppView<'_>, group: GroupKey, room: &mut usize) -> Option<Vec<GroupMismatch>> {
    let members = world.entra().tenant().members(group).count();
    let there: usize = intent::found_groups(world, group)
        .iter()
        .map(|id| world.target().group_members(*id).count())
        .sum();
    let affordable = members + there <= *room;
    *room = room.saturating_sub(members + there);
    affordable.then(|| intent::of_group(world, group))
}

/// The row of a group, and whether the group is as it should be.
fn row(
    world: AppView<'_>,
    group: GroupKey,
    coming: &Coming<'_>,
    room: &mut usize,
) -> (GroupRow, bool) {
    let tenant = world.entra().tenant();
    let it = tenant.group(group);
    let members = tenant.members(group).count();
    let in_scope = intent::group_in_scope(world, group);
    let found = intent::found_groups(world, group);
    let there: usize = found.iter().map(|id| world.target().group_members(*id).count()).sum();
    let compared = compared(world, group, room);
    let affordable = compared.is_some();
    let what = compared.unwrap_or_default();
    let job = world.entra().job();
    let retry = job.retry_of(group, tenant);
    let mut why: Vec<String> =
        what.iter().map(|what| reason(what, world.target().called())).collect();
    if let (Some(escrow), Some(retry)) = (job.escrows().get(group), retry) {
        let (failed, next) =
            (why_failed(escrow.code, world.target().called()), again(retry, world.now()));
        why.push(format!("The last attempt failed: {failed}. {next}"));
    }
    let open = !what.is_empty() && retry.is_none();
    let when: Option<When> = if open { coming.when(group) } else { None };
    why.extend(when.map(|when| when_due(when, world.now())));
    let mark = match what.first() {
        _ if retry.is_some() => Mark::Retry,
        _ if when.is_some() => Mark::Pending,
        Some(GroupMismatch::Missing) => Mark::Missing,
        Some(_) => Mark::Differs,
        None if in_scope && affordable => Mark::Same,
        None => Mark::Outside,
    };
    let (key, symbol, word) = appearance(mark);
    let counted = |count: usize| words::counted(count as u64, "member", "members");
    let row = GroupRow {
        handle: it.handle().to_string(),
        name: it.display_name().to_owned(),
        entra: counted(members) + if it.rule().is_some() { " by rule" } else { "" },
        scope: scope_words(it.lifecycle(), in_scope),
        in_scope,
        mark: key,
        symbol,
        says: match (what.first(), affordable) {
            _ if let Some(retry) = retry => briefly_again(retry, world.now()),
            (_, false) => "too large to compare here".to_owned(),
            _ if let Some(when) = when => due(when, world.now()),
            (Some(first), _) => briefly(first).to_owned(),
            (None, _) => word.to_owned(),
        },
        why,
        golinks: if found.is_empty() { "no group".to_owned() } else { counted(there) },
        can: verbs(world.app(), tenant, group),
    };
    (row, what.is_empty())
}

/// The state of a group in Entra, in words.
pub fn scope_words(lifecycle: Lifecycle, in_scope: bool) -> &'static str {
    match (lifecycle, in_scope) {
        (Lifecycle::Active, true) => "in scope",
        (Lifecycle::Active, false) => "not in scope",
        (Lifecycle::SoftDeleted { .. }, _) => "in the bin",
        (Lifecycle::HardDeleted, _) => "deleted for good",
    }
}

/// The verbs to offer for a group; they depend only on the directory.
pub fn verbs(app: AppId, tenant: &Tenant, key: GroupKey) -> Vec<&'static str> {
    match tenant.group(key).lifecycle() {
        Lifecycle::Active if tenant.group_assigned(app, key).is_some() => {
            vec!["delete_group", "unassign_group"]
        }
        Lifecycle::Active if tenant.registry().gone(app).is_some() => vec!["delete_group"],
        Lifecycle::Active => vec!["delete_group", "assign_group"],
        Lifecycle::SoftDeleted { .. } => vec!["restore_group", "purge_group"],
        Lifecycle::HardDeleted => vec![],
    }
}

/// A difference in a word or two.
fn briefly(what: &GroupMismatch) -> &'static str {
    match what {
        GroupMismatch::Missing => "missing",
        GroupMismatch::Several(_) => "several groups",
        GroupMismatch::StillExists => "still there",
        GroupMismatch::Differs { .. } => "differs",
        GroupMismatch::Lacks(_) => "members missing",
        GroupMismatch::Holds(_) => "members too many",
    }
}

/// A difference in a sentence.
fn reason(what: &GroupMismatch, server: ServerName) -> String {
    match what {
        GroupMismatch::Missing => server.says("Entra intends a group; GoLinks has none."),
        GroupMismatch::Several(count) => {
            format!("{} holds {count} groups for one of the directory.", server.first())
        }
        GroupMismatch::StillExists => {
            server.says("The group is not in scope any more; GoLinks still has it.")
        }
        GroupMismatch::Differs { .. } | GroupMismatch::Lacks(_) | GroupMismatch::Holds(_) => {
            format!("The group: {what}.")
        }
    }
}
