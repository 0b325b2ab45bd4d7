//! The steps of one object's way through a run, as the provisioning log shows them [g:step].
//!
//! A task records what happened as small facts while it goes, and hands them to its row of the log.
//! Words and details are made from them only when a row is shown, because most rows never are. An
//! object without a link goes through import, scoping, matching, export; one with a link through
//! import, matching, scoping, export [field: captured records].

use std::sync::Arc;

use super::log::{LogAction, LogStatus, SkipReason};
use crate::base::Time;
use crate::entra::scope::Scoping;

/// What kind of work a step is [g:step].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// Reading the object from the directory.
    Import,
    /// Deciding whether it is in scope.
    Scoping,
    /// Finding its account, by a query or by the link.
    Matching,
    /// Computing what the account should look like.
    Processing,
    /// Finding the account of a manager or a member.
    ReferenceResolution,
    /// Writing the account, or leaving it alone.
    Export,
}

impl StepKind {
    /// Graph's word for it.
    pub fn word(self) -> &'static str {
        match self {
            StepKind::Import => "import",
            StepKind::Scoping => "scoping",
            StepKind::Matching => "matching",
            StepKind::Processing => "processing",
            StepKind::ReferenceResolution => "referenceResolution",
            StepKind::Export => "export",
        }
    }
}

/// The vendor's names of steps [g:pod, g:objsummary] [field: captured records].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepName {
    /// An object was read, or an account was found.
    EntryImport,
    /// An object that is new to the job was read.
    EntryImportAdd,
    /// An object with an account was read.
    EntryImportUpdate,
    /// An object was read that is deleted for good (assumed).
    EntryImportDelete,
    /// The account that an object is linked with is gone.
    EntryImportObjectNotFound,
    /// The scope was evaluated.
    EntrySynchronizationScoping,
    /// An account has to be created.
    EntrySynchronizationAdd,
    /// An account has to be updated (assumed).
    EntrySynchronizationUpdate,
    /// An account has to be deleted (assumed).
    EntrySynchronizationDelete,
    /// Nothing is written.
    EntrySynchronizationSkip,
    /// An account was created.
    EntryExportAdd,
    /// An account was updated.
    EntryExportUpdate,
    /// An account was disabled.
    EntryExportUpdateSoftDelete,
    /// An account was deleted.
    EntryExportDelete,
}

impl StepName {
    /// As the log prints it.
    pub fn word(self) -> &'static str {
        match self {
            StepName::EntryImport => "EntryImport",
            StepName::EntryImportAdd => "EntryImportAdd",
            StepName::EntryImportUpdate => "EntryImportUpdate",
            StepName::EntryImportDelete => "EntryImportDelete",
            StepName::EntryImportObjectNotFound => "EntryImportObjectNotFound",
            StepName::EntrySynchronizationScoping => "EntrySynchronizationScoping",
            StepName::EntrySynchronizationAdd => "EntrySynchronizationAdd",
            StepName::EntrySynchronizationUpdate => "EntrySynchronizationUpdate",
            StepName::EntrySynchronizationDelete => "EntrySynchronizationDelete",
            StepName::EntrySynchronizationSkip => "EntrySynchronizationSkip",
            StepName::EntryExportAdd => "EntryExportAdd",
            StepName::EntryExportUpdate => "EntryExportUpdate",
            StepName::EntryExportUpdateSoftDelete => "EntryExportUpdateSoftDelete",
            StepName::EntryExportDelete => "EntryExportDelete",
        }
    }
}

/// How a step went [g:step]: the same words as for a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepStatus {
    /// It went well.
    Success,
    /// It went well, with something to be looked at.
    Warning,
    /// It failed.
    Failure,
    /// It ended the object's way, with nothing written.
    Skipped,
}

impl StepStatus {
    /// Graph's word for it.
    pub fn word(self) -> &'static str {
        match self {
            StepStatus::Success => "success",
            StepStatus::Warning => "warning",
            StepStatus::Failure => "failure",
            StepStatus::Skipped => "skipped",
        }
    }
}

/// How an account was looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lookup {
    /// The target attribute that was asked for; `None` when the link named the account.
    pub attribute: Option<Arc<str>>,
    /// The value that was asked for.
    pub value: Option<Box<str>>,
    /// How many accounts were found.
    pub found: u64,
}

/// What is known of a step beside its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StepDetail {
    /// The object as it was imported: the row's [`Identity`](super::identity::Identity).
    Imported,
    /// What the scoping step found.
    Scoped(Scoping),
    /// How the account was looked for.
    LookedUp(Lookup),
    /// What became of it: the row's status.
    Outcome,
}

/// One step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ProvisioningStep {
    /// What kind of work it was.
    pub kind: StepKind,
    /// The vendor's name for it.
    pub name: StepName,
    /// How it went.
    pub status: StepStatus,
    /// When it was done.
    pub at: Time,
    /// What else is known of it.
    pub detail: StepDetail,
}

/// The steps of one object in a run.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Steps {
    list: Vec<ProvisioningStep>,
    /// Whether the object had a link when it was imported.
    linked: bool,
}

impl Steps {
    /// The steps of an object that was just imported. Without a link it is scoped at once.
    pub(super) fn begin(name: StepName, linked: bool, scoping: Scoping, now: Time) -> Steps {
        let mut steps = Steps { list: Vec::with_capacity(4), linked };
        steps.add(StepKind::Import, name, StepStatus::Success, StepDetail::Imported, now);
        if !linked {
            steps.scope(scoping, now);
        }
        steps
    }

