//! The naive model of groups: which ones the target should hold, and who should be in them.
//!
//! Groups belong to the intent when the mapping of groups is on and the target can hold them; the
//! documented GoLinks cannot.
//!
//! - A group **in scope** (in the directory, and assigned where the scope says so) should be there
//!   once, and show every mapped value.
//! - Its members should be those of its direct members in the directory who should have an account
//!   and have one. Who has none is a difference of that user alone. A member who is out of scope
//!   may stay one, since an inactive account keeps its groups; groups in groups do not count.
//! - Another user of the directory should not be a member. Accounts without a user do not count.
//! - A group that the service **managed** and that is no longer in scope should be gone, unless
//!   another application of the same workspace wants it.
//! - Settings that keep accounts keep groups: with `create` off none is missing, with `update` off
//!   one stays as it is, with `delete` off, with `skip_out_of_scope_deletions` or with a filter
//!   that keeps it from being read one may stay.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model;
use crate::entra::field::{ImportedObject, ObjectKind};
use crate::entra::job::Subject;
use crate::entra::job::log::LogEntry;
use crate::entra::mapping::{Apply, Flow, Import, Mapping, value_of};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{GroupKey, Lifecycle, UserKey};
use crate::golinks::GroupId;
use crate::scim::Object;
use crate::world::{AppView, TargetServer};

/// One difference between Entra and GoLinks about one group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GroupDifference {
    /// The group.
    pub group: GroupKey,
    /// The group's handle in the scenario.
    pub handle: Arc<str>,
    /// What is wrong.
    pub what: GroupMismatch,
}

/// What is wrong with a group at the target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum GroupMismatch {
    /// In scope, and not there.
    Missing,
    /// In scope, and there more than once.
    Several(usize),
    /// Out of scope or deleted, and still there.
    StillExists,
    /// A mapped attribute differs.
    Differs {
        /// The target path, such as `displayName`.
        attribute: Box<str>,
        /// What Entra intends.
        want: Box<str>,
        /// What GoLinks holds; `None` when it holds no value.
        have: Option<Box<str>>,
    },
    /// These users should be members, and are not.
    Lacks(Vec<Arc<str>>),
    /// These users are members, and should not be.
    Holds(Vec<Arc<str>>),
}

impl std::fmt::Display for GroupMismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GroupMismatch::Missing => f.write_str("in scope, and not there"),
            GroupMismatch::Several(count) => write!(f, "in scope, and there {count} times"),
            GroupMismatch::StillExists => f.write_str("out of scope, and still there"),
            GroupMismatch::Differs { attribute, want, have: Some(have) } => {
                write!(f, "{attribute} is \"{have}\" and should be \"{want}\"")
            }
            GroupMismatch::Differs { attribute, want, have: None } => {
                write!(f, "{attribute} is missing and should be \"{want}\"")
            }
            GroupMismatch::Lacks(users) => write!(f, "should have {} as a member", listed(users)),
            GroupMismatch::Holds(users) => {
                write!(f, "has {} as a member and should not", listed(users))
            }
        }
    }
}

/// How many members a sentence names.
const NAMED: usize = 3;

