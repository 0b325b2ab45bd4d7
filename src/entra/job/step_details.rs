//! The details and the description of a step, as the portal's Steps tab shows them.
//!
//! The keys are the vendor's [field: captured records; g:pod]. The sentences follow published
//! samples where there are some; the others are worded like them (assumed).

use super::log::{LogEntry, LogStatus, SkipReason};
use super::steps::{Lookup, ProvisioningStep, StepDetail, StepKind, StepName};
use crate::entra::field::ObjectKind;
use crate::entra::scope::Scoping;

/// The name of the directory, as rows of the log have it [field: captured record 2026].
pub const SOURCE_SYSTEM: &str = "Microsoft Entra ID";

/// One detail: the vendor's key, and a value.
pub type Detail = (&'static str, String);

impl LogEntry {
    /// What is known of one of its steps, key by key.
    pub fn step_details(&self, step: &ProvisioningStep) -> Vec<Detail> {
        match &step.detail {
            StepDetail::Imported => self.imported(),
            StepDetail::Scoped(scoping) => self.scoped(scoping),
            StepDetail::LookedUp(lookup) => looked_up(lookup),
            StepDetail::Outcome => self.outcome(),
        }
    }

    /// What one of its steps did, in a sentence; `system` is the application's name.
    pub fn step_description(&self, step: &ProvisioningStep, system: &str) -> String {
        let (kind, name) = (self.kind_word(), self.reportable());
        let object = format!("{kind} '{name}'");
        match step.kind {
            StepKind::Import => {
                let change = match step.name {
                    StepName::EntryImportUpdate => "Update",
                    StepName::EntryImportDelete => "Delete",
                    _ => "Add",
                };
                format!("Received {object} change of type ({change}) from {SOURCE_SYSTEM}")
            }
            StepKind::Scoping => {
                format!("Determine if {kind} in scope by evaluating against each scoping filter")
            }
            StepKind::Matching => self.matching(step, &object, system),
            StepKind::Processing => format!("Compute what {object} should look like in {system}"),
            StepKind::ReferenceResolution => {
                format!("Find the account in {system} that {object} refers to")
            }
            StepKind::Export => self.export(step, &object, system),
        }
    }

    /// The name by which readers know the object; its handle when the directory shows none.
    pub fn reportable(&self) -> &str {
        match self.identity.reportable() {
            "" => &self.handle,
            name => name,
        }
    }

    /// `User` or `Group`.
    pub fn kind_word(&self) -> &'static str {
        match self.subject.kind() {
            ObjectKind::User => "User",
            ObjectKind::Group => "Group",
        }
    }

    fn imported(&self) -> Vec<Detail> {
        let identity = &self.identity;
        let mut details = vec![("objectId", identity.id.to_string())];
        if self.subject.kind() == ObjectKind::User {
            details.push(("accountEnabled", truth(identity.enabled)));
            details.push(("IsSoftDeleted", truth(!self.scoping.in_scope())));
        }
        let texts = [
            ("displayName", identity.display_name()),
            ("userPrincipalName", identity.sign_in_name()),
            ("appRoleAssignments", identity.roles()),
        ];
        let known = texts.into_iter().filter(|(_, text)| !text.is_empty());
        details.extend(known.map(|(key, text)| (key, text.to_owned())));
        details
    }

    fn scoped(&self, scoping: &Scoping) -> Vec<Detail> {
        let kind = self.subject.kind();
        let role = match kind {
            ObjectKind::User => "User has the required role",
            ObjectKind::Group => "Group has the required role",
        };
        let found = self.findings.as_ref().map_or_else(|| "{}".to_owned(), |it| it.json(kind));
        vec![
            ("Active in the source system", truth(scoping.active)),
            ("Assigned to the application", truth(scoping.assigned)),
            (role, truth(scoping.has_role)),
            ("Scoping filter evaluation passed", truth(scoping.filter_passed)),
            ("ScopeEvaluationResult", found),
        ]
    }

    /// How the row ended, as its last step shows it.
    fn outcome(&self) -> Vec<Detail> {
        let mut details = Vec::new();
        match &self.status {
            LogStatus::Success => {}
            LogStatus::Skipped(reason) | LogStatus::Warning(reason) => {
                details.push(("SkipReason", reason.word().to_owned()));
                if let SkipReason::AttributeValidationFailed(attribute) = reason {
                    details.push(("PropertyName", attribute.to_string()));
                }
            }
            LogStatus::Failure(failure) => {
                details.push(("ErrorCode", failure.code.word().to_owned()));
                details.push(("ErrorMessage", failure.detail.clone()));
            }
        }
        details.push(("ReportableIdentifier", self.reportable().to_owned()));
        details
    }

    fn matching(&self, step: &ProvisioningStep, object: &str, system: &str) -> String {
        let kind = self.kind_word();
        let StepDetail::LookedUp(lookup) = &step.detail else {
            return format!("Retrieving {object} from {system} failed");
        };
        match (step.name, lookup.found) {
            (StepName::EntryImportObjectNotFound, _) if lookup.attribute.is_none() => {
                format!("What {object} is linked with was not found in {system}")
            }
            (StepName::EntryImportObjectNotFound, _) => {
                format!("No {kind} with that value was found in {system}")
            }
            (StepName::EntrySynchronizationAdd, _) => format!(
                "{object} will be created in {system} ({kind} is active and assigned in \
                 {SOURCE_SYSTEM}, but no matching {kind} was found in {system})"
            ),
            (_, 1) if lookup.attribute.is_none() && lookup.value.is_none() => {
                format!("{object} is linked in {system}, and what it is linked with was not read")
            }
            (_, 1) => format!("Retrieved {object} from {system}"),
            (_, many) => format!("{many} objects in {system} match {object}"),
        }
    }

    fn export(&self, step: &ProvisioningStep, object: &str, system: &str) -> String {
        let (past, verb) = match step.name {
            StepName::EntryExportAdd => ("was created", "Creating"),
            StepName::EntryExportUpdate => ("was updated", "Updating"),
            StepName::EntryExportUpdateSoftDelete => ("was disabled", "Disabling"),
            StepName::EntryExportDelete => ("was deleted", "Deleting"),
            _ => ("was left as it is", "Exporting"),
        };
        match &self.status {
            LogStatus::Success if self.was_gone() => {
                format!("{object} was gone from {system} already")
            }
            LogStatus::Success => format!("{object} {past} in {system}"),
            LogStatus::Failure(_) => format!("{verb} {object} in {system} failed"),
            LogStatus::Skipped(reason) | LogStatus::Warning(reason) => {
                format!("{object} will be skipped: {}", self.reason_sentence(reason))
            }
        }
    }

    /// Why it was passed over, in words and without a full stop: what was compared with what, where
    /// nothing had to be done.
    pub fn reason_sentence(&self, reason: &SkipReason) -> String {
        if *reason != SkipReason::RedundantExport {
            return reason.sentence(self.kind_word());
        }
        let matched = self.trail.has_matched();
        let words = match (
            self.trail.is_of_reference(),
            self.scoping.in_scope(),
            self.subject.kind(),
        ) {
            (true, _, ObjectKind::User) => "the account refers to the manager already",
            (true, _, ObjectKind::Group) => "the members are there already",
            (false, true, ObjectKind::Group) => {
                "the values of the group in the source and in the target already match, its members \
                 apart"
            }
            // Whoever is out of scope loses access, and no other value is compared.
            (false, false, _) if matched => {
                "the account is inactive already, and its other values are left as they are"
            }
            (false, false, _) => "the account is known to be inactive, and was not read",
            (false, true, ObjectKind::User) => return reason.sentence(self.kind_word()),
        };
        words.to_owned()
    }
}

