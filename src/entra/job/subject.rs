//! What the job provisions: users, and groups next to them.

use std::sync::Arc;

use crate::entra::field::ObjectKind;
use crate::entra::tenant::{GroupKey, Tenant, UserKey};

/// One object of the directory as the job knows it: the key of links, failures, log rows and calls.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    /// A user.
    User(UserKey),
    /// A group.
    Group(GroupKey),
}

impl Subject {
    /// The kind of object, which selects the mapping table and the endpoint.
    pub fn kind(self) -> ObjectKind {
        match self {
            Subject::User(_) => ObjectKind::User,
            Subject::Group(_) => ObjectKind::Group,
        }
    }

    /// The key of a user; `None` for a group.
    pub fn user(self) -> Option<UserKey> {
        match self {
            Subject::User(user) => Some(user),
            Subject::Group(_) => None,
        }
    }

    /// The key of a group; `None` for a user.
    pub fn group(self) -> Option<GroupKey> {
        match self {
            Subject::Group(group) => Some(group),
            Subject::User(_) => None,
        }
    }

    /// The position among the objects of its kind. Positions are dense, so they can index a vector.
    pub fn index(self) -> usize {
        match self {
            Subject::User(user) => user.index(),
            Subject::Group(group) => group.index(),
        }
    }
}

/// The name by which the log speaks of an object.
pub(super) fn handle_of(subject: Subject, tenant: &Tenant) -> Arc<str> {
    match subject {
        Subject::User(user) => tenant.user(user).handle().clone(),
        Subject::Group(group) => tenant.group(group).handle().clone(),
    }
}

impl From<UserKey> for Subject {
    fn from(user: UserKey) -> Subject {
        Subject::User(user)
    }
}

impl From<GroupKey> for Subject {
    fn from(group: GroupKey) -> Subject {
        Subject::Group(group)
    }
}
