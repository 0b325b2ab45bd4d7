//! `create_group`: new groups in the directory.

use super::names::{is_assigned, role_of};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::Entry;
use crate::base::{Kind, Node, Problems};
use crate::entra::people::read_group;
use crate::entra::tenant::NewGroup;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "create_group",
    doc: "Creates groups, each as a `[group.<name>]` table would: the key is the name by which the story speaks of them.\n\
          `assigned` means the main application, or the one that `app` names. A bare name will do.",
    example: "{ create_group = { sales = { name = \"Sales\", members = [\"ann\"], assigned = true } } }",
    read: |node, problems| CreateGroup::read(node, problems).map(Action::CreateGroup),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct CreateGroup {
    written: Node,
    groups: Vec<NewGroup>,
}

impl CreateGroup {
    fn read(node: &Node, problems: &mut Problems) -> Option<CreateGroup> {
        let before = problems.errors();
        let groups = match &node.kind {
            Kind::Text(handle) => {
                let nothing = Node { span: node.span, kind: Kind::Table(Vec::new()) };
                let entry = Entry { key: handle.clone(), key_span: node.span, value: nothing };
                vec![read_group::group(&entry, problems)?]
            }
            _ => node
                .as_table(problems)?
                .iter()
                .filter_map(|entry| read_group::group(entry, problems))
                .collect(),
        };
        if groups.is_empty() && problems.errors() == before {
            return node.expected("a name, or a table of groups", problems);
        }
        (problems.errors() == before).then(|| CreateGroup { written: node.clone(), groups })
    }
}

impl CreateGroup {
    /// Whether one of the groups is assigned to an application.
    pub(super) fn assigns(&self) -> bool {
        self.groups.iter().any(|group| is_assigned(group.assigned.as_ref()))
    }
}

impl Act for CreateGroup {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn names(&self) -> Vec<Name<'_>> {
        let mut names = Vec::new();
        for group in &self.groups {
            names.extend(group.members.iter().map(|member| Name::User(&member.handle)));
            names.extend(group.nested.iter().map(|inner| Name::Group(&inner.handle)));
            names.push(Name::NewGroup(&group.handle));
            names.extend(role_of(group.assigned.as_ref()));
        }
        names
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        context.directory(|tenant, moment| {
            tenant.may_create_groups(&self.groups)?;
            let mut groups = self.groups.iter();
            groups
                .try_for_each(|group| tenant.create_group_for(app, group.clone(), moment).map(drop))
        })
    }
}
