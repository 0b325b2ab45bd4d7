//! How accounts change, by SCIM and by hand alike: created, changed, deleted, each with what is
//! said about it.

use std::sync::Arc;
use std::time::Duration;

use crate::base::Moment;
use crate::golinks::AccountId;
use crate::golinks::Event;
use crate::golinks::api::credentials::hint;
use crate::golinks::api::users::no_account;
use crate::golinks::quirks::Quirk;
use crate::golinks::server::GoLinks;
use crate::golinks::settings::Expiry;
use crate::golinks::settings::TokenSetting;
use crate::golinks::settings::capabilities::Capability;
use crate::golinks::settings::capabilities::Profile;
use crate::golinks::store::account::Account;
use crate::golinks::store::accounts::Draft;
use crate::golinks::store::members::Member;
use crate::golinks::store::revision::Revision;
use crate::scim::compare::fold;
use crate::scim::patch::{Op, Operation, Work};
use crate::scim::shape::{DottedKeys, keep_immutable, shape};
use crate::scim::{Error, Object, PatchRequest, Path, Rules, ScimType, Value};

impl GoLinks {
    /// Creates an account by hand, as an administrator of GoLinks would.
    ///
    /// # Errors
    /// As a POST would be refused.
    pub fn create_account(
        &mut self,
        mut resource: Object,
        moment: &mut Moment<'_, Event>,
    ) -> Result<AccountId, Error> {
        if resource.get("active").is_none_or(Value::is_absent) {
            resource.insert("active", true);
        }
        self.create(shape(resource, &self.users, Rules::default())?, true, moment)
    }

    /// Changes an account by hand; null clears.
    ///
    /// # Errors
    /// As a PATCH would be refused; also for a path that leads nowhere.
    pub fn edit_account(
        &mut self,
        id: AccountId,
        changes: Vec<(Path, Value)>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        self.work = Work::default();
        let mut operations = Vec::with_capacity(changes.len());
        for (path, value) in changes {
            if !self.keeps(&path) {
                let why = format!("`{path}` is no attribute of an account");
                let help = Some(self.meant(&path)).filter(|help| !help.is_empty());
                return Err(Error::of(
                    ScimType::InvalidPath,
                    help.map_or(why.clone(), |help| format!("{why}; {help}")),
                ));
            }
            let op = if value == Value::Null { Op::Remove } else { Op::Replace };
            operations.push(Operation { op, path: Some(path), value });
        }
        let revision = self.revised(id, PatchRequest { operations }, Rules::default())?;
        self.commit(id, revision, moment).map(|_| ())
    }

