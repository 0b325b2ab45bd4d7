//! Ids of groups: fifteen decimal digits, named from the seed and the displayName they were created
//! with.

use std::fmt;

use super::account_id::AccountId;
use crate::base::Seed;

/// The id of a group: fifteen decimal digits (assumed).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct GroupId(pub u64);

impl GroupId {
    /// Reads an id; `None` when it is not fifteen digits.
    pub fn parse(text: &str) -> Option<GroupId> {
        AccountId::parse(text).map(|id| GroupId(id.0))
    }

    /// The first id of this displayName that is not taken; ids are never given twice (RFC 7643
    /// 3.1).
    pub fn free(seed: Seed, folded: &str, taken: impl Fn(GroupId) -> bool) -> GroupId {
        GroupId(AccountId::free_of(seed, "group", folded, |id| taken(GroupId(id.0))).0)
    }
}

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:015}", self.0)
    }
}
