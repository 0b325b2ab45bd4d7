//! Nothing is sent outside of a cycle but on demand, and in quarantine no cycle begins before its
//! attempt is due: 6, 12, 24 hours after the quarantine began, then daily [quarantine].

use std::time::Duration;

use super::super::checks::LifeCheck;
use super::super::finding::Finding;
use super::runs::Runs;
use super::{records, sent};
use crate::base::Time;
use crate::entra;
use crate::entra::policy::Policy;
use crate::world::{AppView, RecordedEvent};

pub(super) fn broken(world: AppView<'_>, runs: &Runs<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut series: Option<Time> = None;
    let mut due: Option<Time> = None;
    // A button was pressed and no cycle has begun since: one pressed during a cycle has its cycle
    // when that one has ended.
    let mut pressed = false;
    for record in records(world) {
        if let Some(request) = sent(&record)
            && !runs.in_cycle(record.seq)
            && !runs.is_beside(&record, &request)
        {
            let (method, target, at) = (request.method, request.target, record.at);
            let what = format!("{method} {target} leaves outside of a cycle, at {at}");
            found.push(Finding::of_run(LifeCheck::CycleOutside, what));
        }
        let RecordedEvent::Entra(event) = record.event else { continue };
        match event {
            entra::Event::Quarantined(_) => {
                series = Some(record.at);
                due = Some(attempt_after(record.at, record.at));
            }
            entra::Event::QuarantineKept { .. } => {
                due = series.map(|series| attempt_after(series, record.at));
            }
            entra::Event::QuarantineLifted
            | entra::Event::QuarantineCleared(_)
            | entra::Event::Recovered => (series, due) = (None, None),
            // A button makes an attempt due; the next one waits again.
            entra::Event::Started | entra::Event::Restarted(_) => pressed = true,
            entra::Event::CycleBegan { number, .. } => {
                if !pressed && due.is_some_and(|due| record.at < due) {
                    let what = format!("cycle {number} begins in quarantine before it is due");
                    found.push(Finding::of_run(LifeCheck::QuarantineEarly, what));
                }
                pressed = false;
            }
            _ => {}
        }
    }
    found
}

/// When the first attempt after an instant is due, in a quarantine that began at `series`.
fn attempt_after(series: Time, now: Time) -> Time {
    let Policy { quarantine_first, quarantine_second, quarantine_daily, .. } = Policy::default();
    let mut offset = quarantine_first;
    for later in [quarantine_second, quarantine_daily] {
        if series + offset <= now {
            offset = later;
        }
    }
    while series + offset <= now {
        offset += quarantine_daily.max(Duration::from_secs(1));
    }
    series + offset
}
