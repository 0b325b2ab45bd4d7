//! Assignments to an application, and when its provisioning learns of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{AppId, GroupKey, Lifecycle, Role, Tenant, TenantEvent, UserKey};
use crate::base::seed::show_guid;
use crate::base::{Moment, Time};
use crate::entra::expression::AppRole;

/// The direct assignment of a user or a group to one application.
#[derive(Clone, Copy, Default)]
pub(super) struct Assignment {
    /// As an administrator sees it.
    pub(super) made: Option<Role>,
    /// As provisioning sees it, which follows after the replication delay.
    pub(super) effective: Option<Role>,
}

/// Changes of assignments that provisioning does not see yet, oldest first. They arrive in this
/// order.
#[derive(Clone, Default)]
pub(super) struct Replication(VecDeque<Waiting>);

#[derive(Clone)]
struct Waiting {
    made: Time,
    app: AppId,
    whose: Whose,
    role: Option<Role>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Whose {
    User(UserKey),
    Group(GroupKey),
}

/// A change of an assignment that provisioning does not see yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnseenAssignment {
    /// The user or the group.
    pub handle: Arc<str>,
    /// Whether it is a group.
    pub is_group: bool,
    /// What happens to the assignment.
    pub change: AssignmentChange,
    /// When it was changed.
    pub made: Time,
    /// When provisioning sees it.
    pub due: Time,
}

/// What happens to an assignment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AssignmentChange {
    /// It is made.
    Added,
    /// It is taken away.
    Removed,
    /// Its record breaks.
    Broken,
    /// It gets another role.
    OtherRole,
}

impl UnseenAssignment {
    /// The change as under way: `the direct assignment of ann is being removed`.
    pub fn coming(&self) -> String {
        self.with(match self.change {
            AssignmentChange::Added => "is being added",
            AssignmentChange::Removed => "is being removed",
            AssignmentChange::Broken => "is being broken",
            AssignmentChange::OtherRole => "is being given another role",
        })
    }

    /// The change as made: `the assignment of the group sales was added`.
    pub fn made(&self) -> String {
        self.with(match self.change {
            AssignmentChange::Added => "was added",
            AssignmentChange::Removed => "was removed",
            AssignmentChange::Broken => "was broken",
            AssignmentChange::OtherRole => "was given another role",
        })
    }

    fn with(&self, verb: &str) -> String {
        match self.is_group {
            true => format!("the assignment of the group {} {verb}", self.handle),
            false => format!("the direct assignment of {} {verb}", self.handle),
        }
    }
}

/// Each change returns a sentence for what the directory would refuse, or what would change
/// nothing.
#[allow(clippy::missing_errors_doc)]
impl Tenant {
    /// Assigns a user to an application.
    pub fn assign(
        &mut self,
        app: AppId,
        user: UserKey,
        role: Role,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_assign(app, user)?;
        let application = self.application_name(app).clone();
        self.of_user(app, user).made = Some(role);
        self.created.assignments.insert((app.0, user), moment.now());
        let handle = self.handle(user);
        moment.emit(TenantEvent::Assigned { user: handle, application, role }.into());
        self.replicate_later(app, Whose::User(user), Some(role), moment.now());
        Ok(())
    }

    /// Whether a user can be assigned to an application.
    pub fn may_assign(&self, app: AppId, user: UserKey) -> Result<(), String> {
        let row = self.present(user)?;
        let application = self.application_name(app);
        match self.assigned(app, user) {
            Some(_) => Err(format!("{} is assigned to {application} already", row.handle)),
            None => Ok(()),
        }
    }

    /// Whether a user has a direct assignment that can be removed.
    pub fn may_unassign(&self, app: AppId, user: UserKey) -> Result<(), String> {
        let row = self.present(user)?;
        let application = self.application_name(app);
        match self.assigned(app, user) {
            Some(_) => Ok(()),
            None => Err(format!("{} is not assigned to {application} directly", row.handle)),
        }
    }

    /// Removes a user's direct assignment.
    pub fn unassign(
        &mut self,
        app: AppId,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_unassign(app, user)?;
        let application = self.application_name(app).clone();
        let role = self.of_user(app, user).made.take().unwrap_or(Role::Broken);
        let user_handle = self.handle(user);
        moment.emit(TenantEvent::Unassigned { user: user_handle, application, role }.into());
        self.replicate_later(app, Whose::User(user), None, moment.now());
        Ok(())
    }

