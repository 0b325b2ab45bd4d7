//! Creates, changes, replaces and deletes accounts, and reports each as an event.

use std::sync::Arc;

use super::GoLinks;
use crate::base::Moment;
use crate::golinks::event::SessionEnd;
use crate::golinks::settings::capabilities::{Capability, Profile};
use crate::golinks::store::account::Account;
use crate::golinks::store::accounts::Draft;
use crate::golinks::store::members::Member;
use crate::golinks::store::revision::Revision;
use crate::golinks::{AccountId, Event};
use crate::scim::compare::{fold, same_folded};
use crate::scim::immutable::keep_immutable;
use crate::scim::shape::shape;
use crate::scim::{Error, Object, PatchRequest, Rules, ScimType, Value};

impl GoLinks {
    /// Creates an account from a shaped resource.
    pub(crate) fn add_account(
        &mut self,
        resource: Object,
        by_hand: bool,
        moment: &mut Moment<'_, Event>,
    ) -> Result<AccountId, Error> {
        if !by_hand {
            self.settings.required.check(&resource)?;
        }
        let user_name = text_of(&resource, "userName");
        self.settings.limits.user_name(user_name)?;
        let folded = fold(user_name);
        let id = AccountId::free(moment.seed(), &folded, |id| self.accounts.was_given(id));
        if self.holds_name(user_name, &folded, None) {
            return Err(held(user_name));
        }
        let active = is_active(&resource) || !self.can(Capability::SoftDelete);
        if active {
            self.settings.limits.seat(self.accounts.active_count())?;
        }
        if let Some(name) = self.accounts.clash(&resource, None) {
            return Err(taken(&name));
        }
        self.check_mail(&resource, None)?;
        let user_name: Arc<str> = user_name.into();
        let now = self.write_time(moment.now(), None);
        let draft = Draft::of(&resource, active, &self.users, &mut self.scratch);
        self.accounts.add(id, &folded, now, by_hand, draft);
        moment.emit(Event::AccountCreated { id, user_name });
        self.greet(id, &folded, moment);
        Ok(id)
    }

    /// The account that a create takes over by its e-mail address, which SCIM did not make (B130):
    /// it has the address, or is called by it.
    pub(crate) fn adoptable(&self, resource: &Object) -> Option<AccountId> {
        if !self.quirks().adopts_by_mail() {
            return None;
        }
        let mails = self.accounts.mails_of(resource);
        let mut local = self.accounts.iter().filter(|account| account.by_hand);
        let held = |account: &Account| {
            let theirs = self.accounts.mails_of(&account.attributes());
            let name = account.user_name();
            mails.iter().any(|mail| {
                same_folded(mail, &name) || theirs.iter().any(|own| same_folded(mail, own))
            })
        };
        local.find(|account| held(account)).map(|account| account.id)
    }

    /// Whether another account than `own` holds this userName.
    fn holds_name(&self, user_name: &str, folded: &str, own: Option<AccountId>) -> bool {
        if self.quirks().exact_names_are_unique() {
            let slots = self.accounts.slots_named(folded).into_iter();
            let mut others = slots.map(|slot| self.accounts.at(slot));
            return others.any(|it| Some(it.id) != own && it.user_name() == user_name);
        }
        self.accounts.named_folded(folded).is_some_and(|it| Some(it.id) != own)
    }

    /// Carries out a change request; returns whether anything changed.
    pub(crate) fn change_account(
        &mut self,
        id: AccountId,
        request: PatchRequest,
        moment: &mut Moment<'_, Event>,
    ) -> Result<bool, Error> {
        let revision = self.revised(id, request, self.rules())?;
        self.quirks().check_activity(is_active(&revision.before), is_active(&revision.after))?;
        self.commit_account(id, revision, moment)
    }

    /// Replaces all attributes of an account.
    pub(crate) fn replace_account(
        &mut self,
        id: AccountId,
        resource: Object,
        moment: &mut Moment<'_, Event>,
    ) -> Result<bool, Error> {
        self.spend_on(id)?;
        let revision = Revision::whole(self.must_find_account(id)?, resource);
        self.commit_account(id, revision, moment)
    }

    /// Finds the account with this id, given as text.
    pub(crate) fn find_account(&self, id: &str) -> Result<&Account, Error> {
        AccountId::parse(id).and_then(|id| self.accounts.get(id)).ok_or_else(|| no_account(id))
    }

