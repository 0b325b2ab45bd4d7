//! The steps of one object's way through a run, as the provisioning log shows them [g:step]: kinds,
//! names, results. [`Trail`](super::trail::Trail) has what they are made from.

use std::sync::Arc;

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
    /// All of them, in the order in which they come.
    pub const ALL: [StepKind; 6] = [
        StepKind::Import,
        StepKind::Scoping,
        StepKind::Matching,
        StepKind::Processing,
        StepKind::ReferenceResolution,
        StepKind::Export,
    ];

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
    /// All of them.
    pub const ALL: [StepName; 14] = [
        StepName::EntryImport,
        StepName::EntryImportAdd,
        StepName::EntryImportUpdate,
        StepName::EntryImportDelete,
        StepName::EntryImportObjectNotFound,
        StepName::EntrySynchronizationScoping,
        StepName::EntrySynchronizationAdd,
        StepName::EntrySynchronizationUpdate,
        StepName::EntrySynchronizationDelete,
        StepName::EntrySynchronizationSkip,
        StepName::EntryExportAdd,
        StepName::EntryExportUpdate,
        StepName::EntryExportUpdateSoftDelete,
        StepName::EntryExportDelete,
    ];

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
