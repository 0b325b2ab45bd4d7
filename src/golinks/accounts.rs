//! The accounts at rest: canonical JSON bytes in slots, found by id and by folded userName at a constant cost.

use std::borrow::Cow;
use std::cell::Cell;

use super::account_id::AccountId;
use super::columns::{Column, Columns};
use super::order::Order;
use crate::base::Time;
use crate::base::index::Index;
use crate::scim::compare::{fold, same_folded};
use crate::scim::{Object, Path, ResourceType};

/// An account as it may be read by those who watch.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Its userName, as it was written.
    pub user_name: String,
    /// Whether its person may sign in.
    pub active: bool,
    /// The whole resource, as a GET would answer it.
    pub resource: Object,
}

/// An account at rest: a line of the caches, and its body.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// When it was created.
    pub created: Time,
    /// When it was last changed.
    pub modified: Time,
    /// Its attributes as a JSON object, without `schemas`, `id` and `meta`; `userName` comes first.
    body: Vec<u8>,
    /// Whether its person may sign in.
    pub active: bool,
    /// Whether it was made by hand, not by SCIM.
    pub by_hand: bool,
    /// Whether SCIM can see it; a deleted account stays as a row without a name.
    visible: bool,
    /// Which extensions of its profile it uses, a bit each.
    pub extensions: u8,
    /// How often it was changed.
    pub revision: u32,
}

impl Account {
    /// Its userName, as it was written.
    pub fn user_name(&self) -> Cow<'_, str> {
        user_name(&self.body)
    }

    /// Its attributes as a JSON object, without `schemas`, `id` and `meta`.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its attributes, parsed.
    pub fn attributes(&self) -> Object {
        Object::parse(&self.body).unwrap_or_default()
    }
}

/// What becomes the body of an account.
pub(super) struct Draft<'a> {
    /// By whose values it is found, so far as they may have changed.
    pub(super) resource: &'a Object,
    pub(super) body: &'a [u8],
    pub(super) active: bool,
    /// Which extensions it uses, a bit each.
    pub(super) extensions: u8,
}

impl<'a> Draft<'a> {
    /// Writes a shaped resource into `room`, from where the store takes a copy of the exact size.
    pub(super) fn of(resource: &'a Object, active: bool, kind: &ResourceType, room: &'a mut Vec<u8>) -> Draft<'a> {
        room.clear();
        resource.write(room);
        let extensions = extensions(kind, |_, urn| resource.get(urn).is_some());
        Draft { resource, body: room, active, extensions }
    }
}

/// A bit for each extension that is used; `used` is asked with its place and its URN.
pub(super) fn extensions(kind: &ResourceType, used: impl Fn(usize, &str) -> bool) -> u8 {
    let extensions = kind.extensions.iter().take(8).enumerate();
    extensions.filter(|(nth, schema)| used(*nth, &schema.id)).fold(0, |all, (nth, _)| all | 1 << nth)
}

/// All accounts, in the order of their creation.
#[derive(Default)]
pub struct Accounts {
    slots: Vec<Account>,
    by_id: Index,
    by_name: Index,
    order: Order,
    /// The slot that was found last: whoever asks for an account most often asks again at once.
    last: Cell<usize>,
    active: usize,
    /// By other values than id and userName, where the profile asks for it.
    columns: Columns,
}

impl Accounts {
    /// No accounts, to be found by these columns too.
    pub(super) fn with_columns(columns: Columns) -> Accounts {
        Accounts { columns, ..Accounts::default() }
    }

    /// The accounts among which are all whose value at this path is this text, in the order of creation; `None` when no
    /// column knows the path.
    pub(super) fn likely(&self, path: &Path, text: &str) -> Option<Vec<&Account>> {
        let slots = self.columns.likely(path, text)?;
        Some(slots.into_iter().map(|slot| &self.slots[slot as usize]).collect())
    }

    /// The name of an attribute whose value must be unique and is held by another account.
    pub(super) fn clash(&self, resource: &Object, own: Option<AccountId>) -> Option<String> {
        let holds = |slot: u32, column: &Column, text: &str| {
            let account = &self.slots[slot as usize];
            Some(account.id) != own && column.holds(&account.attributes(), text)
        };
        self.columns.clash(resource, holds)
    }

