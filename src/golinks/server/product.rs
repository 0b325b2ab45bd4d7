//! What follows for roles, sessions, links and API tokens when an account comes or goes, and how
//! they are read.

use std::sync::Arc;

use super::GoLinks;
use crate::base::Moment;
use crate::golinks::event::SessionEnd;
use crate::golinks::settings::access::WorkspacePlan;
use crate::golinks::settings::sso::OnDeactivate;
use crate::golinks::store::api_tokens::ApiToken;
use crate::golinks::store::links::Links;
use crate::golinks::store::people::{AccountSource, Role};
use crate::golinks::store::sessions::Session;
use crate::golinks::{AccountId, Event};
use crate::scim::Error;

impl GoLinks {
    /// Gives a new account the links, the role and the API token that wait for it.
    pub(super) fn greet(&mut self, id: AccountId, folded: &str, moment: &Moment<'_, Event>) {
        self.product.links.adopt(id, folded);
        let mut roles = self.product.roles.iter_mut();
        if let Some((role, _)) = roles.find_map(|(role, it)| it.take(folded).then_some((*role, ())))
        {
            self.product.people.set_role(id, role);
        }
        if self.product.tokens.waiting.take(folded) {
            self.add_api_token(id, moment);
        }
    }

    /// A person makes an API token; returns its value, which is shown once.
    ///
    /// # Errors
    /// On the free plan, where there is no API [golinks].
    pub(crate) fn make_api_token(
        &mut self,
        id: AccountId,
        moment: &mut Moment<'_, Event>,
    ) -> Result<String, Error> {
        self.may_make_api_token()?;
        let value = self.add_api_token(id, moment);
        moment.emit(Event::ApiTokenMade { id, user_name: self.name_of(id) });
        Ok(value)
    }

    /// Whether people can make API tokens.
    ///
    /// # Errors
    /// On the free plan.
    pub(crate) fn may_make_api_token(&self) -> Result<(), Error> {
        match self.settings.plan {
            WorkspacePlan::Enterprise => Ok(()),
            WorkspacePlan::Free => {
                Err(Error::new(403, "API tokens are part of the Enterprise plan"))
            }
        }
    }

    fn add_api_token(&mut self, id: AccountId, moment: &Moment<'_, Event>) -> String {
        self.product.tokens_made += 1;
        let made = self.product.tokens_made;
        let value = format!("gl-{:032x}", moment.seed().named("api token", "", made));
        self.product.tokens.add(id, &value, moment.now());
        value
    }

    /// Ends what ends with an account that is no longer active, by the settings. Nothing outlives
    /// an account that was deleted with its row: nobody is left whose it is (assumed).
    pub(super) fn take_leave(
        &mut self,
        id: AccountId,
        user_name: &Arc<str>,
        why: SessionEnd,
        moment: &mut Moment<'_, Event>,
    ) {
        let gone = why == SessionEnd::Deleted;
        let ends = |choice| gone || choice == OnDeactivate::End;
        if ends(self.settings.sso.session_on_deactivate) && self.product.sessions.end_all(id) > 0 {
            let user_name = user_name.clone();
            moment.emit(Event::SessionEnded { id, user_name, why });
        }
        if !ends(self.settings.sso.token_on_deactivate) {
            return;
        }
        let count = self.product.tokens.end_all(id);
        if count > 0 {
            let user_name = user_name.clone();
            moment.emit(Event::ApiTokensEnded { id, user_name, count, by_hand: false });
        }
    }

    /// Ends the sessions whose time is over.
    pub(super) fn end_due_sessions(&mut self, moment: &mut Moment<'_, Event>) {
        while let Some((id, number)) = self.product.sessions.due(moment.now()) {
            let user_name = self.name_of_session(id);
            self.product.sessions.end(id, number);
            moment.emit(Event::SessionEnded { id, user_name, why: SessionEnd::Expired });
        }
    }

    /// Ends all sessions of an account; returns whether there was one.
    pub fn end_sessions(&mut self, id: AccountId, moment: &mut Moment<'_, Event>) -> bool {
        let user_name = self.name_of_session(id);
        let ended = self.product.sessions.end_all(id) > 0;
        if ended {
            moment.emit(Event::SessionEnded { id, user_name, why: SessionEnd::ByHand });
        }
        ended
    }

    /// Ends one session, because its user signs out.
    pub(crate) fn sign_out(&mut self, number: u64, moment: &mut Moment<'_, Event>) {
        let Some(id) = self.product.sessions.account_of(number) else { return };
        let user_name = self.name_of_session(id);
        self.product.sessions.end(id, number);
        moment.emit(Event::SessionEnded { id, user_name, why: SessionEnd::SignedOut });
    }

