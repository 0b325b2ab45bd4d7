//! `delete_account`: an administrator of GoLinks removes accounts by hand.

use super::accounts::account_named;
use super::names::{each_once, texts};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;
use crate::golinks::AccountId;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "delete_account",
    doc: "Removes accounts at GoLinks by hand, past provisioning: they are gone.\nNamed by the name the story uses, by \
          userName or by id.",
    example: "{ delete_account = \"ann\" }",
    read: |node, problems| {
        each_once(node, problems).map(|names| Action::DeleteAccount(DeleteAccount { names }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteAccount {
    /// The accounts: by the handle of the user, by userName or by id.
    pub names: Vec<String>,
}

impl Act for DeleteAccount {
    fn argument(&self) -> Node {
        texts(&self.names)
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.names.iter().map(|name| Name::Account(name)).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let ids: Result<Vec<AccountId>, ActionError> =
            self.names.iter().map(|name| account_named(context, name)).collect();
        ids?.into_iter().try_for_each(|id| {
            context.golinks(|golinks, moment| golinks.delete_account(id, moment))
        })
    }
}
