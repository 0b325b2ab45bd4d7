//! The last bodies of requests and answers, one after the other in one piece of memory that is written round and round.
//!
//! Each in an allocation of its own would be given back long after it has left the caches, at the cost of several
//! misses; here the newest overwrites the oldest.

/// Bodies within a bound of bytes.
#[derive(Default)]
pub(super) struct Bodies {
    room: Vec<u8>,
    bound: usize,
    /// Bytes ever written, those skipped at the end of the room included.
    written: u64,
}

/// Where a body lies, or lay.
#[derive(Clone, Copy)]
pub(super) struct Place {
    at: u64,
    len: usize,
}

impl Bodies {
    /// No bodies, and at most so many bytes of them.
    pub(super) fn within(bound: usize) -> Bodies {
        Bodies { bound, ..Bodies::default() }
    }

    /// Keeps a body until as many bytes as there is room for have come after it; `None` when it is larger than that.
    pub(super) fn keep(&mut self, body: &[u8]) -> Option<Place> {
        if body.len() > self.bound {
            return None;
        }
        if self.bound - self.offset(self.written) < body.len() {
            // It must lie in one piece.
            self.written += (self.bound - self.offset(self.written)) as u64;
        }
        let place = Place { at: self.written, len: body.len() };
        let start = self.offset(place.at);
        if self.room.len() < start + body.len() {
            self.room.resize(start + body.len(), 0);
        }
        self.room[start..start + body.len()].copy_from_slice(body);
        self.written += body.len() as u64;
        Some(place)
    }

    /// The body that was kept there, unless it has been overwritten.
    pub(super) fn at(&self, Place { at, len }: Place) -> Option<&[u8]> {
        let start = self.offset(at);
        (at + self.bound as u64 >= self.written).then(|| self.room.get(start..start + len)).flatten()
    }

    fn offset(&self, at: u64) -> usize {
        at.checked_rem(self.bound as u64).unwrap_or(0) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_overwrite_the_oldest() {
        let mut bodies = Bodies::within(10);
        let places = ["four", "five5", "six666", "", "ten4567890"].map(|body| bodies.keep(body.as_bytes()));
        let there = |bodies: &Bodies| places.map(|place| place.and_then(|place| bodies.at(place)).is_some());
        assert_eq!(there(&bodies), [false, false, false, false, true]);
        assert_eq!(places[4].and_then(|place| bodies.at(place)), Some(&b"ten4567890"[..]));
        assert!(bodies.keep(b"eleven 8901").is_none());
        let one = bodies.keep(b"1").unwrap();
        assert_eq!((bodies.at(one), there(&bodies)), (Some(&b"1"[..]), [false; 5]));
        let mut none = Bodies::within(0);
        let empty = none.keep(b"").unwrap();
        assert_eq!(none.at(empty), Some(&b""[..]));
        assert!(none.keep(b"x").is_none());
    }

    #[test]
    fn what_is_still_there_is_what_was_written() {
        let mut bodies = Bodies::within(100);
        let mut kept = Vec::new();
        for nth in 0..1_000usize {
            let body = vec![nth as u8; nth * 7 % 41];
            kept.push((bodies.keep(&body).unwrap(), body));
            let there: Vec<_> = kept.iter().filter_map(|(place, body)| Some((bodies.at(*place)?, body))).collect();
            assert!(there.iter().all(|(found, body)| found == body), "{nth}");
            assert!(there.iter().map(|(found, _)| found.len()).sum::<usize>() <= 100);
        }
    }
}
