//! A lookup table that cannot be iterated, so that the order of a hash can never reach a journal.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash};

use hashbrown::DefaultHashBuilder;

/// Finds slot numbers by key, where the keys themselves live elsewhere (in the slots).
///
/// A slot is a `u32`: the position of a user, an account or a link in its own vector. The caller
/// says how to compare a slot with the key that is looked for, so a key costs no memory here.
/// Several slots may share a key.
///
/// Entries lie where their hash says or right behind, and what is looked for is most often found in
/// the first line of memory that is read: a table of a million has left the caches, and the usual
/// kind, which keeps what it looks at first apart from the entries, waits for memory twice.
#[derive(Clone, Default)]
pub struct Index {
    /// As many as a power of two, with a gap behind every run of entries.
    buckets: Vec<Entry>,
    /// How many entries lie in the buckets.
    held: usize,
    /// What came last; it is taken in many at a time, and memory waited for once.
    recent: Vec<Entry>,
    /// What has no place because too many of the same hash have one: all slots of a very common
    /// key.
    overflow: BTreeSet<Entry>,
    builder: DefaultHashBuilder,
}

/// Half of a key's hash, and a slot under that key.
type Entry = (u32, u32);

/// A place without an entry.
const NONE: Entry = (u32::MAX, u32::MAX);

/// How many new entries are taken in at a time: few enough to be looked through with every search.
const NEW_MAX: usize = 32;

/// How many entries of one hash have buckets; more would stand in the way of all others.
const ALIKE_MAX: usize = 8;

impl Index {
    /// The slot under `key` for which `same` holds.
    pub fn get<K: Hash + ?Sized>(&self, key: &K, same: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = self.hash(key);
        let mut at = self.ideal_bucket(hash);
        while let Some(&entry) = self.buckets.get(at)
            && entry != NONE
        {
            if entry.0 == hash && same(entry.1) {
                return Some(entry.1);
            }
            at = (at + 1) & (self.buckets.len() - 1);
        }
        let is_it = |entry: &&Entry| entry.0 == hash && same(entry.1);
        let found = self.recent.iter().find(is_it);
        found.or_else(|| self.overflowing(hash).find(is_it)).map(|entry| entry.1)
    }

    /// The slots under a key, least first; now and then one of another key whose hash is the same.
    pub fn likely<K: Hash + ?Sized>(&self, key: &K) -> Vec<u32> {
        let hash = self.hash(key);
        let entries = self
            .run(hash)
            .map(|at| &self.buckets[at])
            .chain(&self.recent)
            .chain(self.overflowing(hash));
        let mut slots: Vec<u32> =
            entries.filter(|entry| entry.0 == hash).map(|entry| entry.1).collect();
        slots.sort_unstable();
        slots
    }

    /// Reads what [`Index::get`] will look at first. Who is about to look up several keys lets the
    /// reads wait for memory together; the number means nothing.
    pub fn prefetch<K: Hash + ?Sized>(&self, key: &K) -> u32 {
        self.buckets.get(self.ideal_bucket(self.hash(key))).map_or(0, |entry| entry.0)
    }

    /// Adds a slot under a key.
    pub fn insert<K: Hash + ?Sized>(&mut self, key: &K, slot: u32) {
        self.recent.push((self.hash(key), slot));
        if self.recent.len() == NEW_MAX {
            self.merge_recent();
        }
    }

    /// Takes a slot out from under a key; `false` when it was not there.
    pub fn remove<K: Hash + ?Sized>(&mut self, key: &K, slot: u32) -> bool {
        let entry = (self.hash(key), slot);
        if let Some(at) = self.recent.iter().position(|new| *new == entry) {
            self.recent.swap_remove(at);
            return true;
        }
        let found = self.run(entry.0).find(|at| self.buckets[*at] == entry);
        match found {
            Some(at) => {
                self.remove_at(at);
                true
            }
            None => self.overflow.remove(&entry),
        }
    }

