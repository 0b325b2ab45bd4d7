//! The caption panel: the latest text of the scenario's narrator.

use schemars::JsonSchema;
use serde::Serialize;

use super::expectations::file_name;
use super::panels::Scene;
use super::words;

/// The narrator's caption.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// The narrator's text.
    pub text: String,
    /// When it was said: `Day 30 09:00`.
    pub at: String,
    /// Where it stands in the scenario file: `expired-secret.toml:44`.
    pub place: Option<String>,
}

/// The latest caption; `None` before the first.
pub fn view(scene: &Scene<'_>) -> Option<Caption> {
    let play = scene.play;
    let (at, text) = play.caption()?;
    let file = file_name(&play.script().source.name);
    Some(Caption {
        text: text.to_owned(),
        at: words::moment(play.script().start, at),
        place: play.caption_line().map(|line| format!("{file}:{line}")),
    })
}
