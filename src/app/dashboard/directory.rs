//! The panel of the directory: its users and groups with what decides whether each is provisioned,
//! and the actions that change it.

use schemars::JsonSchema;
use serde::Serialize;

use super::groups;
use super::panels::Scene;
use super::person::{scope_words, verbs};
use super::words;
use crate::entra::tenant::{Attribute, Group, GroupKey, Lifecycle, User, UserKey};
use crate::world::{AppView, intent};

/// The users of the directory, as many as are shown.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// The heading: `the first 100 of 1,200 users shown`.
    pub says: String,
    /// The words that every shown user has; empty for all users.
    pub narrow: String,
    /// The users, in the order in which they came.
    pub rows: Vec<DirectoryRow>,
    /// The heading of the groups: `3 groups`.
    pub groups_say: String,
    /// The groups, in the order in which they came.
    pub groups: Vec<DirectoryGroup>,
    /// The attributes of a user that can be edited.
    pub attributes: Vec<&'static str>,
}

/// A group in the directory.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryGroup {
    /// The name in actions.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// Its members: `3 members`, `3 members by rule`.
    pub members: String,
    /// Whether members are added and removed by hand, and not by a rule.
    pub by_hand: bool,
    /// Whether it is assigned to the application.
    pub assigned: bool,
    /// `in scope`, or why not.
    pub scope: &'static str,
    /// Whether it is in scope.
    pub in_scope: bool,
    /// The verbs of the actions to offer; their argument is the handle.
    pub can: Vec<&'static str>,
}

/// A user in the directory.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryRow {
    /// The name in actions.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// The department, if any.
    pub department: String,
    /// `enabled`, `blocked`, `in the bin` or `deleted for good`.
    pub sign_in: &'static str,
    /// Whether the user is assigned to the application: `directly`, `through a group` or `no`.
    pub assigned: &'static str,
    /// Whether the user is in scope.
    pub in_scope: bool,
    /// The state in words: `in scope`, or why not.
    pub scope: &'static str,
    /// The verbs of the actions to offer; their argument is the handle.
    pub can: Vec<&'static str>,
}

/// How many users are shown.
const SHOWN: usize = 100;

/// The panel's view of a play. Its cost grows with the users shown; only a search reads all.
pub fn view(scene: &Scene<'_>) -> Directory {
    let narrow = scene.query.narrow.clone();
    let wanted = words::wanted(&narrow);
    let tenant = scene.app().entra().tenant();
    let keys = (0..tenant.user_count() as u32).map(UserKey);
    let found = keys.filter(|key| holds(tenant.user(*key), &wanted));
    let rows: Vec<DirectoryRow> = found.take(SHOWN).map(|key| row(scene, key)).collect();
    let gone = tenant.user_count() - tenant.present_count();
    let mut users = words::counted(tenant.present_count() as u64, "user", "users");
    if gone > 0 {
        users += &format!(", {} deleted for good", words::count(gone as u64));
    }
    let shown = words::count(rows.len() as u64);
    let says = match rows.len() {
        SHOWN.. if tenant.user_count() > SHOWN => format!("the first {shown} shown; {users}"),
        _ if !wanted.is_empty() => format!("{shown} found; {users}"),
        _ => users,
    };
    let (groups_say, groups) = found_groups(scene, &wanted);
    let attributes = Attribute::COMMON.iter().map(|it| it.name()).collect();
    Directory { says, narrow, rows, groups_say, groups, attributes }
}

/// The groups whose name holds each of the words, and the heading above them.
fn found_groups(scene: &Scene<'_>, wanted: &[String]) -> (String, Vec<DirectoryGroup>) {
    let world = scene.app();
    let tenant = world.entra().tenant();
    let found = tenant.groups().filter(|(_, group)| is_called(group, wanted)).take(SHOWN);
    let groups: Vec<DirectoryGroup> = found.map(|(key, _)| group_row(world, key)).collect();
    let all = words::counted(tenant.group_count() as u64, "group", "groups");
    let says = match groups.len() {
        shown if shown < tenant.group_count() => {
            format!("{} shown; {all}", words::count(shown as u64))
        }
        _ => all,
    };
    (says, groups)
}

fn group_row(world: AppView<'_>, key: GroupKey) -> DirectoryGroup {
    let tenant = world.entra().tenant();
    let group = tenant.group(key);
    let by_hand = group.rule().is_none();
    let members = words::counted(tenant.members(key).count() as u64, "member", "members");
    let in_scope = intent::group_in_scope(world, key);
    DirectoryGroup {
        handle: group.handle().to_string(),
        name: group.display_name().to_owned(),
        members: if by_hand { members } else { members + " by rule" },
        by_hand,
        assigned: tenant.group_assigned(world.app(), key).is_some(),
        scope: groups::scope_words(group.lifecycle(), in_scope),
        in_scope,
        can: groups::verbs(world.app(), tenant, key),
    }
}

/// Whether each of the words is in the group's handle or name.
pub(super) fn is_called(group: &Group, wanted: &[String]) -> bool {
    wanted.is_empty() || {
        let text = format!("{} {}", group.handle(), group.display_name()).to_lowercase();
        wanted.iter().all(|word| text.contains(word))
    }
}

/// Whether each of the words is in the user's handle, name or department.
pub(super) fn holds(user: &User, wanted: &[String]) -> bool {
    let attribute = |which| user.get(which).unwrap_or_default();
    wanted.is_empty() || {
        let (name, department) =
            (attribute(Attribute::DisplayName), attribute(Attribute::Department));
        let text = format!("{} {name} {department}", user.handle()).to_lowercase();
        wanted.iter().all(|word| text.contains(word))
    }
}

fn row(scene: &Scene<'_>, key: UserKey) -> DirectoryRow {
    let world = scene.app();
    let tenant = world.entra().tenant();
    let user = tenant.user(key);
    let in_scope = intent::in_scope(world, key);
    DirectoryRow {
        handle: user.handle().to_string(),
        name: user.get(Attribute::DisplayName).unwrap_or(user.handle()).to_owned(),
        department: user.get(Attribute::Department).unwrap_or_default().to_owned(),
        sign_in: match (user.lifecycle(), user.enabled()) {
            (Lifecycle::HardDeleted, _) => "deleted for good",
            (Lifecycle::SoftDeleted { .. }, _) => "in the bin",
            (Lifecycle::Active, true) => "enabled",
            (Lifecycle::Active, false) => "blocked",
        },
        assigned: match tenant.assigned(world.app(), key) {
            Some(_) => "directly",
            None if intent::is_assigned(world.entra(), key) => "through a group",
            None => "no",
        },
        in_scope,
        scope: scope_words(world, key, in_scope),
        can: verbs(world.app(), tenant, key),
    }
}
