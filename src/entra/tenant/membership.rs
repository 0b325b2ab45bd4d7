//! Groups and their members.

use super::assignment::assignable;
use super::new_user::check_handle;
use super::{
    Group, GroupKey, Lifecycle, NewAssignment, NewGroup, ObjectId, Tenant, TenantEvent, UserKey,
};
use crate::base::Moment;

/// Each change returns a sentence for what the directory would refuse, or what would change
/// nothing.
#[allow(clippy::missing_errors_doc)]
impl Tenant {
    /// Creates a group with its members; its assignment reaches provisioning after the usual delay.
    pub fn create_group(
        &mut self,
        new: NewGroup,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<GroupKey, String> {
        let members: Result<Vec<_>, _> =
            new.members.iter().map(|user| self.present_named(&user.handle)).collect();
        let nested: Result<Vec<_>, _> =
            new.nested.iter().map(|group| self.live_group_named(&group.handle)).collect();
        let (members, nested) = (members?, nested?);
        let assigned = self.role_of(new.assigned.as_ref());
        let group = self.insert_group(new)?;
        self.groups[group.index()].nested = nested;
        moment.emit(TenantEvent::GroupCreated { group: self.group_handle(group) }.into());
        for member in members {
            // A user named twice joins once.
            let _ = self.add_member(group, member, moment);
        }
        match assigned {
            Some(role) => self.assign_group(group, role, moment).map(|()| group),
            None => Ok(group),
        }
    }

    /// Sets up a group before the world begins: without events, without its members, and with its
    /// assignment in effect.
    pub fn set_up_group(&mut self, new: NewGroup) -> Result<GroupKey, String> {
        let assigned = self.role_of(new.assigned.as_ref());
        let group = self.insert_group(new)?;
        let row = &mut self.groups[group.index()];
        (row.assigned, row.effective) = (assigned, assigned);
        Ok(group)
    }

    /// Sets up a membership before the world begins; a second time it changes nothing.
    pub fn set_up_member(&mut self, group: GroupKey, user: UserKey) {
        if !self.user(user).groups.contains(&group) {
            self.join(group, user);
        }
    }

    /// Sets up a group inside a group before the world begins.
    pub fn set_up_nested(&mut self, group: GroupKey, inner: GroupKey) -> Result<(), String> {
        if group == inner {
            return Err(format!("group {} cannot be inside itself", self.group(group).handle));
        }
        let nested = &mut self.groups[group.index()].nested;
        if !nested.contains(&inner) {
            nested.push(inner);
        }
        Ok(())
    }

    /// Deletes a group, at once and for good: security groups have no recycle bin. [groups-restore]
    pub fn delete_group(
        &mut self,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.present_group(group)?;
        self.group_takes_effect(group, None);
        let row = &mut self.groups[group.index()];
        row.deleted = true;
        row.assigned = None;
        row.nested = Vec::new();
        for member in std::mem::take(&mut row.members) {
            self.users[member.index()].groups.retain(|other| *other != group);
        }
        for other in &mut self.groups {
            other.nested.retain(|inner| *inner != group);
        }
        self.group_feed.touch(group.0);
        moment.emit(TenantEvent::GroupDeleted { group: self.group_handle(group) }.into());
        Ok(())
    }

    /// Makes a user a direct member of a group.
    pub fn add_member(
        &mut self,
        group: GroupKey,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let name = &self.present_group(group)?.handle;
        let row = self.present(user)?;
        if row.groups.contains(&group) {
            return Err(format!("{} is in group {name} already", row.handle));
        }
        self.join(group, user);
        self.membership_changed(group, user);
        moment.emit(
            TenantEvent::MemberAdded { group: self.group_handle(group), user: self.handle(user) }
                .into(),
        );
        Ok(())
    }

    /// Removes a user from a group.
    pub fn remove_member(
        &mut self,
        group: GroupKey,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let name = &self.present_group(group)?.handle;
        let row = self.present(user)?;
        if !row.groups.contains(&group) {
            return Err(format!("{} is not in group {name}", row.handle));
        }
        self.users[user.index()].groups.retain(|other| *other != group);
        self.groups[group.index()].members.retain(|other| *other != user);
        self.membership_changed(group, user);
        moment.emit(
            TenantEvent::MemberRemoved { group: self.group_handle(group), user: self.handle(user) }
                .into(),
        );
        Ok(())
    }

    /// The direct members of a group that are in the directory (not in the recycle bin), in the
    /// order of joining.
    pub fn members(&self, group: GroupKey) -> impl Iterator<Item = UserKey> + '_ {
        let members = self.group(group).members.iter().copied();
        members.filter(|member| self.user(*member).lifecycle == Lifecycle::Active)
    }

    /// Whether a user is a direct member of a group, in the recycle bin too.
    pub fn is_member(&self, group: GroupKey, user: UserKey) -> bool {
        self.user(user).groups.contains(&group)
    }

    pub(super) fn join(&mut self, group: GroupKey, user: UserKey) {
        self.users[user.index()].groups.push(group);
        self.groups[group.index()].members.push(user);
    }

    /// Counts a member as deleted for good. The list is cleaned up only when half of its members
    /// are, so that a mass deletion stays cheap.
    pub(super) fn sweep(&mut self, group: GroupKey, user: UserKey) {
        let (users, row) = (&self.users, &mut self.groups[group.index()]);
        row.gone += 1;
        if row.gone * 2 > row.members.len() {
            row.members.retain(|member| users[member.index()].lifecycle != Lifecycle::HardDeleted);
            row.gone = 0;
        }
        self.group_feed.touch(group.0);
        self.membership_feed.touch(group, user);
    }

    /// The group of this handle that is not deleted, or a sentence.
    pub(super) fn live_group_named(&self, handle: &str) -> Result<GroupKey, String> {
        let group = self.group_named(handle)?;
        self.present_group(group)?;
        Ok(group)
    }

    pub(super) fn present_group(&self, group: GroupKey) -> Result<&Group, String> {
        let row = self.group(group);
        if row.deleted { Err(format!("group {} is deleted", row.handle)) } else { Ok(row) }
    }

    /// Marks the group as changed, and the user only if the group decides about scope.
    fn membership_changed(&mut self, group: GroupKey, user: UserKey) {
        self.group_feed.touch(group.0);
        self.membership_feed.touch(group, user);
        if self.group(group).entitles().is_some() {
            self.user_feed.touch(user.0);
        }
    }

    fn insert_group(&mut self, new: NewGroup) -> Result<GroupKey, String> {
        check_handle(&new.handle)?;
        let unassigned = matches!(new.assigned, None | Some(NewAssignment::No));
        assignable(&new.handle, new.security_enabled || unassigned)?;
        let before = self.groups.iter().filter(|group| *group.handle == *new.handle);
        if before.clone().any(|group| !group.deleted) {
            return Err(format!("there is a group `{}` already", new.handle));
        }
        let object_id = ObjectId(self.seed.guid("group", &new.handle, before.count() as u64));
        let shown = if new.display_name.is_empty() { &new.handle } else { &new.display_name };
        Ok(self.enter_group(Group {
            object_id,
            display_name: shown.as_str().into(),
            handle: new.handle.into(),
            security_enabled: new.security_enabled,
            deleted: false,
            members: Vec::new(),
            gone: 0,
            nested: Vec::new(),
            assigned: None,
            effective: None,
        }))
    }
}
