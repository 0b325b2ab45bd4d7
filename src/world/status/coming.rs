//! When a cycle sees to what is not right about a user or a group. It separates what is not right
//! yet from what stays wrong.

use crate::base::Time;
use crate::entra::job::{Look, Looks, ScheduleState, Subject};
use crate::entra::tenant::UserKey;
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
    /// The first cycle, once provisioning is started.
    OnceStarted,
}

/// What the cycles of a job are still to look at, as the world is now.
pub struct Coming<'a> {
    world: AppView<'a>,
    looks: Looks<'a>,
    next: Option<When>,
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
        Coming { world, looks: job.looks(world.entra().tenant()), next }
    }

    /// When a cycle sees to this object; `None` when none does. One that failed is tried again, and
    /// one that is staged is held back: neither is coming.
    pub fn when(&self, subject: impl Into<Subject>) -> Option<When> {
        let (job, subject) = (self.world.entra().job(), subject.into());
        if job.escrows().get(subject).is_some() || job.deletions().staged().contains(&subject) {
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
            Look::OnceChanged => None,
        }
    }

    /// The first of the users whom a cycle that reads the whole directory is still to look at:
    /// where very many users differ, those from here on are not asked for one by one.
    pub fn unread_from(&self) -> Option<UserKey> {
        let job = self.world.entra().job();
        match job.cycle() {
            Some(cycle) => cycle.rest_of_users(),
            None => self.next.filter(|_| job.watermark().is_none()).map(|_| UserKey(0)),
        }
    }
}
