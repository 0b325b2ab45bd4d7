//! A difference in a sentence, with the names that the directory shows.

use std::sync::Arc;

use super::{Difference, GroupDifference, GroupMismatch, Mismatch};
use crate::entra::tenant::{Attribute, UserKey};
use crate::world::AppView;

/// How users and groups are named in a sentence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// As the directory shows them: `Ann Okafor`.
    Shown,
    /// With the name that the scenario has for them: `Ann Okafor (ann)`.
    WithHandle,
}

impl Difference {
    /// The difference as a sentence without its full stop.
    pub fn says(&self, world: AppView<'_>, named: Named) -> String {
        let who = user(world, self.user, named);
        match &self.what {
            Mismatch::Differs { .. } => format!("the account of {who} differs: {}", self.what),
            _ => format!("{who} is {}", self.what),
        }
    }
}

impl GroupDifference {
    /// The difference as a sentence without its full stop.
    pub fn says(&self, world: AppView<'_>, named: Named) -> String {
        let shown = world.entra().tenant().group(self.group).display_name();
        let group = named.name(shown, &self.handle);
        let what = match &self.what {
            GroupMismatch::Lacks(users) => GroupMismatch::Lacks(called(world, users, named)),
            GroupMismatch::Holds(users) => GroupMismatch::Holds(called(world, users, named)),
            other => other.clone(),
        };
        match what {
            GroupMismatch::Differs { .. } => format!("the group {group} differs: {what}"),
            GroupMismatch::Lacks(_) | GroupMismatch::Holds(_) => {
                format!("the group {group} {what}")
            }
            _ => format!("the group {group} is {what}"),
        }
    }
}

impl Named {
    fn name(self, shown: &str, handle: &str) -> String {
        match self {
            Named::WithHandle if shown != handle => format!("{shown} ({handle})"),
            _ => shown.to_owned(),
        }
    }
}

fn user(world: AppView<'_>, key: UserKey, named: Named) -> String {
    let row = world.entra().tenant().user(key);
    let shown = row.get(Attribute::DisplayName).or(row.sign_in_name()).unwrap_or(row.handle());
    named.name(shown, row.handle())
}

/// These users of the scenario, by the names that the directory shows.
fn called(world: AppView<'_>, handles: &[Arc<str>], named: Named) -> Vec<Arc<str>> {
    let tenant = world.entra().tenant();
    let name = |handle: &Arc<str>| match tenant.find_user(handle) {
        Some(key) => user(world, key, named).into(),
        None => handle.clone(),
    };
    handles.iter().map(name).collect()
}
