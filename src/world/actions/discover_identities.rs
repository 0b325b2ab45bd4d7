//! `discover_identities`: the portal's Discover identities.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};
use crate::entra::job::DiscoveryRefusal;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "discover_identities",
    doc: "Lists all accounts of GoLinks and says whose they are: local, of unassigned users, of assigned users.\n\
          The report is ready after half an hour or more; `expect.discovery` and `scimulator log --discovery` show it.",
    example: "\"discover_identities\"",
    read: |node, problems| {
        bare(node, VERB.name, Action::DiscoverIdentities(DiscoverIdentities), problems)
    },
};

/// See [`VERB`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DiscoverIdentities;

impl Act for DiscoverIdentities {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        context.entra(|entra, moment| entra.job_of_mut(app).discover_identities(moment))
    }
}

impl From<DiscoveryRefusal> for ActionError {
    fn from(refusal: DiscoveryRefusal) -> ActionError {
        ActionError { message: refusal.to_string(), help: refusal.help().to_owned() }
    }
}
