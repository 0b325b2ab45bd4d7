//! The likely reason why an expectation was not met: the last row and the last request about a
//! user, the state of the job, the longest exposure.

use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::error_code::ErrorCode;
use crate::entra::tenant::UserKey;
use crate::scenario::layout::day_and_time;
use crate::world::record::ReplyStatus;
use crate::world::{AppView, RecordedEvent, intent};

use super::Observable;

/// How many of the last records are searched for a request.
const LOOKED_BACK: usize = 50_000;

/// How many people are explained when the worlds differ.
const EXPLAINED: usize = 3;

/// Explains the observed value, in lines for a reader.
pub fn explain(observed: &Observable, world: AppView<'_>) -> Vec<String> {
    match observed {
        Observable::Named(row)
            if row.path.starts_with("job.") || row.path.starts_with("mails.") =>
        {
            job(world)
        }
        Observable::Named(row) if row.path.starts_with("exposure.") => exposure(world),
        // What was refused, and why, is the observed value itself.
        Observable::Named(row) if row.path == "refused" => Vec::new(),
        Observable::Named(_) => last_failure(world),
        Observable::LastLog { user: name, .. }
        | Observable::OnDemand { name, .. }
        | Observable::Link { name } => person(world, name),
        Observable::Account { name, .. } => {
            let mut lines = person(world, name);
            lines.extend(exposed(world, name));
            lines
        }
        Observable::Worlds { differ } => {
            let mut people: Vec<_> =
                intent::compare(world).into_iter().map(|difference| difference.handle).collect();
            people.dedup();
            people.retain(|name| !differ.iter().any(|expected| **expected == **name));
            people.iter().take(EXPLAINED).flat_map(|name| person(world, name)).collect()
        }
    }
}

/// The job in one line, its quarantine or its next cycle, and the last failure in another.
fn job(world: AppView<'_>) -> Vec<String> {
    let job = world.entra().job();
    let start = world.start();
    let line = match job.quarantine() {
        Some(quarantine) => format!(
            "in quarantine since {}: {} ({})",
            day_and_time(start, quarantine.series_began),
            quarantine.cause.reason.word(),
            quarantine.cause.code.map_or("no code", ErrorCode::word)
        ),
        None => match job.next_cycle() {
            Some(next) => format!(
                "the job is {}; next cycle {}",
                job.status().word(),
                day_and_time(start, next)
            ),
            None => format!("the job is {}", job.status().word()),
        },
    };
    let mut lines = vec![line];
    lines.extend(last_failure(world));
    lines
}

/// The last row with a failure in the provisioning log.
fn last_failure(world: AppView<'_>) -> Vec<String> {
    let mut rows = world.entra().job().log().rows().rev();
    let failed =
        rows.find(|row| matches!(row.status, crate::entra::job::log::LogStatus::Failure(_)));
    let line = failed.map(|row| {
        let mut text = String::new();
        row.write(&mut text);
        format!("last failure {}: {text}", day_and_time(world.start(), row.at))
    });
    line.into_iter().collect()
}

/// The last row and the last request about a user, and the job if it is in quarantine.
fn person(world: AppView<'_>, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    match world.entra().tenant().find_user(name) {
        Some(user) => lines.push(last_row(world, name, user)),
        None => lines.push(format!("nobody in the directory is called {name}")),
    }
    lines.push(last_request(world, name));
    if world.entra().job().quarantine().is_some() {
        lines.extend(job(world).into_iter().take(1));
    }
    lines
}

fn last_row(world: AppView<'_>, name: &str, user: UserKey) -> String {
    match world.entra().job().log().last_of(user) {
        Some(row) => {
            let mut text = String::new();
            row.write(&mut text);
            format!(
                "last log row: {}, {}: {text}",
                day_and_time(world.start(), row.at),
                row.run.words()
            )
        }
        None => format!("last log row: none about {name}"),
    }
}

fn last_request(world: AppView<'_>, name: &str) -> String {
    let journal = world.journal();
    let recent = journal.records().rev().take(LOOKED_BACK);
    let mut about = recent.filter_map(|record| match record.event {
        RecordedEvent::Request(request) if request.who == Some(name) => Some((record, request)),
        _ => None,
    });
    let Some((record, request)) = about.next() else {
        return format!("last request: none was sent about {name}");
    };
    let answer = journal.since(record.seq).and_then(|mut later| {
        later.find_map(|later| match later.event {
            RecordedEvent::Answer(answer) | RecordedEvent::TooLate(answer)
                if answer.request == record.seq =>
            {
                Some(status(answer.status))
            }
            _ => None,
        })
    });
    let (when, answer) = (
        day_and_time(world.start(), record.at),
        answer.unwrap_or_else(|| "no answer yet".to_owned()),
    );
    format!("last request: {when}, {} {}, {answer}", request.method, request.target)
}

fn status(status: ReplyStatus) -> String {
    match status {
        ReplyStatus::Status(status) => format!("answered {status}"),
        ReplyStatus::Untrusted => "certificate not trusted".to_owned(),
        ReplyStatus::Refused => "connection refused".to_owned(),
        ReplyStatus::Reset => "connection reset".to_owned(),
        ReplyStatus::TimedOut => "timed out".to_owned(),
        ReplyStatus::Unwanted => "no answer before the cycle ended".to_owned(),
    }
}

fn exposure(world: AppView<'_>) -> Vec<String> {
    let line = intent::longest_exposure(world).map(|exposure| {
        let since: Time = exposure.since;
        let when = day_and_time(world.start(), since);
        let ends = if exposure.open { ", and it goes on" } else { "" };
        format!(
            "{} was exposed for {} from {when}{ends}",
            exposure.handle,
            show_duration(exposure.lasted)
        )
    });
    line.into_iter().collect()
}

/// How long this user was exposed, if that is the longest exposure.
fn exposed(world: AppView<'_>, name: &str) -> Option<String> {
    let exposure = intent::longest_exposure(world).filter(|exposure| &*exposure.handle == name)?;
    Some(format!("exposed for {}", show_duration(exposure.lasted)))
}
