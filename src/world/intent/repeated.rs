//! No element is there twice that was sent once: of a list such as `addresses` one element of each
//! type, and of a group each member once.
//!
//! A mapped part is looked for in every element of its type, so the comparison of the worlds does
//! not see that its parts are scattered over several.

use std::sync::Arc;

use crate::entra::job::Subject;
use crate::scim::{Object, Value};
use crate::world::AppView;

/// Something that is there more than once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RepeatedElement {
    /// The user or the group, by its name in the scenario.
    pub handle: Arc<str>,
    /// The attribute and the type of its elements; `None` for a member of a group.
    pub element: Option<(Box<str>, Box<str>)>,
    /// How often it is there.
    pub times: usize,
}

/// What the linked accounts hold more than once.
pub fn repeated_elements(world: AppView<'_>) -> Vec<RepeatedElement> {
    let (entra, target) = (world.entra(), world.target());
    let mut found = Vec::new();
    for (key, user) in entra.tenant().users() {
        let account = entra.job().links().get(key).and_then(|link| target.find_id(&link.target));
        let Some(account) = account.and_then(|id| target.account(id)) else { continue };
        found.extend(several(&account.resource).map(|(attribute, kind, times)| RepeatedElement {
            handle: user.handle().clone(),
            element: Some((attribute.into(), kind.into())),
            times,
        }));
    }
    found
}

/// The linked groups that have a member more than once.
pub fn repeated_members(world: AppView<'_>) -> Vec<RepeatedElement> {
    let (entra, target) = (world.entra(), world.target());
    let mut found = Vec::new();
    for (key, group) in entra.tenant().groups() {
        let link = entra.job().links().get(Subject::Group(key));
        let Some(id) = link.and_then(|link| target.find_group_id(&link.target)) else { continue };
        let mut members: Vec<_> = target.group_members(id).collect();
        members.sort_unstable();
        if let Some(times @ 2..) = members.chunk_by(|a, b| a == b).map(<[_]>::len).max() {
            found.push(RepeatedElement { handle: group.handle().clone(), element: None, times });
        }
    }
    found
}

/// The types that several elements of a list have: the attribute, the type, and how many.
fn several(resource: &Object) -> impl Iterator<Item = (&str, &str, usize)> {
    let lists = resource.iter().filter_map(|(name, value)| match value {
        Value::List(elements) => Some((name, elements)),
        _ => None,
    });
    lists.flat_map(|(name, elements)| {
        let mut kinds: Vec<&str> = elements.iter().filter_map(kind).collect();
        kinds.sort_unstable();
        let runs: Vec<(&str, usize)> =
            kinds.chunk_by(|a, b| a == b).map(|run| (run[0], run.len())).collect();
        runs.into_iter()
            .filter(|(_, count)| *count > 1)
            .map(move |(kind, count)| (name, kind, count))
    })
}

fn kind(element: &Value) -> Option<&str> {
    element.as_object()?.get("type")?.as_text()
}
