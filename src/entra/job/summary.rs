//! A row of the provisioning log as Graph shows it: a `provisioningObjectSummary` [g:objsummary].
//!
//! The keys are Graph's in its v1.0. What a row does not keep, because it is the same for all rows
//! of a job or follows from the seed, comes from [`LogNames`].

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::NextTry;
use super::log::{LogAction, LogEntry, LogStatus, Run};
use super::modified::Modified;
use super::step_details::SOURCE_SYSTEM;
use super::steps::ProvisioningStep;
use crate::base::Seed;
use crate::base::seed::show_guid;
use crate::entra::EntraView;
use crate::entra::field::ObjectKind;
use crate::entra::identity::tenant_id;
use crate::entra::mapping::Template;
use crate::entra::tenant::AppId;
use crate::entra::tenant::registry::OwnIds;
use crate::scim::urn;

/// Who started what the service did by itself [field: captured record 2026].
pub const SERVICE: &str = "Azure AD Provisioning Service";

/// The names and ids that all rows of a job share.
#[derive(Clone, Debug)]
pub struct LogNames {
    seed: Seed,
    /// The tenant's id.
    pub tenant: String,
    /// The job's id: `{template}.{tenant id without dashes}.{guid}` [scim-compat].
    pub job: String,
    /// The application's name in the directory.
    pub application: Arc<str>,
    /// The name of the target system: the gallery's, or the fixed one of other applications.
    pub system: &'static str,
    /// Tells the ids of one application from those of another.
    key: String,
    /// The ids of an application that a client registered by itself.
    own_ids: Option<OwnIds>,
}

impl LogNames {
    /// The names of the job of a tenant.
    pub fn of(entra: EntraView<'_>, seed: Seed) -> LogNames {
        let template = entra.job().settings().schema.template;
        let tenant = tenant_id(seed);
        let key = match entra.app() {
            AppId::MAIN => template.id().to_owned(),
            app => format!("{} {}", template.id(), app.index()),
        };
        let job = show_guid(seed.guid("job", &key, entra.jobs_made()));
        LogNames {
            seed,
            job: format!("{}.{}.{job}", template.id(), tenant.replace('-', "")),
            tenant,
            application: entra.tenant().application_name(entra.app()).clone(),
            system: match template {
                Template::GoLinks if !entra.tenant().is_another(entra.app()) => "GoLinks",
                // [field: captured record 2026]
                _ => "customappsso",
            },
            key,
            own_ids: entra.tenant().registry().of(entra.app()).own_ids().cloned(),
        }
    }

    /// The id of the application's service principal.
    pub fn service_principal(&self) -> String {
        self.guid("service principal", 0)
    }

    /// The id by which the application signs in and is known everywhere: its `appId`.
    pub fn client_id(&self) -> String {
        let own = self.own_ids.as_ref().map(|own| own.client.clone());
        own.unwrap_or_else(|| self.guid("application", 0))
    }

    /// The object id of the application's registration.
    pub fn registration(&self) -> String {
        let own = self.own_ids.as_ref().map(|own| own.object.clone());
        own.unwrap_or_else(|| self.guid("application object", 0))
    }

    /// The id of a row.
    pub fn row(&self, entry: &LogEntry) -> String {
        self.guid("log row", entry.number)
    }

    /// The id of a change, which joins a row with its steps and properties [logs-howto].
    pub fn change(&self, entry: &LogEntry) -> String {
        self.guid("change", entry.number)
    }

    /// The id of a run: the cycle's, or that of a run on demand.
    pub fn run(&self, run: Run) -> String {
        match run {
            Run::Cycle(number) => self.cycle(number),
            Run::OnDemand(id) => self.guid("run on demand", id.0),
        }
    }

    /// The id of a row of the audit log.
    pub fn audit(&self, number: u64) -> String {
        self.guid("audit row", number)
    }

    /// The id of a cycle, which is also its activity identifier [g:exec].
    pub fn cycle(&self, number: u64) -> String {
        self.guid("cycle", number)
    }

    fn guid(&self, what: &str, nth: u64) -> String {
        show_guid(self.seed.guid(what, &self.key, nth))
    }
}

