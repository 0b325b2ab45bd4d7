//! The audit log: who changed the configuration, and when the service put the job into quarantine
//! [when-finish, quarantine].

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::summary::{LogNames, SERVICE};
use super::{Job, Moment};
use crate::base::Time;
use crate::entra::admin::AdminRole;

/// What was done, in the vendor's words [when-finish].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activity {
    /// Credentials or settings of the job were saved.
    UpdateSettings,
    /// Provisioning was started.
    Start,
    /// Provisioning was stopped.
    Stop,
    /// Provisioning was restarted.
    Restart,
    /// Mappings, filters or the scope were saved.
    UpdateMappings,
    /// The job was deleted.
    Delete,
    /// The connection of an object with its account was deleted (name assumed).
    DeleteConnection,
    /// The job was quarantined [quarantine].
    Quarantine,
}

impl Activity {
    /// All of them.
    pub const ALL: [Activity; 8] = [
        Activity::UpdateSettings,
        Activity::Start,
        Activity::Stop,
        Activity::Restart,
        Activity::UpdateMappings,
        Activity::Delete,
        Activity::DeleteConnection,
        Activity::Quarantine,
    ];

    /// What an action would have been; `None` for those of which the log has no row even when they
    /// are done.
    fn of_verb(verb: &str) -> Option<Activity> {
        Some(match verb {
            "fill_in" | "save" | "set_secret" => Activity::UpdateSettings,
            "start" => Activity::Start,
            "stop" => Activity::Stop,
            "restart" | "allow_deletes" | "reject_deletes" => Activity::Restart,
            "set_scope" | "restore_default_mappings" => Activity::UpdateMappings,
            "delete_connection" => Activity::DeleteConnection,
            _ => return None,
        })
    }

    /// The name under which the audit log shows it.
    pub fn word(self) -> &'static str {
        match self {
            Activity::UpdateSettings => "Update provisioning setting or credentials",
            Activity::Start => "Enable/start provisioning configuration",
            Activity::Stop => "Disable/pause provisioning configuration",
            Activity::Restart => "Enable/restart provisioning configuration",
            Activity::UpdateMappings => "Update attribute mappings or scope",
            Activity::Delete => "Delete provisioning configuration",
            Activity::DeleteConnection => "Delete object connection",
            Activity::Quarantine => "Quarantine",
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Actor {
    /// The administrator signed in, with the role at that time.
    Administrator(AdminRole),
    /// The provisioning service.
    Service,
}

impl Actor {
    /// The name under which the audit log shows it: the people who administer have none here, so
    /// their role stands for them.
    pub fn name(self) -> &'static str {
        match self {
            Actor::Administrator(role) => role.name(),
            Actor::Service => SERVICE,
        }
    }
}

/// A client of Graph that does what an administrator would do otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActingClient {
    /// The client id of its application.
    pub app_id: String,
    /// The application's name in the directory.
    pub name: String,
    /// The object id of its service principal.
    pub object_id: String,
    /// The user in whose name it acts; `None` for the application itself.
    pub user: Option<ActingUser>,
}

/// A user in whose name a client acts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActingUser {
    /// The object id.
    pub id: String,
    /// The name.
    pub display_name: String,
    /// The name for signing in.
    pub principal_name: String,
}

impl ActingClient {
    /// `initiatedBy` of the audit log: the user when there is one, else the application
    /// [g:audit].
    pub fn initiated_by(&self) -> Value {
        match &self.user {
            Some(user) => json!({
                "user": {
                    "id": user.id, "displayName": user.display_name,
                    "userPrincipalName": user.principal_name, "ipAddress": null,
                },
                "app": null,
            }),
            None => json!({
                "user": null,
                "app": {
                    "appId": self.app_id, "displayName": self.name,
                    "servicePrincipalId": self.object_id, "servicePrincipalName": null,
                },
            }),
        }
    }

    /// Its name in the log.
    fn shown(&self) -> &str {
        self.user.as_ref().map_or(&self.name, |user| &user.display_name)
    }
}

/// One row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditEntry {
    /// Its number among all rows of the job; the first is 1.
    pub number: u64,
    /// When it was done.
    pub at: Time,
    /// What was done.
    pub activity: Activity,
    /// Who did it.
    pub actor: Actor,
    /// The client of Graph through which it was done; `None` for the portal.
    pub client: Option<Arc<ActingClient>>,
    /// What exactly: the setting, the reset scope, the reason of the quarantine.
    pub detail: String,
    /// Why it was refused; `None` when it went well.
    pub refused: Option<String>,
}

