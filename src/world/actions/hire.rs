//! `hire`: people join the company.

use super::names::{is_assigned, role_of};
use super::{Act, Action, ActionContext, ActionError, Concerns, Name, Verb};
use crate::base::node::Entry;
use crate::base::{Kind, Node, Problems};
use crate::entra::people::read;
use crate::entra::tenant::NewUser;

/// How it is written.
pub const VERB: Verb = Verb {
    name: "hire",
    doc: "Creates people, each as a `[user.<name>]` table would: the key is the name by which the story speaks of them.\n\
          Who says nothing about `assigned` is not assigned; it means the main application, or the one that `app` names. A bare name will do.",
    example: "{ hire = { zoe = { name = \"Zoë Park\", department = \"Sales\", assigned = true } } }",
    read: |node, problems| Hire::read(node, problems).map(Action::Hire),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct Hire {
    written: Node,
    people: Vec<NewUser>,
}

impl Hire {
    fn read(node: &Node, problems: &mut Problems) -> Option<Hire> {
        let before = problems.errors();
        let people = match &node.kind {
            Kind::Text(handle) => {
                let nothing = Node { span: node.span, kind: Kind::Table(Vec::new()) };
                let entry = Entry { key: handle.clone(), key_span: node.span, value: nothing };
                vec![read::user(&entry, problems)?]
            }
            _ => node
                .as_table(problems)?
                .iter()
                .filter_map(|entry| read::user(entry, problems))
                .collect(),
        };
        if people.is_empty() && problems.errors() == before {
            return node.expected("a name, or a table of people", problems);
        }
        (problems.errors() == before).then(|| Hire { written: node.clone(), people })
    }
}

impl Hire {
    /// Whether one of the people is assigned to an application.
    pub(super) fn assigns(&self) -> bool {
        self.people.iter().any(|person| is_assigned(person.assigned.as_ref()))
    }
}

impl Act for Hire {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn names(&self) -> Vec<Name<'_>> {
        let mut names = Vec::new();
        for person in &self.people {
            names.extend(person.manager.iter().map(|manager| Name::User(&manager.handle)));
            names.extend(person.member_of.iter().map(|group| Name::Group(&group.handle)));
            names.push(Name::NewUser(&person.handle));
            names.extend(role_of(person.assigned.as_ref()));
        }
        names
    }

    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        let app = context.app;
        context.directory(|tenant, moment| {
            tenant.may_hire(&self.people)?;
            let mut people = self.people.iter();
            people.try_for_each(|person| tenant.hire_for(app, person.clone(), moment).map(drop))
        })
    }
}