    /// How many SCIM can see, active or not.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether SCIM can see none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// How many are active.
    pub fn active_count(&self) -> usize {
        self.active
    }

    /// Every account SCIM can see, in the order of creation.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.slots.iter().filter(|account| account.visible)
    }

    /// The accounts SCIM can see from the n-th on, counted from 0.
    pub fn from(&self, nth: usize) -> impl Iterator<Item = &Account> {
        let seen = |slot: usize| self.slots.get(slot).is_some_and(|account| account.visible);
        self.order.from(nth, seen).map(|slot| &self.slots[slot])
    }

    /// The account with this id, when SCIM can see it.
    pub fn get(&self, id: AccountId) -> Option<&Account> {
        self.slot(id).map(|slot| &self.slots[slot])
    }

    /// The account with this userName, in any case.
    pub fn named(&self, user_name: &str) -> Option<&Account> {
        self.named_folded(&fold(user_name))
    }

    /// The account with this userName, which is folded already.
    pub(super) fn named_folded(&self, folded: &str) -> Option<&Account> {
        let same = |slot: u32| {
            let account = &self.slots[slot as usize];
            // Most often the bytes say so, and the name need not be read.
            has_name(&account.body, folded) || same_folded(&account.user_name(), folded)
        };
        self.by_name.get(folded, same).map(|slot| &self.slots[slot as usize])
    }

    /// Whether an id was ever given.
    pub(super) fn was_given(&self, id: AccountId) -> bool {
        self.by_id.get(&id, |slot| self.slots[slot as usize].id == id).is_some()
    }

    /// Begins to read what looking for this userName, which is folded, will read: it comes while something else is done.
    pub(super) fn reach(&self, folded: &str) {
        std::hint::black_box(self.by_name.reach(folded));
    }

    /// Adds an account whose id and userName nobody holds.
    pub(super) fn add(&mut self, id: AccountId, folded: &str, now: Time, by_hand: bool, draft: Draft<'_>) {
        let Draft { resource, body, active, extensions } = draft;
        let slot = self.slots.len();
        self.columns.add(resource, slot as u32);
        self.by_id.insert(&id, slot as u32);
        self.by_name.insert(folded, slot as u32);
        self.order.show(slot);
        self.active += usize::from(active);
        let body = stored(Vec::new(), body);
        let (created, modified) = (now, now);
        let account = Account { id, created, modified, body, active, by_hand, visible: true, extensions, revision: 0 };
        self.slots.push(account);
        self.last.set(slot);
    }

    /// Gives an account another body; nobody else holds its userName. `before` is what the draft's resource was.
    pub(super) fn change(&mut self, id: AccountId, now: Time, before: &Object, draft: Draft<'_>) {
        let Some(slot) = self.slot(id) else { return };
        let account = &mut self.slots[slot];
        self.active = self.active + usize::from(draft.active) - usize::from(account.active);
        let (old, new) = (user_name(&account.body), user_name(draft.body));
        if old != new && fold(&old) != fold(&new) {
            self.by_name.remove(fold(&old).as_ref(), slot as u32);
            self.by_name.insert(fold(&new).as_ref(), slot as u32);
        }
        if !self.columns.is_empty() {
            self.columns.remove(before, slot as u32);
            self.columns.add(draft.resource, slot as u32);
        }
        account.body = stored(std::mem::take(&mut account.body), draft.body);
        account.active = draft.active;
        account.extensions = draft.extensions;
        account.modified = now;
        account.revision = account.revision.wrapping_add(1);
    }

    /// Takes an account from SCIM's sight: its userName is free again, its id is not. `keep` says whether its row stays
    /// as it was, but inactive.
    pub(super) fn delete(&mut self, id: AccountId, now: Time, keep: bool) {
        let Some(slot) = self.slot(id) else { return };
        let account = &mut self.slots[slot];
        self.by_name.remove(fold(&user_name(&account.body)).as_ref(), slot as u32);
        if !self.columns.is_empty() {
            self.columns.remove(&account.attributes(), slot as u32);
        }
        self.order.hide(slot);
        self.active -= usize::from(account.active);
        account.active = false;
        account.visible = false;
        account.modified = now;
        if !keep {
            account.body = Vec::new();
        }
    }

    /// The accounts that were deleted and whose rows were kept, as the administration page lists them.
    pub fn deleted(&self) -> impl Iterator<Item = &Account> {
        self.slots.iter().filter(|account| !account.visible && !account.body.is_empty())
    }

    fn slot(&self, id: AccountId) -> Option<usize> {
        let mut slot = self.last.get();
        if self.slots.get(slot).is_none_or(|account| account.id != id) {
            slot = self.by_id.get(&id, |slot| self.slots[slot as usize].id == id)? as usize;
            self.last.set(slot);
        }
        self.slots[slot].visible.then_some(slot)
    }
}

