//! The members of groups: joining, leaving, and the lists on both sides.

use super::{Group, GroupKey, Lifecycle, Tenant, TenantEvent, UserKey};
use crate::base::Moment;

/// Each change returns a sentence for what the directory would refuse, or what would change
/// nothing.
#[allow(clippy::missing_errors_doc)]
impl Tenant {
    /// Sets up a membership before the world begins; a second time it changes nothing.
    pub fn set_up_member(&mut self, group: GroupKey, user: UserKey) {
        if !self.user(user).groups.contains(&group) {
            self.join(group, user);
        }
    }

    /// Makes a user a direct member of a group.
    pub fn add_member(
        &mut self,
        group: GroupKey,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_add_member(group, user)?;
        self.join(group, user);
        self.membership_changed(group, user);
        let (group, user) = (self.group_handle(group), self.handle(user));
        moment.emit(TenantEvent::MemberAdded { group, user, by_rule: false }.into());
        Ok(())
    }

    /// Whether a user can be made a direct member of a group.
    pub fn may_add_member(&self, group: GroupKey, user: UserKey) -> Result<(), String> {
        let name = &self.group_by_hand(group)?.handle;
        let row = self.present(user)?;
        match row.groups.contains(&group) {
            true => Err(format!("{} is in group {name} already", row.handle)),
            false => Ok(()),
        }
    }

    /// Whether a user can be removed from a group.
    pub fn may_remove_member(&self, group: GroupKey, user: UserKey) -> Result<(), String> {
        let name = &self.group_by_hand(group)?.handle;
        let row = self.present(user)?;
        match row.groups.contains(&group) {
            true => Ok(()),
            false => Err(format!("{} is not in group {name}", row.handle)),
        }
    }

    /// Removes a user from a group.
    pub fn remove_member(
        &mut self,
        group: GroupKey,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_remove_member(group, user)?;
        self.part(group, user);
        self.membership_changed(group, user);
        let (group, user) = (self.group_handle(group), self.handle(user));
        moment.emit(TenantEvent::MemberRemoved { group, user, by_rule: false }.into());
        Ok(())
    }

    /// The direct members of a group that are in the directory (not in the recycle bin), in the
    /// order of joining; for a group in the recycle bin those it would have when restored.
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

    pub(super) fn part(&mut self, group: GroupKey, user: UserKey) {
        self.users[user.index()].groups.retain(|other| *other != group);
        self.groups[group.index()].members.retain(|other| *other != user);
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

    /// Marks the group as changed, and the user only if the group decides about scope.
    pub(super) fn membership_changed(&mut self, group: GroupKey, user: UserKey) {
        self.group_feed.touch(group.0);
        self.membership_feed.touch(group, user);
        for app in self.apps() {
            if self.entitles(app, group).is_some() {
                self.user_feed.touch_for(app, user.0);
            }
        }
    }

    /// The group of this handle that can be joined by hand, or a sentence.
    pub(super) fn group_to_join(&self, handle: &str) -> Result<GroupKey, String> {
        let group = self.group_named(handle)?;
        self.group_by_hand(group).map(|_| group)
    }

    /// A group whose members are changed by hand, or why they are not. [dynamic-groups]
    fn group_by_hand(&self, group: GroupKey) -> Result<&Group, String> {
        let row = self.present_group(group)?;
        match row.rule {
            None => Ok(row),
            Some(_) => Err(format!(
                "group {} is dynamic: its rule decides who is in it, and members are neither added \
                 nor removed by hand",
                row.handle
            )),
        }
    }
}
