//! What a command waits for: the result of a connection test, or the end of a run on demand.

use super::message::{OnDemandEnd, Standing};
use crate::entra::Job;
use crate::entra::job::{OnDemandId, OnDemandRun};

/// What a command waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Awaited {
    /// A connection test.
    Test {
        /// How many tests had a result when it was asked for.
        done: u64,
    },
    /// A run on demand.
    OnDemand(OnDemandId),
}

impl Awaited {
    /// The end of a run on demand.
    pub fn run(run: &OnDemandRun) -> Awaited {
        Awaited::OnDemand(run.id)
    }

    /// Whether it is there.
    pub fn is_done(&self, job: &Job) -> bool {
        match self {
            Awaited::Test { done } => job.tests_done() > *done,
            Awaited::OnDemand(id) => job.on_demand().under_way().all(|run| run.id != *id),
        }
    }

    /// The reply to the command, with the result.
    pub fn result(&self, job: &Job, standing: Standing) -> Standing {
        match self {
            Awaited::Test { .. } => {
                let test = job.last_test().map(|result| match result {
                    Ok(()) => Ok(()),
                    Err(error) => Err(format!("{}: {}", error.code.word(), error.text())),
                });
                Standing { test, ..standing }
            }
            Awaited::OnDemand(id) => {
                let ended = job.on_demand().ended().rev().find(|run| run.id == *id);
                let end = |run: &std::sync::Arc<OnDemandRun>| OnDemandEnd {
                    result: run.result().word(),
                    did: run.words(),
                };
                Standing { on_demand: ended.map(end), ..standing }
            }
        }
    }
}
