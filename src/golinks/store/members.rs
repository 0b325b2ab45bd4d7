//! The members of a group. The cost of adding, finding or removing a member hardly grows with the
//! group.

use std::collections::BTreeMap;

use crate::base::index::Lookup;
use crate::golinks::AccountId;
use crate::golinks::GroupId;

/// What may be a member of a group.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Member {
    /// A user.
    User(AccountId),
    /// Another group.
    Group(GroupId),
}

/// The members in the order in which they were added.
#[derive(Clone, Default)]
pub struct Members {
    in_order: BTreeMap<u64, Member>,
    places: Lookup<Member, u64>,
    next: u64,
}

impl Members {
    /// How many members there are.
    pub fn len(&self) -> usize {
        self.in_order.len()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.in_order.is_empty()
    }

    /// Whether this is a member.
    pub fn contains(&self, member: Member) -> bool {
        self.places.get(&member).is_some()
    }

    /// The members in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = Member> + '_ {
        self.in_order.values().copied()
    }

    /// Adds a member at the end; `false` when it was there.
    pub(crate) fn add(&mut self, member: Member) -> bool {
        if self.contains(member) {
            return false;
        }
        self.in_order.insert(self.next, member);
        self.places.insert(member, self.next);
        self.next += 1;
        true
    }

    /// Removes a member; `false` when it was not there.
    pub(crate) fn remove(&mut self, member: Member) -> bool {
        match self.places.remove(&member) {
            Some(place) => self.in_order.remove(&place).is_some(),
            None => false,
        }
    }
}
