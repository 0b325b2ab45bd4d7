//! The connection probe of a cycle and the portal's Test Connection: both ask for a user that does
//! not exist and expect an empty list [scim-dev].

use bytes::Bytes;
use http::Request;

use super::calls::Purpose;
use super::cycle::Probe;
use super::reply::{self, RequestKind, SyncError};
use super::requests::{Endpoint, ScimRequest};
use super::{Job, Moment};
use crate::base::Seed;
use crate::base::seed::show_guid;
use crate::entra::call::Reply;
use crate::entra::error_code::ErrorCode;
use crate::entra::event::Event;
use crate::entra::field::ObjectKind;
use crate::entra::policy::MediaType;

/// The connection tests of a job.
#[derive(Clone, Default, Debug)]
pub struct ConnectionTests {
    /// The number of tests sent; it seeds the value that the next test looks for.
    sent: u64,
    /// The number of tests that have a result.
    pub(super) done: u64,
    /// How the last one went.
    pub(super) last: Option<Result<(), SyncError>>,
}

impl Job {
    /// Test connection: asks for a user that does not exist and expects an empty list [scim-dev].
    /// The portal sends this request outside of cycles, so pace and schedule do not delay it.
    pub fn test_connection(&mut self, moment: &Moment<'_>) {
        let request = self.lookup_of_missing_user("test", self.tests.sent, moment.seed());
        self.tests.sent += 1;
        self.send_without_task(Purpose::Test, &request, moment);
    }

    /// Sends the probe that the cycle waits for.
    pub(super) fn send_probe(&mut self, moment: &Moment<'_>) -> bool {
        let Some(cycle) = self.cycle.as_mut().filter(|cycle| cycle.probe == Probe::Wanted) else {
            return false;
        };
        cycle.probe = Probe::Sent;
        let number = cycle.number;
        let request = self.lookup_of_missing_user("probe", number, moment.seed());
        self.send_without_task(Purpose::Probe, &request, moment);
        true
    }

    /// Builds a query for a user that does not exist: the value is a random GUID [scim-dev].
    pub(super) fn lookup_of_missing_user(&self, kind: &str, nth: u64, seed: Seed) -> ScimRequest {
        let users = &self.schema.users;
        let row = users.matching().first().map(|&row| &*users.rows()[row].target.wire);
        let value = show_guid(seed.guid(kind, "", nth));
        let endpoint = Endpoint::new(&self.settings.base_path, ObjectKind::User);
        endpoint.lookup(row.unwrap_or("userName"), &value)
    }

    /// The probe of the next cycle, for a caller that asks what it would meet and does not send it.
    pub fn next_probe(&self, seed: Seed) -> Request<Bytes> {
        let probe = self.lookup_of_missing_user("probe", self.cycles_begun() + 1, seed);
        probe.to_http(self.credentials.bearer())
    }

    /// Whether a cycle would go on after this reply to its probe.
    ///
    /// # Errors
    /// The error with which the probe would fail.
    pub fn judge_probe(&self, reply: Reply) -> Result<(), SyncError> {
        check_probe(reply, self.settings.policy.probe_media_type)
    }

    pub(super) fn send_without_task(
        &mut self,
        purpose: Purpose,
        request: &ScimRequest,
        moment: &Moment<'_>,
    ) {
        let at = (moment.now(), &self.settings.policy);
        self.calls.send(purpose, None, request, self.credentials.bearer(), at);
    }

    pub(super) fn on_test_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let result = check_probe(reply, self.settings.policy.probe_media_type);
        let failure = result.as_ref().err().map(|error| (error.code, error.text()));
        self.tests.last = Some(result);
        self.tests.done += 1;
        moment.emit(Event::ConnectionTested(failure));
    }

    pub(super) fn on_probe_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let Some(began) = self.cycle.as_ref().map(|cycle| cycle.began) else { return };
        let next = match check_probe(reply, self.settings.policy.probe_media_type) {
            Ok(()) => Probe::Passed,
            Err(error) if self.waits_out(&error, began, moment) => Probe::Wanted,
            Err(error) => return self.fail_cycle(error, moment),
        };
        if let Some(cycle) = &mut self.cycle {
            cycle.probe = next;
        }
    }
}

/// Checks the reply to a probe: only 200 with an empty list and an accepted media type passes
/// [scim-dev].
pub(super) fn check_probe(reply: Reply, passes: MediaType) -> Result<(), SyncError> {
    let response =
        reply::classify_reply(RequestKind::Query, reply).map_err(|error| match error.code {
            ErrorCode::Unauthorized | ErrorCode::InsufficientRights => {
                SyncError { code: ErrorCode::CredentialValidationFailure, ..error }
            }
            ErrorCode::InternalServerError
            | ErrorCode::Timeout
            | ErrorCode::WebExceptionProtocolError => {
                SyncError { code: ErrorCode::CredentialValidationUnavailable, ..error }
            }
            _ => error,
        })?;
    let page = reply::page(&response)?;
    reply::media_type(&response, passes)?;
    match page.total_results {
        0 => Ok(()),
        n => Err(SyncError::new(
            ErrorCode::ServiceIncompatible,
            format!("a query for a user that does not exist found {n}"),
        )),
    }
}
