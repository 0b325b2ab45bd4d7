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
use crate::world::faults::{Delay, Effect, RequestFacts, Reset, RunningFault};
use crate::world::{AppView, ServerName};

/// How GoLinks is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lamp {
    /// Its colour.
    pub light: Light,
    /// What GoLinks does: `refuses connections`.
    pub does: String,
    /// Whether it is that GoLinks refuses what the job shows, and nothing is out of order.
    pub refuses: bool,
    /// The server of which it tells.
    pub server: ServerName,
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
        format!("{} {} now.", self.server.first(), self.does)
    }
}

/// How the engine would find GoLinks now.
pub(super) fn lamp(world: AppView<'_>) -> Lamp {
    let met = rehearsed(world, world.now(), EVERY_TIME);
    let mut light = met.as_ref().map_or(Light::Up, |met| met.lamp.light);
    let refuses = met.as_ref().is_some_and(|met| met.lamp.refuses);
    let mut does: Vec<String> = met.iter().map(|met| met.lamp.does.clone()).collect();
    let mut also: Vec<String> = others(world, met.as_ref().and_then(|met| met.fault))
        .map(|running| what(world, running, world.now()) + " for some requests")
        .collect();
    if light != Light::Down {
        also.extend(world.reached().mock().and_then(quirks));
    }
    for one in also {
        light = if light == Light::Up { Light::Impaired } else { light };
        if !does.contains(&one) {
            does.push(one);
        }
    }
    Lamp { light, does: listed(does), refuses, server: world.target().called() }
}

/// What the next cycle is sure to meet.
pub(super) struct Ahead {
    /// How that cycle finds GoLinks.
    pub lamp: Lamp,
    /// Whether GoLinks is as bad as that now.
    pub is_on: bool,
    /// Whether a probe meets the very same now.
    pub is_same: bool,
}

/// What the next cycle is sure to meet, as far as faults, credentials and limits are known; `None`
/// when it is due to meet nothing, or when no cycle is due.
pub(super) fn ahead(world: AppView<'_>) -> Option<Ahead> {
    let due = world.entra().job().next_cycle()?;
    let lamp = rehearsed(world, due.max(world.now()), |_| true)?.lamp;
    let now = rehearsed(world, world.now(), EVERY_TIME).map(|met| met.lamp);
    let is_on = now.as_ref().is_some_and(|now| now.light == lamp.light);
    Some(Ahead { is_on, is_same: now.as_ref() == Some(&lamp), lamp })
}

/// Faults that strike whenever a request like the probe is sent, and not only at certain numbers.
const EVERY_TIME: fn(&RunningFault) -> bool = |running| running.fault.when.nth.is_none();

/// The active faults that strike other requests of the application than its probes: those that
/// stand behind a fault that strikes them all never do.
fn others<'w>(
    world: AppView<'w>,
    struck: Option<&'w RunningFault>,
) -> impl Iterator<Item = &'w RunningFault> {
    let concerns = move |running: &&RunningFault| {
        let apps = &running.fault.when.apps;
        running.may_strike() && (apps.is_empty() || apps.iter().any(|app| app == world.app_name()))
    };
    let same = |one: &RunningFault, other: &RunningFault| std::ptr::eq(one, other);
    let all = struck.filter(|struck| strikes_all(struck));
    let before = world
        .faults()
        .in_order()
        .take_while(move |running| all.is_none_or(|all| !same(all, running)));
    before
        .filter(concerns)
        .filter(move |running| struck.is_none_or(|struck| !same(struck, running)))
}

/// Whether a fault strikes every request of an application that it strikes at all.
fn strikes_all(running: &RunningFault) -> bool {
    let when = &running.fault.when;
    when.methods.is_empty() && when.path.is_none() && when.users.is_empty() && when.nth.is_none()
}

/// Several things that GoLinks does, as one.
fn listed(mut does: Vec<String>) -> String {
    let more = does.len().saturating_sub(3);
    if more > 0 {
        does.truncate(3);
        let faults = if more == 1 { "fault" } else { "faults" };
        does.push(format!("has {more} more {faults}"));
    }
    let last = does.pop().unwrap_or_else(|| "answers".to_owned());
    match does.is_empty() {
        true => last,
        false => format!("{} and {last}", does.join(", ")),
    }
}

/// What a probe meets.
struct Met<'w> {
    lamp: Lamp,
    /// The fault that strikes it.
    fault: Option<&'w RunningFault>,
}

