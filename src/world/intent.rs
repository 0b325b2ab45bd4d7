//! What GoLinks should hold: a naive model that reads the tenant and the mapping rows and shares no code with the engine.

use std::time::Duration;

use super::World;
use crate::base::Time;
use crate::entra::tenant::UserKey;

/// One person about whom the two worlds differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// Who.
    pub user: UserKey,
    /// The handle a scenario knows them by.
    pub handle: std::sync::Arc<str>,
    /// What is wrong.
    pub what: What,
}

/// What is wrong with a person's account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum What {
    /// In scope, and no account.
    Missing,
    /// In scope, with an account that is inactive.
    Inactive,
    /// In scope, with more than one active account.
    Several(usize),
    /// Out of scope, and still an active account.
    StillActive,
    /// Deleted for good while managed, and the account still exists.
    StillExists,
    /// A mapped attribute differs.
    Differs {
        /// The target path, such as `name.familyName`.
        attribute: Box<str>,
        /// What Entra intends.
        want: Box<str>,
        /// What GoLinks holds; `None` when nothing.
        have: Option<Box<str>>,
    },
}

/// How the two worlds compare as a whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// People in scope.
    pub in_scope: usize,
    /// Of those, how many are right at GoLinks.
    pub right: usize,
    /// People (in scope or not) about whom the worlds differ.
    pub wrong: usize,
}

/// Somebody who lost scope and still had, or has, an active account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exposure {
    /// Who.
    pub user: UserKey,
    /// The handle a scenario knows them by.
    pub handle: std::sync::Arc<str>,
    /// Since when.
    pub since: Time,
    /// How long, until the account became inactive or until now.
    pub lasted: Duration,
    /// Whether it still goes on.
    pub open: bool,
}

/// Compares the two worlds: every difference, in user order.
pub fn compare(world: &World) -> Vec<Difference> {
    let _ = world;
    Vec::new()
}

/// Compares one person: what is wrong, nothing when all is right. The page asks it for whoever was touched, so it must not
/// cost more with more people.
pub fn of(world: &World, user: UserKey) -> Vec<What> {
    let _ = (world, user);
    Vec::new()
}

/// Counts who is in scope, right and wrong.
pub fn counts(world: &World) -> Counts {
    let _ = world;
    Counts::default()
}

/// The longest exposure so far.
pub fn longest_exposure(world: &World) -> Option<Exposure> {
    let _ = world;
    None
}
