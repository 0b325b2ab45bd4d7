//! Escrow: objects that failed, and when each is tried again [quarantine, how-works].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::subject::Subject;
use crate::base::Time;
use crate::entra::error_code::ErrorCode;
use crate::entra::policy::Policy;

/// One failed object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Escrow {
    /// When it first failed.
    pub first_failure: Time,
    /// When it last failed: the beginning of that cycle.
    pub last_failure: Time,
    /// How often it was tried again.
    pub retries: u32,
    /// When the retry is due; the first cycle from then on tries the object.
    pub next_retry: Time,
    /// The last error.
    pub code: ErrorCode,
    /// Whether only a reference failed and the object itself succeeded.
    pub reference: bool,
    /// The number of the row of the log that tells of the last failure.
    pub row: u64,
}

/// An object whose retries have ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GivenUp {
    /// When its last retry failed.
    pub at: Time,
    /// The last error.
    pub code: ErrorCode,
    /// Whether it was about a reference.
    reference: bool,
}

/// All failed objects of a job.
#[derive(Clone, Default)]
pub struct Escrows {
    entries: BTreeMap<Subject, Escrow>,
    /// The failed objects by due time, so that a cycle finds the due ones without a search.
    due: BTreeSet<(Time, Subject)>,
    /// How many entries are held for a reference; some quarantine thresholds leave these out.
    references: usize,
    /// Objects that are no longer retried. A change or a restart tries them again.
    given_up: BTreeMap<Subject, GivenUp>,
}

impl Escrows {
    /// Records a failure and returns the retries so far and the time of the next one; `None` when
    /// the object is given up.
    pub fn fail(
        &mut self,
        subject: Subject,
        code: ErrorCode,
        reference: bool,
        now: Time,
        policy: &Policy,
    ) -> (u32, Option<Time>) {
        let (first, retries) = match self.remove(subject) {
            Some(old) => (old.first_failure, old.retries + 1),
            None => (now, 0),
        };
        let Some(next) = next_retry(first, retries, now, policy) else {
            self.given_up.insert(subject, GivenUp { at: now, code, reference });
            return (retries, None);
        };
        self.entries.insert(
            subject,
            Escrow {
                first_failure: first,
                last_failure: now,
                retries,
                next_retry: next,
                code,
                reference,
                row: 0,
            },
        );
        self.references += usize::from(reference);
        self.due.insert((next, subject));
        (retries, Some(next))
    }

    /// Records which row of the log tells of the failure of an object.
    pub fn note_row(&mut self, subject: Subject, row: u64) {
        if let Some(entry) = self.entries.get_mut(&subject) {
            entry.row = row;
        }
    }

    /// The numbers of the rows that tell of the failures on record.
    pub fn rows(&self) -> impl Iterator<Item = u64> {
        self.entries.values().map(|entry| entry.row)
    }

    /// Removes an object that succeeded or no longer matters.
    pub fn remove(&mut self, subject: impl Into<Subject>) -> Option<Escrow> {
        let subject = subject.into();
        self.given_up.remove(&subject);
        let entry = self.entries.remove(&subject)?;
        self.due.remove(&(entry.next_retry, subject));
        self.references -= usize::from(entry.reference);
        Some(entry)
    }

    /// The failure on record for an object.
    pub fn get(&self, subject: impl Into<Subject>) -> Option<&Escrow> {
        self.entries.get(&subject.into())
    }

    /// When and why an object was given up; `None` if it has been tried again since.
    pub fn given_up(&self, subject: impl Into<Subject>) -> Option<&GivenUp> {
        self.given_up.get(&subject.into())
    }

    /// How many objects were given up since `since`, references left out.
    pub fn given_up_since(&self, since: Time) -> usize {
        let counts = |gone: &&GivenUp| !gone.reference && gone.at >= since;
        self.given_up.values().filter(counts).count()
    }