    /// Finds the account with this id.
    pub(crate) fn must_find_account(&self, id: AccountId) -> Result<&Account, Error> {
        self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))
    }

    /// Refuses an e-mail address that another account has, when addresses must be unique (B52).
    fn check_mail(&self, resource: &Object, own: Option<AccountId>) -> Result<(), Error> {
        match self.quirks().mail_is_unique() && self.accounts.shares_mail(resource, own) {
            true => Err(Error::of(ScimType::Uniqueness, "a user with this e-mail address exists")),
            false => Ok(()),
        }
    }

    /// Spends the cost of reading an account for a change, which grows with its size: many changes
    /// of a large account in one bulk request would hold up all other clients.
    pub(super) fn spend_on(&mut self, id: AccountId) -> Result<(), Error> {
        let size = self.accounts.get(id).map_or(0, |account| account.body().len());
        self.work.spend(size / 2, 1)
    }

    /// Applies a change request to an account without storing it; returns the account before and
    /// after.
    pub(super) fn revised(
        &mut self,
        id: AccountId,
        request: PatchRequest,
        rules: Rules,
    ) -> Result<Revision, Error> {
        self.spend_on(id)?;
        let account = self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))?;
        Revision::by(request, account, &self.users, rules, &mut self.work)
    }

    /// Stores the new attributes of an account; returns whether they differ from the old ones.
    /// Without a difference `meta.lastModified` stays.
    pub(super) fn commit_account(
        &mut self,
        id: AccountId,
        mut revision: Revision,
        moment: &mut Moment<'_, Event>,
    ) -> Result<bool, Error> {
        let after = std::mem::take(&mut revision.after);
        let before = &revision.before;
        let Some((after, is_active)) = self.accepted(id, before, after)? else { return Ok(false) };
        let account = self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))?;
        let was_active = account.active;
        let user_name: Arc<str> = text_of(&after, "userName").into();
        let now = self.write_time(moment.now(), Some(account.modified));
        let draft = revision.draft(&after, account, is_active, &self.users, &mut self.scratch);
        self.accounts.change(id, now, before, draft);
        let what = differences(before, &after);
        if !what.is_empty() {
            moment.emit(Event::AccountChanged {
                id,
                user_name: user_name.clone(),
                what: what.into(),
            });
        }
        match (was_active, is_active) {
            (true, false) => {
                moment.emit(Event::Deactivated { id, user_name });
                // The name that was signed in with: the same change may bring the one of a user
                // in the recycle bin (B92).
                let signed_in: Arc<str> = text_of(&revision.before, "userName").into();
                self.take_leave(id, &signed_in, SessionEnd::Deactivated, moment);
            }
            (false, true) => moment.emit(Event::Reactivated { id, user_name }),
            _ => {}
        }
        Ok(true)
    }

    /// Whether the new attributes of an account could be stored; nothing is.
    pub(super) fn may_commit(&self, id: AccountId, revision: &Revision) -> Result<(), Error> {
        self.accepted(id, &revision.before, revision.after.clone()).map(drop)
    }

    /// The attributes of an account as they are stored after a change, and whether it is active;
    /// `None` when nothing changes.
    fn accepted(
        &self,
        id: AccountId,
        before: &Object,
        mut after: Object,
    ) -> Result<Option<(Object, bool)>, Error> {
        let was_active = self.must_find_account(id)?.active;
        // A request without `active` changes no access; GoLinks still shows `active`.
        if self.settings.profile == Profile::GoLinks
            && after.get("active").is_none_or(Value::is_absent)
        {
            after.insert("active", was_active);
        }
        if self.users_immutable {
            keep_immutable(before, &mut after, &self.users)?;
        }
        let after = shape(after, &self.users, self.rules())?;
        let is_active = after.get("active").and_then(Value::as_bool).unwrap_or(was_active);
        if *before == after {
            return Ok(None);
        }
        if is_active && !was_active {
            self.settings.limits.seat(self.accounts.active_count())?;
        }
        let user_name = text_of(&after, "userName");
        if user_name != text_of(before, "userName") {
            self.settings.limits.user_name(user_name)?;
            if self.holds_name(user_name, &fold(user_name), Some(id)) {
                return Err(held(user_name));
            }
        }
        if let Some(name) = self.accounts.clash(&after, Some(id)) {
            return Err(taken(&name));
        }
        self.check_mail(&after, Some(id))?;
        Ok(Some((after, is_active)))
    }

    pub(crate) fn remove_account(
        &mut self,
        id: AccountId,
        keep: bool,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let account = self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))?;
        let user_name: Arc<str> = account.user_name().as_ref().into();
        self.accounts.delete(id, moment.now(), keep);
        self.groups.forget(Member::User(id), moment.now());
        moment.emit(Event::AccountDeleted { id, user_name: user_name.clone() });
        let why = if keep { SessionEnd::Deactivated } else { SessionEnd::Deleted };
        self.take_leave(id, &user_name, why, moment);
        Ok(())
    }
}

fn no_account(id: &str) -> Error {
    let shown: String = id.chars().take(40).collect();
    Error::new(404, format!("there is no user {shown}"))
}

fn held(user_name: &str) -> Error {
    let shown: String = user_name.chars().take(120).collect();
    Error::of(ScimType::Uniqueness, format!("the userName {shown} is held by another account"))
}

fn taken(name: &str) -> Error {
    Error::of(ScimType::Uniqueness, format!("the value of {name} is held by another account"))
}

fn text_of<'a>(resource: &'a Object, name: &str) -> &'a str {
    resource.get(name).and_then(Value::as_text).unwrap_or_default()
}

fn is_active(resource: &Object) -> bool {
    resource.get("active").and_then(Value::as_bool).unwrap_or(false)
}

/// Returns the paths whose values differ, except `active`, which has events of its own.
pub(super) fn differences(before: &Object, after: &Object) -> Vec<Box<str>> {
    let mut paths = Vec::new();
    let gone_or_kept = before.iter().map(|(name, value)| (name, Some(value), after.get(name)));
    let new = after
        .iter()
        .filter(|(name, _)| before.get(name).is_none())
        .map(|(name, value)| (name, None, Some(value)));
    let empty = Object::new();
    for (name, a, b) in gone_or_kept.chain(new).filter(|(name, a, b)| *name != "active" && a != b) {
        let is_object =
            |value: Option<&Value>| value.is_none_or(|value| value.as_object().is_some());
        if !is_object(a) || !is_object(b) {
            paths.push(name.into());
            continue;
        }
        let parts = |value| Option::and_then(value, Value::as_object).unwrap_or(&empty);
        let separator = if name.contains(':') { ":" } else { "." };
        let inner = differences(parts(a), parts(b));
        paths.extend(inner.iter().map(|part| [name, separator, part].concat().into()));
    }
    paths
}