    /// Breaks the record of a user's direct assignment: it is still there, and has no role that the
    /// application knows [no-users].
    pub fn break_assignment(
        &mut self,
        app: AppId,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_unassign(app, user)?;
        let application = self.application_name(app).clone();
        self.of_user(app, user).made = Some(Role::Broken);
        moment.emit(TenantEvent::AssignmentBroken { user: self.handle(user), application }.into());
        self.replicate_later(app, Whose::User(user), Some(Role::Broken), moment.now());
        Ok(())
    }

    /// Breaks the record of a group's assignment.
    pub fn break_group_assignment(
        &mut self,
        app: AppId,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.change_assigned_group(app, group, Some(Role::Broken), moment, |group, application| {
            TenantEvent::GroupAssignmentBroken { group, application }
        })
    }

    /// Assigns a group to an application; it has to be a security group. [how-works]
    pub fn assign_group(
        &mut self,
        app: AppId,
        group: GroupKey,
        role: Role,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let row = self.present_group(group)?;
        assignable(&row.handle, row.security_enabled)?;
        let application = self.application_name(app).clone();
        if self.group_assigned(app, group).is_some() {
            return Err(format!("group {} is assigned to {application} already", row.handle));
        }
        self.of_group(app, group).made = Some(role);
        self.created.group_assignments.insert((app.0, group), moment.now());
        let group_handle = self.group_handle(group);
        moment.emit(TenantEvent::GroupAssigned { group: group_handle, application, role }.into());
        self.replicate_later(app, Whose::Group(group), Some(role), moment.now());
        Ok(())
    }

    /// Removes a group's assignment.
    pub fn unassign_group(
        &mut self,
        app: AppId,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let role = self.group_assigned(app, group).unwrap_or(Role::Broken);
        self.change_assigned_group(app, group, None, moment, |group, application| {
            TenantEvent::GroupUnassigned { group, application, role }
        })
    }

    /// Gives the assignment of a group another role, or none.
    fn change_assigned_group(
        &mut self,
        app: AppId,
        group: GroupKey,
        role: Option<Role>,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
        event: impl Fn(Arc<str>, Arc<str>) -> TenantEvent,
    ) -> Result<(), String> {
        let row = self.present_group(group)?;
        let application = self.application_name(app).clone();
        if self.group_assigned(app, group).is_none() {
            return Err(format!("group {} is not assigned to {application}", row.handle));
        }
        self.of_group(app, group).made = role;
        moment.emit(event(self.group_handle(group), application).into());
        self.replicate_later(app, Whose::Group(group), role, moment.now());
        Ok(())
    }

    /// Sets up a user's assignment before the world begins: in effect at once, without an event.
    pub fn set_up_assignment(&mut self, app: AppId, user: UserKey, role: Option<Role>) {
        *self.of_user(app, user) = Assignment { made: role, effective: role };
    }

    /// Sets up a group's assignment before the world begins: in effect at once, without an event.
    pub fn set_up_group_assignment(
        &mut self,
        app: AppId,
        group: GroupKey,
        role: Option<Role>,
    ) -> Result<(), String> {
        let row = self.group(group);
        assignable(&row.handle, row.security_enabled || role.is_none())?;
        *self.of_group(app, group) = Assignment { made: role, effective: role };
        Ok(())
    }

    /// A user's direct assignment to an application as an administrator sees it, at once after the
    /// change. An application that is deleted has none until it is restored.
    pub fn assigned(&self, app: AppId, user: UserKey) -> Option<Role> {
        let made = self.applications[app.index()].users[user.index()].made;
        made.filter(|_| self.registry().gone(app).is_none())
    }

    /// A group's assignment to an application as an administrator sees it, likewise.
    pub fn group_assigned(&self, app: AppId, group: GroupKey) -> Option<Role> {
        let made = self.applications[app.index()].groups[group.index()].made;
        made.filter(|_| self.registry().gone(app).is_none())
    }

    /// Whether a user is assigned to an application at this moment, directly or by a group of which
    /// the user is a direct member. Sign-ins go by it; provisioning sees a change a little later.
    pub fn is_assigned(&self, app: AppId, user: UserKey) -> bool {
        let usable = |role: Option<Role>| role.is_some_and(|role| role != Role::Broken);
        let by_group = |group: &GroupKey| {
            let row = self.group(*group);
            row.security_enabled && !row.deleted() && usable(self.group_assigned(app, *group))
        };
        usable(self.assigned(app, user)) || self.user(user).groups.iter().any(by_group)
    }

    /// When a user was assigned to an application during the run; `None` for an assignment that was
    /// there before.
    pub fn assigned_at(&self, app: AppId, user: UserKey) -> Option<Time> {
        self.created.assignments.get(&(app.0, user)).copied()
    }