impl LogEntry {
    /// The whole row as Graph shows it, with what is known now of what follows it.
    pub fn summary(&self, names: &LogNames, next: Option<NextTry>) -> Value {
        json!({
            "id": names.row(self),
            "activityDateTime": self.at.rfc3339(),
            "tenantId": names.tenant,
            "jobId": names.job,
            "cycleId": names.run(self.run),
            "changeId": names.change(self),
            "provisioningAction": graph_action(self.action),
            "durationInMilliseconds": self.took().as_millis() as u64,
            "servicePrincipal": {
                "id": names.service_principal(),
                "displayName": &*names.application,
            },
            "sourceSystem": {
                "id": names.guid("source system", 0),
                "displayName": SOURCE_SYSTEM,
                "details": {},
            },
            "targetSystem": {
                "id": names.guid("target system", 0),
                "displayName": names.system,
                "details": {
                    "ApplicationId": names.client_id(),
                    "ServicePrincipalId": names.service_principal(),
                    "ServicePrincipalDisplayName": &*names.application,
                },
            },
            "initiatedBy": { "id": "", "displayName": SERVICE, "initiatorType": "system" },
            "sourceIdentity": self.source_identity(),
            "targetIdentity": self.target_identity(),
            "provisioningStatusInfo": self.status_info(next),
            "provisioningSteps": self.steps().iter().map(|step| self.step(step, names)).collect::<Value>(),
            "modifiedProperties": self.modified().iter().map(Modified::summary).collect::<Value>(),
        })
    }

    /// The time from the import of the object to the writing of the row.
    pub fn took(&self) -> std::time::Duration {
        self.at.since(self.began)
    }

    fn source_identity(&self) -> Value {
        let (identity, kind) = (&self.identity, self.kind_word());
        let mut details = Map::new();
        details.insert("id".to_owned(), identity.id.to_string().into());
        details.insert("odatatype".to_owned(), kind.into());
        details.insert("DisplayName".to_owned(), identity.display_name().into());
        if self.subject.kind() == ObjectKind::User {
            details.insert("UserPrincipalName".to_owned(), identity.sign_in_name().into());
        }
        json!({
            "id": identity.id.to_string(),
            "displayName": identity.display_name(),
            "identityType": kind,
            "details": details,
        })
    }

    fn target_identity(&self) -> Value {
        json!({
            "id": self.target.as_deref().unwrap_or_default(),
            "displayName": "",
            "identityType": target_type(self.subject.kind()),
            "details": {},
        })
    }

    /// Graph's `provisioningStatusInfo`; a success has no `errorInformation`.
    fn status_info(&self, next: Option<NextTry>) -> Value {
        let error = match &self.status {
            LogStatus::Success => Value::Null,
            LogStatus::Skipped(reason) | LogStatus::Warning(reason) => json!({
                "errorCode": reason.word(),
                "reason": self.reason_sentence(reason),
                "additionalDetails": null,
                "errorCategory": "success",
                "recommendedAction": null,
            }),
            LogStatus::Failure(failure) => json!({
                "errorCode": failure.code.word(),
                "reason": failure.detail,
                "additionalDetails": null,
                "errorCategory": failure.code.category().word(),
                "recommendedAction": self.recommended_action(next),
            }),
        };
        json!({ "status": self.status.word(), "errorInformation": error })
    }

    /// One step as Graph shows it [g:step].
    pub fn step(&self, step: &ProvisioningStep, names: &LogNames) -> Value {
        let details = self.step_details(step).into_iter();
        let details: Map<String, Value> =
            details.map(|(key, value)| (key.to_owned(), value.into())).collect();
        json!({
            "name": step.name.word(),
            "provisioningStepType": step.kind.word(),
            "status": step.status.word(),
            "description": self.step_description(step, names.system),
            "details": details,
        })
    }
}

/// The action as Graph writes it; logs have the staged one in small letters [g:objsummary].
fn graph_action(action: LogAction) -> &'static str {
    match action {
        LogAction::StagedDelete => "stagedDelete",
        action => action.word(),
    }
}

impl Modified {
    /// One property as Graph shows it: texts or null, `True` and `False` for Booleans.
    fn summary(&self) -> Value {
        json!({
            "displayName": &*self.attribute,
            "oldValue": self.old.as_deref(),
            "newValue": self.new.shown(),
        })
    }
}

/// The type of an account: the URN of the schema that the template names [g:pod].
pub fn target_type(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::User => urn::ENTERPRISE_USER,
        ObjectKind::Group => urn::GROUP,
    }
}
