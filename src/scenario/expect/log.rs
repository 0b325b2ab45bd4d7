//! `log`: the provisioning log, its counts and the last row about a user or a group.

use crate::entra::job::Subject;
use crate::entra::job::log::{LogAction, LogEntry, LogStatus, SkipReason};
use crate::world::AppView;

use super::{ObservableRow, ObservedValue, Shape};

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "log.count",
        shape: Shape::Count,
        doc: "rows of the provisioning log since the start",
        see: |world, _| ObservedValue::count(world.entra().job().log().count()),
    },
    ObservableRow {
        path: "log.failures",
        shape: Shape::Count,
        doc: "rows with status failure since the start",
        see: |world, _| ObservedValue::count(world.entra().job().log().failures()),
    },
    ObservableRow {
        path: "log.created",
        shape: Shape::Count,
        doc: "accounts and groups created since the start",
        see: |world, _| ObservedValue::count(world.entra().job().counters().created),
    },
    ObservableRow {
        path: "log.updated",
        shape: Shape::Count,
        doc: "accounts and groups updated since the start",
        see: |world, _| ObservedValue::count(world.entra().job().counters().updated),
    },
    ObservableRow {
        path: "log.disabled",
        shape: Shape::Count,
        doc: "accounts disabled since the start",
        see: |world, _| ObservedValue::count(world.entra().job().counters().disabled),
    },
    ObservableRow {
        path: "log.deleted",
        shape: Shape::Count,
        doc: "accounts and groups deleted since the start",
        see: |world, _| ObservedValue::count(world.entra().job().counters().deleted),
    },
];

/// A field of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogField {
    /// The row as a whole: whether there is one.
    Row,
    /// The action that was done or attempted.
    Action,
    /// How it ended.
    Status,
    /// The error code or skip reason.
    Code,
    /// Why, in words.
    Reason,
    /// The kinds of its steps, in their order.
    Steps,
    /// The account's id.
    Target,
}

pub(super) const ACTIONS: &[&str] =
    &["create", "update", "disable", "delete", "stageddelete", "other"];
pub(super) const STATUSES: &[&str] = &["success", "warning", "skipped", "failure"];

impl LogField {
    /// The fields by their keys below `log.last.<user>`.
    pub const FIELDS: [(&'static str, Shape, LogField); 6] = [
        ("action", Shape::Word(ACTIONS), LogField::Action),
        ("status", Shape::Word(STATUSES), LogField::Status),
        ("code", Shape::Text, LogField::Code),
        ("reason", Shape::Text, LogField::Reason),
        ("steps", Shape::Text, LogField::Steps),
        ("target", Shape::Text, LogField::Target),
    ];
}

/// A field of the last row about a user or a group; absent when there is no row, or no code on
/// success.
pub fn last(world: AppView<'_>, name: &str, field: LogField) -> ObservedValue {
    let tenant = world.entra().tenant();
    let group = || tenant.find_group(name).map(Subject::Group);
    let subject = tenant.find_user(name).map(Subject::User).or_else(group);
    match subject.and_then(|subject| world.entra().job().log().last_of(subject)) {
        Some(entry) => read(entry, field),
        None => ObservedValue::Absent,
    }
}

pub(super) fn read(entry: &LogEntry, field: LogField) -> ObservedValue {
    match field {
        LogField::Row => ObservedValue::text(Some(LogAction::word(entry.action))),
        LogField::Action => ObservedValue::text(Some(entry.action.word())),
        LogField::Status => ObservedValue::text(Some(entry.status.word())),
        LogField::Code => {
            ObservedValue::text(Some(entry.status.code()).filter(|code| !code.is_empty()))
        }
        LogField::Steps => {
            let kinds: Vec<&str> = entry.steps().iter().map(|step| step.kind.word()).collect();
            ObservedValue::Text(kinds.join(", "))
        }
        LogField::Target => ObservedValue::text(entry.target.as_deref()),
        LogField::Reason => match &entry.status {
            LogStatus::Success => match entry.causes() {
                causes if causes.is_empty() => ObservedValue::Absent,
                causes => ObservedValue::Text(causes.join(", ")),
            },
            LogStatus::Skipped(SkipReason::NotEffectivelyEntitled(causes)) => {
                ObservedValue::Text(causes.join(", "))
            }
            LogStatus::Skipped(SkipReason::TooManyDeletes) => {
                ObservedValue::Text(entry.causes().join(", "))
            }
            LogStatus::Skipped(reason) | LogStatus::Warning(reason) => {
                ObservedValue::text(Some(reason.word()))
            }
            LogStatus::Failure(failure) => ObservedValue::Text(failure.detail.clone()),
        },
    }
}
