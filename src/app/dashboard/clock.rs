//! The clock bar: the virtual time, the speed, and what comes next.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::{Look, Scene};
use super::strip::{Scale, steps_after};
use super::words;
use crate::base::Time;
use crate::scenario::Play;
use crate::world::{AppView, Drive};

/// The clock bar.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq)]
pub struct Clock {
    /// Where the current instant lies on the strip, in thousandths of its length.
    pub place: f64,
    /// `Day 30`.
    pub day: String,
    /// `Wed 1 Apr 2026`.
    pub date: String,
    /// `08:12`.
    pub time: String,
    /// The instant for machines, exactly: `2026-04-01T08:12:00.25Z`.
    pub instant: String,
    /// `running`, `reading` (it stands so that the caption can be read) or `paused`; once the story
    /// has ended `ended`, or `past the end` while the clock runs on; `past` at an instant that the
    /// page looks back at.
    pub word: &'static str,
    /// Whether the clock is paused.
    pub paused: bool,
    /// The speed that is set: `600x`, `max`.
    pub speed: String,
    /// The speeds offered, slowest first.
    pub speeds: Vec<Speed>,
    /// What the clock does while a caption is new: `hold`, `pause` or `run`.
    pub captions: String,
    /// Whether it stands so that the caption can be read.
    pub reading: bool,
    /// What comes next and when: `a cycle in 32 m`; absent when nothing is due.
    pub next_event: Option<String>,
    /// Whether a moment of the story is still to come.
    pub moment_to_come: bool,
    /// The running cycle, or the next one and when it begins; absent when there is neither.
    pub next_cycle: Option<String>,
}

/// A speed the page offers.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Speed {
    /// What to send to `/api/v1/speed`.
    pub value: &'static str,
    /// The label of the choice: `10 min a second`.
    pub says: &'static str,
}

/// The speeds the page offers, slowest first, with what each means.
const SPEEDS: [(&str, &str); 7] = [
    ("real", "real time"),
    ("10x", "10 s a second"),
    ("60x", "1 min a second"),
    ("600x", "10 min a second"),
    ("3600x", "1 h a second"),
    ("86400x", "1 day a second"),
    ("max", "full speed"),
];

/// The clock bar of a play.
pub fn view(scene: &Scene<'_>) -> Clock {
    let (play, live) = (scene.play, scene.live);
    let now = play.now();
    let start = play.script().start;
    Clock {
        place: Scale::of(play).place(now),
        day: words::day(start, now),
        date: now.timestamp().strftime("%a %-d %b %Y").to_string(),
        time: now.timestamp().strftime("%H:%M").to_string(),
        instant: now.to_string(),
        word: match (scene.look, play.ended(), live.paused) {
            (Look::Past(_), ..) => "past",
            (_, true, true) => "ended",
            (_, true, false) => "past the end",
            (_, false, true) => "paused",
            (_, false, false) if live.reading => "reading",
            (_, false, false) => "running",
        },
        paused: live.paused,
        speed: live.speed.to_owned(),
        speeds: SPEEDS.iter().map(|&(value, says)| Speed { value, says }).collect(),
        captions: live.captions.to_owned(),
        reading: live.reading,
        next_event: next_event(play),
        moment_to_come: !play.ended() && play.steps_played() < play.script().steps.len(),
        next_cycle: next_cycle(scene.app()),
    }
}

/// What comes next, and when.
fn next_event(play: &Play) -> Option<String> {
    let now = play.now();
    let due = play.next_due()?;
    let world = play.world();
    let jobs = || world.views().map(|app| app.entra().job());
    let is_due = |at: Option<Time>| at.is_some_and(|at| at.max(now) == due.max(now));
    if let Some(fault) = fault_due(play).filter(|_| is_due(world.faults().next_due())) {
        return Some(format!("{fault} {}", words::ahead(now, due)));
    }
    let what = if world.workspaces().any(|(_, target)| is_due(target.next_due())) {
        "a token ends"
    } else if is_due(world.entra().tenant().next_due()) {
        "the directory"
    } else if play.line().is_none() || is_due(steps_after(play, now).map(|(at, _)| at).min()) {
        "the story"
    } else if jobs().any(|job| job.cycle().is_some()) {
        "the cycle"
    } else if let Some(job) = jobs().find(|job| is_due(job.next_cycle())) {
        if job.quarantine().is_some() { "a try" } else { "a cycle" }
    } else if jobs().any(|job| is_due(job.quarantine().map(|it| it.disable_at))) {
        "the end of the job"
    } else {
        "an answer"
    };
    Some(format!("{what} {}", words::ahead(now, due)))
}

/// What the next fault that is due does: `outage ends`.
fn fault_due(play: &Play) -> Option<String> {
    let due = play.world().faults().next_due()?;
    let faults = play.world().faults();
    let ends = faults.iter().find(|it| it.on && it.until == Some(due));
    let begins = || faults.iter().find(|it| !it.on && it.from == due);
    let (fault, does) =
        ends.map(|it| (it, "ends")).or_else(|| begins().map(|it| (it, "begins")))?;
    Some(format!("{} {does}", words::cut(&fault.fault.name, 24)))
}

/// The running cycle, or when the next one begins.
fn next_cycle(app: AppView<'_>) -> Option<String> {
    let job = app.entra().job();
    if let Some(cycle) = job.cycle() {
        return Some(format!("cycle {} is running", words::count(cycle.number)));
    }
    let ahead = words::ahead(app.now(), job.next_cycle()?);
    Some(match job.quarantine() {
        Some(_) => format!("try {ahead}"),
        None => format!("cycle {} {ahead}", words::count(job.cycles_begun() + 1)),
    })
}
