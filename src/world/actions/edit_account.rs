//! `edit_account`: somebody changes an account at GoLinks by hand.

use super::accounts::account_named;
use super::{Act, Action, ActionError, Name, Stage, Verb, json};
use crate::base::{Node, Problems};
use crate::golinks::AccountId;
use crate::scim::{Object, Value};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "edit_account",
    doc: "Changes accounts at GoLinks by hand, past provisioning. The first key is whose account, by the name the story \
          uses, by userName or by id; the keys below it are SCIM paths; an empty text clears.",
    example: "{ edit_account = { ann = { active = false, name.familyName = \"Smith\" } } }",
    read: |node, problems| EditAccount::read(node, problems).map(Action::EditAccount),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct EditAccount {
    written: Node,
    accounts: Vec<(String, Vec<(String, Value)>)>,
}

impl EditAccount {
    fn read(node: &Node, problems: &mut Problems) -> Option<EditAccount> {
        let before = problems.errors();
        let mut accounts = Vec::new();
        for entry in node.as_table(problems)? {
            if let Some(changes) = json::paths(&entry.value, problems) {
                accounts.push((entry.key.clone(), changes));
            }
        }
        (problems.errors() == before).then(|| EditAccount { written: node.clone(), accounts })
    }
}

impl Act for EditAccount {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.accounts.iter().map(|(name, _)| Name::Account(name)).collect()
    }

    fn apply(&self, stage: &mut Stage<'_>) -> Result<(), ActionError> {
        let ids: Result<Vec<AccountId>, ActionError> =
            self.accounts.iter().map(|(name, _)| account_named(stage, name)).collect();
        for (id, (_, pairs)) in ids?.into_iter().zip(&self.accounts) {
            let mut changes = Object::new();
            for (path, value) in pairs {
                changes.insert(path.clone(), value.clone());
            }
            stage.golinks(|golinks, moment| golinks.edit_account(id, changes, moment))?;
        }
        Ok(())
    }
}
