//! Dynamic groups: which users a rule makes members, and when the directory finds out.
//!
//! A changed user is evaluated against every rule, and a changed rule against every user, both
//! after a delay that the vendor does not promise. [dynamic-groups]

use std::collections::VecDeque;

use super::{GroupKey, Lifecycle, Tenant, TenantEvent, UserKey};
use crate::base::{Moment, Time};

/// The dynamic groups, and the evaluations that are still to come, oldest first.
#[derive(Clone, Default)]
pub(super) struct Dynamic {
    /// The groups in the directory that have a rule.
    groups: Vec<GroupKey>,
    waiting: VecDeque<(Time, Of)>,
}

/// What is evaluated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    /// A user, against every rule.
    User(UserKey),
    /// Every user, against the rule of a group.
    Group(GroupKey),
}

impl Tenant {
    /// Sets up the members of dynamic groups before the world begins.
    pub fn set_up_dynamic_members(&mut self) {
        for group in self.dynamic.groups.clone() {
            let (joining, _) = self.changes_by_rule(group);
            joining.into_iter().for_each(|user| self.join(group, user));
        }
    }

    /// When the next evaluation is due.
    pub(super) fn evaluation_due(&self) -> Option<Time> {
        self.dynamic.waiting.front().map(|(made, _)| *made + self.settings.evaluation_delay)
    }

    /// The groups that a user joins or leaves by a rule once the directory has evaluated it.
    pub fn unevaluated(&self, user: UserKey) -> impl Iterator<Item = GroupKey> {
        let row = self.user(user);
        let waits = move |group: &GroupKey| {
            let of = |of: &Of| *of == Of::User(user) || *of == Of::Group(*group);
            self.dynamic.waiting.iter().any(|(_, waiting)| of(waiting))
        };
        let changes = move |group: &GroupKey| {
            row.lifecycle == Lifecycle::Active
                && self.belongs(*group, user) != row.groups.contains(group)
        };
        self.dynamic.groups.iter().copied().filter(changes).filter(waits)
    }

    /// Carries out the oldest evaluation that waits.
    pub(super) fn evaluate_one(&mut self, moment: &mut Moment<'_, impl From<TenantEvent>>) {
        match self.dynamic.waiting.pop_front() {
            Some((_, Of::User(user))) => self.evaluate_user(user, moment),
            Some((_, Of::Group(group))) => self.evaluate_group(group, moment),
            None => {}
        }
    }

    /// Marks a user as changed: for provisioning at once, for the rules after their delay.
    pub(super) fn user_changed(
        &mut self,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) {
        self.user_feed.touch(user.0);
        if !self.dynamic.groups.is_empty() {
            self.evaluate_later(Of::User(user), moment);
        }
    }

    /// Has the members of a group follow its rule, if it has one.
    pub(super) fn follow_rule(
        &mut self,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) {
        self.note_rule(group);
        if self.group(group).rule.is_some() {
            self.evaluate_later(Of::Group(group), moment);
        }
    }

    /// Notes whether a group is one with a rule.
    pub(super) fn note_rule(&mut self, group: GroupKey) {
        let row = &self.groups[group.index()];
        let is_dynamic = row.rule.is_some() && row.lifecycle == Lifecycle::Active;
        self.dynamic.groups.retain(|other| *other != group);
        if is_dynamic {
            self.dynamic.groups.push(group);
        }
    }

    /// Removes every member of a group.
    pub(super) fn dismiss_members(
        &mut self,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) {
        let leaving: Vec<UserKey> = self.members(group).collect();
        self.leave_by_rule(group, &leaving, moment);
    }

    fn evaluate_later(&mut self, of: Of, moment: &mut Moment<'_, impl From<TenantEvent>>) {
        let now = moment.now();
        if self.dynamic.waiting.back() != Some(&(now, of)) {
            self.dynamic.waiting.push_back((now, of));
        }
        while self.evaluation_due().is_some_and(|due| due <= now) {
            self.evaluate_one(moment);
        }
    }

    fn evaluate_user(&mut self, user: UserKey, moment: &mut Moment<'_, impl From<TenantEvent>>) {
        if self.user(user).lifecycle != Lifecycle::Active {
            // Evaluated anew when restored.
            return;
        }
        for group in self.dynamic.groups.clone() {
            match (self.belongs(group, user), self.user(user).groups.contains(&group)) {
                (true, false) => self.join_by_rule(group, user, moment),
                (false, true) => self.leave_by_rule(group, &[user], moment),
                _ => {}
            }
        }
    }

    fn evaluate_group(&mut self, group: GroupKey, moment: &mut Moment<'_, impl From<TenantEvent>>) {
        if !self.dynamic.groups.contains(&group) {
            return;
        }
        let (joining, leaving) = self.changes_by_rule(group);
        self.leave_by_rule(group, &leaving, moment);
        joining.into_iter().for_each(|user| self.join_by_rule(group, user, moment));
    }

    /// The users who join a group and those who leave it by its rule, in the order of users.
    fn changes_by_rule(&self, group: GroupKey) -> (Vec<UserKey>, Vec<UserKey>) {
        let mut inside = vec![false; self.users.len()];
        for member in &self.group(group).members {
            inside[member.index()] = true;
        }
        let there = self.users().filter(|(_, user)| user.lifecycle == Lifecycle::Active);
        let changing = there.filter_map(|(user, _)| {
            let belongs = self.belongs(group, user);
            (belongs != inside[user.index()]).then_some((user, belongs))
        });
        let (joining, leaving): (Vec<_>, Vec<_>) = changing.partition(|(_, belongs)| *belongs);
        let users = |list: Vec<(UserKey, bool)>| list.into_iter().map(|(user, _)| user).collect();
        (users(joining), users(leaving))
    }

    fn belongs(&self, group: GroupKey, user: UserKey) -> bool {
        self.group(group).rule().is_some_and(|rule| rule.holds(self.user(user)))
    }

    fn join_by_rule(
        &mut self,
        group: GroupKey,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) {
        self.join(group, user);
        self.membership_changed(group, user);
        let (group, user) = (self.group_handle(group), self.handle(user));
        moment.emit(TenantEvent::MemberAdded { group, user, by_rule: true }.into());
    }

    /// Removes members of a group, all in one pass over its list.
    fn leave_by_rule(
        &mut self,
        group: GroupKey,
        leaving: &[UserKey],
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) {
        let mut sorted = leaving.to_vec();
        sorted.sort_unstable();
        let members = &mut self.groups[group.index()].members;
        members.retain(|member| sorted.binary_search(member).is_err());
        for user in leaving {
            self.users[user.index()].groups.retain(|other| *other != group);
            self.membership_changed(group, *user);
            let (group, user) = (self.group_handle(group), self.handle(*user));
            moment.emit(TenantEvent::MemberRemoved { group, user, by_rule: true }.into());
        }
    }
}
