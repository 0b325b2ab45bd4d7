//! From a request to its response: who sends it, which endpoint it is, and what may go wrong.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};

use super::backend::Backend;
use super::caller::{Authorized, Caller, Trust, authorize};
use super::endpoint::{Area, Call, GraphOutcome};
use super::error::GraphError;
use super::reply::{GraphReply, ReplyBody, Stamp, respond};
use super::request::GraphRequest;
use super::waiting::{Waiting, WantedHost};
use super::{groups, metadata, routes, users};
use crate::base::Time;
use crate::base::seed::show_guid;
use crate::entra::tenant::AppId;

/// An answer that is not there yet, and what it will carry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Later {
    /// What it waits for.
    pub waiting: Waiting,
    stamp: Stamp,
}

/// Answers a request, or says what its answer waits for. `number` tells this request from all
/// others of the run, so that its id can be drawn from the seed; `client_time` is the client's own
/// time, in which tokens live.
///
/// # Errors
/// What the answer waits for.
pub fn answer(
    request: &Request<Bytes>,
    number: u64,
    client_time: Time,
    backend: &mut dyn Backend,
) -> Result<Response<Bytes>, Later> {
    let id = show_guid(backend.seed().guid("graph request", "", number));
    let own = request.headers().get("client-request-id").and_then(|id| id.to_str().ok());
    let date = backend.now().rfc3339();
    let stamp = Stamp {
        client_request: own.map_or_else(|| id.clone(), str::to_owned),
        request: id,
        date: date.trim_end_matches('Z').to_owned(),
    };
    match outcome(request, client_time, backend) {
        Ok(GraphReply { body: ReplyBody::Later(waiting), .. }) => Err(Later { waiting, stamp }),
        outcome => Ok(respond(outcome, &stamp)),
    }
}

/// The refusal of a request that did not come so far as to be read; `id` is its own.
pub fn refuse(error: GraphError, id: &str, headers: &HeaderMap, now: Time) -> Response<Bytes> {
    let own = headers.get("client-request-id").and_then(|id| id.to_str().ok());
    let date = now.rfc3339();
    let stamp = Stamp {
        client_request: own.unwrap_or(id).to_owned(),
        request: id.to_owned(),
        date: date.trim_end_matches('Z').to_owned(),
    };
    respond(Err(error), &stamp)
}

/// The answer that was awaited, once what it waits for has a result.
pub fn finish(later: &Later, backend: &mut dyn Backend) -> Option<Response<Bytes>> {
    let over = later.waiting.is_over(backend);
    over.then(|| {
        let mut response = respond(later.waiting.outcome(backend), &later.stamp);
        if let Waiting::Test { wanted: Some(wanted), .. } = &later.waiting {
            // Whether it was asked, the driver knows.
            response.extensions_mut().insert(WantedHost::clone(wanted));
        }
        response
    })
}

fn outcome(request: &Request<Bytes>, client_time: Time, backend: &mut dyn Backend) -> GraphOutcome {
    let caller = match request.extensions().get::<Authorized>() {
        _ if reads_metadata(request) => Caller::nameless(None),
        Some(Authorized(found)) => found.clone()?,
        None => {
            let access = &backend.entra().job_of(AppId::MAIN).settings().graph;
            authorize(request.headers(), Trust { access, seed: backend.seed(), now: client_time })?
        }
    };
    let request = GraphRequest::read(request)?;
    if backend.entra().job_of(AppId::MAIN).settings().policy.graph_throttle {
        let endpoint = routes::find(&request)?;
        let asked = &mut backend.entra_mut().surface_mut().asked;
        asked.count(endpoint, &caller.app_id, client_time)?;
    }
    carry_out(&request, &caller, backend)
}

/// Whether a request reads the description of the API, for which it needs no token.
fn reads_metadata(request: &Request<Bytes>) -> bool {
    request.method() == Method::GET && request.uri().path().ends_with(metadata::PATH)
}

/// What a client reads again and again while it waits for a cycle.
const POLLED: [&str; 3] = [
    "/servicePrincipals/{}/synchronization/jobs",
    "/servicePrincipals/{}/synchronization/jobs/{}",
    "/auditLogs/provisioning",
];

/// Carries out a request that changes something, as an action of a script.
///
/// # Errors
/// The refusal.
pub fn repeat(
    request: &Request<Bytes>,
    caller: &Caller,
    backend: &mut dyn Backend,
) -> GraphOutcome {
    let request = GraphRequest::read(request)?;
    if routes::find(&request)?.path == "/$batch" {
        return Err(GraphError::bad_request("A batch is several requests; write each of them."));
    }
    carry_out(&request, caller, backend)
}

/// Finds the endpoint of a request and has it answer.
///
/// # Errors
/// The refusal.
pub(super) fn carry_out(
    request: &GraphRequest,
    caller: &Caller,
    backend: &mut dyn Backend,
) -> GraphOutcome {
    let endpoint = routes::find(request)?;
    let writes = endpoint.writes();
    if !caller.permissions.meet(endpoint.area.needs(writes)) {
        return Err(GraphError::denied());
    }
    // In a user's name a client may do no more than the user; what verbs stand for asks by itself.
    let role = backend.entra().job_of(AppId::MAIN).settings().role;
    let of_applications = writes && endpoint.area == Area::Applications;
    if of_applications && caller.user.is_some() && !role.may_configure() {
        return Err(GraphError::denied());
    }
    if let Some(id) = fresh(request, backend) {
        return Err(GraphError::not_found(id));
    }
    let mut call = Call { request, caller, backend };
    // What is written about applications is no verb of scenarios.
    let reply = match of_applications {
        true => call.whole(endpoint.handle)?,
        false => (endpoint.handle)(&mut call)?,
    };
    // Who goes on to the next page does not wait for anything.
    let is_first = request.options.skip_token.is_none();
    if POLLED.contains(&endpoint.path) && endpoint.method == "GET" && is_first {
        backend.polled();
    }
    Ok(reply)
}

/// The user or the group of the path, when it was created so lately that it cannot be found yet.
fn fresh<'r>(request: &'r GraphRequest, backend: &dyn Backend) -> Option<&'r str> {
    let entra = backend.entra();
    let delay = entra.job_of(AppId::MAIN).settings().policy.graph_replication_delay;
    if delay.is_zero() {
        return None;
    }
    let (tenant, id) = (entra.tenant(), request.path.raw(1));
    let created = match request.path.lower().first()?.as_str() {
        "users" => tenant.hired_at(users::find(tenant, id).ok()?),
        "groups" => tenant.group_created_at(groups::find(tenant, id).ok()?),
        _ => None,
    };
    created.filter(|at| backend.now().since(*at) < delay).map(|_| id)
}
