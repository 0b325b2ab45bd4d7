//! What the guard against accidental deletions holds back, in words.
//!
//! What is staged stays staged until a cycle looks at it again, so some of it may be back in scope
//! by now, and the rest may be fewer than the threshold.

use super::Objects;
use crate::entra::job::{Subject, reaches};
use crate::world::AppView;

/// The objects that the guard holds back, as provisioning would find them now.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Staged {
    /// Those still out of scope.
    pub out: Objects,
    /// Those that are back in scope.
    pub back: Objects,
}

impl Staged {
    /// Whether nothing is staged.
    pub fn is_empty(self) -> bool {
        self.out.is_empty() && self.back.is_empty()
    }

    /// What is staged, without a full stop: `2 people are staged to lose access; 1 person staged
    /// before is back in scope`.
    pub fn words(self) -> String {
        let parts = [self.going(), self.coming_back()];
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
}

/// What the guard holds back now.
pub fn staged<'w>(world: impl Into<AppView<'w>>) -> Staged {
    let world = world.into();
    let staged = world.entra().job().deletions().staged().iter().copied();
    let (back, out): (Vec<Subject>, Vec<Subject>) =
        staged.partition(|subject| is_back(world, *subject));
    Staged { out: out.into_iter().collect(), back: back.into_iter().collect() }
}

/// Whether the guard would hold back again what is still out of scope; a further object that is
/// about to lose access counts too when it is found.
pub fn still_holds(world: AppView<'_>) -> bool {
    let settings = world.entra().job().settings();
    let out = staged(world).out.all() as u64;
    let threshold = settings.delete_threshold.in_force();
    threshold.is_some_and(|threshold| reaches(out, threshold, &settings.policy))
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
            assert_eq!(Staged { out, back }.words(), words);
        }
    }
}
