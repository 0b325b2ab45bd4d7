//! The stored accounts in their slots, found by id and by folded userName at a constant cost.

use crate::base::Time;
use crate::base::index::Index;
use crate::golinks::store::account::Account;
use crate::golinks::store::columns::Column;
use crate::golinks::store::columns::Columns;
use crate::golinks::store::ids::AccountId;
use crate::golinks::store::order::Order;
use crate::scim::compare::{fold, same_folded};
use crate::scim::{Object, Path, ResourceType, Value};

/// An account as the page and the expectations read it.
#[derive(Clone, Debug)]
pub struct AccountView {
    /// Its id.
    pub id: AccountId,
    /// Its userName, as it was written.
    pub user_name: String,
    /// Whether its user may sign in.
    pub active: bool,
    /// The whole resource, as a GET returns it.
    pub resource: Object,
}

/// The new body of an account.
pub(crate) struct Draft<'a> {
    /// The values by which the account is found, as far as they may have changed.
    pub(crate) resource: &'a Object,
    pub(crate) body: &'a [u8],
    pub(crate) active: bool,
    /// Which extensions it uses, one bit for each.
    pub(crate) extensions: u8,
}

impl<'a> Draft<'a> {
    /// Writes a shaped resource into `room`; the store then copies it at its exact size.
    pub(crate) fn of(
        resource: &'a Object,
        active: bool,
        kind: &ResourceType,
        room: &'a mut Vec<u8>,
    ) -> Draft<'a> {
        room.clear();
        resource.write(room);
        let extensions = extensions(kind, |_, urn| resource.get(urn).is_some());
        Draft { resource, body: room, active, extensions }
    }
}

/// Returns a bit for each extension that is used; `used` gets its position and its URN.
pub(crate) fn extensions(kind: &ResourceType, used: impl Fn(usize, &str) -> bool) -> u8 {
    let extensions = kind.extensions.iter().take(8).enumerate();
    extensions
        .filter(|(nth, schema)| used(*nth, &schema.id))
        .fold(0, |all, (nth, _)| all | 1 << nth)
}

/// All accounts, in the order of their creation.
#[derive(Default)]
pub struct Accounts {
    slots: Vec<Account>,
    by_id: Index,
    by_name: Index,
    order: Order,
    active: usize,
    /// Finds accounts by other values than id and userName, if the profile needs it.
    columns: Columns,
}

impl Accounts {
    /// Makes an empty store that also finds accounts by these columns.
    pub(crate) fn with_columns(columns: Columns) -> Accounts {
        Accounts { columns, ..Accounts::default() }
    }

    /// Returns the slots of the candidates, among which are all accounts with this text at this
    /// path, in the order of creation; `None` when no column has the path.
    pub(crate) fn likely(&self, path: &Path, text: &str) -> Option<Vec<u32>> {
        self.columns.likely(path, text)
    }

    /// Returns the path of an attribute whose value must be unique and is held by another account.
    pub(crate) fn clash(&self, resource: &Object, own: Option<AccountId>) -> Option<String> {
        let holds = |slot: u32, column: &Column, text: &str| {
            let account = self.at(slot);
            Some(account.id) != own && column.holds(&account.attributes(), text)
        };
        self.columns.clash(resource, holds)
    }

    /// The e-mail addresses of a resource.
    pub(crate) fn mails_of(&self, resource: &Object) -> Vec<String> {
        let (mut found, mails) = (Vec::new(), Path::parse("emails.value"));
        if let Ok(mails) = mails {
            mails.any(resource, &mut |mail| {
                found.extend(mail.as_text().map(str::to_owned));
                false
            });
        }
        found
    }

    /// Whether another account has an e-mail address of this resource.
    pub(crate) fn shares_mail(&self, resource: &Object, own: Option<AccountId>) -> bool {
        let Ok(mails) = Path::parse("emails.value") else { return false };
        let mut sent: Vec<&str> = Vec::new();
        mails.any(resource, &mut |mail| {
            sent.extend(mail.as_text());
            false
        });
        let is_sent = |mail: &Value| {
            mail.as_text().is_some_and(|mail| sent.iter().any(|other| same_folded(other, mail)))
        };
        let held = |account: &Account| {
            Some(account.id) != own && mails.any(&account.attributes(), &mut |mail| is_sent(mail))
        };
        sent.iter().any(|mail| match self.likely(&mails, mail) {
            Some(likely) => likely.into_iter().map(|slot| self.at(slot)).any(held),
            None => self.iter().any(held),
        })
    }

