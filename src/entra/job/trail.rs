//! What a task notes on its way, for its row of the provisioning log.
//!
//! Most rows are never shown, so a task keeps only what cannot be told from the rest of its row,
//! and the steps are made from it when they are read. An object without a link goes through
//! import, scoping, matching, export; one with a link through import, matching, scoping, export
//! [field: captured records].

use std::sync::Arc;

use super::log::{LogAction, LogEntry, LogStatus, SkipReason};
use super::steps::{Lookup, ProvisioningStep, StepDetail, StepKind, StepName, StepStatus};
use crate::base::Time;

/// The way of one object through a run, as far as its row does not tell it by itself.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Trail {
    /// The import step's name; `None` for a reference, whose object was imported before.
    import: Option<StepName>,
    /// Whether the object had a link when it was imported.
    linked: bool,
    /// The kind of step at which the task stood when it ended.
    stood_at: Option<StepKind>,
    /// What was looked for: most tasks look once, and then this costs no allocation.
    first: Option<Found>,
    others: Box<[Found]>,
}

/// A search, or a reference that was resolved.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Found {
    lookup: Lookup,
    kind: StepKind,
    name: StepName,
    status: StepStatus,
    at: Time,
}

impl Trail {
    /// The trail of an object that was just imported.
    pub(super) fn begin(import: StepName, linked: bool) -> Trail {
        Trail { import: Some(import), linked, ..Trail::default() }
    }

    /// Notes the result of looking for the account. `more` tells that another attribute is asked
    /// for next.
    pub(super) fn match_account(&mut self, lookup: Lookup, more: bool, at: Time) {
        self.note(Found::account(lookup, more, at));
    }

    /// Notes that the accounts of a manager or of members were found.
    pub(super) fn resolve(&mut self, attribute: Arc<str>, targets: &[Box<str>], at: Time) {
        let (value, found) = (targets.join(", ").into(), targets.len() as u64);
        let lookup = Lookup { attribute: Some(attribute), value: Some(value), found };
        let (kind, name) = (StepKind::ReferenceResolution, StepName::EntrySynchronizationUpdate);
        self.note(Found { lookup, kind, name, status: StepStatus::Success, at });
    }

    /// Marks the last search as failed: what it found cannot be used.
    pub(super) fn fail_last(&mut self) {
        if let Some(last) = self.others.last_mut().or(self.first.as_mut()) {
            last.status = StepStatus::Failure;
        }
    }

    /// Notes the kind of step at which the task ended.
    pub(super) fn end(&mut self, stood_at: StepKind) {
        self.stood_at = Some(stood_at);
    }

    /// Whether the account was looked for.
    pub(super) fn has_matched(&self) -> bool {
        self.found().any(|found| found.kind == StepKind::Matching)
    }

    /// Whether the object had a link when it was imported.
    pub(super) fn began_linked(&self) -> bool {
        self.linked
    }

    /// Whether it is the way of a reference, whose object was dealt with before.
    pub(super) fn is_of_reference(&self) -> bool {
        self.import.is_none()
    }

    /// The text that it keeps most often.
    pub(in crate::entra) fn text(&self) -> Option<&str> {
        self.first.as_ref()?.lookup.value.as_deref()
    }

    fn note(&mut self, found: Found) {
        match self.first {
            None => self.first = Some(found),
            Some(_) => {
                let others = std::mem::take(&mut self.others);
                self.others = others.into_iter().chain([found]).collect();
            }
        }
    }

    fn found(&self) -> impl Iterator<Item = &Found> {
        self.first.iter().chain(&self.others)
    }
}

impl Found {
    fn account(lookup: Lookup, more: bool, at: Time) -> Found {
        let by_link = lookup.attribute.is_none();
        let (name, status) = match lookup.found {
            0 if by_link => (StepName::EntryImportObjectNotFound, StepStatus::Failure),
            0 if more => (StepName::EntryImportObjectNotFound, StepStatus::Success),
            0 => (StepName::EntrySynchronizationAdd, StepStatus::Success),
            1 => (StepName::EntryImport, StepStatus::Success),
            _ => (StepName::EntryImport, StepStatus::Failure),
        };
        Found { lookup, kind: StepKind::Matching, name, status, at }
    }
}

