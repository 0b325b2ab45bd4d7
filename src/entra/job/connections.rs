//! Object connections: the link of one user or group can be deleted by hand [object-connections].

use std::fmt;

use super::audit::Activity;
use super::links::Link;
use super::subject::{Subject, handle_of};
use super::{Job, Moment, ScheduleState};
use crate::entra::event::Event;
use crate::entra::tenant::Tenant;

/// Why a connection is not deleted: the job runs, or a cycle of it goes on to its end (409).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct JobIsRunning;

impl fmt::Display for JobIsRunning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("409: a connection can be deleted only while the job is paused or disabled")
    }
}

impl Job {
    /// Whether no cycle runs and none will begin by itself.
    pub(super) fn is_stopped(&self) -> bool {
        self.state != ScheduleState::Active && self.cycle.is_none()
    }

    /// Deletes the connection of an object, and neither the object nor the account. The next cycle
    /// or run on demand that looks at the object matches it anew. Returns the link, if there was
    /// one; without one nothing changes [object-connections].
    ///
    /// # Errors
    /// The job is neither paused nor disabled.
    pub fn delete_connection(
        &mut self,
        subject: Subject,
        tenant: &Tenant,
        moment: &mut Moment<'_>,
    ) -> Result<Option<Link>, JobIsRunning> {
        let handle = handle_of(subject, tenant);
        let what = Activity::DeleteConnection;
        if !self.is_stopped() {
            self.record_refused(what, handle.to_string(), JobIsRunning.to_string(), moment);
            return Err(JobIsRunning);
        }
        let link = self.links.remove(subject);
        let held = link.as_ref().map_or("no connection", |link| &link.target);
        self.record(what, format!("{handle}: {held}"), moment);
        let target = link.as_ref().map(|link| link.target.clone());
        moment.emit(Event::ConnectionDeleted { handle, target });
        Ok(link)
    }
}
