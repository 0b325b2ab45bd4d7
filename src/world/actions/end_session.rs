//! `end_session`: an administrator of GoLinks ends the sessions of people.

use super::accounts::{NamedAccounts, signed_in_account};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "end_session",
    doc: "An administrator of GoLinks ends the sessions of people: each has to sign in again. The accounts stay as they \
          are.\nNamed by the name the story uses, by userName or by id.",
    example: "{ end_session = \"ann\" }",
    read: |node, problems| {
        NamedAccounts::read(node, problems)
            .map(|accounts| Action::EndSession(EndSession { accounts }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndSession {
    /// The accounts.
    pub accounts: NamedAccounts,
}

impl Act for EndSession {
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
        self.accounts.each(context, signed_in_account, |golinks, id, name, moment| {
            match golinks.end_sessions(id, moment) {
                true => Ok(()),
                false => Err(ActionError {
                    message: format!("{name} has no session at GoLinks"),
                    help: String::new(),
                }),
            }
        })
    }
}