/// Names in a sentence: the first few, and how many more.
fn listed(users: &[Arc<str>]) -> String {
    let names: Vec<&str> = users.iter().take(NAMED).map(|name| &**name).collect();
    match users.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// The groups at the target that provisioning wrote or found for a group of the directory, also
/// after the link is gone.
#[derive(Default)]
pub struct ManagedGroups(BTreeMap<GroupKey, Vec<GroupId>>);

impl ManagedGroups {
    /// Reads a row of the provisioning log.
    pub(super) fn observe(&mut self, row: &LogEntry, server: &TargetServer) {
        let (Subject::Group(group), Some(target)) = (row.subject, &row.target) else { return };
        let Some(id) = server.group_id(target) else { return };
        let known = self.0.entry(group).or_default();
        if !known.contains(&id) {
            known.push(id);
        }
    }

    fn of(&self, group: GroupKey) -> &[GroupId] {
        self.0.get(&group).map_or(&[], Vec::as_slice)
    }
}

/// Whether groups are part of the intent: their mapping is on, and the target can hold them.
pub fn are_intended(world: AppView<'_>) -> bool {
    world.entra().job().settings().schema.groups.enabled && world.target().has_groups()
}

/// Whether an administrator who looks at the directory would say that this group should be at the
/// target. Like [`super::in_scope`] it sees an assignment at once.
pub fn group_in_scope(world: AppView<'_>, group: GroupKey) -> bool {
    let (tenant, settings) = (world.entra().tenant(), world.entra().job().settings());
    let row = tenant.group(group);
    let assigned = || row.security_enabled() && tenant.group_assigned(world.app(), group).is_some();
    are_intended(world)
        && !model::is_deleted(world.entra())
        && row.lifecycle() == Lifecycle::Active
        && (settings.scope == SyncScope::All || assigned())
        && settings.schema.filters.pass(row, &settings.policy)
        && settings.schema.filters.read_in(row, &settings.policy)
}

/// Compares the groups of Entra and GoLinks, and returns every difference in group order.
pub fn compare_groups(world: AppView<'_>) -> Vec<GroupDifference> {
    let mut differences = Vec::new();
    if are_intended(world) {
        for (group, row) in world.entra().tenant().groups() {
            let of = |what| GroupDifference { group, handle: row.handle().clone(), what };
            differences.extend(of_group(world, group).into_iter().map(of));
        }
    }
    differences
}

/// What is wrong about one group; empty when all is right. The cost grows with its members.
pub fn of_group(world: AppView<'_>, group: GroupKey) -> Vec<GroupMismatch> {
    if !are_intended(world) {
        return Vec::new();
    }
    let actions = world.entra().job().settings().schema.groups.actions;
    let there = found(world, group);
    match (group_in_scope(world, group), there.as_slice()) {
        (true, []) if actions.create => vec![GroupMismatch::Missing],
        (true, []) => Vec::new(),
        (true, [_, _, ..]) => vec![GroupMismatch::Several(there.len())],
        (true, [one]) if actions.update => {
            let mut wrong = differing(world, group, *one);
            wrong.extend(of_members(world, group, *one));
            wrong
        }
        (false, [_, ..]) if !is_kept(world, group) && !is_wanted_beside(world, group) => {
            vec![GroupMismatch::StillExists]
        }
        _ => Vec::new(),
    }
}

/// Whether another application that is meant to provision the same server wants the group there.
fn is_wanted_beside(world: AppView<'_>, group: GroupKey) -> bool {
    world.beside().any(|other| group_in_scope(other, group))
}

/// Whether the settings leave a group out of scope as it is.
fn is_kept(world: AppView<'_>, group: GroupKey) -> bool {
    let (settings, row) = (world.entra().job().settings(), world.entra().tenant().group(group));
    let is_unread = || {
        row.lifecycle() != Lifecycle::HardDeleted
            && !settings.schema.filters.read_in(row, &settings.policy)
    };
    model::is_deleted(world.entra())
        || !settings.schema.groups.actions.delete
        || settings.policy.skip_out_of_scope_deletions
        || is_unread()
}

/// The groups at the target that are this group's: the linked one, the one with its name, and those
/// that it had before; for a group out of scope those that the service managed. One that belongs to
/// another group in scope is left out.
pub fn found(world: AppView<'_>, group: GroupKey) -> Vec<GroupId> {
    let target = world.target();
    let linked = link_of(world, group);
    let named = wanted_name(world, group).filter(|_| group_in_scope(world, group));
    let named = named.and_then(|name| target.find_group_name(&name));
    let ids = linked.into_iter().chain(named).chain(world.exposures().groups().of(group).to_vec());
    let mut found: Vec<GroupId> = Vec::new();
    for id in ids {
        let own = linked == Some(id) && group_in_scope(world, group);
        if !found.contains(&id)
            && target.holds_group(id)
            && (own || !belongs_to_another(world, id, group))
        {
            found.push(id);
        }
    }
    found
}

fn link_of(world: AppView<'_>, group: GroupKey) -> Option<GroupId> {
    world.target().find_group_id(&world.entra().job().links().get(group)?.target)
}

/// Whether a group at the target is linked to another group, which is in scope.
fn belongs_to_another(world: AppView<'_>, id: GroupId, group: GroupKey) -> bool {
    let links = world.entra().job().links();
    match links.subject_of(ObjectKind::Group, &world.target().group_id_text(id)) {
        Some(Subject::Group(owner)) => owner != group && group_in_scope(world, owner),
        _ => false,
    }
}

/// The displayName that the mapping gives a group.
fn wanted_name(world: AppView<'_>, group: GroupKey) -> Option<String> {
    let rows = world.entra().job().settings().schema.groups.rows();
    let nth = rows.iter().position(|row| row.target.is("displayName"))?;
    intended(world, group, nth, &rows[nth]).shown().map(|name| name.into_owned())
}

/// The value that a mapping row gives a group now.
fn intended(world: AppView<'_>, group: GroupKey, nth: usize, row: &Mapping) -> Flow {
    let entra = world.entra();
    let object = entra.tenant().group(group);
    let import = Import {
        object: ImportedObject::Group(object),
        key: object.handle(),
        domain: &entra.tenant().settings().domain,
        now: world.now(),
        seed: world.seed(),
        policy: &entra.job().settings().policy,
    };
    value_of(row, nth, &import)
}

/// The mapped values, members apart, in which a group differs; by the rules for accounts.
fn differing(world: AppView<'_>, group: GroupKey, id: GroupId) -> Vec<GroupMismatch> {
    let resource = world.target().group(id).unwrap_or_default();
    let schema = &world.entra().job().settings().schema.groups;
    let compared = schema.rows().iter().enumerate().filter(|(nth, row)| {
        Some(*nth) != schema.members()
            && row.apply != Apply::OnlyOnCreate
            && !model::is_fleeting(row)
    });
    compared.filter_map(|(nth, row)| difference(world, group, nth, row, &resource)).collect()
}

fn difference(
    world: AppView<'_>,
    group: GroupKey,
    nth: usize,
    row: &Mapping,
    resource: &Object,
) -> Option<GroupMismatch> {
    let want = intended(world, group, nth, row);
    if model::shows(row, &want, resource) {
        return None;
    }
    let want = Box::from(&*want.shown()?);
    let have = model::have(row, resource);
    Some(GroupMismatch::Differs { attribute: Box::from(&*row.target.name), want, have })
}

/// The members that lack, and those that are too many.
fn of_members(world: AppView<'_>, group: GroupKey, id: GroupId) -> Vec<GroupMismatch> {
    let (tenant, target) = (world.entra().tenant(), world.target());
    let are_mapped = world.entra().job().settings().schema.groups.members().is_some();
    // Of a server that never shows members nothing can be said.
    if !are_mapped || !target.shows_members() {
        return Vec::new();
    }
    let handle = |user: UserKey| tenant.user(user).handle().clone();
    let lacks: Vec<_> =
        tenant.members(group).filter(|user| is_missing(world, *user, id)).map(handle).collect();
    let owners = target.group_members(id).filter_map(|account| model::owner(world, account));
    let extra = owners.filter(|user| {
        tenant.user(*user).lifecycle() == Lifecycle::Active && !tenant.is_member(group, *user)
    });
    let holds: Vec<_> = extra.map(handle).collect();
    let mut wrong = Vec::new();
    if !lacks.is_empty() {
        wrong.push(GroupMismatch::Lacks(lacks));
    }
    if !holds.is_empty() {
        wrong.push(GroupMismatch::Holds(holds));
    }
    wrong
}

/// Whether a user should be a member, has an account, and no account of theirs is a member.
fn is_missing(world: AppView<'_>, user: UserKey, id: GroupId) -> bool {
    if !super::in_scope(world, user) {
        return false;
    }
    let accounts = model::ids(world, user);
    let target = world.target();
    let mut there = accounts.iter().filter(|account| target.holds(**account)).peekable();
    there.peek().is_some() && !there.any(|account| target.is_group_member(id, *account))
}
