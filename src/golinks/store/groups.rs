//! The stored groups: attributes as canonical JSON bytes, members apart from them, found by id,
//! name and member.

use std::collections::BTreeSet;

use crate::base::Time;
use crate::base::index::{Index, Lookup};
use crate::golinks::store::columns::Column;
use crate::golinks::store::columns::Columns;
use crate::golinks::store::ids::GroupId;
use crate::golinks::store::members::Member;
use crate::golinks::store::members::Members;
use crate::scim::Object;
use crate::scim::compare::{fold, same_folded};

/// A stored group.
#[derive(Clone)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// When it was created.
    pub created: Time,
    /// When it or its members were last changed.
    pub modified: Time,
    /// Its name.
    pub display_name: Box<str>,
    /// Its attributes as a JSON object, without `schemas`, `id`, `meta` and `members`.
    body: Box<[u8]>,
    /// Which extensions of its kind it uses, one bit for each.
    pub extensions: u8,
    members: Members,
    /// How often its members were changed.
    pub(crate) revision: u64,
    visible: bool,
}

impl Group {
    /// Its attributes as a JSON object, without `schemas`, `id`, `meta` and `members`.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its attributes, parsed, without its members.
    pub fn attributes(&self) -> Object {
        Object::parse(&self.body).unwrap_or_default()
    }

    /// Its members.
    pub fn members(&self) -> &Members {
        &self.members
    }
}

/// The new attributes of a group, without its members.
pub(crate) struct GroupDraft {
    pub(crate) display_name: Box<str>,
    pub(crate) body: Box<[u8]>,
    pub(crate) extensions: u8,
}

/// All groups, in the order of their creation.
#[derive(Default)]
pub struct Groups {
    slots: Vec<Group>,
    by_id: Index,
    by_name: Index,
    /// For each member, the slots of its groups.
    of: Lookup<Member, BTreeSet<u32>>,
    /// Finds groups by the attributes that a schema calls unique.
    columns: Columns,
}

impl Groups {
    /// Makes an empty store with these columns.
    pub(crate) fn with_columns(columns: Columns) -> Groups {
        Groups { columns, ..Groups::default() }
    }

    /// Returns the path of a value that must be unique and is held by another group.
    pub(crate) fn clash(&self, resource: &Object, own: Option<GroupId>) -> Option<String> {
        let holds = |slot: u32, column: &Column, text: &str| {
            let group = &self.slots[slot as usize];
            Some(group.id) != own && column.holds(&group.attributes(), text)
        };
        self.columns.clash(resource, holds)
    }

    /// How many groups there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there are no groups.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Every group, in the order of creation.
    pub fn iter(&self) -> impl Iterator<Item = &Group> {
        self.slots.iter().filter(|group| group.visible)
    }

    /// The group with this id.
    pub fn get(&self, id: GroupId) -> Option<&Group> {
        self.slot(id).map(|slot| &self.slots[slot])
    }

    /// The group with this displayName, in any case.
    pub fn named(&self, display_name: &str) -> Option<&Group> {
        let same = |slot: u32| same_folded(&self.slots[slot as usize].display_name, display_name);
        self.by_name.get(fold(display_name).as_ref(), same).map(|slot| &self.slots[slot as usize])
    }

    /// The groups that an account or a group is a direct member of, in the order of creation.
    pub fn of(&self, member: Member) -> impl Iterator<Item = &Group> {
        self.of.get(&member).into_iter().flatten().map(|slot| &self.slots[*slot as usize])
    }

    /// Returns the groups that contain a member only through other groups, nearest first.
    pub(crate) fn indirectly_of(&self, member: Member) -> Vec<&Group> {
        let mut seen: BTreeSet<GroupId> = self.of(member).map(|group| group.id).collect();
        let mut found: Vec<&Group> = Vec::new();
        let mut nearer: Vec<GroupId> = seen.iter().copied().collect();
        while !nearer.is_empty() {
            let above = nearer.iter().flat_map(|id| self.of(Member::Group(*id)));
            let new: Vec<&Group> = above.filter(|group| seen.insert(group.id)).collect();
            nearer = new.iter().map(|group| group.id).collect();
            found.extend(new);
        }
        found
    }

