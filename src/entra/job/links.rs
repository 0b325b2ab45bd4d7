//! The link store: which object of the directory is which resource of the application
//! [object-connections].

use super::memberships::Memberships;
use super::subject::Subject;
use crate::base::index::Index;
use crate::entra::field::ObjectKind;
use crate::entra::tenant::UserKey;

/// The connection of one object with its resource, and what the service remembers of the resource.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// The user or group.
    pub subject: Subject,
    /// The id of the account or group, as the application assigned it.
    pub target: Box<str>,
    /// Whether the account was active when the service last read or wrote it.
    pub active: bool,
}

/// All links of a job. Each kind has a store of its own, because an application may number its
/// accounts and its groups alike.
#[derive(Clone, Default)]
pub struct Links {
    users: Store,
    groups: Store,
    memberships: Memberships,
}

impl Links {
    /// The link of an object.
    pub fn get(&self, subject: impl Into<Subject>) -> Option<&Link> {
        let subject = subject.into();
        self.store(subject.kind()).get(subject.index())
    }

    /// The link of an object, to change what is remembered.
    pub fn get_mut(&mut self, subject: impl Into<Subject>) -> Option<&mut Link> {
        let subject = subject.into();
        self.store_mut(subject.kind()).get_mut(subject.index())
    }

    /// The object of this kind that is linked to a resource.
    pub fn subject_of(&self, kind: ObjectKind, target: &str) -> Option<Subject> {
        self.store(kind).find(target).map(|link| link.subject)
    }

    /// The user that is linked to an account.
    pub fn user_of(&self, target: &str) -> Option<UserKey> {
        self.subject_of(ObjectKind::User, target)?.user()
    }

    /// All users that are linked to an account, in the order of the directory: a policy may link
    /// several to one.
    pub fn users_of(&self, target: &str) -> Vec<UserKey> {
        let links = self.users.by_target.likely(target).into_iter();
        let links = links.filter_map(|slot| self.users.slots.get(slot as usize)?.as_ref());
        let links = links.filter(|link| *link.target == *target);
        let mut users: Vec<UserKey> = links.filter_map(|link| link.subject.user()).collect();
        users.sort_unstable();
        users
    }

    /// Stores a link and replaces an older link of the same object. All members of a group that is
    /// linked now are still to be sent.
    pub fn insert(&mut self, link: Link) {
        if let Subject::Group(group) = link.subject {
            self.memberships.begin(group);
        }
        self.store_mut(link.subject.kind()).insert(link);
    }

    /// Forgets the link of an object.
    pub fn remove(&mut self, subject: impl Into<Subject>) -> Option<Link> {
        let subject = subject.into();
        if let Subject::Group(group) = subject {
            self.memberships.forget(group);
        }
        self.store_mut(subject.kind()).remove(subject.index())
    }

    /// Forgets every link, so that all objects are matched anew [g:restart: Full].
    pub fn clear(&mut self) {
        *self = Links::default();
    }

    /// What was sent of the members of linked groups, and what is still to be sent.
    pub fn memberships(&self) -> &Memberships {
        &self.memberships
    }

    /// The same, to be changed.
    pub fn memberships_mut(&mut self) -> &mut Memberships {
        &mut self.memberships
    }

    /// Makes all members of every linked group due, as an initial cycle does.
    pub fn begin_members_again(&mut self) {
        let Links { groups, memberships, .. } = self;
        for link in groups.slots.iter().flatten() {
            if let Subject::Group(group) = link.subject {
                memberships.begin_again(group);
            }
        }
    }

    /// The number of links.
    pub fn len(&self) -> usize {
        self.users.by_target.len() + self.groups.by_target.len()
    }

    /// Whether there is no link.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn store(&self, kind: ObjectKind) -> &Store {
        match kind {
            ObjectKind::User => &self.users,
            ObjectKind::Group => &self.groups,
        }
    }

    fn store_mut(&mut self, kind: ObjectKind) -> &mut Store {
        match kind {
            ObjectKind::User => &mut self.users,
            ObjectKind::Group => &mut self.groups,
        }
    }
}