    /// How many slots it holds.
    pub fn len(&self) -> usize {
        self.held + self.recent.len() + self.overflow.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entries of a hash that have no place.
    fn overflowing(&self, hash: u32) -> impl Iterator<Item = &Entry> {
        self.overflow.range((hash, 0)..=(hash, u32::MAX))
    }

    /// The buckets from where an entry of this hash belongs to the next gap.
    fn run(&self, hash: u32) -> impl Iterator<Item = usize> {
        let last = self.buckets.len().wrapping_sub(1);
        let mut at = self.ideal_bucket(hash);
        std::iter::from_fn(move || {
            let here = at;
            at = (at + 1) & last;
            (*self.buckets.get(here)? != NONE).then_some(here)
        })
    }

    /// Where an entry of this hash belongs: the order of buckets is that of hashes, which a larger
    /// table keeps.
    fn ideal_bucket(&self, hash: u32) -> usize {
        ((u64::from(hash) * self.buckets.len() as u64) >> 32) as usize
    }

    /// Gives the new entries their buckets.
    fn merge_recent(&mut self) {
        // A quarter of the buckets stay free, so that runs are short.
        if (self.held + self.recent.len()) * 4 > self.buckets.len() * 3 {
            self.grow();
        }
        let new = std::mem::take(&mut self.recent);
        // Reads that nothing depends on wait for memory together.
        std::hint::black_box(
            new.iter()
                .map(|entry| self.buckets[self.ideal_bucket(entry.0)].1)
                .fold(0, u32::wrapping_add),
        );
        new.iter().for_each(|entry| self.place(*entry));
        self.recent = new;
        self.recent.clear();
    }

    fn place(&mut self, entry: Entry) {
        let last = self.buckets.len() - 1;
        let (mut at, mut alike) = (self.ideal_bucket(entry.0), 0);
        while self.buckets[at] != NONE {
            alike += usize::from(self.buckets[at].0 == entry.0);
            at = (at + 1) & last;
        }
        if alike < ALIKE_MAX {
            self.buckets[at] = entry;
            self.held += 1;
        } else {
            self.overflow.insert(entry);
        }
    }

    /// Doubles the buckets.
    fn grow(&mut self) {
        let larger = vec![NONE; (self.buckets.len() * 2).max(2 * NEW_MAX)];
        let entries = std::mem::replace(&mut self.buckets, larger);
        self.held = 0;
        entries.into_iter().filter(|entry| *entry != NONE).for_each(|entry| self.place(entry));
    }

    /// Frees a place, and closes the gap for those behind it that would not be found any more.
    fn remove_at(&mut self, mut gap: usize) {
        let last = self.buckets.len() - 1;
        let mut at = (gap + 1) & last;
        while self.buckets[at] != NONE {
            let ideal_bucket = self.ideal_bucket(self.buckets[at].0);
            if (at.wrapping_sub(ideal_bucket) & last) >= (at.wrapping_sub(gap) & last) {
                self.buckets[gap] = self.buckets[at];
                gap = at;
            }
            at = (at + 1) & last;
        }
        self.buckets[gap] = NONE;
        self.held -= 1;
    }

    fn hash<K: Hash + ?Sized>(&self, key: &K) -> u32 {
        let hash = self.builder.hash_one(key);
        (hash >> 32) as u32 ^ hash as u32
    }
}

/// A map from key to value for lookups alone: it has no iterator, so its order can never be seen.
#[derive(Clone)]
pub struct Lookup<K, V> {
    map: hashbrown::HashMap<K, V, DefaultHashBuilder>,
}

impl<K: Hash + Eq, V> Lookup<K, V> {
    /// The value under a key.
    pub fn get<Q: Hash + hashbrown::Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        self.map.get(key)
    }

    /// The value under a key, to change it.
    pub fn get_mut<Q: Hash + hashbrown::Equivalent<K> + ?Sized>(
        &mut self,
        key: &Q,
    ) -> Option<&mut V> {
        self.map.get_mut(key)
    }

    /// Puts a value under a key and gives back the one it replaces.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.map.insert(key, value)
    }

    /// Takes a value out.
    pub fn remove<Q: Hash + hashbrown::Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<V> {
        self.map.remove(key)
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Forgets every entry.
    pub fn clear(&mut self) {
        self.map.clear();
    }
}

impl<K, V> Default for Lookup<K, V> {
    fn default() -> Self {
        Lookup { map: hashbrown::HashMap::with_hasher(DefaultHashBuilder::default()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_finds_what_it_was_given_and_only_that() {
        let names: Vec<String> = (0..1000).map(|n| format!("user{n}")).collect();
        let mut index = Index::default();
        for (slot, name) in names.iter().enumerate() {
            index.insert(name.as_str(), slot as u32);
        }
        for (slot, name) in names.iter().enumerate() {
            assert_eq!(index.get(name.as_str(), |s| names[s as usize] == *name), Some(slot as u32));
        }
        assert_eq!(index.get("nobody", |s| names[s as usize] == "nobody"), None);
        for (slot, name) in [(7, "user7"), (999, "user999")] {
            assert!(index.remove(name, slot));
            assert!(!index.remove(name, slot));
            assert_eq!(index.get(name, |s| names[s as usize] == name), None);
        }
        assert_eq!(index.len(), 998);
        for slot in 1000..1100 {
            index.insert("user8", slot);
        }
        assert_eq!(index.likely("user8"), [8].into_iter().chain(1000..1100).collect::<Vec<_>>());
        assert_eq!((index.likely("user7").len(), index.len()), (0, 1098));
    }
    proptest::proptest! {
        #[test]
        fn an_index_is_a_set_of_pairs(steps in proptest::collection::vec((0u8..12, 0u16..60, proptest::bool::ANY), 0..600)) {
            let mut index = Index::default();
            let mut model = BTreeSet::new();
            for (spread, slot, comes) in steps {
                // Some keys are very common, others have a slot each.
                let (key, slot) = (if spread < 3 { spread.into() } else { 100 + slot }, slot.into());
                if comes && model.insert((key, slot)) {
                    index.insert(&key, slot);
                } else if !comes {
                    assert_eq!(index.remove(&key, slot), model.remove(&(key, slot)));
                }
                let slots: Vec<u32> = model.range((key, 0)..=(key, u32::MAX)).map(|(_, slot)| *slot).collect();
                assert_eq!(index.likely(&key), slots);
                assert_eq!(index.get(&key, |other| other == slot), slots.contains(&slot).then_some(slot));
                assert_eq!(index.len(), model.len());
            }
            for (key, slot) in model {
                assert!(index.remove(&key, slot));
            }
            assert!(index.is_empty());
        }
    }
}