impl SkipReason {
    /// The reason in words, without a full stop [logs-howto]; `kind` is `User` or `Group`.
    pub fn sentence(&self, kind: &str) -> String {
        match self {
            SkipReason::NotEffectivelyEntitled(causes) => numbered(causes, kind),
            SkipReason::RedundantExport => {
                "the values in the source and in the target already match".to_owned()
            }
            SkipReason::ImportSkipped => {
                "it has no value for any matching attribute, so its scope was not evaluated"
                    .to_owned()
            }
            SkipReason::AttributeValidationFailed(attribute) => {
                format!("the required attribute {attribute} has no value")
            }
            SkipReason::UnableToResolveReference(whose) => whose.words(),
            SkipReason::AddDisabled => "creating is switched off in the mapping".to_owned(),
            SkipReason::UpdateDisabled => "updating is switched off in the mapping".to_owned(),
            SkipReason::DeleteDisabled => "deleting is switched off in the mapping".to_owned(),
            SkipReason::EntrySynchronizationSkipped => {
                "a mapping says that the whole object is skipped".to_owned()
            }
            SkipReason::RestoreNotSupported => {
                "the account is inactive, and none is restored on demand".to_owned()
            }
            SkipReason::TooManyDeletes => {
                "its disabling or deletion is staged, because a cycle reached the deletion threshold, \
                 this one or one before it"
                    .to_owned()
            }
        }
    }
}

/// The causes with their numbers, as the portal lists them [field: Q&A 1023522].
fn numbered(causes: &[&str], kind: &str) -> String {
    let list = causes.iter().enumerate().map(|(nth, cause)| format!("{}) {cause}", nth + 1));
    let list: Vec<String> = list.collect();
    format!("the {kind} is not effectively entitled: {}", list.join(", "))
}

fn looked_up(lookup: &Lookup) -> Vec<Detail> {
    let mut details = Vec::new();
    match (&lookup.attribute, &lookup.value) {
        (Some(attribute), value) => {
            details.push(("JoiningProperty", attribute.to_string()));
            details.extend(value.as_ref().map(|value| ("JoiningValue", value.to_string())));
        }
        (None, Some(id)) => details.push(("TargetAnchor", id.to_string())),
        (None, None) => {}
    }
    details.push(("MatchesFound", lookup.found.to_string()));
    details
}

/// A truth value as the log prints it.
fn truth(value: bool) -> String {
    if value { "True" } else { "False" }.to_owned()
}
