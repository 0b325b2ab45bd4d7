//! `discard`: the provisioning page forgets what was filled in.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "discard",
    doc: "Forgets what was filled in on the provisioning page and not saved.",
    example: "\"discard\"",
    read: |node, problems| bare(node, VERB.name, Action::Discard(Discard), problems),
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Discard;

impl Act for Discard {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        if context.entra.job_of(app).unsaved().next().is_none() {
            return Err(ActionError {
                message: "nothing is filled in".to_owned(),
                help: "fill_in comes first".to_owned(),
            });
        }
        context.job(|job, _| job.forget_form())
    }
}
