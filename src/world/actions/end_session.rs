//! `end_session`: an administrator of GoLinks ends the sessions of people.

use super::accounts::account_named;
use super::names::{each_once, texts};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::Node;
use crate::golinks::AccountId;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "end_session",
    doc: "An administrator of GoLinks ends the sessions of people: each has to sign in again. The accounts stay as they \
          are.\nNamed by the name the story uses, by userName or by id.",
    example: "{ end_session = \"ann\" }",
    read: |node, problems| {
        each_once(node, problems).map(|names| Action::EndSession(EndSession { names }))
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EndSession {
    /// The accounts: by the handle of the user, by userName or by id.
    pub names: Vec<String>,
}

impl Act for EndSession {
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
        for (id, name) in ids?.into_iter().zip(&self.names) {
            if !context
                .golinks(|golinks, moment| Ok::<_, ActionError>(golinks.end_sessions(id, moment)))?
            {
                return Err(ActionError {
                    message: format!("{name} has no session at GoLinks"),
                    help: String::new(),
                });
            }
        }
        Ok(())
    }
}
