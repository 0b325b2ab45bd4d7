//! Hash tables that cannot be iterated, so that hash order can never reach a journal.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

/// Finds slots by key. It holds no keys: the caller reads them from the slots.
///
/// A slot is the position of a user, an account or a link in a vector. The caller compares a slot
/// with the key, so a key costs no memory here. Several slots may share a key.
#[derive(Clone, Default)]
pub struct Index {
    table: HashTable<Entry>,
    /// The entries of one hash beyond the first [`ALIKE_MAX`]. With thousands of entries of one
    /// very common key in the table, probing would make every insert slower than the last.
    overflow: BTreeSet<Entry>,
    builder: DefaultHashBuilder,
}

/// A key's hash, folded to 32 bits, and a slot under that key.
type Entry = (u32, u32);

/// How many entries of one hash the table holds; more go to `overflow`.
const ALIKE_MAX: usize = 8;

impl Index {
    /// The slot under `key` for which `same` returns true.
    pub fn get<K: Hash + ?Sized>(&self, key: &K, same: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = self.hash(key);
        let is_it = |entry: &Entry| entry.0 == hash && same(entry.1);
        let found = self.table.find(spread(hash), is_it);
        found.or_else(|| self.overflowing(hash).find(|entry| is_it(entry))).map(|entry| entry.1)
    }

    /// The slots under a key in ascending order. Rarely, a slot of another key with the same hash
    /// is among them.
    pub fn likely<K: Hash + ?Sized>(&self, key: &K) -> Vec<u32> {
        let hash = self.hash(key);
        let mut slots: Vec<u32> =
            self.entries(hash).chain(self.overflowing(hash)).map(|entry| entry.1).collect();
        slots.sort_unstable();
        slots
    }

    /// Adds a slot under a key.
    pub fn insert<K: Hash + ?Sized>(&mut self, key: &K, slot: u32) {
        let hash = self.hash(key);
        if self.entries(hash).nth(ALIKE_MAX - 1).is_some() {
            self.overflow.insert((hash, slot));
        } else {
            self.table.insert_unique(spread(hash), (hash, slot), |entry| spread(entry.0));
        }
    }

    /// Removes a slot under a key; returns `false` when it was not there.
    pub fn remove<K: Hash + ?Sized>(&mut self, key: &K, slot: u32) -> bool {
        let entry = (self.hash(key), slot);
        match self.table.find_entry(spread(entry.0), |other| *other == entry) {
            Ok(found) => {
                found.remove();
                true
            }
            Err(_) => self.overflow.remove(&entry),
        }
    }

    /// How many entries the index holds.
    pub fn len(&self) -> usize {
        self.table.len() + self.overflow.len()
    }

    /// Whether the index holds no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entries of a hash in the table.
    fn entries(&self, hash: u32) -> impl Iterator<Item = &Entry> {
        self.table.iter_hash(spread(hash)).filter(move |entry| entry.0 == hash)
    }

    /// The entries of a hash in the overflow.
    fn overflowing(&self, hash: u32) -> impl Iterator<Item = &Entry> {
        self.overflow.range((hash, 0)..=(hash, u32::MAX))
    }

    fn hash<K: Hash + ?Sized>(&self, key: &K) -> u32 {
        let hash = self.builder.hash_one(key);
        (hash >> 32) as u32 ^ hash as u32
    }
}

/// The hash for the table, which chooses a bucket by the low bits and tells entries apart by the
/// high bits, so both halves get the 32 bits.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// A map for lookups only: it has no iterator.
#[derive(Clone)]
pub struct Lookup<K, V> {
    map: hashbrown::HashMap<K, V, DefaultHashBuilder>,
}

impl<K: Hash + Eq, V> Lookup<K, V> {
    /// The value under a key.
    pub fn get<Q: Hash + hashbrown::Equivalent<K> + ?Sized>(&self, key: &Q) -> Option<&V> {
        self.map.get(key)
    }

    /// The value under a key, mutable.
    pub fn get_mut<Q: Hash + hashbrown::Equivalent<K> + ?Sized>(
        &mut self,
        key: &Q,
    ) -> Option<&mut V> {
        self.map.get_mut(key)
    }

    /// Puts a value under a key and returns the value it replaces.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.map.insert(key, value)
    }

    /// Removes a key and returns its value.
    pub fn remove<Q: Hash + hashbrown::Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<V> {
        self.map.remove(key)
    }

    /// How many entries the map holds.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether the map holds no entry.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// Removes every entry.
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
