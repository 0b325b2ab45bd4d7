//! The connection probe of a cycle and the portal's Test Connection: both ask for a user that does
//! not exist and expect an empty list [scim-dev]. Where groups are provisioned, they then ask for a
//! group that does not exist (assumed, B42).

use bytes::Bytes;
use http::Request;
use http::header::AUTHORIZATION;

use super::audit::Activity;
use super::calls::Purpose;
use super::credentials::{self, Credentials};
use super::cycle::{Cycle, Probe};
use super::reply::{self, RequestKind, SyncError};
use super::requests::{Bearer, Endpoint, ScimRequest};
use super::{Job, Moment, token};
use crate::base::seed::show_guid;
use crate::base::{Seed, Time};
use crate::entra::call::{CallEndpoint, Reply};
use crate::entra::error_code::ErrorCode;
use crate::entra::event::Event;
use crate::entra::field::ObjectKind;
use crate::entra::policy::Policy;
use crate::entra::settings::Connection;

/// The label under which the values that probes of groups look for are drawn.
const GROUP_PROBE: &str = "probe of groups";

/// The connection tests of a job.
#[derive(Clone, Default, Debug)]
pub struct ConnectionTests {
    /// The number of tests sent; it seeds the value that the next test looks for.
    sent: u64,
    /// The number of tests that have a result.
    pub(super) done: u64,
    /// The `Authorization` of the test under way, for its second request.
    bearer: Option<Bearer>,
    /// How the last one went.
    pub(super) last: Option<Result<(), SyncError>>,
    /// What the last one tests or has tested; `None` when two different ones overlap.
    tested: Option<Connection>,
}

impl ConnectionTests {
    /// Whether the last test is one of this connection, with a result or still without.
    pub(super) fn are_of(&self, connection: &Connection) -> bool {
        self.tested.as_ref() == Some(connection)
    }

    /// How the last test went, if it was one of this connection and has a result.
    pub(super) fn outcome_with(&self, connection: &Connection) -> Option<&Result<(), SyncError>> {
        self.last.as_ref().filter(|_| self.are_of(connection))
    }
}

impl Job {
    /// Test connection: asks for a user that does not exist and expects an empty list [scim-dev].
    /// The portal sends this request outside of cycles, so pace and schedule do not delay it. With
    /// OAuth the test begins at the token endpoint [refcode-wif].
    pub fn test_connection(&mut self, moment: &Moment<'_>) {
        self.record(Activity::TestConnection, "begun", moment);
        let (now, seed, draft) = (moment.now(), moment.seed(), self.draft());
        let connection = draft.connection();
        let alone = !self.is_testing() || self.tests.tested.as_ref() == Some(&connection);
        self.tests.tested = alone.then_some(connection);
        if draft.auth.is_oauth() {
            let request = credentials::token_request(&draft, now, seed);
            let at = (now, &self.settings.policy);
            return self.calls.send(Purpose::TestToken, None, request, at);
        }
        let mut tested = Credentials::new(&draft);
        tested.sign_own(draft.oauth.signing_key, now, seed, &draft.policy);
        self.send_test(tested.bearer(), moment);
    }

    fn send_test(&mut self, bearer: Option<&Bearer>, moment: &Moment<'_>) {
        self.tests.bearer = bearer.cloned();
        self.send_test_of(ObjectKind::User, moment);
        self.tests.sent += 1;
    }

    fn send_test_of(&mut self, kind: ObjectKind, moment: &Moment<'_>) {
        let (nth, base_path) = (self.tests.sent, self.draft().base_path);
        let request = self.lookup_at(&base_path, kind, "test", nth, moment.seed());
        let at = (moment.now(), &self.settings.policy);
        let request = request.to_http(self.tests.bearer.as_ref());
        self.calls.send(Purpose::Test(kind), None, request, at);
    }

