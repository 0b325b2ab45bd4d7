//! A cycle: which objects it looks at, in which order, and what it did.

use std::collections::VecDeque;

use super::escrow::Escrows;
use super::execution::Execution;
use super::links::Links;
use super::reference::DueReference;
use super::reply::SyncError;
use super::subject::Subject;
use crate::base::Time;
use crate::entra::event::{CycleCounts, CycleKind, CycleResult};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{AppId, Tenant, UserKey};

/// A cycle under way.
#[derive(Clone)]
pub struct Cycle {
    app: AppId,
    /// Its number; the first is 1.
    pub number: u64,
    /// Initial or incremental.
    pub kind: CycleKind,
    /// When it began.
    pub began: Time,
    /// What it did so far.
    pub counts: CycleCounts,
    /// What it did so far, in Graph's counts.
    pub execution: Execution,
    /// Where the connection probe stands.
    pub probe: Probe,
    /// The version of the directory that is read: the watermark when the cycle ends well.
    pub version: u64,
    queue: Queue,
    /// Objects that a run on demand is provisioning, to be looked at when it is done.
    postponed: VecDeque<Subject>,
    /// References to be set once all objects are done.
    references: VecDeque<DueReference>,
}

/// The connection probe at the start of a cycle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Probe {
    /// Still to be sent.
    Wanted,
    /// Sent, and no response yet.
    Sent,
    /// Passed.
    Passed,
}

/// The objects still to be looked at.
#[derive(Clone)]
enum Queue {
    /// All users that may be in scope, and all linked ones, in the order of the directory. It is a
    /// range because a list of a million users would cost time and memory.
    AllUsers { next: u32, end: u32 },
    /// What changed, then what is due to be retried.
    Listed(VecDeque<Subject>),
}

/// The record of a cycle that ended.
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
    /// What it did, in Graph's counts.
    pub execution: Execution,
    /// Why it failed as a whole.
    pub error: Option<SyncError>,
}

impl Cycle {
    /// A cycle that reads all users.
    pub fn initial(app: AppId, number: u64, now: Time, tenant: &Tenant) -> Cycle {
        let end = tenant.user_count() as u32;
        Cycle::new(app, number, CycleKind::Initial, now, tenant, Queue::AllUsers { next: 0, end })
    }

    /// A cycle that reads what changed since the watermark, and retries what is due.
    pub fn incremental(
        app: AppId,
        number: u64,
        now: Time,
        tenant: &Tenant,
        watermark: u64,
        escrows: &Escrows,
    ) -> Cycle {
        let mut queue: VecDeque<Subject> =
            tenant.changes_since(app, watermark).map(Subject::User).collect();
        let is_listed = |subject: Subject| {
            subject.user().is_some_and(|user| tenant.changed_at(app, user) > watermark)
        };
        queue.extend(escrows.due(now).filter(|subject| !is_listed(*subject)));
        Cycle::new(app, number, CycleKind::Incremental, now, tenant, Queue::Listed(queue))
    }

    fn new(
        app: AppId,
        number: u64,
        kind: CycleKind,
        now: Time,
        tenant: &Tenant,
        queue: Queue,
    ) -> Cycle {
        Cycle {
            app,
            number,
            kind,
            began: now,
            counts: CycleCounts::default(),
            execution: Execution::default(),
            probe: Probe::Wanted,
            version: tenant.version(app),
            queue,
            postponed: VecDeque::new(),
            references: VecDeque::new(),
        }
    }

    /// The next object to look at.
    pub fn next_subject(
        &mut self,
        tenant: &Tenant,
        links: &Links,
        scope: SyncScope,
    ) -> Option<Subject> {
        let app = self.app;
        match &mut self.queue {
            Queue::Listed(subjects) => subjects.pop_front(),
            Queue::AllUsers { next, end } => {
                // In assigned scope an initial cycle reads the assigned users and every linked
                // user.
                let concerns = |user: UserKey| {
                    scope == SyncScope::All
                        || tenant.facts(app, user).assigned
                        || links.get(user).is_some()
                };
                let found = (*next..*end).map(UserKey).find(|user| concerns(*user));
                *next = found.map_or(*end, |user| user.0 + 1);
                found.map(Subject::User)
            }
        }
    }

    /// Whether there may be objects still to be looked at.
    pub fn has_subjects(&self) -> bool {
        match &self.queue {
            Queue::Listed(subjects) => !subjects.is_empty(),
            Queue::AllUsers { next, end } => next < end,
        }
    }

    /// Remembers an object that a run on demand is provisioning. Two tasks for one object at the
    /// same time could create two accounts.
    pub fn postpone(&mut self, subject: Subject) {
        self.postponed.push_back(subject);
    }

    /// A postponed object that is free now.
    pub fn next_postponed(&mut self, is_free: impl Fn(Subject) -> bool) -> Option<Subject> {
        let at = self.postponed.iter().position(|subject| is_free(*subject))?;
        self.postponed.remove(at)
    }

    /// Whether objects are postponed. They are not counted by [`Cycle::has_subjects`], because
    /// they wait for a reply and not for room.
    pub fn has_postponed(&self) -> bool {
        !self.postponed.is_empty()
    }

    /// Whether references are still to be set.
    pub fn has_references(&self) -> bool {
        !self.references.is_empty()
    }

    /// Remembers a reference to be set.
    pub fn refer(&mut self, due: DueReference) {
        self.references.push_back(due);
    }

    /// The next reference to be set.
    pub fn next_reference(&mut self) -> Option<DueReference> {
        self.references.pop_front()
    }

    /// Returns the progress: objects evaluated, and the total as far as it is known.
    pub fn progress(&self) -> (u64, u64) {
        match &self.queue {
            Queue::Listed(subjects) => {
                (self.counts.evaluated, self.counts.evaluated + subjects.len() as u64)
            }
            Queue::AllUsers { next, end } => (u64::from(*next), u64::from(*end)),
        }
    }
}
