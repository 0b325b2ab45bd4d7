//! `reject_deletes`: what the vendor's page advises against deletions that were staged by mistake.

use super::allow_deletes::await_answer;
use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "reject_deletes",
    doc: "Rejects the deletions that `delete_threshold` has staged: provisioning restarts and evaluates everybody anew.\n\
          It repairs nothing. Assign, restore or correct the filter first: whoever is still out of scope is counted again, \
          and as many as before reach the threshold again [accidental].",
    example: "\"reject_deletes\"",
    read: |node, problems| bare(node, VERB.name, Action::RejectDeletes(RejectDeletes), problems),
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RejectDeletes;

impl Act for RejectDeletes {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        await_answer(context)?;
        context.job(|job, moment| job.reject_deletes(moment))
    }
}
