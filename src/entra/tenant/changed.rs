//! Which properties of an object changed, in the order of the changes: for clients that ask for
//! nothing else [g:delta].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Attribute, GroupKey, Tenant, UserKey};

/// How many changes are remembered; before them an object counts as changed as a whole.
const REMEMBERED_MAX: usize = 10_000;

/// The changes of one kind of objects, the latest last. It has a count of its own: a change that
/// provisioning does not see is in no feed.
#[derive(Clone)]
pub(super) struct ChangedProperties<K> {
    changes: VecDeque<(K, Option<Cow<'static, str>>)>,
    /// How many changes are forgotten.
    forgotten: u64,
}

/// What changed of an object: these properties, by Graph's names, or `None` for the object as a
/// whole.
pub type ChangedNames<'t> = Option<BTreeSet<&'t str>>;

/// What changed of several objects.
pub type ChangedObjects<'t, K> = BTreeMap<K, ChangedNames<'t>>;

impl<K> Default for ChangedProperties<K> {
    fn default() -> ChangedProperties<K> {
        ChangedProperties { changes: VecDeque::new(), forgotten: 0 }
    }
}

impl<K: Copy + Ord> ChangedProperties<K> {
    fn note(&mut self, object: K, what: Option<Cow<'static, str>>) {
        if self.changes.len() >= REMEMBERED_MAX {
            self.changes.pop_front();
            self.forgotten += 1;
        }
        self.changes.push_back((object, what));
    }

    /// How many changes there were.
    fn count(&self) -> u64 {
        self.forgotten + self.changes.len() as u64
    }

    /// What changed after the first `count` changes; `None` when some of that is forgotten.
    fn since(&self, count: u64) -> Option<ChangedObjects<'_, K>> {
        let first = usize::try_from(count.checked_sub(self.forgotten)?).ok()?;
        let mut found = BTreeMap::new();
        for (object, what) in self.changes.range(first.min(self.changes.len())..) {
            add_change(&mut found, *object, what.as_deref().map(std::iter::once));
        }
        Some(found)
    }
}

/// Adds properties that changed to what is known of an object, or that it changed as a whole.
pub(super) fn add_change<'t, K: Ord>(
    found: &mut ChangedObjects<'t, K>,
    object: K,
    what: Option<impl Iterator<Item = &'t str>>,
) {
    let names = found.entry(object).or_insert_with(|| Some(BTreeSet::new()));
    match (what, names.as_mut()) {
        (Some(what), Some(names)) => names.extend(what),
        _ => *names = None,
    }
}

impl Tenant {
    /// Notes what has just changed of a user, by Graph's name; `None` for the user as a whole.
    pub(super) fn note_changed(&mut self, user: UserKey, what: Option<Cow<'static, str>>) {
        self.changed.note(user, what);
    }

    /// Notes what has just changed of a group, by Graph's name; `None` for the group as a whole.
    pub(super) fn note_group_changed(&mut self, group: GroupKey, what: Option<Cow<'static, str>>) {
        self.changed_groups.note(group, what);
    }

    /// How many changes of properties of users there were.
    pub fn changed_count(&self) -> u64 {
        self.changed.count()
    }

    /// How many changes of properties of groups there were.
    pub fn changed_group_count(&self) -> u64 {
        self.changed_groups.count()
    }

    /// What changed of users after so many changes. A user who is not in it changed in nothing that
    /// a user has: an assignment, say. `None` when that is too long ago to be known.
    pub fn changed_properties(&self, count: u64) -> Option<ChangedObjects<'_, UserKey>> {
        self.changed.since(count)
    }

    /// What changed of groups after so many changes, memberships apart; likewise.
    pub fn changed_group_properties(&self, count: u64) -> Option<ChangedObjects<'_, GroupKey>> {
        self.changed_groups.since(count)
    }
}

/// The property in which Graph shows an attribute.
pub(super) fn property_of(attribute: Attribute) -> Cow<'static, str> {
    let name = attribute.name();
    Cow::Borrowed(match name.starts_with("extensionAttribute") {
        true => "onPremisesExtensionAttributes",
        false => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_is_not_known_and_a_whole_user_stays_whole() {
        let mut changed = ChangedProperties::default();
        let (ann, bob) = (UserKey(0), UserKey(1));
        for (user, what) in [(ann, Some("mail")), (ann, Some("city")), (bob, None)] {
            changed.note(user, what.map(Cow::Borrowed));
        }
        changed.note(bob, Some("mail".into()));
        let names = |count| {
            let found = changed.since(count)?;
            Some(found.values().map(|names| names.as_ref().map(BTreeSet::len)).collect::<Vec<_>>())
        };
        assert_eq!(names(0), Some(vec![Some(2), None]));
        assert_eq!(names(1), Some(vec![Some(1), None]));
        assert_eq!(names(3), Some(vec![Some(1)]));
        assert_eq!((names(4), names(9), changed.count()), (Some(vec![]), Some(vec![]), 4));
        for _ in 0..REMEMBERED_MAX {
            changed.note(ann, None);
        }
        assert_eq!((changed.since(3), changed.since(4).map(|it| it.len())), (None, Some(1)));
    }
}
