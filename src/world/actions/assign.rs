//! `assign`: people and groups are assigned to the application.

use super::assignees::Assignees;
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::diagnostic::nearest;
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};
use crate::entra::tenant::{Role, Tenant};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "assign",
    doc: "Assigns people or groups to the application: a name, a list of names, or `{ group = \"sales\" }`; `{ user = \"ann\", role = \"Editor\" }` with an app role.\nProvisioning sees it after a short delay (`assignment_replication_delay`).",
    example: "{ assign = \"ann\" }",
    read,
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assign {
    /// The users and groups to assign.
    pub assignees: Assignees,
    /// The app role; `None` for the role that the portal gives by default.
    pub role: Option<String>,
}

const KEYS: [&str; 4] = ["user", "role", "group", "department"];

fn read(node: &Node, problems: &mut Problems) -> Option<Action> {
    if let Some(unknown) = node.entries().iter().find(|entry| !KEYS.contains(&&*entry.key)) {
        unknown_key(unknown, "an assignment", &KEYS, problems);
        if let (Some(form), Some(problem)) = (meant(node), problems.list_mut().last_mut()) {
            problem.help = format!("write {}", Node::table([(VERB.name, form)]).to_toml());
        }
        return None;
    }
    let (mut whom, mut role) = (node.clone(), None);
    if let Kind::Table(entries) = &mut whom.kind
        && let Some(at) = entries.iter().position(|entry| entry.key == "role")
    {
        let value = entries.remove(at).value;
        let name = value.as_text(problems)?;
        if name.trim().is_empty() {
            return value.refused("the name of an app role", "an empty text", problems);
        }
        role = Some(name.to_owned());
    }
    let assignees = Assignees::read(VERB.name, &whom, problems)?;
    Some(Action::Assign(Assign { assignees, role }))
}

/// The right form of `{ ann = "Editor" }`, and of a table whose keys are misspelt.
fn meant(node: &Node) -> Option<Node> {
    let known = |entry: &Entry| nearest(&entry.key, KEYS);
    let form = match node.entries() {
        [only] if known(only).is_none() => {
            Node::table([("user", Node::text(&only.key)), ("role", only.value.clone())])
        }
        entries => {
            let renamed = entries.iter().map(|it| Some((known(it)?, it.value.clone())));
            Node::table(renamed.collect::<Option<Vec<_>>>()?)
        }
    };
    read(&form, &mut Problems::default()).map(|_| form)
}

impl Act for Assign {
    fn argument(&self) -> Node {
        let node = self.assignees.to_node();
        let Some(role) = &self.role else { return node };
        let whom = match &self.assignees {
            Assignees::Users(users) => ("user", users.to_node()),
            Assignees::Group(group) => ("group", Node::text(group)),
        };
        Node::table([whom, ("role", Node::text(role))])
    }

    fn names(&self) -> Vec<Name<'_>> {
        let role = self.role.iter().map(|role| Name::Role(role));
        self.assignees.names().into_iter().chain(role).collect()
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        let named = |tenant: &mut Tenant| {
            self.role.as_deref().map_or(Role::User, |name| tenant.role_named(app, name))
        };
        self.assignees.each(
            context,
            |tenant, user| tenant.may_assign(app, user),
            |tenant, user, moment| {
                let role = named(tenant);
                tenant.assign(app, user, role, moment)
            },
            |tenant, group, moment| {
                let role = named(tenant);
                tenant.assign_group(app, group, role, moment)
            },
        )
    }
}
