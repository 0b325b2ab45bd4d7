//! `revoke_api_tokens`: an administrator of GoLinks revokes the API tokens of people.

use super::accounts::{NamedAccounts, account_named};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "revoke_api_tokens",
    doc: "An administrator of GoLinks revokes the API tokens of people: programs that use them are answered 401. The \
          accounts stay as they are.\nNamed by the name the story uses, by userName or by id.",
    example: "{ revoke_api_tokens = \"ann\" }",
    read: |node, problems| {
        NamedAccounts::read(node, problems)
            .map(|accounts| Action::RevokeApiTokens(RevokeApiTokens { accounts }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevokeApiTokens {
    /// The accounts.
    pub accounts: NamedAccounts,
}

impl Act for RevokeApiTokens {
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
        self.accounts.each(context, account_named, |golinks, id, name, moment| {
            match golinks.revoke_api_tokens(id, moment) {
                true => Ok(()),
                false => Err(ActionError {
                    message: format!("{name} has no API token at GoLinks that is good"),
                    help: String::new(),
                }),
            }
        })
    }
}
