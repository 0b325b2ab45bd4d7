//! What happens in the tenant and in its provisioning service, in Entra's own words.

use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use super::call::CallId;
use super::error_code::ErrorCode;
use super::job::log::LogEntry;
use super::job::quarantine::{QuarantineCause, Reason};
use super::job::{DiscoveryReport, OnDemandRun, Removal};
use super::sign_in_log::LoggedSignIn;
use super::tenant::{self, SignOnError, UnseenAssignment};
use crate::base::Time;
use crate::base::time::show_duration;

/// Something that happened on Entra's side.
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// The directory or the assignments changed.
    Tenant(tenant::TenantEvent),
    /// A user was refused by Entra at single sign-on, so that the application heard nothing.
    SignInRefused {
        /// The handle of the user.
        user: Arc<str>,
        /// Why.
        why: SignOnError,
    },
    /// A user was signed in by Entra at single sign-on; what the application does is its own.
    SignedOn {
        /// The handle of the user.
        user: Arc<str>,
        /// The name by which the application gets to know the user.
        name_id: Box<str>,
    },
    /// Another row of the sign-in log: of a refusal before a user was known, or of a client.
    SignInLogged(Box<LoggedSignIn>),
    /// Start provisioning was pressed.
    Started,
    /// Stop provisioning was pressed; a running cycle goes on to its end.
    Stopped,
    /// The job was deleted, with all it knew.
    JobDeleted,
    /// Provisioning was restarted; the text is the reset scope in words.
    Restarted(String),
    /// The secret token of the job, or its client secret, was replaced.
    SecretSet,
    /// What was filled in on the provisioning page was saved.
    Saved,
    /// A setting of the job was changed, as `path = value`.
    SettingChanged(String),
    /// The connection test came back; `None` when it went well, otherwise the error code and its
    /// text.
    ConnectionTested(Option<(ErrorCode, String)>),
    /// A cycle began.
    CycleBegan {
        /// Its number; the first is 1.
        number: u64,
        /// Initial or incremental.
        kind: CycleKind,
        /// The changes of assignments that it does not see yet; none when assignments do not
        /// decide who is in scope.
        unseen: Vec<UnseenAssignment>,
    },
    /// A cycle ended.
    CycleEnded {
        /// Its number.
        number: u64,
        /// Initial or incremental.
        kind: CycleKind,
        /// How it went.
        result: CycleResult,
        /// What it did.
        counts: CycleCounts,
        /// Virtual time from its start to its end.
        took: Duration,
    },
    /// A cycle was broken off: by the service itself, and the next one begins with the same
    /// changes, or with its job.
    CycleInterrupted {
        /// Its number.
        number: u64,
        /// What was deleted with it; `None` when the service broke it off.
        removal: Option<Removal>,
    },
    /// A run on demand began.
    OnDemandBegan {
        /// The handle of the user or the group.
        handle: Arc<str>,
        /// The changes of the assignments of the user or the group that it does not see yet.
        unseen: Vec<UnseenAssignment>,
    },
    /// A run on demand ended.
    OnDemandEnded(Arc<OnDemandRun>),
    /// Discover identities was pressed: a report of all accounts is being made.
    DiscoveryBegan,
    /// The report is ready, or failed.
    DiscoveryEnded(Arc<DiscoveryReport>),
    /// The connection of an object was deleted by hand; `None` when there was none.
    ConnectionDeleted {
        /// The handle of the user or the group.
        handle: Arc<str>,
        /// The id of the account or group that it was connected with.
        target: Option<Box<str>>,
    },
    /// A row of the provisioning log: what became of one object.
    Provisioned(Arc<LogEntry>),
    /// The application throttles the client (429); nothing is sent until then.
    Throttled {
        /// When sending goes on.
        until: Time,
    },
    /// No response to a call within the client's time-out.
    CallTimedOut(CallId),
    /// The job was quarantined.
    Quarantined(QuarantineCause),
    /// An attempt in quarantine failed, and the job stays there.
    QuarantineKept {
        /// Why this attempt failed.
        cause: QuarantineCause,
        /// How many attempts have failed since the quarantine was first imposed.
        count: u64,
        /// The next attempt.
        next_attempt: Time,
    },
    /// The job stays in quarantine for another reason than before.
    QuarantineReasonChanged {
        /// The reason before.
        before: Reason,
        /// Why it is in quarantine now.
        cause: QuarantineCause,
    },
    /// An initial cycle reached a quarantine threshold: its errors are dropped and not retried.
    EscrowsPruned {
        /// How many.
        count: u64,
    },
    /// The initial cycle that dropped errors has ended, and the job waits to be started.
    PausedAfterPruning,
    /// An attempt got through, and the job left quarantine.
    QuarantineLifted,
    /// A button cleared the quarantine; the next attempt shows whether its cause is gone.
    QuarantineCleared(Button),
    /// The first attempt that got through after a button had cleared a quarantine.
    Recovered,
    /// Four weeks of quarantine have passed: no further cycles.
    Disabled,
    /// A notification mail went out.
    MailSent {
        /// The address.
        to: String,
        /// The reason for the quarantine that the mail reports; `None` for a job that pauses after
        /// it dropped errors.
        reason: Option<Reason>,
    },
}

