//! The link store: which user is which account [object-connections].

use crate::base::index::Index;
use crate::entra::tenant::UserKey;

/// The connection of one user with one account, and what the service remembers of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The user.
    pub user: UserKey,
    /// The account's id, as the application gave it.
    pub target: Box<str>,
    /// Whether the account was last seen or left active.
    pub active: bool,
    /// Whether the service still manages the account: cleared by unassigning, never by blocking or
    /// deleting the user [how-works: unassigned first and deleted later keeps a disabled account].
    pub managed: bool,
}

/// All links of a job.
#[derive(Clone, Default)]
pub struct Links {
    slots: Vec<Option<Link>>,
    free: Vec<u32>,
    by_user: Vec<u32>,
    by_target: Index,
}

/// Marks a user without a link.
const NONE: u32 = u32::MAX;

impl Links {
    /// The link of a user.
    pub fn get(&self, user: UserKey) -> Option<&Link> {
        self.slots.get(self.slot(user)? as usize)?.as_ref()
    }

    /// The link of a user, to change what is remembered.
    pub fn get_mut(&mut self, user: UserKey) -> Option<&mut Link> {
        let slot = self.slot(user)?;
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    /// The user that is linked to an account.
    pub fn user_of(&self, target: &str) -> Option<UserKey> {
        let slots = &self.slots;
        let same =
            |slot: u32| slots[slot as usize].as_ref().is_some_and(|link| *link.target == *target);
        let slot = self.by_target.get(target, same)?;
        self.slots[slot as usize].as_ref().map(|link| link.user)
    }

    /// Stores a link; an older one of the same user is replaced.
    pub fn insert(&mut self, link: Link) {
        self.remove(link.user);
        let user = link.user.index();
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        self.by_target.insert(&*link.target, slot);
        if slot as usize == self.slots.len() {
            self.slots.push(Some(link));
        } else {
            self.slots[slot as usize] = Some(link);
        }
        if self.by_user.len() <= user {
            self.by_user.resize(user + 1, NONE);
        }
        self.by_user[user] = slot;
    }

    /// Forgets the link of a user.
    pub fn remove(&mut self, user: UserKey) -> Option<Link> {
        let slot = self.slot(user)?;
        let link = self.slots[slot as usize].take()?;
        self.by_user[user.index()] = NONE;
        self.by_target.remove(&*link.target, slot);
        self.free.push(slot);
        Some(link)
    }

    /// Forgets every link: users are matched anew [g:restart, Full].
    pub fn clear(&mut self) {
        *self = Links::default();
    }

    /// How many links there are.
    pub fn len(&self) -> usize {
        self.by_target.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_target.is_empty()
    }

    fn slot(&self, user: UserKey) -> Option<u32> {
        self.by_user.get(user.index()).copied().filter(|&slot| slot != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_from_both_ends_and_forgotten_at_both() {
        let mut links = Links::default();
        let link = |user: u32, target: &str| Link {
            user: UserKey(user),
            target: target.into(),
            active: true,
            managed: true,
        };
        links.insert(link(4, "a"));
        links.insert(link(2, "b"));
        assert_eq!(links.user_of("a"), Some(UserKey(4)));
        assert_eq!(links.get(UserKey(2)).map(|l| &*l.target), Some("b"));
        assert_eq!(links.get(UserKey(3)), None);
        links.insert(link(4, "c"));
        assert_eq!(
            (links.user_of("a"), links.user_of("c"), links.len()),
            (None, Some(UserKey(4)), 2)
        );
        links.remove(UserKey(4));
        assert_eq!((links.user_of("c"), links.len()), (None, 1));
    }
}
