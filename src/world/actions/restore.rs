//! `restore`: takes people out of the recycle bin.

use super::users::Users;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "restore",
    doc: "Takes people out of the recycle bin, with their groups and assignments.\nWhere another user has the sign-in name \
          by now it is refused; `{ user = \"ann\", userPrincipalName = \"..\" }` restores under another one.",
    example: "{ restore = \"ann\" }",
    read: |node, problems| Restore::read(node, problems).map(Action::Restore),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Restore {
    users: Users,
    /// The sign-in name under which a single user comes back; `None` for the old one.
    upn: Option<String>,
}

const USER: &str = "user";
const UPN: &str = "userPrincipalName";

impl Restore {
    fn read(node: &Node, problems: &mut Problems) -> Option<Restore> {
        let Some(user) = node.get(USER).filter(|_| matches!(node.kind, Kind::Table(_))) else {
            return Some(Restore { users: Users::read(node, problems)?, upn: None });
        };
        for entry in node.entries().iter().filter(|it| ![USER, UPN].contains(&it.key.as_str())) {
            unknown_key(entry, "`restore`", &[USER, UPN], problems);
        }
        user.as_text(problems)?;
        let users = Users::read(user, problems)?;
        let upn = match node.get(UPN) {
            Some(upn) => Some(upn.as_text(problems)?.to_owned()),
            None => None,
        };
        Some(Restore { users, upn })
    }
}

impl Act for Restore {
    fn argument(&self) -> Node {
        match &self.upn {
            None => self.users.to_node(),
            Some(upn) => Node::table([(USER, self.users.to_node()), (UPN, Node::text(upn))]),
        }
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.users.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        self.users.each(
            context,
            |tenant, user| match &self.upn {
                None => tenant.may_restore(user),
                Some(upn) => tenant.may_restore_as(user, upn),
            },
            |tenant, user, moment| match &self.upn {
                None => tenant.restore(user, moment),
                Some(upn) => tenant.restore_as(user, upn, moment),
            },
        )
    }
}
