//! A group of the directory, and one to be created.

use std::sync::Arc;

use super::application::Role;
use super::ids::{GroupKey, ObjectId, UserKey};
use super::new_user::{HandleRef, NewAssignment};
use crate::base::Span;

/// A group, or what is left of one.
#[derive(Clone, Debug)]
pub struct Group {
    pub(super) object_id: ObjectId,
    pub(super) handle: Arc<str>,
    pub(super) display_name: Box<str>,
    pub(super) security_enabled: bool,
    pub(super) deleted: bool,
    /// The direct members in the order of joining. Members deleted for good are removed from time
    /// to time.
    pub(super) members: Vec<UserKey>,
    /// How many of the members are deleted for good.
    pub(super) gone: usize,
    pub(super) nested: Vec<GroupKey>,
    pub(super) assigned: Option<Role>,
    pub(super) effective: Option<Role>,
}

impl Group {
    /// The GUID.
    pub fn object_id(&self) -> ObjectId {
        self.object_id
    }

    /// The name of the group in scenarios, such as `sales`.
    pub fn handle(&self) -> &Arc<str> {
        &self.handle
    }

    /// The name as shown.
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// Whether it is a security group; only those count for assignment. [how-works]
    pub fn security_enabled(&self) -> bool {
        self.security_enabled
    }

    /// Whether it was deleted; a security group is deleted at once, without a recycle bin.
    /// [groups-restore]
    pub fn deleted(&self) -> bool {
        self.deleted
    }

    /// The groups that are members of this one; their members do not count for assignment.
    /// [how-works]
    pub fn nested(&self) -> &[GroupKey] {
        &self.nested
    }

    /// The assignment as an administrator sees it, at once after the change.
    pub fn assigned(&self) -> Option<Role> {
        self.assigned
    }
}

/// A group to be created: what `[group.sales]` says.
#[derive(Clone, PartialEq, Debug)]
pub struct NewGroup {
    /// The name of the group in the scenario.
    pub handle: String,
    /// Where the handle was written.
    pub span: Span,
    /// The name as shown; the handle when empty.
    pub display_name: String,
    /// Whether it is a security group.
    pub security_enabled: bool,
    /// The assignment; `None` when nothing is said about it.
    pub assigned: Option<NewAssignment>,
    /// The users in it.
    pub members: Vec<HandleRef>,
    /// The groups in it.
    pub nested: Vec<HandleRef>,
    /// A department whose users are members too, as of the setup.
    pub department: Option<String>,
    /// Whether all users are members, as of the setup.
    pub everyone: bool,
}

impl NewGroup {
    /// A security group without members.
    pub fn new(handle: &str, display_name: &str) -> NewGroup {
        NewGroup {
            handle: handle.to_owned(),
            span: Span::default(),
            display_name: display_name.to_owned(),
            security_enabled: true,
            assigned: None,
            members: Vec::new(),
            nested: Vec::new(),
            department: None,
            everyone: false,
        }
    }
}
