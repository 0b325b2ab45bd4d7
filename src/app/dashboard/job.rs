//! The job panel: the state of the provisioning job, and the commands it takes now.

use schemars::JsonSchema;
use serde::Serialize;

use super::panels::Scene;
use super::words;
use crate::entra::job::ScheduleState;
use crate::world::status;

/// The state of the provisioning job, and the commands it takes now.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// The state of the schedule, as Graph prints it: `Active`, `Paused` or `Disabled`.
    pub state: String,
    /// The status of the job: `NotConfigured`, `NotRun`, `Active`, `Paused` or `Quarantine`.
    pub status: String,
    /// That the application or its job is deleted; absent while they are there.
    pub gone: Option<String>,
    /// The running or the last cycle: `Cycle 1,081 (incremental) is running.`
    pub cycle: Option<String>,
    /// The result of the last connection test; absent when there was none.
    pub test: Option<String>,
    /// The deletions that the deletion threshold holds back; absent when there are none.
    pub staged: Option<String>,
    /// The commands to offer.
    pub can: Vec<Command>,
}

/// A command on the job.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The word to send to `/api/v1/action`.
    pub action: &'static str,
    /// What the button says.
    pub label: &'static str,
}

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Job {
    let job = scene.app().entra().job();
    let command = |action, label| Command { action, label };
    let gone = scene.app().entra().gone();
    let mut can = match job.state() {
        ScheduleState::Active => vec![command("stop", "Stop provisioning")],
        ScheduleState::Paused | ScheduleState::Disabled => {
            vec![command("start", "Start provisioning")]
        }
    };
    if job.cycles_begun() > 0 && scene.app().entra().has_job() {
        can.push(command("restart", "Restart provisioning"));
    }
    let staged = status::staged(scene.app());
    if job.awaits_answer() {
        can.push(command("allow_deletes", "Allow deletes"));
        can.push(command("reject_deletes", "Reject deletes"));
    }
    can.push(command("test_connection", "Test connection"));
    if job.unsaved().next().is_some() {
        can.push(command("save", "Save what is filled in"));
        can.push(command("discard", "Discard what is not saved"));
    }
    let has_job = scene.app().entra().has_job();
    if gone.is_some() {
        can.clear();
    } else if !has_job {
        // A start makes a new one.
        can.retain(|command| command.action == "start");
    }
    let jobless = (!has_job).then(|| match scene.app().entra().is_job_deleted() {
        true => "The provisioning job is deleted. “Start provisioning” makes a new one.".to_owned(),
        false => "There is no provisioning job. “Start provisioning” makes one.".to_owned(),
    });
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
            ended.counts.words_of(ended.result)
        )),
        (None, None) => None,
    };
    let test = job.last_test().map(|result| match result {
        Ok(()) => "Connection test: passed.".to_owned(),
        Err(error) => format!("Connection test failed: {}.", error.text()),
    });
    let staged = (!staged.is_empty()).then(|| format!("{}.", staged.words()));
    Job {
        state: job.state().word().to_owned(),
        status: job.status().word().to_owned(),
        gone: gone
            .map(|gone| format!("The application {}. {}", gone.words(), gone.outlook()))
            .or(jobless),
        cycle,
        test,
        staged,
        can,
    }
}
