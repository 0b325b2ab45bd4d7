//! How far a play has come: its clock, and the cycle that is under way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::Play;
use crate::world::{AppView, Drive};

/// How far a play has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunStanding {
    /// When virtual time started.
    pub start: String,
    /// Virtual time now.
    pub now: String,
    /// When the story ends.
    pub ends: String,
    /// Whether a job has begun a cycle.
    pub begun: bool,
    /// The cycle under way that has most to look at.
    pub cycle: Option<CycleStanding>,
}

/// How far a cycle has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CycleStanding {
    /// Its number, from 1.
    pub number: u64,
    /// How many users and groups it has looked at.
    pub done: u64,
    /// How many it looks at.
    pub whole: u64,
}

impl RunStanding {
    /// How far this play has come.
    pub fn of(play: &Play) -> RunStanding {
        RunStanding {
            start: play.script().start.rfc3339(),
            now: play.now().rfc3339(),
            ends: play.ends().rfc3339(),
            begun: play.world().views().any(|app| app.entra().job().cycles_begun() > 0),
            cycle: cycle(play),
        }
    }
}

/// The cycle under way that has most to look at.
pub fn cycle(play: &Play) -> Option<CycleStanding> {
    let cycles = play.world().views().filter_map(|app: AppView<'_>| app.entra().job().cycle());
    let standing = cycles.map(|cycle| {
        let (done, whole) = cycle.progress();
        CycleStanding { number: cycle.number, done, whole }
    });
    standing.max_by_key(|cycle| cycle.whole)
}
