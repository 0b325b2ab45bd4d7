//! `update_group`: names, descriptions and rules of groups change.

use super::{Act, Action, ActionContext, ActionError, Name, Verb, changes};
use crate::base::node::{Entry, unknown_key};
use crate::base::{Kind, Node, Problems};
use crate::entra::people::read_group;
use crate::entra::rule::Rule;
use crate::entra::tenant::{GroupChange, GroupKey};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "update_group",
    doc: "Changes groups in the directory: `name`, `description`, `mailNickname`, `rule`; an empty text clears.\n\
          A first rule takes all members out at once and brings in its own minutes later; without its rule a group keeps its members.",
    example: "{ update_group = { sales = { name = \"Sales and Service\" } } }",
    read: |node, problems| UpdateGroup::read(node, problems).map(Action::UpdateGroup),
};

/// The keys of a group that can be changed.
const KEYS: [&str; 4] = ["name", "description", "mailNickname", "rule"];

/// See [`VERB`].
#[derive(Clone, PartialEq, Debug)]
pub struct UpdateGroup {
    written: Node,
    groups: Vec<(String, Vec<GroupChange>)>,
}

impl UpdateGroup {
    fn read(node: &Node, problems: &mut Problems) -> Option<UpdateGroup> {
        let before = problems.errors();
        let mut groups = Vec::new();
        for entry in changes(node, problems)? {
            let changed = entry.value.as_table_with("name", problems).unwrap_or_default();
            let changes = changed.iter().filter_map(|change| change_of(change, problems)).collect();
            groups.push((entry.key.clone(), changes));
        }
        (problems.errors() == before).then(|| UpdateGroup { written: node.clone(), groups })
    }
}

fn change_of(entry: &Entry, problems: &mut Problems) -> Option<GroupChange> {
    let value = &entry.value;
    match entry.key.as_str() {
        "name" => read_group::name(value, problems).map(GroupChange::DisplayName),
        "description" => {
            value.as_text(problems).map(|text| GroupChange::Description(text.to_owned()))
        }
        "mailNickname" => {
            value.as_text(problems).map(|text| GroupChange::MailNickname(text.to_owned()))
        }
        "rule" if matches!(&value.kind, Kind::Text(text) if text.is_empty()) => {
            Some(GroupChange::Rule(None))
        }
        "rule" => Rule::read(value, problems).map(|rule| GroupChange::Rule(Some(rule))),
        _ => {
            unknown_key(entry, "a change of a group", &KEYS, problems);
            None
        }
    }
}

impl Act for UpdateGroup {
    fn argument(&self) -> Node {
        self.written.clone()
    }

    fn names(&self) -> Vec<Name<'_>> {
        self.groups.iter().map(|(name, _)| Name::Group(name)).collect()
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.directory(|tenant, moment| {
            let groups: Result<Vec<GroupKey>, String> =
                self.groups.iter().map(|(name, _)| tenant.group_named(name)).collect();
            let groups = groups?;
            for (group, (_, changes)) in groups.iter().zip(&self.groups) {
                changes.iter().try_for_each(|change| tenant.may_update_group(*group, change))?;
            }
            for (group, (_, changes)) in groups.into_iter().zip(&self.groups) {
                for change in changes {
                    tenant.update_group(group, change.clone(), moment)?;
                }
            }
            Ok(())
        })
    }
}