    /// When a group was assigned to an application during the run.
    pub fn group_assigned_at(&self, app: AppId, group: GroupKey) -> Option<Time> {
        self.created.group_assignments.get(&(app.0, group)).copied()
    }

    /// The id of a role, as Graph shows it: nothing but zeros for Default Access.
    pub fn role_id(&self, app: AppId, role: Role) -> String {
        match role {
            Role::DefaultAccess => show_guid(0),
            role => self.named_role_id(app, self.role_name(app, role)),
        }
    }

    /// The id of a role of this name.
    pub fn named_role_id(&self, app: AppId, name: &str) -> String {
        let written = self.registry().of(app).role_id(name).map(str::to_owned);
        written.unwrap_or_else(|| show_guid(self.seed.guid("app role", name, u64::from(app.0))))
    }

    /// The role of a user as an application's provisioning sees it: from the direct assignment, or
    /// from an assigned security group of which the user is a direct member. Nested groups do not
    /// count [how-works]. A broken record counts only if there is no other.
    pub(super) fn entitlement(&self, app: AppId, user: UserKey) -> Option<Role> {
        let direct = self.applications[app.index()].users[user.index()].effective;
        let usable = |role: &Role| *role != Role::Broken;
        if let Some(role) = direct.filter(usable) {
            return Some(role);
        }
        let by_group =
            || self.user(user).groups.iter().filter_map(|group| self.entitles(app, *group));
        by_group().find(usable).or(direct).or_else(|| by_group().next())
    }

    /// Whether a change of the assignment of a user, or of a group of the user, is on its way to an
    /// application's provisioning.
    pub fn is_replicating(&self, app: AppId, user: UserKey) -> bool {
        !self.arriving(app, user).is_empty()
    }

    /// The changes of a user's own assignment, and of those of the user's groups, that an
    /// application's provisioning does not see yet, in the order in which they arrive.
    pub fn arriving(&self, app: AppId, user: UserKey) -> Vec<UnseenAssignment> {
        self.unseen_of(app, |whose| match whose {
            Whose::User(of) => of == user,
            Whose::Group(of) => self.user(user).groups.contains(&of),
        })
    }

    /// The changes of a group's assignment that an application's provisioning does not see yet.
    pub fn arriving_group(&self, app: AppId, group: GroupKey) -> Vec<UnseenAssignment> {
        self.unseen_of(app, |whose| whose == Whose::Group(group))
    }

    /// All changes of assignments that an application's provisioning does not see yet, in the order
    /// in which they arrive.
    pub fn unseen_assignments(&self, app: AppId) -> Vec<UnseenAssignment> {
        self.unseen_of(app, |_| true)
    }

    fn unseen_of(&self, app: AppId, is_meant: impl Fn(Whose) -> bool) -> Vec<UnseenAssignment> {
        let application = &self.applications[app.index()];
        let mut before: BTreeMap<Whose, Option<Role>> = BTreeMap::new();
        let is_meant = |waiting: &&Waiting| waiting.app == app && is_meant(waiting.whose);
        let mut unseen = Vec::new();
        for waiting in self.replication.0.iter().filter(is_meant) {
            let (handle, is_group, effective) = match waiting.whose {
                Whose::User(of) => {
                    (self.handle(of), false, application.users[of.index()].effective)
                }
                Whose::Group(of) => {
                    (self.group_handle(of), true, application.groups[of.index()].effective)
                }
            };
            let before = before.insert(waiting.whose, waiting.role).unwrap_or(effective);
            let change = match (before, waiting.role) {
                (before, role) if before == role => continue,
                (None, Some(_)) => AssignmentChange::Added,
                (Some(_), None) => AssignmentChange::Removed,
                (_, Some(Role::Broken)) => AssignmentChange::Broken,
                _ => AssignmentChange::OtherRole,
            };
            let (made, due) = (waiting.made, waiting.made + self.settings.replication_delay);
            unseen.push(UnseenAssignment { handle, is_group, change, made, due });
        }
        unseen
    }

    /// Whether all that provisioning sees of the assignments of a user is a broken record: no
    /// cycle finds anything else, until the user is assigned anew.
    pub fn is_assignment_broken(&self, app: AppId, user: UserKey) -> bool {
        self.entitlement(app, user) == Some(Role::Broken)
    }

    /// Keeps what a user is entitled to by groups, before the groups are left for good.
    pub(super) fn keep_entitlements(&mut self, user: UserKey) {
        for app in self.apps() {
            self.of_user(app, user).effective = self.entitlement(app, user);
        }
    }

