//! The register of tokens that the page of SCIM shows: when each was issued, and which are revoked.

use super::credentials::hint;
use crate::base::Time;
use crate::golinks::TokenSetting;

/// How many revoked tokens are remembered; the oldest are forgotten.
const REVOKED_MAX: usize = 50;

/// When tokens were issued and revoked.
#[derive(Clone, Default, Debug)]
pub(crate) struct TokenRegister {
    /// The tokens that are not revoked, by their values.
    issued: Vec<(Box<str>, Time)>,
    revoked: Vec<RevokedToken>,
}

/// A token that is good no more, although its time is not over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct RevokedToken {
    /// Its first characters.
    pub(crate) hint: Box<str>,
    /// When it was issued.
    pub(crate) issued: Time,
    /// When it was revoked.
    pub(crate) at: Time,
}

impl TokenRegister {
    /// Notes which tokens there are now: new ones were issued just now, and those that are missing
    /// were revoked.
    pub(super) fn follow<'a>(
        &mut self,
        good: impl Iterator<Item = &'a TokenSetting> + Clone,
        now: Time,
    ) {
        let (stay, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.issued)
            .into_iter()
            .partition(|(value, _)| good.clone().any(|token| *token.value == **value));
        self.issued = stay;
        let gone = gone.into_iter();
        self.revoked.extend(gone.map(|(value, issued)| RevokedToken {
            hint: hint(&value),
            issued,
            at: now,
        }));
        let over = self.revoked.len().saturating_sub(REVOKED_MAX);
        self.revoked.drain(..over);
        for token in good {
            if self.issued_at(token).is_none() {
                self.issued.push((token.value.as_str().into(), now));
            }
        }
    }

    /// When a token was issued.
    pub(crate) fn issued_at(&self, token: &TokenSetting) -> Option<Time> {
        let found = self.issued.iter().find(|(value, _)| **value == *token.value);
        found.map(|(_, issued)| *issued)
    }

    /// The revoked tokens, the last one first.
    pub(crate) fn revoked(&self) -> impl Iterator<Item = &RevokedToken> {
        self.revoked.iter().rev()
    }
}
