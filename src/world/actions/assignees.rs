//! The users or the group that an action assigns or unassigns.

use super::Name;
use super::names::Users;
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};

/// Users, or a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Assignees {
    /// Users, by their handles.
    Users(Users),
    /// A group, by its handle.
    Group(String),
}

impl Assignees {
    /// Reads a name, a list of names, or `{ group = ".." }`.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Assignees> {
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
            [entry] => {
                unknown_key(entry, "an assignment", &["group", "user"], problems);
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

    /// The users or the group, which must exist.
    pub(super) fn names(&self) -> Vec<Name<'_>> {
        match self {
            Assignees::Users(users) => users.names(),
            Assignees::Group(group) => vec![Name::Group(group)],
        }
    }
}
