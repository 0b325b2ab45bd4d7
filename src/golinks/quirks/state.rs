//! What quirks remember from one request to the next.

use std::collections::BTreeMap;

use super::aim::Collection;
use super::change::{SideEffects, store_mangled};
use crate::base::Time;
use crate::golinks::AccountId;
use crate::golinks::client_time::RecentlyCreated;
use crate::scim::{Object, Value};

/// What quirks remember from one request to the next.
#[derive(Clone, Default, Debug)]
pub(crate) struct QuirkState {
    /// The last change of a group, which later changes may overlap (B32): the engine's, and that of
    /// clients in real time.
    pub(super) changed: [Option<Changed>; 2],
    /// Whether the change of a group that is being carried out is lost.
    pub(super) loses: bool,
    /// Accounts that clients in real time created, and may not find yet.
    pub(super) recently_created: RecentlyCreated,
    /// Members that are shown twice: the group and the member (B33).
    pub(super) doubled: Vec<(String, String)>,
    /// For each id of an account: `active` as the text that the client sent (B118).
    pub(super) active: BTreeMap<String, String>,
    /// For each id of an account: the values stored in it under pieces of a URN (B20).
    pub(super) mangled: BTreeMap<String, Object>,
    /// For each account: how it was before its last change (B124).
    pub(super) before: BTreeMap<AccountId, Object>,
}

/// The last change of a group.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) group: String,
    /// The end of the time in which another change overlaps with it.
    pub(super) until: Time,
    /// Its position among the overlapping changes.
    pub(super) nth: u64,
}

impl QuirkState {
    /// Whether the change of a group that is being carried out is lost (B32).
    pub(crate) fn loses_change(&self) -> bool {
        self.loses
    }

    /// Remembers the side effects of a change that succeeded.
    pub(super) fn take(
        &mut self,
        (collection, item): (Collection, Option<&str>),
        side_effects: SideEffects,
    ) {
        let Some(id) = item else { return };
        if collection == Collection::Groups {
            self.doubled
                .extend(side_effects.doubled.into_iter().map(|member| (id.to_owned(), member)));
        }
        match side_effects.active {
            Some(Value::Text(text)) => {
                self.active.insert(id.to_owned(), text.into());
            }
            Some(_) => {
                self.active.remove(id);
            }
            None => {}
        }
        for (path, value) in side_effects.mangled {
            store_mangled(self.mangled.entry(id.to_owned()).or_default(), &path, value);
        }
    }
}
