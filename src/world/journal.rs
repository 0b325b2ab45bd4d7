//! The journal: a bounded ring of records, exact counters, and a digest of everything that ever
//! happened.

use std::collections::VecDeque;
use std::sync::Arc;

use super::applications::{Party, WorkspaceId, party_of};
use super::bodies::{self, Bodies};
use super::counters::Counters;
use super::digest::Digest;
use super::fact::Fact;
use super::kept::{Kept, KeptAccountEvent, KeptAnswer, KeptEvent, KeptRequest};
use super::record::{Cause, Record, RecordedAnswer, RecordedEvent, RecordedRequest};
use super::texts::Texts;
use super::transit::{Door, Origin};
use crate::base::Time;
use crate::entra::AppId;
use crate::golinks::AccountEvent;

/// Everything that happened: the last records, exact counts, and the running digest.
pub struct Journal {
    ring: VecDeque<Kept>,
    texts: Texts,
    bodies: Bodies,
    bounds: Bounds,
    next: u64,
    last_fact: u64,
    counters: Counters,
    /// The last request at GoLinks' pages; 0 before the first.
    at_pages: u64,
    /// The counts of each application, where there are several.
    by_app: Vec<Counters>,
    labels: Labels,
    digest: Digest,
    /// The cause of the records that are pushed now.
    cause: Option<Cause>,
    sink: Option<Box<dyn Sink>>,
}

/// Takes every record as it happens, with its whole body, also those that the journal drops later.
pub trait Sink: Send {
    /// Takes a record; `body` is that of a request or an answer, where it has one.
    fn take(&mut self, record: &Record<'_>, body: Option<&[u8]>);
}

/// The names of the applications and of the workspaces.
#[derive(Default)]
struct Labels {
    apps: Vec<Arc<str>>,
    workspaces: Vec<Arc<str>>,
}

impl Labels {
    /// The name of a party; `None` when it is the only one of its kind.
    fn of(&self, party: Party) -> Option<&str> {
        let (names, at) = match party {
            Party::World => return None,
            Party::App(app) => (&self.apps, app.index()),
            Party::Workspace(workspace) => (&self.workspaces, usize::from(workspace.0)),
        };
        names.get(at).filter(|_| names.len() > 1).map(|name| &**name)
    }
}

/// How much the journal keeps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Records kept.
    pub records: usize,
    /// Bytes of bodies kept.
    pub bodies: usize,
}

/// When a full ring has at least this many records, it is allocated at its final size.
const LARGE: usize = 16_384;

