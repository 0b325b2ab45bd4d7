//! The journal: a bounded ring of records, exact counters, and a digest of everything that ever happened.

use std::collections::VecDeque;

use xxhash_rust::xxh3::Xxh3;

use super::bodies::{Bodies, Place};
use super::counters::Counters;
use super::record::{Event, Record};
use crate::base::Time;

/// What is called with every record as it is written, with its body.
pub type Sink = Box<dyn FnMut(&Record, Option<&[u8]>) + Send>;

/// Everything that happened: the last records, exact counts, and the running digest.
pub struct Journal {
    ring: VecDeque<Kept>,
    bodies: Bodies,
    bounds: Bounds,
    next: u64,
    counters: Counters,
    digest: Xxh3,
    words: String,
    sink: Option<Sink>,
}

/// A record, and where its body is.
struct Kept {
    record: Record,
    body: Option<Place>,
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

impl Journal {
    /// An empty journal.
    pub fn new(bounds: Bounds) -> Journal {
        Journal {
            ring: VecDeque::new(),
            bodies: Bodies::within(bounds.bodies),
            bounds,
            next: 1,
            counters: Counters::default(),
            digest: Xxh3::new(),
            words: String::new(),
            sink: None,
        }
    }

    /// Appends what happened and gives the record's number.
    pub fn push(&mut self, at: Time, event: Event) -> u64 {
        self.append(at, event, None)
    }

    /// Appends a request or an answer with its body.
    pub fn push_with(&mut self, at: Time, event: Event, body: &[u8]) -> u64 {
        self.append(at, event, Some(body))
    }

    fn append(&mut self, at: Time, event: Event, body: Option<&[u8]>) -> u64 {
        let seq = self.next;
        self.next += 1;
        self.counters.count(&event);
        self.add_to_digest(seq, at, &event, body);
        let record = Record { seq, at, event };
        if let Some(sink) = &mut self.sink {
            sink(&record, body);
        }
        let body = body.and_then(|body| self.bodies.keep(body));
        self.ring.push_back(Kept { record, body });
        self.warm();
        if self.ring.len() > self.bounds.records {
            self.ring.pop_front();
        }
        seq
    }

    /// The records still held, oldest first; their bodies are held apart.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator {
        self.ring.iter().map(|kept| &kept.record)
    }

    /// The record of this number, if it is still held.
    pub fn get(&self, seq: u64) -> Option<&Record> {
        let at = seq.checked_sub(self.first_seq())?;
        self.ring.get(usize::try_from(at).ok()?).map(|kept| &kept.record)
    }

    /// The body of the record of this number, if it has one that is still held.
    pub fn body(&self, seq: u64) -> Option<&[u8]> {
        let at = seq.checked_sub(self.first_seq())?;
        self.bodies.at(self.ring.get(usize::try_from(at).ok()?)?.body?)
    }

    /// The records after `seq` (0 for all), or `None` when some of them have been let go.
    pub fn since(&self, seq: u64) -> Option<impl DoubleEndedIterator<Item = &Record> + ExactSizeIterator> {
        let skip = seq.checked_add(1)?.checked_sub(self.first_seq())?;
        let skip = usize::try_from(skip).ok()?.min(self.ring.len());
        Some(self.ring.range(skip..).map(|kept| &kept.record))
    }

    /// The number of the oldest record still held; one more than the last when none is.
    pub fn first_seq(&self) -> u64 {
        self.next - self.ring.len() as u64
    }

    /// The number of the last record; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.next - 1
    }

    /// Exact counts since the start.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// XXH3-128 of the canonical form of every record so far, bodies included, as 32 hexadecimal digits.
    ///
    /// Two runs of one scenario with one seed have the same digest by any driver, on any machine.
    pub fn digest(&self) -> String {
        format!("{:032x}", self.digest.digest128())
    }

    /// Has every record from now on handed to `sink` as it is written.
    pub fn set_sink(&mut self, sink: Sink) {
        self.sink = Some(sink);
    }

    /// Takes the sink away, so that what it writes to can be closed.
    pub fn take_sink(&mut self) -> Option<Sink> {
        self.sink.take()
    }

    /// The canonical form: number, time, whose words, the words, a mark, the body.
    fn add_to_digest(&mut self, seq: u64, at: Time, event: &Event, body: Option<&[u8]>) {
        let mut head = [0u8; 16];
        head[..8].copy_from_slice(&seq.to_le_bytes());
        head[8..].copy_from_slice(&at.as_micros().to_le_bytes());
        self.words.clear();
        self.words.push_str(event.who());
        self.words.push('\t');
        event.write(&mut self.words);
        self.words.push('\n');
        self.digest.update(&head);
        self.digest.update(self.words.as_bytes());
        if let Some(body) = body {
            self.digest.update(body);
        }
    }

    /// Brings what will be let go next back into the caches, where it has not been for long: many reads at once cost
    /// little more than one.
    fn warm(&self) {
        const AHEAD: usize = 32;
        if self.next.is_multiple_of(AHEAD as u64) && self.ring.len() >= self.bounds.records.max(AHEAD) {
            let read = self.ring.iter().take(AHEAD).map(|kept| kept.record.event.reach()).sum::<usize>();
            std::hint::black_box(read);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(journal: &mut Journal, text: &str) -> u64 {
        journal.push(Time::from_secs(5), Event::Said(text.into()))
    }

    #[test]
    fn the_ring_lets_the_oldest_go_and_the_counts_and_the_digest_do_not() {
        let mut small = Journal::new(Bounds { records: 3, bodies: 10 });
        let mut large = Journal::new(Bounds::default());
        for nth in 1..=10 {
            assert_eq!(said(&mut small, &format!("line {nth}")), nth);
            said(&mut large, &format!("line {nth}"));
        }
        assert_eq!(small.records().map(|r| r.seq).collect::<Vec<_>>(), [8, 9, 10]);
        assert_eq!((small.first_seq(), small.last_seq()), (8, 10));
        assert_eq!(small.digest(), large.digest());
        assert_eq!(small.since(7).map(|records| records.len()), Some(3));
        assert_eq!(small.since(10).map(|records| records.len()), Some(0));
        assert_eq!(small.since(99).map(|records| records.len()), Some(0));
        assert!(small.since(6).is_none());
        assert!(small.since(u64::MAX).is_none());
        assert_eq!(small.get(9).map(|r| r.seq), Some(9));
        assert!(small.get(7).is_none() && small.get(11).is_none());
    }

    #[test]
    fn the_digest_knows_order_and_time() {
        let digest = |lines: &[(i64, &str)]| {
            let mut journal = Journal::new(Bounds::default());
            for (at, line) in lines {
                journal.push(Time::from_secs(*at), Event::Said((*line).into()));
            }
            journal.digest()
        };
        assert_eq!(digest(&[(1, "a"), (2, "b")]), digest(&[(1, "a"), (2, "b")]));
        assert_ne!(digest(&[(1, "a"), (2, "b")]), digest(&[(1, "b"), (2, "a")]));
        assert_ne!(digest(&[(1, "a"), (2, "b")]), digest(&[(1, "a"), (3, "b")]));
        assert_ne!(digest(&[(1, "a"), (1, "b")]), digest(&[(1, "a\tb")]));
    }
}
