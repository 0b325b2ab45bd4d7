//! The sentence of truth: the state of the whole run in one sentence.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use super::words;
use crate::world::status::{self, Exposed, Tone};

/// The sentence of truth.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Truth {
    /// The tone: `good`, `busy`, `warn`, `bad` or `idle`.
    pub tone: &'static str,
    /// The symbol of the tone: `●`, `▶`, `▲`, `⊘` or `■`.
    pub symbol: &'static str,
    /// The word before the colon: `Healthy`, `Quarantined for 6 h`.
    pub word: String,
    /// The rest of the sentence, which gives the reason.
    pub text: String,
    /// The consequence, if any: `Next try in 5 h 48 m.`
    pub next: Option<String>,
    /// The part of that about exposed users: a screen reader is told when it changes, and a report
    /// says it of an earlier instant too.
    pub exposed: Option<String>,
}

/// The panel's view of a play: how the run came out once it stands at its end, and before that, or
/// when it runs on, how things stand.
pub fn view(scene: &Scene<'_>) -> Truth {
    let stands = stands(scene);
    match scene.play.ended() && scene.live.paused {
        true => ended(scene, &stands),
        false => stands,
    }
}

/// The verdict of a run that has ended, followed by how things stand then.
fn ended(scene: &Scene<'_>, stands: &Truth) -> Truth {
    let verdict = scene.verdict;
    let all = verdict.met + verdict.failed;
    let expectations = words::counted(all as u64, "expectation", "expectations");
    let left_out = match verdict.left_out {
        0 => String::new(),
        left_out => format!(", and {left_out} were not judged"),
    };
    let (tone, symbol, text) = match (verdict.failed, all) {
        (0, 0) => ("idle", "■", "nothing was expected".to_owned()),
        (0, 1) => ("good", "●", "the only expectation is met".to_owned()),
        (0, _) => ("good", "●", format!("all {expectations} are met")),
        (failed, _) => ("bad", "⊘", format!("{failed} of {expectations} failed")),
    };
    let then = match scene.app().entra().job().cycle() {
        Some(cycle) => format!("It stands in cycle {}.", words::count(cycle.number)),
        None => format!("{}: {}", stands.word, stands.text),
    };
    Truth {
        tone,
        symbol,
        word: "Ended".to_owned(),
        text: format!("{text}{left_out}."),
        next: Some(then),
        exposed: stands.exposed.clone(),
    }
}

/// What is said of the other applications of the tenant that are not well: `At sandbox: Quarantined
/// for 6 h.`
fn others(scene: &Scene<'_>) -> Option<String> {
    let shown = scene.app().app();
    let ill = scene.play.world().views().filter(|view| view.app() != shown).filter_map(|view| {
        let side = scene.board.of(view.app());
        let status = status::status_with(view, side.comparison.counts(), side.groups.wrong);
        let is_ill = matches!(status.tone, Tone::Bad | Tone::Warning);
        is_ill.then(|| format!("At {}: {}.", view.app_name(), status.word))
    });
    let ill: Vec<String> = ill.collect();
    (!ill.is_empty()).then(|| ill.join(" "))
}

/// How things stand now.
fn stands(scene: &Scene<'_>) -> Truth {
    let status = status::status_with(
        scene.app(),
        scene.side().comparison.counts(),
        scene.side().groups.wrong,
    );
    // Shapes that every font can draw.
    let (tone, shape) = match status.tone {
        Tone::Good => ("good", "●"),
        Tone::Busy => ("busy", "▶"),
        Tone::Warning => ("warn", "▲"),
        Tone::Bad => ("bad", "⊘"),
        Tone::Idle => ("idle", "■"),
    };
    let beside = others(scene);
    let next = status.consequence().into_iter().chain(beside).collect::<Vec<_>>().join(" ");
    let next = Some(next).filter(|next| !next.is_empty());
    // What is counted while people are still compared is not all there is.
    let to_compare = match scene.side().todo as u64 {
        0 => String::new(),
        todo => {
            format!("; {} still to be compared", words::counted(todo, "person is", "people are"))
        }
    };
    let text = format!("{}{to_compare}.", status.why);
    let exposed = status.exposed.as_ref().map(Exposed::text);
    Truth { tone, symbol: shape, word: status.word, text, next, exposed }
}
