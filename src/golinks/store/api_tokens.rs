//! The API tokens of people, which may outlive a deactivation: by owner, and by value.

use std::collections::BTreeMap;

use super::ids::AccountId;
use super::waiting::WaitingNames;
use crate::base::Time;

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
    owners: BTreeMap<Box<str>, AccountId>,
    /// The people whose accounts get a token when they come.
    pub(crate) waiting: WaitingNames,
}

impl ApiTokens {
    pub(crate) fn add(&mut self, owner: AccountId, value: &str, created: Time) {
        let token = ApiToken { value: value.into(), created, good: true };
        self.owners.insert(token.value.clone(), owner);
        self.of.entry(owner).or_default().push(token);
    }

    /// Whose token this is, and whether it is good; `None` for a value that is no token.
    pub(crate) fn find(&self, value: &str) -> Option<(AccountId, bool)> {
        let owner = *self.owners.get(value)?;
        Some((owner, self.of(owner).iter().any(|token| *token.value == *value && token.good)))
    }

    /// Every token with its owner, by owner.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AccountId, &ApiToken)> {
        self.of.iter().flat_map(|(owner, tokens)| tokens.iter().map(|token| (*owner, token)))
    }

    /// Ends the token of this value; returns whether it was good.
    pub(crate) fn end(&mut self, value: &str) -> bool {
        let Some(owner) = self.owners.get(value) else { return false };
        let mut tokens = self.of.get_mut(owner).into_iter().flatten();
        let found = tokens.find(|token| *token.value == *value && token.good);
        found.map(|token| token.good = false).is_some()
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
