//! The likely reason why an expectation was not met: the last row and the last request about a
//! user, the state of the job, the longest exposure.

use crate::base::Time;
use crate::base::time::show_duration;
use crate::entra::error_code::ErrorCode;
use crate::entra::job::Subject;
use crate::scenario::layout::day_and_time;
use crate::world::record::ReplyStatus;
use crate::world::{AppView, Party, RecordedEvent, intent};

use super::{Observable, worlds};

/// How many of the last records are searched for a request.
const LOOKED_BACK: usize = 50_000;

/// How many users and groups are explained when the worlds differ.
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
        Observable::LastLog { name, .. }
        | Observable::OnDemand { name, .. }
        | Observable::Link { name } => about(world, name),
        Observable::Group { name, .. } => group(world, name),
        Observable::Account { name, .. } => {
            let mut lines = person(world, name);
            lines.extend(exposed(world, name));
            lines
        }
        Observable::Worlds { differ } => {
            let found = worlds::differences(&[world]).into_keys();
            let surprises = found.filter(|name| !differ.contains(name));
            surprises.take(EXPLAINED).flat_map(|name| about(world, &name)).collect()
        }
    }
}

/// The user or the group of a name.
fn about(world: AppView<'_>, name: &str) -> Vec<String> {
    let tenant = world.entra().tenant();
    match (tenant.find_user(name), tenant.find_group(name)) {
        (None, Some(_)) => group(world, name),
        _ => person(world, name),
    }
}

/// The last row about a group, and the job if it is in quarantine.
fn group(world: AppView<'_>, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    match world.entra().tenant().find_group(name) {
        Some(group) => lines.push(last_row(world, name, group.into())),
        None => lines.push(format!("no group in the directory is called {name}")),
    }
    if !intent::are_intended(world) {
        lines.push("groups are not provisioned: their mapping is off, or GoLinks has none".into());
    }
    lines.push(last_request(world, name));
    if world.entra().job().quarantine().is_some() {
        lines.extend(job(world).into_iter().take(1));
    }
    lines
}

/// The job in one line, its quarantine or its next cycle, and the last failure in another.
fn job(world: AppView<'_>) -> Vec<String> {
    let job = world.entra().job();
    let start = world.start();
    let line = match job.quarantine() {
        Some(quarantine) => format!(
            "in quarantine since {}{}: {} ({})",
            day_and_time(start, quarantine.series_began),
            match quarantine.cause_began > quarantine.series_began {
                true => format!(", since {} for this", day_and_time(start, quarantine.cause_began)),
                false => String::new(),
            },
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
        let text = world.entra().job().line(row);
        format!("last failure {}: {text}", day_and_time(world.start(), row.at))
    });
    line.into_iter().collect()
}

/// The last row and the last request about a user, and the job if it is in quarantine.
fn person(world: AppView<'_>, name: &str) -> Vec<String> {
    let mut lines = Vec::new();
    match world.entra().tenant().find_user(name) {
        Some(user) => lines.push(last_row(world, name, user.into())),
        None => lines.push(format!("nobody in the directory is called {name}")),
    }
    lines.push(last_request(world, name));
    if world.entra().job().quarantine().is_some() {
        lines.extend(job(world).into_iter().take(1));
    }
    lines
}

fn last_row(world: AppView<'_>, name: &str, subject: Subject) -> String {
    match world.entra().job().log().last_of(subject) {
        Some(row) => {
            let text = world.entra().job().line(row);
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
    let ours = Party::App(world.app());
    let mut about = recent.filter_map(|record| match record.event {
        RecordedEvent::Request(request) if request.who == Some(name) && record.party == ours => {
            Some((record, request))
        }
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
        ReplyStatus::NotSent => "not sent, the service failed".to_owned(),
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
