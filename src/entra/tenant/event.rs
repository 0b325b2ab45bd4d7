//! What happens in the directory, in words.

use std::fmt::Write;
use std::sync::Arc;

use super::attribute::Attribute;

/// Something that happened in the directory.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// A user is created.
    Hired {
        /// Who.
        user: Arc<str>,
    },
    /// An attribute changes.
    Updated {
        /// Whose.
        user: Arc<str>,
        /// Which.
        attribute: Attribute,
        /// Its value before.
        before: Option<Box<str>>,
        /// Its value from now on.
        after: Option<Box<str>>,
    },
    /// A user gets another manager, or none.
    ManagerChanged {
        /// Whose.
        user: Arc<str>,
        /// The manager from now on.
        manager: Option<Arc<str>>,
    },
    /// A user is blocked from sign-in.
    Disabled {
        /// Who.
        user: Arc<str>,
    },
    /// A user may sign in again.
    Enabled {
        /// Who.
        user: Arc<str>,
    },
    /// A user goes to the recycle bin.
    Deleted {
        /// Who.
        user: Arc<str>,
    },
    /// A user comes back from the recycle bin.
    Restored {
        /// Who.
        user: Arc<str>,
    },
    /// A user is gone for good.
    Purged {
        /// Who.
        user: Arc<str>,
        /// The time in the recycle bin ran out, nobody did it by hand.
        by_itself: bool,
    },
    /// A user is assigned to the application.
    Assigned {
        /// Who.
        user: Arc<str>,
        /// The application.
        application: Arc<str>,
    },
    /// A user's direct assignment is taken away.
    Unassigned {
        /// Who.
        user: Arc<str>,
        /// The application.
        application: Arc<str>,
    },
    /// A group is assigned to the application.
    GroupAssigned {
        /// Which.
        group: Arc<str>,
        /// The application.
        application: Arc<str>,
    },
    /// A group's assignment is taken away.
    GroupUnassigned {
        /// Which.
        group: Arc<str>,
        /// The application.
        application: Arc<str>,
    },
    /// A group is created.
    GroupCreated {
        /// Which.
        group: Arc<str>,
    },
    /// A group is deleted, for good.
    GroupDeleted {
        /// Which.
        group: Arc<str>,
    },
    /// A user joins a group.
    MemberAdded {
        /// The group.
        group: Arc<str>,
        /// The user.
        user: Arc<str>,
    },
    /// A user leaves a group.
    MemberRemoved {
        /// The group.
        group: Arc<str>,
        /// The user.
        user: Arc<str>,
    },
}

/// Whom an event concerns, by handle; when somebody joins or leaves a group, it is that user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About<'a> {
    /// A user.
    User(&'a Arc<str>),
    /// A group as a whole.
    Group(&'a Arc<str>),
}

impl Event {
    /// Whom it concerns.
    pub fn about(&self) -> About<'_> {
        match self {
            Event::Hired { user }
            | Event::Updated { user, .. }
            | Event::ManagerChanged { user, .. }
            | Event::Disabled { user }
            | Event::Enabled { user }
            | Event::Deleted { user }
            | Event::Restored { user }
            | Event::Purged { user, .. }
            | Event::Assigned { user, .. }
            | Event::Unassigned { user, .. }
            | Event::MemberAdded { user, .. }
            | Event::MemberRemoved { user, .. } => About::User(user),
            Event::GroupAssigned { group, .. }
            | Event::GroupUnassigned { group, .. }
            | Event::GroupCreated { group }
            | Event::GroupDeleted { group } => About::Group(group),
        }
    }

    /// Appends the event as one line of words, without its time and without a line end.
    pub fn write(&self, out: &mut String) {
        // Writing into a String cannot fail.
        let _ = match self {
            Event::Hired { user } => write!(out, "{user} is hired"),
            Event::Updated { user, attribute, before, after } => {
                write_update(out, user, *attribute, before.as_deref(), after.as_deref())
            }
            Event::ManagerChanged { user, manager: Some(manager) } => {
                write!(out, "{user} now reports to {manager}")
            }
            Event::ManagerChanged { user, manager: None } => {
                write!(out, "{user} has no manager any more")
            }
            Event::Disabled { user } => write!(out, "{user} is blocked from sign-in"),
            Event::Enabled { user } => write!(out, "{user} may sign in again"),
            Event::Deleted { user } => write!(out, "{user} is deleted, into the recycle bin"),
            Event::Restored { user } => write!(out, "{user} is restored from the recycle bin"),
            Event::Purged { user, by_itself: false } => write!(out, "{user} is deleted for good"),
            Event::Purged { user, by_itself: true } => {
                write!(out, "{user} is deleted for good: the time in the recycle bin is over")
            }
            Event::Assigned { user, application } => {
                write!(out, "{user} is assigned to {application}")
            }
            Event::Unassigned { user, application } => {
                write!(out, "{user} is unassigned from {application}")
            }
            Event::GroupAssigned { group, application } => {
                write!(out, "group {group} is assigned to {application}")
            }
            Event::GroupUnassigned { group, application } => {
                write!(out, "group {group} is unassigned from {application}")
            }
            Event::GroupCreated { group } => write!(out, "group {group} is created"),
            Event::GroupDeleted { group } => write!(out, "group {group} is deleted"),
            Event::MemberAdded { group, user } => write!(out, "{user} joins group {group}"),
            Event::MemberRemoved { group, user } => write!(out, "{user} leaves group {group}"),
        };
    }
}

fn write_update(
    out: &mut String,
    user: &str,
    attribute: Attribute,
    before: Option<&str>,
    after: Option<&str>,
) -> std::fmt::Result {
    let name = attribute.name();
    match (before, after) {
        (Some(before), Some(after)) => {
            write!(out, "{user}: {name} changes from {before:?} to {after:?}")
        }
        (None, Some(after)) => write!(out, "{user}: {name} is set to {after:?}"),
        (_, None) => {
            write!(out, "{user}: {name} is cleared, it was {:?}", before.unwrap_or_default())
        }
    }
}
