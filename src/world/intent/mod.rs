//! What the target should hold: a naive model that reads the tenant, the mapping rows and links.
//!
//! It shares with the engine the pure functions that evaluate a filter and a mapping row, and
//! nothing of the cycle, its watermark, its decisions or its requests.
//!
//! Groups have a definition of their own in `groups`. `worlds`, `exposure` and `explain user` use
//! one for users, [`account_intent`]:
//!
//! - A user **in scope** (enabled, not deleted, assigned where the scope says so, past the filters)
//!   should have exactly one active account that shows every mapped value: texts, numbers,
//!   Booleans, lists and app roles; and the manager's account, when the manager is in scope and has
//!   one.
//! - A user who **left** (was in scope once, or is still linked) should have no active account, and
//!   none at all once deleted for good while assigned. What another application of the same
//!   workspace wants is left to that one.
//! - For any **other** user nothing is expected: accounts that the service never managed do not
//!   count, and neither do accounts without a user.
//! - Settings that keep accounts are part of the intent. With `create` off no account is missing;
//!   with `update` off, or for a leaver with `skip_out_of_scope_deletions`, an account stays as it
//!   is; with `delete` off it may stay, inactive, or active where the application has no inactive
//!   state and a deletion stands for the disable.
//! - An account is a user's when it is linked to the user, has the user's userName, or was the
//!   user's on leaving, unless it belongs to another user who is in scope. So a leaver is not
//!   exposed by an account whose userName was given to a new user.
//!
//! A user is **exposed** after leaving for as long as one of these accounts is active and no
//! setting keeps it; `exposure` records for how long.

mod exposure;
mod groups;
mod kept;
mod model;
mod repeated;
mod sides;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;
use std::time::Duration;

use super::AppView;
use crate::base::Time;
use crate::entra::tenant::UserKey;
use crate::golinks::AccountId;

pub(super) use exposure::Parties;
pub use exposure::{ExposureTracker, WayIn};
pub use groups::{
    GroupDifference, GroupMismatch, are_intended, compare_groups, found as found_groups,
    group_in_scope, of_group,
};
pub use kept::{Keeper, keeper, switched_off};
pub use model::{
    AccountIntent, Judgement, account_intent, accounts, cannot_disable, in_scope, is_assigned,
    is_entitled, judge, looked_at,
};
pub use repeated::{RepeatedElement, repeated_elements, repeated_members};
pub use sides::{Agreement, Sides, sides};
pub use words::Named;

/// One difference between Entra and GoLinks about one user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The user.
    pub user: UserKey,
    /// The user's handle in the scenario.
    pub handle: Arc<str>,
    /// What is wrong.
    pub what: Mismatch,
}

/// What is wrong with a user's account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Mismatch {
    /// In scope, and without an account.
    Missing,
    /// In scope, with an account that is inactive.
    Inactive,
    /// In scope, with more than one active account.
    Several(usize),
    /// No longer in scope, and the account is still active.
    StillActive {
        /// Whether the user is blocked or deleted, and not just out of scope.
        has_left: bool,
    },
    /// Deleted for good while managed, and the account still exists.
    StillExists,
    /// A mapped attribute differs.
    Differs {
        /// The target path, such as `name.familyName`.
        attribute: Box<str>,
        /// What Entra intends; empty for no value.
        want: Box<str>,
        /// What GoLinks holds; `None` when it holds no value.
        have: Option<Box<str>>,
    },
}

impl std::fmt::Display for Mismatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Mismatch::Missing => f.write_str("in scope, and without an account"),
            Mismatch::Inactive => f.write_str("in scope, and the account is inactive"),
            Mismatch::Several(count) => write!(f, "in scope, with {count} active accounts"),
            Mismatch::StillActive { has_left } => {
                let how = if *has_left { "blocked or deleted" } else { "out of scope" };
                write!(f, "{how}, and the account is still active")
            }
            Mismatch::StillExists => f.write_str("deleted for good, and the account still exists"),
            Mismatch::Differs { attribute, want, have: Some(have) } if want.is_empty() => {
                write!(f, "{attribute} is \"{have}\" and should have no value")
            }
            Mismatch::Differs { attribute, want, have: Some(have) } => {
                write!(f, "{attribute} is \"{have}\" and should be \"{want}\"")
            }
            Mismatch::Differs { attribute, want, have: None } => {
                write!(f, "{attribute} is missing and should be \"{want}\"")
            }
        }
    }
}

/// How many users, or groups, are right and wrong at GoLinks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Those in scope.
    pub in_scope: usize,
    /// Those in scope that are right at GoLinks.
    pub right: usize,
    /// Those, in scope or not, about which Entra and GoLinks differ.
    pub wrong: usize,
}

