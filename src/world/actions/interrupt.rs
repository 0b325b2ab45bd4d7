//! `interrupt`: the provisioning service breaks off the cycle under way.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "interrupt",
    doc: "The provisioning service itself breaks off the cycle under way, as when the vendor moves it to another machine.\n\
          What was carried out stays; the next cycle comes at its usual time, reads the same changes again and finds most \
          of them done.",
    example: "\"interrupt\"",
    read: |node, problems| bare(node, VERB.name, Action::Interrupt(Interrupt), problems),
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interrupt;

impl Act for Interrupt {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        context.entra(|entra, moment| {
            entra.job_of_mut(app).interrupt(moment).map_err(|none| ActionError {
                message: none.to_string(),
                help: "a slow answer keeps one under way: a fault with `delay`".to_owned(),
            })
        })
    }
}
