//! The expectations panel: how the expectations that were checked so far came out.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use crate::scenario::Play;
use crate::scenario::expect::Expectation;
use crate::scenario::play::{Checked, Verdict};

/// The expectations of the script that have been checked.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectations {
    /// How many were met so far.
    pub met: usize,
    /// How many failed so far.
    pub failed: usize,
    /// The panel's heading: `3 met, 1 failed, 2 to come`.
    pub says: String,
    /// The failed expectations, newest first, then the met ones, newest first.
    pub items: Vec<ExpectationRow>,
    /// A note when not all are shown.
    pub capped: Option<String>,
}

/// One expectation.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpectationRow {
    /// `met` or `failed`.
    pub word: &'static str,
    /// `✓` or `✗`.
    pub symbol: &'static str,
    /// The step of the script that checked it: `day 30`.
    pub step: String,
    /// What was expected, in a sentence.
    pub sentence: String,
    /// The instant at which it was judged, as the page sends it to `/api/v1/jump`.
    pub instant: String,
    /// What was expected, as written.
    pub expected: String,
    /// What was seen instead; empty when met.
    pub actual: String,
    /// The reasons that are known, one a line, for a hover.
    pub why: Vec<String>,
    /// Where it stands in the scenario file: `expired-secret.toml:44`.
    pub place: String,
}

/// How many expectations are shown.
const SHOWN: usize = 100;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Expectations {
    let (play, verdict) = (scene.play, scene.verdict);
    let ordered = |met: bool| verdict.checks.iter().rev().filter(move |check| check.met == met);
    let items = ordered(false).chain(ordered(true)).take(SHOWN);
    let items = items.map(|check| item(play, check)).collect();
    let kept = kept(play, verdict).count();
    let judged = verdict.checks.len() + kept;
    let to_come = play.script().expectations().count().saturating_sub(judged);
    Expectations {
        met: verdict.met,
        failed: verdict.failed,
        says: says(verdict, (to_come, kept), play.ended()),
        items,
        capped: (verdict.checks.len() > SHOWN)
            .then(|| format!("{SHOWN} of {} judged.", verdict.checks.len())),
    }
}

/// The expectations of `[always]` that have not failed by now; at the end they are judged.
pub fn kept<'p>(
    play: &'p Play,
    verdict: &'p Verdict,
) -> impl Iterator<Item = &'p Expectation> + use<'p> {
    let all = play.script().always.iter().filter(|_| !play.ended());
    all.filter(|it| verdict.checks.iter().all(|check| check.met || check.line != it.line))
}

fn says(verdict: &Verdict, (to_come, kept): (usize, usize), ended: bool) -> String {
    if verdict.checks.is_empty() && to_come + kept == 0 {
        return "none in this scenario".to_owned();
    }
    let mut said = format!("{} met", verdict.met);
    if verdict.failed > 0 {
        said += &format!(", {} failed", verdict.failed);
    }
    if kept > 0 {
        said += &format!(", {kept} kept so far");
    }
    match to_come {
        _ if ended && verdict.left_out > 0 => {
            said + &format!(", {} not judged: the run was cut short", verdict.left_out)
        }
        _ if ended => said + ", the run has ended",
        0 => said,
        _ => format!("{said}, {to_come} to come"),
    }
}

/// An expectation that was judged.
pub fn item(play: &Play, check: &Checked) -> ExpectationRow {
    let (file, start) = (file_name(&play.script().source.name), play.script().start);
    ExpectationRow {
        word: if check.met { "met" } else { "failed" },
        symbol: if check.met { "✓" } else { "✗" },
        step: check.step.clone(),
        sentence: sentence(play, check),
        instant: check.at.to_string(),
        expected: check.expected.clone(),
        actual: check.actual.clone(),
        why: check.why.iter().map(|why| why.words(start)).collect(),
        place: if check.line == 0 { file.to_owned() } else { format!("{file}:{}", check.line) },
    }
}

/// What was expected, in a sentence. What was not an expectation of the file, such as an action
/// that was refused, stays as it is written.
fn sentence(play: &Play, check: &Checked) -> String {
    let mut all = play.script().expectations();
    let written = all.find(|it| it.line == check.line && it.text == check.expected);
    written.map_or_else(|| check.expected.clone(), |it| it.sentence(check.app.as_deref()))
}

/// The last part of a path, without its folders.
pub fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
