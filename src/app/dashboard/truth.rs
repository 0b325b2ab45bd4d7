//! The words about the run as a whole: the sentence of truth, the caption, the job, the scenario
//! and its badges.

use super::expectations::file_name;
use super::view::{Badge, Caption, Command, Job, Run, Truth};
use super::{Live, words};
use crate::entra::job::ScheduleState;
use crate::entra::policy::Policy;
use crate::scenario::{Play, report};
use crate::world::intent::Counts;
use crate::world::status::{self, Tone};

/// The sentence of truth, cut into its parts: symbol, word, why, and what follows.
pub fn truth(play: &Play, counts: &Counts) -> Truth {
    let status = status::sentence(play.world(), counts);
    let (tone, shape) = match status.tone {
        Tone::Good => ("good", "●"),
        Tone::Busy => ("busy", "▶"),
        Tone::Warning => ("warn", "▲"),
        Tone::Bad => ("bad", "⊘"),
        Tone::Idle => ("idle", "■"),
    };
    // The sentence begins with its symbol; the page has a shape of its own, which every font can
    // draw.
    let text = status.text.trim_start_matches(|c: char| !c.is_alphanumeric()).trim();
    let (word, rest) = text.split_once(": ").unwrap_or(("", text));
    let (why, next) = match rest.find(". ") {
        Some(at) => (&rest[..=at], Some(rest[at + 2..].to_owned())),
        None => (rest, None),
    };
    Truth { tone, symbol: shape, word: word.to_owned(), text: why.to_owned(), next }
}

/// What the narrator said last.
pub fn caption(play: &Play) -> Option<Caption> {
    let (at, text) = play.caption()?;
    let file = file_name(&play.script().source.name);
    Some(Caption {
        text: text.to_owned(),
        at: words::moment(play.script().start, at),
        place: play.line().map(|line| format!("{file}:{line}")),
    })
}

/// The job in a line, and the commands that make sense now.
pub fn job(play: &Play) -> Job {
    let job = play.world().entra().job();
    let command = |action, label| Command { action, label };
    let mut can = match job.state() {
        ScheduleState::Active => vec![command("stop", "Stop provisioning")],
        ScheduleState::Paused | ScheduleState::Disabled => {
            vec![command("start", "Start provisioning")]
        }
    };
    if job.cycles_begun() > 0 {
        can.push(command("restart", "Restart provisioning"));
    }
    can.push(command("test_connection", "Test connection"));
    let cycle = match (job.cycle(), job.ended().next_back()) {
        (Some(cycle), _) => Some(format!(
            "Cycle {} ({}) is running.",
            words::count(cycle.number),
            cycle.kind.word()
        )),
        (None, Some(ended)) => Some(format!(
            "Cycle {} ({}): {}, {}.",
            words::count(ended.number),
            ended.kind.word(),
            ended.result.word(),
            ended.counts.words()
        )),
        (None, None) => None,
    };
    Job { state: job.state().word().to_owned(), status: job.status().word().to_owned(), cycle, can }
}

/// Which run this is.
pub fn run(play: &Play, live: &Live<'_>) -> Run {
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
    let overridden = play.world().entra().job().settings().policy.overridden();
    let rows = Policy::rows();
    let badge = |text: String| {
        let (name, value) = text.split_once(" = ").unwrap_or((&text, ""));
        let default = rows
            .iter()
            .find(|row| row.name == name)
            .map(|row| row.default.as_str())
            .unwrap_or_default();
        let smaller = match (value.parse::<f64>(), default.parse::<f64>()) {
            (Ok(value), Ok(default)) => value < default,
            _ => false,
        };
        let word = if smaller && name.starts_with("quarantine_") { "scaled" } else { "overridden" };
        Badge { word, text: format!("{text} (Entra: {default})") }
    };
    overridden.into_iter().map(badge).collect()
}
