//! `update`: attributes of people change.

use super::{Act, Action, ActionContext, ActionError, Name, Verb, changes};
use crate::base::{Kind, Node, Problems};
use crate::entra::field::Field;
use crate::entra::people::read;
use crate::entra::tenant::{Attribute, Tenant, UserKey};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "update",
    doc: "Changes attributes of people in the directory: Graph's names, directory extensions, `manager` as a name; an empty text \
          clears.",
    example: "{ update = { ann = { surname = \"Adeyemi\", department = \"\" } } }",
    read: |node, problems| Update::read(node, problems).map(Action::Update),
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct Update {
    written: Node,
    people: Vec<Person>,
}

/// What changes about one person.
#[derive(Clone, PartialEq, Debug)]
struct Person {
    handle: String,
    attributes: Vec<(Attribute, Option<String>)>,
    /// Directory extensions by name; an empty value clears.
    extensions: Vec<(String, String)>,
    manager: Option<Option<String>>,
}

impl Update {
    fn read(node: &Node, problems: &mut Problems) -> Option<Update> {
        let before = problems.errors();
        if let Some(meant) = with_user_as_key(node) {
            let help = format!("write {{ update = {meant} }}");
            problems
                .error(node.span, "the user is the key here, and the attributes stand below it")
                .help(help);
            return None;
        }
        let mut people = Vec::new();
        for entry in changes(node, problems)? {
            let mut person = Person {
                handle: entry.key.clone(),
                attributes: Vec::new(),
                extensions: Vec::new(),
                manager: None,
            };
            if let Kind::Text(text) = &entry.value.kind {
                let help = format!("say which attribute: {{ department = \"{text}\" }}");
                entry.value.expected_like::<()>("a table", &help, problems);
                continue;
            }
            for change in entry.value.as_table(problems).unwrap_or_default() {
                if change.key == "manager" {
                    let name = change.value.as_text(problems).unwrap_or_default();
                    person.manager = Some(Some(name.to_owned()).filter(|name| !name.is_empty()));
                } else if Field::is_extension(&change.key) {
                    let value = change.value.as_text(problems).unwrap_or_default();
                    person.extensions.push((change.key.clone(), value.to_owned()));
                } else {
                    person.attributes.extend(read::attribute(change, problems));
                }
            }
            people.push(person);
        }
        (problems.errors() == before).then(|| Update { written: node.clone(), people })
    }
}

/// The right form of `{ user = "ann", department = "X" }`.
fn with_user_as_key(node: &Node) -> Option<String> {
    let Kind::Text(name) = &node.get("user")?.kind else { return None };
    let others = node.entries().iter().filter(|entry| entry.key != "user");
    let others: Vec<_> = others.map(|it| (it.key.as_str(), it.value.clone())).collect();
    let plain =
        !others.is_empty() && others.iter().all(|(_, it)| !matches!(it.kind, Kind::Table(_)));
    plain.then(|| Node::table([(name.as_str(), Node::table(others))]).to_toml())
}

impl Person {
    /// The manager after the change; `None` when the manager stays.
    fn new_manager(&self, tenant: &Tenant) -> Result<Option<Option<UserKey>>, String> {
        let Some(manager) = &self.manager else { return Ok(None) };
        manager.as_ref().map(|name| tenant.user_named(name)).transpose().map(Some)
    }

    /// Whether the directory takes all changes of this person.
    fn may_be_updated(&self, tenant: &Tenant, user: UserKey) -> Result<(), String> {
        for (attribute, value) in &self.attributes {
            tenant.may_update(user, *attribute, value.as_deref())?;
        }
        for (name, value) in &self.extensions {
            tenant.may_update_extension(user, name, value)?;
        }
        let manager = self.new_manager(tenant)?;
        manager.map_or(Ok(()), |manager| tenant.may_set_manager(user, manager))
    }
}

impl Act for Update {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn names(&self) -> Vec<Name<'_>> {
        let mut names = Vec::new();
        for person in &self.people {
            names.push(Name::User(&person.handle));
            names.extend(person.manager.iter().flatten().map(|manager| Name::User(manager)));
        }
        names
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.directory(|tenant, moment| {
            let users: Result<Vec<UserKey>, String> =
                self.people.iter().map(|person| tenant.user_named(&person.handle)).collect();
            let users = users?;
            for (user, person) in users.iter().zip(&self.people) {
                person.may_be_updated(tenant, *user)?;
            }
            for (user, person) in users.into_iter().zip(&self.people) {
                for (attribute, value) in &person.attributes {
                    tenant.update(user, *attribute, value.as_deref(), moment)?;
                }
                for (name, value) in &person.extensions {
                    tenant.update_extension(user, name, value, moment)?;
                }
                if let Some(manager) = person.new_manager(tenant)? {
                    tenant.set_manager(user, manager, moment)?;
                }
            }
            Ok(())
        })
    }
}
