//! `allow_deletes`: the portal's Allow deletes, which is a restart with the flag ForceDeletes.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "allow_deletes",
    doc: "Allows the deletions that `delete_threshold` has staged: a cycle begins at once and carries them out, and the job \
          leaves quarantine when it ends.\nIt is the restart with ForceDeletes, and starts a job that was stopped or given up. Only what is staged now is allowed: other \
          disables and deletions are counted as ever. Where runs on demand have dealt with all that was staged, it ends the \
          quarantine all the same.",
    example: "\"allow_deletes\"",
    read: |node, problems| bare(node, VERB.name, Action::AllowDeletes(AllowDeletes), problems),
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AllowDeletes;

impl Act for AllowDeletes {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        await_answer(context)?;
        context.job(|job, moment| job.allow_deletes(moment))
    }
}

/// Refuses the action when there is nothing to allow or to reject, as the portal then shows no such
/// button.
pub(super) fn await_answer(context: &ActionContext<'_>) -> Result<(), ActionError> {
    if !context.entra.seen_by(context.app).job().awaits_answer() {
        return Err(ActionError {
            message: "no deletions are staged".to_owned(),
            help: "they are once a cycle reaches `entra.delete_threshold`".to_owned(),
        });
    }
    Ok(())
}
