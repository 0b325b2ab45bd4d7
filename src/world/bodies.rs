//! The last bodies of requests and answers, in one piece of memory used as a ring.
//!
//! If each body had an allocation of its own, freed long after it has left the caches, an initial
//! cycle of a million people would take 11 % longer and a request of the mix 0.5 µs (6 %) more.

/// Bodies within a bound of bytes.
#[derive(Default)]
pub(super) struct Bodies {
    room: Vec<u8>,
    bound: usize,
    /// The offset at which the next body is written.
    next: usize,
    /// Bytes ever written, including bytes skipped at the end of the room.
    written: u64,
}

/// When a full room has at least this size, it is allocated at its final size.
const LARGE: usize = 2 << 20;

/// Where a body is, or was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct BodyRef {
    /// Bytes written before it, skipped bytes included; modulo the bound it is the offset of the
    /// body.
    written: u64,
    len: u32,
}

impl BodyRef {
    /// No body, or one that was not kept.
    pub(super) const NONE: BodyRef = BodyRef { written: 0, len: u32::MAX };
}

impl Bodies {
    /// An empty ring that keeps at most `bound` bytes.
    pub(super) fn within(bound: usize) -> Bodies {
        Bodies { bound: bound.min(u32::MAX as usize - 1), ..Bodies::default() }
    }

    /// Keeps a body until later ones overwrite it; a body larger than the bound is not kept.
    #[inline]
    pub(super) fn keep(&mut self, body: &[u8]) -> BodyRef {
        if body.len() > self.bound {
            return BodyRef::NONE;
        }
        if self.bound - self.next < body.len() {
            // A body must lie in one piece, so the end of the room is skipped.
            self.written += (self.bound - self.next) as u64;
            self.next = 0;
        }
        let (start, end) = (self.next, self.next + body.len());
        if self.room.len() >= LARGE && self.room.capacity() < end {
            // A room of this size will probably fill up: it is moved to its final size once.
            self.room.reserve_exact(self.bound - self.room.len());
        }
        if self.room.len() == start {
            self.room.extend_from_slice(body);
        } else {
            self.room.resize(self.room.len().max(end), 0);
            self.room[start..end].copy_from_slice(body);
        }
        let place = BodyRef { written: self.written, len: body.len() as u32 };
        (self.next, self.written) = (end, self.written + body.len() as u64);
        place
    }

    /// The body at this place, unless it has been overwritten.
    pub(super) fn at(&self, BodyRef { written, len }: BodyRef) -> Option<&[u8]> {
        let (bound, len) = (self.bound as u64, len as usize);
        if len > self.bound || written + bound < self.written {
            return None;
        }
        let start = written.checked_rem(bound).unwrap_or(0) as usize;
        self.room.get(start..start + len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_overwrite_the_oldest() {
        let mut bodies = Bodies::within(10);
        let places =
            ["four", "five5", "six666", "", "ten4567890"].map(|body| bodies.keep(body.as_bytes()));
        let there = |bodies: &Bodies| places.map(|place| bodies.at(place).is_some());
        assert_eq!(there(&bodies), [false, false, false, false, true]);
        assert_eq!(bodies.at(places[4]), Some(&b"ten4567890"[..]));
        assert_eq!(bodies.keep(b"eleven 8901"), BodyRef::NONE);
        assert_eq!(bodies.at(BodyRef::NONE), None);
        let one = bodies.keep(b"1");
        assert_eq!((bodies.at(one), there(&bodies)), (Some(&b"1"[..]), [false; 5]));
        let mut none = Bodies::within(0);
        let empty = none.keep(b"");
        assert_eq!(none.at(empty), Some(&b""[..]));
        assert_eq!(none.keep(b"x"), BodyRef::NONE);
    }

    #[test]
    fn what_is_still_there_is_what_was_written() {
        let mut bodies = Bodies::within(100);
        let mut kept = Vec::new();
        for nth in 0..1_000usize {
            let body = vec![nth as u8; nth * 7 % 41];
            kept.push((bodies.keep(&body), body));
            let there: Vec<_> =
                kept.iter().filter_map(|(place, body)| Some((bodies.at(*place)?, body))).collect();
            assert!(there.iter().all(|(found, body)| found == body), "{nth}");
            assert!(there.iter().map(|(found, _)| found.len()).sum::<usize>() <= 100);
        }
    }
}
