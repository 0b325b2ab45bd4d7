//! Ids of accounts and groups: fifteen decimal digits, derived from the seed and from the userName
//! or the displayName at creation.

use std::fmt;

use crate::base::Seed;

/// The id of an account: fifteen decimal digits (assumed).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccountId(pub u64);

const LEAST: u64 = 100_000_000_000_000;
const COUNT: u128 = 900_000_000_000_000;

impl AccountId {
    /// Reads an id; `None` when it is not fifteen digits.
    pub fn parse(text: &str) -> Option<AccountId> {
        if text.len() != 15 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        text.parse().ok().map(AccountId)
    }

    /// Returns the id of the `nth` account that was ever created with this userName.
    pub fn named(seed: Seed, folded: &str, nth: u64) -> AccountId {
        AccountId::named_of(seed, "account", folded, nth)
    }

    fn named_of(seed: Seed, kind: &str, folded: &str, nth: u64) -> AccountId {
        AccountId(LEAST + (seed.named(kind, folded, nth) % COUNT) as u64)
    }

    /// Returns the first id of this userName that is not taken. An id is never used twice, not even
    /// after a deletion (RFC 7643 3.1); for a userName that was created many times the search
    /// doubles its steps.
    pub fn free(seed: Seed, folded: &str, taken: impl Fn(AccountId) -> bool) -> AccountId {
        AccountId::free_of(seed, "account", folded, taken)
    }

    /// As [`AccountId::free`], for another kind of resource.
    fn free_of(
        seed: Seed,
        kind: &str,
        folded: &str,
        taken: impl Fn(AccountId) -> bool,
    ) -> AccountId {
        let first = AccountId::named_of(seed, kind, folded, 0);
        if !taken(first) {
            return first;
        }
        let is_taken = |nth| taken(AccountId::named_of(seed, kind, folded, nth));
        let mut free = 1;
        while is_taken(free) {
            free = free * 2 + 1;
        }
        let mut used = free / 2;
        while free > used + 1 {
            let middle = used + (free - used) / 2;
            if is_taken(middle) {
                used = middle;
            } else {
                free = middle;
            }
        }
        AccountId::named_of(seed, kind, folded, free)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}", self.0)
    }
}

/// The id of a group: fifteen decimal digits (assumed).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub u64);

impl GroupId {
    /// Reads an id; `None` when it is not fifteen digits.
    pub fn parse(text: &str) -> Option<GroupId> {
        AccountId::parse(text).map(|id| GroupId(id.0))
    }

    /// Returns the first id of this displayName that is not taken; an id is never used twice (RFC
    /// 7643 3.1).
    pub fn free(seed: Seed, folded: &str, taken: impl Fn(GroupId) -> bool) -> GroupId {
        GroupId(AccountId::free_of(seed, "group", folded, |id| taken(GroupId(id.0))).0)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_read_back_and_are_given_once() {
        let seed = Seed(7);
        let mut taken = BTreeSet::new();
        for nth in 0..100 {
            let id = AccountId::free(seed, "ann", |id| taken.contains(&id));
            assert_eq!(id, AccountId::named(seed, "ann", nth));
            assert_eq!(AccountId::parse(&id.to_string()), Some(id));
            assert!(taken.insert(id));
        }
        for bad in [
            "",
            "1",
            "12345678901234",
            "1234567890123456",
            "12345678901234x",
            "+12345678901234",
            "１２３４５",
        ] {
            assert_eq!(AccountId::parse(bad), None, "{bad}");
        }
    }
}
