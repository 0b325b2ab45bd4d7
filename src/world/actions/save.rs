//! `save`: the button of the provisioning page.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};
use crate::entra::job::ScheduleState;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "save",
    doc: "Saves what was filled in on the provisioning page; with the status On the initial cycle begins.\nNew credentials \
          are refused until a connection test with them has passed (`save_needs_test`). What is refused stays filled in, and is saved \
          or refused with the next save; a value that no test can mend (the mode back to manual, a secret beyond `secret_limit`) is \
          taken out of the form.",
    example: "\"save\"",
    read: |node, problems| bare(node, "save", Action::Save(Save), problems),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Save;

impl Act for Save {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.portal(|job, moment| job.save(moment))?;
        // With the status On it begins a job where there was none.
        if context.entra.seen_by(context.app).job().state() == ScheduleState::Active {
            context.note_job(true);
        }
        Ok(())
    }
}