impl Counts {
    /// The verb of `1 of 5 is right`, `0 of 1 is right` and `2 of 5 are right`.
    pub fn are(&self) -> &'static str {
        if self.right == 1 || self.in_scope == 1 { "is" } else { "are" }
    }

    fn add(&mut self, in_scope: bool, wrong: bool) {
        self.in_scope += usize::from(in_scope);
        self.right += usize::from(in_scope && !wrong);
        self.wrong += usize::from(wrong);
    }
}

/// A user's time out of scope with an active account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exposure {
    /// The user.
    pub user: UserKey,
    /// The user's handle in the scenario.
    pub handle: Arc<str>,
    /// When it began.
    pub since: Time,
    /// How long, until the account became inactive or until now.
    pub lasted: Duration,
    /// Whether it is not over yet.
    pub open: bool,
}

/// The name of an account's user in the scenario; the userName of an account without one.
pub fn name_of(world: AppView<'_>, account: AccountId) -> String {
    match model::owner(world, account) {
        Some(user) => world.entra().tenant().user(user).handle().to_string(),
        None => world.target().user_name(account).unwrap_or_default(),
    }
}

/// Compares Entra and GoLinks, and returns every difference in user order. The cost grows with the
/// number of users.
pub fn compare<'w>(world: impl Into<AppView<'w>>) -> Vec<Difference> {
    let world = world.into();
    let mut differences = Vec::new();
    for (user, row) in world.entra().tenant().users() {
        let of = |what| Difference { user, handle: row.handle().clone(), what };
        differences.extend(model::mismatches(world, user).into_iter().map(of));
    }
    differences
}

/// What is wrong about one user; empty when all is right.
pub fn of<'w>(world: impl Into<AppView<'w>>, user: UserKey) -> Vec<Mismatch> {
    model::mismatches(world.into(), user)
}

/// Counts the users in scope, right and wrong, at the cost of [`compare`].
pub fn counts<'w>(world: impl Into<AppView<'w>>) -> Counts {
    user_counts(world.into()).all
}

/// The users of an application, counted in one comparison of all.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct UserCounts {
    /// Those in scope, right and wrong.
    pub all: Counts,
    /// How many have left and differ.
    pub left: usize,
    /// How many others are out of scope and differ.
    pub out_of_scope: usize,
}

/// Counts the users, at the cost of [`compare`].
pub fn user_counts(world: AppView<'_>) -> UserCounts {
    let mut counts = UserCounts::default();
    for (user, _) in world.entra().tenant().users() {
        let judged = judge(world, user);
        counts.all.add(judged.in_scope, !judged.what.is_empty());
        for what in &judged.what {
            match what {
                Mismatch::StillActive { has_left: false } => counts.out_of_scope += 1,
                Mismatch::StillActive { has_left: true } | Mismatch::StillExists => {
                    counts.left += 1;
                }
                _ => {}
            }
        }
    }
    counts
}

/// Whether any user is in scope: known as soon as one is found.
pub fn has_users_in_scope(world: AppView<'_>) -> bool {
    world.entra().tenant().users().any(|(user, _)| in_scope(world, user))
}

/// Counts the groups in scope, right and wrong, at the cost of [`compare_groups`].
pub fn group_counts<'w>(world: impl Into<AppView<'w>>) -> Counts {
    let world = world.into();
    let mut counts = Counts::default();
    if are_intended(world) {
        for (group, _) in world.entra().tenant().groups() {
            counts.add(group_in_scope(world, group), !of_group(world, group).is_empty());
        }
    }
    counts
}

/// The longest exposure so far; of two equal ones the one that is not over.
pub fn longest_exposure<'w>(world: impl Into<AppView<'w>>) -> Option<Exposure> {
    let world = world.into();
    world.exposures().longest(world)
}

/// How long the longest exposure of a user lasted, over or not; zero without one.
pub fn longest_exposure_of(world: AppView<'_>, user: UserKey) -> Duration {
    world.exposures().longest_of(user, world)
}

/// The exposures of users, of each the one that [`exposure_of`] tells, the longest first; no more
/// than `most`.
pub fn exposures(world: AppView<'_>, most: usize) -> Vec<Exposure> {
    world.exposures().longest_first(world, most)
}

/// The exposure of a user that is not over, else the longest one; `None` without one.
pub fn exposure_of(world: AppView<'_>, user: UserKey) -> Option<Exposure> {
    world.exposures().of(user, world)
}

/// By what a user who is exposed now can still use the application; `None` for any other user.
pub fn way_in(world: AppView<'_>, user: UserKey) -> Option<WayIn> {
    exposure_of(world, user).filter(|exposure| exposure.open)?;
    world.exposures().way_in(user, world.parties())
}

/// When a user last came into scope, as the directory has it; `None` for one who is in it from the
/// start.
pub fn in_scope_since(world: AppView<'_>, user: UserKey) -> Option<Time> {
    world.exposures().entered(user)
}

/// The users who are exposed now, the longest first.
pub fn exposed<'w>(world: impl Into<AppView<'w>>) -> impl ExactSizeIterator<Item = UserKey> {
    world.into().exposures().open()
}
