//! The log in a terminal: a row a line, and below it as much as was asked for.

use super::changes::changes;
use super::query::LogQuery;
use crate::base::time::show_duration;
use crate::entra::job::log::{LogEntry, LogStatus};
use crate::entra::job::steps::{ProvisioningStep, StepStatus};
use crate::entra::job::summary::LogNames;
use crate::scenario::layout::{
    Line, Tone, day_and_time, grouped, pad, plural, time_of_day_with_seconds,
};
use crate::world::AppView;

/// How much of a row is shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Detail {
    /// The row alone.
    Row,
    /// The row and its steps.
    Steps,
    /// The row, its steps with their details, and the modified properties.
    All,
}

/// The rows, oldest first, and a last line that says how many there are.
pub fn lines(view: AppView<'_>, query: &LogQuery, detail: Detail) -> Vec<Line> {
    let names = super::names(view);
    let mut rows: Vec<&LogEntry> =
        query.rows(view).rev().take(query.limit).map(|row| &**row).collect();
    rows.reverse();
    let mut lines = Vec::new();
    for row in &rows {
        lines.push(head(view, row));
        if detail >= Detail::Steps {
            lines.extend(row.steps().iter().flat_map(|it| step(row, it, detail, &names)));
            lines.extend(remedy(view, row));
        }
        if detail == Detail::All {
            lines.extend(changes(view, row).into_iter().map(|text| faint(4, text)));
        }
    }
    lines.push(total(view, rows.len(), query));
    lines
}

/// `day 0 08:00:04  cycle 1  create ann success`.
fn head(view: AppView<'_>, row: &LogEntry) -> Line {
    let tone = match row.status {
        LogStatus::Success => Tone::Good,
        LogStatus::Skipped(_) => Tone::Plain,
        LogStatus::Warning(_) => Tone::Warn,
        LogStatus::Failure(_) => Tone::Bad,
    };
    let at = format!("day {} {}", row.at.day_since(view.start()), time_of_day_with_seconds(row.at));
    let mut line = Line::of(Tone::Faint, format!("{at}  {}", pad(&row.run.words(), 10)));
    line.add(tone, view.entra().line(row));
    line
}

/// A step in one line, and its details below it.
fn step(row: &LogEntry, step: &ProvisioningStep, detail: Detail, names: &LogNames) -> Vec<Line> {
    let tone = match step.status {
        StepStatus::Success => Tone::Plain,
        StepStatus::Warning => Tone::Warn,
        StepStatus::Failure => Tone::Bad,
        StepStatus::Skipped => Tone::Faint,
    };
    let mut line = Line::of(Tone::Plain, "    ");
    line.add(tone, format!("{}{}", pad(step.kind.word(), 21), pad(step.status.word(), 9)));
    line.add(tone, pad(step.name.word(), 29));
    line.add(Tone::Faint, row.step_description(step, names.system));
    let mut lines = vec![line];
    if detail == Detail::All {
        let details = row.step_details(step).into_iter();
        lines.extend(details.map(|(key, value)| faint(8, format!("{key}: {value}"))));
    }
    lines
}

/// What to do about a failure.
fn remedy(view: AppView<'_>, row: &LogEntry) -> Option<Line> {
    let next = view.entra().next_after(row);
    Some(faint(4, format!("What to do: {}", row.recommended_action(next)?)))
}

/// How many rows were shown, of how many that can be read; and how many can no longer be.
fn total(view: AppView<'_>, shown: usize, query: &LogQuery) -> Line {
    let filtered = LogQuery { limit: query.limit, ..LogQuery::default() } != *query;
    let readable = LogQuery::default().rows(view).count();
    let all = plural(readable as u64, "row");
    let text = match (shown == readable, filtered) {
        (true, _) => all,
        (false, true) => format!("{shown} of {all}, picked by what was asked for"),
        (false, false) if shown == 1 => format!("the last of {all}"),
        (false, false) => format!("the last {shown} of {all}"),
    };
    faint(0, text + &gone(view, readable as u64))
}

/// The rows that were written and can no longer be read, and why.
fn gone(view: AppView<'_>, readable: u64) -> String {
    let (log, policy) = (view.entra().job().log(), &view.entra().job().settings().policy);
    let older = match log.count() - readable {
        0 => return String::new(),
        1 => "1 older one".to_owned(),
        many => format!("{} older ones", grouped(many)),
    };
    let why = match log.rows().len() as u64 > readable {
        true => format!("rows are kept for {}", show_duration(policy.log_retention)),
        false => format!("the newest {} are kept", grouped(policy.log_capacity)),
    };
    format!("; {older} can no longer be read: {why}")
}

fn faint(indent: usize, text: impl AsRef<str>) -> Line {
    Line::of(Tone::Faint, format!("{}{}", " ".repeat(indent), text.as_ref()))
}

/// The audit log, oldest first.
pub fn audit(view: AppView<'_>) -> Vec<Line> {
    let rows = view.entra().job().audit().rows();
    let line = |row: &crate::entra::job::audit::AuditEntry| {
        let mut line = Line::of(Tone::Faint, pad(&day_and_time(view.start(), row.at), 14));
        line.add(Tone::Plain, pad(row.activity.word(), 45));
        line.add(Tone::Faint, pad(row.actor_name(), 30));
        line.add(Tone::Plain, row.detail.clone());
        if let Some(why) = &row.refused {
            line.add(Tone::Bad, format!(" refused: {why}"));
        }
        line
    };
    let mut lines: Vec<Line> = rows.map(line).collect();
    lines.push(faint(0, plural(view.entra().job().audit().count(), "row")));
    lines
}

/// The mails that were sent, oldest first.
pub fn mails(view: AppView<'_>) -> Vec<Line> {
    let application = view.entra().tenant().application_name(view.app());
    let outbox = view.entra().job().outbox();
    let mut lines = Vec::new();
    for mail in outbox.mails() {
        let at = day_and_time(view.start(), mail.at);
        let mut head = Line::of(Tone::Faint, pad(&at, 14));
        head.add(Tone::Strong, mail.subject(application));
        head.add(Tone::Faint, format!("  to {}", mail.to));
        lines.push(head);
        lines.extend(mail.lines(application).iter().map(|text| faint(4, text)));
    }
    lines.push(faint(0, plural(outbox.count(), "mail")));
    lines
}
