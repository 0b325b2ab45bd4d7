//! The panel of the provisioning log: its last rows, with the portal's columns.

use schemars::JsonSchema;
use serde::Serialize;

use super::drawer::parts::{Piece, Row, Table};
use super::panels::Scene;
use super::words;
use crate::entra::job::log::{LogAction, LogEntry, LogStatus, SkipReason};
use crate::entra::job::{ByCycles, Job, NextTry, Subject};
use crate::world::AppView;

/// Rows of a list, as many as are shown.
#[derive(Serialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The heading: `200 of 1,340 rows`.
    pub says: String,
    /// The words that every shown row contains; empty for all rows.
    pub narrow: String,
    /// The rows, newest first.
    pub table: Table,
}

/// How many rows are shown.
const SHOWN: usize = 150;

/// How many of the last rows are searched.
const SEARCHED: usize = 5_000;

/// The panel's view of a play.
pub fn view(scene: &Scene<'_>) -> Listed {
    let view = scene.app();
    let log = view.entra().job().log();
    let shown = log.rows().rev().filter(|entry| scene.shows(entry.at));
    let rows = shown.take(SEARCHED).map(|entry| row(view, entry));
    let columns = vec!["Date", "Identity", "Action", "Source", "Target", "Status", "More"];
    let total = words::counted(log.count(), "row", "rows");
    let failed = words::count(log.failures());
    Listed::of(scene, columns, rows, &scene.by_now(format!("{total}, {failed} failed")))
}

fn row(view: AppView<'_>, entry: &LogEntry) -> Row {
    let kind = if let Subject::User(_) = entry.subject { "user" } else { "group" };
    let tone = if let LogStatus::Failure(_) = entry.status { "bad" } else { "" };
    let target = entry.target.as_deref().unwrap_or("–");
    Row {
        tone,
        cells: vec![
            Piece::link(words::moment(view.start(), entry.at), format!("row {}", entry.number)),
            Piece::link(&*entry.handle, format!("{kind} {}", entry.handle)),
            entry.action.word().into(),
            "Microsoft Entra ID".into(),
            target.into(),
            Piece::from(entry.status.word()).in_tone(tone),
            words::cut(&more(view, entry), 300).into(),
        ],
    }
}

/// What the other columns do not say: what was changed, or why it went so and what follows.
pub(super) fn more(view: AppView<'_>, entry: &LogEntry) -> String {
    let mut said = Vec::new();
    match &entry.status {
        LogStatus::Success => said.extend(done(entry)),
        LogStatus::Skipped(reason) | LogStatus::Warning(reason) => said.push(passed(entry, reason)),
        LogStatus::Failure(failure) => {
            said.push(format!("{}: {}", failure.code.word(), failure.detail));
            said.extend(again(view, view.entra().job(), entry));
        }
    }
    match entry.throttled_in_all() {
        0 => {}
        1 => said.push("throttled once".to_owned()),
        times => said.push(format!("throttled {times} times")),
    }
    said.join("; ")
}

/// What a row that went well did.
fn done(entry: &LogEntry) -> Option<String> {
    let changes = entry.modified();
    let changed = changes.iter().map(|it| short(&it.attribute));
    match entry.action {
        LogAction::Create => {
            let count = changes.len() as u64;
            (count > 0).then(|| words::counted(count, "value written", "values written"))
        }
        LogAction::Update | LogAction::Other => {
            let changed: Vec<&str> = changed.collect();
            (!changed.is_empty()).then(|| format!("changed: {}", changed.join(", ")))
        }
        _ if entry.was_gone() => Some("it was gone already (404)".to_owned()),
        LogAction::Disable | LogAction::Delete | LogAction::StagedDelete => {
            let causes = entry.causes();
            (!causes.is_empty()).then(|| causes.join(", "))
        }
    }
}

/// The last part of a SCIM path, without the URN of its schema.
fn short(path: &str) -> &str {
    path.rsplit(':').next().unwrap_or(path)
}

