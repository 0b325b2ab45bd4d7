//! `restore_default_mappings`: brings back the mappings and filters that the application came with.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "restore_default_mappings",
    doc: "Forgets every change to the attribute mappings and the scoping filters, as the portal's box of that name, and \
          evaluates everybody anew.\nOne row or filter is changed with `set`.",
    example: "\"restore_default_mappings\"",
    read: |node, problems| {
        bare(node, VERB.name, Action::RestoreDefaultMappings(RestoreDefaultMappings), problems)
    },
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RestoreDefaultMappings;

impl Act for RestoreDefaultMappings {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.job(|job, moment| job.restore_default_mappings(moment))
    }
}
