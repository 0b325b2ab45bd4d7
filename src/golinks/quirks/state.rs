//! What quirks remember from one request to the next.

use std::collections::BTreeMap;

use super::aim::Collection;
use super::change::{SideEffects, store_mangled};
use crate::base::Time;
use crate::golinks::client_time::RecentlyCreated;
use crate::scim::{Object, Value};

/// What quirks remember from one request to the next.
#[derive(Clone, Default, Debug)]
pub(crate) struct QuirkState {
    /// The change of a group that others overlap with (B32): the engine's, and that of clients in
    /// real time.
    pub(super) changed: [Option<Changed>; 2],
    /// Whether the change of a group that is being carried out is not kept.
    pub(super) loses: bool,
    /// Accounts that clients in real time do not find yet.
    pub(super) recently_created: RecentlyCreated,
    /// Members that stand twice in a group: the group and the account (B33).
    pub(super) doubled: Vec<(String, String)>,
    /// By the id of an account, `active` as the text it came as (B118).
    pub(super) active: BTreeMap<String, String>,
    /// By the id of an account, what is stored in it below pieces of a URN (B20).
    pub(super) mangled: BTreeMap<String, Object>,
}

/// The last change of a group.
#[derive(Clone, Debug)]
pub(super) struct Changed {
    pub(super) group: String,
    /// Until when another one overlaps with it.
    pub(super) until: Time,
    /// Its position among the overlapping changes.
    pub(super) nth: u64,
}

impl QuirkState {
    /// Whether the change of a group that is being carried out is not kept (B32).
    pub(crate) fn loses_change(&self) -> bool {
        self.loses
    }

    /// Takes what a change that succeeded leaves behind.
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
                self.active.insert(id.to_owned(), text);
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
