//! `follow`: a user enters a go link in a browser.

use super::accounts::signed_in_account;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::unknown_key;
use crate::base::{Node, Problems};
use crate::golinks::Actor;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "follow",
    doc: "A user enters `go/<link>` in a browser. With a session at GoLinks the link leads on, whatever has become of the \
          user and the account since; without one it leads to the sign-in page. Without `as` it is the owner of the workspace.",
    example: "{ follow = { link = \"roadmap\", as = \"ann\" } }",
    read: |node, problems| Follow::read(node, problems).map(Action::Follow),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Follow {
    /// The name of the link.
    pub link: String,
    /// Who follows it; the owner of the workspace if nobody is named.
    pub user: Option<String>,
}

const KEYS: [&str; 2] = ["link", "as"];

impl Follow {
    fn read(node: &Node, problems: &mut Problems) -> Option<Follow> {
        let entries = node.as_table(problems)?;
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "`follow`", &KEYS, problems);
        }
        let Some(link) = node.get("link") else {
            return node.expected("a `link`, and `as` for the user", problems);
        };
        let user = match node.get("as") {
            Some(user) => Some(user.as_text(problems)?.to_owned()),
            None => None,
        };
        Some(Follow { link: link.as_text(problems)?.to_owned(), user })
    }
}

impl Act for Follow {
    fn argument(&self) -> Node {
        let user = self.user.as_ref().map(|user| ("as", Node::text(user)));
        Node::table([("link", Node::text(&self.link))].into_iter().chain(user))
    }

    fn names(&self) -> Vec<Name<'_>> {
        let user = self.user.iter().map(|user| Name::Account(user));
        user.chain([Name::Link(&self.link)]).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let by = match &self.user {
            None => Some(Actor::Owner),
            Some(user) => visitor(context, user)?,
        };
        context.golinks(|golinks, moment| {
            golinks.follow_link(&self.link, by, moment);
            Ok::<_, ActionError>(())
        })
    }
}

/// The person of this name; a user without an account has no session either, and comes to the
/// sign-in page.
fn visitor(context: &ActionContext<'_>, user: &str) -> Result<Option<Actor>, ActionError> {
    let is_user = context.entra.tenant().find_user(user).is_some();
    match signed_in_account(context, user) {
        Err(unknown) if !is_user => Err(unknown),
        account => Ok(account.ok().map(Actor::Person)),
    }
}
