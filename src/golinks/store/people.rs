//! What GoLinks knows of its people beside their accounts: the role, where an account comes from,
//! and which value of a Response is bound to it. Members whom SCIM made cost nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::AccountId;

/// The role of an account [golinks].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Role {
    /// Settings, SCIM, single sign-on, people, and all links.
    Admin,
    /// Some of it: may transfer links too.
    Moderator,
    /// Creates, uses and edits links.
    #[default]
    Member,
    /// A contractor.
    LimitedMember,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Role; 4] = [Role::Admin, Role::Moderator, Role::Member, Role::LimitedMember];

    /// The vendor's word [golinks].
    pub fn word(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Moderator => "moderator",
            Role::Member => "member",
            Role::LimitedMember => "limited_member",
        }
    }

    /// The role in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Role::LimitedMember => "limited member",
            other => other.word(),
        }
    }
}

/// Where an account comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountSource {
    /// SCIM made it.
    Scim,
    /// A sign-in made it, just in time.
    SignIn,
    /// It was made by hand: an invitation, or a set-up.
    Invited,
}

impl AccountSource {
    /// The word in the list of people.
    pub fn word(self) -> &'static str {
        match self {
            AccountSource::Scim => "SCIM",
            AccountSource::SignIn => "sign-in",
            AccountSource::Invited => "invited",
        }
    }
}

/// What is known of people beside their accounts.
#[derive(Clone, Default)]
pub(crate) struct People {
    roles: BTreeMap<AccountId, Role>,
    joined: BTreeSet<AccountId>,
    bound: BTreeMap<Box<str>, AccountId>,
}

impl People {
    /// The role of an account.
    pub(crate) fn role(&self, id: AccountId) -> Role {
        self.roles.get(&id).copied().unwrap_or_default()
    }

    pub(crate) fn set_role(&mut self, id: AccountId, role: Role) {
        match role == Role::default() {
            true => self.roles.remove(&id),
            false => self.roles.insert(id, role),
        };
    }

    /// Notes that a sign-in made an account.
    pub(crate) fn joined(&mut self, id: AccountId) {
        self.joined.insert(id);
    }

    /// Whether a sign-in made an account.
    pub(crate) fn has_joined(&self, id: AccountId) -> bool {
        self.joined.contains(&id)
    }

    /// The account to which a value of a Response is bound.
    pub(crate) fn bound(&self, key: &str) -> Option<AccountId> {
        self.bound.get(key).copied()
    }

    pub(crate) fn bind(&mut self, key: &str, id: AccountId) {
        self.bound.insert(key.into(), id);
    }
}
