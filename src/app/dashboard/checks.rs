//! The panel of all expectations as sentences, by the time at which they are judged: what was met,
//! what failed and why, and what is still to come.

use schemars::JsonSchema;
use serde::Serialize;

use super::expectations::{self, ExpectationRow, file_name};
use super::panels::Scene;
use super::words;
use crate::base::Time;
use crate::scenario::Play;
use crate::scenario::expect::Expectation;
use crate::scenario::play::Verdict;
use crate::scenario::script::{Step, When};
use crate::world::Drive;

/// Every expectation of the scenario, as many as are shown.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// The heading: `3 met, 1 failed, 2 to come`.
    pub says: String,
    /// Those that failed, those to come, those that hold all the time, those that were met; each
    /// newest or next first.
    pub parts: Vec<CheckPart>,
}

/// The expectations that went one way.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckPart {
    /// `Failed`, `To come`, `Always, kept so far` or `Met`.
    pub title: &'static str,
    /// `bad`, `idle` or `good`.
    pub tone: &'static str,
    /// How many there are.
    pub count: usize,
    /// As many as are shown.
    pub rows: Vec<CheckRow>,
}

/// One expectation.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckRow {
    /// When it is judged: `day 30 08:00`, `at the end`.
    pub at: String,
    /// The instant to which a click jumps; absent when it is not known yet.
    pub jump: Option<String>,
    /// `✓`, `✗` or `◇`.
    pub symbol: &'static str,
    /// The expectation in a sentence.
    pub sentence: String,
    /// The expectation as it is written.
    pub expected: String,
    /// What was seen instead, and the reasons that are known, one a line.
    pub why: Vec<String>,
    /// Where it stands in the scenario file: `expired-secret.toml:44`.
    pub place: String,
}

/// How many expectations of a part are shown.
const SHOWN: usize = 100;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Checks {
    let (play, verdict) = (scene.play, scene.verdict);
    let judged = |met: bool| {
        let own = verdict.checks.iter().rev().filter(move |check| check.met == met).take(SHOWN);
        let start = play.script().start;
        own.map(move |check| row(words::moment(start, check.at), expectations::item(play, check)))
    };
    let ahead = to_come(play);
    let kept = kept(play, verdict);
    let parts = [
        CheckPart {
            title: "Failed",
            tone: "bad",
            count: verdict.failed,
            rows: judged(false).collect(),
        },
        CheckPart {
            title: "To come",
            tone: "idle",
            count: ahead.len(),
            rows: ahead.into_iter().take(SHOWN).collect(),
        },
        CheckPart { title: "Always, kept so far", tone: "idle", count: kept.len(), rows: kept },
        CheckPart { title: "Met", tone: "good", count: verdict.met, rows: judged(true).collect() },
    ];
    Checks {
        says: expectations::view(scene).says,
        parts: parts.into_iter().filter(|part| part.count > 0).collect(),
    }
}

fn row(at: String, it: ExpectationRow) -> CheckRow {
    let actual = (!it.actual.is_empty()).then_some(it.actual);
    CheckRow {
        at,
        jump: Some(it.instant),
        symbol: it.symbol,
        sentence: it.sentence,
        expected: it.expected,
        why: actual.into_iter().chain(it.why).collect(),
        place: it.place,
    }
}

/// An expectation that is not judged yet.
fn open(play: &Play, at: String, jump: Option<String>, it: &Expectation) -> CheckRow {
    CheckRow {
        at,
        jump,
        symbol: "◇",
        sentence: it.sentence(None),
        expected: it.text.clone(),
        why: Vec::new(),
        place: format!("{}:{}", file_name(&play.script().source.name), it.line),
    }
}

/// The expectations of `[always]` that have not failed.
fn kept(play: &Play, verdict: &Verdict) -> Vec<CheckRow> {
    let all = expectations::kept(play, verdict);
    all.map(|it| open(play, "always".to_owned(), None, it)).collect()
}

/// The expectations that are judged later, in the order in which they come as far as that is known:
/// what comes after something else stands where the file has it.
fn to_come(play: &Play) -> Vec<CheckRow> {
    if play.ended() {
        return Vec::new();
    }
    let (script, start) = (play.script(), play.script().start);
    let mut steps: Vec<(Time, String, Option<Time>, &Step)> = Vec::new();
    for (until, step) in play.awaited() {
        steps.push((until, format!("by {}", words::moment(start, until)), Some(until), step));
    }
    let mut before = play.now();
    for step in script.steps.iter().skip(play.steps_played()) {
        match step.when {
            When::At(at) => {
                before = before.max(at);
                steps.push((before, words::moment(start, at), Some(at), step));
            }
            _ => steps.push((before, after(step, &words::moment(start, before)), None, step)),
        }
    }
    // A stable sort: what comes after something follows the moment that the file has before it.
    steps.sort_by_key(|(at, ..)| *at);
    let mut rows = Vec::new();
    for (_, told, jump, step) in steps {
        let jump = jump.map(|at| at.to_string());
        rows.extend(step.expect.iter().map(|it| open(play, told.clone(), jump.clone(), it)));
    }
    let end = play.ends().to_string();
    let at_end = script.finally.iter();
    rows.extend(at_end.map(|it| open(play, "at the end".to_owned(), Some(end.clone()), it)));
    rows
}

/// When a step comes that has no time of its own: `after cycle 3`, `after the first cycle from Day
/// 2 10:15 on`.
fn after(step: &Step, before: &str) -> String {
    match step.when {
        When::AfterNextCycle => format!("after the first cycle from {before} on"),
        When::AfterQuarantine => "after a quarantine".to_owned(),
        When::AfterRecovery => "after the recovery".to_owned(),
        _ => format!("after {}", step.after()),
    }
}
