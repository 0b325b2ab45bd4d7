//! The pace and the concurrency of the cycles, and the waits that the application asks for.
//!
//! Runs on demand and connection tests go past the pace; what of the cycle follows them does not.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::checks::LifeCheck;
use super::super::finding::Finding;
use super::runs::Runs;
use super::{records, sent};
use crate::base::Time;
use crate::entra::event::CycleResult;
use crate::entra::policy::Policy;
use crate::entra::{self, job::log::LogStatus};
use crate::world::record::ReplyStatus;
use crate::world::{AppView, RecordedEvent};

pub(super) fn broken(world: AppView<'_>, runs: &Runs<'_>) -> Vec<Finding> {
    let policy = Policy::default();
    let least = Duration::from_micros(1_000_000 / policy.max_rps);
    // The requests that are awaited, and whether each is beside the cycles.
    let (mut found, mut awaited) = (Vec::new(), BTreeMap::new());
    let mut last: Option<Time> = None;
    let mut wait = Wait::default();
    for record in records(world) {
        match record.event {
            RecordedEvent::Answer(answer) => {
                // A run on demand waits for nothing.
                let in_cycle = awaited.remove(&answer.request) == Some(false);
                if in_cycle {
                    wait.answer(record.at, answer.status, answer.retry_after);
                }
            }
            // A request that was throttled for too long is given up instead, and with the probe its
            // cycle.
            RecordedEvent::Entra(entra::Event::Provisioned(row))
                if row.throttled > 0 && matches!(row.status, LogStatus::Failure(_)) =>
            {
                wait.given_up(record.at);
            }
            RecordedEvent::Entra(entra::Event::CycleEnded { result, .. })
                if *result == CycleResult::Failed =>
            {
                wait.given_up(record.at);
            }
            _ => {}
        }
        let Some(request) = sent(&record) else { continue };
        let beside = runs.is_beside(&record, &request);
        awaited.insert(record.seq, beside);
        if beside {
            continue;
        }
        if awaited.len() as u64 > policy.concurrency {
            let what = format!("{} requests are awaited at once", awaited.len());
            found.push(Finding::of_run(LifeCheck::PaceConcurrency, what));
        }
        if last.is_some_and(|last| record.at.since(last) < least) {
            let what = format!("a request leaves too soon after the one before, at {}", record.at);
            found.push(Finding::of_run(LifeCheck::PaceRate, what));
        }
        if wait.until.is_some_and(|until| record.at < until) {
            let what = format!("a request leaves before the wait is over, at {}", record.at);
            found.push(Finding::of_run(LifeCheck::PaceRetryAfter, what));
        }
        last = Some(record.at);
    }
    found
}

/// The wait that a 429 asks for.
#[derive(Default)]
struct Wait {
    /// When the last 429 came.
    since: Option<Time>,
    until: Option<Time>,
    /// The end of the wait before it.
    before: Option<Time>,
}

impl Wait {
    fn answer(&mut self, at: Time, status: ReplyStatus, retry_after: Option<&str>) {
        let seconds = retry_after.and_then(|text| text.parse().ok());
        if let (ReplyStatus::Status(429), Some(seconds)) = (status, seconds) {
            self.before = self.until;
            self.since = Some(at);
            self.until = self.until.max(Some(at + Duration::from_secs(seconds)));
        }
    }

    fn given_up(&mut self, at: Time) {
        if self.since == Some(at) {
            self.until = self.before;
        }
    }
}
