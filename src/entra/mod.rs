//! The mock Entra: a directory of people and groups, and the service that provisions them into an
//! application.
//!
//! It does not know the application: its only output is calls, and its only input is replies. Start
//! reading at [`Entra`]; `tenant` is the directory, `job` the provisioning engine, `policy` the
//! table of its numbers and choices.

pub mod call;
pub mod error_code;
pub mod event;
pub mod expression;
pub mod field;
pub mod filter;
pub mod job;
pub mod key_doc;
pub mod mapping;
pub mod people;
pub mod policy;
mod recommendation;
pub mod rule;
pub mod scope;
pub mod settings;
pub mod tenant;
pub mod vendor_lists;

pub use call::{Call, CallId, Lost, Reply};
pub use event::Event;
pub use job::Job;
pub use settings::Settings;

use crate::base::time::earliest;
use crate::base::{Node, Problems, Time};
use job::Moment;
use scope::Scoping;
use tenant::{Tenant, UserKey};

/// A tenant and the provisioning job of its one enterprise application.
pub struct Entra {
    tenant: Tenant,
    job: Job,
}

impl Entra {
    /// A tenant with a job that was never started.
    pub fn new(settings: Settings, mut tenant: Tenant) -> Entra {
        take_delays(&mut tenant, &settings);
        Entra { tenant, job: Job::new(settings) }
    }

    /// The directory.
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The directory, to change it.
    pub fn tenant_mut(&mut self) -> &mut Tenant {
        &mut self.tenant
    }

    /// The provisioning job.
    pub fn job(&self) -> &Job {
        &self.job
    }

    /// The provisioning job, to press its buttons.
    pub fn job_mut(&mut self) -> &mut Job {
        &mut self.job
    }

    /// Whether a user is in scope by the current settings, and if not, why: what the next initial
    /// cycle will find.
    pub fn scoping(&self, user: UserKey) -> Scoping {
        let settings = self.job.settings();
        let passed = settings.schema.filters.pass(self.tenant.user(user), &settings.policy);
        scope::evaluate(self.tenant.facts(user), settings.scope, passed)
    }

    /// When something is next due in the directory or in the job; an instant in the past means now.
    pub fn next_due(&self) -> Option<Time> {
        earliest([self.tenant.next_due(), self.job.next_due()])
    }

    /// Does what is due in the directory: recycle bin, replication of assignments, evaluation of
    /// rules. It runs before the script.
    pub fn wake_directory(&mut self, moment: &mut Moment<'_>) {
        self.tenant.wake(moment);
    }

    /// Does what is due in the job. It runs after the script.
    pub fn wake(&mut self, moment: &mut Moment<'_>) {
        self.job.wake(&self.tenant, moment);
    }

    /// The next call to be sent, first in, first out.
    pub fn next_call(&mut self) -> Option<Call> {
        self.job.next_call()
    }

    /// Passes the job the reply to a call, or its loss.
    pub fn deliver(&mut self, call: CallId, reply: Reply, moment: &mut Moment<'_>) {
        self.job.deliver(call, reply, &self.tenant, moment);
    }

    /// Changes a setting while running, by its path below `entra`.
    pub fn set(
        &mut self,
        path: &[&str],
        node: &Node,
        moment: &mut Moment<'_>,
        problems: &mut Problems,
    ) {
        self.job.set(path, node, moment, problems);
        take_delays(&mut self.tenant, self.job.settings());
    }
}

/// Copies the policies that concern the directory into its settings.
fn take_delays(tenant: &mut Tenant, settings: &Settings) {
    let delays = tenant.settings_mut();
    delays.recycle_bin = settings.policy.soft_delete_retention;
    delays.security_group_bin = settings.policy.security_group_soft_delete;
    delays.replication_delay = settings.policy.assignment_replication_delay;
    delays.evaluation_delay = settings.policy.dynamic_group_eval_delay;
}
