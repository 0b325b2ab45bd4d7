//! `delete_link`: a go link is deleted at GoLinks' pages.

use super::links::actor;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "delete_link",
    doc: "A go link is deleted at GoLinks' pages, by the owner of the workspace or by the person that `as` names. What members \
          may delete is a setting (`golinks.roles.delete_links`).",
    example: "{ delete_link = { link = \"roadmap\", as = \"ann\" } }",
    read: |node, problems| DeleteLink::read(node, problems).map(Action::DeleteLink),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeleteLink {
    link: String,
    user: Option<String>,
}

const KEYS: [&str; 2] = ["link", "as"];

impl DeleteLink {
    fn read(node: &Node, problems: &mut Problems) -> Option<DeleteLink> {
        let Kind::Table(entries) = &node.kind else {
            return Some(DeleteLink { link: node.as_text(problems)?.to_owned(), user: None });
        };
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "`delete_link`", &KEYS, problems);
        }
        let Some(link) = node.get("link") else { return node.expected("a `link`", problems) };
        let user = match node.get("as") {
            Some(user) => Some(user.as_text(problems)?.to_owned()),
            None => None,
        };
        Some(DeleteLink { link: link.as_text(problems)?.to_owned(), user })
    }
}

impl Act for DeleteLink {
    fn argument(&self) -> Node {
        match &self.user {
            None => Node::text(&self.link),
            Some(user) => Node::table([("link", Node::text(&self.link)), ("as", Node::text(user))]),
        }
    }

    fn names(&self) -> Vec<Name<'_>> {
        let user = self.user.iter().map(|user| Name::Account(user));
        user.chain([Name::Link(&self.link)]).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let by = actor(context, self.user.as_deref())?;
        context.golinks(|golinks, moment| golinks.delete_link(&self.link, by, moment))
    }
}
