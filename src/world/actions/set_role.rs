//! `set_role`: an administrator of GoLinks gives people roles.

use super::accounts::account_named;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb, changes};
use crate::base::{Node, Problems};
use crate::golinks::{AccountId, Role};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "set_role",
    doc: "An administrator of GoLinks gives people roles: `admin`, `moderator`, `member` or `limited_member`.\nThe keys are \
          whose account, by the name the story uses, by userName or by id. On the free plan roles are locked.",
    example: "{ set_role = { ann = \"moderator\" } }",
    read: |node, problems| SetRole::read(node, problems).map(Action::SetRole),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SetRole {
    accounts: Vec<(String, Role)>,
}

impl SetRole {
    fn read(node: &Node, problems: &mut Problems) -> Option<SetRole> {
        let words = Role::ALL.map(|role| (role.word(), role));
        let (before, mut accounts) = (problems.errors(), Vec::new());
        for entry in changes(node, problems)? {
            let role = entry.value.as_word(&words, problems);
            accounts.extend(role.map(|role| (entry.key.clone(), role)));
        }
        (problems.errors() == before).then_some(SetRole { accounts })
    }
}

impl Act for SetRole {
    fn argument(&self) -> Node {
        let role = |(name, role): &(String, Role)| (name.clone(), Node::text(role.word()));
        Node::table(self.accounts.iter().map(role))
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.accounts.iter().map(|(name, _)| Name::Account(name)).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let found = self
            .accounts
            .iter()
            .map(|(name, role)| account_named(context, name).map(|account| (account, *role)));
        let found: Vec<(AccountId, Role)> = found.collect::<Result<_, _>>()?;
        found.into_iter().try_for_each(|(account, role)| {
            context.golinks(|golinks, moment| golinks.set_role(account, role, moment))
        })
    }
}
