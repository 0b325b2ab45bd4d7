//! The lamp: how the engine would find GoLinks at this instant, computed without a request.

use http::Method;

use crate::base::Time;
use crate::world::World;
use crate::world::driver::Drive;
use crate::world::faults::{Effect, Fault, RequestFacts, RunningFault};

/// How GoLinks is now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lamp {
    /// Its colour.
    pub light: Light,
    /// What GoLinks does: `refuses connections`.
    pub does: String,
    /// When that ends, when the end is known.
    pub until: Option<Time>,
}

/// The colours of a lamp.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Light {
    /// The engine's requests are answered.
    Up,
    /// Some of the engine's requests are answered late, wrongly or not at all.
    Impaired,
    /// None of the engine's requests is answered as it should be.
    Down,
}

impl Lamp {
    /// The sentence: `GoLinks refuses connections now.`
    pub fn text(&self) -> String {
        format!("GoLinks {} now.", self.does)
    }

    /// Whether GoLinks is down and, as far as is known, will still be down at this instant.
    pub(super) fn meets(&self, at: Option<Time>) -> bool {
        let lasts = |at| self.until.is_none_or(|until| until > at);
        self.light == Light::Down && at.is_some_and(lasts)
    }
}

/// How the engine would find GoLinks now.
pub(super) fn lamp(world: &World) -> Lamp {
    let lamp = |light, does: String, until| Lamp { light, does, until };
    let active = || world.faults().iter().filter(|running| running.on);
    if let Some(running) = active().find(|running| breaks_the_probe(world, running)) {
        return lamp(Light::Down, what(&running.fault.effect), running.until);
    }
    if let Some(does) = refusal(world) {
        return lamp(Light::Down, does.to_owned(), None);
    }
    match active().next() {
        Some(running) => {
            lamp(Light::Impaired, what(&running.fault.effect) + " for some requests", running.until)
        }
        None => lamp(Light::Up, "answers".to_owned(), None),
    }
}

/// Whether a fault strikes every connection probe and makes it fail.
fn breaks_the_probe(world: &World, running: &RunningFault) -> bool {
    let Fault { when, probability, effect, .. } = &running.fault;
    let settings = world.entra().job().settings();
    let probe = RequestFacts {
        method: &Method::GET,
        path: &format!("{}/Users", settings.base_path),
        base: world.target().base_path(),
        about: &|_| false,
        accounts: world.target().account_count(),
    };
    let fails = match effect {
        Effect::Respond(respond) => !respond.response().status().is_success(),
        Effect::Delay(_) => false,
        _ => true,
    };
    fails && *probability >= 1.0 && when.nth.is_none() && when.meets(&probe)
}

/// What an active fault makes GoLinks do.
fn what(effect: &Effect) -> String {
    match effect {
        Effect::Delay(_) => "answers late".to_owned(),
        Effect::Stall => "does not answer".to_owned(),
        Effect::Respond(respond) => format!("answers {}", respond.response().status().as_u16()),
        Effect::Refuse => "refuses connections".to_owned(),
        Effect::Certificate(_) => "shows a certificate that is not trusted".to_owned(),
        Effect::Reset(_) => "resets connections".to_owned(),
        Effect::Garble(_) => "spoils its answers".to_owned(),
    }
}

/// Why GoLinks itself would turn the engine away.
fn refusal(world: &World) -> Option<&'static str> {
    let (golinks, job) = (world.target().mock()?, world.entra().job());
    match golinks.refusal(&job.settings().base_path, job.authorization(), world.now())? {
        404 => Some("knows no such address"),
        401 => Some("rejects the secret"),
        _ => Some("is being worked on"),
    }
}
