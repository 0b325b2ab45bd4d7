//! A lookup table that cannot be iterated, so that the order of a hash can never reach a journal.

use std::hash::{BuildHasher, Hash};

use hashbrown::{DefaultHashBuilder, HashTable};

/// Finds slot numbers by key, where the keys themselves live elsewhere (in the slots).
///
/// A slot is a `u32`: the position of a user, an account or a link in its own vector. The caller says how to compare a
/// slot with the key that is looked for, so a key costs no memory here. Several slots may share a key.
#[derive(Clone, Default)]
pub struct Index {
    table: HashTable<Entry>,
    /// What came last. A large table has left the caches, and who puts many entries into it waits for them side by side
    /// instead of one after the other.
    new: Vec<Entry>,
    builder: DefaultHashBuilder,
}

/// Half of a key's hash, and a slot under that key.
type Entry = (u32, u32);

/// How many new entries are taken into the table at a time: few enough to be looked through with every search.
const NEW_MAX: usize = 32;

impl Index {
    /// The slot under `key` for which `same` holds.
    pub fn get<K: Hash + ?Sized>(&self, key: &K, same: impl Fn(u32) -> bool) -> Option<u32> {
        let hash = self.hash(key);
        let is_it = |&(other, slot): &Entry| other == hash && same(slot);
        let found = self.table.find(spread(hash), is_it).or_else(|| self.new.iter().find(|entry| is_it(entry)));
        found.map(|&(_, slot)| slot)
    }

    /// The slots under a key, least first; now and then one of another key whose hash is the same.
    pub fn likely<K: Hash + ?Sized>(&self, key: &K) -> Vec<u32> {
        let hash = self.hash(key);
        let entries = self.table.iter_hash(spread(hash)).chain(&self.new);
        let mut slots: Vec<u32> = entries.filter(|&&(other, _)| other == hash).map(|&(_, slot)| slot).collect();
        slots.sort_unstable();
        slots
    }

    /// Adds a slot under a key.
    pub fn insert<K: Hash + ?Sized>(&mut self, key: &K, slot: u32) {
        self.new.push((self.hash(key), slot));
        if self.new.len() == NEW_MAX {
            for entry in self.new.drain(..) {
                self.table.insert_unique(spread(entry.0), entry, |&(hash, _)| spread(hash));
            }
        }
    }

    /// Takes a slot out from under a key; `false` when it was not there.
    pub fn remove<K: Hash + ?Sized>(&mut self, key: &K, slot: u32) -> bool {
        let entry = (self.hash(key), slot);
        if let Some(at) = self.new.iter().position(|new| *new == entry) {
            self.new.remove(at);
            return true;
        }
        match self.table.find_entry(spread(entry.0), |other| *other == entry) {
            Ok(found) => {
                found.remove();
                true
            }
            Err(_) => false,
        }
    }

    /// How many slots it holds.
    pub fn len(&self) -> usize {
        self.table.len() + self.new.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn hash<K: Hash + ?Sized>(&self, key: &K) -> u32 {
        self.builder.hash_one(key) as u32
    }
}

/// A hash as the table wants it, which looks at its first bits and at its last.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
    pub fn get_mut<Q: Hash + hashbrown::Equivalent<K> + ?Sized>(&mut self, key: &Q) -> Option<&mut V> {
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
}
