//! No element of a list is there twice that was sent once, and no member of a group.

use super::super::checks::LifeCheck;
use super::super::finding::Finding;
use crate::world::AppView;
use crate::world::intent;

pub(super) fn broken(world: AppView<'_>) -> Vec<Finding> {
    let elements = intent::repeated_elements(world).into_iter();
    let found = elements.chain(intent::repeated_members(world)).map(|it| match it.element {
        Some((attribute, kind)) => {
            let what = format!("the account has {} {attribute} of the type {kind}", it.times);
            Finding::new(LifeCheck::UserMultiplied.of(&attribute), &it.handle, what)
        }
        None => {
            let what = format!("the group has one member {} times", it.times);
            Finding::new(LifeCheck::GroupMultiplied.name(), &it.handle, what)
        }
    });
    found.collect()
}