    /// How many accounts SCIM can see, active or not.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether SCIM can see no account.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// How many accounts are active.
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
        self.order.from(nth, seen).map(|slot| self.at(slot as u32))
    }

    /// The account with this id, when SCIM can see it.
    pub fn get(&self, id: AccountId) -> Option<&Account> {
        self.slot_of(id).map(|slot| self.at(slot))
    }

    /// The account with this id, also when it is deleted.
    pub(crate) fn known(&self, id: AccountId) -> Option<&Account> {
        self.by_id.get(&id, |slot| self.at(slot).id == id).map(|slot| self.at(slot))
    }

    /// The account with this userName, in any case.
    pub fn named(&self, user_name: &str) -> Option<&Account> {
        self.named_folded(&fold(user_name))
    }

    /// The account with this userName, which is folded already.
    pub(crate) fn named_folded(&self, folded: &str) -> Option<&Account> {
        self.slot_named(folded).map(|slot| self.at(slot))
    }

    /// The slots of all accounts with this userName in any case, which is folded already: there may
    /// be several where names that differ in case alone are two (B51).
    pub(crate) fn slots_named(&self, folded: &str) -> Vec<u32> {
        let mut slots = self.by_name.likely(folded);
        slots.retain(|slot| same_folded(&self.at(*slot).user_name(), folded));
        slots
    }

    /// The slot of the account with this userName, which is folded already.
    pub(crate) fn slot_named(&self, folded: &str) -> Option<u32> {
        self.by_name.get(folded, |slot| same_folded(&self.at(slot).user_name(), folded))
    }

    /// The slot of the account with this id, when SCIM can see it.
    pub(crate) fn slot_of(&self, id: AccountId) -> Option<u32> {
        let slot = self.by_id.get(&id, |slot| self.at(slot).id == id)?;
        self.at(slot).visible.then_some(slot)
    }

    /// The account in a slot.
    pub(crate) fn at(&self, slot: u32) -> &Account {
        &self.slots[slot as usize]
    }

    /// Whether an account ever had this id.
    pub(crate) fn was_given(&self, id: AccountId) -> bool {
        self.by_id.get(&id, |slot| self.at(slot).id == id).is_some()
    }

    /// Adds an account whose id and userName are free.
    pub(crate) fn add(
        &mut self,
        id: AccountId,
        folded: &str,
        now: Time,
        by_hand: bool,
        draft: Draft<'_>,
    ) {
        let Draft { resource, body, active, extensions } = draft;
        let slot = self.slots.len();
        self.columns.add(resource, slot as u32);
        self.by_id.insert(&id, slot as u32);
        self.by_name.insert(folded, slot as u32);
        self.order.show(slot);
        self.active += usize::from(active);
        self.slots.push(Account {
            id,
            created: now,
            modified: now,
            revision: 0,
            active,
            by_hand,
            visible: true,
            extensions,
            body: body.to_vec(),
        });
    }

    /// Adds an account of another store, whose id and userName are free here.
    pub(crate) fn add_copy(&mut self, account: &Account) {
        let slot = self.slots.len();
        self.columns.add(&account.attributes(), slot as u32);
        self.by_id.insert(&account.id, slot as u32);
        self.by_name.insert(fold(&account.user_name()).as_ref(), slot as u32);
        self.order.show(slot);
        self.active += usize::from(account.active);
        self.slots.push(account.clone());
    }

    /// Gives an account a new body; no other account may hold its userName. `before` holds the old
    /// values of the draft's resource.
    pub(crate) fn change(&mut self, id: AccountId, now: Time, before: &Object, draft: Draft<'_>) {
        let Some(slot) = self.slot_of(id) else { return };
        let account = &mut self.slots[slot as usize];
        self.active = self.active + usize::from(draft.active) - usize::from(account.active);
        let old = fold(&account.user_name()).into_owned();
        account.active = draft.active;
        account.extensions = draft.extensions;
        account.modified = now;
        account.revision = account.revision.wrapping_add(1);
        account.set_body(draft.body);
        let new = account.user_name();
        let new = fold(&new);
        if old != new {
            self.by_name.remove(old.as_str(), slot);
            self.by_name.insert(new.as_ref(), slot);
        }
        if !self.columns.is_empty() {
            self.columns.remove(before, slot);
            self.columns.add(draft.resource, slot);
        }
    }

    /// Hides an account from SCIM: its userName is free again, its id is not. With `keep` its row
    /// stays, but inactive.
    pub(crate) fn delete(&mut self, id: AccountId, now: Time, keep: bool) {
        let Some(slot) = self.slot_of(id) else { return };
        let account = &mut self.slots[slot as usize];
        self.by_name.remove(fold(&account.user_name()).as_ref(), slot);
        if !self.columns.is_empty() {
            self.columns.remove(&account.attributes(), slot);
        }
        self.order.hide(slot as usize);
        self.active -= usize::from(account.active);
        (account.active, account.visible, account.modified) = (false, false, now);
        if !keep {
            account.body = Vec::new();
        }
    }

    /// The accounts that were deleted and whose rows were kept, as the administration page lists
    /// them.
    pub fn deleted(&self) -> impl Iterator<Item = &Account> {
        self.slots.iter().filter(|account| !account.visible && !account.body().is_empty())
    }
}
