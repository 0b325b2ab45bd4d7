//! The narrator's caption.

use serde::Serialize;

use super::expectations::file_name;
use super::panels::Scene;
use super::words;

/// The narrator's caption.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Caption {
    /// What was said.
    pub text: String,
    /// When: `Day 30 09:00`.
    pub at: String,
    /// Where it stands: `expired-secret.toml:44`.
    pub place: Option<String>,
}

/// What the narrator said last.
pub fn view(scene: &Scene<'_>) -> Option<Caption> {
    let play = scene.play;
    let (at, text) = play.caption()?;
    let file = file_name(&play.script().source.name);
    Some(Caption {
        text: text.to_owned(),
        at: words::moment(play.script().start, at),
        place: play.line().map(|line| format!("{file}:{line}")),
    })
}
