//! Finding users and groups: by handle, by GUID, by sign-in name.

use std::hash::{Hash, Hasher};

use super::application::Application;
use super::{Attribute, Group, GroupKey, Lifecycle, ObjectId, Tenant, User, UserKey};
use crate::base::diagnostic::nearest;
use crate::base::index::Index;

/// The indexes of users and groups; the objects themselves are in the tables.
#[derive(Clone, Default)]
pub(super) struct Indexes {
    handles: Index,
    upns: Index,
    group_handles: Index,
    user_ids: Index,
    group_ids: Index,
}

/// A sign-in name as an index key: names that differ only in case are equal. Only ASCII can occur.
struct Upn<'a>(&'a str);

impl Hash for Upn<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for chunk in self.0.as_bytes().chunks(32) {
            let mut lower = [0; 32];
            let lower = &mut lower[..chunk.len()];
            lower.copy_from_slice(chunk);
            lower.make_ascii_lowercase();
            state.write(lower);
        }
    }
}

/// How many handles are compared for a suggestion; the named users come first and so are among
/// them.
const SUGGESTED_FROM: usize = 10_000;

impl Tenant {
    /// The user of this handle; the latest one when a deleted user had it before.
    pub fn find_user(&self, handle: &str) -> Option<UserKey> {
        self.indexes
            .handles
            .get(handle, |slot| &*self.users[slot as usize].handle == handle)
            .map(UserKey)
    }

    /// The user of this sign-in name, ignoring case; a user in the recycle bin has none here.
    pub fn find_upn(&self, upn: &str) -> Option<UserKey> {
        let same = |slot| {
            let other = self.users[slot as usize].get(Attribute::UserPrincipalName);
            other.is_some_and(|other| other.eq_ignore_ascii_case(upn))
        };
        self.indexes.upns.get(&Upn(upn), same).map(UserKey)
    }

    /// The only user of this displayName, ignoring case.
    pub fn find_displayed(&self, name: &str) -> Option<UserKey> {
        let wanted = name.to_lowercase();
        let mut users = self.users().filter(|(_, user)| {
            let name = user.get(Attribute::DisplayName);
            name.is_some_and(|name| name.to_lowercase() == wanted)
        });
        match (users.next(), users.next()) {
            (Some((user, _)), None) => Some(user),
            _ => None,
        }
    }

    /// The user of this object id, deleted or not.
    pub fn find_user_id(&self, id: ObjectId) -> Option<UserKey> {
        let same = |slot| self.users[slot as usize].object_id == id;
        self.indexes.user_ids.get(&id, same).map(UserKey)
    }

    /// The group of this object id, deleted or not.
    pub fn find_group_id(&self, id: ObjectId) -> Option<GroupKey> {
        let same = |slot| self.groups[slot as usize].object_id == id;
        self.indexes.group_ids.get(&id, same).map(GroupKey)
    }

    /// The group of this handle; the latest one, when a deleted one had it before.
    pub fn find_group(&self, handle: &str) -> Option<GroupKey> {
        self.indexes
            .group_handles
            .get(handle, |slot| &*self.groups[slot as usize].handle == handle)
            .map(GroupKey)
    }

    /// The user of this handle.
    ///
    /// # Errors
    /// A sentence that says there is none and suggests the nearest.
    pub fn user_named(&self, handle: &str) -> Result<UserKey, String> {
        let handles = self.users.iter().take(SUGGESTED_FROM).map(|user| &*user.handle);
        self.find_user(handle).ok_or_else(|| nobody("user", handle, handles))
    }

    /// The group of this handle.
    ///
    /// # Errors
    /// A sentence that says there is none and suggests the nearest.
    pub fn group_named(&self, handle: &str) -> Result<GroupKey, String> {
        let handles = self.groups.iter().take(SUGGESTED_FROM).map(|group| &*group.handle);
        self.find_group(handle).ok_or_else(|| nobody("group", handle, handles))
    }

    /// Adds a user to the table and the indexes. Its handle now finds this user and no longer a
    /// deleted one.
    pub(super) fn enter_user(&mut self, user: User) -> UserKey {
        if let Some(before) = self.find_user(&user.handle) {
            self.indexes.handles.remove(&*user.handle, before.0);
        }
        let slot = self.user_feed.add();
        self.indexes.handles.insert(&*user.handle, slot);
        self.indexes.user_ids.insert(&user.object_id, slot);
        self.users.push(user);
        self.applications.iter_mut().for_each(Application::add_user);
        self.claim_upn(UserKey(slot));
        UserKey(slot)
    }

    /// Adds a group to the table and the index.
    pub(super) fn enter_group(&mut self, group: Group) -> GroupKey {
        if let Some(before) = self.find_group(&group.handle) {
            self.indexes.group_handles.remove(&*group.handle, before.0);
        }
        let slot = self.group_feed.add();
        self.indexes.group_handles.insert(&*group.handle, slot);
        self.indexes.group_ids.insert(&group.object_id, slot);
        self.groups.push(group);
        self.applications.iter_mut().for_each(Application::add_group);
        GroupKey(slot)
    }

    /// Adds a user's sign-in name to the index.
    pub(super) fn claim_upn(&mut self, user: UserKey) {
        let upn = self.users[user.index()].get(Attribute::UserPrincipalName).unwrap_or_default();
        self.indexes.upns.insert(&Upn(upn), user.0);
    }

    /// Frees the sign-in name for others.
    pub(super) fn release_upn(&mut self, user: UserKey) {
        let upn = self.users[user.index()].get(Attribute::UserPrincipalName).unwrap_or_default();
        self.indexes.upns.remove(&Upn(upn), user.0);
    }

    /// How many users had this handle before; a person hired again is another object.
    pub(super) fn namesakes(&self, handle: &str) -> u64 {
        match self.find_user(handle) {
            None => 0,
            // Rare, so a scan of the table is fine.
            Some(_) => self.users.iter().filter(|user| &*user.handle == handle).count() as u64,
        }
    }

    /// Refuses a sign-in name that belongs to another user, ignoring case.
    pub(super) fn upn_is_free(&self, upn: &str, but_for: Option<UserKey>) -> Result<(), String> {
        match self.find_upn(upn).filter(|holder| Some(*holder) != but_for) {
            None => Ok(()),
            Some(holder) => {
                Err(format!("the userPrincipalName {upn} belongs to {}", self.user(holder).handle))
            }
        }
    }

    /// Refuses a handle that an existing user has.
    pub(super) fn handle_is_free(&self, handle: &str) -> Result<(), String> {
        let holder = self.find_user(handle).map(|holder| self.user(holder).lifecycle);
        match holder {
            None | Some(Lifecycle::HardDeleted) => Ok(()),
            Some(Lifecycle::Active) => Err(format!("there is a user `{handle}` already")),
            Some(Lifecycle::SoftDeleted { .. }) => {
                Err(format!("there is a user `{handle}` in the recycle bin"))
            }
        }
    }
}

fn nobody<'a>(what: &str, handle: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(handle, known) {
        Some(other) => format!("there is no {what} `{handle}`; did you mean `{other}`?"),
        None => format!("there is no {what} `{handle}`"),
    }
}
