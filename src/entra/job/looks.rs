//! Which cycle looks at an object that waits for no retry: the one that runs, the next, or none.

use std::collections::BTreeSet;

use super::Job;
use super::cycle::Version;
use super::subject::Subject;
use crate::entra::tenant::Tenant;

/// Which cycle looks at an object that waits for no retry, as the directory is now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// The cycle under way.
    Running,
    /// The next one: its change was not read yet, or everything is looked at.
    Next,
    /// None, unless something about it changes: nothing has since the last cycle.
    OnceChanged,
}

/// The answer for any number of objects at one instant: the list of a long cycle is read once.
pub struct Looks<'a> {
    job: &'a Job,
    tenant: &'a Tenant,
    named: BTreeSet<Subject>,
}

impl Job {
    /// What [`Looks::at`] answers from.
    pub fn looks<'a>(&'a self, tenant: &'a Tenant) -> Looks<'a> {
        let named =
            self.cycle.iter().flat_map(|cycle| cycle.named().chain(self.in_flight.of_run()));
        Looks { job: self, tenant, named: named.collect() }
    }

    /// [`Looks::at`] for a single object.
    pub fn look_at(&self, subject: impl Into<Subject>, tenant: &Tenant) -> Look {
        self.looks(tenant).at(subject)
    }
}

impl Looks<'_> {
    /// Which cycle looks at an object, when it waits for no retry and is not staged.
    pub fn at(&self, subject: impl Into<Subject>) -> Look {
        let (subject, job) = (subject.into(), self.job);
        let unread = match &job.cycle {
            Some(cycle)
                if self.named.contains(&subject)
                    || cycle.is_in_rest(subject, self.tenant, &job.links, job.scope()) =>
            {
                return Look::Running;
            }
            Some(cycle) => !self.is_read(subject, cycle.version),
            None => job.watermark.is_none_or(|seen| !self.is_read(subject, seen)),
        };
        if unread { Look::Next } else { Look::OnceChanged }
    }

    /// Whether the latest change of an object, or of a membership of it, was read by then.
    fn is_read(&self, subject: Subject, seen: Version) -> bool {
        match subject {
            Subject::User(user) => self.tenant.changed_at(self.job.app, user) <= seen.users,
            Subject::Group(group) => {
                let mut since = self.tenant.membership_changes_since(seen.memberships);
                self.tenant.group_changed_at(self.job.app, group) <= seen.groups
                    && !since.any(|(of, _)| of == group)
            }
        }
    }
}
