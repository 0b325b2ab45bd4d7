//! When a cycle sees to what is not right about a user or a group. It separates what is not right
//! yet from what stays wrong.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::base::Time;
use crate::entra::job::{Look, Looks, ScheduleState, Subject};
use crate::entra::tenant::AssignmentChange;
use crate::world::AppView;

/// When a cycle sees to an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum When {
    /// The cycle that is running is still to look at it.
    Now,
    /// The cycle after the one that is running.
    AfterThis,
    /// The next cycle, which begins then.
    At(Time),
    /// The first cycle that sees the assignment, which is on its way to provisioning.
    OnceSeen,
    /// The first cycle, once provisioning is started.
    OnceStarted,
}

/// What the cycles of a job are still to look at, as the world is now.
pub struct Coming<'a> {
    world: AppView<'a>,
    looks: Looks<'a>,
    next: Option<When>,
    arriving: BTreeSet<Subject>,
}

impl<'a> Coming<'a> {
    /// Of the application whose view this is.
    pub fn of(world: AppView<'a>) -> Coming<'a> {
        let job = world.entra().job();
        let working = job.state() == ScheduleState::Active && job.quarantine().is_none();
        let next = match (job.cycle(), job.next_cycle()) {
            (Some(_), _) if working => Some(When::AfterThis),
            (None, Some(at)) if working => Some(When::At(at)),
            _ if job.cycles_begun() == 0 => Some(When::OnceStarted),
            _ => None,
        };
        let looks = job.looks(world.entra().tenant());
        Coming { world, looks, next, arriving: arriving(world) }
    }

    /// The objects of which an assignment is on its way to provisioning.
    pub(super) fn arriving(&self) -> &BTreeSet<Subject> {
        &self.arriving
    }

    /// When a cycle sees to this object; `None` when none does. One that failed is tried again, and
    /// one that is staged is held back: neither is coming.
    pub fn when(&self, subject: impl Into<Subject>) -> Option<When> {
        let (job, subject) = (self.world.entra().job(), subject.into());
        if job.escrows().get(subject).is_some() || job.deletions().staged().contains(&subject) {
            return None;
        }
        if self.world.entra().is_out_of_reach(subject) {
            return None;
        }
        if let Subject::Group(group) = subject {
            // The members that a group still lacks are sent at the end of the cycle.
            if job.cycle().is_some() && job.links().memberships().is_due(group) {
                return Some(When::Now);
            }
            if !job.schema().groups.enabled {
                return None;
            }
        }
        match self.looks.at(subject) {
            Look::Running => Some(When::Now),
            Look::Next => self.next,
            Look::OnceChanged if self.arriving.contains(&subject) => {
                self.next.map(|_| When::OnceSeen)
            }
            Look::OnceChanged => None,
        }
    }

    /// The users whom a cycle that reads the whole directory is still to look at, if they are in
    /// scope: where very many have no account yet, these are not asked for one by one. None where
    /// something else may decide about some of them: a retry, the deletion threshold, an assignment
    /// that is on its way, or a scope that waits for a restart.
    pub fn unread(&self) -> Range<u32> {
        let (job, users) = (self.world.entra().job(), self.world.entra().tenant().user_count());
        let alike = job.escrows().is_empty()
            && job.deletions().staged().is_empty()
            && self.arriving.is_empty()
            && job.scope() == job.settings().scope;
        let unread = match job.cycle() {
            Some(cycle) => cycle.rest_of_users(),
            None => self.next.filter(|_| job.watermark().is_none()).map(|_| 0..users as u32),
        };
        unread.filter(|_| alike).unwrap_or_default()
    }
}

/// The users and groups of which an assignment is on its way: of a group its members as well. What
/// breaks an assignment brings no account.
fn arriving(world: AppView<'_>) -> BTreeSet<Subject> {
    let tenant = world.entra().tenant();
    let mut subjects = BTreeSet::new();
    for unseen in tenant.unseen_assignments(world.app()) {
        if unseen.change == AssignmentChange::Broken {
            continue;
        }
        if !unseen.is_group {
            subjects.extend(tenant.find_user(&unseen.handle).map(Subject::User));
        } else if let Some(group) = tenant.find_group(&unseen.handle) {
            subjects.insert(Subject::Group(group));
            subjects.extend(tenant.members(group).map(Subject::User));
        }
    }
    subjects
}