/// A button of the portal that clears a quarantine [g:start, g:restart].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Button {
    /// Start provisioning.
    Start,
    /// Restart provisioning, or the answer to staged deletions.
    Restart,
    /// Mappings or filters were saved, which restarts the job.
    Save,
}

impl Button {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Button::Start => "start",
            Button::Restart => "restart",
            Button::Save => "the saved mapping",
        }
    }
}

/// Whether a cycle reads all users or only the changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CycleKind {
    /// All users in scope, and all linked ones.
    Initial,
    /// What changed since the watermark, and what is due to be retried.
    Incremental,
}

impl CycleKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            CycleKind::Initial => "initial",
            CycleKind::Incremental => "incremental",
        }
    }
}

/// How a cycle went [g:exec].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CycleResult {
    /// No failures.
    Succeeded,
    /// Some objects failed; the cycle went on with the others.
    EntryLevelErrors,
    /// The cycle as a whole failed.
    Failed,
}

impl CycleResult {
    /// The vendor's word for it.
    pub fn word(self) -> &'static str {
        match self {
            CycleResult::Succeeded => "Succeeded",
            CycleResult::EntryLevelErrors => "EntryLevelErrors",
            CycleResult::Failed => "Failed",
        }
    }
}

/// What one cycle did, in objects.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CycleCounts {
    /// Objects looked at.
    pub evaluated: u64,
    /// Accounts created.
    pub created: u64,
    /// Accounts updated, re-enabling included.
    pub updated: u64,
    /// Accounts disabled.
    pub disabled: u64,
    /// Accounts deleted.
    pub deleted: u64,
    /// How many of the deleted accounts were gone already: the delete met 404.
    pub gone: u64,
    /// Objects with nothing to do.
    pub skipped: u64,
    /// Objects that failed.
    pub failed: u64,
    /// Objects about to be disabled or deleted, and staged instead by the deletion threshold.
    pub staged: u64,
    /// Changes that are left for the next cycle, because the budget of this one is used up.
    pub left: u64,
    /// How many of the evaluated objects were retries after an earlier failure.
    pub retried: u64,
}

impl std::ops::AddAssign for CycleCounts {
    fn add_assign(&mut self, other: CycleCounts) {
        self.evaluated += other.evaluated;
        self.created += other.created;
        self.updated += other.updated;
        self.disabled += other.disabled;
        self.deleted += other.deleted;
        self.gone += other.gone;
        self.skipped += other.skipped;
        self.failed += other.failed;
        self.staged += other.staged;
        self.left = other.left;
        self.retried += other.retried;
    }
}

impl CycleCounts {
    /// The number of accounts written.
    pub fn writes(&self) -> u64 {
        self.created + self.updated + self.disabled + self.deleted
    }

    /// [`CycleCounts::words`] of a cycle that ended so: one that failed as a whole may have looked
    /// at nothing.
    pub fn words_of(&self, result: CycleResult) -> String {
        let untouched = CycleCounts { evaluated: 0, retried: 0, ..*self } == CycleCounts::default();
        match result == CycleResult::Failed && untouched {
            true => "nothing done".to_owned(),
            false => self.words(),
        }
    }

    /// Returns the counts above zero in words, such as `5 created, 1 failed`, or `nothing to do`.
    pub fn words(&self) -> String {
        let rows = [
            (self.created, "created"),
            (self.updated, "updated"),
            (self.disabled, "disabled"),
            (self.deleted - self.gone, "deleted"),
            (self.gone, "gone already"),
            (self.skipped, "skipped"),
            (self.failed, "failed"),
            (self.staged, "staged"),
            (self.left, "left for the next cycle"),
        ];
        let said: Vec<String> =
            rows.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        if said.is_empty() { "nothing to do".to_owned() } else { said.join(", ") }
    }
}

impl Event {
    /// Touches the memory that dropping the event will need; the returned number has no meaning.
    pub(crate) fn prefetch(&self) -> usize {
        let Event::Provisioned(entry) = self else { return 0 };
        let texts = [
            entry.changes.text(),
            entry.trail.text(),
            entry.target.as_deref(),
            Some(entry.identity.text()),
        ];
        let bytes = texts.into_iter().flatten().filter_map(|text| text.as_bytes().first());
        let bytes = bytes.map(|byte| usize::from(*byte));
        Arc::strong_count(&entry.handle) + bytes.sum::<usize>()
    }

    /// What is said of a sign-in that Entra refused; `None` for any other event.
    pub fn refused_sign_in(&self) -> Option<String> {
        match self {
            Event::SignInRefused { user, why } => {
                Some(format!("Entra refused {user}: {}", why.words()))
            }
            Event::SignInLogged(row) => (row.code != 0).then(|| row.words()),
            _ => None,
        }
    }

