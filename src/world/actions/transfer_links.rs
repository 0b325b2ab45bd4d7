//! `transfer_links`: an administrator of GoLinks gives links to another owner.

use super::accounts::account_named;
use super::names::texts;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::unknown_key;
use crate::base::{Node, Problems};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "transfer_links",
    doc: "An administrator of GoLinks makes another account the owner of a leaver's links: of all of them, or of those \
          that `links` names. The links resolve before and after. The new owner's account must be active.",
    example: "{ transfer_links = { from = \"ann\", to = \"bob\" } }",
    read: |node, problems| TransferLinks::read(node, problems).map(Action::TransferLinks),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransferLinks {
    /// The owner before.
    pub from: String,
    /// The owner after.
    pub to: String,
    /// The links; empty for all.
    pub links: Vec<String>,
}

const KEYS: [&str; 3] = ["from", "to", "links"];

impl TransferLinks {
    fn read(node: &Node, problems: &mut Problems) -> Option<TransferLinks> {
        let entries = node.as_table(problems)?;
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "`transfer_links`", &KEYS, problems);
        }
        let (Some(from), Some(to)) = (node.get("from"), node.get("to")) else {
            return node.expected("both `from` and `to`", problems);
        };
        let (from, to) = (from.as_text(problems)?.to_owned(), to.as_text(problems)?.to_owned());
        let links = match node.get("links") {
            Some(links) => links.as_texts(problems)?,
            None => Vec::new(),
        };
        Some(TransferLinks { from, to, links })
    }
}

impl Act for TransferLinks {
    fn argument(&self) -> Node {
        let owners = [("from", Node::text(&self.from)), ("to", Node::text(&self.to))];
        let links = (!self.links.is_empty()).then(|| ("links", texts(&self.links)));
        Node::table(owners.into_iter().chain(links))
    }

    fn names(&self) -> Vec<Name<'_>> {
        let owners = [Name::Account(&self.from), Name::Account(&self.to)];
        owners.into_iter().chain(self.links.iter().map(|link| Name::Link(link))).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let from = account_named(context, &self.from)?;
        let to = account_named(context, &self.to)?;
        context.golinks(|golinks, moment| {
            golinks.transfer_links(from, to, &self.links, moment).map(drop)
        })
    }
}
