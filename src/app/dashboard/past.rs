//! What the page says of the instant at which it looks: now, or a past one that was played again.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::{Look, Scene};
use super::words;
use crate::base::Time;
use crate::world::Drive;

/// At what instant the page looks.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// `now`; `ahead` (the instant is still to come, and the page shows the run as it is now);
    /// `playing` (it is being played again); `past`; `recorded` (what was recorded by then is
    /// shown, and the run as it is now); `refused` (it cannot be shown).
    pub word: &'static str,
    /// The instant that the page asked for, as its address has it; empty when it asked for none.
    pub asked: String,
    /// The instant: `day 3 07:12`, or `day 3 07:12:00.25` for one within a minute; empty for now.
    pub at: String,
    /// The same for the address of the page: `2026-03-05T07:12:00Z`.
    pub instant: String,
    /// What the page shows, or why it does not: `As it was, played again from the start.`
    pub says: String,
    /// What the past does not hold, or holds otherwise than it was.
    pub note: Option<String>,
    /// How much of it is played, in thousandths.
    pub played: u16,
    /// The instant of the run as it is now, unless the page shows that: `Day 5 09:00`.
    pub now: Option<String>,
    /// The same for the page: `2026-03-07T09:00:00Z`.
    pub now_instant: Option<String>,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Past {
    let (start, live) = (scene.play.script().start, scene.live);
    let now = scene.now.map_or(scene.play.now(), |now| now.at());
    let asked = || scene.query.at.clone();
    let at = |word: &'static str, at: Time, says: &str| Past {
        word,
        asked: asked(),
        at: words::exact(start, at),
        instant: at.to_string(),
        says: says.to_owned(),
        now: Some(words::moment(start, now)),
        now_instant: Some(now.to_string()),
        ..Past::default()
    };
    match scene.look {
        Look::Now => Past { word: "now", asked: asked(), ..Past::default() },
        Look::Ahead(then) => at(
            "ahead",
            then,
            "This instant is still to come. What you see is the run as it is now.",
        ),
        Look::Playing(then, played) => {
            let says =
                "The story is played again up to this instant; the run itself is not touched.";
            Past { played, ..at("playing", then, says) }
        }
        Look::Past(then) | Look::Kept(then) => Past {
            played: 1000,
            note: live.outside.then(|| {
                "What clients from outside sent is not in it: only the story and what was done by \
                 hand are played again."
                    .to_owned()
            }),
            ..at("past", then, "This is how it was. The run itself is not touched.")
        },
        Look::Recorded(then) => {
            let called = live.target.unwrap_or("another server");
            let says = format!(
                "What is at {called} cannot be played again: the two worlds are as they are now. \
                 Provisioning log, requests, cycles and story show what was recorded by then."
            );
            at("recorded", then, &says)
        }
        Look::Refused(why) => Past {
            word: "refused",
            asked: asked(),
            says: format!("{}. What you see is the run as it is now.", why.trim_end_matches('.')),
            now: Some(words::moment(start, now)),
            now_instant: Some(now.to_string()),
            ..Past::default()
        },
    }
}
