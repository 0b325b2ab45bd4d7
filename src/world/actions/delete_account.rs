//! `delete_account`: an administrator of GoLinks removes accounts by hand.

use super::accounts::{NamedAccounts, account_named};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "delete_account",
    doc: "Removes accounts at GoLinks by hand, past provisioning: they are gone.\nNamed by the name the story uses, by \
          userName or by id.",
    example: "{ delete_account = \"ann\" }",
    read: |node, problems| {
        NamedAccounts::read(node, problems)
            .map(|accounts| Action::DeleteAccount(DeleteAccount { accounts }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteAccount {
    /// The accounts.
    pub accounts: NamedAccounts,
}

impl Act for DeleteAccount {
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
            golinks.delete_account(id, moment).map_err(ActionError::from)
        })
    }
}
