//! The actions of an administrator of GoLinks.

use std::time::Duration;

use super::GoLinks;
use super::credentials::hint;
use crate::base::Moment;
use crate::golinks::settings::{BasePath, Expiry, Settings, TenantFacts, TokenSetting};
use crate::golinks::store::revision::Revision;
use crate::golinks::{AccountId, Event};
use crate::scim::patch::{Op, Operation, Work};
use crate::scim::shape::shape;
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
        self.add_account(shape(resource, &self.users, Rules::default())?, true, moment)
    }

    /// Changes an account by hand; null clears.
    ///
    /// # Errors
    /// As a PATCH would be refused; also for a path to an unknown attribute.
    pub fn edit_account(
        &mut self,
        id: AccountId,
        changes: Vec<(Path, Value)>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        let revision = self.edited(id, changes)?;
        self.commit_account(id, revision, moment).map(|_| ())
    }

    /// Whether an account can be changed like this by hand; changes nothing.
    ///
    /// # Errors
    /// As [`GoLinks::edit_account`].
    pub fn may_edit_account(
        &mut self,
        id: AccountId,
        changes: Vec<(Path, Value)>,
    ) -> Result<(), Error> {
        let revision = self.edited(id, changes)?;
        self.may_commit(id, &revision)
    }

    /// The account as it would be after these changes.
    fn edited(&mut self, id: AccountId, changes: Vec<(Path, Value)>) -> Result<Revision, Error> {
        self.work = Work::default();
        let mut operations = Vec::with_capacity(changes.len());
        for (path, value) in changes {
            if !self.keeps(&path) {
                let why = format!("`{path}` is no attribute of an account");
                let help = Some(self.meant(&path, true)).filter(|help| !help.is_empty());
                return Err(Error::of(
                    ScimType::InvalidPath,
                    help.map_or(why.clone(), |help| format!("{why}; {help}")),
                ));
            }
            let op = if value == Value::Null { Op::Remove } else { Op::Replace };
            operations.push(Operation { op, path: Some(path), value });
        }
        self.revised(id, PatchRequest { operations }, Rules::default())
    }

    /// Deletes an account by hand: its row is removed, whatever the `delete` setting says.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn delete_account(
        &mut self,
        id: AccountId,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        self.remove_account(id, false, moment)
    }

    /// Issues a token with this value and revokes all others; it lives for `lifetime`, or for ever.
    pub fn rotate_token(
        &mut self,
        value: &str,
        lifetime: Option<Duration>,
        moment: &mut Moment<'_, Event>,
    ) {
        self.disconnect(moment);
        let expires =
            lifetime.map_or(Expiry::Never, |lifetime| Expiry::At(moment.now() + lifetime));
        self.credentials.revoke_issued();
        self.settings.token = Some(TokenSetting { expires, ..TokenSetting::new(value) });
        self.settings.tokens.clear();
        self.credentials.take(self.settings.good_tokens(), self.start);
        self.register.follow(self.settings.good_tokens(), moment.now());
        moment.emit(Event::TokenRotated { token: hint(value) });
    }

    /// Issues one more token, which lives for `lifetime`, or for ever; the others stay good.
    ///
    /// # Errors
    /// When GoLinks has a token of this value.
    pub fn add_token(
        &mut self,
        value: &str,
        lifetime: Option<Duration>,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        self.may_add_token(value)?;
        let expires =
            lifetime.map_or(Expiry::Never, |lifetime| Expiry::At(moment.now() + lifetime));
        self.settings.tokens.push(TokenSetting { expires, ..TokenSetting::new(value) });
        self.credentials.take(self.settings.good_tokens(), self.start);
        self.register.follow(self.settings.good_tokens(), moment.now());
        moment.emit(Event::TokenIssued { token: hint(value) });
        Ok(())
    }

    /// Whether one more token of this value can be issued.
    ///
    /// # Errors
    /// When GoLinks has it.
    pub(crate) fn may_add_token(&self, value: &str) -> Result<(), Error> {
        match self.settings.good_tokens().any(|token| token.value == value) {
            true => Err(Error::new(409, "GoLinks has this token already")),
            false => Ok(()),
        }
    }

    /// Reports which tokens are good now and were not, the reverse, and which settings that an
    /// admin has in hand are others than before.
    pub fn tell_settings(&mut self, before: &Settings, moment: &mut Moment<'_, Event>) {
        self.register.follow(self.settings.good_tokens(), moment.now());
        let has = |settings: &Settings, value: &str| {
            settings.good_tokens().any(|token| token.value == value)
        };
        for token in self.settings.good_tokens().filter(|it| !has(before, &it.value)) {
            moment.emit(Event::TokenIssued { token: hint(&token.value) });
        }
        for token in before.good_tokens().filter(|it| !has(&self.settings, &it.value)) {
            moment.emit(Event::TokenRevoked { token: hint(&token.value) });
        }
        let changed = self.settings.changed_by_admin(before);
        let (roles, what): (Vec<_>, Vec<_>) =
            changed.into_iter().partition(|name| *name == "sso.domain_roles");
        if !what.is_empty() {
            moment.emit(Event::SettingsChanged { what: what.into() });
        }
        if !roles.is_empty() {
            moment.emit(Event::DomainRolesChanged);
        }
    }

    /// Registers the tenant whose signed tokens are trusted from now on, with the keys that it
    /// publishes now.
    pub fn trust_tenant(&mut self, facts: TenantFacts, moment: &mut Moment<'_, Event>) {
        let tenant = facts.tenant.as_str().into();
        self.settings.trust.register(facts);
        moment.emit(Event::TenantTrusted { tenant });
    }

    /// Revokes one token, or all tokens, including those of the token endpoint.
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
        if !issued && !self.settings.good_tokens().any(is_meant) {
            return Err(Error::new(404, "GoLinks has no such token"));
        }
        if value.is_none() {
            self.disconnect(moment);
        }
        for token in self.settings.good_tokens().filter(|token| is_meant(token)) {
            moment.emit(Event::TokenRevoked { token: hint(&token.value) });
        }
        self.settings.token.take_if(|token| is_meant(token));
        self.settings.tokens.retain(|token| !is_meant(token));
        self.credentials.take(self.settings.good_tokens(), self.start);
        self.register.follow(self.settings.good_tokens(), moment.now());
        Ok(())
    }

    /// Handles the loss of the last credential: a server may take it for the end of the connection,
    /// and remove the accounts that SCIM created (B87).
    fn disconnect(&mut self, moment: &mut Moment<'_, Event>) {
        if self.quirks().forgets_on_disconnect() {
            let made: Vec<AccountId> =
                self.accounts.iter().filter(|it| !it.by_hand).map(|it| it.id).collect();
            for id in made {
                // This cannot fail: the account was just found.
                let _ = self.remove_account(id, true, moment);
            }
        }
    }

    /// Moves the base path, as an upgrade of the product might (B69).
    pub fn set_base(&mut self, path: &str, moment: &mut Moment<'_, Event>) {
        let path = BasePath::new(path);
        let shown = if path.is_empty() { "/" } else { &*path };
        moment.emit(Event::BaseMoved { base: shown.into() });
        self.settings.base_path = path;
        self.renew_addresses();
    }
}
