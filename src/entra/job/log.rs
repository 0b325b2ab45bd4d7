//! The provisioning log: a row for each object that a cycle looked at [g:objsummary].

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;

use super::findings::Findings;
use super::identity::Identity;
use super::in_flight::OnDemandId;
use super::modified::{Changes, Modified};
use super::retries::{Aftermath, ByCycles, NextTry};
use super::subject::Subject;
use super::trail::Trail;
use crate::base::Time;
use crate::entra::error_code::ErrorCode;
use crate::entra::scope::Scoping;

/// What was done, or attempted [g:objsummary].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogAction {
    /// An account is created.
    Create,
    /// An account is updated, re-enabling included.
    Update,
    /// An account is disabled.
    Disable,
    /// An account is deleted.
    Delete,
    /// An account was about to be disabled or deleted, and the deletion threshold staged it
    /// [accidental].
    StagedDelete,
    /// None of the above.
    Other,
}

impl LogAction {
    /// All of them.
    pub const ALL: [LogAction; 6] = [
        LogAction::Create,
        LogAction::Update,
        LogAction::Disable,
        LogAction::Delete,
        LogAction::StagedDelete,
        LogAction::Other,
    ];

    /// The vendor's word for it.
    pub fn word(self) -> &'static str {
        match self {
            LogAction::Create => "create",
            LogAction::Update => "update",
            LogAction::Disable => "disable",
            LogAction::Delete => "delete",
            LogAction::StagedDelete => "stageddelete",
            LogAction::Other => "other",
        }
    }
}

/// The result for one object [g:statusinfo].
#[derive(Clone, PartialEq, Debug)]
pub enum LogStatus {
    /// It went well.
    Success,
    /// Nothing had to be done, or nothing may be done.
    Skipped(SkipReason),
    /// It went well, but for a part that was left out.
    Warning(SkipReason),
    /// It failed.
    Failure(Box<LogFailure>),
}

impl LogStatus {
    /// The vendor's word for it.
    pub fn word(&self) -> &'static str {
        match self {
            LogStatus::Success => "success",
            LogStatus::Skipped(_) => "skipped",
            LogStatus::Warning(_) => "warning",
            LogStatus::Failure(_) => "failure",
        }
    }

    /// The code or skip reason; empty on success.
    pub fn code(&self) -> &'static str {
        match self {
            LogStatus::Success => "",
            LogStatus::Skipped(reason) | LogStatus::Warning(reason) => reason.word(),
            LogStatus::Failure(failure) => failure.code.word(),
        }
    }
}

/// Why an object was passed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SkipReason {
    /// Out of scope; the causes follow [field: Q&A 1023522].
    NotEffectivelyEntitled(Vec<&'static str>),
    /// Source and target are equal already [g:pod].
    RedundantExport,
    /// No value for any matching attribute [customize].
    ImportSkipped,
    /// A required target attribute has no value [field: captured record].
    AttributeValidationFailed(Arc<str>),
    /// A manager or members are connected with no account; they are left out [log-analytics].
    UnableToResolveReference(Unresolved),
    /// Creating is switched off in the mapping (code assumed).
    AddDisabled,
    /// Updating is switched off in the mapping (code assumed).
    UpdateDisabled,
    /// Deleting is switched off in the mapping (code assumed).
    DeleteDisabled,
    /// A mapping skips the whole object [wd-guide].
    EntrySynchronizationSkipped,
    /// The account is inactive, and a run on demand restores none [on-demand] (code assumed).
    RestoreNotSupported,
    /// The deletion threshold was reached, so the disabling or deletion is staged (code assumed).
    TooManyDeletes,
}

