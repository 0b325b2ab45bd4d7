//! Which objects the next cycle looks at, and whom it is about to take an account from, as the
//! directory is now.

use super::decide::{Plan, decide};
use super::subject::Subject;
use super::{Job, ScheduleState};
use crate::base::Time;
use crate::entra::EntraView;
use crate::entra::tenant::Tenant;

/// What the next cycle means to do about an account or a group that it takes away, once it has
/// looked at it. The guard against accidental deletions counts both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakenAway {
    /// It disables the account if it finds it active.
    IfActive,
    /// It disables or deletes it, whatever it looks like at the application.
    Anyhow,
}

impl Job {
    /// The objects that the next cycle looks at, as the directory is now: those that changed since
    /// the last one, those that failed and are due again, those staged. An object may come twice.
    pub fn next_looks_at<'j>(
        &'j self,
        tenant: &'j Tenant,
        now: Time,
    ) -> Box<dyn Iterator<Item = Subject> + 'j> {
        let Some(seen) = self.watermark else {
            let users = tenant.users().map(|(user, _)| Subject::User(user));
            return Box::new(users.chain(tenant.groups().map(|(group, _)| Subject::Group(group))));
        };
        let budget = match self.settings.policy.changes_per_cycle {
            0 => usize::MAX,
            budget => budget as usize,
        };
        let users = tenant.changes_since(self.app, seen.users).map(Subject::User);
        let groups = tenant.group_changes_since(self.app, seen.groups).map(Subject::Group);
        let begins = self.next_cycle().filter(|_| self.state == ScheduleState::Active);
        let is_free = |subject: &Subject| self.escrows.get(*subject).is_none();
        let staged = self.deletions.pending().filter(is_free);
        let due = self.escrows.due(begins.unwrap_or(now));
        Box::new(users.chain(groups).take(budget).chain(due).chain(staged))
    }
}

impl EntraView<'_> {
    /// What the next cycle that looks at an object takes away from it, by the scope and the
    /// settings in force; `None` when it takes nothing away, or is allowed to without a count.
    pub fn takes_away(self, subject: Subject) -> Option<TakenAway> {
        let (tenant, job) = (self.tenant(), self.job());
        let (schema, policy) = (job.schema(), &job.settings().policy);
        let link = job.links().get(subject)?;
        if job.deletions().is_allowed(subject) {
            return None;
        }
        let (scoping, facts, is_read, actions) = match subject {
            Subject::User(user) => (
                self.scoping_in_force(user),
                tenant.facts(self.app(), user),
                schema.filters.read_in(tenant.user(user), policy),
                &schema.users.actions,
            ),
            Subject::Group(group) => (
                self.group_scoping_in_force(group),
                tenant.group_facts(self.app(), group),
                schema.groups.enabled && schema.filters.read_in(tenant.group(group), policy),
                &schema.groups.actions,
            ),
        };
        if !is_read && !facts.hard_deleted {
            return None;
        }
        match decide(&scoping, facts, Some(link), policy) {
            Plan::Delete if actions.delete => Some(TakenAway::Anyhow),
            Plan::Disable if actions.update && schema.users.active().is_some() => {
                Some(if policy.read_before_disable {
                    TakenAway::IfActive
                } else {
                    TakenAway::Anyhow
                })
            }
            _ => None,
        }
    }
}