/// A body where another one was, if it has the room: memory in use is in the caches, other memory is not.
fn stored(mut room: Vec<u8>, body: &[u8]) -> Vec<u8> {
    let size = room_for(body.len());
    if room.capacity() < body.len() || room.capacity() > size {
        room = Vec::with_capacity(size);
    }
    room.clear();
    room.extend_from_slice(body);
    room
}

/// What an allocator sets aside for so many bytes in any case: the next quarter of a power of two.
fn room_for(bytes: usize) -> usize {
    let quarter = (bytes.max(64) - 1).ilog2().saturating_sub(2);
    bytes.next_multiple_of(1 << quarter)
}

/// What a body begins with.
const BEFORE: &[u8] = b"{\"userName\":\"";

/// Whether it can be seen at once that the userName of a body is this one, but for the case of ASCII letters.
fn has_name(body: &[u8], name: &str) -> bool {
    let there = body.strip_prefix(BEFORE).and_then(|inner| inner.split_at_checked(name.len()));
    there.is_some_and(|(text, after)| after.first() == Some(&b'"') && text.eq_ignore_ascii_case(name.as_bytes()))
        && memchr::memchr2(b'"', b'\\', name.as_bytes()).is_none()
}

/// The userName of a body, which begins with it; copied only when it holds an escape.
fn user_name(body: &[u8]) -> Cow<'_, str> {
    let Some(inner) = body.strip_prefix(BEFORE) else { return Cow::Borrowed("") };
    let end = memchr::memchr2(b'"', b'\\', inner).unwrap_or(inner.len());
    if inner.get(end) == Some(&b'"') {
        return Cow::Borrowed(std::str::from_utf8(&inner[..end]).unwrap_or_default());
    }
    let mut reader = serde_json::Deserializer::from_slice(&body[BEFORE.len() - 1..]).into_iter::<String>();
    Cow::Owned(reader.next().and_then(Result::ok).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_seen_at_once_or_read() {
        let body = |name: &str| Object::from_iter([("userName".into(), name.into())]).to_bytes();
        let names =
            ["ann", "ANN", "Ann@x.example", "a\"n", "a\\", "a\\\"", "zo\u{eb}", "ZO\u{cb}", "", "an", "annn", "a\n"];
        for name in names {
            for other in names {
                let same = fold(name) == fold(other);
                let body = body(name);
                assert_eq!(same_folded(&user_name(&body), &fold(other)), same, "{name:?} {other:?}");
                assert!(same || !has_name(&body, &fold(other)), "{name:?} {other:?}");
            }
        }
        assert!(has_name(&body("Ann@x.example"), "ann@x.example"));
    }

    #[test]
    fn a_body_takes_the_room_of_the_one_before_where_it_would_be_given_as_much() {
        let sizes: Vec<usize> = [1, 64, 65, 81, 129, 500, 513, 641, 1025].map(room_for).into();
        assert_eq!(sizes, [8, 64, 80, 96, 160, 512, 640, 768, 1280]);
        let mut room = stored(Vec::new(), &[1; 500]);
        for (length, same) in [(512, true), (449, true), (513, false), (640, true), (500, false)] {
            let before = (room.as_ptr(), room.capacity());
            let body = vec![7; length];
            room = stored(room, &body);
            assert_eq!(room, body);
            assert_eq!(before == (room.as_ptr(), room.capacity()), same, "{length}");
        }
    }
}
