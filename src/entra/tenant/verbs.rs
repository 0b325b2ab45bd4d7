//! Everything that changes the directory while the world runs.

use super::{Attribute, Event, GroupKey, NewGroup, NewUser, Role, Tenant, UserKey};
use crate::base::Moment;

type Said<'a, E> = Moment<'a, E>;

/// The changes. Each refuses with a sentence what the directory would refuse, and then changes nothing.
#[allow(clippy::missing_errors_doc)]
impl Tenant {
    /// Creates a user. Who says nothing about the assignment is not assigned.
    pub fn hire(&mut self, _new: NewUser, _moment: &mut Said<'_, impl From<Event>>) -> Result<UserKey, String> {
        Err("not yet".into())
    }

    /// Sets or clears an attribute.
    pub fn update(
        &mut self,
        _user: UserKey,
        _attribute: Attribute,
        _value: Option<&str>,
        _moment: &mut Said<'_, impl From<Event>>,
    ) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Sets or clears the manager.
    pub fn set_manager(
        &mut self,
        _user: UserKey,
        _manager: Option<UserKey>,
        _moment: &mut Said<'_, impl From<Event>>,
    ) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Blocks a user from sign-in.
    pub fn disable(&mut self, _user: UserKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Lets a user sign in again.
    pub fn enable(&mut self, _user: UserKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Moves a user to the recycle bin.
    pub fn delete(&mut self, _user: UserKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Takes a user out of the recycle bin, with everything the user had.
    pub fn restore(&mut self, _user: UserKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Deletes a user in the recycle bin for good.
    pub fn purge(&mut self, _user: UserKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Assigns a user to the application.
    pub fn assign(
        &mut self,
        _user: UserKey,
        _role: Role,
        _moment: &mut Said<'_, impl From<Event>>,
    ) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Takes a user's direct assignment away.
    pub fn unassign(&mut self, _user: UserKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Assigns a group to the application; only a security group can be. [how-works]
    pub fn assign_group(
        &mut self,
        _group: GroupKey,
        _role: Role,
        _moment: &mut Said<'_, impl From<Event>>,
    ) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Takes a group's assignment away.
    pub fn unassign_group(&mut self, _group: GroupKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Creates a group.
    pub fn create_group(
        &mut self,
        _new: NewGroup,
        _moment: &mut Said<'_, impl From<Event>>,
    ) -> Result<GroupKey, String> {
        Err("not yet".into())
    }

    /// Deletes a group, at once and for good. [groups-restore]
    pub fn delete_group(&mut self, _group: GroupKey, _moment: &mut Said<'_, impl From<Event>>) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Makes a user a direct member of a group.
    pub fn add_member(
        &mut self,
        _group: GroupKey,
        _user: UserKey,
        _moment: &mut Said<'_, impl From<Event>>,
    ) -> Result<(), String> {
        Err("not yet".into())
    }

    /// Takes a user out of a group.
    pub fn remove_member(
        &mut self,
        _group: GroupKey,
        _user: UserKey,
        _moment: &mut Said<'_, impl From<Event>>,
    ) -> Result<(), String> {
        Err("not yet".into())
    }
}