/// How many of the oldest records are read before they are dropped.
const AHEAD: usize = 32;

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
            texts: Texts::default(),
            bodies: Bodies::within(bounds.bodies),
            bounds,
            next: 1,
            last_fact: 0,
            counters: Counters::default(),
            at_pages: 0,
            by_app: Vec::new(),
            labels: Labels::default(),
            digest: Digest::new(),
            cause: None,
            sink: None,
        }
    }

    /// Hands every record from now on to a sink too.
    pub(super) fn set_sink(&mut self, sink: Option<Box<dyn Sink>>) {
        self.sink = sink;
    }

    /// The cause of the records that are pushed now.
    pub(super) fn cause(&self) -> Option<Cause> {
        self.cause
    }

    /// Sets the cause of the next records; returns the one before.
    pub(super) fn set_cause(&mut self, cause: Option<Cause>) -> Option<Cause> {
        std::mem::replace(&mut self.cause, cause)
    }

    /// Appends what happened and returns the record's number.
    pub(super) fn push(&mut self, at: Time, fact: Fact) -> u64 {
        let seq = self.count(at, (fact.party(), self.cause), fact.event(), None);
        self.last_fact = seq;
        self.keep(at, KeptEvent::Fact(fact, self.cause.into()), None);
        seq
    }

    /// Appends what happened to an account of a workspace.
    pub(super) fn push_account(
        &mut self,
        at: Time,
        workspace: WorkspaceId,
        event: AccountEvent<'_>,
    ) {
        let party = Party::Workspace(workspace);
        self.last_fact = self.count(at, (party, self.cause), RecordedEvent::Account(event), None);
        let kept = KeptAccountEvent::keep(workspace, &event, &mut self.texts);
        self.keep(at, KeptEvent::Account(kept, self.cause.into()), None);
    }

    /// Appends a request with its body; its cause is that of the records that are pushed now.
    pub(super) fn push_request(
        &mut self,
        at: Time,
        request: RecordedRequest<'_>,
        body: &[u8],
    ) -> u64 {
        let party = match request.origin {
            Origin::Engine(call) => Party::App(call.app()),
            Origin::External => Party::World,
        };
        let seq = self.count(at, (party, self.cause), RecordedEvent::Request(request), Some(body));
        let kept =
            KeptEvent::Request(KeptRequest::keep(&request, &mut self.texts), self.cause.into());
        self.keep(at, kept, Some(body));
        seq
    }

    /// Appends an answer with its body, or a loss without one.
    pub(super) fn push_answer(
        &mut self,
        at: Time,
        answer: RecordedAnswer<'_>,
        body: Option<&[u8]>,
    ) {
        let from = (party_of(answer.call), Some(Cause::Request(answer.request)));
        let seq = self.count(at, from, RecordedEvent::Answer(answer), body);
        if answer.idle {
            self.last_fact = seq;
        }
        let kept = KeptEvent::Answer(KeptAnswer::keep(&answer, false, &mut self.texts));
        self.keep(at, kept, body);
    }

    /// Appends an answer that came too late.
    pub(super) fn push_too_late(&mut self, at: Time, answer: RecordedAnswer<'_>, body: &[u8]) {
        let from = (party_of(answer.call), Some(Cause::Request(answer.request)));
        self.count(at, from, RecordedEvent::TooLate(answer), Some(body));
        let kept = KeptEvent::Answer(KeptAnswer::keep(&answer, true, &mut self.texts));
        self.keep(at, kept, Some(body));
    }

    /// Numbers what happened, counts it, adds it to the digest and hands it to the sink.
    fn count(
        &mut self,
        at: Time,
        (party, cause): (Party, Option<Cause>),
        event: RecordedEvent<'_>,
        body: Option<&[u8]>,
    ) -> u64 {
        let seq = self.next;
        self.next += 1;
        if self.is_counted(seq, &event) {
            self.counters.count(&event);
            if !self.by_app.is_empty() {
                let app = if let Party::App(app) = party { app } else { AppId::MAIN };
                self.by_app[app.index()].count(&event);
            }
        }
        let label = self.labels.of(party);
        self.digest.add((seq, at), label, &event, body.unwrap_or_default());
        if let Some(sink) = &mut self.sink {
            sink.take(&Record { seq, at, cause, party, label, event }, body);
        }
        seq
    }

    /// Inlined, so that a record is written straight to its place in the ring.
    #[inline(always)]
    fn keep(&mut self, at: Time, what: KeptEvent, body: Option<&[u8]>) {
        let body = body.map_or(bodies::BodyRef::NONE, |body| self.bodies.keep(body));
        // The oldest record is dropped first, so that the new one takes its place while that memory
        // is in the cache.
        if self.ring.len() >= self.bounds.records
            && let Some(oldest) = self.ring.pop_front()
        {
            oldest.what.release(&mut self.texts);
        }
        if self.ring.len() == self.ring.capacity() && self.ring.len() >= LARGE {
            // A ring of this size will probably fill up: with its final size it is never moved
            // again.
            self.ring.reserve_exact(self.bounds.records - self.ring.len());
        }
        self.ring.push_back(Kept { at, body, what });
        if self.next.is_multiple_of(AHEAD as u64) {
            self.prefetch_oldest();
        }
    }

    /// The records still held, oldest first; their bodies are held apart.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = Record<'_>> + ExactSizeIterator {
        self.from(0)
    }

    /// The record of this number, if it is still held.
    pub fn get(&self, seq: u64) -> Option<Record<'_>> {
        let kept = self.kept(seq)?;
        Some(self.record(seq, kept))
    }

    /// The body of the record of this number, if it has one that is still held.
    pub fn body(&self, seq: u64) -> Option<&[u8]> {
        self.bodies.at(self.kept(seq)?.body)
    }

    /// The records after `seq` (0 for all), or `None` when some of them are no longer held.
    pub fn since(
        &self,
        seq: u64,
    ) -> Option<impl DoubleEndedIterator<Item = Record<'_>> + ExactSizeIterator> {
        Some(self.from(self.place_after(seq)?))
    }

    /// The records of [`Journal::since`] without requests and answers, which may be very many; but
    /// with those answers that report success where nothing was changed.
    pub fn facts_since(&self, seq: u64) -> Option<impl Iterator<Item = Record<'_>>> {
        let (skip, first) = (self.place_after(seq)?, self.first_seq());
        let numbered = self.ring.range(skip..).zip(first + skip as u64..);
        Some(numbered.filter_map(|(kept, seq)| match &kept.what {
            KeptEvent::Fact(..) | KeptEvent::Account(..) => Some(self.record(seq, kept)),
            KeptEvent::Answer(answer) if answer.is_idle() => Some(self.record(seq, kept)),
            KeptEvent::Request(..) | KeptEvent::Answer(_) => None,
        }))
    }

    fn from(
        &self,
        place: usize,
    ) -> impl DoubleEndedIterator<Item = Record<'_>> + ExactSizeIterator {
        let first = self.first_seq();
        (place..self.ring.len()).map(move |nth| self.record(first + nth as u64, &self.ring[nth]))
    }

    fn record<'a>(&'a self, seq: u64, kept: &'a Kept) -> Record<'a> {
        let party = kept.what.party();
        Record {
            seq,
            at: kept.at,
            cause: kept.what.cause(),
            party,
            label: self.labels.of(party),
            event: kept.what.event(&self.texts),
        }
    }

    fn kept(&self, seq: u64) -> Option<&Kept> {
        self.ring.get(usize::try_from(seq.checked_sub(self.first_seq())?).ok()?)
    }

    /// The place in the ring of the first record after `seq`.
    fn place_after(&self, seq: u64) -> Option<usize> {
        let skip = seq.checked_add(1)?.checked_sub(self.first_seq())?;
        Some(usize::try_from(skip).ok()?.min(self.ring.len()))
    }

    /// The number of the oldest record still held; one more than the last when none is.
    pub fn first_seq(&self) -> u64 {
        self.next - self.ring.len() as u64
    }

    /// The number of the last record; 0 before the first.
    pub fn last_seq(&self) -> u64 {
        self.next - 1
    }

    /// Whether an event is counted. Answers to requests at GoLinks' pages are not, as the requests
    /// are not; they are answered before another such request comes.
    fn is_counted(&mut self, seq: u64, event: &RecordedEvent<'_>) -> bool {
        match event {
            RecordedEvent::Request(request) if request.door == Door::Pages => {
                self.at_pages = seq;
                true
            }
            RecordedEvent::Answer(answer) => answer.request != self.at_pages,
            _ => true,
        }
    }

    /// The number of the last record that [`Journal::facts_since`] returns; 0 before the first.
    pub fn last_fact(&self) -> u64 {
        self.last_fact
    }

    /// Exact counts since the start.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Exact counts since the start of what one application sent and got. The main one's contain
    /// whatever is no other application's.
    pub fn counters_of(&self, app: AppId) -> &Counters {
        self.by_app.get(app.index()).unwrap_or(&self.counters)
    }

    /// Tells the journal the names of all applications and workspaces, before its first record that
    /// is about one of them.
    pub(super) fn set_labels(&mut self, apps: Vec<Arc<str>>, workspaces: Vec<Arc<str>>) {
        if apps.len() > 1 {
            if self.by_app.is_empty() {
                // An application beside the main one may come during the run.
                self.by_app.push(self.counters);
            }
            self.by_app.resize(apps.len(), Counters::default());
        }
        self.labels = Labels { apps, workspaces };
    }

    /// XXH3-128 of the canonical form of every record so far, bodies included, as 32 hexadecimal
    /// digits.
    ///
    /// Two runs of one scenario with one seed have the same digest by any driver, on any machine.
    pub fn digest(&self) -> String {
        self.digest.hex()
    }

    /// Reads a little of the records that are dropped next. They have left the caches, and many
    /// reads at once cost little more than one: this saves 5 % of an initial cycle of 100,000
    /// people, and 11 % of one of a million.
    fn prefetch_oldest(&self) {
        if self.ring.len() >= self.bounds.records.max(AHEAD) {
            let read = self.ring.iter().take(AHEAD).map(|kept| match &kept.what {
                KeptEvent::Fact(fact, _) => fact.prefetch(),
                _ => 0,
            });
            std::hint::black_box(read.sum::<usize>());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::world::Door;
    use crate::world::record::ReplyStatus;

    fn said(journal: &mut Journal, text: &str) -> u64 {
        journal.push(Time::from_secs(5), Fact::Narrated(text.into()))
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
    fn requests_and_answers_are_there_whole_as_long_as_their_records() {
        let (mut journal, at) =
            (Journal::new(Bounds { records: 100, bodies: 0 }), Time::from_secs(5));
        let target =
            |seq: u64| format!("/scim/v2/Users/{seq}?{}", "x".repeat(seq as usize % 3_000));
        for nth in 0..3_000u64 {
            let (origin, door, target) = (Origin::External, Door::Scim, target(3 * nth + 1));
            let who = nth.is_multiple_of(2).then_some("ann");
            let request = RecordedRequest {
                origin,
                door,
                who,
                group: nth.is_multiple_of(3).then_some("sales"),
                method: "GET",
                target: &target,
                content_type: Some("text/plain"),
                headers: None,
            };
            let request = journal.push_request(at, request, b"");
            let answer =
                RecordedAnswer::new(request, None, ReplyStatus::Status(429), Duration::ZERO);
            journal.push_answer(
                at,
                RecordedAnswer { retry_after: Some("7"), ..answer },
                Some(b"{}"),
            );
            said(&mut journal, "there");
        }
        assert_eq!(journal.records().len(), 100);
        for record in journal.records() {
            match record.event {
                RecordedEvent::Request(request) => {
                    let who = (record.seq / 3).is_multiple_of(2).then_some("ann");
                    let group = (record.seq / 3).is_multiple_of(3).then_some("sales");
                    assert_eq!((request.who, request.group), (who, group));
                    assert_eq!(request.target, target(record.seq));
                    assert_eq!((request.method, request.content_type), ("GET", Some("text/plain")));
                }
                RecordedEvent::Answer(answer) => {
                    assert_eq!((answer.request, answer.retry_after), (record.seq - 1, Some("7")));
                    assert_eq!(answer.content_type, None);
                }
                _ => assert_eq!(record.seq % 3, 0),
            }
        }
        let facts: Vec<u64> =
            journal.facts_since(8_990).into_iter().flatten().map(|record| record.seq).collect();
        assert_eq!((facts, journal.last_fact()), (vec![8_991, 8_994, 8_997, 9_000], 9_000));
        assert!(journal.facts_since(8_000).is_none());
    }

    #[test]
    fn the_digest_knows_order_and_time() {
        let digest = |lines: &[(i64, &str)]| {
            let mut journal = Journal::new(Bounds::default());
            for (at, line) in lines {
                journal.push(Time::from_secs(*at), Fact::Narrated((*line).into()));
            }
            journal.digest()
        };
        assert_eq!(digest(&[(1, "a"), (2, "b")]), digest(&[(1, "a"), (2, "b")]));
        assert_ne!(digest(&[(1, "a"), (2, "b")]), digest(&[(1, "b"), (2, "a")]));
        assert_ne!(digest(&[(1, "a"), (2, "b")]), digest(&[(1, "a"), (3, "b")]));
        assert_ne!(digest(&[(1, "a"), (1, "b")]), digest(&[(1, "a\tb")]));
    }
}
