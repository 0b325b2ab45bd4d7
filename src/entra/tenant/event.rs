//! The events of the directory, and their text.

use std::fmt::Write;
use std::sync::Arc;

use super::application::Role;
use super::attribute::Attribute;
use super::registry::AppSide;

/// Something that happened in the directory.
#[derive(Clone, PartialEq, Debug)]
pub enum TenantEvent {
    /// A user is created.
    Hired {
        /// The user.
        user: Arc<str>,
    },
    /// An attribute changes.
    Updated {
        /// The user.
        user: Arc<str>,
        /// The attribute.
        attribute: Attribute,
        /// Its value before.
        before: Option<Box<str>>,
        /// Its value from now on.
        after: Option<Box<str>>,
    },
    /// A directory extension changes.
    ExtensionUpdated {
        /// The user.
        user: Arc<str>,
        /// The name of the extension, such as `extension_…_costCentre`.
        name: Box<str>,
        /// Its value before.
        before: Option<Box<str>>,
        /// Its value from now on.
        after: Option<Box<str>>,
    },
    /// A user gets another manager, or none.
    ManagerChanged {
        /// The user.
        user: Arc<str>,
        /// The manager from now on.
        manager: Option<Arc<str>>,
    },
    /// A user is blocked from sign-in.
    Disabled {
        /// The user.
        user: Arc<str>,
    },
    /// A user may sign in again.
    Enabled {
        /// The user.
        user: Arc<str>,
    },
    /// A user goes to the recycle bin.
    Deleted {
        /// The user.
        user: Arc<str>,
    },
    /// A user comes back from the recycle bin.
    Restored {
        /// The user.
        user: Arc<str>,
    },
    /// A user is deleted for good.
    Purged {
        /// The user.
        user: Arc<str>,
        /// Whether the time in the recycle bin ran out; otherwise an administrator did it.
        by_itself: bool,
    },
    /// A user is assigned to the application.
    Assigned {
        /// The user.
        user: Arc<str>,
        /// The application.
        application: Arc<str>,
        /// The role of the assignment.
        role: Role,
    },
    /// A user's direct assignment is taken away.
    Unassigned {
        /// The user.
        user: Arc<str>,
        /// The application.
        application: Arc<str>,
        /// The role of the assignment.
        role: Role,
    },
    /// The record of a user's direct assignment is broken.
    AssignmentBroken {
        /// The user.
        user: Arc<str>,
        /// The application.
        application: Arc<str>,
    },
    /// The record of a group's assignment is broken.
    GroupAssignmentBroken {
        /// The group.
        group: Arc<str>,
        /// The application.
        application: Arc<str>,
    },
    /// A group is assigned to the application.
    GroupAssigned {
        /// The group.
        group: Arc<str>,
        /// The application.
        application: Arc<str>,
        /// The role of the assignment.
        role: Role,
    },
    /// A group's assignment is taken away.
    GroupUnassigned {
        /// The group.
        group: Arc<str>,
        /// The application.
        application: Arc<str>,
        /// The role of the assignment.
        role: Role,
    },
    /// An enterprise application is added from the gallery.
    ApplicationAdded {
        /// The application.
        application: Arc<str>,
    },
    /// An application is registered, without a service principal.
    ApplicationRegistered {
        /// The application.
        application: Arc<str>,
    },
    /// Sessions and refresh tokens of a user end.
    SessionsRevoked {
        /// The user.
        user: Arc<str>,
    },
    /// A registration or a service principal changes.
    ApplicationUpdated {
        /// The application.
        application: Arc<str>,
        /// Which of its two objects.
        side: AppSide,
        /// The properties that changed, by Graph's names.
        properties: Box<str>,
    },
    /// A registration or a service principal is deleted.
    ApplicationDeleted {
        /// The application.
        application: Arc<str>,
        /// Which of its two objects.
        side: AppSide,
        /// Whether it was taken out of the recycle bin.
        for_good: bool,
        /// Whether the time in the recycle bin ran out; otherwise a client did it.
        by_itself: bool,
    },
    /// A registration or a service principal comes back from the recycle bin.
    ApplicationRestored {
        /// The application.
        application: Arc<str>,
        /// Which of its two objects.
        side: AppSide,
    },
    /// A group is created.
    GroupCreated {
        /// The group.
        group: Arc<str>,
    },
    /// An attribute of a group changes.
    GroupUpdated {
        /// The group.
        group: Arc<str>,
        /// The attribute, by Graph's name.
        attribute: &'static str,
        /// Its value before.
        before: Option<Box<str>>,
        /// Its value from now on.
        after: Option<Box<str>>,
    },
    /// A group is deleted.
    GroupDeleted {
        /// The group.
        group: Arc<str>,
        /// Whether it has no recycle bin.
        for_good: bool,
    },
    /// A group comes back from the recycle bin.
    GroupRestored {
        /// The group.
        group: Arc<str>,
    },
    /// A group in the recycle bin is deleted for good.
    GroupPurged {
        /// The group.
        group: Arc<str>,
        /// Whether the time in the recycle bin ran out; otherwise an administrator did it.
        by_itself: bool,
    },
    /// A user joins a group.
    MemberAdded {
        /// The group.
        group: Arc<str>,
        /// The user.
        user: Arc<str>,
        /// Whether the rule of the group decided it.
        by_rule: bool,
    },
    /// A user leaves a group.
    MemberRemoved {
        /// The group.
        group: Arc<str>,
        /// The user.
        user: Arc<str>,
        /// Whether the rule of the group decided it.
        by_rule: bool,
    },
}

