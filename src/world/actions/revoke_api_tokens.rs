//! `revoke_api_tokens`: an administrator of GoLinks revokes the API tokens of people.

use super::accounts::{NamedAccounts, account_named};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb, changes};
use crate::base::{Kind, Node, Problems};
use crate::golinks::AccountId;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "revoke_api_tokens",
    doc: "An administrator of GoLinks revokes the API tokens of people: programs that use them are answered 401. The \
          accounts stay as they are.\nNamed by the name the story uses, by userName or by id. `{ ann = 2 }` revokes one: the second \
          that was made for her.",
    example: "{ revoke_api_tokens = \"ann\" }",
    read: |node, problems| RevokeApiTokens::read(node, problems).map(Action::RevokeApiTokens),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RevokeApiTokens {
    /// All tokens of these accounts.
    All(NamedAccounts),
    /// One of each account, by its place among those that were made for it, from 1 on.
    One(Vec<(String, u64)>),
}

impl RevokeApiTokens {
    fn read(node: &Node, problems: &mut Problems) -> Option<RevokeApiTokens> {
        let Kind::Table(_) = node.kind else {
            return NamedAccounts::read(node, problems).map(RevokeApiTokens::All);
        };
        let (before, mut one) = (problems.errors(), Vec::new());
        for entry in changes(node, problems)? {
            match entry.value.as_count(problems) {
                Some(0) => entry.value.refused("a place from 1 on", "0", problems)?,
                nth => one.extend(nth.map(|nth| (entry.key.clone(), nth))),
            }
        }
        (problems.errors() == before).then_some(RevokeApiTokens::One(one))
    }
}

impl Act for RevokeApiTokens {
    fn argument(&self) -> Node {
        match self {
            RevokeApiTokens::All(accounts) => accounts.to_node(),
            RevokeApiTokens::One(one) => {
                let nth = |nth: u64| i64::try_from(nth).unwrap_or(i64::MAX);
                let entry = |(name, at): &(String, u64)| {
                    (name.clone(), Node::bare(Kind::Integer(nth(*at))))
                };
                Node::table(one.iter().map(entry))
            }
        }
    }

    fn names(&self) -> Vec<Name<'_>> {
        match self {
            RevokeApiTokens::All(accounts) => accounts.names(),
            RevokeApiTokens::One(one) => one.iter().map(|(name, _)| Name::Account(name)).collect(),
        }
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        match self {
            RevokeApiTokens::All(accounts) => {
                accounts.each(context, account_named, |golinks, id, name, moment| {
                    match golinks.revoke_api_tokens(id, moment) {
                        true => Ok(()),
                        false => Err(ActionError::from(format!(
                            "{name} has no API token at GoLinks that is good"
                        ))),
                    }
                })
            }
            RevokeApiTokens::One(one) => {
                let found = one.iter().map(|(name, _)| account_named(context, name));
                let found: Vec<AccountId> = found.collect::<Result<_, _>>()?;
                found
                    .into_iter()
                    .zip(one)
                    .try_for_each(|(id, (name, nth))| revoke_one(context, id, name, *nth))
            }
        }
    }
}

fn revoke_one(
    context: &mut ActionContext<'_>,
    id: AccountId,
    name: &str,
    nth: u64,
) -> Result<(), ActionError> {
    context.golinks(|golinks, moment| {
        let place = usize::try_from(nth - 1).unwrap_or(usize::MAX);
        let token = golinks.api_tokens(id).get(place).filter(|token| token.good);
        let value = token.map(|token| token.value.clone()).ok_or_else(|| {
            ActionError::from(format!("{name} has no API token {nth} at GoLinks that is good"))
        })?;
        golinks.revoke_api_token(&value, moment);
        Ok::<_, ActionError>(())
    })
}