    /// The most frequent error code among the objects in escrow or given up.
    pub fn commonest_code(&self) -> Option<ErrorCode> {
        let held = self.entries.values().map(|entry| entry.code);
        let mut counts: BTreeMap<ErrorCode, usize> = BTreeMap::new();
        for code in held.chain(self.given_up.values().map(|gone| gone.code)) {
            *counts.entry(code).or_default() += 1;
        }
        // Between two equally frequent codes the first one wins, so that runs are repeatable.
        let rank = |(code, count): &(ErrorCode, usize)| (*count, Reverse(*code));
        counts.into_iter().max_by_key(rank).map(|(code, _)| code)
    }

    /// The objects held.
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        self.entries.keys().copied()
    }

    /// The objects that are due, in order of their due time.
    pub fn due(&self, now: Time) -> impl Iterator<Item = Subject> {
        self.due.iter().take_while(move |(at, _)| *at <= now).map(|(_, subject)| *subject)
    }

    /// Forgets every failure, which also stops its retries [g:restart].
    pub fn clear(&mut self) {
        *self = Escrows::default();
    }

    /// The number of objects held.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// The number of objects held for a reference.
    pub fn references(&self) -> usize {
        self.references
    }

    /// Whether no object is held.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// The retry ladder [quarantine, how-works]: the next cycle, then 6 h, 12 h and 24 h after the
/// first failure, then every 24 h, until the object is given up.
fn next_retry(first: Time, retries: u32, now: Time, policy: &Policy) -> Option<Time> {
    if retries == 0 {
        return Some(now);
    }
    let daily = policy.retry_daily.max(Duration::from_secs(1));
    let rungs = [policy.retry_first, policy.retry_second];
    let later = (1u32..).map(|n| daily.saturating_mul(n));
    let offset = rungs.into_iter().chain(later).find(|offset| first + *offset > now)?;
    (offset < policy.retry_until).then(|| first + offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entra::tenant::UserKey;

    #[test]
    fn the_ladder_is_the_next_cycle_then_six_twelve_and_twenty_four_hours_then_daily() {
        let policy = Policy::default();
        let mut escrows = Escrows::default();
        let (user, code) = (Subject::User(UserKey(3)), ErrorCode::EntryConflict);
        let hour = |n: i64| Time::from_secs(n * 3600);
        let forty = Time::from_secs(2400);
        assert_eq!(escrows.fail(user, code, false, hour(0), &policy), (0, Some(hour(0))));
        assert_eq!(escrows.due(hour(0)).collect::<Vec<_>>(), [user]);
        let mut now = forty;
        let mut ladder = Vec::new();
        for _ in 0..5 {
            let (_, next) = escrows.fail(user, code, false, now, &policy);
            now = next.expect("not given up yet");
            ladder.push(now);
        }
        assert_eq!(ladder, [hour(6), hour(12), hour(24), hour(48), hour(72)]);
        assert_eq!(escrows.fail(user, code, false, hour(28 * 24), &policy).1, None);
        assert!(escrows.is_empty());
        let gone = escrows.given_up(user).expect("it is known as given up");
        assert_eq!((gone.at, gone.code), (hour(28 * 24), code));
        assert_eq!(escrows.given_up_since(hour(0)), 1);
        assert_eq!(escrows.commonest_code(), Some(code));
        // After a change the object is tried again, and its retries begin anew.
        let later = hour(29 * 24);
        assert_eq!(escrows.fail(user, code, false, later, &policy), (0, Some(later)));
        assert_eq!(escrows.given_up(user), None);
    }

    #[test]
    fn the_commonest_code_speaks_for_all() {
        let policy = Policy::default();
        let mut escrows = Escrows::default();
        assert_eq!(escrows.commonest_code(), None);
        let codes = [ErrorCode::Timeout, ErrorCode::EntryConflict, ErrorCode::EntryConflict];
        for (nth, code) in codes.into_iter().enumerate() {
            let user = Subject::User(UserKey(nth as u32));
            escrows.fail(user, code, false, Time::from_secs(0), &policy);
        }
        assert_eq!(escrows.commonest_code(), Some(ErrorCode::EntryConflict));
    }
}
