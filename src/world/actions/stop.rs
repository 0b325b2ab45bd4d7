//! `stop`: the portal's Stop provisioning.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "stop",
    doc: "Stops provisioning: a cycle under way goes on to its end, and none follows.",
    example: "\"stop\"",
    read: |node, problems| bare(node, "stop", Action::Stop(Stop), problems),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stop;

impl Act for Stop {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.job(|job, moment| job.stop(moment))
    }
}
