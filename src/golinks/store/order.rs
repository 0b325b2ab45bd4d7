//! Finds the n-th visible slot: counts visible slots by blocks, so that a page deep in a long list
//! is found at once.

const BLOCK: usize = 512;

/// How many slots of each block are visible.
#[derive(Clone, Default)]
pub(crate) struct Order {
    blocks: Vec<u32>,
    /// How many slots there are, visible or not.
    slots: usize,
}

impl Order {
    /// Notes that a slot is visible.
    pub(crate) fn show(&mut self, slot: usize) {
        let block = slot / BLOCK;
        if block >= self.blocks.len() {
            self.blocks.resize(block + 1, 0);
        }
        self.blocks[block] += 1;
        self.slots = self.slots.max(slot + 1);
    }

    /// Notes that a visible slot is now hidden.
    pub(crate) fn hide(&mut self, slot: usize) {
        if let Some(count) = self.blocks.get_mut(slot / BLOCK) {
            *count = count.saturating_sub(1);
        }
    }

    /// Returns the visible slots in order, from the n-th on (counted from 0); `seen` tells whether
    /// a slot is visible.
    pub(crate) fn from<'a>(
        &'a self,
        nth: usize,
        seen: impl Fn(usize) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let mut skip = nth;
        let mut first = 0;
        for &count in &self.blocks {
            if skip < count as usize {
                break;
            }
            skip -= count as usize;
            first += 1;
        }
        // In a block without hidden slots, the n-th visible slot is the n-th slot.
        let start = first * BLOCK;
        let whole = self
            .blocks
            .get(first)
            .is_some_and(|&count| count as usize == BLOCK.min(self.slots - start));
        let (jump, skip) = if whole { (skip, 0) } else { (0, skip) };
        let busy = (first..self.blocks.len()).filter(|&block| self.blocks[block] > 0);
        let slots = busy.flat_map(|block| block * BLOCK..((block + 1) * BLOCK).min(self.slots));
        // The jump, if there is one, is within the first block that has visible slots.
        slots.skip(jump).filter(move |&slot| seen(slot)).skip(skip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nth_is_found_whatever_is_hidden() {
        check(|_| false);
        check(|slot| slot % 7 == 0 || (1_000..3_000).contains(&slot));
        check(|slot| slot == 4_999);
        check(|slot| slot < 4_700);
        check(|_| true);
    }

    fn check(hidden: fn(usize) -> bool) {
        let mut order = Order::default();
        let mut shown = vec![true; 5_000];
        (0..5_000).for_each(|slot| order.show(slot));
        for slot in (0..5_000).filter(|slot| hidden(*slot)) {
            order.hide(slot);
            shown[slot] = false;
        }
        let expected: Vec<usize> = (0..5_000).filter(|&slot| shown[slot]).collect();
        for nth in [
            0,
            1,
            300,
            511,
            512,
            857,
            858,
            2_000,
            expected.len().saturating_sub(1),
            expected.len(),
            99_999,
        ] {
            let found: Vec<usize> =
                order.from(nth, |slot| shown.get(slot) == Some(&true)).take(20).collect();
            let wanted: Vec<usize> = expected.iter().copied().skip(nth).take(20).collect();
            assert_eq!(found, wanted, "{nth}");
        }
    }
}
