//! The lifecycle of a user: hired, changed, blocked, deleted, restored, deleted for good.

use super::changed::property_of;
use super::new_user::{check_handle, check_upn, check_value};
use super::{
    AppId, Attribute, Attributes, GroupKey, Lifecycle, NewUser, ObjectId, Tenant, TenantEvent,
    User, UserKey,
};
use crate::base::{Moment, Time};

/// Each change returns a sentence for what the directory would refuse, or what would change
/// nothing.
#[allow(clippy::missing_errors_doc)]
impl Tenant {
    /// Creates a user, unassigned by default; an assignment reaches provisioning after the usual
    /// delay.
    pub fn hire(
        &mut self,
        new: NewUser,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<UserKey, String> {
        self.hire_for(AppId::MAIN, new, moment)
    }

    /// Like [`Tenant::hire`]; the assignment, if there is one, is to this application.
    pub fn hire_for(
        &mut self,
        app: AppId,
        mut new: NewUser,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<UserKey, String> {
        let (manager, groups) = self.resolve(&mut new)?;
        let assigned = self.role_of(app, new.assigned.as_ref());
        let user = self.insert_user(new)?;
        self.users[user.index()].manager = manager;
        self.created.users.insert(user, moment.now());
        moment.emit(TenantEvent::Hired { user: self.handle(user) }.into());
        for group in groups {
            // A group named twice is joined once.
            let _ = self.add_member(group, user, moment);
        }
        self.user_changed(user, moment);
        self.note_changed(user, None);
        match assigned {
            Some(role) => self.assign(app, user, role, moment).map(|()| user),
            None => Ok(user),
        }
    }

    /// Sets up a user before the world begins: like [`Tenant::hire`], but without events, and with
    /// its assignment in effect.
    pub fn set_up_user(&mut self, mut new: NewUser) -> Result<UserKey, String> {
        let (manager, groups) = self.resolve(&mut new)?;
        let assigned = self.role_of(AppId::MAIN, new.assigned.as_ref());
        let user = self.insert_user(new)?;
        self.users[user.index()].manager = manager;
        self.set_up_assignment(AppId::MAIN, user, assigned);
        for group in groups {
            self.set_up_member(group, user);
        }
        Ok(user)
    }

    /// Derives the missing attributes of a new user, and finds the manager and the groups.
    fn resolve(&self, new: &mut NewUser) -> Result<(Option<UserKey>, Vec<GroupKey>), String> {
        new.complete(&self.settings.domain, &self.settings.tag);
        let manager =
            new.manager.as_ref().map(|manager| self.present_named(&manager.handle)).transpose()?;
        let groups: Result<_, _> =
            new.member_of.iter().map(|group| self.group_to_join(&group.handle)).collect();
        Ok((manager, groups?))
    }

    /// Sets up a manager before the world begins.
    pub fn set_up_manager(&mut self, user: UserKey, manager: Option<UserKey>) {
        self.users[user.index()].manager = manager;
    }

    /// Sets or clears an attribute; an empty text clears it too.
    pub fn update(
        &mut self,
        user: UserKey,
        attribute: Attribute,
        value: Option<&str>,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_update(user, attribute, value)?;
        let value = value.filter(|value| !value.is_empty());
        let before = self.user(user).get(attribute).map(Box::from);
        let after = value.map(Box::from);
        if let (Attribute::UserPrincipalName, Some(_)) = (attribute, value) {
            self.release_upn(user);
            self.users[user.index()].attributes.set(attribute, value);
            self.claim_upn(user);
        } else {
            self.users[user.index()].attributes.set(attribute, value);
        }
        self.user_changed(user, moment);
        self.note_changed(user, Some(property_of(attribute)));
        moment.emit(
            TenantEvent::Updated { user: self.handle(user), attribute, before, after }.into(),
        );
        Ok(())
    }

    /// Whether an attribute can be set to a value, or cleared.
    pub fn may_update(
        &self,
        user: UserKey,
        attribute: Attribute,
        value: Option<&str>,
    ) -> Result<(), String> {
        let value = value.filter(|value| !value.is_empty());
        let row = self.present(user)?;
        if row.get(attribute) == value {
            return Err(format!("{}: {} has this value already", row.handle, attribute.name()));
        }
        check_value(attribute, value)?;
        match (attribute, value) {
            (Attribute::UserPrincipalName, Some(upn)) => self.upn_is_free(upn, Some(user)),
            _ => Ok(()),
        }
    }

    /// Sets a directory extension; an empty text clears it.
    pub fn update_extension(
        &mut self,
        user: UserKey,
        name: &str,
        value: &str,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_update_extension(user, name, value)?;
        let before = self.user(user).attributes.extension(name);
        let given = |value: &str| Some(value).filter(|value| !value.is_empty()).map(Box::from);
        let (before, after) = (before.map(Box::from), given(value));
        self.users[user.index()].attributes.set_extension(name, value);
        self.user_changed(user, moment);
        self.note_changed(user, Some(name.to_owned().into()));
        let (user, name) = (self.handle(user), name.into());
        moment.emit(TenantEvent::ExtensionUpdated { user, name, before, after }.into());
        Ok(())
    }

    /// Whether a directory extension can be set to a value.
    pub fn may_update_extension(
        &self,
        user: UserKey,
        name: &str,
        value: &str,
    ) -> Result<(), String> {
        let row = self.present(user)?;
        match row.attributes.extension(name).unwrap_or_default() == value {
            true => Err(format!("{}: {name} has this value already", row.handle)),
            false => Ok(()),
        }
    }

    /// Whether a user can get this manager, or lose the one it has.
    pub fn may_set_manager(&self, user: UserKey, manager: Option<UserKey>) -> Result<(), String> {
        let row = self.present(user)?;
        if manager == Some(user) {
            return Err(format!("{} cannot be their own manager", row.handle));
        }
        if manager == self.manager(user) {
            return Err(format!("{} has this manager already", row.handle));
        }
        manager.map_or(Ok(()), |manager| self.present(manager).map(drop))
    }

    /// Sets or clears the manager.
    pub fn set_manager(
        &mut self,
        user: UserKey,
        manager: Option<UserKey>,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_set_manager(user, manager)?;
        let name = manager.map(|manager| self.handle(manager));
        self.users[user.index()].manager = manager;
        self.user_feed.touch(user.0);
        self.note_changed(user, Some("manager".into()));
        moment.emit(TenantEvent::ManagerChanged { user: self.handle(user), manager: name }.into());
        Ok(())
    }

    /// Blocks a user from sign-in.
    pub fn disable(
        &mut self,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_disable(user)?;
        self.users[user.index()].enabled = false;
        self.user_changed(user, moment);
        self.note_changed(user, Some("accountEnabled".into()));
        moment.emit(TenantEvent::Disabled { user: self.handle(user) }.into());
        Ok(())
    }

    /// Whether a user can be blocked from sign-in.
    pub fn may_disable(&self, user: UserKey) -> Result<(), String> {
        let row = self.present(user)?;
        match row.enabled {
            true => Ok(()),
            false => Err(format!("{} is blocked from sign-in already", row.handle)),
        }
    }

    /// Whether a user can be let in again.
    pub fn may_enable(&self, user: UserKey) -> Result<(), String> {
        let row = self.present(user)?;
        match row.enabled {
            true => Err(format!("{} may sign in already", row.handle)),
            false => Ok(()),
        }
    }

    /// Whether a user can be moved to the recycle bin.
    pub fn may_delete(&self, user: UserKey) -> Result<(), String> {
        self.present(user).map(drop)
    }

    /// Whether a user can be taken out of the recycle bin.
    pub fn may_restore(&self, user: UserKey) -> Result<(), String> {
        self.in_bin(user)?;
        let row = self.user(user);
        self.upn_is_free(row.sign_in_name().unwrap_or_default(), None)
            .map_err(|why| format!("{} cannot be restored: {why}", row.handle))
    }

    /// Whether a user can be taken out of the recycle bin under this sign-in name.
    pub fn may_restore_as(&self, user: UserKey, upn: &str) -> Result<(), String> {
        self.in_bin(user)?;
        check_upn(upn)?;
        self.upn_is_free(upn, None)
            .map_err(|why| format!("{} cannot be restored: {why}", self.user(user).handle))
    }

    /// Whether a user can be deleted for good.
    pub fn may_purge(&self, user: UserKey) -> Result<(), String> {
        self.in_bin(user).map(drop)
    }

    /// Lets a user sign in again.
    pub fn enable(
        &mut self,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_enable(user)?;
        self.users[user.index()].enabled = true;
        self.user_changed(user, moment);
        self.note_changed(user, Some("accountEnabled".into()));
        moment.emit(TenantEvent::Enabled { user: self.handle(user) }.into());
        Ok(())
    }

    /// Moves a user to the recycle bin. The sign-in name is free for others from now on: the user's
    /// own name gets its GUID as a prefix (B92).
    pub fn delete(
        &mut self,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.present(user)?;
        let since = moment.now();
        self.release_upn(user);
        let row = &mut self.users[user.index()];
        let name = row.get(Attribute::UserPrincipalName).unwrap_or_default();
        let tombstone = row.tombstone() + name;
        row.attributes.set(Attribute::UserPrincipalName, Some(&tombstone));
        row.lifecycle = Lifecycle::SoftDeleted { since };
        self.bin.insert((since, user));
        self.user_feed.touch(user.0);
        self.note_changed(user, None);
        moment.emit(TenantEvent::Deleted { user: self.handle(user) }.into());
        Ok(())
    }

    /// Takes a user out of the recycle bin with all its values and its old sign-in name; refused
    /// while another user has that name. [users-restore]
    pub fn restore(
        &mut self,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_restore(user)?;
        let upn = self.user(user).sign_in_name().unwrap_or_default().to_owned();
        self.restore_as(user, &upn, moment)
    }

    /// Takes a user out of the recycle bin under this sign-in name, as an administrator does where
    /// the old one has been given to another user since. (assumed: Graph's restore takes
    /// another name, and does nothing else by it)
    pub fn restore_as(
        &mut self,
        user: UserKey,
        upn: &str,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.may_restore_as(user, upn)?;
        let since = self.in_bin(user)?;
        self.bin.remove(&(since, user));
        let row = &mut self.users[user.index()];
        row.attributes.set(Attribute::UserPrincipalName, Some(upn));
        row.lifecycle = Lifecycle::Active;
        self.claim_upn(user);
        self.user_changed(user, moment);
        self.note_changed(user, None);
        moment.emit(TenantEvent::Restored { user: self.handle(user) }.into());
        Ok(())
    }

    /// Deletes a user in the recycle bin for good, as an administrator may at any time.
    /// [users-restore]
    pub fn purge(
        &mut self,
        user: UserKey,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) -> Result<(), String> {
        self.in_bin(user)?;
        self.remove_for_good(user, false, moment);
        Ok(())
    }

    /// Reduces a user in the bin to the facts that stay: id, handle, the display name for those who
    /// read of the user later, and whether it was assigned at the end.
    pub(super) fn remove_for_good(
        &mut self,
        user: UserKey,
        by_itself: bool,
        moment: &mut Moment<'_, impl From<TenantEvent>>,
    ) {
        self.keep_entitlements(user);
        let row = &mut self.users[user.index()];
        if let Lifecycle::SoftDeleted { since } = row.lifecycle {
            self.bin.remove(&(since, user));
        }
        self.gone += usize::from(row.lifecycle != Lifecycle::HardDeleted);
        row.lifecycle = Lifecycle::HardDeleted;
        let name = row.attributes.get(Attribute::DisplayName).map(str::to_owned);
        row.attributes = Attributes::default();
        row.attributes.set(Attribute::DisplayName, name.as_deref());
        row.manager = None;
        for group in std::mem::take(&mut row.groups) {
            self.sweep(group, user);
        }
        self.passwords.remove(&user);
        self.user_feed.touch(user.0);
        self.note_changed(user, None);
        moment.emit(TenantEvent::Purged { user: self.handle(user), by_itself }.into());
    }

    /// Whether these users can be created together, one after the other.
    pub fn may_hire(&self, people: &[NewUser]) -> Result<(), String> {
        let mut upns: Vec<String> = Vec::new();
        for (nth, person) in people.iter().enumerate() {
            let mut person = person.clone();
            let before = &people[..nth];
            // Of the people before, one may be the manager.
            let joins = |handle: &str| before.iter().any(|other| other.handle == handle);
            if person.manager.as_ref().is_some_and(|manager| joins(&manager.handle)) {
                person.manager = None;
            }
            self.resolve(&mut person)?;
            self.may_insert(&person)?;
            let upn = person.attributes.get(Attribute::UserPrincipalName).unwrap_or_default();
            let upn = upn.to_ascii_lowercase();
            if joins(&person.handle) || upns.contains(&upn) {
                return Err(format!("{} would be there twice", person.handle));
            }
            upns.push(upn);
        }
        Ok(())
    }

    fn may_insert(&self, new: &NewUser) -> Result<(), String> {
        check_handle(&new.handle)?;
        self.handle_is_free(&new.handle)?;
        for attribute in [Attribute::UserPrincipalName, Attribute::DisplayName] {
            check_value(attribute, new.attributes.get(attribute))?;
        }
        self.upn_is_free(new.attributes.get(Attribute::UserPrincipalName).unwrap_or_default(), None)
    }

    fn insert_user(&mut self, new: NewUser) -> Result<UserKey, String> {
        self.may_insert(&new)?;
        let object_id = ObjectId(self.seed.guid("user", &new.handle, self.namesakes(&new.handle)));
        let user = self.enter_user(User {
            object_id,
            handle: new.handle.into(),
            attributes: new.attributes,
            enabled: new.enabled,
            lifecycle: Lifecycle::Active,
            groups: Vec::new(),
            manager: None,
        });
        self.passwords.extend(new.password.map(|password| (user, password)));
        Ok(user)
    }

    /// A user that can be changed, or why it cannot.
    pub(super) fn present(&self, user: UserKey) -> Result<&User, String> {
        let row = self.user(user);
        match row.lifecycle {
            Lifecycle::Active => Ok(row),
            Lifecycle::SoftDeleted { .. } => {
                Err(format!("{} is in the recycle bin; restore comes first", row.handle))
            }
            Lifecycle::HardDeleted => Err(format!("{} is deleted for good", row.handle)),
        }
    }

    /// The user of this handle, when it can be changed.
    pub(super) fn present_named(&self, handle: &str) -> Result<UserKey, String> {
        let user = self.user_named(handle)?;
        self.present(user)?;
        Ok(user)
    }

    fn in_bin(&self, user: UserKey) -> Result<Time, String> {
        let row = self.user(user);
        match row.lifecycle {
            Lifecycle::SoftDeleted { since } => Ok(since),
            Lifecycle::Active => Err(format!("{} is not in the recycle bin", row.handle)),
            Lifecycle::HardDeleted => Err(format!("{} is deleted for good", row.handle)),
        }
    }
}
