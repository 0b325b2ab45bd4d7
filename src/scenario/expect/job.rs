//! `job`: the provisioning job as Graph shows it.

use super::{ObservableRow, ObservedValue, Shape};
use crate::entra::error_code::ErrorCode;
use crate::world::status::still_staged;

const STATES: &[&str] = &["Active", "Paused", "Disabled"];
const STATUSES: &[&str] = &["NotConfigured", "NotRun", "Active", "Paused", "Quarantine"];
const REASONS: &[&str] = &[
    "EncounteredBaseEscrowThreshold",
    "EncounteredTotalEscrowThreshold",
    "EncounteredEscrowProportionThreshold",
    "EncounteredQuarantineException",
    "TooManyDeletes",
    "QuarantinedOnDemand",
    "IngestionInterrupted",
    "Unknown",
];

/// The names of this family.
pub const ROWS: &[ObservableRow] = &[
    ObservableRow {
        path: "job.state",
        shape: Shape::Word(STATES),
        doc: "the schedule's state: Active, Paused or Disabled",
        see: |world, _| ObservedValue::text(Some(world.entra().job().state().word())),
    },
    ObservableRow {
        path: "job.status",
        shape: Shape::Word(STATUSES),
        doc: "the status code: NotConfigured, NotRun, Active, Paused or Quarantine",
        see: |world, _| ObservedValue::text(Some(world.entra().job().status().word())),
    },
    ObservableRow {
        path: "job.mode",
        shape: Shape::Word(&["Manual", "Automatic"]),
        doc: "the provisioning mode that was saved",
        see: |world, _| ObservedValue::text(Some(world.entra().job().settings().mode.word())),
    },
    ObservableRow {
        path: "job.quarantine",
        shape: Shape::Presence,
        doc: "the quarantine as a whole: { absent = true } while there is none",
        see: |world, _| {
            ObservedValue::text(
                world.entra().job().quarantine().map(|quarantine| quarantine.cause.reason.word()),
            )
        },
    },
    ObservableRow {
        path: "job.quarantine.reason",
        shape: Shape::Word(REASONS),
        doc: "why the job is in quarantine; absent while it is not",
        see: |world, _| {
            ObservedValue::text(
                world.entra().job().quarantine().map(|quarantine| quarantine.cause.reason.word()),
            )
        },
    },
    ObservableRow {
        path: "job.quarantine.code",
        shape: Shape::Text,
        doc: "the error code that led to the quarantine; absent while there is none",
        see: |world, _| {
            ObservedValue::text(
                world
                    .entra()
                    .job()
                    .quarantine()
                    .and_then(|quarantine| quarantine.cause.code)
                    .map(ErrorCode::word),
            )
        },
    },
    ObservableRow {
        path: "job.links",
        shape: Shape::Count,
        doc: "users who are linked with an account",
        see: |world, _| ObservedValue::count(world.entra().job().links().len() as u64),
    },
    ObservableRow {
        path: "job.escrows",
        shape: Shape::Count,
        doc: "failed objects that wait to be tried again",
        see: |world, _| ObservedValue::count(world.entra().job().escrows().len() as u64),
    },
    ObservableRow {
        path: "job.staged",
        shape: Shape::Count,
        doc: "disables and deletions that the deletion threshold holds back",
        see: |world, _| ObservedValue::count(still_staged(world).count() as u64),
    },
    ObservableRow {
        path: "job.quarantines",
        shape: Shape::Count,
        doc: "how often the job was quarantined since the start",
        see: |world, _| ObservedValue::count(world.entra().job().counters().quarantines),
    },
];
