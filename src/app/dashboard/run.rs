//! Which run the page shows, how to replay it, and what in it is not as in Entra.

use serde::Serialize;

use super::expectations::file_name;
use super::panels::Scene;
use crate::entra::policy::Overridden;
use crate::scenario::{Play, report};

/// Which run the page looks at; when `id` changes, the page starts anew.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Differs between any two runs of one server.
    pub id: String,
    /// The scenario's name.
    pub name: String,
    /// The scenario's title.
    pub title: String,
    /// Stories and bugs it covers.
    pub covers: Vec<String>,
    /// The seed.
    pub seed: String,
    /// The version of the program.
    pub version: &'static str,
    /// The command that replays the run; absent once somebody outside touched it.
    pub replay: Option<String>,
    /// What the server has to say about the run itself, such as a scenario file that cannot be
    /// read.
    pub notice: Option<String>,
    /// Policies that are not what Entra is known to use.
    pub badges: Vec<Badge>,
}

/// A policy or setting that was changed, so that what is seen is not what Entra would do.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Badge {
    /// `scaled` when a threshold was made smaller for a class, else `overridden`.
    pub word: &'static str,
    /// Which, with both values: `quarantine_min_failures = 5 (Entra: 5,000)`.
    pub text: String,
}

/// Which run this is.
pub fn view(scene: &Scene<'_>) -> Run {
    let (play, live) = (scene.play, scene.live);
    let script = play.script();
    Run {
        id: live.run.to_string(),
        name: file_name(&script.name).to_owned(),
        title: script.title.clone(),
        covers: script.covers.clone(),
        seed: script.seed.0.to_string(),
        version: env!("CARGO_PKG_VERSION"),
        replay: (!play.touched()).then(|| report::replay(script)),
        notice: live.notice.map(str::to_owned),
        badges: badges(play),
    }
}

/// The policies that are overridden; thresholds and limits made smaller are `scaled`.
fn badges(play: &Play) -> Vec<Badge> {
    let badge = |row: Overridden| {
        let smaller = match (row.value.parse::<f64>(), row.default.parse::<f64>()) {
            (Ok(value), Ok(default)) => value < default,
            _ => false,
        };
        let word = if smaller && row.is_threshold() { "scaled" } else { "overridden" };
        Badge { word, text: format!("{} (Entra: {})", row.text(), row.default) }
    };
    let overridden = play.world().entra().job().settings().policy.overridden();
    overridden.into_iter().map(badge).collect()
}
