//! The lifecycle of a group: created, changed, deleted, restored, deleted for good.

use std::sync::Arc;

use super::assignment::assignable;
use super::group::check_name;
use super::new_user::check_handle;
use super::{
    AppId, Attribute, Group, GroupKey, GroupKind, Lifecycle, NewAssignment, NewGroup, ObjectId,
    Tenant, TenantEvent, User, UserKey,
};
use crate::base::{Moment, Time};
use crate::entra::rule::Rule;

/// A change of one attribute of a group.
#[derive(Clone, PartialEq, Debug)]
pub enum GroupChange {
    /// The name as shown.
    DisplayName(String),
    /// The description; an empty text clears it.
    Description(String),
    /// The mail alias.
    MailNickname(String),
    /// The rule that decides who is a member; `None` makes it a group with members by hand.
    Rule(Option<Rule>),
}

/// Each change returns a sentence for what the directory would refuse, or what would change
/// nothing.
#[allow(clippy::missing_errors_doc)]
impl Tenant {
    /// Creates a group with its members; its assignment reaches provisioning after the usual
    /// delay, and the members of a dynamic group after the evaluation of its rule.
    pub fn create_group(
        &mut self,
        new: NewGroup,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<GroupKey, String> {
        self.create_group_for(AppId::MAIN, new, moment)
    }

    /// Like [`Tenant::create_group`]; the assignment, if there is one, is to this application.
    pub fn create_group_for(
        &mut self,
        app: AppId,
        new: NewGroup,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<GroupKey, String> {
        let named: Result<Vec<_>, _> =
            new.members.iter().map(|user| self.present_named(&user.handle)).collect();
        let nested: Result<Vec<_>, _> =
            new.nested.iter().map(|group| self.live_group_named(&group.handle)).collect();
        let (named, nested) = (named?, nested?);
        let members: Vec<UserKey> = named.into_iter().chain(self.of_department(&new)).collect();
        let assigned = self.role_of(app, new.assigned.as_ref());
        let group = self.insert_group(new)?;
        self.groups[group.index()].nested = nested;
        self.created.groups.insert(group, moment.now());
        self.note_group_changed(group, None);
        moment.emit(TenantEvent::GroupCreated { group: self.group_handle(group) }.into());
        for member in members {
            // A user named twice joins once.
            let _ = self.add_member(group, member, moment);
        }
        self.follow_rule(group, moment);
        match assigned {
            Some(role) => self.assign_group(app, group, role, moment).map(|()| group),
            None => Ok(group),
        }
    }

    /// The users of the department whose members a new group has from the beginning, or all.
    fn of_department(&self, new: &NewGroup) -> Vec<UserKey> {
        if !new.everyone && new.department.is_none() {
            return Vec::new();
        }
        let belongs = |user: &User| {
            user.lifecycle == Lifecycle::Active
                && (new.everyone || user.get(Attribute::Department) == new.department.as_deref())
        };
        self.users().filter(|(_, user)| belongs(user)).map(|(user, _)| user).collect()
    }

    /// Sets up a group before the world begins: without events, without its members, and with its
    /// assignment in effect.
    pub fn set_up_group(&mut self, new: NewGroup) -> Result<GroupKey, String> {
        let assigned = self.role_of(AppId::MAIN, new.assigned.as_ref());
        let group = self.insert_group(new)?;
        self.set_up_group_assignment(AppId::MAIN, group, assigned)?;
        Ok(group)
    }

    /// Sets up a group inside a group before the world begins. Circles are allowed, of one group
    /// too: the portal lets them be made [field: MicrosoftDocs/azure-docs#43313]. Nothing follows
    /// nested groups, so none is without an end.
    pub fn set_up_nested(&mut self, group: GroupKey, inner: GroupKey) {
        let nested = &mut self.groups[group.index()].nested;
        if !nested.contains(&inner) {
            nested.push(inner);
        }
    }

    /// Changes one attribute of a group. A group that gets its first rule loses its members at
    /// once and gets those of the rule after the evaluation; one that loses its rule keeps its
    /// members. [dynamic-change]
    pub fn update_group(
        &mut self,
        group: GroupKey,
        change: GroupChange,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_update_group(group, &change)?;
        let row = self.group(group);
        let attribute = change.attribute();
        let (before, after) = (row.text_of(attribute), change.text());
        let event = TenantEvent::GroupUpdated {
            group: row.handle.clone(),
            attribute,
            before: before.map(Box::from),
            after: after.map(Box::from),
        };
        let was_dynamic = row.rule.is_some();
        match change {
            GroupChange::DisplayName(name) => {
                self.groups[group.index()].display_name = name.into();
            }
            GroupChange::Description(text) => {
                self.groups[group.index()].description = text.into();
            }
            GroupChange::MailNickname(alias) => {
                self.groups[group.index()].mail_nickname = alias.into();
            }
            GroupChange::Rule(rule) => {
                self.groups[group.index()].rule = rule.map(Arc::new);
            }
        }
        self.group_feed.touch(group.0);
        for property in properties_of(attribute) {
            self.note_group_changed(group, Some((*property).into()));
        }
        moment.emit(event.into());
        if attribute == MEMBERSHIP_RULE {
            if !was_dynamic {
                self.dismiss_members(group, moment);
            }
            self.follow_rule(group, moment);
        }
        Ok(())
    }

    /// Whether a group can be changed like this.
    pub fn may_update_group(&self, group: GroupKey, change: &GroupChange) -> Result<(), String> {
        let row = self.present_group(group)?;
        let attribute = change.attribute();
        if row.text_of(attribute) == change.text() {
            return Err(format!("group {}: {attribute} has this value already", row.handle));
        }
        match change {
            GroupChange::DisplayName(name) => check_name(name),
            GroupChange::MailNickname(alias) if alias.is_empty() => {
                Err("mailNickname cannot be cleared: the directory requires it".to_owned())
            }
            GroupChange::Description(_) | GroupChange::MailNickname(_) => Ok(()),
            GroupChange::Rule(rule) => dynamic_allowed(row.kind, rule.is_some()),
        }
    }

    /// Deletes a group: security groups and Microsoft 365 groups into the recycle bin, Exchange's
    /// groups for good. Whether security groups have a bin is a setting. [g:group-delete]
    pub fn delete_group(
        &mut self,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let row = self.present_group(group)?;
        let for_good = match row.kind {
            GroupKind::Microsoft365 => false,
            GroupKind::Security => !self.settings.security_group_bin,
            GroupKind::MailEnabledSecurity | GroupKind::Distribution => true,
        };
        self.touch_entitled(group);
        let since = moment.now();
        self.groups[group.index()].lifecycle = Lifecycle::SoftDeleted { since };
        self.group_bin.insert((since, group));
        self.note_rule(group);
        self.group_feed.touch(group.0);
        self.note_group_changed(group, None);
        let event = TenantEvent::GroupDeleted { group: self.group_handle(group), for_good };
        if for_good {
            self.bury_group(group);
        }
        moment.emit(event.into());
        Ok(())
    }

    /// Whether a group can be deleted.
    pub fn may_delete_group(&self, group: GroupKey) -> Result<(), String> {
        self.present_group(group).map(drop)
    }

    /// Whether a group is in the recycle bin, to be restored or deleted for good.
    pub fn may_leave_bin(&self, group: GroupKey) -> Result<(), String> {
        self.group_in_bin(group).map(drop)
    }

    /// Takes a group out of the recycle bin with its members and its assignment. [groups-restore]
    pub fn restore_group(
        &mut self,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        let since = self.group_in_bin(group)?;
        self.group_bin.remove(&(since, group));
        self.groups[group.index()].lifecycle = Lifecycle::Active;
        self.group_feed.touch(group.0);
        self.note_group_changed(group, None);
        self.touch_entitled(group);
        moment.emit(TenantEvent::GroupRestored { group: self.group_handle(group) }.into());
        self.follow_rule(group, moment);
        Ok(())
    }

    /// Deletes a group in the recycle bin for good. [groups-restore]
    pub fn purge_group(
        &mut self,
        group: GroupKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.group_in_bin(group)?;
        self.remove_group_for_good(group, false, moment);
        Ok(())
    }

    /// Deletes a group in the recycle bin for good.
    pub(super) fn remove_group_for_good(
        &mut self,
        group: GroupKey,
        by_itself: bool,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) {
        self.bury_group(group);
        self.group_feed.touch(group.0);
        self.note_group_changed(group, None);
        moment.emit(TenantEvent::GroupPurged { group: self.group_handle(group), by_itself }.into());
    }

    /// Reduces a group in the bin to its ids and its names, which the log still shows.
    fn bury_group(&mut self, group: GroupKey) {
        self.forget_assignments(group);
        let row = &mut self.groups[group.index()];
        if let Lifecycle::SoftDeleted { since } = row.lifecycle {
            self.group_bin.remove(&(since, group));
        }
        row.lifecycle = Lifecycle::HardDeleted;
        (row.rule, row.gone) = (None, 0);
        row.nested = Vec::new();
        for member in std::mem::take(&mut row.members) {
            self.users[member.index()].groups.retain(|other| *other != group);
        }
        for other in &mut self.groups {
            other.nested.retain(|inner| *inner != group);
        }
    }

    /// The group of this handle that is not deleted, or a sentence.
    pub(super) fn live_group_named(&self, handle: &str) -> Result<GroupKey, String> {
        let group = self.group_named(handle)?;
        self.present_group(group)?;
        Ok(group)
    }

    pub(super) fn present_group(&self, group: GroupKey) -> Result<&Group, String> {
        let row = self.group(group);
        match row.lifecycle {
            Lifecycle::Active => Ok(row),
            Lifecycle::SoftDeleted { .. } => Err(format!(
                "group {} is in the recycle bin; restore_group comes first",
                row.handle
            )),
            Lifecycle::HardDeleted => Err(format!("group {} is deleted for good", row.handle)),
        }
    }

    fn group_in_bin(&self, group: GroupKey) -> Result<Time, String> {
        let row = self.group(group);
        match row.lifecycle {
            Lifecycle::SoftDeleted { since } => Ok(since),
            Lifecycle::Active => Err(format!("group {} is not in the recycle bin", row.handle)),
            Lifecycle::HardDeleted => Err(format!("group {} is deleted for good", row.handle)),
        }
    }

    /// Whether these groups can be created together, one after the other.
    pub fn may_create_groups(&self, groups: &[NewGroup]) -> Result<(), String> {
        for (nth, group) in groups.iter().enumerate() {
            let before = |handle: &str| groups[..nth].iter().any(|other| other.handle == handle);
            for member in &group.members {
                self.present_named(&member.handle)?;
            }
            for inner in group.nested.iter().filter(|inner| !before(&inner.handle)) {
                self.live_group_named(&inner.handle)?;
            }
            self.may_insert_group(group)?;
            if before(&group.handle) {
                return Err(format!("there would be two groups `{}`", group.handle));
            }
        }
        Ok(())
    }

    fn may_insert_group(&self, new: &NewGroup) -> Result<(), String> {
        check_handle(&new.handle)?;
        let unassigned = matches!(new.assigned, None | Some(NewAssignment::No));
        assignable(&new.handle, new.security_enabled || unassigned)?;
        dynamic_allowed(new.kind, new.rule.is_some())?;
        self.group_handle_is_free(&new.handle)?;
        check_name(if new.display_name.is_empty() { &new.handle } else { &new.display_name })
    }

    fn insert_group(&mut self, new: NewGroup) -> Result<GroupKey, String> {
        self.may_insert_group(&new)?;
        let before = self.groups.iter().filter(|group| *group.handle == *new.handle);
        let object_id = ObjectId(self.seed.guid("group", &new.handle, before.count() as u64));
        let shown = if new.display_name.is_empty() { &new.handle } else { &new.display_name };
        let alias = new.alias();
        let mail = match new.kind.has_mail() {
            true => format!("{alias}@{}", self.settings.domain),
            false => String::new(),
        };
        let group = self.enter_group(Group {
            object_id,
            display_name: shown.as_str().into(),
            description: new.description.into(),
            mail_nickname: alias.into(),
            mail: mail.into(),
            handle: new.handle.into(),
            kind: new.kind,
            security_enabled: new.security_enabled,
            rule: new.rule.map(Arc::new),
            lifecycle: Lifecycle::Active,
            members: Vec::new(),
            gone: 0,
            nested: Vec::new(),
        });
        self.note_rule(group);
        Ok(group)
    }

    /// Refuses a handle that an existing group has.
    fn group_handle_is_free(&self, handle: &str) -> Result<(), String> {
        match self.find_group(handle).map(|group| self.group(group).lifecycle) {
            None | Some(Lifecycle::HardDeleted) => Ok(()),
            Some(Lifecycle::Active) => Err(format!("there is a group `{handle}` already")),
            Some(Lifecycle::SoftDeleted { .. }) => {
                Err(format!("there is a group `{handle}` in the recycle bin"))
            }
        }
    }
}

/// Graph's name of the attribute that holds the rule.
const MEMBERSHIP_RULE: &str = "membershipRule";

/// The properties that change with an attribute.
fn properties_of(attribute: &'static str) -> &'static [&'static str] {
    match attribute {
        MEMBERSHIP_RULE => &[MEMBERSHIP_RULE, "groupTypes", "membershipRuleProcessingState"],
        "displayName" => &["displayName"],
        "description" => &["description"],
        _ => &["mailNickname"],
    }
}

impl GroupChange {
    /// Graph's name of the attribute.
    fn attribute(&self) -> &'static str {
        match self {
            GroupChange::DisplayName(_) => "displayName",
            GroupChange::Description(_) => "description",
            GroupChange::MailNickname(_) => "mailNickname",
            GroupChange::Rule(_) => MEMBERSHIP_RULE,
        }
    }

    /// The value as text; `None` when it is cleared.
    fn text(&self) -> Option<&str> {
        let text = match self {
            GroupChange::DisplayName(text)
            | GroupChange::Description(text)
            | GroupChange::MailNickname(text) => text,
            GroupChange::Rule(rule) => rule.as_ref()?.text(),
        };
        Some(text).filter(|text| !text.is_empty())
    }
}

impl Group {
    fn text_of(&self, attribute: &str) -> Option<&str> {
        match attribute {
            "displayName" => Some(&self.display_name),
            "description" => self.description(),
            "mailNickname" => Some(&self.mail_nickname),
            _ => self.rule().map(Rule::text),
        }
    }
}

/// Refuses a rule for a group that Exchange keeps. [dynamic-groups]
fn dynamic_allowed(kind: GroupKind, has_rule: bool) -> Result<(), String> {
    match has_rule && !kind.may_be_dynamic() {
        true => Err(format!("{} has no membership rule", kind.name())),
        false => Ok(()),
    }
}
