//! The sessions of people: found by account, and by the instant at which they
//! end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    /// The userName with which each account was signed in last.
    names: BTreeMap<AccountId, Arc<str>>,
}

impl Sessions {
    /// Begins a session of an account with this userName; returns its number.
    pub(crate) fn begin(
        &mut self,
        account: AccountId,
        user_name: Arc<str>,
        began: Time,
        until: Time,
    ) -> u64 {
        self.names.insert(account, user_name);
        self.count += 1;
        self.of.entry(account).or_default().push(Session { number: self.count, began, until });
        self.ends.insert((until, self.count, account));
        self.count
    }

    /// The userName with which an account was signed in, while it has a session.
    pub(crate) fn signed_in_as(&self, account: AccountId) -> Option<&Arc<str>> {
        self.names.get(&account)
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
        self.names.remove(&account);
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
            self.names.remove(&account);
        }
        true
    }

    /// The first session that is due by an instant: its account and its number.
    pub(crate) fn due(&self, now: Time) -> Option<(AccountId, u64)> {
        let (until, number, account) = *self.ends.first()?;
        (until <= now).then_some((account, number))
    }
}
