//! What is issued and waits to be redeemed: a bounded number of it, each for a bounded time.

use std::collections::{BTreeMap, VecDeque};

/// Values under keys that nobody can guess. When there is no room, the oldest goes.
pub(super) struct Kept<T> {
    most: usize,
    values: BTreeMap<String, (i64, T)>,
    order: VecDeque<String>,
}

/// Why a key leads to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Gone {
    /// It was never issued, or was too long ago.
    Unknown,
    /// Its time is over.
    Expired,
}

impl<T> Kept<T> {
    /// Keeps at most so many.
    pub(super) fn new(most: usize) -> Kept<T> {
        Kept { most, values: BTreeMap::new(), order: VecDeque::new() }
    }

    /// Keeps a value until an instant, in seconds.
    pub(super) fn keep(&mut self, key: String, until: i64, value: T) {
        while self.order.len() >= self.most
            && let Some(oldest) = self.order.pop_front()
        {
            self.values.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.values.insert(key, (until, value));
    }

    /// The value under a key, at an instant in seconds.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn get(&mut self, key: &str, now: i64) -> Result<&mut T, Gone> {
        match self.values.get_mut(key) {
            None => Err(Gone::Unknown),
            Some((until, _)) if *until <= now => Err(Gone::Expired),
            Some((_, value)) => Ok(value),
        }
    }

    /// The first value that is good at an instant and of which `wanted` holds.
    pub(super) fn find(&mut self, now: i64, wanted: impl Fn(&T) -> bool) -> Option<&mut T> {
        let good = self.values.values_mut().filter(|(until, _)| *until > now);
        good.map(|(_, value)| value).find(|value| wanted(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_time_ends_the_rest() {
        let mut kept = Kept::new(2);
        for (nth, key) in ["a", "b", "c"].into_iter().enumerate() {
            kept.keep(key.to_owned(), 10, nth);
        }
        assert_eq!(kept.get("a", 0), Err(Gone::Unknown));
        assert_eq!(kept.get("b", 9).copied(), Ok(1));
        assert_eq!(kept.get("c", 10), Err(Gone::Expired));
        assert_eq!(kept.find(0, |nth| *nth > 1).copied(), Some(2));
        assert_eq!(kept.find(10, |_| true), None);
    }
}
