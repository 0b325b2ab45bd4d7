//! A cycle: which objects it looks at, in which order, and what it did.

use std::collections::VecDeque;
use std::ops::Range;

use super::execution::Execution;
use super::links::Links;
use super::reference::DueReference;
use super::reply::SyncError;
use super::subject::Subject;
use crate::base::Time;
use crate::entra::event::{CycleCounts, CycleKind, CycleResult};
use crate::entra::scope::SyncScope;
use crate::entra::tenant::{AppId, GroupKey, Tenant, UserKey};

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
    /// Where the probe of groups stands; passed from the beginning when no groups are provisioned.
    pub group_probe: Probe,
    /// The version of the directory that is read: the watermark when the cycle ends well.
    pub version: Version,
    /// How many changes are left for the next cycle, because the budget is used up.
    pub left: u64,
    /// How many errors were dropped.
    pub pruned: u64,
    queue: Queue,
    /// Objects that a run on demand is provisioning, to be looked at when it is done.
    postponed: VecDeque<Subject>,
    /// References to be set once all objects are done.
    references: VecDeque<DueReference>,
}

/// What a cycle reads.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The application whose assignments count.
    pub app: AppId,
    /// The directory.
    pub tenant: &'a Tenant,
    /// Whether groups are provisioned.
    pub with_groups: bool,
}

/// How far the change feeds of the directory were read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Version {
    /// The feed of users.
    pub users: u64,
    /// The feed of groups.
    pub groups: u64,
    /// The feed of memberships.
    pub memberships: u64,
}

impl Version {
    /// All that has happened up to now.
    pub fn of(app: AppId, tenant: &Tenant) -> Version {
        Version {
            users: tenant.version(app),
            groups: tenant.group_version(app),
            memberships: tenant.membership_version(),
        }
    }
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

/// The objects still to be looked at: users, and after them groups.
#[derive(Clone)]
enum Queue {
    /// All users and groups that may be in scope, and all linked ones, in the order of the
    /// directory. They are ranges because a list of a million users would cost time and memory.
    All { users: Range<u32>, groups: Range<u32> },
    /// What changed, then what is due to be retried.
    Listed { users: VecDeque<UserKey>, groups: VecDeque<GroupKey> },
}

impl Queue {
    /// The next user to look at. In assigned scope an initial cycle reads what is assigned or
    /// linked.
    fn next_user(
        &mut self,
        app: AppId,
        tenant: &Tenant,
        links: &Links,
        scope: SyncScope,
    ) -> Option<Subject> {
        let next = match self {
            Queue::Listed { users, .. } => users.pop_front(),
            Queue::All { users, .. } => {
                let mut users = users.by_ref().map(UserKey);
                users.find(|user| reads_user(app, tenant, links, scope, *user))
            }
        };
        next.map(Subject::User)
    }

    fn next_group(
        &mut self,
        app: AppId,
        tenant: &Tenant,
        links: &Links,
        scope: SyncScope,
    ) -> Option<Subject> {
        let next = match self {
            Queue::Listed { groups, .. } => groups.pop_front(),
            Queue::All { groups, .. } => {
                let mut groups = groups.by_ref().map(GroupKey);
                groups.find(|group| reads_group(app, tenant, links, scope, *group))
            }
        };
        next.map(Subject::Group)
    }

    fn has_users(&self) -> bool {
        match self {
            Queue::Listed { users, .. } => !users.is_empty(),
            Queue::All { users, .. } => !users.is_empty(),
        }
    }

