//! `assign`: people and groups are assigned to the application.

use super::assignees::Assignees;
use super::{Act, Action, ActionContext, ActionError, Name, Verb};
use crate::base::Node;
use crate::entra::tenant::Role;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "assign",
    doc: "Assigns people or groups to the application: a name, a list of names, or `{ group = \"sales\" }`.\nProvisioning sees it after a short delay (`assignment_replication_delay`).",
    example: "{ assign = \"ann\" }",
    read: |node, problems| Assignees::read(node, problems).map(|whom| Action::Assign(Assign(whom))),
};

/// The role an assignment by hand carries.
const ROLE: Role = Role::User;

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assign(pub Assignees);

impl Act for Assign {
    fn argument(&self) -> Node {
        self.0.to_node()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.0.names()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        match &self.0 {
            Assignees::Users(users) => {
                users.each(context, |tenant, user, moment| tenant.assign(user, ROLE, moment))
            }
            Assignees::Group(group) => context.directory(|tenant, moment| {
                let group = tenant.group_named(group)?;
                tenant.assign_group(group, ROLE, moment)
            }),
        }
    }
}
