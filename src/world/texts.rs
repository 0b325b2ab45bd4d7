//! The texts of requests and answers, one after the other in pages that are written again when nothing on them is needed.
//!
//! As with bodies, an allocation for each would be given back long after it has left the caches. But other than a body,
//! a text is there for as long as its record is.

use std::collections::VecDeque;

/// Texts on pages, from the oldest that is still needed.
#[derive(Default)]
pub(super) struct Texts {
    pages: VecDeque<String>,
    /// The number of the first of the pages.
    first: u32,
    /// A page that was let go.
    spare: Option<String>,
}

/// Where some texts lie side by side.
#[derive(Clone, Copy)]
pub(super) struct Place<const N: usize> {
    page: u32,
    at: u32,
    /// How long each is; `NONE` when there is none.
    lengths: [u32; N],
}

const NONE: u32 = u32::MAX;

/// What a page holds, if a single text is not longer.
const PAGE: usize = 64 << 10;

impl Texts {
    /// Keeps some texts.
    #[inline]
    pub(super) fn keep<const N: usize>(&mut self, texts: [Option<&str>; N]) -> Place<N> {
        let whole: usize = texts.iter().flatten().map(|text| text.len()).sum();
        if self.pages.back().is_none_or(|page| page.len() + whole > PAGE) {
            self.turn_over(whole);
        }
        let number = self.first + self.pages.len() as u32 - 1;
        let page = self.pages.back_mut().expect("one was begun");
        let at = page.len() as u32;
        texts.iter().flatten().for_each(|text| page.push_str(text));
        Place { page: number, at, lengths: texts.map(|text| text.map_or(NONE, |text| text.len() as u32)) }
    }

    /// The texts that were kept there.
    pub(super) fn at<const N: usize>(&self, place: &Place<N>) -> [Option<&str>; N] {
        let page = place.page.checked_sub(self.first).and_then(|nth| self.pages.get(nth as usize));
        let mut rest = page.and_then(|page| page.get(place.at as usize..)).unwrap_or_default();
        place.lengths.map(|length| {
            let (text, after) = (length != NONE).then(|| rest.split_at_checked(length as usize)).flatten()?;
            rest = after;
            Some(text)
        })
    }

    /// Whatever was kept before this is not needed any more.
    pub(super) fn let_go_before<const N: usize>(&mut self, place: &Place<N>) {
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

    /// Begins a page that has room for so many bytes.
    fn turn_over(&mut self, bytes: usize) {
        let spare = if bytes <= PAGE { self.spare.take() } else { None };
        self.pages.push_back(spare.unwrap_or_else(|| String::with_capacity(bytes.max(PAGE))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_there_until_they_are_let_go() {
        let mut texts = Texts::default();
        let long = "ä".repeat(PAGE);
        let written = |nth: usize| (format!("GET /{nth}"), (nth % 50 > 3).then(|| "é".repeat(nth % 50)));
        let mut kept = Vec::new();
        for nth in 0..10_000 {
            let (first, second) = written(nth);
            let long = (nth % 1_000 == 7).then_some(&*long);
            kept.push(texts.keep([Some(&first), second.as_deref(), long]));
        }
        for (nth, place) in kept.iter().enumerate() {
            let (first, second) = written(nth);
            texts.let_go_before(place);
            let found = texts.at(place);
            assert_eq!((found[0], found[1]), (Some(&*first), second.as_deref()));
            assert_eq!(found[2].map(str::len), (nth % 1_000 == 7).then_some(2 * PAGE));
        }
        assert_eq!(texts.pages.len(), 1);
        assert_eq!(texts.at(&kept[0]), [None; 3]);
        assert_eq!(texts.spare.map(|page| (page.len(), page.capacity())), Some((0, PAGE)));
    }
}