/// The object an event concerns, by handle; for a change of membership, the user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum About<'a> {
    /// A user.
    User(&'a Arc<str>),
    /// A group as a whole.
    Group(&'a Arc<str>),
    /// An application.
    Application(&'a Arc<str>),
}

impl TenantEvent {
    /// The object it concerns.
    pub fn about(&self) -> About<'_> {
        match self {
            TenantEvent::Hired { user }
            | TenantEvent::Updated { user, .. }
            | TenantEvent::ExtensionUpdated { user, .. }
            | TenantEvent::ManagerChanged { user, .. }
            | TenantEvent::Disabled { user }
            | TenantEvent::Enabled { user }
            | TenantEvent::Deleted { user }
            | TenantEvent::Restored { user }
            | TenantEvent::Purged { user, .. }
            | TenantEvent::Assigned { user, .. }
            | TenantEvent::Unassigned { user, .. }
            | TenantEvent::AssignmentBroken { user, .. }
            | TenantEvent::MemberAdded { user, .. }
            | TenantEvent::MemberRemoved { user, .. }
            | TenantEvent::SessionsRevoked { user } => About::User(user),
            TenantEvent::ApplicationAdded { application }
            | TenantEvent::ApplicationRegistered { application }
            | TenantEvent::ApplicationUpdated { application, .. }
            | TenantEvent::ApplicationDeleted { application, .. }
            | TenantEvent::ApplicationRestored { application, .. } => {
                About::Application(application)
            }
            TenantEvent::GroupAssigned { group, .. }
            | TenantEvent::GroupUnassigned { group, .. }
            | TenantEvent::GroupAssignmentBroken { group, .. }
            | TenantEvent::GroupCreated { group }
            | TenantEvent::GroupUpdated { group, .. }
            | TenantEvent::GroupDeleted { group, .. }
            | TenantEvent::GroupRestored { group }
            | TenantEvent::GroupPurged { group, .. } => About::Group(group),
        }
    }

    /// Appends the event as one line of text, without its time and without a line end.
    pub fn write(&self, out: &mut String) {
        // Writing into a String cannot fail.
        let _ = match self {
            TenantEvent::Hired { user } => write!(out, "{user} is hired"),
            TenantEvent::SessionsRevoked { user } => write!(out, "{user} is signed out of Entra"),
            TenantEvent::Updated { user, attribute, before, after } => {
                write_update(out, user, attribute.name(), before.as_deref(), after.as_deref())
            }
            TenantEvent::ExtensionUpdated { user, name, before, after } => {
                write_update(out, user, name, before.as_deref(), after.as_deref())
            }
            TenantEvent::ManagerChanged { user, manager } => match manager {
                Some(manager) => write!(out, "{user} now reports to {manager}"),
                None => write!(out, "{user} has no manager any more"),
            },
            TenantEvent::Disabled { user } => write!(out, "{user} is blocked from sign-in"),
            TenantEvent::Enabled { user } => write!(out, "{user} may sign in again"),
            TenantEvent::Deleted { user } => write!(out, "{user} is deleted, into the recycle bin"),
            TenantEvent::Restored { user } => {
                write!(out, "{user} is restored from the recycle bin")
            }
            TenantEvent::Purged { user, by_itself: false } => {
                write!(out, "{user} is deleted for good")
            }
            TenantEvent::Purged { user, by_itself: true } => {
                write!(out, "{user} is deleted for good: the time in the recycle bin is over")
            }
            TenantEvent::Assigned { .. }
            | TenantEvent::Unassigned { .. }
            | TenantEvent::AssignmentBroken { .. }
            | TenantEvent::GroupAssigned { .. }
            | TenantEvent::GroupUnassigned { .. }
            | TenantEvent::GroupAssignmentBroken { .. } => self.write_assignment(out),
            TenantEvent::ApplicationAdded { .. }
            | TenantEvent::ApplicationRegistered { .. }
            | TenantEvent::ApplicationUpdated { .. }
            | TenantEvent::ApplicationDeleted { .. }
            | TenantEvent::ApplicationRestored { .. } => self.write_application(out),
            TenantEvent::GroupCreated { group } => write!(out, "group {group} is created"),
            TenantEvent::GroupUpdated { group, attribute, before, after } => {
                let _ = write!(out, "group ");
                write_update(out, group, attribute, before.as_deref(), after.as_deref())
            }
            TenantEvent::GroupDeleted { group, for_good: false } => {
                write!(out, "group {group} is deleted, into the recycle bin")
            }
            TenantEvent::GroupDeleted { group, for_good: true } => {
                write!(out, "group {group} is deleted for good")
            }
            TenantEvent::GroupRestored { group } => {
                write!(out, "group {group} is restored from the recycle bin")
            }
            TenantEvent::GroupPurged { group, by_itself: false } => {
                write!(out, "group {group} is deleted for good")
            }
            TenantEvent::GroupPurged { group, by_itself: true } => {
                write!(
                    out,
                    "group {group} is deleted for good: the time in the recycle bin is over"
                )
            }
            TenantEvent::MemberAdded { group, user, by_rule } => {
                write!(out, "{user} joins group {group}{}", by_its(*by_rule))
            }
            TenantEvent::MemberRemoved { group, user, by_rule } => {
                write!(out, "{user} leaves group {group}{}", by_its(*by_rule))
            }
        };
    }

    /// Appends an event about an application.
    fn write_application(&self, out: &mut String) -> std::fmt::Result {
        match self {
            TenantEvent::ApplicationAdded { application } => {
                write!(out, "the application {application} is added")
            }
            TenantEvent::ApplicationRegistered { application } => {
                write!(out, "the application {application} is registered")
            }
            TenantEvent::ApplicationUpdated { application, side, properties } => {
                write!(out, "the {} {application} is changed: {properties}", side.words())
            }
            TenantEvent::ApplicationDeleted { application, side, for_good: false, .. } => {
                write!(out, "the {} {application} is deleted, into the recycle bin", side.words())
            }
            TenantEvent::ApplicationDeleted { application, side, by_itself, .. } => {
                let why = if *by_itself { ": the time in the recycle bin is over" } else { "" };
                write!(out, "the {} {application} is deleted for good{why}", side.words())
            }
            TenantEvent::ApplicationRestored { application, side } => {
                write!(out, "the {} {application} is restored from the recycle bin", side.words())
            }
            _ => Ok(()),
        }
    }

    /// Appends an event about an assignment.
    fn write_assignment(&self, out: &mut String) -> std::fmt::Result {
        match self {
            TenantEvent::Assigned { user, application, .. } => {
                write!(out, "{user} is assigned to {application}")
            }
            TenantEvent::Unassigned { user, application, .. } => {
                write!(out, "{user} is unassigned from {application}")
            }
            TenantEvent::AssignmentBroken { user, application } => {
                write!(out, "the assignment of {user} to {application} is broken")
            }
            TenantEvent::GroupAssignmentBroken { group, application } => {
                write!(out, "the assignment of group {group} to {application} is broken")
            }
            TenantEvent::GroupAssigned { group, application, .. } => {
                write!(out, "group {group} is assigned to {application}")
            }
            TenantEvent::GroupUnassigned { group, application, .. } => {
                write!(out, "group {group} is unassigned from {application}")
            }
            _ => Ok(()),
        }
    }
}

fn by_its(rule: bool) -> &'static str {
    if rule { " by its rule" } else { "" }
}

fn write_update(
    out: &mut String,
    user: &str,
    name: &str,
    before: Option<&str>,
    after: Option<&str>,
) -> std::fmt::Result {
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
