//! Names in actions, and lists of users or groups for each of which an action does the same.

use super::{ActionContext, ActionError};
use crate::base::{Kind, Moment, Node, Problems};
use crate::entra;
use crate::entra::tenant::{GroupKey, NewAssignment, Tenant};

/// A name of a user, a group or an account that an action needs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Name<'a> {
    /// A user that must exist.
    User(&'a str),
    /// A group that must exist.
    Group(&'a str),
    /// A user, a group or an application that must exist.
    Principal(&'a str),
    /// An account, by the handle of the user it belongs to, its userName or its id.
    Account(&'a str),
    /// A user this action creates.
    NewUser(&'a str),
    /// An application that must exist.
    App(&'a str),
    /// An application this action adds.
    NewApp(&'a str),
    /// A group this action creates.
    NewGroup(&'a str),
    /// A fault that must exist.
    Fault(&'a str),
    /// A fault this action switches on.
    NewFault(&'a str),
    /// A go link.
    Link(&'a str),
    /// A go link that this action makes, or a new name of one.
    NewLink(&'a str),
    /// An app role that the application must have declared.
    Role(&'a str),
}

/// The app role of an assignment to be made that is one of the application's own.
pub(super) fn role_of(assignment: Option<&NewAssignment>) -> Option<Name<'_>> {
    match assignment {
        Some(NewAssignment::Named(role)) => Some(Name::Role(role)),
        _ => None,
    }
}

/// Whether a new object is assigned to an application.
pub(super) fn is_assigned(assignment: Option<&NewAssignment>) -> bool {
    assignment.is_some_and(|assignment| *assignment != NewAssignment::No)
}

/// Why a scenario names a path of an account; decides what `check` says of a path that GoLinks does
/// not keep.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mention {
    /// Its value is expected.
    Expected,
    /// It is expected to be absent.
    ExpectedAbsent,
    /// An account is created with it: as with a POST, GoLinks ignores what it does not keep.
    Made,
    /// It is changed: GoLinks refuses what it does not keep.
    Changed,
    /// A new account must have a value for it.
    Required,
    /// It is the target of a mapping: GoLinks returns 200 and ignores what it does not keep.
    Mapped,
}

/// One group or several, by their handles.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Groups(pub Vec<String>);

impl Groups {
    /// Reads a name or a list of names.
    pub(super) fn read(node: &Node, problems: &mut Problems) -> Option<Groups> {
        match &node.kind {
            Kind::Text(_) | Kind::List(_) => each_once(node, problems).map(Groups),
            _ => node.expected("the name of a group, or a list of them", problems),
        }
    }

    /// The value as a scenario file has it.
    pub(super) fn to_node(&self) -> Node {
        texts(&self.0)
    }

    /// The names, each of a group that must exist.
    pub(super) fn names(&self) -> Vec<Name<'_>> {
        self.0.iter().map(|name| Name::Group(name)).collect()
    }

    /// Calls `act` for each group, as [`Users::each`] does for users.
    pub(super) fn each(
        &self,
        context: &mut ActionContext<'_>,
        may: impl Fn(&Tenant, GroupKey) -> Result<(), String>,
        mut act: impl FnMut(&mut Tenant, GroupKey, &mut Moment<'_, entra::Event>) -> Result<(), String>,
    ) -> Result<(), ActionError> {
        context.directory(|tenant, moment| {
            let groups: Result<Vec<GroupKey>, String> =
                self.0.iter().map(|name| tenant.group_named(name)).collect();
            let groups = groups?;
            groups.iter().try_for_each(|group| may(tenant, *group))?;
            groups.into_iter().try_for_each(|group| act(tenant, group, moment))
        })
    }
}

/// Reads a name or a list of names, none of them twice.
pub(super) fn each_once(node: &Node, problems: &mut Problems) -> Option<Vec<String>> {
    let names = node.as_texts(problems)?;
    if names.is_empty() {
        return node.refused("at least one name", "an empty list", problems);
    }
    for (nth, name) in names.iter().enumerate() {
        if let (true, Some(item)) = (names[..nth].contains(name), node.items().get(nth)) {
            problems.error(item.span, format!("`{name}` is named twice"));
            return None;
        }
    }
    Some(names)
}

/// A single text as a text, other lists as a list.
pub(super) fn texts(list: &[String]) -> Node {
    match list {
        [one] => Node::text(one),
        many => Node::bare(Kind::List(many.iter().map(Node::text).collect())),
    }
}
