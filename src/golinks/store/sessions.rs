//! The sessions of people: found by account, and by the instant at which they
//! end.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::AccountId;
use crate::base::Time;

/// A session of a user.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Session {
    /// Its number, from 1 on.
    pub number: u64,
    /// When the user signed in.
    pub began: Time,
    /// When it ends by itself.
    pub until: Time,
}

/// The sessions that have not ended.
#[derive(Clone, Default)]
pub(crate) struct Sessions {
    count: u64,
    of: BTreeMap<AccountId, Vec<Session>>,
    ends: BTreeSet<(Time, u64, AccountId)>,
}

impl Sessions {
    /// Begins a session; returns its number.
    pub(crate) fn begin(&mut self, account: AccountId, began: Time, until: Time) -> u64 {
        self.count += 1;
        self.of.entry(account).or_default().push(Session { number: self.count, began, until });
        self.ends.insert((until, self.count, account));
        self.count
    }

    /// The sessions of an account, the oldest first.
    pub(crate) fn of(&self, account: AccountId) -> &[Session] {
        self.of.get(&account).map_or(&[], Vec::as_slice)
    }

    /// The accounts with a session, each with its sessions.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (AccountId, &[Session])> {
        self.of.iter().map(|(account, sessions)| (*account, sessions.as_slice()))
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The account of the session with this number.
    pub(crate) fn account_of(&self, number: u64) -> Option<AccountId> {
        let has = |sessions: &[Session]| sessions.iter().any(|session| session.number == number);
        self.iter().find(|(_, sessions)| has(sessions)).map(|(account, _)| account)
    }

    /// When the next session ends by itself.
    pub(crate) fn next_due(&self) -> Option<Time> {
        self.ends.first().map(|(until, ..)| *until)
    }

    /// Ends all sessions of an account; returns how many there were.
    pub(crate) fn end_all(&mut self, account: AccountId) -> usize {
        let ended = self.of.remove(&account).unwrap_or_default();
        for session in &ended {
            self.ends.remove(&(session.until, session.number, account));
        }
        ended.len()
    }

    /// Ends one session of an account; returns whether it was there.
    pub(crate) fn end(&mut self, account: AccountId, number: u64) -> bool {
        let Some(sessions) = self.of.get_mut(&account) else { return false };
        let Some(at) = sessions.iter().position(|it| it.number == number) else { return false };
        let session = sessions.remove(at);
        self.ends.remove(&(session.until, number, account));
        if sessions.is_empty() {
            self.of.remove(&account);
        }
        true
    }

    /// Ends the first session that is due by an instant.
    pub(crate) fn take_due(&mut self, now: Time) -> Option<AccountId> {
        let (until, number, account) = *self.ends.first()?;
        if until > now {
            return None;
        }
        self.end(account, number);
        Some(account)
    }
}
