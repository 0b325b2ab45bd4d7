//! The enterprise application users are assigned to: its app roles.

/// The role an assignment carries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Role {
    /// What an assignment carries when no role is chosen; it counts like any role. [no-users]
    DefaultAccess,
    /// The one role of an application that defines none of its own; what the portal gives.
    /// (assumed)
    User,
}

impl Role {
    /// All roles with their names.
    pub const WORDS: [(&'static str, Role); 2] =
        [("Default Access", Role::DefaultAccess), ("User", Role::User)];

    /// The name as the portal shows it.
    pub fn name(self) -> &'static str {
        Role::WORDS[self as usize].0
    }
}
