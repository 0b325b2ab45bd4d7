//! The texts of requests, answers and account events, one after the other on pages that are reused
//! when no record needs them.
//!
//! If each record had an allocation of its own, freed long after it has left the caches, an initial
//! cycle of a million people would take 6 % longer and a request of the mix 0.3 µs more.

use std::collections::VecDeque;

/// Texts on pages, from the oldest page that is still needed.
#[derive(Default)]
pub(super) struct Texts {
    pages: VecDeque<Vec<u8>>,
    /// The number of the first of the pages.
    first: u32,
    /// A page to be reused.
    spare: Option<Vec<u8>>,
}

/// The place of some texts that stand side by side, each after its length.
#[derive(Clone, Copy)]
pub(super) struct PageRef {
    page: u32,
    /// The offset on the page; `NOTHING` when every text is `None`.
    at: u32,
}

const NOTHING: u32 = u32::MAX;

/// The size of a page, unless a single text is longer.
const PAGE: usize = 64 << 10;

/// The most bytes that a length takes.
const LENGTH_MAX: usize = usize::BITS.div_ceil(7) as usize;

impl Texts {
    /// Keeps some texts, and returns their place.
    #[inline]
    pub(super) fn keep<const N: usize>(&mut self, texts: [Option<&str>; N]) -> PageRef {
        if texts.iter().all(Option::is_none) {
            // The place is on the current page, so that `release_before` may free the pages before.
            return PageRef {
                page: self.first + self.pages.len().saturating_sub(1) as u32,
                at: NOTHING,
            };
        }
        let whole: usize = texts.iter().map(|text| LENGTH_MAX + text.map_or(0, str::len)).sum();
        if self.pages.back().is_none_or(|page| page.len() + whole > PAGE) {
            self.turn_over(whole);
        }
        let number = self.first + self.pages.len() as u32 - 1;
        let page = self.pages.back_mut().expect("one was begun");
        let at = page.len() as u32;
        for text in texts {
            push_length(page, text.map_or(0, |text| text.len() + 1));
            page.extend_from_slice(text.unwrap_or_default().as_bytes());
        }
        PageRef { page: number, at }
    }

    /// The texts at this place; `None` for those on a page that was released.
    pub(super) fn at<const N: usize>(&self, place: PageRef) -> [Option<&str>; N] {
        let page = place.page.checked_sub(self.first).and_then(|nth| self.pages.get(nth as usize));
        let mut rest = page.and_then(|page| page.get(place.at as usize..)).unwrap_or_default();
        std::array::from_fn(|_| {
            let length = take_length(&mut rest).checked_sub(1)?;
            let (text, after) = rest.split_at_checked(length)?;
            rest = after;
            std::str::from_utf8(text).ok()
        })
    }

    /// Releases the pages before the page of this place.
    pub(super) fn release_before(&mut self, place: PageRef) {
        while self.first < place.page
            && let Some(mut page) = self.pages.pop_front()
        {
            self.first += 1;
            if page.capacity() <= PAGE {
                page.clear();
                self.spare = Some(page);
            }
        }
    }

    /// Begins a page that has room for this many bytes.
    fn turn_over(&mut self, bytes: usize) {
        let spare = if bytes <= PAGE { self.spare.take() } else { None };
        self.pages.push_back(spare.unwrap_or_else(|| Vec::with_capacity(bytes.max(PAGE))));
    }
}

/// Appends a length, seven bits to a byte, the lowest first; the highest bit means that more
/// follow.
#[inline]
fn push_length(page: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        page.push(length as u8 | 0x80);
        length >>= 7;
    }
    page.push(length as u8);
}

/// Takes a length off the front; 0 when there is none.
fn take_length(rest: &mut &[u8]) -> usize {
    let mut length = 0;
    for shift in 0..LENGTH_MAX {
        let Some((&byte, after)) = rest.split_first() else { return 0 };
        *rest = after;
        length |= usize::from(byte & 0x7f) << (7 * shift);
        if byte < 0x80 {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_there_until_they_are_let_go() {
        let mut texts = Texts::default();
        let long = "ä".repeat(PAGE);
        let written =
            |nth: usize| (format!("GET /{nth}"), (nth % 50 > 3).then(|| "é".repeat(nth % 50)));
        let mut kept = Vec::new();
        for nth in 0..10_000 {
            let (first, second) = written(nth);
            let long = (nth % 1_000 == 7).then_some(&*long);
            kept.push(texts.keep([Some(&first), second.as_deref(), long]));
        }
        for (nth, place) in kept.iter().enumerate() {
            let (first, second) = written(nth);
            texts.release_before(*place);
            let found: [Option<&str>; 3] = texts.at(*place);
            assert_eq!((found[0], found[1]), (Some(&*first), second.as_deref()));
            assert_eq!(found[2].map(str::len), (nth % 1_000 == 7).then_some(2 * PAGE));
        }
        assert_eq!(texts.pages.len(), 1);
        assert_eq!(texts.at(kept[0]), [None; 3]);
        let nothing = texts.keep([None; 2]);
        assert_eq!(texts.at(nothing), [None; 2]);
        assert_eq!(texts.spare.map(|page| (page.len(), page.capacity())), Some((0, PAGE)));
    }
}