/// Why an object was passed over: the vendor's word, and what it means here.
fn passed(entry: &LogEntry, reason: &SkipReason) -> String {
    let means = match reason {
        SkipReason::NotEffectivelyEntitled(causes) => causes.join(", "),
        SkipReason::AttributeValidationFailed(attribute) => {
            format!("{} has no value", short(attribute))
        }
        SkipReason::UnableToResolveReference(whose) => whose.words(),
        SkipReason::TooManyDeletes => entry.causes().join(", "),
        SkipReason::RedundantExport => entry.reason_sentence(reason),
        SkipReason::ImportSkipped => "no matching attribute has a value".to_owned(),
        SkipReason::AddDisabled => "the mapping creates nothing".to_owned(),
        SkipReason::UpdateDisabled => "the mapping updates nothing".to_owned(),
        SkipReason::DeleteDisabled => "the mapping deletes nothing".to_owned(),
        SkipReason::EntrySynchronizationSkipped => "a mapping skips the object".to_owned(),
        SkipReason::RestoreNotSupported => {
            "the account is inactive, and a run on demand activates none".to_owned()
        }
    };
    if means.is_empty() { reason.word().to_owned() } else { format!("{}: {means}", reason.word()) }
}

/// What follows a failure.
fn again(view: AppView<'_>, job: &Job, entry: &LogEntry) -> Option<String> {
    let at = |at| words::moment(view.start(), at);
    Some(match job.next_after(entry, view.entra().tenant())? {
        NextTry::At(next) => format!("next try {}", at(next)),
        NextTry::WasAt(next) => format!("the next try was {}", at(next)),
        NextTry::OnceStarted => "next try once the job is started".to_owned(),
        NextTry::OnceWasStarted => "the next try was once the job was started".to_owned(),
        NextTry::TriedAt(then) => format!("tried again {}", at(then)),
        NextTry::TriedOnDemand(then) => format!("tried again on demand {}", at(then)),
        NextTry::Restarted => "a restart dropped the retry, and looks at it again".to_owned(),
        NextTry::JobDeleted => "the deletion of the job dropped the retry".to_owned(),
        NextTry::ApplicationDeleted => {
            "the deletion of the application dropped the retry".to_owned()
        }
        NextTry::Dropped(why) => format!("the retry was dropped {}", why.words()),
        NextTry::PassedOver(then, why) => format!("not tried again, {why} {}", at(then)),
        NextTry::Overtaken(then, stands) => format!("{} by {}", stands.words(), at(then)),
        NextTry::GivenUp => "given up".to_owned(),
        NextTry::NotRepeated(by_cycles) => match by_cycles {
            ByCycles::Unsaid => "not repeated".to_owned(),
            ByCycles::Stopped => "not repeated, and the job does not run".to_owned(),
            ByCycles::Running => "not repeated, the cycle under way looks at it".to_owned(),
            ByCycles::At(next) => format!("not repeated, next cycle {}", at(next)),
            ByCycles::RetryAt(next) => {
                format!("not repeated, the retry of cycles is due {}", at(next))
            }
            ByCycles::Staged => "not repeated, and cycles hold it back: it is staged".to_owned(),
            ByCycles::OnceChanged => "not repeated, cycles look at it once it changes".to_owned(),
        },
    })
}

impl Listed {
    /// Those of the rows that contain every word that the page asks for.
    pub fn of(
        scene: &Scene<'_>,
        columns: Vec<&'static str>,
        rows: impl Iterator<Item = Row>,
        total: &str,
    ) -> Listed {
        let narrow = scene.query.narrow.clone();
        let wanted = words::wanted(&narrow);
        let holds = |row: &Row| {
            let text: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
            let text = text.join(" ").to_lowercase();
            wanted.iter().all(|word| text.contains(word))
        };
        let rows: Vec<Row> = rows.filter(holds).take(SHOWN).collect();
        let shown = words::count(rows.len() as u64);
        let says = match (rows.len() == SHOWN, wanted.is_empty()) {
            (true, true) => format!("the last {shown} rows are shown; {total}"),
            (true, false) => format!("the last {shown} of those found; {total}"),
            (false, true) => total.to_owned(),
            (false, false) => format!("{shown} found; {total}"),
        };
        Listed { says, narrow, table: Table { columns, rows } }
    }
}
