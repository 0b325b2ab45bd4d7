//! The job as Graph shows it: a `synchronizationJob` with its schedule and its status [g:jobget,
//! g:status, g:schedule].

use std::time::Duration;

use jiff::fmt::temporal::DateTimePrinter;
use serde_json::{Value, json};

use super::cycle::Ended;
use super::execution::{EntryCounts, Milestones, Progress};
use super::quarantine::Quarantine;
use super::summary::{LogNames, target_type};
use super::{Job, ScheduleState};
use crate::base::Time;
use crate::entra::error_code::ErrorCode;
use crate::entra::field::ObjectKind;
use crate::entra::recommendation::ErrorCategory;

/// The interval of a job that was never started [g:schedule].
pub const NO_INTERVAL: &str = "P10675199DT2H48M5.4775807S";

/// "Never", where Graph has no null.
pub const NEVER: &str = "0001-01-01T00:00:00Z";

impl Job {
    /// Whether the job has ever been started.
    fn was_started(&self) -> bool {
        self.state != ScheduleState::Disabled || self.cycles_begun > 0
    }

    /// The interval of its schedule; `None` before the first start.
    pub fn interval(&self) -> Option<Duration> {
        self.was_started().then_some(self.settings.policy.cycle_interval)
    }

    /// How far the running cycle is; `None` while none runs.
    pub fn progress(&self) -> Option<Progress> {
        let (done, total) = self.cycle.as_ref()?.progress();
        Some(Progress::of(done, total, self.settings.policy.progress_page_size))
    }

    /// What the status remembers of the cycles that ended.
    pub fn milestones(&self) -> &Milestones {
        &self.history.milestones
    }

    /// The users and groups in the connector data store.
    pub fn entries(&self) -> &EntryCounts {
        &self.history.entries
    }

    /// The last cycle that ended, whatever became of it.
    pub fn last_execution(&self) -> Option<&Ended> {
        self.history.ended.back().filter(|ended| ended.number > self.cycles_before)
    }

    /// The job as Graph shows it at this instant.
    pub fn to_graph(&self, names: &LogNames, now: Time) -> Value {
        let interval = self.interval().map_or_else(|| NO_INTERVAL.to_owned(), iso);
        let schedule = match self.state {
            ScheduleState::Paused if self.settings.policy.graph_paused_is_disabled => {
                ScheduleState::Disabled.word()
            }
            state => state.word(),
        };
        json!({
            "id": names.job,
            "templateId": self.settings.schema.template.id(),
            "schedule": { "expiration": null, "interval": interval, "state": schedule },
            "status": self.graph_status(names, now),
            "synchronizationJobSettings": self.job_settings(),
        })
    }

    /// The job's `synchronizationJobSettings`: texts under names. The threshold is shown whether or
    /// not its box is checked [g:jobget, config-api].
    fn job_settings(&self) -> Value {
        let threshold = self.settings.delete_threshold.value.to_string();
        json!([
            { "name": "AzureIngestionAttributeOptimization", "value": "False" },
            { "name": "QuarantineTooManyDeletesThreshold", "value": threshold },
        ])
    }

    /// The job's `synchronizationStatus`.
    fn graph_status(&self, names: &LogNames, now: Time) -> Value {
        let past = &self.history.milestones;
        let execution = |ended: Option<&Ended>| ended.map(|ended| execution(ended, names));
        let progress: Vec<Value> = self.progress().iter().map(|it| pages(it, now)).collect();
        json!({
            "code": self.status().word(),
            "countSuccessiveCompleteFailures": past.successive_failures,
            "escrowsPruned": past.escrows_pruned,
            "lastExecution": execution(self.last_execution()),
            "lastSuccessfulExecution": execution(past.last_successful.as_ref()),
            "lastSuccessfulExecutionWithExports": execution(past.last_with_exports.as_ref()),
            "progress": progress,
            "quarantine": self.quarantine.as_ref().map(quarantine),
            "steadyStateFirstAchievedTime": instant(past.steady_first),
            "steadyStateLastAchievedTime": instant(past.steady_last),
            "synchronizedEntryCountByType": self.entry_counts(),
            "troubleshootingUrl": "",
        })
    }

    /// The counts by type; a kind without a mapping table is left out, and all before the first
    /// cycle.
    fn entry_counts(&self) -> Value {
        let (entries, schema) = (&self.history.entries, &self.schema);
        let rows = [
            (ObjectKind::User, "User", entries.users(), &schema.users),
            (ObjectKind::Group, "Group", entries.groups(), &schema.groups),
        ];
        let known =
            rows.into_iter().filter(|row| self.cycles_begun > 0 && !row.3.rows().is_empty());
        let row = |(kind, source, value, _)| json!({ "key": format!("{source} to {}", target_type(kind)), "value": value });
        known.map(row).collect()
    }
}

/// A cycle as Graph's `synchronizationTaskExecution`.
fn execution(ended: &Ended, names: &LogNames) -> Value {
    let counts = &ended.execution;
    let error = ended.error.as_ref();
    json!({
        "activityIdentifier": names.cycle(ended.number),
        "countEntitled": counts.entitled,
        "countEntitledForProvisioning": counts.entitled_for_provisioning,
        "countEscrowed": counts.escrowed,
        "countEscrowedRaw": counts.escrowed_raw,
        "countExported": counts.exported,
        "countExports": counts.exports,
        "countImported": counts.imported,
        "countImportedDeltas": counts.imported_deltas,
        "countImportedReferenceDeltas": counts.imported_reference_deltas,
        "state": ended.result.word(),
        "error": error.map(|error| sync_error(Some(error.code), "", &error.text())),
        "timeBegan": instant(Some(ended.began)),
        "timeEnded": instant(Some(ended.ended)),
    })
}

/// Graph's `synchronizationQuarantine`. A cause that is no error of the application has the reason
/// for its code (assumed), and the count includes the first time (as in published samples).
fn quarantine(quarantine: &Quarantine) -> Value {
    let cause = &quarantine.cause;
    json!({
        "currentBegan": instant(Some(quarantine.current_began)),
        "error": sync_error(cause.code, cause.reason.word(), &cause.text()),
        "nextAttempt": instant(Some(quarantine.next_attempt).filter(|at| *at < quarantine.disable_at)),
        "reason": cause.reason.word(),
        "seriesBegan": instant(Some(quarantine.series_began)),
        "seriesCount": quarantine.series_count + 1,
    })
}

/// Graph's `synchronizationError`: a code, or what stands for one. The tenant can act on all that
/// is not the service's own fault.
fn sync_error(code: Option<ErrorCode>, otherwise: &'static str, message: &str) -> Value {
    let own = code.is_some_and(|code| code.category() == ErrorCategory::Failure);
    json!({
        "code": code.map_or(otherwise, ErrorCode::word),
        "message": message,
        "tenantActionable": !own,
    })
}

fn pages(progress: &Progress, now: Time) -> Value {
    json!({
        "completedUnits": progress.completed,
        "progressObservationDateTime": instant(Some(now)),
        "totalUnits": progress.total,
        "units": "pages",
    })
}

/// An instant as the synchronization API prints it: with seven digits after the point.
fn instant(at: Option<Time>) -> String {
    const SEVEN_DIGITS: DateTimePrinter = DateTimePrinter::new().precision(Some(7));
    at.map_or_else(|| NEVER.to_owned(), |at| SEVEN_DIGITS.timestamp_to_string(&at.timestamp()))
}

/// A duration as ISO 8601 has it: `PT40M`.
fn iso(span: Duration) -> String {
    jiff::SignedDuration::try_from(span).unwrap_or_default().to_string()
}
