//! The provisioning job in a line, and what may be done with it.

use serde::Serialize;

use super::panels::Scene;
use super::words;
use crate::entra::job::ScheduleState;

/// The provisioning job in a line, and what may be done with it.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// `Active`, `Paused` or `Disabled`, as Graph prints it.
    pub state: String,
    /// `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`.
    pub status: String,
    /// `cycle 1081 · incremental · failed`.
    pub cycle: Option<String>,
    /// How the last connection test went; absent when none was asked for.
    pub test: Option<String>,
    /// The commands offered, as words of `/api/action`.
    pub can: Vec<Command>,
}

/// A command without a name in it.
#[derive(Serialize, Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The word to send as `/api/action`.
    pub action: &'static str,
    /// What the button says.
    pub label: &'static str,
}

/// The job in a line, and the commands that make sense now.
pub fn view(scene: &Scene<'_>) -> Job {
    let job = scene.play.world().entra().job();
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
    let test = job.last_test().map(|result| match result {
        Ok(()) => "Connection test: passed.".to_owned(),
        Err(error) => format!("Connection test failed: {}.", error.text()),
    });
    Job {
        state: job.state().word().to_owned(),
        status: job.status().word().to_owned(),
        cycle,
        test,
        can,
    }
}