    /// Writes the event as one line of text, without the time.
    pub fn write(&self, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = self.write_to(out);
    }

    fn write_to(&self, out: &mut String) -> std::fmt::Result {
        match self {
            Event::Tenant(event) => event.write(out),
            Event::SignInRefused { user, why } => {
                write!(out, "sign-in of {user} refused: {}", why.words())?
            }
            Event::SignedOn { user, name_id } => {
                write!(out, "{user} signed in; the application is told of {name_id}")?
            }
            Event::SignInLogged(row) => row.write(out),
            Event::Started => out.push_str("provisioning started"),
            Event::Stopped => {
                out.push_str("provisioning stopped; a running cycle goes on to its end")
            }
            Event::JobDeleted => out.push_str("the provisioning job was deleted, with all it knew"),
            Event::Restarted(scope) => write!(out, "provisioning restarted, {scope}")?,
            Event::SecretSet => out.push_str("the secret token of the job was replaced"),
            Event::Saved => out.push_str("the settings of the provisioning page were saved"),
            Event::SettingChanged(setting) => write!(out, "setting changed: {setting}")?,
            Event::ConnectionTested(None) => out.push_str("connection test passed"),
            Event::ConnectionTested(Some((code, text))) => {
                write!(out, "connection test FAILED, {}: {text}", code.word())?;
            }
            Event::CycleBegan { number, kind, .. } => {
                write!(out, "cycle {number} began, {}", kind.word())?
            }
            Event::CycleEnded { number, kind, result, counts, took } => write!(
                out,
                "cycle {number} ended, {}, {}: {} in {}",
                kind.word(),
                result.word(),
                counts.words_of(*result),
                show_duration(*took)
            )?,
            Event::CycleInterrupted { number, removal } => {
                write!(out, "cycle {number} was broken off")?;
                removal.map_or(Ok(()), |what| write!(out, ": {}", what.words()))?
            }
            Event::OnDemandBegan { handle, .. } => {
                write!(out, "provision on demand of {handle} began")?
            }
            Event::OnDemandEnded(run) => run.write(out)?,
            Event::DiscoveryBegan => out.push_str("account discovery began"),
            Event::DiscoveryEnded(report) => report.write(out)?,
            Event::ConnectionDeleted { handle, target: Some(target) } => {
                write!(out, "connection of {handle} with {target} deleted")?
            }
            Event::ConnectionDeleted { handle, target: None } => {
                write!(out, "connection of {handle} deleted: there was none")?
            }
            Event::Provisioned(entry) => entry.write(out),
            Event::Throttled { until } => {
                write!(out, "throttled by the application until {}", until.rfc3339())?
            }
            Event::CallTimedOut(_) => out.push_str("no answer within the time-out"),
            _ => self.write_health(out)?,
        }
        Ok(())
    }

    /// Writes an event about the health of the job.
    fn write_health(&self, out: &mut String) -> std::fmt::Result {
        match self {
            Event::Quarantined(cause) => write_quarantine(cause, out)?,
            Event::QuarantineKept { count, next_attempt, .. } => {
                let next = next_attempt.rfc3339();
                let times = if *count == 1 { "once".to_owned() } else { format!("{count} times") };
                write!(out, "still in quarantine, kept {times}, next attempt {next}")?;
            }
            Event::QuarantineReasonChanged { before, cause } => {
                write_quarantine(cause, out)?;
                write!(out, "; before that {}", before.word())?;
            }
            Event::EscrowsPruned { count: 1 } => {
                out.push_str("1 error dropped: too many objects fail in the initial cycle")
            }
            Event::EscrowsPruned { count } => {
                write!(out, "{count} errors dropped: too many objects fail in the initial cycle")?
            }
            Event::PausedAfterPruning => {
                out.push_str("PAUSED: the initial cycle dropped errors, which are not retried")
            }
            Event::QuarantineLifted => out.push_str("quarantine lifted"),
            Event::QuarantineCleared(button) => write!(
                out,
                "quarantine cleared by {}; the next attempt shows whether its cause is gone",
                button.word()
            )?,
            Event::Recovered => out.push_str("recovered: an attempt got through"),
            Event::Disabled => out.push_str("DISABLED: the job was in quarantine for too long"),
            Event::MailSent { to, reason } => {
                let why = reason.map(|it| format!("quarantined, {}", it.word()));
                write!(out, "mail to {to}: {}", why.as_deref().unwrap_or("paused"))?
            }
            _ => {}
        }
        Ok(())
    }
}

fn write_quarantine(cause: &QuarantineCause, out: &mut String) -> std::fmt::Result {
    write!(out, "QUARANTINE {}", cause.reason.word())?;
    if let Some(code) = cause.code {
        write!(out, ", {}", code.word())?;
    }
    write!(out, ": {}", cause.text())
}

impl From<tenant::TenantEvent> for Event {
    fn from(event: tenant::TenantEvent) -> Event {
        Event::Tenant(event)
    }
}
