//! The users or the group that an action assigns or unassigns.

use super::users::Users;
use super::{ActionContext, ActionError, Name};
use crate::base::diagnostic::nearest;
use crate::base::node::unknown_key;
use crate::base::{Kind, Moment, Node, Problems};
use crate::entra::Event;
use crate::entra::tenant::{GroupKey, Tenant, UserKey};

const KEYS: [&str; 3] = ["group", "user", "department"];

/// Users, or a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Assignees {
    /// Users, by their handles.
    Users(Users),
    /// A group, by its handle.
    Group(String),
}

impl Assignees {
    /// Reads a name, a list of names, or `{ group = ".." }`, for a verb.
    pub(super) fn read(verb: &str, node: &Node, problems: &mut Problems) -> Option<Assignees> {
        let Kind::Table(entries) = &node.kind else {
            return Users::read(node, problems).map(Assignees::Users);
        };
        match entries.as_slice() {
            [entry] if entry.key == "group" => {
                entry.value.as_text(problems).map(|g| Assignees::Group(g.to_owned()))
            }
            [entry] if entry.key == "user" => {
                Users::read(&entry.value, problems).map(Assignees::Users)
            }
            [entry] if entry.key == "department" => {
                Users::read(node, problems).map(Assignees::Users)
            }
            [entry] => {
                unknown_key(entry, "an assignment", &KEYS, problems);
                // `{ ann = "Editor" }`: whatever the role is, the user alone is named.
                if nearest(&entry.key, KEYS).is_none()
                    && let Some(problem) = problems.list_mut().last_mut()
                {
                    let user = Node::text(&entry.key).to_toml();
                    problem.help = format!(
                        "write {{ {verb} = {user} }}: it is about the assignment, whatever role it has"
                    );
                }
                None
            }
            _ => node.expected("a name, a list of names, or `{ group = \"..\" }`", problems),
        }
    }

    /// The value as a scenario file has it.
    pub(super) fn to_node(&self) -> Node {
        match self {
            Assignees::Users(users) => users.to_node(),
            Assignees::Group(group) => Node::table([("group", Node::text(group))]),
        }
    }

    /// Calls `of_user` for each user, after `may` was asked about all of them, or `of_group` for
    /// the group.
    pub(super) fn each(
        &self,
        context: &mut ActionContext<'_>,
        may: impl Fn(&Tenant, UserKey) -> Result<(), String>,
        of_user: impl FnMut(&mut Tenant, UserKey, &mut Moment<'_, Event>) -> Result<(), String>,
        of_group: impl FnOnce(&mut Tenant, GroupKey, &mut Moment<'_, Event>) -> Result<(), String>,
    ) -> Result<(), ActionError> {
        match self {
            Assignees::Users(users) => users.each(context, may, of_user),
            Assignees::Group(group) => context.directory(|tenant, moment| {
                let group = tenant.group_named(group)?;
                of_group(tenant, group, moment)
            }),
        }
    }

    /// The users or the group, which must exist.
    pub(super) fn names(&self) -> Vec<Name<'_>> {
        match self {
            Assignees::Users(users) => users.names(),
            Assignees::Group(group) => vec![Name::Group(group)],
        }
    }
}
