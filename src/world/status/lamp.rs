//! The lamp: how the engine would find GoLinks, now or at the next cycle, found out without a
//! request.
//!
//! The probe with which every cycle begins is rehearsed: the faults and the server say what would
//! be answered, and the job says whether a cycle would go on after it.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request, Response};

use crate::base::Time;
use crate::entra::call::CallEndpoint;
use crate::entra::job::SyncError;
use crate::entra::{Lost, Reply};
use crate::golinks::GoLinks;
use crate::scim::list::ListWriter;
use crate::scim::urn;
use crate::world::AppView;
use crate::world::faults::{Delay, Effect, RequestFacts, Reset, RunningFault};

/// How GoLinks is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lamp {
    /// Its colour.
    pub light: Light,
    /// What GoLinks does: `refuses connections`.
    pub does: String,
}

/// The colours of a lamp.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Light {
    /// The engine's requests are answered.
    Up,
    /// Some of the engine's requests are answered late, wrongly or not at all.
    Impaired,
    /// The probe of a cycle gets no answer after which the cycle would go on.
    Down,
}

impl Lamp {
    /// The sentence: `GoLinks refuses connections now.`
    pub fn text(&self) -> String {
        format!("GoLinks {} now.", self.does)
    }
}

/// How the engine would find GoLinks now.
pub(super) fn lamp(world: AppView<'_>) -> Lamp {
    if let Some(lamp) = rehearsed(world, world.now(), |running| running.fault.when.nth.is_none()) {
        return lamp;
    }
    if let Some(running) = world.faults().iter().find(|running| running.on) {
        let does = what(world, running, world.now()) + " for some requests";
        return Lamp { light: Light::Impaired, does };
    }
    match world.reached().mock().and_then(quirks) {
        Some(does) => Lamp { light: Light::Impaired, does },
        None => Lamp { light: Light::Up, does: "answers".to_owned() },
    }
}

/// What the next cycle is sure to meet, as far as faults, credentials and limits are known; `None`
/// when it is due to meet nothing, or when no cycle is due.
pub(super) fn ahead(world: AppView<'_>) -> Option<Lamp> {
    let due = world.entra().job().next_cycle()?;
    rehearsed(world, due.max(world.now()), |_| true)
}

/// What is amiss with the answer to a probe at an instant, with the faults that count; `None` when
/// nothing is.
fn rehearsed(world: AppView<'_>, at: Time, counts: fn(&RunningFault) -> bool) -> Option<Lamp> {
    let job = world.entra().job();
    let (endpoint, probe) = job.next_probe(at, world.seed());
    let first = rehearse(world, (endpoint, &probe), at, counts);
    if endpoint == CallEndpoint::Token || first.is_some() {
        return first;
    }
    let of_groups = job.next_group_probe(&probe, world.seed())?;
    rehearse(world, (endpoint, &of_groups), at, counts)
}

/// What is amiss with the answer to one request.
fn rehearse(
    world: AppView<'_>,
    (endpoint, request): (CallEndpoint, &Request<Bytes>),
    at: Time,
    counts: fn(&RunningFault) -> bool,
) -> Option<Lamp> {
    let job = world.entra().job();
    let strikes = striking(world, request, at, counts);
    let reply = reply(world, request, at, strikes);
    let status = reply.as_ref().ok().map(|response| response.status().as_u16());
    let error = job.judge_probe(endpoint, reply).err();
    let does = match (strikes, status) {
        (Some(running), _) => what(world, running, at),
        (None, status) => match endpoint {
            CallEndpoint::Scim => refusal(world, at, status?),
            CallEndpoint::Token => "gives no access token".to_owned(),
        },
    };
    match (error, status) {
        // The job waits as long as it is asked to.
        (Some(error), Some(429)) if is_waited_out(world, &error, at) => {
            Some(Lamp { light: Light::Impaired, does })
        }
        (Some(_), _) => Some(Lamp { light: Light::Down, does }),
        (None, _) => strikes.map(|_| Lamp { light: Light::Impaired, does }),
    }
}

/// Whether the job waits for as long as a refusal asks, and then goes on.
fn is_waited_out(world: AppView<'_>, error: &SyncError, at: Time) -> bool {
    let policy = &world.entra().job().settings().policy;
    let wait = error.retry_after.filter(|_| policy.honor_retry_after);
    wait.is_some_and(|wait| wait.after(at) <= at + policy.retry_after_max)
}

