//! A cycle: which users, in which order, and the passages under way.

use std::collections::VecDeque;

use super::escrow::Escrows;
use super::links::Links;
use super::task::SyncTask;
use crate::base::Time;
use crate::entra::event::{CycleCounts, CycleKind, CycleResult};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{Tenant, UserKey};

/// A cycle under way.
#[derive(Clone)]
pub struct Cycle {
    /// Its number; the first is 1.
    pub number: u64,
    /// Initial or incremental.
    pub kind: CycleKind,
    /// When it began.
    pub began: Time,
    /// What it did so far.
    pub counts: CycleCounts,
    /// Where the connection probe stands.
    pub probe: Probe,
    /// The version of the directory that is read: the watermark when the cycle ends well.
    pub version: u64,
    queue: Queue,
    references: VecDeque<Referring>,
    tasks: Vec<Option<SyncTask>>,
    free: Vec<usize>,
    /// Passages that want to say something, in the order in which they wanted to.
    pub ready: VecDeque<usize>,
}

/// Somebody whose account is there, and whose manager is still to be set.
#[derive(Clone, Debug)]
pub struct Referring {
    /// Who.
    pub user: UserKey,
    /// The manager that the account shows, when it was read and shows one.
    pub shown: Option<Box<str>>,
}

/// The connection probe at the start of a cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Probe {
    /// Still to be sent.
    Wanted,
    /// Sent, not answered.
    Sent,
    /// Passed.
    Passed,
}

/// The users still to be looked at.
#[derive(Clone)]
enum Queue {
    /// Everybody who may be in scope, and everybody linked, in the order of the directory.
    Everybody { next: u32, end: u32 },
    /// What changed, then what is due to be retried.
    Listed(VecDeque<UserKey>),
}

/// What is kept of a cycle that ended.
#[derive(Clone, PartialEq, Debug)]
pub struct Ended {
    /// Its number.
    pub number: u64,
    /// Initial or incremental.
    pub kind: CycleKind,
    /// When it began.
    pub began: Time,
    /// When it ended.
    pub ended: Time,
    /// How it went.
    pub result: CycleResult,
    /// What it did.
    pub counts: CycleCounts,
}

impl Cycle {
    /// A cycle that reads everybody.
    pub fn initial(number: u64, now: Time, tenant: &Tenant) -> Cycle {
        let end = tenant.user_count() as u32;
        Cycle::new(number, CycleKind::Initial, now, tenant, Queue::Everybody { next: 0, end })
    }

    /// A cycle that reads what changed since the watermark, and retries what is due.
    pub fn incremental(
        number: u64,
        now: Time,
        tenant: &Tenant,
        watermark: u64,
        escrows: &Escrows,
    ) -> Cycle {
        let mut queue: VecDeque<UserKey> = tenant.changes_since(watermark).collect();
        queue.extend(escrows.due(now).filter(|user| tenant.changed_at(*user) <= watermark));
        Cycle::new(number, CycleKind::Incremental, now, tenant, Queue::Listed(queue))
    }

    fn new(number: u64, kind: CycleKind, now: Time, tenant: &Tenant, queue: Queue) -> Cycle {
        Cycle {
            number,
            kind,
            began: now,
            counts: CycleCounts::default(),
            probe: Probe::Wanted,
            version: tenant.version(),
            queue,
            references: VecDeque::new(),
            tasks: Vec::new(),
            free: Vec::new(),
            ready: VecDeque::new(),
        }
    }

    /// The next user to look at.
    pub fn next_user(
        &mut self,
        tenant: &Tenant,
        links: &Links,
        scope: SyncScope,
    ) -> Option<UserKey> {
        match &mut self.queue {
            Queue::Listed(users) => users.pop_front(),
            Queue::Everybody { next, end } => {
                // In assigned scope an initial cycle reads assigned people only, but looks again at
                // everybody it manages.
                let concerns = |user: UserKey| {
                    scope == SyncScope::All
                        || tenant.facts(user).assigned
                        || links.get(user).is_some()
                };
                let found = (*next..*end).map(UserKey).find(|user| concerns(*user));
                *next = found.map_or(*end, |user| user.0 + 1);
                found
            }
        }
    }

    /// Whether there may be users still to be looked at, or references to be set now.
    pub fn has_more(&self) -> bool {
        self.has_users() || (!self.references.is_empty() && self.may_refer())
    }

    fn has_users(&self) -> bool {
        match &self.queue {
            Queue::Listed(users) => !users.is_empty(),
            Queue::Everybody { next, end } => next < end,
        }
    }

    /// References follow when all objects are done [how-works].
    fn may_refer(&self) -> bool {
        !self.has_users() && self.tasks().all(SyncTask::is_reference)
    }

    /// Remembers somebody whose manager is to be set.
    pub fn refer(&mut self, referring: Referring) {
        self.references.push_back(referring);
    }

    /// The next whose manager is to be set, once the objects are done.
    pub fn next_reference(&mut self) -> Option<Referring> {
        if self.may_refer() { self.references.pop_front() } else { None }
    }

    /// Progress in objects: looked at, and in all as far as is known.
    pub fn progress(&self) -> (u64, u64) {
        match &self.queue {
            Queue::Listed(users) => {
                (self.counts.evaluated, self.counts.evaluated + users.len() as u64)
            }
            Queue::Everybody { next, end } => (u64::from(*next), u64::from(*end)),
        }
    }

    /// Takes a passage in; answers its place.
    pub fn admit(&mut self, task: SyncTask) -> usize {
        let slot = self.free.pop().unwrap_or(self.tasks.len());
        if slot == self.tasks.len() {
            self.tasks.push(Some(task));
        } else {
            self.tasks[slot] = Some(task);
        }
        slot
    }

    /// The passage in a place.
    pub fn task(&mut self, slot: usize) -> Option<&mut SyncTask> {
        self.tasks.get_mut(slot)?.as_mut()
    }

    /// Takes a passage out of its place.
    pub fn dismiss(&mut self, slot: usize) -> Option<SyncTask> {
        let task = self.tasks.get_mut(slot)?.take()?;
        self.free.push(slot);
        Some(task)
    }

    /// How many passages are under way.
    pub fn under_way(&self) -> usize {
        self.tasks.len() - self.free.len()
    }

    /// The passages under way, for the page.
    pub fn tasks(&self) -> impl Iterator<Item = &SyncTask> {
        self.tasks.iter().flatten()
    }
}
