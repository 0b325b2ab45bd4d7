//! What the Graph API itself keeps beside the tenant and its jobs: the secrets as they were
//! written, and which jobs exist.

use std::collections::BTreeMap;

use super::throttle::Asked;
use crate::entra::tenant::{AppId, GroupKey, ObjectId};

/// What is kept for all applications.
#[derive(Clone, Default, Debug)]
pub struct SurfaceState {
    apps: BTreeMap<u16, AppSurface>,
    /// How many requests came in batches, each of which has an id of its own.
    pub batch_parts: u64,
    /// What was asked of late.
    pub asked: Asked,
    group_owners: BTreeMap<GroupKey, Vec<ObjectId>>,
    /// The owners that groups got and lost, the last change last.
    owner_changes: Vec<(GroupKey, ObjectId)>,
}

/// What is kept for one application.
#[derive(Clone, Default, Debug)]
pub struct AppSurface {
    /// The secrets that were written and are no settings of the job, by their keys.
    pub secrets: BTreeMap<String, String>,
    /// Whether the application has no synchronization job: it was never created, or deleted.
    pub jobless: bool,
    /// How many jobs clients have created, so that each has an id of its own.
    pub jobs_made: u64,
}

impl SurfaceState {
    /// What is kept for an application; `None` when nothing was ever written.
    pub fn of(&self, app: AppId) -> Option<&AppSurface> {
        self.apps.get(&app.0)
    }

    /// The same, to change it.
    pub fn of_mut(&mut self, app: AppId) -> &mut AppSurface {
        self.apps.entry(app.0).or_default()
    }

    /// The owners of a group.
    pub fn group_owners(&self, group: GroupKey) -> &[ObjectId] {
        self.group_owners.get(&group).map_or(&[], Vec::as_slice)
    }

    /// The same, to change them; who comes and who goes is remembered.
    pub fn change_group_owners(
        &mut self,
        group: GroupKey,
        change: impl FnOnce(&mut Vec<ObjectId>),
    ) {
        let owners = self.group_owners.entry(group).or_default();
        let before = owners.clone();
        change(owners);
        let left = before.iter().filter(|owner| !owners.contains(owner));
        let came = owners.iter().filter(|owner| !before.contains(owner));
        self.owner_changes.extend(left.chain(came).map(|owner| (group, *owner)));
    }

    /// How often a group got or lost an owner.
    pub fn owner_version(&self) -> u64 {
        self.owner_changes.len() as u64
    }

    /// The owners that groups got or lost since then.
    pub fn owner_changes_since(&self, version: u64) -> &[(GroupKey, ObjectId)] {
        let from = usize::try_from(version).unwrap_or(usize::MAX);
        self.owner_changes.get(from..).unwrap_or_default()
    }

    /// The groups that an object owns.
    pub fn groups_owned_by(&self, owner: ObjectId) -> impl Iterator<Item = GroupKey> + '_ {
        let owned = self.group_owners.iter().filter(move |(_, owners)| owners.contains(&owner));
        owned.map(|(group, _)| *group)
    }

    /// Whether an application has a synchronization job.
    pub fn has_job(&self, app: AppId) -> bool {
        self.of(app).is_none_or(|kept| !kept.jobless)
    }
}
