//! Why the engine made its calls. A call may leave after others were made for other reasons, so its
//! cause is noted when it is made and looked up when it leaves.

use std::collections::VecDeque;

use super::record::Cause;
use crate::entra::{CallId, Entra};

/// The causes of the calls that have not left, for each application.
#[derive(Default)]
pub(super) struct CallCauses {
    apps: Vec<Made>,
}

#[derive(Default)]
struct Made {
    /// The last call that is noted.
    last: u64,
    /// The last call of each cause, in the order in which they were made.
    queue: VecDeque<(u64, Option<Cause>)>,
}

impl CallCauses {
    /// Notes the cause of the calls that were made since the last note.
    pub(super) fn note(&mut self, entra: &Entra, cause: Option<Cause>) {
        for app in entra.apps() {
            if self.apps.len() <= app.index() {
                self.apps.resize_with(app.index() + 1, Made::default);
            }
            let (made, job) = (&mut self.apps[app.index()], entra.job_of(app));
            let last = job.last_call().0;
            if last <= made.last {
                continue;
            }
            made.queue.push_back((last, cause));
            made.last = last;
        }
    }

    /// The cause of a call that leaves.
    pub(super) fn of(&mut self, call: CallId) -> Option<Cause> {
        let queue = &mut self.apps.get_mut(call.app().index())?.queue;
        while queue.front().is_some_and(|(last, _)| *last < call.0) {
            queue.pop_front();
        }
        queue.front().and_then(|(_, cause)| *cause)
    }
}
