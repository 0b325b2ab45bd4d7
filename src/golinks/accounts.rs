//! The accounts at rest: canonical JSON bytes in slots, found by id and by folded userName.

use std::fmt;

use crate::scim::Object;

/// The id of an account: fifteen decimal digits (assumed).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountId(pub u64);

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}", self.0)
    }
}

impl AccountId {
    /// Reads an id; `None` when it is not fifteen digits.
    pub fn parse(text: &str) -> Option<AccountId> {
        if text.len() != 15 || !text.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        text.parse().ok().map(AccountId)
    }
}

/// An account as it may be read.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Its userName, as it was written.
    pub user_name: String,
    /// Whether its person may sign in.
    pub active: bool,
    /// The whole resource, as a GET would answer it.
    pub resource: Object,
}

/// All accounts that SCIM can see, in the order of their creation.
#[derive(Default)]
pub struct Accounts {}

impl Accounts {
    /// How many there are, active or not.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        true
    }

    /// How many are active.
    pub fn active_count(&self) -> usize {
        0
    }
}
