//! The start screen: before the first moment, what will be seen.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::{Look, Scene};
use super::{run, words};
use crate::scenario::{Script, bugs};
use crate::world::Drive;

/// What will be seen.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// The scenario's title.
    pub title: String,
    /// What will be seen, in sentences.
    pub says: Vec<String>,
}

/// The panel's view of a play; `None` once anything has happened or the clock runs.
pub fn view(scene: &Scene<'_>) -> Option<Start> {
    let (play, live) = (scene.play, scene.live);
    let script = play.script();
    let begun = play.steps_played() > 0
        || play.touched()
        || scene.app().entra().job().cycles_begun() > 0
        || play.now() > script.start;
    let shown = live.paused && !begun && scene.look == Look::Now;
    shown.then(|| Start { title: script.title.clone(), says: says(scene, script) })
}

fn says(scene: &Scene<'_>, script: &Script) -> Vec<String> {
    let world = scene.app();
    let tenant = world.entra().tenant();
    let people = words::counted(tenant.user_count() as u64, "person", "people");
    let accounts = world.target().account_count() as u64;
    let told = script.steps.iter().filter(|step| step.say.is_some()).count() as u64;
    let checks: usize = script.steps.iter().map(|step| step.expect.len()).sum();
    let checks = (checks + script.finally.len() + script.always.len()) as u64;
    let span = words::about(script.ends.since(script.start));
    let golinks = match accounts {
        0 => "GoLinks has no account yet".to_owned(),
        some => format!("GoLinks has {}", words::counted(some, "account", "accounts")),
    };
    let mut says = vec![
        world
            .target()
            .called()
            .says(&format!("On the left Entra, with {people}; on the right GoLinks. {golinks}.")),
        "Between them a mark for each person says whether the two agree, and a click says why."
            .to_owned(),
        format!("The story takes {span} of virtual time{}.", real(scene, script)),
    ];
    says.extend(run::cell_words(script));
    if told > 0 {
        says.push(format!("A narrator tells {}.", words::counted(told, "moment", "moments")));
    }
    if checks > 0 {
        says.push(format!(
            "{} are checked.",
            words::counted(checks, "expectation", "expectations")
        ));
    }
    let bugs = script.covers.iter().filter_map(|number| bugs::find(number));
    says.extend(bugs.map(|bug| format!("It shows a reported bug, {}: {}.", bug.number, bug.title)));
    says
}

/// How long the story takes at the set speed, beside what is read.
fn real(scene: &Scene<'_>, script: &Script) -> String {
    let times = scene.live.speed.strip_suffix('x').and_then(|times| times.parse::<f64>().ok());
    let Some(times) = times.filter(|times| *times > 0.0) else { return String::new() };
    let whole = script.ends.since(script.start).as_secs_f64() / times;
    let whole = Duration::try_from_secs_f64(whole).unwrap_or(Duration::MAX);
    format!(", about {} at {}, and the time to read it", words::about(whole), scene.live.speed)
}
