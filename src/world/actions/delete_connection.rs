//! `delete_connection`: the link between a user or group and its account is deleted by hand.

use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::unknown_key;
use crate::base::{Kind, Node, Problems};
use crate::entra::job::Subject;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "delete_connection",
    doc: "Deletes the connection between a user, or `{ group = \"..\" }`, and the account, while the job is stopped. Neither \
          of the two is touched, and without a connection nothing happens.\nThe next cycle or run on demand that looks at \
          the user matches anew.",
    example: "{ delete_connection = \"ann\" }",
    read: |node, problems| read(node, problems).map(Action::DeleteConnection),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeleteConnection {
    /// Of a user, by its handle.
    User(String),
    /// Of a group, by its handle.
    Group(String),
}

fn read(node: &Node, problems: &mut Problems) -> Option<DeleteConnection> {
    let expected = "the name of a user, or `{ group = \"..\" }`";
    match &node.kind {
        Kind::Text(user) => Some(DeleteConnection::User(user.clone())),
        Kind::Table(entries) => match entries.as_slice() {
            [entry] if entry.key == "group" => {
                Some(DeleteConnection::Group(entry.value.as_text(problems)?.to_owned()))
            }
            [entry] => {
                unknown_key(entry, "delete_connection", &["group"], problems);
                None
            }
            _ => node.expected(expected, problems),
        },
        _ => node.expected(expected, problems),
    }
}

impl Act for DeleteConnection {
    fn argument(&self) -> Node {
        match self {
            DeleteConnection::User(user) => Node::text(user),
            DeleteConnection::Group(group) => Node::table([("group", Node::text(group))]),
        }
    }

    fn names(&self) -> Vec<Name<'_>> {
        match self {
            DeleteConnection::User(user) => vec![Name::User(user)],
            DeleteConnection::Group(group) => vec![Name::Group(group)],
        }
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        context.entra(|entra, moment| {
            let subject = match self {
                DeleteConnection::User(user) => Subject::User(entra.tenant().user_named(user)?),
                DeleteConnection::Group(group) => {
                    Subject::Group(entra.tenant().group_named(group)?)
                }
            };
            let done = entra.delete_connection(app, subject, moment);
            done.map(|_| ()).map_err(|running| ActionError {
                message: running.to_string(),
                help: "stop first; a cycle under way goes on to its end".to_owned(),
            })
        })
    }
}
