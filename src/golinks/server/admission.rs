//! Decides which requests are admitted: maintenance window, credentials and rate limit.

use std::borrow::Cow;
use std::time::Duration;

use http::HeaderMap;

use super::GoLinks;
use super::credentials::hint;
use crate::base::{Moment, Time};
use crate::golinks::Event;
use crate::golinks::client_time::ClientTime;
use crate::golinks::settings::TokenScope;

/// Why a request is not admitted.
pub(crate) enum Denied {
    /// The server is under maintenance; with the time left when the client can be told.
    Maintenance(Option<Duration>),
    /// The credentials are missing or wrong.
    Unauthorized(Cow<'static, str>),
    /// The rate limit is used up; with the wait in whole seconds when the client is told.
    TooMany(Option<u64>),
}

impl GoLinks {
    /// Refuses a request in a maintenance window.
    pub(crate) fn check_maintenance(
        &self,
        client: Option<ClientTime>,
        now: Time,
    ) -> Result<(), Denied> {
        let window = self.settings.limits.maintenance;
        match window.and_then(|window| window.left(self.start, now)) {
            Some(left) => {
                Err(Denied::Maintenance(client.map_or(Some(left), |client| client.real(left))))
            }
            None => Ok(()),
        }
    }

    /// Whether the server is under maintenance at an instant.
    pub fn is_in_maintenance(&self, at: Time) -> bool {
        self.check_maintenance(None, at).is_err()
    }

    /// Returns what a request may do with its credentials.
    pub(crate) fn check_credentials(
        &self,
        headers: &HeaderMap,
        now: Time,
    ) -> Result<TokenScope, Denied> {
        self.credentials
            .check(&self.settings, headers, now, self.client_now)
            .map_err(Denied::Unauthorized)
    }

    /// Counts a request against the rate limit; clients in real time have a count of their own.
    pub(crate) fn check_rate(&mut self, now: Time) -> Result<(), Denied> {
        let Some(limit) = &self.settings.rate_limit else { return Ok(()) };
        let (throttle, now) = match self.client_now {
            Some(own) => (&mut self.external_throttle, own),
            None => (&mut self.throttle, now),
        };
        throttle
            .admit(limit, self.start, now)
            .map_err(|wait| Denied::TooMany(limit.retry_after.seconds(wait)))
    }

    /// Issues a token at the token endpoint.
    pub(crate) fn issue_token(
        &mut self,
        lifetime: Duration,
        client: Option<ClientTime>,
        moment: &mut Moment<'_, Event>,
    ) -> String {
        let value = self.credentials.issue(lifetime, client.map(|client| client.now), moment);
        moment.emit(Event::TokenIssued { token: hint(&value) });
        value
    }
}
