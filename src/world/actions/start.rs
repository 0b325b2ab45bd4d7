//! `start`: the portal's Start provisioning.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "start",
    doc: "Starts provisioning: the first cycle begins at once.\nA job that was stopped goes on, and a quarantine is cleared.",
    example: "\"start\"",
    read: |node, problems| bare(node, "start", Action::Start(Start), problems),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Start;

impl Act for Start {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.portal(|job, moment| {
            job.can_start()?;
            job.start(moment);
            Ok(())
        })?;
        context.note_job(true);
        Ok(())
    }
}
