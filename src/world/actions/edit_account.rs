//! `edit_account`: an administrator of GoLinks changes an account by hand.

use super::accounts::account_named;
use super::{Act, Action, ActionContext, ActionError, Concerns, Mention, Name, Verb, changes};
use crate::base::{Kind, Moment, Node, Problems, Seed, Span, Time};
use crate::golinks::written::{self, Written};
use crate::golinks::{AccountId, GoLinks, Settings};
use crate::scim::{self, Object, Path, Value};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "edit_account",
    doc: "Changes accounts at GoLinks by hand, past provisioning.\nThe first key is whose account, by the name the story \
          uses, by userName or by id; the keys below it are SCIM paths; an empty text clears.",
    example: "{ edit_account = { ann = { active = false, name.familyName = \"Smith\" } } }",
    read: |node, problems| EditAccount::read(node, problems).map(Action::EditAccount),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct EditAccount {
    written: Node,
    accounts: Vec<(String, Vec<Written>)>,
}

impl EditAccount {
    fn read(node: &Node, problems: &mut Problems) -> Option<EditAccount> {
        let before = problems.errors();
        let mut accounts = Vec::new();
        for entry in changes(node, problems)? {
            if let Some(active) = is_active(&entry.value) {
                let active = Node::table([("active", Node::bare(Kind::Bool(active)))]);
                let accounts = Node::table([(entry.key.as_str(), active)]);
                let help = format!("write {}", Node::table([(VERB.name, accounts)]).to_toml());
                entry.value.expected_like::<()>("a table", &help, problems);
                continue;
            }
            if let Kind::Text(text) = &entry.value.kind {
                let help = format!("say which attribute: {{ displayName = \"{text}\" }}");
                entry.value.expected_like::<()>("a table", &help, problems);
                continue;
            }
            accounts.push((entry.key.clone(), written::attributes(&entry.value, problems)));
        }
        (problems.errors() == before).then(|| EditAccount { written: node.clone(), accounts })
    }

    /// Tries the changes, one after the other, on an account that has nothing but a userName.
    pub(super) fn try_out(
        &self,
        settings: &Settings,
        start: Time,
    ) -> Result<(), (Span, scim::Error)> {
        let mut settings = settings.clone();
        // What an account must have, and how many there may be, is not asked here.
        settings.required = Default::default();
        settings.limits.seats = None;
        let mut golinks = GoLinks::new(settings, start);
        let mut events = Vec::new();
        let mut moment = Moment::new(start, Seed(0), &mut events);
        for (nth, (_, attributes)) in self.accounts.iter().enumerate() {
            let mut resource = Object::new();
            resource.insert("userName", format!("somebody-{nth}@contoso.example"));
            let Ok(id) = golinks.create_account(resource, &mut moment) else { continue };
            for written in attributes {
                golinks
                    .edit_account(id, vec![change(written)], &mut moment)
                    .map_err(|error| (written.span, error))?;
            }
        }
        Ok(())
    }
}

/// Whether a word in place of the changes says that the account is to be active.
fn is_active(value: &Node) -> Option<bool> {
    match &value.kind {
        Kind::Bool(active) => Some(*active),
        Kind::Text(word) => match word.to_lowercase().as_str() {
            "inactive" | "disabled" | "deactivated" | "suspended" | "off" => Some(false),
            "active" | "enabled" | "activated" | "on" => Some(true),
            _ => None,
        },
        _ => None,
    }
}

impl Act for EditAccount {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.accounts.iter().map(|(name, _)| Name::Account(name)).collect()
    }

    fn paths(&self) -> Vec<(&Written, Mention)> {
        let all = self.accounts.iter().flat_map(|(_, attributes)| attributes);
        all.map(|written| (written, Mention::Changed)).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let ids: Result<Vec<AccountId>, ActionError> =
            self.accounts.iter().map(|(name, _)| account_named(context, name)).collect();
        let ids = ids?;
        let changes = || self.accounts.iter().map(|(_, attributes)| attributes.iter().map(change));
        for (id, changes) in ids.iter().zip(changes()) {
            context.golinks(|golinks, _| golinks.may_edit_account(*id, changes.collect()))?;
        }
        ids.into_iter().zip(changes()).try_for_each(|(id, changes)| {
            context.golinks(|golinks, moment| golinks.edit_account(id, changes.collect(), moment))
        })
    }
}

/// The change to one attribute: TOML has no null, so an empty text clears it.
fn change(written: &Written) -> (Path, Value) {
    let clears = matches!(&written.value, Value::Text(text) if text.is_empty());
    (written.path.clone(), if clears { Value::Null } else { written.value.clone() })
}
