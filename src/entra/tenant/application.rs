//! The enterprise application users are assigned to: its app roles.

use std::sync::Arc;

use super::{NewAssignment, Tenant};

/// The role an assignment carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// The role of an assignment when none is chosen; it counts like any other role. [no-users]
    DefaultAccess,
    /// The one role of an application that defines none of its own; the portal assigns it.
    /// (assumed)
    User,
    /// A role that the application defines, by its index (B100).
    Own(u16),
}

impl Role {
    /// The roles that every application has, with their names.
    pub const WORDS: [(&'static str, Role); 2] =
        [("Default Access", Role::DefaultAccess), ("User", Role::User)];
}

impl Tenant {
    /// The name of a role as the portal shows it, which is its value too.
    pub fn role_name(&self, role: Role) -> &str {
        match role {
            Role::DefaultAccess => "Default Access",
            Role::User => "User",
            Role::Own(nth) => self.own_roles.get(usize::from(nth)).map_or("", |name| name),
        }
    }

    /// Returns the role of this name, and adds it to the application's own roles if it is new.
    pub fn role_named(&mut self, name: &str) -> Role {
        if let Some((_, role)) = Role::WORDS.iter().find(|(known, _)| *known == name) {
            return *role;
        }
        let known = self.own_roles.iter().position(|known| **known == *name);
        let nth = known.unwrap_or_else(|| {
            self.own_roles.push(Arc::from(name));
            self.own_roles.len() - 1
        });
        // The vendor allows far fewer roles; all roles beyond the last index share it.
        Role::Own(u16::try_from(nth).unwrap_or(u16::MAX))
    }

    /// The role of an assignment to be made; `None` when there is none.
    pub(super) fn role_of(&mut self, assignment: Option<&NewAssignment>) -> Option<Role> {
        match assignment? {
            NewAssignment::No => None,
            NewAssignment::As(role) => Some(*role),
            NewAssignment::Named(name) => Some(self.role_named(name)),
        }
    }
}
