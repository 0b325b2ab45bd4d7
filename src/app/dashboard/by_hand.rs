//! The panel of everything that was done by hand: each action with its instant, and the scenario
//! that does the same without a hand.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::expectations::file_name;
use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::scenario::{Script, report};
use crate::world::Action;

/// An action that was done by hand.
#[derive(Clone, PartialEq, Debug)]
pub struct Done {
    /// When.
    pub at: Time,
    /// How many steps of the script had been played by then.
    pub steps: usize,
    /// What.
    pub action: Action,
}

/// Everything that was done by hand.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct ByHand {
    /// The heading: `3 actions`.
    pub says: String,
    /// What a replay of the file does not bring back, if anything.
    pub note: Option<String>,
    /// The actions, oldest first.
    pub rows: Vec<DoneRow>,
    /// The scenario file with these actions as moments; absent when nothing was done.
    pub file: Option<String>,
    /// The name to save it under.
    pub name: String,
    /// The command that runs it.
    pub command: String,
}

/// One action by hand.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct DoneRow {
    /// When: `Day 3 07:12`.
    pub at: String,
    /// The same for the address of the page: `2026-03-05T07:12:00Z`.
    pub instant: String,
    /// The action as a scenario writes it: `{ disable = "ann" }`.
    pub action: String,
    /// Whether it is still to be repeated, because the run was played again from its start.
    pub ahead: bool,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> ByHand {
    let (script, actions) = (scene.play.script(), scene.live.by_hand);
    let now = scene.app().now();
    let row = |done: &Done| DoneRow {
        at: words::moment(script.start, done.at),
        instant: done.at.to_string(),
        action: done.action.to_toml(),
        ahead: done.at > now,
    };
    let stem = file_name(&script.source.name).trim_end_matches(".toml");
    let name = format!("{stem}-by-hand.toml");
    ByHand {
        says: words::counted(actions.len() as u64, "action", "actions"),
        note: scene
            .live
            .outside
            .then(|| "Clients from outside sent requests too, which no file repeats.".to_owned()),
        rows: actions.iter().map(row).collect(),
        file: (!actions.is_empty()).then(|| file(script, actions)),
        command: report::replay(script).replacen(&script.source.name, &name, 1),
        name,
    }
}

/// Actions as `[[at]]` moments of a scenario file.
pub fn moments(start: Time, actions: &[Done]) -> String {
    actions.iter().map(|done| moment(start, done)).collect::<Vec<_>>().join("\n")
}

fn moment(start: Time, done: &Done) -> String {
    let time = written(done.at.since(start));
    format!("[[at]]\ntime = \"{time}\"\ndo = {}\n", done.action.to_toml())
}

/// The file of a script with these actions as moments, each before the first moment of the file
/// that had not come when it was done.
fn file(script: &Script, actions: &[Done]) -> String {
    let text = &script.source.text;
    let mut out = String::with_capacity(text.len() + 64 * actions.len());
    let mut rest = actions.iter().peekable();
    for (nth, line) in text.lines().enumerate() {
        let here =
            |done: &&Done| script.steps.get(done.steps).is_some_and(|next| next.line == nth + 1);
        while let Some(done) = rest.next_if(here) {
            out += &format!("# by hand\n{}\n", moment(script.start, done));
        }
        out += line;
        out.push('\n');
    }
    for done in rest {
        out += &format!("\n# by hand\n{}", moment(script.start, done));
    }
    out
}

/// A duration as scenario files write it: `3d 7h 12m`.
fn written(span: Duration) -> String {
    let (secs, millis) = (span.as_secs(), span.subsec_millis());
    let parts = [
        (secs / 86_400, "d"),
        (secs / 3_600 % 24, "h"),
        (secs / 60 % 60, "m"),
        (secs % 60, "s"),
        (u64::from(millis), "ms"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count}{unit}"))
        .collect();
    if parts.is_empty() { "0d".to_owned() } else { parts.join(" ") }
}
