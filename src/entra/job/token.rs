//! Access tokens: how the job gets one from the token endpoint, and what its answer means
//! (RFC 6749 5).

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::calls::Purpose;
use super::credentials;
use super::reply::{self, RequestKind, SyncError};
use super::{Job, Moment};
use crate::entra::call::Reply;
use crate::entra::error_code::ErrorCode;

/// What a token endpoint grants.
pub(super) struct AccessGrant {
    /// The access token.
    pub token: String,
    /// How long it is good; `None` when the endpoint does not say.
    pub lifetime: Option<Duration>,
}

impl Job {
    /// Gets the token that the next request needs. Returns whether the request can be sent now;
    /// otherwise it waits for the answer of the token endpoint.
    pub(super) fn have_token(&mut self, moment: &Moment<'_>) -> bool {
        let (now, seed) = (moment.now(), moment.seed());
        if self.credentials.are_asking() {
            return false;
        }
        if self.credentials.are_ready(now) {
            return true;
        }
        let key = self.settings.oauth.signing_key;
        if self.credentials.sign_own(key, now, seed, &self.settings.policy) {
            return true;
        }
        self.credentials.ask(true);
        let request = credentials::token_request(&self.settings, now, seed);
        self.calls.send(Purpose::Token, None, request, (now, &self.settings.policy));
        false
    }

    /// Notes that the application accepted the token of a request, whatever else it answered.
    pub(super) fn note_answer(&mut self, token: u64, reply: &Reply) {
        if reply.as_ref().is_ok_and(|response| response.status() != StatusCode::UNAUTHORIZED) {
            self.credentials.prove(token);
        }
    }

    /// Whether a request that was refused is sent again with another access token.
    pub(super) fn renews_token(&mut self, token: u64, error: &SyncError) -> bool {
        error.status == Some(StatusCode::UNAUTHORIZED)
            && self.credentials.renew(token, &self.settings.policy)
    }

    /// Takes the token, or ends what waits for it: the cycle fails as a whole, and so do the runs
    /// on demand.
    pub(super) fn on_token_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        self.credentials.ask(false);
        let error = match grant_of(reply) {
            Ok(grant) => {
                return self.credentials.take(grant, moment.now(), &self.settings.policy);
            }
            Err(error) => error,
        };
        let began = self.cycle.as_ref().map(|cycle| cycle.began);
        if began.is_some_and(|began| self.waits_out(&error, began, moment)) {
            return;
        }
        self.fail_cycle(error.clone(), moment);
        self.fail_on_demand(&error, moment);
        self.fail_waiting_discovery(&error, moment);
    }
}

/// Reads the answer of a token endpoint.
///
/// # Errors
/// `CredentialValidationFailure` when the client is refused, `CredentialValidationUnavailable` when
/// the endpoint is no help (assumed).
pub(super) fn grant_of(reply: Reply) -> Result<AccessGrant, SyncError> {
    let read = reply::classify_reply(RequestKind::Query, reply).map_err(refused);
    read.and_then(|response| granted(&response))
        .map_err(|error| SyncError { at_token_endpoint: true, ..error })
}

fn refused(error: SyncError) -> SyncError {
    let refuses_client = matches!(
        error.status,
        Some(StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
    );
    let code = match refuses_client {
        true => ErrorCode::CredentialValidationFailure,
        false => ErrorCode::CredentialValidationUnavailable,
    };
    SyncError { code, ..error }
}

/// A response of success (RFC 6749 5.1).
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    #[serde(default)]
    token_type: Option<String>,
    /// A number; some endpoints write it as text.
    #[serde(default)]
    expires_in: Option<Value>,
}

/// Why an answer holds no access token. A token that was cut short is not shown.
fn unreadable(body: &Bytes) -> String {
    let shown = String::from_utf8_lossy(body);
    match shown.contains("access_token") {
        true => "the answer with the access token cannot be read".to_owned(),
        false => format!("the answer holds no access token; it begins: {}", reply::beginning(body)),
    }
}

fn granted(response: &Response<Bytes>) -> Result<AccessGrant, SyncError> {
    let unusable =
        |detail: String| SyncError::new(ErrorCode::CredentialValidationUnavailable, detail);
    let Ok(read) = serde_json::from_slice::<Granted>(response.body()) else {
        return Err(unusable(unreadable(response.body())));
    };
    let kind = read.token_type.unwrap_or_else(|| "Bearer".to_owned());
    if !kind.eq_ignore_ascii_case("Bearer") {
        return Err(unusable(format!("the access token is of the type {kind:?}, not Bearer")));
    }
    if super::requests::Bearer::new(&read.access_token).is_none() {
        return Err(unusable("no header can carry the access token".to_owned()));
    }
    let secs = read.expires_in.and_then(|value| match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    });
    Ok(AccessGrant { token: read.access_token, lifetime: secs.map(Duration::from_secs) })
}
