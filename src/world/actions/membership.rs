//! The users that join or leave a group.

use super::users::Users;
use super::{ActionContext, ActionError, Name};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Moment, Node, Problems};
use crate::entra;
use crate::entra::tenant::{GroupKey, Tenant, UserKey};

/// A group, and the users that join or leave it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Membership {
    /// The group, by its handle.
    pub group: String,
    /// The users.
    pub users: Users,
}

impl Membership {
    /// Reads `{ group = "..", user = ".." }`.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Membership> {
        if !matches!(node.kind, Kind::Table(_)) {
            let form = "write { group = \"sales\", user = \"ann\" }";
            return node.expected_like("a group and a user", form, problems);
        }
        let known = |entry: &&Entry| ["group", "user"].contains(&entry.key.as_str());
        if let Some(entry) = node.as_table(problems)?.iter().find(|entry| !known(entry)) {
            unknown_key(entry, "a membership", &["group", "user"], problems);
            return None;
        }
        let (Some(group), Some(users)) = (node.get("group"), node.get("user")) else {
            let missing = if node.get("group").is_none() { "group" } else { "user" };
            problems.error(node.span, format!("a membership needs `{missing}`"));
            return None;
        };
        let group = group.as_text(problems).map(str::to_owned);
        Some(Membership { users: Users::read(users, problems)?, group: group? })
    }

    /// The value as a scenario file has it.
    pub(super) fn to_node(&self) -> Node {
        Node::table([("group", Node::text(&self.group)), ("user", self.users.to_node())])
    }

    /// The group and the users, which must exist.
    pub(super) fn names(&self) -> Vec<Name<'_>> {
        let mut names = vec![Name::Group(&self.group)];
        names.extend(self.users.names());
        names
    }

    /// Calls `act` for each user with the group, after `may` was asked about all of them.
    pub(super) fn each(
        &self,
        context: &mut ActionContext<'_>,
        may: impl Fn(&Tenant, GroupKey, UserKey) -> Result<(), String>,
        mut act: impl FnMut(
            &mut Tenant,
            GroupKey,
            UserKey,
            &mut Moment<'_, entra::Event>,
        ) -> Result<(), String>,
    ) -> Result<(), ActionError> {
        let group = context.entra.tenant().group_named(&self.group)?;
        self.users.each(
            context,
            |tenant, user| may(tenant, group, user),
            |tenant, user, moment| act(tenant, group, user, moment),
        )
    }
}