    /// The role that the direct members of a group get.
    pub(super) fn entitles(&self, app: AppId, group: GroupKey) -> Option<Role> {
        let row = self.group(group);
        let effective = self.applications[app.index()].groups[group.index()].effective;
        effective.filter(|_| row.security_enabled && !row.deleted())
    }

    /// All app roles of a user as an application's provisioning sees them, each once: first from
    /// the direct assignment, then from groups.
    pub fn app_roles(&self, app: AppId, user: UserKey) -> Vec<AppRole> {
        let shown = |role: &Role| {
            let name = self.role_name(app, *role);
            AppRole {
                id: show_guid(self.seed.guid("app role", name, u64::from(app.0))),
                value: name.to_owned(),
                display_name: name.to_owned(),
            }
        };
        self.effective_roles(app, user).iter().map(shown).collect()
    }

    /// The names of all app roles of a user as provisioning sees them, separated by commas. Most
    /// users have one role, by an assignment of their own.
    pub fn role_names(&self, app: AppId, user: UserKey) -> Cow<'_, str> {
        let groups = &self.user(user).groups;
        if groups.iter().all(|group| self.entitles(app, *group).is_none()) {
            let direct = self.applications[app.index()].users[user.index()].effective;
            return Cow::Borrowed(direct.map_or("", |role| self.role_name(app, role)));
        }
        let roles = self.effective_roles(app, user).into_iter();
        let names: Vec<&str> = roles.map(|role| self.role_name(app, role)).collect();
        Cow::Owned(names.join(", "))
    }

    fn effective_roles(&self, app: AppId, user: UserKey) -> Vec<Role> {
        let direct = self.applications[app.index()].users[user.index()].effective;
        let groups = &self.user(user).groups;
        let by_group = groups.iter().filter_map(|group| self.entitles(app, *group));
        let all = direct.into_iter().chain(by_group);
        let mut roles: Vec<Role> = all.filter(|role| *role != Role::Broken).collect();
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
            Some(Waiting { app, whose: Whose::User(user), role, .. }) => {
                self.user_takes_effect(app, user, role)
            }
            Some(Waiting { app, whose: Whose::Group(group), role, .. }) => {
                self.group_takes_effect(app, group, role)
            }
            None => {}
        }
    }

    fn replicate_later(&mut self, app: AppId, whose: Whose, role: Option<Role>, now: Time) {
        self.replication.0.push_back(Waiting { made: now, app, whose, role });
        while self.replication_due().is_some_and(|due| due <= now) {
            self.replicate_one();
        }
    }

    fn user_takes_effect(&mut self, app: AppId, user: UserKey, role: Option<Role>) {
        let gone = self.user(user).lifecycle == Lifecycle::HardDeleted;
        let assignment = self.of_user(app, user);
        if !gone && assignment.effective != role {
            assignment.effective = role;
            self.user_feed.touch_for(app, user.0);
        }
    }

    /// Makes a group's assignment visible to an application's provisioning, or removes it.
    fn group_takes_effect(&mut self, app: AppId, group: GroupKey, role: Option<Role>) {
        let gone = self.group(group).lifecycle == Lifecycle::HardDeleted;
        let assignment = self.of_group(app, group);
        if assignment.effective == role || gone {
            return;
        }
        assignment.effective = role;
        self.group_feed.touch_for(app, group.0);
        self.touch_members(app, group);
    }

    /// Marks the members of a group as changed for each application whose scope it decides.
    pub(super) fn touch_entitled(&mut self, group: GroupKey) {
        for app in self.apps() {
            if self.entitles(app, group).is_some() {
                self.touch_members(app, group);
            }
        }
    }

    fn touch_members(&mut self, app: AppId, group: GroupKey) {
        for member in &self.groups[group.index()].members {
            if self.users[member.index()].lifecycle != Lifecycle::HardDeleted {
                self.user_feed.touch_for(app, member.0);
            }
        }
    }

    /// Forgets all assignments of a group that is deleted for good.
    pub(super) fn forget_assignments(&mut self, group: GroupKey) {
        for app in self.apps() {
            *self.of_group(app, group) = Assignment::default();
        }
    }

    fn of_user(&mut self, app: AppId, user: UserKey) -> &mut Assignment {
        &mut self.applications[app.index()].users[user.index()]
    }

    fn of_group(&mut self, app: AppId, group: GroupKey) -> &mut Assignment {
        &mut self.applications[app.index()].groups[group.index()]
    }
}

/// Refuses to assign a group that is not a security group. [how-works]
pub(super) fn assignable(group: &str, security_enabled: bool) -> Result<(), String> {
    match security_enabled {
        true => Ok(()),
        false => Err(format!("group {group} is not a security group, so it cannot be assigned")),
    }
}
