//! Which properties of users changed, each with the number of its change in the feed: for clients
//! that ask for nothing else [g:delta].

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{AppId, Attribute, Tenant, UserKey};

/// How many changes are remembered; before them a user counts as changed as a whole.
const REMEMBERED_MAX: usize = 10_000;

/// The changes, the latest last.
#[derive(Clone, Default)]
pub(super) struct ChangedProperties {
    changes: VecDeque<(u64, UserKey, Option<Cow<'static, str>>)>,
    /// The number of the last change that is forgotten.
    forgotten: u64,
}

/// What changed of a user: these properties, by Graph's names, or `None` for the user as a whole.
pub type ChangedNames<'t> = Option<BTreeSet<&'t str>>;

impl ChangedProperties {
    fn note(&mut self, version: u64, user: UserKey, what: Option<Cow<'static, str>>) {
        if self.changes.len() >= REMEMBERED_MAX
            && let Some((version, ..)) = self.changes.pop_front()
        {
            self.forgotten = version;
        }
        self.changes.push_back((version, user, what));
    }

    fn since(&self, version: u64) -> Option<BTreeMap<UserKey, ChangedNames<'_>>> {
        if version < self.forgotten {
            return None;
        }
        let first = self.changes.partition_point(|(at, ..)| *at <= version);
        let mut found: BTreeMap<UserKey, ChangedNames<'_>> = BTreeMap::new();
        for (_, user, what) in self.changes.range(first..) {
            let names = found.entry(*user).or_insert_with(|| Some(BTreeSet::new()));
            match (what, names.as_mut()) {
                (Some(what), Some(names)) => drop(names.insert(what)),
                _ => *names = None,
            }
        }
        Some(found)
    }
}

impl Tenant {
    /// Notes what has just changed of a user, by Graph's name; `None` for the user as a whole.
    pub(super) fn note_changed(&mut self, user: UserKey, what: Option<Cow<'static, str>>) {
        let version = self.user_feed.of(AppId::MAIN).version();
        self.changed.note(version, user, what);
    }

    /// What changed of users after `version`. A user who is not in it changed in nothing that
    /// a user has: an assignment, say. `None` when that is too long ago to be known.
    pub fn changed_properties(&self, version: u64) -> Option<BTreeMap<UserKey, ChangedNames<'_>>> {
        self.changed.since(version)
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
        changed.note(3, ann, Some("mail".into()));
        changed.note(4, ann, Some("city".into()));
        changed.note(5, bob, None);
        changed.note(6, bob, Some("mail".into()));
        let names = |version| {
            let found = changed.since(version)?;
            Some(found.values().map(|names| names.as_ref().map(BTreeSet::len)).collect::<Vec<_>>())
        };
        assert_eq!(names(0), Some(vec![Some(2), None]));
        assert_eq!(names(3), Some(vec![Some(1), None]));
        assert_eq!(names(5), Some(vec![Some(1)]));
        assert_eq!(names(6), Some(Vec::new()));
        for version in 7..(7 + REMEMBERED_MAX as u64) {
            changed.note(version, ann, None);
        }
        assert_eq!((changed.since(5), changed.since(6).map(|it| it.len())), (None, Some(1)));
    }
}
