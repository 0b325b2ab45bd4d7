//! `make_api_token`: people make API tokens at GoLinks' pages.

use super::accounts::{NamedAccounts, account_named};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "make_api_token",
    doc: "People make an API token each at GoLinks' pages, beside those that they have; programs call the REST API with it.\n\
          Its value is drawn from the seed. Named by the name the story uses, by userName or by id.",
    example: "{ make_api_token = \"ann\" }",
    read: |node, problems| {
        NamedAccounts::read(node, problems)
            .map(|accounts| Action::MakeApiToken(MakeApiToken { accounts }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MakeApiToken {
    /// The accounts.
    pub accounts: NamedAccounts,
}

impl Act for MakeApiToken {
    fn argument(&self) -> Node {
        self.accounts.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.accounts.names()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.accounts.each(context, account_named, |golinks, id, _, moment| {
            golinks.make_api_token(id, moment).map(drop).map_err(ActionError::from)
        })
    }
}