impl SkipReason {
    /// What became of the retry of an object that was passed over for this reason.
    pub fn retry_words(&self) -> &'static str {
        match self {
            SkipReason::RedundantExport => "nothing was left to write",
            SkipReason::NotEffectivelyEntitled(_) => "it was out of scope",
            SkipReason::ImportSkipped => "it had no value to match by",
            SkipReason::AttributeValidationFailed(_) => "a required value was missing",
            SkipReason::UnableToResolveReference(_) => "a reference could not be resolved",
            SkipReason::AddDisabled => "creating was switched off",
            SkipReason::UpdateDisabled => "updating was switched off",
            SkipReason::DeleteDisabled => "deleting was switched off",
            SkipReason::EntrySynchronizationSkipped => "the mapping skipped it",
            SkipReason::RestoreNotSupported => "a run on demand restores no account",
            SkipReason::TooManyDeletes => "it was staged",
        }
    }

    /// The vendor's word for it.
    pub fn word(&self) -> &'static str {
        match self {
            SkipReason::NotEffectivelyEntitled(_) => "NotEffectivelyEntitled",
            SkipReason::RedundantExport => "RedundantExport",
            SkipReason::ImportSkipped => "ImportSkipped",
            SkipReason::AttributeValidationFailed(_) => "AttributeValidationFailed",
            SkipReason::UnableToResolveReference(_) => "UnableToResolveReferenceAttributeValue",
            SkipReason::AddDisabled => "AddDisabled",
            SkipReason::UpdateDisabled => "UpdateDisabled",
            SkipReason::DeleteDisabled => "DeleteDisabled",
            SkipReason::EntrySynchronizationSkipped => "EntrySynchronizationSkipped",
            SkipReason::RestoreNotSupported => "RestoreNotSupported",
            SkipReason::TooManyDeletes => "TooManyDeletes",
        }
    }
}

/// What a reference could not be resolved to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unresolved {
    /// The manager of a user.
    Manager,
    /// So many members of a group.
    Members(usize),
}

impl Unresolved {
    /// What is missing, in words.
    pub fn words(self) -> String {
        match self {
            Unresolved::Manager => "the manager is not connected with an account".to_owned(),
            Unresolved::Members(1) => "1 member is not connected with an account".to_owned(),
            Unresolved::Members(count) => {
                format!("{count} members are not connected with an account")
            }
        }
    }
}

/// A failure of one object.
#[derive(Clone, PartialEq, Debug)]
pub struct LogFailure {
    /// The vendor's code.
    pub code: ErrorCode,
    /// The status and the application's error text, or what was missing.
    pub detail: String,
    /// Retries so far.
    pub retries: u32,
    /// When its retry is due, as far as the object itself decides; `None` without a retry.
    pub due: Option<Time>,
    /// What follows it, as known when the row was written.
    pub next: NextTry,
    /// The code that says best what to do, which the application's words may tell.
    pub remedy: ErrorCode,
    /// For a 429 that was not waited out: why not.
    pub not_waited: Option<NotWaited>,
}

/// Why a run did not wait until the application takes requests again, which a 429 asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotWaited {
    /// The answer had no Retry-After.
    NoRetryAfter,
    /// The policy `honor_retry_after` is off.
    NotHonored,
    /// The wait would have ended later than the policy `retry_after_max` allows.
    TooLong {
        /// When the request was throttled first.
        since: Time,
        /// Until when the wait would have lasted.
        until: Time,
        /// The longest wait.
        most: Duration,
    },
    /// A run on demand waits for nothing.
    OnDemand,
}

/// The run that wrote a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Run {
    /// The cycle with this number; the first is 1.
    Cycle(u64),
    /// A run on demand [on-demand].
    OnDemand(OnDemandId),
}

impl Run {
    /// The run in words: `cycle 3`, `on demand`.
    pub fn words(self) -> String {
        match self {
            Run::Cycle(number) => format!("cycle {number}"),
            Run::OnDemand(_) => "on demand".to_owned(),
        }
    }
}

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct LogEntry {
    /// Its number among all rows of the job; the first is 1.
    pub number: u64,
    /// When it was written.
    pub at: Time,
    /// The run it belongs to.
    pub run: Run,
    /// The object.
    pub subject: Subject,
    /// The object's handle, for readers of the log.
    pub handle: Arc<str>,
    /// How the directory showed the object when it was imported.
    pub identity: Identity,
    /// When the object was imported.
    pub began: Time,
    /// What was looked for on the way: [`LogEntry::steps`] makes the steps from it.
    pub trail: Trail,
    /// What the scoping filters found; `None` without such filters.
    pub findings: Option<Box<Findings>>,
    /// What was done or attempted.
    pub action: LogAction,
    /// How it ended.
    pub status: LogStatus,
    /// What the scoping step found.
    pub scoping: Scoping,
    /// The account's id at the application, when it is known.
    pub target: Option<Box<str>>,
    /// What was changed, on create and update: [`LogEntry::modified`] makes the list from it.
    pub changes: Changes,
    /// The status of the application's last answer.
    pub answered: Option<StatusCode>,
    /// How often a 429 with Retry-After was waited out on the way.
    pub throttled: u32,
}

