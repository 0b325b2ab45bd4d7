//! Explains in sentences why a group is at GoLinks or is not, and who of its members is in it.

use super::drafted::drafted;
use super::next::next;
use super::scope::filters_read;
use super::{RIGHT, last_row, linked_beside, not_right, plain};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{GroupKey, Lifecycle, UserKey};
use crate::scenario::layout::{Line, Tone, plural};
use crate::world::{AppView, intent};

/// How many members are named in a line.
const NAMED: usize = 12;

/// Everything about one group: directory, scope, what GoLinks holds, members, the last row of the
/// log.
pub fn group(world: AppView<'_>, group: GroupKey) -> Vec<Line> {
    let mut lines = vec![verdict(world, group), plain("")];
    lines.push(plain(directory(world, group)));
    lines.push(plain(scope(world, group)));
    lines.extend(drafted(world, Some(group.into())));
    lines.extend(at_golinks(world, group));
    lines.extend(members(world, group));
    lines.push(plain(last_row(world, group.into(), None)));
    if intent::are_intended(world) {
        lines.push(plain(match is_left_alone(world, group) {
            true => "Next: nothing; no cycle has anything to do about it.".to_owned(),
            false => next(world, group),
        }));
    }
    lines
}

/// Whether a group is neither to be at GoLinks nor known there, so that no cycle sees to it.
fn is_left_alone(world: AppView<'_>, group: GroupKey) -> bool {
    let job = world.entra().job();
    !intent::group_in_scope(world, group)
        && job.links().get(group).is_none()
        && job.escrows().get(group).is_none()
        && job.escrows().given_up(group).is_none()
}

/// The first line: whether the group is there, and whether that is as intended.
fn verdict(world: AppView<'_>, group: GroupKey) -> Line {
    let row = world.entra().tenant().group(group);
    let name = format!("{} ({})", row.display_name(), row.handle());
    let there = match intent::found_groups(world, group).as_slice() {
        [] => "is not at GoLinks".to_owned(),
        [one] => {
            let members = world.target().group_members(*one).count() as u64;
            format!("is at GoLinks, with {}", plural(members, "member"))
        }
        many => format!("is at GoLinks {} times", many.len()),
    };
    let there = world.target().called().fill(&there);
    let as_it_should = match intent::of_group(world, group).as_slice() {
        [] => (Tone::Good, RIGHT.to_owned()),
        wrong => not_right(world, group, wrong),
    };
    Line(vec![(Tone::Strong, format!("{name} {there}")), as_it_should])
}

fn directory(world: AppView<'_>, group: GroupKey) -> String {
    let row = world.entra().tenant().group(group);
    let state = match row.lifecycle() {
        Lifecycle::Active => "in the directory",
        Lifecycle::SoftDeleted { .. } => "in the recycle bin",
        Lifecycle::HardDeleted => "deleted for good",
    };
    let rule = row.rule().map(|rule| format!(" Its rule: {}.", rule.text())).unwrap_or_default();
    format!("Directory: {state}, {}.{rule}", row.kind().name())
}

/// Whether the group is to be at GoLinks, and what decides it.
fn scope(world: AppView<'_>, group: GroupKey) -> String {
    let (tenant, settings) = (world.entra().tenant(), world.entra().job().settings());
    let row = tenant.group(group);
    let assigned = tenant.group_assigned(world.app(), group).is_some();
    if let Some(gone) = world.entra().gone() {
        return format!("Assigned: no. Scope: the application {}.", gone.words());
    }
    let seen = tenant.group_facts(world.app(), group);
    let is_broken = assigned && seen.assigned && !seen.has_role;
    let entitles = match (assigned, row.security_enabled()) {
        (true, true) if is_broken => {
            "Assigned: yes, but the record of the assignment is broken, so nobody is entitled by \
             it; unassign and assign again."
        }
        (true, true) if row.deleted() => "Assigned: yes, but deleted, so nobody is assigned by it.",
        (true, true) => "Assigned: yes, and its direct members by it.",
        (true, false) => "Assigned: yes, but it is no security group, so nobody is assigned by it.",
        (false, true) => "Assigned: no.",
        (false, false) => "Assigned: no, and it is no security group, so it cannot be.",
    };
    let why = if !world.target().has_groups() {
        "GoLinks has no groups, so the group itself is not provisioned"
    } else if !settings.schema.groups.enabled {
        "the mapping of groups is off, so the group itself is not provisioned"
    } else if row.deleted() {
        "it is deleted, so not in scope"
    } else if !assigned && settings.scope == SyncScope::Assigned {
        "it is not assigned, so not in scope"
    } else if is_broken && settings.scope == SyncScope::Assigned {
        "provisioning treats it as not entitled, so not in scope"
    } else if !filters_read(world, row) {
        "a filter keeps it from being read, so what is there stays as it is"
    } else if !settings.schema.filters.pass(row, &settings.policy) {
        "it passes no filter of groups, so not in scope"
    } else {
        "in scope"
    };
    let coming = tenant.arriving_group(world.app(), group);
    let coming: Vec<String> = coming.iter().map(|it| it.coming()).collect();
    let coming = match coming.as_slice() {
        [] => String::new(),
        all => format!(" Not seen by provisioning yet: {}.", all.join(", ")),
    };
    let why = world.target().called().fill(why);
    if intent::are_intended(world) && world.entra().waits_for_scope(group) {
        let now = match world.entra().group_scoping_in_force(group).in_scope() {
            true => "in scope",
            false => "not in scope",
        };
        return format!(
            "{entitles} The group: {why}, as it is saved. That takes effect with the next initial \
             cycle; until then the group is {now}.{coming}"
        );
    }
    format!("{entitles} The group: {why}.{coming}")
}

