//! No element is there twice that was sent once: of a list such as `addresses` one element of each
//! type, and of a group each member once.
//!
//! A mapped part is looked for in every element of its type, so that the comparison of the worlds
//! does not see that its parts are scattered over several.

use super::super::checks::LifeCheck;
use super::super::finding::Finding;
use crate::entra::job::Subject;
use crate::scim::{Object, Value};
use crate::world::AppView;

pub(super) fn broken(world: AppView<'_>) -> Vec<Finding> {
    let (tenant, links, target) =
        (world.entra().tenant(), world.entra().job().links(), world.target());
    let mut found = Vec::new();
    for (key, user) in tenant.users() {
        let account = links.get(key).and_then(|link| target.find_id(&link.target));
        let Some(account) = account.and_then(|id| target.account(id)) else { continue };
        found.extend(several(&account.resource).map(|(attribute, kind, count)| {
            let what = format!("the account has {count} {attribute} of the type {kind}");
            Finding::new(LifeCheck::UserMultiplied.of(attribute), user.handle(), what)
        }));
    }
    for (key, group) in tenant.groups() {
        let link = links.get(Subject::Group(key));
        let Some(id) = link.and_then(|link| target.find_group_id(&link.target)) else { continue };
        let mut members: Vec<_> = target.group_members(id).collect();
        members.sort_unstable();
        let most = members.chunk_by(|a, b| a == b).map(<[_]>::len).max();
        if let Some(times @ 2..) = most {
            let what = format!("the group has one member {times} times");
            found.push(Finding::new(LifeCheck::GroupMultiplied.name(), group.handle(), what));
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