impl LogEntry {
    /// The steps of the object's way, in their order.
    pub fn steps(&self) -> Vec<ProvisioningStep> {
        let mut steps = Vec::with_capacity(4);
        // The scope of an object without a matching value is not evaluated [logs-howto].
        let ends_at_import = self.status == LogStatus::Skipped(SkipReason::ImportSkipped);
        if let Some(name) = self.trail.import {
            let status = if ends_at_import { StepStatus::Skipped } else { StepStatus::Success };
            let (kind, detail) = (StepKind::Import, StepDetail::Imported);
            steps.push(ProvisioningStep { kind, name, status, at: self.began, detail });
            if !ends_at_import && !self.trail.linked {
                steps.push(self.scoping_step(self.began));
            }
        }
        if ends_at_import {
            return steps;
        }
        self.trail.found().for_each(|found| self.add_found(found, &mut steps));
        let failed = |step: &ProvisioningStep| step.status == StepStatus::Failure;
        if matches!(self.status, LogStatus::Failure(_)) && steps.iter().any(failed) {
            return steps;
        }
        let stood_at = self.trail.stood_at.unwrap_or(StepKind::Export);
        if self.trail.linked && stood_at != StepKind::Matching && !self.trail.has_matched() {
            // The link named the account, and nothing had to be asked.
            let by_link = Lookup { attribute: None, value: None, found: 1 };
            self.add_found(&Found::account(by_link, false, self.at), &mut steps);
        }
        let (kind, name) = last_step(self.action, &self.status, stood_at);
        let (status, detail) = (status_of(&self.status), StepDetail::Outcome);
        steps.push(ProvisioningStep { kind, name, status, at: self.at, detail });
        steps
    }

    /// Adds a search; a linked object is scoped after the first one that went well.
    fn add_found(&self, found: &Found, steps: &mut Vec<ProvisioningStep>) {
        let Found { kind, name, status, at, ref lookup } = *found;
        let detail = StepDetail::LookedUp(lookup.clone());
        steps.push(ProvisioningStep { kind, name, status, at, detail });
        let is_scoped = steps.iter().any(|step| step.kind == StepKind::Scoping);
        if kind == StepKind::Matching && status != StepStatus::Failure && !is_scoped {
            steps.push(self.scoping_step(at));
        }
    }

    /// The result of the scoping step.
    fn scoping_step(&self, at: Time) -> ProvisioningStep {
        let in_scope = self.scoping.in_scope();
        ProvisioningStep {
            kind: StepKind::Scoping,
            name: StepName::EntrySynchronizationScoping,
            status: if in_scope { StepStatus::Success } else { StepStatus::Skipped },
            at,
            detail: StepDetail::Scoped(self.scoping),
        }
    }
}

fn status_of(status: &LogStatus) -> StepStatus {
    match status {
        LogStatus::Success => StepStatus::Success,
        LogStatus::Skipped(_) => StepStatus::Skipped,
        LogStatus::Warning(_) => StepStatus::Warning,
        LogStatus::Failure(_) => StepStatus::Failure,
    }
}

/// The kind and the name of the last step.
fn last_step(action: LogAction, status: &LogStatus, stood_at: StepKind) -> (StepKind, StepName) {
    let export = match action {
        LogAction::Create => StepName::EntryExportAdd,
        LogAction::Update => StepName::EntryExportUpdate,
        LogAction::Disable => StepName::EntryExportUpdateSoftDelete,
        LogAction::Delete => StepName::EntryExportDelete,
        LogAction::StagedDelete | LogAction::Other => StepName::EntrySynchronizationSkip,
    };
    match (status, stood_at) {
        (
            LogStatus::Skipped(SkipReason::UnableToResolveReference(_)) | LogStatus::Warning(_),
            _,
        )
        | (LogStatus::Failure(_), StepKind::ReferenceResolution) => {
            (StepKind::ReferenceResolution, StepName::EntrySynchronizationUpdate)
        }
        (LogStatus::Skipped(SkipReason::EntrySynchronizationSkipped), _) => {
            (StepKind::Processing, StepName::EntrySynchronizationSkip)
        }
        (LogStatus::Skipped(_), _) => (StepKind::Export, StepName::EntrySynchronizationSkip),
        (LogStatus::Failure(_), StepKind::Matching) => (StepKind::Matching, StepName::EntryImport),
        (LogStatus::Failure(_), StepKind::Processing) => {
            let name = match action {
                LogAction::Create => StepName::EntrySynchronizationAdd,
                LogAction::Delete => StepName::EntrySynchronizationDelete,
                _ => StepName::EntrySynchronizationUpdate,
            };
            (StepKind::Processing, name)
        }
        _ => (StepKind::Export, export),
    }
}