fn at_golinks(world: AppView<'_>, group: GroupKey) -> Vec<Line> {
    let link = world.entra().job().links().get(group);
    let told = |id: &crate::golinks::GroupId| {
        let text = id.to_string();
        let linked = match link.is_some_and(|link| *link.target == *text) {
            true => "linked".to_owned(),
            false => linked_beside(world, &text, "not linked"),
        };
        let resource = world.target().group(*id).unwrap_or_default();
        let name = resource.get("displayName").and_then(|name| name.as_text()).unwrap_or_default();
        let server = world.target().called().amid();
        plain(format!("At {server}: {name} ({text}, {linked})."))
    };
    intent::found_groups(world, group).iter().map(told).collect()
}

/// Who is in the group, and for each kind of member that GoLinks does not have, why.
fn members(world: AppView<'_>, group: GroupKey) -> Vec<Line> {
    let tenant = world.entra().tenant();
    let members: Vec<UserKey> = tenant.members(group).collect();
    let name = |user: &UserKey| tenant.user(*user).handle().to_string();
    let mut lines = vec![plain(match members.as_slice() {
        [] => "Members: nobody.".to_owned(),
        some => format!("Members: {}.", listed(some.iter().map(name).collect())),
    })];
    let beside = members_beside(world, group, &members);
    if !beside.is_empty() {
        let server = world.target().called().amid();
        lines.push(plain(format!("Members at {server} besides these: {}.", listed(beside))));
    }
    let nested = tenant.group(group).nested();
    if !nested.is_empty() {
        let inner = nested.iter().map(|group| tenant.group(*group).handle().to_string()).collect();
        lines.push(plain(format!("Groups in it, which do not count: {}.", listed(inner))));
    }
    let outside: Vec<String> =
        members.iter().filter(|user| !intent::in_scope(world, **user)).map(name).collect();
    if !outside.is_empty() && intent::group_in_scope(world, group) {
        lines.push(plain(format!("Out of scope themselves: {}.", listed(outside))));
    }
    lines
}

/// The members of the group at GoLinks that are not in it in the directory, or in the recycle bin.
fn members_beside(world: AppView<'_>, group: GroupKey, members: &[UserKey]) -> Vec<String> {
    let tenant = world.entra().tenant();
    let found = intent::found_groups(world, group);
    let accounts = found.iter().flat_map(|id| world.target().group_members(*id));
    let names = accounts.map(|account| intent::name_of(world, account));
    let told = names.filter_map(|name| match tenant.find_user(&name) {
        Some(user) if members.contains(&user) => None,
        Some(user) => Some(match tenant.user(user).lifecycle() {
            Lifecycle::Active => name,
            Lifecycle::SoftDeleted { .. } => format!("{name} (in the recycle bin)"),
            Lifecycle::HardDeleted => format!("{name} (deleted for good)"),
        }),
        None => Some(name),
    });
    told.collect()
}

/// The first few names, and how many more.
pub(super) fn listed(names: Vec<String>) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The assigned groups that a user belongs to only through a group within them: assignment does
/// not cascade to nested groups [assign-portal].
pub(super) fn nested_of(world: AppView<'_>, user: UserKey) -> Option<String> {
    let tenant = world.entra().tenant();
    let direct = tenant.user(user).groups();
    let mut within: Vec<(GroupKey, GroupKey)> = Vec::new();
    let mut reached: Vec<(GroupKey, GroupKey)> = direct.iter().map(|it| (*it, *it)).collect();
    while let Some((inner, from)) = reached.pop() {
        for (outer, row) in tenant.groups().filter(|(_, row)| row.nested().contains(&inner)) {
            let known = direct.contains(&outer) || within.iter().any(|(it, _)| *it == outer);
            if !known && !row.deleted() {
                within.push((outer, from));
                reached.push((outer, from));
            }
        }
    }
    let assigned = |(outer, from): &(GroupKey, GroupKey)| {
        tenant.group_assigned(world.app(), *outer)?;
        Some(format!(
            "{} ({} is in it)",
            tenant.group(*outer).handle(),
            tenant.group(*from).handle()
        ))
    };
    let outer: Vec<String> = within.iter().filter_map(assigned).collect();
    (!outer.is_empty()).then(|| {
        format!(
            "Nested: assigned, with a group of the user in it: {}. Members of a nested group are not \
             assigned by it.",
            listed(outer)
        )
    })
}

/// The groups of a user, for the explanation of a user; `None` when there are none.
pub(super) fn groups_of(world: AppView<'_>, user: UserKey) -> Option<String> {
    let tenant = world.entra().tenant();
    let told = |group: &GroupKey| {
        let row = tenant.group(*group);
        let how = match (row.lifecycle(), row.rule().is_some()) {
            (Lifecycle::SoftDeleted { .. }, _) => " (in the recycle bin)",
            (_, true) => " (by its rule)",
            _ => "",
        };
        format!("{}{how}", row.handle())
    };
    let groups: Vec<String> = tenant.user(user).groups().iter().map(told).collect();
    (!groups.is_empty()).then(|| format!("Groups: {}.", listed(groups)))
}