    /// The steps, in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ProvisioningStep> {
        self.list.iter()
    }

    /// The first step of a kind.
    pub fn of(&self, kind: StepKind) -> Option<&ProvisioningStep> {
        self.list.iter().find(|step| step.kind == kind)
    }

    /// Adds a step.
    pub(super) fn add(
        &mut self,
        kind: StepKind,
        name: StepName,
        status: StepStatus,
        detail: StepDetail,
        at: Time,
    ) {
        self.list.push(ProvisioningStep { kind, name, status, at, detail });
    }

    /// Adds the result of the scoping step.
    fn scope(&mut self, scoping: Scoping, now: Time) {
        let status = if scoping.in_scope() { StepStatus::Success } else { StepStatus::Skipped };
        let name = StepName::EntrySynchronizationScoping;
        self.add(StepKind::Scoping, name, status, StepDetail::Scoped(scoping), now);
    }

    /// Adds the result of looking for the account; a linked object is scoped after it. `more` tells
    /// that another attribute is asked for next.
    pub(super) fn match_account(
        &mut self,
        lookup: Lookup,
        more: bool,
        scoping: Scoping,
        now: Time,
    ) {
        let by_link = lookup.attribute.is_none();
        let (name, status) = match lookup.found {
            0 if by_link => (StepName::EntryImportObjectNotFound, StepStatus::Failure),
            0 if more => (StepName::EntryImportObjectNotFound, StepStatus::Success),
            0 => (StepName::EntrySynchronizationAdd, StepStatus::Success),
            1 => (StepName::EntryImport, StepStatus::Success),
            _ => (StepName::EntryImport, StepStatus::Failure),
        };
        self.add(StepKind::Matching, name, status, StepDetail::LookedUp(lookup), now);
        if self.of(StepKind::Scoping).is_none() && status != StepStatus::Failure {
            self.scope(scoping, now);
        }
    }

    /// Adds that the account of a manager or a member was found.
    pub(super) fn resolve(&mut self, attribute: Arc<str>, target: Box<str>, now: Time) {
        let lookup = Lookup { attribute: Some(attribute), value: Some(target), found: 1 };
        let (kind, name) = (StepKind::ReferenceResolution, StepName::EntrySynchronizationUpdate);
        self.add(kind, name, StepStatus::Success, StepDetail::LookedUp(lookup), now);
    }

    /// Marks the last step as failed: what it found cannot be used.
    pub(super) fn fail_last(&mut self) {
        if let Some(last) = self.list.last_mut() {
            last.status = StepStatus::Failure;
        }
    }

    /// Adds the last step, and those before it that needed no request.
    pub(super) fn close(&mut self, ending: &Ending<'_>, now: Time) {
        match ending.status {
            // The scope of an object without a matching value is not evaluated [logs-howto].
            LogStatus::Skipped(SkipReason::ImportSkipped) => {
                self.list.truncate(1);
                if let Some(import) = self.list.first_mut() {
                    import.status = StepStatus::Skipped;
                }
                return;
            }
            LogStatus::Failure(_) if self.has_failed() => return,
            _ => {}
        }
        let asked = ending.stood_at == StepKind::Matching;
        if self.linked && !asked && self.of(StepKind::Matching).is_none() {
            let by_link = Lookup { attribute: None, value: None, found: 1 };
            self.match_account(by_link, false, ending.scoping, now);
        }
        let (kind, name) = ending.step();
        self.add(kind, name, ending.step_status(), StepDetail::Outcome, now);
    }

    fn has_failed(&self) -> bool {
        self.list.iter().any(|step| step.status == StepStatus::Failure)
    }
}

/// How a task ended, as far as its last step depends on it.
pub(super) struct Ending<'a> {
    /// What was done or attempted.
    pub action: LogAction,
    /// How it ended.
    pub status: &'a LogStatus,
    /// What the scoping step found.
    pub scoping: Scoping,
    /// The kind of step at which the task stood.
    pub stood_at: StepKind,
}

impl Ending<'_> {
    fn step_status(&self) -> StepStatus {
        match self.status {
            LogStatus::Success => StepStatus::Success,
            LogStatus::Skipped(_) => StepStatus::Skipped,
            LogStatus::Failure(_) => StepStatus::Failure,
        }
    }

    /// The kind and the name of the last step.
    fn step(&self) -> (StepKind, StepName) {
        let export = match self.action {
            LogAction::Create => StepName::EntryExportAdd,
            LogAction::Update => StepName::EntryExportUpdate,
            LogAction::Disable => StepName::EntryExportUpdateSoftDelete,
            LogAction::Delete => StepName::EntryExportDelete,
            LogAction::StagedDelete | LogAction::Other => StepName::EntrySynchronizationSkip,
        };
        match (self.status, self.stood_at) {
            (LogStatus::Skipped(SkipReason::UnableToResolveReference(_)), _)
            | (LogStatus::Failure(_), StepKind::ReferenceResolution) => {
                (StepKind::ReferenceResolution, StepName::EntrySynchronizationUpdate)
            }
            (LogStatus::Skipped(SkipReason::EntrySynchronizationSkipped), _) => {
                (StepKind::Processing, StepName::EntrySynchronizationSkip)
            }
            (LogStatus::Skipped(_), _) => (StepKind::Export, StepName::EntrySynchronizationSkip),
            (LogStatus::Failure(_), StepKind::Matching) => {
                (StepKind::Matching, StepName::EntryImport)
            }
            (LogStatus::Failure(_), StepKind::Processing) => {
                let name = match self.action {
                    LogAction::Create => StepName::EntrySynchronizationAdd,
                    LogAction::Delete => StepName::EntrySynchronizationDelete,
                    _ => StepName::EntrySynchronizationUpdate,
                };
                (StepKind::Processing, name)
            }
            _ => (StepKind::Export, export),
        }
    }
}
