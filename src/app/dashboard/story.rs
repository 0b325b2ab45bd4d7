//! The panel of the story so far: every caption of the narrator with its instant.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::world::{Record, RecordedEvent};

/// The story so far.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// The heading: `3 told, 2 to come`.
    pub says: String,
    /// What was said, oldest first.
    pub said: Vec<Said>,
}

/// One caption.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// When: `Day 3 07:12`.
    pub at: String,
    /// The same for the address of the page: `2026-03-05T07:12:00Z`.
    pub instant: String,
    /// The narrator's text.
    pub text: String,
}

/// The captions of a run, gathered while it goes on.
#[derive(Default)]
pub struct Captions(Vec<(Time, String)>);

/// How many captions are kept.
const KEPT: usize = 500;

impl Captions {
    /// Adds the caption of a record, if it is one.
    pub fn observe(&mut self, record: &Record<'_>) {
        if let RecordedEvent::Narrated(text) = record.event
            && self.0.len() < KEPT
        {
            self.0.push((record.at, text.to_owned()));
        }
    }
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Story {
    let (captions, start) = (&scene.board.captions().0, scene.play.script().start);
    let all = scene.play.script().steps.iter().filter(|step| step.say.is_some()).count();
    let told = captions.iter().filter(|(at, _)| scene.shows(*at));
    let said: Vec<Said> = told
        .map(|(at, text)| Said {
            at: words::moment(start, *at),
            instant: at.to_string(),
            text: text.clone(),
        })
        .collect();
    let to_come = all.saturating_sub(said.len());
    Story {
        says: match (said.len(), to_come) {
            (0, 0) => "this scenario has no narrator".to_owned(),
            (told, 0) => format!("all {told} told"),
            (told, to_come) => format!("{told} told, {to_come} to come"),
        },
        said,
    }
}