    /// Goes on with the test, if the token endpoint has granted an access token for it.
    pub(super) fn on_test_token_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        match token::grant_of(reply) {
            Ok(grant) => self.send_test(Bearer::new(&grant.token).as_ref(), moment),
            Err(error) => self.finish_test(Err(error), moment),
        }
    }

    /// Sends the probe that the cycle waits for: of users at its beginning, of groups when all
    /// users are done and groups are provisioned (assumed, B42).
    pub(super) fn send_probe(&mut self, moment: &Moment<'_>) -> bool {
        let groups = self.cycle.as_ref().is_some_and(|cycle| self.may_probe_groups(cycle));
        let Some(cycle) = &mut self.cycle else { return false };
        let (kind, label) = match () {
            () if cycle.probe == Probe::Wanted => {
                cycle.probe = Probe::Sent;
                (ObjectKind::User, "probe")
            }
            () if groups => {
                cycle.group_probe = Probe::Sent;
                (ObjectKind::Group, GROUP_PROBE)
            }
            () => return false,
        };
        let number = cycle.number;
        let request = self.lookup_of_missing(kind, label, number, moment.seed());
        self.send_without_task(Purpose::Probe, &request, moment);
        true
    }

    /// Whether the probe of groups may be sent now.
    pub(super) fn may_probe_groups(&self, cycle: &Cycle) -> bool {
        cycle.wants_group_probe() && !self.in_flight.has_objects_of_cycle()
    }

    /// Builds a query for a user or group that does not exist: the value is a random GUID
    /// [scim-dev].
    pub(super) fn lookup_of_missing(
        &self,
        kind: ObjectKind,
        label: &str,
        nth: u64,
        seed: Seed,
    ) -> ScimRequest {
        self.lookup_at(&self.settings.base_path, kind, label, nth, seed)
    }

    fn lookup_at(
        &self,
        base_path: &str,
        kind: ObjectKind,
        label: &str,
        nth: u64,
        seed: Seed,
    ) -> ScimRequest {
        let (mapping, usual) = match kind {
            ObjectKind::User => (&self.schema.users, "userName"),
            ObjectKind::Group => (&self.schema.groups, "displayName"),
        };
        let row = mapping.matching().first().map(|&row| &*mapping.rows()[row].target.wire);
        let value = show_guid(seed.guid(label, "", nth));
        let endpoint = Endpoint::new(base_path, kind);
        endpoint.lookup(row.unwrap_or(usual), &value)
    }

    /// The request with which a cycle would begin at an instant, for a caller that asks what it
    /// would meet and does not send it: the probe, or the request for a token that it needs.
    pub fn next_probe(&self, at: Time, seed: Seed) -> (CallEndpoint, Request<Bytes>) {
        let (settings, key) = (&self.settings, self.settings.oauth.signing_key);
        if self.credentials.is_oauth() && !self.credentials.are_good(at) {
            return (CallEndpoint::Token, credentials::token_request(settings, at, seed));
        }
        let mut own = Credentials::new(settings);
        let own = own.sign_own(key, at, seed, &settings.policy).then(|| own.bearer().cloned());
        let bearer = own.flatten().or_else(|| self.credentials.bearer().cloned());
        let number = self.cycles_begun() + 1;
        let probe = self.lookup_of_missing(ObjectKind::User, "probe", number, seed);
        (CallEndpoint::Scim, probe.to_http(bearer.as_ref()))
    }

    /// The request with which the same cycle would ask for groups; `None` when it asks for none.
    pub fn next_group_probe(&self, probe: &Request<Bytes>, seed: Seed) -> Option<Request<Bytes>> {
        let number = self.cycles_begun() + 1;
        let of_groups = || self.lookup_of_missing(ObjectKind::Group, GROUP_PROBE, number, seed);
        self.settings.schema.groups.enabled.then(|| {
            let mut request = of_groups().to_http(None);
            let bearer = probe.headers().get(AUTHORIZATION).cloned();
            request.headers_mut().extend(bearer.map(|bearer| (AUTHORIZATION, bearer)));
            request
        })
    }

    /// Whether a cycle would go on after this reply to the request with which it begins.
    ///
    /// # Errors
    /// The error with which the cycle would fail.
    pub fn judge_probe(&self, endpoint: CallEndpoint, reply: Reply) -> Result<(), SyncError> {
        match endpoint {
            CallEndpoint::Scim => check_probe(ObjectKind::User, reply, &self.settings.policy),
            CallEndpoint::Token => token::grant_of(reply).map(drop),
        }
    }

    pub(super) fn send_without_task(
        &mut self,
        purpose: Purpose,
        request: &ScimRequest,
        moment: &Moment<'_>,
    ) {
        let at = (moment.now(), &self.settings.policy);
        self.calls.send(purpose, None, request.to_http(self.credentials.bearer()), at);
    }

    pub(super) fn on_test_reply(
        &mut self,
        kind: ObjectKind,
        reply: Reply,
        moment: &mut Moment<'_>,
    ) {
        let result = check_probe(kind, reply, &self.settings.policy);
        if result.is_ok() && kind == ObjectKind::User && self.settings.schema.groups.enabled {
            return self.send_test_of(ObjectKind::Group, moment);
        }
        self.finish_test(result, moment);
    }

    fn finish_test(&mut self, result: Result<(), SyncError>, moment: &mut Moment<'_>) {
        let failure = result.as_ref().err().map(|error| (error.code, error.text()));
        self.tests.last = Some(result);
        self.tests.done += 1;
        moment.emit(Event::ConnectionTested(failure));
    }

    pub(super) fn on_probe_reply(&mut self, reply: Reply, moment: &mut Moment<'_>) {
        let Some(cycle) = &self.cycle else { return };
        let (began, users) = (cycle.began, cycle.probe == Probe::Sent);
        let kind = if users { ObjectKind::User } else { ObjectKind::Group };
        let token = self.credentials.number();
        self.note_answer(token, &reply);
        let next = match check_probe(kind, reply, &self.settings.policy) {
            Ok(()) => Probe::Passed,
            Err(error) if self.renews_token(token, &error) => Probe::Wanted,
            Err(error) if self.waits_out(&error, began, moment) => Probe::Wanted,
            Err(error) => {
                return self.fail_cycle(SyncError { at_groups: !users, ..error }, moment);
            }
        };
        if let Some(cycle) = &mut self.cycle {
            *(if users { &mut cycle.probe } else { &mut cycle.group_probe }) = next;
        }
    }
}

/// The error with which Test Connection fails when a search for a user that does not exist is
/// answered so; `None` when it passes.
pub fn probe_failure(reply: Reply, policy: &Policy) -> Option<SyncError> {
    check_probe(ObjectKind::User, reply, policy).err()
}

/// Checks the reply to a probe: only 200 with an empty list and an accepted media type passes
/// [scim-dev]. Of groups it need not be empty, by policy (B38).
pub(super) fn check_probe(
    kind: ObjectKind,
    reply: Reply,
    policy: &Policy,
) -> Result<(), SyncError> {
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
    reply::media_type(&response, policy.probe_media_type)?;
    match page.total_results {
        0 => Ok(()),
        _ if kind == ObjectKind::Group && !policy.group_probe_finds_none => Ok(()),
        n => Err(SyncError::new(
            ErrorCode::ServiceIncompatible,
            format!("a query for a {} that does not exist found {n}", kind.word()),
        )),
    }
}