    /// Deletes an account by hand: it is gone, whatever the `delete` setting says.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn delete_account(
        &mut self,
        id: AccountId,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        self.remove(id, false, moment)
    }

    /// Issues a token with this value and revokes all others; it lives for `lifetime`, or for ever.
    pub fn rotate_token(
        &mut self,
        value: &str,
        lifetime: Option<Duration>,
        moment: &mut Moment<'_, Event>,
    ) {
        self.disconnect(moment);
        let expires = lifetime.map(|lifetime| Expiry::At(moment.now() + lifetime));
        self.credentials.revoke_issued();
        self.settings.tokens = vec![TokenSetting { expires, ..TokenSetting::new(value) }];
        self.credentials.take(&self.settings.tokens, self.start);
        moment.emit(Event::TokenRotated { token: hint(value) });
    }

    /// Revokes one token, or all of them, those of the token endpoint too.
    ///
    /// # Errors
    /// 404 when there is no such token.
    pub fn revoke_token(
        &mut self,
        value: Option<&str>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let is_meant = |token: &TokenSetting| value.is_none_or(|value| token.value == value);
        let issued = value.is_none() && self.credentials.revoke_issued();
        if !issued && !self.settings.tokens.iter().any(is_meant) {
            return Err(Error::new(404, "GoLinks has no such token"));
        }
        if value.is_none() {
            self.disconnect(moment);
        }
        for token in self.settings.tokens.iter().filter(|token| is_meant(token)) {
            moment.emit(Event::TokenRevoked { token: hint(&token.value) });
        }
        self.settings.tokens.retain(|token| !is_meant(token));
        self.credentials.take(&self.settings.tokens, self.start);
        Ok(())
    }

    /// No credential leads in any more: a server may take that for the end of the connection, and
    /// forget whom it made (B87).
    fn disconnect(&mut self, moment: &mut Moment<'_, Event>) {
        if self.settings.quirks.is(Quirk::ForgetOnDisconnect) {
            let made: Vec<AccountId> =
                self.accounts.iter().filter(|it| !it.by_hand).map(|it| it.id).collect();
            for id in made {
                // It was there a moment ago.
                let _ = self.remove(id, true, moment);
            }
        }
    }

    /// Lets somebody sign in. Who has no active account is turned away, unless signing in makes one
    /// (B90).
    ///
    /// # Errors
    /// As the account that signing in would make is refused.
    pub fn sign_in(
        &mut self,
        user_name: &str,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let account = self.accounts.named(user_name).map(|account| (account.id, account.active));
        match account {
            _ if account.is_none_or(|(_, active)| !active)
                && !self.settings.quirks.is(Quirk::JitOnLogin) =>
            {
                moment.emit(Event::TurnedAway { user_name: user_name.into() });
                return Ok(());
            }
            None => {
                self.create_account(
                    Object::from_iter([("userName".into(), user_name.into())]),
                    moment,
                )?;
            }
            Some((id, false)) => {
                self.edit_account(
                    id,
                    vec![(Path { attribute: "active".to_owned(), ..Path::default() }, true.into())],
                    moment,
                )?;
            }
            Some((_, true)) => {}
        }
        moment.emit(Event::SignedIn { user_name: user_name.into() });
        Ok(())
    }

    /// Moves the base path, as an upgrade of the product might (B69).
    pub fn set_base(&mut self, path: &str, moment: &mut Moment<'_, Event>) {
        let path = format!("/{}", path.trim_matches('/'));
        moment.emit(Event::BaseMoved { base: path.as_str().into() });
        self.settings.move_base(path.trim_end_matches('/'));
        self.renew_addresses();
    }

    /// How forgiving this server is.
    pub(super) fn rules(&self) -> Rules {
        let quirks = &self.settings.quirks;
        Rules {
            strict_booleans: quirks.is(Quirk::StrictBooleans),
            strict_op_case: quirks.is(Quirk::StrictOpCase),
            create_on_filter_miss: !quirks.is(Quirk::NoCreateOnFilterMiss),
            dotted_keys: match quirks.word(Quirk::DottedKeys) {
                "ignore" => DottedKeys::Ignore,
                "literal" => DottedKeys::Literal,
                _ => DottedKeys::Expand,
            },
            fast: self.fast,
        }
    }

    /// Creates an account of what is shaped already.
    pub(super) fn create(
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
        self.accounts.prefetch(&folded);
        let id = AccountId::free(moment.seed(), &folded, |id| self.accounts.was_given(id));
        if self.accounts.named_folded(&folded).is_some_and(|other| self.is_held(other, user_name)) {
            return Err(held(user_name));
        }
        let active = is_active(&resource) || !self.can(Capability::SoftDelete);
        if active {
            self.settings.limits.seat(self.accounts.active_count())?;
        }
        if let Some(name) = self.accounts.clash(&resource, None) {
            return Err(taken(&name));
        }
        self.unique_mail(&resource, None)?;
        let user_name: Arc<str> = user_name.into();
        let draft = Draft::of(&resource, active, &self.users, &mut self.scratch);
        self.accounts.add(id, &folded, moment.now(), by_hand, draft);
        moment.emit(Event::AccountCreated { id, user_name });
        Ok(id)
    }

    /// Whether an account, whose userName is this but for its case, keeps others from having it.
    fn is_held(&self, account: Account<'_>, user_name: &str) -> bool {
        !self.settings.quirks.is(Quirk::UsernameUniqueCase) || account.user_name() == user_name
    }

    /// Carries out a change request; whether anything changed.
    pub(super) fn patch(
        &mut self,
        id: AccountId,
        request: PatchRequest,
        moment: &mut Moment<'_, Event>,
    ) -> Result<bool, Error> {
        let revision = self.revised(id, request, self.rules())?;
        let quirks = &self.settings.quirks;
        match (is_active(&revision.before), is_active(&revision.after)) {
            (false, false) if quirks.is(Quirk::InactiveIsReadonly) => {
                Err(Error::new(409, "the user must be active"))
            }
            (false, true) if quirks.is(Quirk::ReactivateUnsupported) => {
                Err(Error::new(400, "invalid patch operation"))
            }
            _ => self.commit(id, revision, moment),
        }
    }

    /// Counts the reading of an account that is to change, which costs its size: many changes of a
    /// great one in a bulk request would hold everybody else up.
    pub(super) fn spend_on(&mut self, id: AccountId) -> Result<(), Error> {
        let size = self.accounts.get(id).map_or(0, |account| account.body().len());
        self.work.spend(size / 2, 1)
    }

    /// An account before and after a change request, which is not stored yet.
    fn revised(
        &mut self,
        id: AccountId,
        request: PatchRequest,
        rules: Rules,
    ) -> Result<Revision, Error> {
        self.spend_on(id)?;
        let account = self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))?;
        Revision::by(request, account, &self.users, rules, &mut self.work)
    }

    /// Stores what an account has become; whether that is something else than before. What has not
    /// changed leaves `meta.lastModified` alone.
    pub(super) fn commit(
        &mut self,
        id: AccountId,
        mut revision: Revision,
        moment: &mut Moment<'_, Event>,
    ) -> Result<bool, Error> {
        let account = self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))?;
        let was_active = account.active;
        let mut after = std::mem::take(&mut revision.after);
        let before = &revision.before;
        // What a request leaves out lets nobody in, and nobody out; GoLinks shows it all the same.
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
            return Ok(false);
        }
        if is_active && !was_active {
            self.settings.limits.seat(self.accounts.active_count())?;
        }
        let user_name = text_of(&after, "userName");
        if user_name != text_of(before, "userName") {
            self.settings.limits.user_name(user_name)?;
            if self
                .accounts
                .named(user_name)
                .is_some_and(|other| other.id != id && self.is_held(other, user_name))
            {
                return Err(held(user_name));
            }
        }
        if let Some(name) = self.accounts.clash(&after, Some(id)) {
            return Err(taken(&name));
        }
        self.unique_mail(&after, Some(id))?;
        let user_name: Arc<str> = user_name.into();
        let draft = revision.draft(&after, account, is_active, &self.users, &mut self.scratch);
        self.accounts.change(id, moment.now(), before, draft);
        let what = differences(before, &after);
        if !what.is_empty() {
            moment.emit(Event::AccountChanged {
                id,
                user_name: user_name.clone(),
                what: what.into(),
            });
        }
        match (was_active, is_active) {
            (true, false) => moment.emit(Event::Deactivated { id, user_name }),
            (false, true) => moment.emit(Event::Reactivated { id, user_name }),
            _ => {}
        }
        Ok(true)
    }

    pub(super) fn remove(
        &mut self,
        id: AccountId,
        keep: bool,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let account = self.accounts.get(id).ok_or_else(|| no_account(&id.to_string()))?;
        let user_name: Arc<str> = account.user_name().as_ref().into();
        self.accounts.delete(id, moment.now(), keep);
        self.groups.forget(Member::User(id), moment.now());
        moment.emit(Event::AccountDeleted { id, user_name });
        Ok(())
    }
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

/// The paths whose values differ, `active` aside, which has events of its own.
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