/// The links of one kind of object.
#[derive(Clone, Default)]
struct Store {
    slots: Vec<Option<Link>>,
    /// Empty slots, which are reused first, so that leavers and joiners do not grow the store.
    free: Vec<u32>,
    /// The slot of each object. An initial cycle looks up every object of the directory, so this is
    /// a vector and not a map.
    by_subject: Vec<u32>,
    /// The slot of each resource id, to notice a match that would link two objects to one account.
    by_target: Index,
}

/// Marks an object without a link.
const NONE: u32 = u32::MAX;

impl Store {
    fn get(&self, subject: usize) -> Option<&Link> {
        self.slots.get(self.slot(subject)? as usize)?.as_ref()
    }

    fn get_mut(&mut self, subject: usize) -> Option<&mut Link> {
        let slot = self.slot(subject)?;
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    fn find(&self, target: &str) -> Option<&Link> {
        let slots = &self.slots;
        let same =
            |slot: u32| slots[slot as usize].as_ref().is_some_and(|link| *link.target == *target);
        let slot = self.by_target.get(target, same)?;
        slots[slot as usize].as_ref()
    }

    fn insert(&mut self, link: Link) {
        let subject = link.subject.index();
        self.remove(subject);
        let slot = self.free.pop().unwrap_or(self.slots.len() as u32);
        self.by_target.insert(&*link.target, slot);
        if slot as usize == self.slots.len() {
            self.slots.push(Some(link));
        } else {
            self.slots[slot as usize] = Some(link);
        }
        if self.by_subject.len() <= subject {
            self.by_subject.resize(subject + 1, NONE);
        }
        self.by_subject[subject] = slot;
    }

    fn remove(&mut self, subject: usize) -> Option<Link> {
        let slot = self.slot(subject)?;
        let link = self.slots[slot as usize].take()?;
        self.by_subject[subject] = NONE;
        self.by_target.remove(&*link.target, slot);
        self.free.push(slot);
        Some(link)
    }

    fn slot(&self, subject: usize) -> Option<u32> {
        self.by_subject.get(subject).copied().filter(|&slot| slot != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::tenant::GroupKey;

    fn link(subject: impl Into<Subject>, target: &str) -> Link {
        Link { subject: subject.into(), target: target.into(), active: true }
    }

    #[test]
    fn links_are_found_from_both_ends_and_forgotten_at_both() {
        let mut links = Links::default();
        links.insert(link(UserKey(4), "a"));
        links.insert(link(UserKey(2), "b"));
        assert_eq!(links.user_of("a"), Some(UserKey(4)));
        assert_eq!(links.get(UserKey(2)).map(|l| &*l.target), Some("b"));
        assert_eq!(links.get(UserKey(3)), None);
        links.insert(link(UserKey(4), "c"));
        assert_eq!(
            (links.user_of("a"), links.user_of("c"), links.len()),
            (None, Some(UserKey(4)), 2)
        );
        links.insert(link(UserKey(2), "c"));
        assert_eq!(
            (links.users_of("c"), links.users_of("b")),
            (vec![UserKey(2), UserKey(4)], vec![])
        );
        links.remove(UserKey(2));
        links.remove(UserKey(4));
        assert_eq!((links.user_of("c"), links.len()), (None, 0));
    }

    #[test]
    fn a_user_and_a_group_may_have_the_same_key_and_the_same_id() {
        let mut links = Links::default();
        links.insert(link(UserKey(1), "7"));
        links.insert(link(GroupKey(1), "7"));
        let group = Subject::Group(GroupKey(1));
        assert_eq!(links.subject_of(ObjectKind::Group, "7"), Some(group));
        links.remove(group);
        assert_eq!((links.user_of("7"), links.get(group)), (Some(UserKey(1)), None));
    }
}
