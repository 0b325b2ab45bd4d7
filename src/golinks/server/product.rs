//! What follows for roles, sessions, links and API tokens when an account comes or goes, and how
//! they are read.

use std::sync::Arc;

use super::GoLinks;
use crate::base::Moment;
use crate::golinks::event::SessionEnd;
use crate::golinks::settings::sso::OnDeactivate;
use crate::golinks::store::api_tokens::ApiToken;
use crate::golinks::store::links::Links;
use crate::golinks::store::people::{AccountSource, Role};
use crate::golinks::store::sessions::Session;
use crate::golinks::{AccountId, Event};

impl GoLinks {
    /// Gives a new account the links and the API token that wait for it.
    pub(super) fn greet(&mut self, id: AccountId, folded: &str, moment: &Moment<'_, Event>) {
        self.product.links.adopt(id, folded);
        if self.product.tokens.awaited(folded) {
            self.make_api_token(id, moment);
        }
    }

    /// Makes an API token of an account; returns its value.
    pub(crate) fn make_api_token(&mut self, id: AccountId, moment: &Moment<'_, Event>) -> String {
        self.product.tokens_made += 1;
        let made = self.product.tokens_made;
        let value = format!("gl-{:032x}", moment.seed().named("api token", "", made));
        self.product.tokens.add(id, &value, moment.now());
        value
    }

    /// Ends what ends with an account that is no longer active, by the settings. No session
    /// outlives an account that was deleted: there is no row left to be signed in to (assumed).
    pub(super) fn take_leave(
        &mut self,
        id: AccountId,
        user_name: &Arc<str>,
        why: SessionEnd,
        moment: &mut Moment<'_, Event>,
    ) {
        let ends = why == SessionEnd::Deleted
            || self.settings.sso.session_on_deactivate == OnDeactivate::End;
        if ends && self.product.sessions.end_all(id) > 0 {
            let user_name = user_name.clone();
            moment.emit(Event::SessionEnded { id, user_name, why });
        }
        if self.settings.sso.token_on_deactivate == OnDeactivate::End
            && self.product.tokens.end_all(id) > 0
        {
            moment.emit(Event::ApiTokensEnded { user_name: user_name.clone() });
        }
    }

    /// Ends the sessions whose time is over.
    pub(super) fn end_due_sessions(&mut self, moment: &mut Moment<'_, Event>) {
        while let Some(id) = self.product.sessions.take_due(moment.now()) {
            let user_name = self.name_of(id);
            moment.emit(Event::SessionEnded { id, user_name, why: SessionEnd::Expired });
        }
    }

    /// Ends all sessions of an account; returns whether there was one.
    pub fn end_sessions(&mut self, id: AccountId, moment: &mut Moment<'_, Event>) -> bool {
        let ended = self.product.sessions.end_all(id) > 0;
        if ended {
            let user_name = self.name_of(id);
            moment.emit(Event::SessionEnded { id, user_name, why: SessionEnd::ByHand });
        }
        ended
    }

    /// Ends one session, because its user signs out.
    pub(crate) fn sign_out(&mut self, number: u64, moment: &mut Moment<'_, Event>) {
        let Some(id) = self.product.sessions.account_of(number) else { return };
        self.product.sessions.end(id, number);
        let user_name = self.name_of(id);
        moment.emit(Event::SessionEnded { id, user_name, why: SessionEnd::SignedOut });
    }

    /// Gives an account a role.
    pub fn set_role(&mut self, id: AccountId, role: Role, moment: &mut Moment<'_, Event>) {
        if self.product.people.role(id) != role {
            self.product.people.set_role(id, role);
            let user_name = self.name_of(id);
            moment.emit(Event::RoleChanged { user_name, role: role.word() });
        }
    }

    /// The role of an account.
    pub fn role(&self, id: AccountId) -> Role {
        self.product.people.role(id)
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

    /// The go links.
    pub fn links(&self) -> &Links {
        &self.product.links
    }

    /// The userName of an account, also when it is deleted and its row was kept.
    pub(crate) fn name_of(&self, id: AccountId) -> Arc<str> {
        self.accounts
            .known(id)
            .map_or_else(|| "".into(), |account| account.user_name().as_ref().into())
    }
}