    /// Whether a group ever had this id.
    pub(crate) fn was_given(&self, id: GroupId) -> bool {
        self.by_id.get(&id, |slot| self.slots[slot as usize].id == id).is_some()
    }

    /// Adds a group without members, whose id and displayName are free.
    pub(crate) fn add(&mut self, id: GroupId, now: Time, resource: &Object, draft: GroupDraft) {
        let slot = self.slots.len() as u32;
        self.columns.add(resource, slot);
        self.by_id.insert(&id, slot);
        self.by_name.insert(fold(&draft.display_name).as_ref(), slot);
        let GroupDraft { display_name, body, extensions } = draft;
        let members = Members::default();
        let (created, modified) = (now, now);
        self.slots.push(Group {
            id,
            created,
            modified,
            display_name,
            body,
            extensions,
            members,
            revision: 0,
            visible: true,
        });
    }

    /// Gives a group other attributes; its displayName must be free.
    pub(crate) fn change(
        &mut self,
        id: GroupId,
        now: Time,
        (before, after): (&Object, &Object),
        draft: GroupDraft,
    ) {
        let Some(slot) = self.slot(id) else { return };
        self.columns.remove(before, slot as u32);
        self.columns.add(after, slot as u32);
        let group = &mut self.slots[slot];
        let (before, after) = (fold(&group.display_name), fold(&draft.display_name));
        if before != after {
            self.by_name.remove(before.as_ref(), slot as u32);
            self.by_name.insert(after.as_ref(), slot as u32);
        }
        group.display_name = draft.display_name;
        group.body = draft.body;
        group.extensions = draft.extensions;
        group.modified = now;
    }

    /// Adds a member; `false` when it was there.
    pub(crate) fn join(&mut self, id: GroupId, member: Member, now: Time) -> bool {
        let Some(slot) = self.slot(id) else { return false };
        let group = &mut self.slots[slot];
        if !group.members.add(member) {
            return false;
        }
        group.modified = now;
        group.revision += 1;
        match self.of.get_mut(&member) {
            Some(slots) => {
                slots.insert(slot as u32);
            }
            None => {
                self.of.insert(member, BTreeSet::from([slot as u32]));
            }
        }
        true
    }

    /// Takes a member out; `false` when it was not there.
    pub(crate) fn leave(&mut self, id: GroupId, member: Member, now: Time) -> bool {
        let Some(slot) = self.slot(id) else { return false };
        let group = &mut self.slots[slot];
        if !group.members.remove(member) {
            return false;
        }
        group.modified = now;
        group.revision += 1;
        if let Some(slots) = self.of.get_mut(&member) {
            slots.remove(&(slot as u32));
            if slots.is_empty() {
                self.of.remove(&member);
            }
        }
        true
    }

    /// Removes a deleted account or group from all groups.
    pub(crate) fn forget(&mut self, member: Member, now: Time) {
        for slot in self.of.remove(&member).unwrap_or_default() {
            let group = &mut self.slots[slot as usize];
            group.members.remove(member);
            group.modified = now;
            group.revision += 1;
        }
    }

    /// Deletes a group: its displayName is free again, its id is not.
    pub(crate) fn delete(&mut self, id: GroupId, now: Time) {
        let Some(slot) = self.slot(id) else { return };
        let members = std::mem::take(&mut self.slots[slot].members);
        for member in members.iter() {
            if let Some(slots) = self.of.get_mut(&member) {
                slots.remove(&(slot as u32));
            }
        }
        self.forget(Member::Group(id), now);
        let group = &mut self.slots[slot];
        if !self.columns.is_empty() {
            self.columns.remove(&group.attributes(), slot as u32);
        }
        self.by_name.remove(fold(&group.display_name).as_ref(), slot as u32);
        group.visible = false;
        group.body = Box::default();
    }

    fn slot(&self, id: GroupId) -> Option<usize> {
        let slot = self.by_id.get(&id, |slot| self.slots[slot as usize].id == id)? as usize;
        self.slots[slot].visible.then_some(slot)
    }
}