impl LogEntry {
    /// How often the application answered 429 on the way, where the job waited that out at least
    /// once: the last of them may have failed the object.
    pub fn throttled_in_all(&self) -> u32 {
        match self.throttled {
            0 => 0,
            waited => waited + u32::from(self.failed_by_throttle()),
        }
    }

    /// Whether a 429 that was not waited out failed the object.
    pub fn failed_by_throttle(&self) -> bool {
        matches!(self.status, LogStatus::Failure(_))
            && self.answered == Some(StatusCode::TOO_MANY_REQUESTS)
    }

    /// What was changed, on create and update.
    pub fn modified(&self) -> Cow<'_, [Modified]> {
        self.changes.list(self.subject.kind())
    }

    /// Writes the row as one line of text, without the time.
    pub fn write(&self, out: &mut String) {
        self.write_with(self.next_try(), out);
    }

    /// Writes the row with what is known of the next try, which may be more than when the row was
    /// written.
    pub fn write_with(&self, next: Option<NextTry>, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = self.write_to(next, out);
    }

    /// What follows a failure, as known when the row was written.
    pub fn next_try(&self) -> Option<NextTry> {
        match &self.status {
            LogStatus::Failure(failure) => Some(failure.next),
            _ => None,
        }
    }

    /// Whether the account was gone already when it was to be deleted.
    pub fn was_gone(&self) -> bool {
        let deleted = self.action == LogAction::Delete && self.status == LogStatus::Success;
        deleted && self.answered == Some(StatusCode::NOT_FOUND)
    }

    /// Why an account was disabled or deleted, or was about to be; empty for every other row.
    pub fn causes(&self) -> Vec<&'static str> {
        match self.action {
            LogAction::Disable | LogAction::Delete | LogAction::StagedDelete => {
                self.scoping.reasons()
            }
            LogAction::Create | LogAction::Update | LogAction::Other => Vec::new(),
        }
    }

    fn write_to(&self, next: Option<NextTry>, out: &mut String) -> std::fmt::Result {
        // Each row is written once, for the digest: what every row has costs no formatter.
        for part in [self.action.word(), " ", &*self.handle, " ", self.status.word()] {
            out.push_str(part);
        }
        match &self.status {
            LogStatus::Success => {
                for (nth, cause) in self.causes().into_iter().enumerate() {
                    out.push_str(if nth == 0 { ": " } else { ", " });
                    out.push_str(cause);
                }
                if self.was_gone() {
                    out.push_str(", gone already (404)");
                }
            }
            LogStatus::Skipped(SkipReason::NotEffectivelyEntitled(causes)) => {
                write!(out, " NotEffectivelyEntitled: {}", causes.join(", "))?;
            }
            LogStatus::Skipped(SkipReason::AttributeValidationFailed(attribute)) => {
                write!(out, " AttributeValidationFailed: {attribute} has no value")?;
            }
            LogStatus::Skipped(reason @ SkipReason::UnableToResolveReference(whose))
            | LogStatus::Warning(reason @ SkipReason::UnableToResolveReference(whose)) => {
                write!(out, " {}: {}", reason.word(), whose.words())?;
            }
            LogStatus::Skipped(reason @ SkipReason::TooManyDeletes) => {
                write!(out, " {}: {}", reason.word(), self.causes().join(", "))?;
            }
            LogStatus::Skipped(reason) | LogStatus::Warning(reason) => {
                write!(out, " {}", reason.word())?
            }
            LogStatus::Failure(failure) => {
                write!(
                    out,
                    " {}: {}, retries {}",
                    failure.code.word(),
                    failure.detail,
                    failure.retries
                )?;
                write_next(next, out)?;
            }
        }
        if self.action == LogAction::Update && self.status == LogStatus::Success {
            let changes = self.modified();
            let names: Vec<&str> = changes.iter().map(|it| &*it.attribute).collect();
            write!(out, " ({})", names.join(", "))?;
        }
        match self.throttled_in_all() {
            0 => {}
            1 => out.push_str(", throttled once"),
            times => write!(out, ", throttled {times} times")?,
        }
        Ok(())
    }
}