    fn has_groups(&self) -> bool {
        match self {
            Queue::Listed { groups, .. } => !groups.is_empty(),
            Queue::All { groups, .. } => !groups.is_empty(),
        }
    }
}

/// Whether a cycle that reads everything looks at a user.
fn reads_user(app: AppId, tenant: &Tenant, links: &Links, scope: SyncScope, user: UserKey) -> bool {
    scope == SyncScope::All || tenant.facts(app, user).assigned || links.get(user).is_some()
}

/// Whether a cycle that reads everything looks at a group.
fn reads_group(
    app: AppId,
    tenant: &Tenant,
    links: &Links,
    scope: SyncScope,
    group: GroupKey,
) -> bool {
    let facts = tenant.group_facts(app, group);
    let concerns = scope == SyncScope::All && facts.exists;
    concerns || facts.assigned || links.get(group).is_some()
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
    /// A cycle that reads all users, and all groups if groups are provisioned.
    pub fn initial(source: Source<'_>, number: u64, now: Time) -> Cycle {
        let Source { tenant, with_groups, .. } = source;
        let groups = if with_groups { tenant.group_count() as u32 } else { 0 };
        let queue = Queue::All { users: 0..tenant.user_count() as u32, groups: 0..groups };
        Cycle::new(source, number, CycleKind::Initial, now, queue)
    }

    /// A cycle that reads what changed since the watermark, and looks `again` at other objects:
    /// those due for a retry, those whose deletion is staged. Of changes it reads as many as the
    /// `budget` allows, and its version then is that of the last one; 0 is without limit.
    pub fn incremental(
        source: Source<'_>,
        number: u64,
        now: Time,
        (watermark, budget): (Version, u64),
        again: impl Iterator<Item = Subject>,
    ) -> Cycle {
        let Source { app, tenant, with_groups } = source;
        let budget = if budget == 0 { usize::MAX } else { budget as usize };
        let mut version = Version::of(app, tenant);
        let mut users: VecDeque<UserKey> = tenant.changes_since(app, watermark.users).collect();
        let mut left = users.len().saturating_sub(budget);
        users.truncate(budget);
        if let (Some(last), true) = (users.back(), left > 0) {
            version.users = tenant.changed_at(app, *last);
        }
        let mut groups = VecDeque::new();
        if with_groups {
            groups.extend(tenant.group_changes_since(app, watermark.groups));
            let beyond = groups.len().saturating_sub(budget - users.len());
            groups.truncate(groups.len() - beyond);
            if beyond > 0 {
                let last = groups.back().map(|group| tenant.group_changed_at(app, *group));
                version.groups = last.unwrap_or(watermark.groups);
            }
            left += beyond;
        }
        let changed = |group| tenant.group_changed_at(app, group) > watermark.groups;
        for due in again {
            match due {
                Subject::User(user) if tenant.changed_at(app, user) <= watermark.users => {
                    users.push_back(user);
                }
                Subject::Group(group) if with_groups && !changed(group) => groups.push_back(group),
                _ => {}
            }
        }
        let queue = Queue::Listed { users, groups };
        let cycle = Cycle::new(source, number, CycleKind::Incremental, now, queue);
        Cycle { version, left: left as u64, ..cycle }
    }

    fn new(source: Source<'_>, number: u64, kind: CycleKind, now: Time, queue: Queue) -> Cycle {
        let Source { app, tenant, with_groups } = source;
        Cycle {
            app,
            number,
            kind,
            began: now,
            counts: CycleCounts::default(),
            execution: Execution::default(),
            probe: Probe::Wanted,
            group_probe: if with_groups { Probe::Wanted } else { Probe::Passed },
            version: Version::of(app, tenant),
            left: 0,
            pruned: 0,
            queue,
            postponed: VecDeque::new(),
            references: VecDeque::new(),
        }
    }

    /// How many objects the cycle will look at.
    pub fn size(&self, tenant: &Tenant, links: &Links, scope: SyncScope) -> u64 {
        let (app, mut queue) = (self.app, self.queue.clone());
        let users = std::iter::from_fn(|| queue.next_user(app, tenant, links, scope)).count();
        let groups = std::iter::from_fn(|| queue.next_group(app, tenant, links, scope)).count();
        (users + groups) as u64
    }

    /// The objects that the cycle names one by one as still to be looked at, or as having a
    /// reference to be set.
    pub fn named(&self) -> impl Iterator<Item = Subject> {
        let (users, groups) = match &self.queue {
            Queue::All { .. } => (None, None),
            Queue::Listed { users, groups } => (Some(users), Some(groups)),
        };
        let users = users.into_iter().flatten().copied().map(Subject::User);
        let groups = groups.into_iter().flatten().copied().map(Subject::Group);
        let references = self.references.iter().map(|due| due.subject);
        self.postponed.iter().copied().chain(references).chain(users).chain(groups)
    }

    /// The users of the rest of the directory that a cycle which reads everything is still to look
    /// at; `None` for any other cycle.
    pub fn rest_of_users(&self) -> Option<Range<u32>> {
        match &self.queue {
            Queue::All { users, .. } => Some(users.clone()),
            Queue::Listed { .. } => None,
        }
    }

    /// Whether an object is in the rest of the directory that a cycle which reads everything is
    /// still to look at.
    pub fn is_in_rest(
        &self,
        subject: Subject,
        tenant: &Tenant,
        links: &Links,
        scope: SyncScope,
    ) -> bool {
        match (&self.queue, subject) {
            (Queue::Listed { .. }, _) => false,
            (Queue::All { users, .. }, Subject::User(user)) => {
                users.contains(&user.0) && reads_user(self.app, tenant, links, scope, user)
            }
            (Queue::All { groups, .. }, Subject::Group(group)) => {
                groups.contains(&group.0) && reads_group(self.app, tenant, links, scope, group)
            }
        }
    }

    /// The next object to look at: the users first, and the groups once they were probed.
    pub fn next_subject(
        &mut self,
        tenant: &Tenant,
        links: &Links,
        scope: SyncScope,
    ) -> Option<Subject> {
        if let Some(user) = self.queue.next_user(self.app, tenant, links, scope) {
            return Some(user);
        }
        let probed = self.group_probe == Probe::Passed;
        if probed { self.queue.next_group(self.app, tenant, links, scope) } else { None }
    }

    /// Whether there may be objects that can be looked at now.
    pub fn has_ready_subjects(&self) -> bool {
        self.queue.has_users() || (self.group_probe == Probe::Passed && self.queue.has_groups())
    }

    /// Whether there may be objects still to be looked at.
    pub fn has_subjects(&self) -> bool {
        self.queue.has_users() || self.group_probe != Probe::Passed || self.queue.has_groups()
    }

    /// Whether the probe of groups is to be sent: all users were begun.
    pub fn wants_group_probe(&self) -> bool {
        self.probe == Probe::Passed && self.group_probe == Probe::Wanted && !self.queue.has_users()
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

    /// Puts references before all others: the parts of one that was taken apart.
    pub fn refer_next(&mut self, parts: impl DoubleEndedIterator<Item = DueReference>) {
        for part in parts.rev() {
            self.references.push_front(part);
        }
    }

    /// The next reference to be set.
    pub fn next_reference(&mut self) -> Option<DueReference> {
        self.references.pop_front()
    }

    /// Returns the progress: objects evaluated, and the total as far as it is known.
    pub fn progress(&self) -> (u64, u64) {
        let end = |range: &Range<u32>| u64::from(range.end);
        match &self.queue {
            Queue::Listed { users, groups } => {
                let left = (users.len() + groups.len()) as u64;
                (self.counts.evaluated, self.counts.evaluated + left)
            }
            Queue::All { users, groups } => {
                let left = (users.len() + groups.len()) as u64;
                let all = end(users) + end(groups);
                (all - left, all)
            }
        }
    }
}
