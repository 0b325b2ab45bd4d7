//! `quarantine`: the service quarantines the job for a reason of its own.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb};
use crate::base::{Kind, Node, Problems};
use crate::entra::job::quarantine::Reason;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "quarantine",
    doc: "The service quarantines the job for a reason of its own; a cycle under way goes on to its end first. Without more \
          it is the vendor's staff (QuarantinedOnDemand); the other reasons are \"IngestionInterrupted\" and \"Unknown\".\n\
          Nothing in the application is wrong, so the next attempt ends it, and so do `start` and `restart`.",
    example: "\"quarantine\"",
    read: |node, problems| read(node, problems).map(|it| Action::Quarantine(Quarantine(it))),
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quarantine(pub Reason);

fn read(node: &Node, problems: &mut Problems) -> Option<Reason> {
    match node.kind {
        Kind::Bool(true) => Some(Reason::QuarantinedOnDemand),
        _ => node.as_word(&Reason::OF_SERVICE, problems),
    }
}

impl Act for Quarantine {
    fn argument(&self) -> Node {
        match self.0 {
            Reason::QuarantinedOnDemand => Node::bare(Kind::Bool(true)),
            other => Node::text(other.word()),
        }
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.job(|job, moment| job.quarantine_by_service(self.0, moment))
    }
}
