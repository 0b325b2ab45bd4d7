//! `quarantine`: the vendor's staff quarantines the job.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "quarantine",
    doc: "The vendor's staff quarantines the job, for the reason QuarantinedOnDemand; a cycle under way goes on to its end \
          first.\nNothing in the application is wrong, so the next attempt ends it, and so do `start` and `restart`.",
    example: "\"quarantine\"",
    read: |node, problems| bare(node, VERB.name, Action::Quarantine(Quarantine), problems),
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quarantine;

impl Act for Quarantine {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.job(|job, moment| job.quarantine_by_staff(moment))
    }
}
