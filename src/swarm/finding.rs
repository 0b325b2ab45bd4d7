//! What does not hold at the end of a life: which check, of what, in words.

use super::checks::LifeCheck;
use super::invariants;
use super::life::{NameSpace, namesake_name};
use crate::scenario::Play;
use crate::world::intent::{self, GroupMismatch, Mismatch, Named};

/// The check of the accounts of strangers.
pub(super) const TAKEN_OVER: &str = "accounts.taken-over";

/// One thing that does not hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The check, with the kind of its object: `user.inactive`, `group.lacks`. What is alike in two
    /// runs has the same one.
    pub check: String,
    /// The user or group, by its name in the scenario; empty when it is about the run.
    pub who: String,
    /// What is so, in words.
    pub what: String,
    /// The same as a sentence without its full stop, with its object and without the check.
    pub says: String,
}

impl Finding {
    /// A finding about a user or a group.
    pub fn new(check: impl Into<String>, who: &str, what: String) -> Finding {
        let says = if who.is_empty() { what.clone() } else { format!("about {who}: {what}") };
        Finding { check: check.into(), who: who.to_owned(), what, says }
    }

    /// A finding about the run.
    pub fn of_run(check: LifeCheck, what: String) -> Finding {
        Finding::new(check.name(), "", what)
    }

    /// What a scenario expects that fails by this finding, where the comparison of the worlds does
    /// not see it.
    pub fn expectation(&self, names: &NameSpace) -> Option<String> {
        let is = |check: LifeCheck| self.check.split(' ').next() == Some(check.name());
        if is(LifeCheck::UserMultiplied) {
            return Some("golinks.accounts.repeated = 0".to_owned());
        }
        if is(LifeCheck::GroupMultiplied) {
            return Some("golinks.groups.repeated = 0".to_owned());
        }
        let stranger = self.who.strip_prefix("namesake").filter(|_| self.check == TAKEN_OVER)?;
        let name = namesake_name(stranger.parse().ok()?, names);
        Some(format!("golinks.account.{} = {{ userName = \"{name}\" }}", self.who))
    }

    /// Everything that does not hold at the end of a run: what the target should hold and does not,
    /// what was never to happen, and actions that were refused.
    pub fn all(play: &Play) -> Vec<Finding> {
        let mut found = Vec::new();
        for world in play.world().views() {
            found.extend(intent::compare(world).iter().map(|difference| {
                let (who, what) = (&difference.handle, difference.what.to_string());
                let says = difference.says(world, Named::WithHandle);
                Finding { says, ..Finding::new(of_user(&difference.what), who, what) }
            }));
            found.extend(intent::compare_groups(world).iter().map(|difference| {
                let (who, what) = (&difference.handle, difference.what.to_string());
                let says = difference.says(world, Named::WithHandle);
                Finding { says, ..Finding::new(of_group(&difference.what), who, what) }
            }));
        }
        found.extend(invariants::broken(play));
        if found.is_empty() {
            let unmet = play.checks().iter().filter(|check| !check.met);
            found.extend(unmet.map(|check| {
                let what = format!("{}: {}", check.expected, check.actual);
                Finding::of_run(LifeCheck::StepRefused, what)
            }));
        }
        found
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.who.is_empty() {
            true => write!(f, "{}: {}", self.check, self.what),
            false => write!(f, "{}: {} {}", self.check, self.who, self.what),
        }
    }
}

fn of_user(what: &Mismatch) -> String {
    let check = match what {
        Mismatch::Missing => LifeCheck::UserMissing,
        Mismatch::Inactive => LifeCheck::UserInactive,
        Mismatch::Several(_) => LifeCheck::UserSeveral,
        Mismatch::StillActive { .. } => LifeCheck::UserStillActive,
        Mismatch::StillExists => LifeCheck::UserStillExists,
        Mismatch::Differs { attribute, .. } => return LifeCheck::UserDiffers.of(attribute),
    };
    check.name().to_owned()
}

fn of_group(what: &GroupMismatch) -> String {
    let check = match what {
        GroupMismatch::Missing => LifeCheck::GroupMissing,
        GroupMismatch::Several(_) => LifeCheck::GroupSeveral,
        GroupMismatch::StillExists => LifeCheck::GroupStillExists,
        GroupMismatch::Lacks(_) => LifeCheck::GroupLacks,
        GroupMismatch::Holds(_) => LifeCheck::GroupHolds,
        GroupMismatch::Differs { attribute, .. } => return LifeCheck::GroupDiffers.of(attribute),
    };
    check.name().to_owned()
}