impl AuditEntry {
    /// The name under which the log shows the actor.
    pub fn actor_name(&self) -> &str {
        self.client.as_ref().map_or_else(|| self.actor.name(), |client| client.shown())
    }

    /// The row as Graph's `directoryAudit` shows it, as far as it has these fields.
    pub fn to_graph(&self, names: &LogNames) -> Value {
        let service = json!({
            "appId": null, "displayName": SERVICE, "servicePrincipalId": null,
            "servicePrincipalName": null,
        });
        let user = |role: AdminRole| {
            json!({
                "id": null, "displayName": role.name(), "userPrincipalName": null,
                "ipAddress": null, "roles": [role.name()],
            })
        };
        let initiated = match (&self.client, self.actor) {
            (Some(client), _) => client.initiated_by(),
            (None, Actor::Administrator(role)) => json!({ "user": user(role), "app": null }),
            (None, Actor::Service) => json!({ "user": null, "app": service }),
        };
        json!({
            "id": names.audit(self.number),
            "category": "ProvisioningManagement",
            "correlationId": names.audit(self.number),
            "result": if self.refused.is_none() { "success" } else { "failure" },
            "resultReason": self.refused.as_deref().unwrap_or_default(),
            "activityDisplayName": self.activity.word(),
            "activityDateTime": self.at.rfc3339(),
            "loggedByService": "Account Provisioning",
            "operationType": "",
            "initiatedBy": initiated,
            "targetResources": [{
                "id": names.service_principal(),
                "displayName": &*names.application,
                "type": "ServicePrincipal",
                "userPrincipalName": null,
                "groupType": null,
                "modifiedProperties": [],
            }],
            "additionalDetails": [{ "key": "Details", "value": self.detail }],
        })
    }
}

/// The latest rows, oldest first.
#[derive(Clone, Default, Debug)]
pub struct AuditLog {
    rows: VecDeque<AuditEntry>,
    written: u64,
}

/// How many rows are remembered: more than an administrator presses buttons in a run.
const KEPT: usize = 2_000;

impl AuditLog {
    /// Adds that the service put the job into quarantine.
    pub(super) fn quarantined(&mut self, at: Time, reason: &str) {
        self.push(at, Activity::Quarantine, Actor::Service, reason.to_owned(), None);
    }

    fn push(
        &mut self,
        at: Time,
        activity: Activity,
        actor: Actor,
        detail: String,
        refused: Option<String>,
    ) {
        self.written += 1;
        let (number, client) = (self.written, None);
        self.rows.push_back(AuditEntry { number, at, activity, actor, client, detail, refused });
        if self.rows.len() > KEPT {
            self.rows.pop_front();
        }
    }

    /// The rows that are kept, oldest first.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &AuditEntry> {
        self.rows.iter()
    }

    /// How many rows were ever written.
    pub fn count(&self) -> u64 {
        self.written
    }

    /// Names the client through which everything after the first `count` rows was done.
    fn attribute(&mut self, count: u64, client: &Arc<ActingClient>) {
        let new = self.rows.iter_mut().rev().take_while(|row| row.number > count);
        new.filter(|row| row.actor != Actor::Service)
            .for_each(|row| row.client = Some(Arc::clone(client)));
    }
}

impl Job {
    /// Names the client of Graph through which everything after the first `count` rows of the audit
    /// log was done.
    pub fn attribute_audit(&mut self, count: u64, client: &Arc<ActingClient>) {
        self.history.audit.attribute(count, client);
    }

    /// Records what the administrator signed in did.
    pub(super) fn record(
        &mut self,
        activity: Activity,
        detail: impl Into<String>,
        moment: &Moment<'_>,
    ) {
        let actor = Actor::Administrator(self.settings.role);
        self.history.audit.push(moment.now(), activity, actor, detail.into(), None);
    }

    /// Records what that administrator's role did not allow, and the refusal.
    pub fn record_denied(&mut self, verb: &str, why: String, moment: &Moment<'_>) {
        let activity = Activity::of_verb(verb).filter(|_| self.settings.policy.audit_denied);
        if let Some(activity) = activity {
            self.record_refused(activity, verb.replace('_', " "), why, moment);
        }
    }

    /// Records what that administrator was refused, and why.
    pub(super) fn record_refused(
        &mut self,
        activity: Activity,
        detail: impl Into<String>,
        why: String,
        moment: &Moment<'_>,
    ) {
        let actor = Actor::Administrator(self.settings.role);
        self.history.audit.push(moment.now(), activity, actor, detail.into(), Some(why));
    }
}