/// What becomes of a failed row: when its object is tried again, or why it is not.
fn write_next(next: Option<NextTry>, out: &mut String) -> std::fmt::Result {
    match next {
        Some(NextTry::At(next) | NextTry::WasAt(next)) => write!(out, ", next {}", next.rfc3339())?,
        Some(NextTry::OnceStarted) => out.push_str(", next once the job is started"),
        Some(NextTry::OnceWasStarted) => out.push_str(", next once the job was started"),
        Some(NextTry::TriedAt(at)) => write!(out, ", tried again {}", at.rfc3339())?,
        Some(NextTry::TriedOnDemand(at)) => {
            write!(out, ", tried again on demand {}", at.rfc3339())?
        }
        Some(NextTry::PassedOver(at, why)) => {
            write!(out, ", not tried again: {why} {}", at.rfc3339())?
        }
        Some(NextTry::Overtaken(at, stands)) => {
            write!(out, ", {} by {}", stands.words(), at.rfc3339())?
        }
        Some(NextTry::Dropped(why)) => write!(out, ", retry dropped {}", why.words())?,
        Some(NextTry::JobDeleted) => out.push_str(", retry dropped by delete_job"),
        Some(NextTry::ApplicationDeleted) => {
            out.push_str(", retry dropped by the deletion of the application")
        }
        Some(NextTry::Restarted) => out.push_str(", retry dropped by a restart"),
        Some(NextTry::GivenUp) => out.push_str(", given up"),
        Some(NextTry::NotRepeated(by_cycles)) => {
            out.push_str(", the run is not repeated");
            match by_cycles {
                ByCycles::Unsaid => {}
                ByCycles::Stopped => out.push_str(", and the job does not run"),
                ByCycles::Running => out.push_str(", the cycle under way looks at it"),
                ByCycles::At(next) => write!(out, ", next cycle {}", next.rfc3339())?,
                ByCycles::RetryAt(next) => {
                    write!(out, ", the retry of cycles is due {}", next.rfc3339())?
                }
                ByCycles::Staged => out.push_str(", and cycles hold it back: it is staged"),
                ByCycles::OnceChanged => out.push_str(", cycles look at it once it changes"),
            }
        }
        None => {}
    }
    Ok(())
}

/// The latest rows, oldest first.
#[derive(Clone, Default, Debug)]
pub struct Log {
    rows: VecDeque<Arc<LogEntry>>,
    written: u64,
    failures: u64,
    /// What is known of the retries since the rows were written.
    pub(super) aftermath: Aftermath,
}

impl Log {
    /// Adds a row, and forgets the oldest beyond the capacity.
    pub(super) fn push(&mut self, entry: Arc<LogEntry>, capacity: u64) {
        self.written += 1;
        self.failures += u64::from(matches!(entry.status, LogStatus::Failure(_)));
        self.rows.push_back(entry);
        while self.rows.len() as u64 > capacity.max(1) {
            self.rows.pop_front();
        }
        if let Some(first) = self.rows.front() {
            self.aftermath.forget_before(first.number);
        }
    }

    /// The rows that are kept, oldest first.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Arc<LogEntry>> + ExactSizeIterator {
        self.rows.iter()
    }

    /// The last row about an object, among those that are kept.
    pub fn last_of(&self, subject: impl Into<Subject>) -> Option<&LogEntry> {
        let subject = subject.into();
        self.rows.iter().rev().find(|row| row.subject == subject).map(|row| &**row)
    }

    /// The row of this number, while it is kept.
    pub(super) fn row(&self, number: u64) -> Option<&LogEntry> {
        let first = self.rows.front()?.number;
        let at = usize::try_from(number.checked_sub(first)?).ok()?;
        self.rows.get(at).map(|row| &**row)
    }

    /// How many rows were ever written.
    pub fn count(&self) -> u64 {
        self.written
    }

    /// How many of them were failures.
    pub fn failures(&self) -> u64 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_row_is_small() {
        // Tens of thousands of them are written round and round, in memory that has left the
        // caches: each line of a cache more is felt in an initial cycle.
        let size = size_of::<super::LogEntry>();
        assert!(size <= 304, "{size}");
    }
}
