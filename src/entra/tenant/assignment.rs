//! Assignments to the application, and when provisioning learns of them.

use std::collections::VecDeque;

use super::{Group, GroupKey, Lifecycle, Role, Tenant, TenantEvent, UserKey};
use crate::base::seed::show_guid;
use crate::base::{Moment, Time};
use crate::entra::expression::AppRole;

/// Changes of assignments that provisioning does not see yet, oldest first. They arrive in this
/// order.
#[derive(Clone, Default)]
pub(super) struct Replication(VecDeque<Waiting>);

#[derive(Clone)]
struct Waiting {
    made: Time,
    whose: Whose,
    role: Option<Role>,
}

#[derive(Clone, Copy)]
enum Whose {
    User(UserKey),
    Group(GroupKey),
}

/// Each change returns a sentence for what the directory would refuse, or what would change
/// nothing.
#[allow(clippy::missing_errors_doc)]
impl Tenant {
    /// Assigns a user to the application.
    pub fn assign(
        &mut self,
        user: UserKey,
        role: Role,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let row = self.present(user)?;
        if row.assigned.is_some() {
            return Err(format!(
                "{} is assigned to {} already",
                row.handle, self.settings.application
            ));
        }
        self.users[user.index()].assigned = Some(role);
        moment.emit(
            TenantEvent::Assigned { user: self.handle(user), application: self.application() }
                .into(),
        );
        self.replicate_later(Whose::User(user), Some(role), moment.now());
        Ok(())
    }

    /// Removes a user's direct assignment.
    pub fn unassign(
        &mut self,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let row = self.present(user)?;
        if row.assigned.is_none() {
            return Err(format!(
                "{} is not assigned to {} directly",
                row.handle, self.settings.application
            ));
        }
        self.users[user.index()].assigned = None;
        moment.emit(
            TenantEvent::Unassigned { user: self.handle(user), application: self.application() }
                .into(),
        );
        self.replicate_later(Whose::User(user), None, moment.now());
        Ok(())
    }

    /// Assigns a group to the application; it has to be a security group. [how-works]
    pub fn assign_group(
        &mut self,
        group: GroupKey,
        role: Role,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let row = self.present_group(group)?;
        assignable(&row.handle, row.security_enabled)?;
        if row.assigned.is_some() {
            return Err(format!(
                "group {} is assigned to {} already",
                row.handle, self.settings.application
            ));
        }
        self.groups[group.index()].assigned = Some(role);
        moment.emit(
            TenantEvent::GroupAssigned {
                group: self.group_handle(group),
                application: self.application(),
            }
            .into(),
        );
        self.replicate_later(Whose::Group(group), Some(role), moment.now());
        Ok(())
    }

    /// Removes a group's assignment.
    pub fn unassign_group(
        &mut self,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let row = self.present_group(group)?;
        if row.assigned.is_none() {
            return Err(format!(
                "group {} is not assigned to {}",
                row.handle, self.settings.application
            ));
        }
        self.groups[group.index()].assigned = None;
        moment.emit(
            TenantEvent::GroupUnassigned {
                group: self.group_handle(group),
                application: self.application(),
            }
            .into(),
        );
        self.replicate_later(Whose::Group(group), None, moment.now());
        Ok(())
    }

    /// The role of a user as provisioning sees it: from the direct assignment, or from an assigned
    /// security group of which the user is a direct member. Nested groups do not count. [how-works]
    pub(super) fn entitlement(&self, user: UserKey) -> Option<Role> {
        let row = self.user(user);
        row.effective.or_else(|| row.groups.iter().find_map(|group| self.group(*group).entitles()))
    }

    /// All app roles of a user as provisioning sees them, each once: first from the direct
    /// assignment, then from groups.
    pub fn app_roles(&self, user: UserKey) -> Vec<AppRole> {
        let shown = |role: &Role| {
            let name = self.role_name(*role);
            AppRole {
                id: show_guid(self.seed.guid("app role", name, 0)),
                value: name.to_owned(),
                display_name: name.to_owned(),
            }
        };
        self.effective_roles(user).iter().map(shown).collect()
    }

    /// Appends the names of all app roles of a user as provisioning sees them, separated by commas.
    pub fn push_role_names(&self, user: UserKey, out: &mut String) {
        for (nth, role) in self.effective_roles(user).into_iter().enumerate() {
            out.push_str(if nth > 0 { ", " } else { "" });
            out.push_str(self.role_name(role));
        }
    }

    fn effective_roles(&self, user: UserKey) -> Vec<Role> {
        let row = self.user(user);
        let by_group = row.groups.iter().filter_map(|group| self.group(*group).entitles());
        let mut roles: Vec<Role> = row.effective.into_iter().chain(by_group).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// When the next change of an assignment reaches provisioning.
    pub(super) fn replication_due(&self) -> Option<Time> {
        self.replication.0.front().map(|waiting| waiting.made + self.settings.replication_delay)
    }

    /// Lets the oldest waiting change take effect, and marks the users it concerns as changed.
    pub(super) fn replicate_one(&mut self) {
        match self.replication.0.pop_front() {
            Some(Waiting { whose: Whose::User(user), role, .. }) => {
                self.user_takes_effect(user, role)
            }
            Some(Waiting { whose: Whose::Group(group), role, .. }) => {
                self.group_takes_effect(group, role)
            }
            None => {}
        }
    }

    fn replicate_later(&mut self, whose: Whose, role: Option<Role>, now: Time) {
        self.replication.0.push_back(Waiting { made: now, whose, role });
        while self.replication_due().is_some_and(|due| due <= now) {
            self.replicate_one();
        }
    }

    fn user_takes_effect(&mut self, user: UserKey, role: Option<Role>) {
        let row = &mut self.users[user.index()];
        if row.lifecycle != Lifecycle::HardDeleted && row.effective != role {
            row.effective = role;
            self.user_feed.touch(user.0);
        }
    }

    /// Makes a group's assignment visible to provisioning, or removes it.
    fn group_takes_effect(&mut self, group: GroupKey, role: Option<Role>) {
        let row = &mut self.groups[group.index()];
        if row.effective == role || row.lifecycle == Lifecycle::HardDeleted {
            return;
        }
        row.effective = role;
        self.group_feed.touch(group.0);
        self.touch_members(group);
    }

    /// Marks the members of a group as changed whose scope it decides.
    pub(super) fn touch_entitled(&mut self, group: GroupKey) {
        if self.group(group).entitles().is_some() {
            self.touch_members(group);
        }
    }

    fn touch_members(&mut self, group: GroupKey) {
        for member in &self.groups[group.index()].members {
            if self.users[member.index()].lifecycle != Lifecycle::HardDeleted {
                self.user_feed.touch(member.0);
            }
        }
    }
}

/// Refuses to assign a group that is not a security group. [how-works]
pub(super) fn assignable(group: &str, security_enabled: bool) -> Result<(), String> {
    match security_enabled {
        true => Ok(()),
        false => Err(format!("group {group} is not a security group, so it cannot be assigned")),
    }
}

impl Group {
    /// The role that its direct members get.
    pub(super) fn entitles(&self) -> Option<Role> {
        self.effective.filter(|_| self.security_enabled && !self.deleted())
    }
}
