//! A map whose keys mostly come in ascending order and soon go again, such as calls that await
//! replies. It holds few entries at a time, and keeps its memory when it becomes empty.

use std::collections::VecDeque;

/// A map in the order of its keys.
#[derive(Clone, Debug)]
pub struct AscendingMap<K, V>(VecDeque<(K, V)>);

impl<K, V> Default for AscendingMap<K, V> {
    fn default() -> Self {
        AscendingMap(VecDeque::new())
    }
}

impl<K: Ord, V> AscendingMap<K, V> {
    /// Adds an entry, or replaces the value of its key.
    pub fn insert(&mut self, key: K, value: V) {
        if self.0.back().is_none_or(|(last, _)| *last < key) {
            self.0.push_back((key, value));
            return;
        }
        match self.place(&key) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Takes the value of a key.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.place(key).ok()?;
        self.0.remove(at).map(|(_, value)| value)
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        let at = self.place(key).ok()?;
        self.0.get(at).map(|(_, value)| value)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let at = self.place(key).ok()?;
        self.0.get_mut(at).map(|(_, value)| value)
    }

    /// The entries, the least key first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// How many entries there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Where a key is, or where it would be added. Most often it is the oldest one.
    fn place(&self, key: &K) -> Result<usize, usize> {
        match self.0.front() {
            Some((first, _)) if first == key => Ok(0),
            _ => self.0.binary_search_by(|(other, _)| other.cmp(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::base::Seed;

    #[test]
    fn it_holds_what_a_tree_would_hold_whatever_comes_and_goes() {
        let (mut map, mut tree) = (AscendingMap::default(), BTreeMap::new());
        for nth in 0..2_000 {
            // Mostly ascending, with some keys out of turn.
            let key = nth / 2 + Seed(7).below("key", "", nth, 5);
            match Seed(7).below("what", "", nth, 3) {
                0 => assert_eq!(map.remove(&key), tree.remove(&key), "{nth}"),
                1 => assert_eq!(map.get_mut(&key), tree.get_mut(&key), "{nth}"),
                _ => {
                    map.insert(key, nth);
                    tree.insert(key, nth);
                }
            }
            if nth % 3 == 0 {
                let first = tree.keys().next().copied().unwrap_or_default();
                assert_eq!(map.remove(&first), tree.remove(&first), "{nth}");
            }
            assert!(map.iter().eq(tree.iter()), "{nth}");
            assert_eq!(map.get(&key), tree.get(&key), "{nth}");
            assert_eq!(map.count(), tree.len(), "{nth}");
        }
    }
}
