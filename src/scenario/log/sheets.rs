//! The portal's CSV export: three files, joined by `changeId` [logs-howto].
//!
//! Which columns the portal writes is not documented; these are the fields of Graph's record
//! (assumed).

use super::query::LogQuery;
use crate::entra::job::NextTry;
use crate::entra::job::log::{LogEntry, LogStatus};
use crate::entra::job::modified::Modified;
use crate::entra::job::summary::LogNames;
use crate::world::AppView;

/// The three files, in UTF-8.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sheets {
    /// A row of the log a line.
    pub rows: String,
    /// A step a line.
    pub steps: String,
    /// A modified property a line.
    pub properties: String,
}

impl Sheets {
    /// The names of the files, each with its text.
    pub fn files(&self) -> [(&'static str, &str); 3] {
        let [rows, steps, properties] = FILES;
        [(rows, &self.rows), (steps, &self.steps), (properties, &self.properties)]
    }
}

/// The names of the files, as the portal has them (assumed but for the endings).
pub const FILES: [&str; 3] = [
    "ProvisioningLogs.csv",
    "ProvisioningLogs_ProvisioningSteps.csv",
    "ProvisioningLogs_ModifiedProperties.csv",
];

/// The columns of the rows.
pub const ROWS: [&str; 18] = [
    "changeId",
    "id",
    "activityDateTime",
    "cycleId",
    "jobId",
    "provisioningAction",
    "status",
    "errorCode",
    "reason",
    "recommendedAction",
    "durationInMilliseconds",
    "sourceId",
    "sourceDisplayName",
    "sourceUserPrincipalName",
    "sourceType",
    "targetId",
    "targetSystem",
    "servicePrincipal",
];
/// The columns of the steps.
pub const STEPS: [&str; 7] =
    ["changeId", "name", "provisioningStepType", "status", "dateTime", "description", "details"];
/// The columns of the modified properties.
pub const PROPERTIES: [&str; 4] = ["changeId", "displayName", "oldValue", "newValue"];

/// The rows that are asked for, oldest first, as the three files.
pub fn sheets(view: AppView<'_>, query: &LogQuery) -> Sheets {
    let names = super::names(view);
    let mut rows: Vec<&LogEntry> =
        query.rows(view).rev().take(query.limit).map(|row| &**row).collect();
    rows.reverse();
    let steps = rows.iter().flat_map(|row| steps(row, &names));
    let properties = rows.iter().flat_map(|row| properties(row, &names));
    Sheets {
        steps: sheet(&STEPS, steps),
        properties: sheet(&PROPERTIES, properties),
        rows: sheet(
            &ROWS,
            rows.iter().map(|row| main_row(row, view.entra().next_after(row), &names)),
        ),
    }
}

/// A table with a head as CSV (RFC 4180).
pub(super) fn sheet(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to a Vec cannot fail, and every row has as many cells as the head.
    let _ = writer.write_record(head);
    for row in rows {
        let _ = writer.write_record(&row);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// The cells of a row, by [`ROWS`], with what is known of what follows it.
pub fn main_row(row: &LogEntry, next: Option<NextTry>, names: &LogNames) -> Vec<String> {
    let reason = match &row.status {
        LogStatus::Success => row.causes().join(", "),
        LogStatus::Skipped(reason) | LogStatus::Warning(reason) => row.reason_sentence(reason),
        LogStatus::Failure(failure) => failure.detail.clone(),
    };
    let remedy = row.recommended_action(next).unwrap_or_default();
    vec![
        names.change(row),
        names.row(row),
        row.at.rfc3339(),
        names.run(row.run),
        names.job.clone(),
        row.action.word().to_owned(),
        row.status.word().to_owned(),
        row.status.code().to_owned(),
        reason,
        remedy.to_owned(),
        row.took().as_millis().to_string(),
        row.identity.id.to_string(),
        row.identity.display_name().to_owned(),
        row.identity.sign_in_name().to_owned(),
        row.kind_word().to_owned(),
        row.target.as_deref().unwrap_or_default().to_owned(),
        names.system.to_owned(),
        names.application.to_string(),
    ]
}

/// The cells of each step of a row, by [`STEPS`].
pub fn steps<'r>(row: &'r LogEntry, names: &'r LogNames) -> impl Iterator<Item = Vec<String>> + 'r {
    let cells = move |step: crate::entra::job::steps::ProvisioningStep| {
        let details = row.step_details(&step).into_iter();
        let details: Vec<String> = details.map(|(key, value)| format!("{key}={value}")).collect();
        vec![
            names.change(row),
            step.name.word().to_owned(),
            step.kind.word().to_owned(),
            step.status.word().to_owned(),
            step.at.rfc3339(),
            row.step_description(&step, names.system),
            details.join("; "),
        ]
    };
    row.steps().into_iter().map(cells)
}

/// The cells of each modified property of a row, by [`PROPERTIES`].
pub fn properties<'r>(
    row: &'r LogEntry,
    names: &'r LogNames,
) -> impl Iterator<Item = Vec<String>> + 'r {
    let cells = move |property: Modified| {
        vec![
            names.change(row),
            property.attribute.to_string(),
            property.old.as_deref().unwrap_or_default().to_owned(),
            property.new.shown().unwrap_or_default().into_owned(),
        ]
    };
    row.modified().into_owned().into_iter().map(cells)
}
