//! A user of the directory, and the facts that decide about scope.

use std::sync::Arc;

use super::attribute::{Attribute, Attributes};
use super::ids::{GroupKey, ObjectId, UserKey};
use crate::base::Time;

/// The stage of a user between being hired and being deleted for good. [users-restore]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lifecycle {
    /// In the directory; whether sign-in is allowed is [`User::enabled`].
    Active,
    /// In the recycle bin, restorable with all its values.
    SoftDeleted {
        /// When the user was deleted.
        since: Time,
    },
    /// Deleted for good; only the id, the handle, the display name and a last assignment are left.
    HardDeleted,
}

/// A user, or what is left of one.
#[derive(Clone, Debug)]
pub struct User {
    pub(super) object_id: ObjectId,
    pub(super) handle: Arc<str>,
    pub(super) attributes: Attributes,
    pub(super) enabled: bool,
    pub(super) lifecycle: Lifecycle,
    pub(super) groups: Vec<GroupKey>,
    pub(super) manager: Option<UserKey>,
}

impl User {
    /// The GUID.
    pub fn object_id(&self) -> ObjectId {
        self.object_id
    }

    /// The name of the user in scenarios, such as `ann`; for a generated person the mailNickname.
    pub fn handle(&self) -> &Arc<str> {
        &self.handle
    }

    /// The value of an attribute; `None` when absent.
    pub fn get(&self, attribute: Attribute) -> Option<&str> {
        self.attributes.get(attribute)
    }

    /// The sign-in name; for a user in the recycle bin the name without its tombstone prefix.
    pub fn sign_in_name(&self) -> Option<&str> {
        let stored = self.get(Attribute::UserPrincipalName)?;
        match self.lifecycle {
            Lifecycle::SoftDeleted { .. } => {
                Some(stored.strip_prefix(&*self.tombstone()).unwrap_or(stored))
            }
            _ => Some(stored),
        }
    }

    /// The prefix that a deletion puts before the sign-in name: the GUID without its dashes (B92).
    pub(super) fn tombstone(&self) -> String {
        format!("{:032x}", self.object_id.0)
    }

    /// All attributes with a value.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// `accountEnabled`: whether sign-in is allowed.
    pub fn enabled(&self) -> bool {
        self.enabled
    }

    /// Active, in the recycle bin, or gone.
    pub fn lifecycle(&self) -> Lifecycle {
        self.lifecycle
    }

    /// Whether the user has left: blocked from sign-in, or deleted. Others can be out of scope and
    /// still be there.
    pub fn has_left(&self) -> bool {
        self.lifecycle != Lifecycle::Active || !self.enabled
    }

    /// The groups the user is a direct member of, in the order of joining.
    pub fn groups(&self) -> &[GroupKey] {
        &self.groups
    }
}

/// The facts of the directory that decide about scope, read at one instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScopeFacts {
    /// The user is in the directory (neither in the bin nor gone).
    pub exists: bool,
    /// The user is in the recycle bin.
    pub soft_deleted: bool,
    /// The user is gone for good.
    pub hard_deleted: bool,
    /// Sign-in is allowed (`accountEnabled`); kept while in the recycle bin.
    pub enabled: bool,
    /// Assigned directly, or a direct member of an assigned security group; for a gone user, as it
    /// was at the end.
    pub assigned: bool,
    /// One of those assignments carries a usable app role; Default Access is one. [no-users]
    pub has_role: bool,
}
