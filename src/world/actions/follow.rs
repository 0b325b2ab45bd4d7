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
          user and the account since; without one it leads to the sign-in page.",
    example: "{ follow = { link = \"roadmap\", as = \"ann\" } }",
    read: |node, problems| Follow::read(node, problems).map(Action::Follow),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Follow {
    /// The name of the link.
    pub link: String,
    /// Who follows it.
    pub user: String,
}

const KEYS: [&str; 2] = ["link", "as"];

impl Follow {
    fn read(node: &Node, problems: &mut Problems) -> Option<Follow> {
        let entries = node.as_table(problems)?;
        for entry in entries.iter().filter(|entry| !KEYS.contains(&entry.key.as_str())) {
            unknown_key(entry, "`follow`", &KEYS, problems);
        }
        let (Some(link), Some(user)) = (node.get("link"), node.get("as")) else {
            return node.expected("both `link` and `as`", problems);
        };
        let (link, user) = (link.as_text(problems)?, user.as_text(problems)?);
        Some(Follow { link: link.to_owned(), user: user.to_owned() })
    }
}

impl Act for Follow {
    fn argument(&self) -> Node {
        Node::table([("link", Node::text(&self.link)), ("as", Node::text(&self.user))])
    }

    fn names(&self) -> Vec<Name<'_>> {
        vec![Name::Account(&self.user), Name::Link(&self.link)]
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let account = signed_in_account(context, &self.user);
        let is_user = context.entra.tenant().find_user(&self.user).is_some();
        // A user without an account has no session either, and comes to the sign-in page.
        let user = match account {
            Err(unknown) if !is_user => return Err(unknown),
            account => account.ok(),
        };
        context.golinks(|golinks, moment| {
            golinks.follow_link(&self.link, user.map(Actor::Person), moment);
            Ok::<_, ActionError>(())
        })
    }
}
