//! GoLinks as the world holds it: requests, credentials that expire, and what is done by hand.

use bytes::Bytes;
use http::{Request, Response};

use super::{AccountId, AccountView, Accounts, Event, Settings};
use crate::base::{Moment, Node, Problems, Time};
use crate::scim::{Error, Object};

/// The mock GoLinks.
pub struct GoLinks {
    settings: Settings,
    accounts: Accounts,
}

impl GoLinks {
    /// A GoLinks without accounts; durations in its settings count from `start`.
    pub fn new(settings: Settings, _start: Time) -> GoLinks {
        GoLinks { settings, accounts: Accounts::default() }
    }

    /// Answers a request that reached the SCIM door; the path begins with the base path (`/scim/v2/Users`).
    pub fn handle(&mut self, _request: &Request<Bytes>, _moment: &mut Moment<'_, Event>) -> Response<Bytes> {
        Error::new(501, "not there yet").response()
    }

    /// When something will happen by itself (a token expires).
    pub fn next_due(&self) -> Option<Time> {
        None
    }

    /// Does what is due by itself until now.
    pub fn expire(&mut self, _moment: &mut Moment<'_, Event>) {}

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Changes a setting while it runs; with a problem nothing changes.
    pub fn set(&mut self, path: &[&str], value: &Node, problems: &mut Problems) {
        self.settings.set(path, value, problems);
    }

    /// Says under which address clients know it.
    pub fn set_base_url(&mut self, url: &str) {
        self.settings.base_url = url.to_owned();
    }

    /// The accounts SCIM can see.
    pub fn accounts(&self) -> &Accounts {
        &self.accounts
    }

    /// One account.
    pub fn account(&self, _id: AccountId) -> Option<AccountView> {
        None
    }

    /// The account with this userName, in any case.
    pub fn find_user_name(&self, _user_name: &str) -> Option<AccountId> {
        None
    }

    /// Every account SCIM can see, in the order of creation; each is parsed on demand.
    pub fn iter(&self) -> impl Iterator<Item = AccountView> + '_ {
        std::iter::empty()
    }

    /// Creates an account by hand, as an administrator of GoLinks would.
    ///
    /// # Errors
    /// As a POST would be refused.
    pub fn create_account(&mut self, _resource: Object, _moment: &mut Moment<'_, Event>) -> Result<AccountId, Error> {
        Err(Error::new(501, "not there yet"))
    }

    /// Changes an account by hand; the keys of `changes` are SCIM paths, null clears.
    ///
    /// # Errors
    /// As a PATCH would be refused.
    pub fn edit_account(
        &mut self,
        _id: AccountId,
        _changes: Object,
        _moment: &mut Moment<'_, Event>,
    ) -> Result<(), Error> {
        Err(Error::new(501, "not there yet"))
    }

    /// Deletes an account by hand: it is gone, whatever the `delete` setting says.
    ///
    /// # Errors
    /// 404 when there is none.
    pub fn delete_account(&mut self, _id: AccountId, _moment: &mut Moment<'_, Event>) -> Result<(), Error> {
        Err(Error::new(501, "not there yet"))
    }

    /// Issues a token with this value and revokes all others; it lives for `lifetime`, or for ever.
    pub fn rotate_token(
        &mut self,
        _value: &str,
        _lifetime: Option<std::time::Duration>,
        _moment: &mut Moment<'_, Event>,
    ) {
    }

    /// Revokes one token, or all of them.
    ///
    /// # Errors
    /// When there is no such token.
    pub fn revoke_token(&mut self, _value: Option<&str>, _moment: &mut Moment<'_, Event>) -> Result<(), Error> {
        Ok(())
    }

    /// Moves the base path, as an upgrade of the product might (B69).
    pub fn set_base(&mut self, _path: &str, _moment: &mut Moment<'_, Event>) {}
}
