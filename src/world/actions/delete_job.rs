//! `delete_job`: the synchronization job is deleted, as by Graph.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};
use crate::entra::job::Removal;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "delete_job",
    doc: "Deletes the provisioning job, as Graph does: it is stopped, a cycle under way is broken off, and links, failures and \
          watermark are forgotten. Accounts stay as they are. `start` begins a new job.",
    example: "\"delete_job\"",
    read: |node, problems| bare(node, "delete_job", Action::DeleteJob(DeleteJob), problems),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteJob;

impl Act for DeleteJob {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.job(|job, moment| job.delete(Removal::Job, moment))?;
        context.note_job(false);
        Ok(())
    }
}
