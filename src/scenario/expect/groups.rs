//! `golinks.group.<group>`: the group at GoLinks that belongs to a group of the directory, also
//! after a rename and after the link is gone, and who is in it.

use crate::golinks::GroupId;
use crate::scim::Path;
use crate::world::AppView;
use crate::world::intent;

use super::{Memory, ObservableRow, ObservedValue, Shape, linked_group};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "golinks.groups.total",
        shape: Shape::Count,
        doc: "groups at GoLinks",
        see: |world, _| ObservedValue::count(world.target().group_count() as u64),
    },
    ObservableRow {
        path: "golinks.groups.repeated",
        shape: Shape::Count,
        doc: "linked groups that have a member more than once",
        see: |world, _| ObservedValue::count(intent::repeated_members(world).len() as u64),
    },
];

/// What is observed of a group.
#[derive(Clone, Debug)]
pub enum GroupPart {
    /// Whether it is there.
    Whole,
    /// How many members it has.
    MemberCount,
    /// The names of its members, sorted.
    MemberNames,
    /// A value along a SCIM path.
    Value(Box<Path>),
}

/// Returns what is observed of a group; absent when it is not there.
pub fn see(world: AppView<'_>, memory: &Memory, name: &str, part: &GroupPart) -> ObservedValue {
    let Some(id) = find(world, memory, name) else { return ObservedValue::Absent };
    let target = world.target();
    match part {
        GroupPart::MemberCount => ObservedValue::count(target.group_members(id).count() as u64),
        GroupPart::MemberNames => {
            let mut names: Vec<String> =
                target.group_members(id).map(|account| intent::name_of(world, account)).collect();
            names.sort_unstable();
            ObservedValue::List(names.into_iter().map(ObservedValue::Text).collect())
        }
        GroupPart::Whole => {
            let group = target.group(id).unwrap_or_default();
            group.get("displayName").map_or(ObservedValue::Absent, ObservedValue::scim)
        }
        GroupPart::Value(path) => {
            let group = target.group(id).unwrap_or_default();
            path.find(&group).map_or(ObservedValue::Absent, ObservedValue::scim)
        }
    }
}

/// Finds the group of a name, in this order: the linked one, the one that was linked last, the one
/// with the directory's name for it, the one called so.
fn find(world: AppView<'_>, memory: &Memory, name: &str) -> Option<GroupId> {
    let (tenant, target) = (world.entra().tenant(), world.target());
    let group = tenant.find_group(name);
    let link = group.and_then(|group| linked_group(world, group));
    let remembered = || memory.group(name).filter(|id| target.holds_group(*id));
    let by_display_name = || target.find_group_name(tenant.group(group?).display_name());
    link.or_else(remembered).or_else(by_display_name).or_else(|| target.find_group_name(name))
}
