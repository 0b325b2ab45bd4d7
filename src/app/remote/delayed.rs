//! Whether connections to a server are kept.
//!
//! They are, as Entra keeps its own; but some servers write the head and the body of an answer
//! apart on a kept connection (Python's `http.server` does, once it speaks HTTP/1.1). Their kernel
//! holds the body back until the head is acknowledged, and ours acknowledges after 40 ms. A verdict
//! of 1,500 requests costs a quarter of a minute so. A new connection is acknowledged at once: so
//! where answers come that late, new ones are tried, and taken if they are quick.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// An answer that was held back takes this long: Linux acknowledges after 40 ms.
const HELD_BACK: std::ops::RangeInclusive<Duration> =
    Duration::from_millis(38)..=Duration::from_millis(60);

/// So many in a row, and new connections are tried.
const SUSPECT: u32 = 6;

/// How often they are tried.
const TRIES: u32 = 3;

/// What takes no longer than this was not held back.
const QUICK: Duration = Duration::from_millis(20);

/// The states after the counting, which ends at [`SUSPECT`].
const NEW: u32 = 100;
const KEPT: u32 = 101;

/// What is known of it; all clients of a server share it.
#[derive(Default)]
pub struct Delayed(AtomicU32);

impl Delayed {
    /// Whether the next request is sent over a new connection.
    pub fn wants_new(&self) -> bool {
        let state = self.0.load(Ordering::Relaxed);
        state == NEW || (SUSPECT..SUSPECT + TRIES).contains(&state)
    }

    /// Notes how long an answer took, over a new connection or over a kept one; tells whether new
    /// ones are taken from now on.
    pub fn note(&self, new: bool, took: Duration) -> bool {
        let state = self.0.load(Ordering::Relaxed);
        let next = match (state, new) {
            (..SUSPECT, false) if HELD_BACK.contains(&took) => state + 1,
            (..SUSPECT, false) => 0,
            (SUSPECT.., true) if state < NEW && took <= QUICK => NEW,
            (SUSPECT.., true) if state < NEW => match state + 1 {
                next if next < SUSPECT + TRIES => next,
                _ => KEPT,
            },
            _ => return false,
        };
        self.0.store(next, Ordering::Relaxed);
        next == NEW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATE: Duration = Duration::from_millis(41);
    const SOON: Duration = Duration::from_millis(2);

    fn after(late: u32) -> Delayed {
        let delayed = Delayed::default();
        (0..late).for_each(|_| assert!(!delayed.note(false, LATE)));
        delayed
    }

    #[test]
    fn new_connections_are_taken_where_they_are_quicker() {
        let delayed = after(5);
        assert!(!delayed.wants_new());
        delayed.note(false, SOON);
        assert!(!after(5).note(false, LATE) && !delayed.wants_new(), "they came in a row");
        let delayed = after(6);
        assert!(delayed.wants_new());
        // One that was under way already.
        assert!(!delayed.note(false, LATE) && delayed.wants_new());
        assert!(delayed.note(true, SOON) && delayed.wants_new());
        delayed.note(true, LATE);
        assert!(delayed.wants_new(), "once is enough");
    }

    #[test]
    fn a_server_that_is_slow_keeps_its_connections() {
        let delayed = after(6);
        for _ in 0..3 {
            assert!(delayed.wants_new() && !delayed.note(true, LATE));
        }
        (0..20).for_each(|_| assert!(!delayed.note(false, LATE)));
        assert!(!delayed.wants_new());
        let slower = Delayed::default();
        (0..20).for_each(|_| assert!(!slower.note(false, Duration::from_millis(90))));
        assert!(!slower.wants_new());
    }
}
