//! What the guard against accidental deletions holds back, in words.
//!
//! What is staged stays staged until a cycle looks at it again, so some of it may be back in scope
//! by now, and the rest may be fewer than the threshold.

use std::collections::BTreeSet;

use super::Objects;
use crate::entra::job::{Subject, TakenAway, reaches};
use crate::world::AppView;

/// The objects that the guard holds back, as provisioning would find them now.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Staged {
    /// Those still out of scope.
    pub out: Objects,
    /// Those that are back in scope.
    pub back: Objects,
    /// Further ones that are about to lose access and not staged: the guard counts them with the
    /// others when the next try finds them.
    pub coming: Objects,
    /// How many objects the next try counts: an account that has become inactive is none of them.
    pub counted: usize,
}

impl Staged {
    /// Whether nothing is staged.
    pub fn is_empty(self) -> bool {
        self.out.is_empty() && self.back.is_empty()
    }

    /// What is staged, without a full stop: `2 people are staged to lose access; 1 person staged
    /// before is back in scope`.
    pub fn words(self) -> String {
        let parts = [self.going(), self.coming_back(), self.to_come()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// Those still out of scope: `2 people are staged to lose access and 1 group to be deleted`.
    pub fn going(self) -> Option<String> {
        let people = Objects { groups: 0, ..self.out };
        let groups = Objects { people: 0, ..self.out };
        let staged = |objects: Objects| objects.with("is staged", "are staged");
        match (people.is_empty(), groups.is_empty()) {
            (true, true) => None,
            (false, true) => Some(format!("{} to lose access", staged(people))),
            (true, false) => Some(format!("{} to be deleted", staged(groups))),
            (false, false) => Some(format!(
                "{} to lose access and {} to be deleted",
                staged(people),
                groups.words()
            )),
        }
    }

    /// Those in scope again: `1 person staged before is back in scope`.
    pub fn coming_back(self) -> Option<String> {
        let words = self.back.with("staged before is", "staged before are");
        (!self.back.is_empty()).then(|| format!("{words} back in scope"))
    }

    /// Those that are not staged yet: `1 more person is about to lose access`.
    pub fn to_come(self) -> Option<String> {
        let Objects { people, groups } = self.coming;
        let people = match people {
            0 => None,
            1 => Some("1 more person is about to lose access".to_owned()),
            _ => Some(format!("{people} more people are about to lose access")),
        };
        let groups = match groups {
            0 => None,
            1 => Some("1 more group is about to be deleted".to_owned()),
            _ => Some(format!("{groups} more groups are about to be deleted")),
        };
        let both: Vec<String> = people.into_iter().chain(groups).collect();
        (!both.is_empty()).then(|| both.join(" and "))
    }
}

/// The objects that the guard holds back. One that was staged and failed since waits for its retry
/// like any other failure, and is none of them.
pub fn still_staged<'w>(world: AppView<'w>) -> impl Iterator<Item = Subject> + 'w {
    let job = world.entra().job();
    let waits = |subject: &Subject| job.escrows().get(*subject).is_none();
    job.deletions().staged().iter().copied().filter(waits)
}

/// What the guard holds back now.
pub fn staged<'w>(world: impl Into<AppView<'w>>) -> Staged {
    let world = world.into();
    let staged = world.entra().job().deletions().staged();
    let (back, out): (Vec<Subject>, Vec<Subject>) =
        still_staged(world).partition(|subject| is_back(world, *subject));
    let going = about_to_go(world);
    Staged {
        out: out.into_iter().collect(),
        back: back.into_iter().collect(),
        coming: going.iter().copied().filter(|subject| !staged.contains(subject)).collect(),
        counted: going.len(),
    }
}

/// Whether the guard would hold back again what is staged and still out of scope at the next try,
/// as the directory is now: it waits to be allowed, or reaches the threshold again with what is
/// about to lose access besides.
pub fn still_holds(world: AppView<'_>) -> bool {
    world.entra().job().keeps_staged() || reaches_threshold(world, about_to_go(world).len())
}

/// Whether so many objects in one cycle reach the threshold.
pub(super) fn reaches_threshold(world: AppView<'_>, count: usize) -> bool {
    let settings = world.entra().job().settings();
    let threshold = settings.delete_threshold.in_force();
    let reached = |threshold| reaches(count as u64, threshold, &settings.policy);
    count > 0 && threshold.is_some_and(reached)
}

/// The objects that the next cycle is about to take an account away from, or that are groups which
/// it is about to delete: all that the guard counts. The cost follows what changed since the last
/// cycle and what is staged.
fn about_to_go(world: AppView<'_>) -> BTreeSet<Subject> {
    let (job, tenant) = (world.entra().job(), world.entra().tenant());
    let looked_at = job.next_looks_at(tenant, world.now());
    looked_at.filter(|subject| loses_access(world, *subject)).collect()
}

/// Whether the next cycle takes something away from an object: an account that is inactive by now
/// needs no request.
fn loses_access(world: AppView<'_>, subject: Subject) -> bool {
    match world.entra().takes_away(subject) {
        None => false,
        Some(TakenAway::Anyhow) => true,
        Some(TakenAway::IfActive) => {
            let link = world.entra().job().links().get(subject);
            let account = link.and_then(|link| world.reached().find_id(&link.target));
            account.is_some_and(|account| world.reached().is_active(account))
        }
    }
}

/// Whether a staged object is in scope again, as the next cycle will find it.
pub fn is_back(world: AppView<'_>, subject: Subject) -> bool {
    let scoping = match subject {
        Subject::User(user) => world.entra().scoping_in_force(user),
        Subject::Group(group) => world.entra().group_scoping_in_force(group),
    };
    scoping.in_scope()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_back_in_scope_does_not_lose_access_and_a_group_is_deleted() {
        let objects = |people, groups| Objects { people, groups };
        let cases = [
            (objects(1, 0), objects(0, 0), "1 person is staged to lose access"),
            (objects(0, 2), objects(0, 0), "2 groups are staged to be deleted"),
            (
                objects(2, 1),
                objects(1, 0),
                "2 people are staged to lose access and 1 group to be deleted; 1 person staged \
                 before is back in scope",
            ),
            (objects(0, 0), objects(2, 0), "2 people staged before are back in scope"),
            (objects(0, 0), objects(0, 0), ""),
        ];
        for (out, back, words) in cases {
            assert_eq!(Staged { out, back, ..Staged::default() }.words(), words);
        }
    }

    #[test]
    fn what_the_guard_has_not_seen_yet_is_told_as_coming() {
        let coming = |people, groups| Objects { people, groups };
        let cases = [
            (coming(1, 0), Some("1 more person is about to lose access")),
            (coming(0, 2), Some("2 more groups are about to be deleted")),
            (
                coming(3, 1),
                Some(
                    "3 more people are about to lose access and 1 more group is about to be deleted",
                ),
            ),
            (coming(0, 0), None),
        ];
        for (coming, words) in cases {
            let staged = Staged { coming, ..Staged::default() };
            assert_eq!(staged.to_come().as_deref(), words);
        }
    }
}