    /// An administrator or the owner revokes the API tokens of an account; returns whether one was
    /// good.
    pub fn revoke_api_tokens(&mut self, id: AccountId, moment: &mut Moment<'_, Event>) -> bool {
        let count = self.product.tokens.end_all(id);
        if count > 0 {
            let user_name = self.name_of(id);
            moment.emit(Event::ApiTokensEnded { id, user_name, count, by_hand: true });
        }
        count > 0
    }

    /// Gives an account a role.
    ///
    /// # Errors
    /// On the free plan, where roles are locked [golinks].
    pub fn set_role(
        &mut self,
        id: AccountId,
        role: Role,
        moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        self.may_set_roles()?;
        if self.product.people.role(id) != role {
            self.product.people.set_role(id, role);
            let user_name = self.name_of(id);
            moment.emit(Event::RoleChanged { user_name, role: role.word() });
        }
        Ok(())
    }

    /// Whether roles can be given.
    ///
    /// # Errors
    /// On the free plan, where they are locked [golinks].
    pub(crate) fn may_set_roles(&self) -> Result<(), Error> {
        let why = "on the free plan everyone is an admin, and roles are locked";
        if self.roles_are_locked() { Err(Error::new(403, why)) } else { Ok(()) }
    }

    /// The role of an account. On the free plan everyone is an admin [golinks].
    pub fn role(&self, id: AccountId) -> Role {
        match self.roles_are_locked() {
            true => Role::Admin,
            false => self.product.people.role(id),
        }
    }

    /// Where an account comes from.
    pub fn source(&self, id: AccountId) -> AccountSource {
        match self.accounts.known(id).is_some_and(|account| account.by_hand) {
            _ if self.product.people.has_joined(id) => AccountSource::SignIn,
            true => AccountSource::Invited,
            false => AccountSource::Scim,
        }
    }

    /// The sessions of an account, the oldest first.
    pub fn sessions(&self, id: AccountId) -> &[Session] {
        self.product.sessions.of(id)
    }

    /// The account of the session with this number.
    pub(crate) fn account_of_session(&self, number: u64) -> Option<AccountId> {
        self.product.sessions.account_of(number)
    }

    /// How many sessions have not ended.
    pub fn session_count(&self) -> usize {
        self.product.sessions.len()
    }

    /// The API tokens of an account, the oldest first.
    pub fn api_tokens(&self, id: AccountId) -> &[ApiToken] {
        self.product.tokens.of(id)
    }

    /// A person or an admin revokes one API token.
    pub(crate) fn revoke_api_token(&mut self, value: &str, moment: &mut Moment<'_, Event>) {
        if let Some((id, _)) = self.product.tokens.find(value)
            && self.product.tokens.end(value)
        {
            let user_name = self.name_of(id);
            moment.emit(Event::ApiTokensEnded { id, user_name, count: 1, by_hand: true });
        }
    }

    /// Every API token with its owner.
    pub(crate) fn all_api_tokens(&self) -> impl Iterator<Item = (AccountId, &ApiToken)> {
        self.product.tokens.iter()
    }

    /// Whose API token this is, and whether it is good.
    pub(crate) fn find_api_token(&self, value: &str) -> Option<(AccountId, bool)> {
        self.product.tokens.find(value)
    }

    /// Remembers what a call of the REST API was answered with.
    pub(crate) fn note_api_call(&mut self, id: AccountId, status: u16) {
        self.product.last_calls.insert(id, status);
    }

    /// The status of the last call of the REST API with a token of an account.
    pub fn last_api_call(&self, id: AccountId) -> Option<u16> {
        self.product.last_calls.get(&id).copied()
    }

    /// The go links.
    pub fn links(&self) -> &Links {
        &self.product.links
    }

    /// The name of an account in what is told of its sessions. One that is inactive has often lost
    /// its own to another user; a session that it has kept is that of the name before.
    pub(crate) fn name_of_session(&self, id: AccountId) -> Arc<str> {
        let active = self.accounts.known(id).is_some_and(|account| account.active);
        match self.product.sessions.signed_in_as(id) {
            Some(before) if !active => before.clone(),
            _ => self.name_of(id),
        }
    }

    /// The userName of an account, also when it is deleted and its row was kept.
    pub(crate) fn name_of(&self, id: AccountId) -> Arc<str> {
        self.accounts
            .known(id)
            .map_or_else(|| "".into(), |account| account.user_name().as_ref().into())
    }
}
