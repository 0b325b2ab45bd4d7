//! Properties of users and groups that clients of Graph write and that nothing here reads: they are
//! kept and shown, and provisioning never sees them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{GroupKey, Tenant, UserKey};

/// What was written, by Graph's names.
#[derive(Clone, Default, Debug)]
pub(super) struct Written {
    users: BTreeMap<UserKey, BTreeMap<String, Value>>,
    groups: BTreeMap<GroupKey, BTreeMap<String, Value>>,
}

impl Tenant {
    /// What was written about a user.
    pub fn written_of_user(&self, user: UserKey, name: &str) -> Option<&Value> {
        self.written.users.get(&user)?.get(name)
    }

    /// What was written about a group.
    pub fn written_of_group(&self, group: GroupKey, name: &str) -> Option<&Value> {
        self.written.groups.get(&group)?.get(name)
    }

    /// The users of whom something was written.
    pub fn users_written(&self) -> impl Iterator<Item = UserKey> + '_ {
        self.written.users.keys().copied()
    }

    /// The groups of which something was written.
    pub fn groups_written(&self) -> impl Iterator<Item = GroupKey> + '_ {
        self.written.groups.keys().copied()
    }

    /// Writes a property of a user; nothing clears it.
    pub fn write_of_user(&mut self, user: UserKey, name: &str, value: Value) {
        put(self.written.users.entry(user).or_default(), name, value);
        self.note_changed(user, Some(name.to_owned().into()));
    }

    /// Writes a property of a group; nothing clears it.
    pub fn write_of_group(&mut self, group: GroupKey, name: &str, value: Value) {
        put(self.written.groups.entry(group).or_default(), name, value);
        self.note_group_changed(group, Some(name.to_owned().into()));
    }
}

fn put(kept: &mut BTreeMap<String, Value>, name: &str, value: Value) {
    match value {
        Value::Null => kept.remove(name),
        value => kept.insert(name.to_owned(), value),
    };
}