/// What is amiss with the answer to a probe at an instant, with the faults that count; `None` when
/// nothing is.
fn rehearsed(world: AppView<'_>, at: Time, counts: fn(&RunningFault) -> bool) -> Option<Met<'_>> {
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
fn rehearse<'w>(
    world: AppView<'w>,
    (endpoint, request): (CallEndpoint, &Request<Bytes>),
    at: Time,
    counts: fn(&RunningFault) -> bool,
) -> Option<Met<'w>> {
    let job = world.entra().job();
    let strikes = striking(world, request, at, counts);
    let reply = reply(world, request, at, strikes);
    let status = reply.as_ref().ok().map(|response| response.status().as_u16());
    let error = job.judge_probe(endpoint, reply).err();
    let fault = strikes.map(|running| what(world, running, at));
    // The answer is the server's own, late or not.
    let own = matches!(strikes.map(|running| &running.fault.effect), None | Some(Effect::Delay(_)));
    let refused = || match endpoint {
        CallEndpoint::Scim => status.map(|status| refusal(world, at, status)),
        CallEndpoint::Token => Some("gives no access token".to_owned()),
    };
    let does = match (fault, strikes.map(|running| &running.fault.effect), &error) {
        // What comes late is the server's own answer, and it may be a refusal.
        (Some(fault), Some(Effect::Delay(_)), Some(_)) if status.is_some() => {
            format!("{} and {fault}", refused()?)
        }
        (Some(fault), ..) => fault,
        (None, ..) => refused()?,
    };
    let light = match (error, status) {
        // The job waits as long as it is asked to.
        (Some(error), Some(429)) if is_waited_out(world, &error, at) => Light::Impaired,
        (Some(_), _) => Light::Down,
        (None, _) if strikes.is_some() => Light::Impaired,
        (None, _) => return None,
    };
    let refuses = own && status == Some(401) && endpoint == CallEndpoint::Scim;
    Some(Met {
        lamp: Lamp { light, does, refuses, server: world.target().called() },
        fault: strikes,
    })
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
    match credential(world) {
        None => "wants a secret, and the job has none",
        Some(Credential::AccessToken) => "rejects the access token",
        Some(Credential::TenantToken) => "rejects the tenant's token",
        Some(Credential::Secret) => "rejects the secret",
    }
    .to_owned()
}

/// The word for a job whose credentials GoLinks does not take, now or from the next cycle on.
pub(super) fn refused(world: AppView<'_>, now: bool) -> &'static str {
    match (credential(world), now) {
        (None, _) => "Secret missing",
        (Some(Credential::Secret), true) => "Secret refused",
        (Some(Credential::Secret), false) => "Secret refused ahead",
        (Some(Credential::AccessToken | Credential::TenantToken), true) => "Token refused",
        (Some(Credential::AccessToken | Credential::TenantToken), false) => "Token refused ahead",
    }
}

/// What a job shows to GoLinks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Credential {
    /// The secret that is set.
    Secret,
    /// The tenant's own token, as the secret is blank.
    TenantToken,
    /// An access token of the token endpoint.
    AccessToken,
}

/// What the job shows to GoLinks; `None` when it has nothing.
pub(super) fn credential(world: AppView<'_>) -> Option<Credential> {
    let job = world.entra().job();
    let settings = job.settings();
    match () {
        () if !job.has_credentials() => None,
        () if settings.auth.is_oauth() => Some(Credential::AccessToken),
        () if settings.secret.as_deref() == Some("") => Some(Credential::TenantToken),
        () => Some(Credential::Secret),
    }
}

/// The quirks that are on: some show in answers, others elsewhere, as at sign-in.
fn quirks(golinks: &GoLinks) -> Option<String> {
    let on: Vec<&str> = golinks.settings().quirks.on().map(|(row, _)| row.story).collect();
    match on.as_slice() {
        [] => None,
        [one] => Some(format!("has the quirk {}", headed(one))),
        [one, other] => Some(format!("has the quirks {} and {}", headed(one), headed(other))),
        [first, others @ ..] => {
            Some(format!("has the quirk {} and {} more", headed(first), others.len()))
        }
    }
}

/// The beginning of what a quirk does, quoted.
fn headed(story: &str) -> String {
    let end = story.find(": ").unwrap_or(story.trim_end_matches('.').len());
    format!("“{}”", story[..end].replace('`', ""))
}