/// The fault, of those that count, that is sure to strike a probe at an instant.
fn striking<'w>(
    world: AppView<'w>,
    probe: &Request<Bytes>,
    at: Time,
    counts: fn(&RunningFault) -> bool,
) -> Option<&'w RunningFault> {
    let facts = RequestFacts {
        method: probe.method(),
        path: probe.uri().path(),
        base: world.reached().base_path(),
        about: &|_| false,
        app: Some(world.app_name()),
        accounts: world.reached().account_count(),
    };
    world.faults().first_to_strike(at, &facts, counts)
}

/// What a probe would be answered at an instant.
fn reply(
    world: AppView<'_>,
    probe: &Request<Bytes>,
    at: Time,
    strikes: Option<&RunningFault>,
) -> Reply {
    let answer = || match world.reached().mock() {
        Some(golinks) => golinks.rehearse(probe, at, world.seed()),
        None => nobody(),
    };
    match strikes.map(|running| &running.fault.effect) {
        None => Ok(answer()),
        Some(Effect::Delay(delay)) => match lateness(world, strikes, *delay, at) {
            Late::Always => Err(Lost::TimedOut),
            Late::AtTimes | Late::Never => Ok(answer()),
        },
        Some(Effect::Stall) => Err(Lost::TimedOut),
        Some(Effect::Respond(respond)) => Ok(respond.response()),
        Some(Effect::Refuse) => Err(Lost::Refused),
        Some(Effect::Certificate(_)) => Err(Lost::Untrusted),
        Some(Effect::ServiceError) => Err(Lost::Internal),
        Some(Effect::Reset(Reset::Before | Reset::After)) => Err(Lost::Reset),
        Some(Effect::Garble(garble)) => Ok(garble.spoil(answer())),
    }
}

/// The answer of a server of which nothing is known: nobody has that name.
fn nobody() -> Response<Bytes> {
    let mut response = Response::new(ListWriter::nothing());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(urn::CONTENT_TYPE));
    response
}

/// Whether delayed answers come after the engine has given up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Late {
    Never,
    AtTimes,
    Always,
}

fn lateness(world: AppView<'_>, running: Option<&RunningFault>, delay: Delay, at: Time) -> Late {
    let patience = world.entra().job().settings().policy.request_timeout;
    let active = running.map_or(Duration::ZERO, |running| at.since(running.from));
    let (least, most) = delay.bounds(active, world.reached().account_count());
    match (least >= patience, most >= patience) {
        (true, _) => Late::Always,
        (false, true) => Late::AtTimes,
        (false, false) => Late::Never,
    }
}

/// What a fault makes GoLinks do.
fn what(world: AppView<'_>, running: &RunningFault, at: Time) -> String {
    match &running.fault.effect {
        Effect::Delay(delay) => match lateness(world, Some(running), *delay, at) {
            Late::Always => "answers too late for the engine",
            Late::AtTimes => "answers late, or too late for the engine",
            Late::Never => "answers late",
        }
        .to_owned(),
        Effect::Stall => "does not answer".to_owned(),
        Effect::Respond(respond) => format!("answers {}", respond.response().status().as_u16()),
        Effect::Refuse => "refuses connections".to_owned(),
        Effect::Certificate(_) => "shows a certificate that is not trusted".to_owned(),
        Effect::ServiceError => "is not asked, because the service fails".to_owned(),
        Effect::Reset(_) => "resets connections".to_owned(),
        Effect::Garble(_) => "spoils its answers".to_owned(),
    }
}

/// What GoLinks does when it answers a probe with this status, and no fault strikes.
fn refusal(world: AppView<'_>, at: Time, status: u16) -> String {
    let words = match status {
        200..=299 => "answers in a way that the engine cannot use",
        401 => return rejects(world),
        404 => "knows no such address",
        429 => "asks for patience (429)",
        503 if world.reached().mock().is_some_and(|golinks| golinks.is_in_maintenance(at)) => {
            "is being worked on"
        }
        other => return format!("answers {other}"),
    };
    words.to_owned()
}

/// What GoLinks does to a job whose credentials it does not take.
fn rejects(world: AppView<'_>) -> String {
    let job = world.entra().job();
    let settings = job.settings();
    match () {
        () if !job.has_credentials() => "wants a secret, and the job has none",
        () if settings.auth.is_oauth() => "rejects the access token",
        () if settings.secret.as_deref() == Some("") => "rejects the tenant's token",
        () => "rejects the secret",
    }
    .to_owned()
}

/// The quirks that are on: some show in answers, others elsewhere, as at sign-in.
fn quirks(golinks: &GoLinks) -> Option<String> {
    let on: Vec<&str> = golinks.settings().quirks.on().map(|(row, _)| row.name).collect();
    match on.as_slice() {
        [] => None,
        [one] => Some(format!("has the quirk {one}")),
        [one, other] => Some(format!("has the quirks {one} and {other}")),
        many => Some(format!("has {} quirks", many.len())),
    }
}
