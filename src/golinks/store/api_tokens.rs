//! The API tokens of people, which may outlive a deactivation.

use std::collections::BTreeMap;

use super::ids::AccountId;
use crate::base::Time;
use crate::scim::compare::fold;

/// An API token of a user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiToken {
    /// Its value.
    pub value: Box<str>,
    /// When it was made.
    pub created: Time,
    /// Whether it is good.
    pub good: bool,
}

/// All API tokens, by owner.
#[derive(Clone, Default)]
pub(crate) struct ApiTokens {
    of: BTreeMap<AccountId, Vec<ApiToken>>,
    /// The names, folded, whose accounts get a token when they come.
    waiting: Vec<Box<str>>,
}

impl ApiTokens {
    /// Notes that an account of this name gets a token when it comes.
    pub(crate) fn wait_for(&mut self, name: &str) {
        self.waiting.push(fold(name).into_owned().into());
    }

    /// Whether an account of this name is waited for; then it is no longer.
    pub(crate) fn awaited(&mut self, folded: &str) -> bool {
        if self.waiting.is_empty() {
            return false;
        }
        let local = folded.split('@').next().unwrap_or(folded);
        let before = self.waiting.len();
        self.waiting.retain(|name| **name != *folded && **name != *local);
        self.waiting.len() < before
    }

    pub(crate) fn add(&mut self, owner: AccountId, value: &str, created: Time) {
        let token = ApiToken { value: value.into(), created, good: true };
        self.of.entry(owner).or_default().push(token);
    }

    /// The tokens of an account, the oldest first.
    pub(crate) fn of(&self, owner: AccountId) -> &[ApiToken] {
        self.of.get(&owner).map_or(&[], Vec::as_slice)
    }

    /// Ends all tokens of an account; returns how many were good.
    pub(crate) fn end_all(&mut self, owner: AccountId) -> usize {
        let tokens = self.of.get_mut(&owner).map_or(&mut [][..], Vec::as_mut_slice);
        let good = tokens.iter_mut().filter(|token| token.good);
        good.map(|token| token.good = false).count()
    }
}
