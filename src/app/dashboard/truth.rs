//! The words about the run as a whole: the sentence of truth, the caption, the job, the scenario
//! and its badges.

use super::expectations::file_name;
use super::view::{Badge, Caption, Command, Job, Run, Truth};
use super::{Live, words};
use crate::entra::job::ScheduleState;
use crate::entra::policy::Overridden;
use crate::scenario::{Play, report};
use crate::world::intent::Counts;
use crate::world::status::{self, Tone};

/// The sentence of truth in its parts: symbol, word, why, and what follows.
pub fn truth(play: &Play, counts: &Counts) -> Truth {
    let status = status::status_with(play.world(), counts);
    // Shapes that every font can draw.
    let (tone, shape) = match status.tone {
        Tone::Good => ("good", "●"),
        Tone::Busy => ("busy", "▶"),
        Tone::Warning => ("warn", "▲"),
        Tone::Bad => ("bad", "⊘"),
        Tone::Idle => ("idle", "■"),
    };
    let next = status.consequence();
    Truth { tone, symbol: shape, word: status.word, text: format!("{}.", status.why), next }
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
