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
    /// The connection was to be tested (name assumed; done, it leaves no row).
    TestConnection,
    /// An object was to be provisioned on demand (name assumed; done, it leaves no row).
    ProvisionOnDemand,
    /// Accounts were to be discovered (name assumed; done, it leaves no row).
    DiscoverIdentities,
    /// Users were to be assigned; done, it is the directory's row [g:audit].
    Assign,
    /// Users were to be unassigned; done, it is the directory's row.
    Unassign,
    /// A group was to be assigned; done, it is the directory's row.
    AssignGroup,
    /// A group was to be unassigned; done, it is the directory's row.
    UnassignGroup,
}

impl Activity {
    /// All of them.
    pub const ALL: [Activity; 15] = [
        Activity::UpdateSettings,
        Activity::Start,
        Activity::Stop,
        Activity::Restart,
        Activity::UpdateMappings,
        Activity::Delete,
        Activity::DeleteConnection,
        Activity::Quarantine,
        Activity::TestConnection,
        Activity::ProvisionOnDemand,
        Activity::DiscoverIdentities,
        Activity::Assign,
        Activity::Unassign,
        Activity::AssignGroup,
        Activity::UnassignGroup,
    ];

    /// What a changed setting is, given its path below `entra`.
    pub fn of_setting(path: &[&str]) -> Activity {
        match path.first() {
            Some(&("mappings" | "filters" | "scope")) => Activity::UpdateMappings,
            _ => Activity::UpdateSettings,
        }
    }

    /// The same, done to a group instead of users.
    pub fn of_group(self) -> Activity {
        match self {
            Activity::Assign => Activity::AssignGroup,
            Activity::Unassign => Activity::UnassignGroup,
            other => other,
        }
    }

    /// Whether the log has a row of it only when it is refused: done, it is in another log, or in
    /// none.
    pub fn is_of_refusal_alone(self) -> bool {
        match self {
            Activity::TestConnection
            | Activity::ProvisionOnDemand
            | Activity::DiscoverIdentities
            | Activity::Assign
            | Activity::Unassign
            | Activity::AssignGroup
            | Activity::UnassignGroup => true,
            Activity::UpdateSettings
            | Activity::Start
            | Activity::Stop
            | Activity::Restart
            | Activity::UpdateMappings
            | Activity::Delete
            | Activity::DeleteConnection
            | Activity::Quarantine => false,
        }
    }

    /// The category, and the service that logs it: assignments are the directory's.
    fn place(self) -> (&'static str, &'static str) {
        match self {
            Activity::Assign | Activity::Unassign => ("UserManagement", "Core Directory"),
            Activity::AssignGroup | Activity::UnassignGroup => {
                ("GroupManagement", "Core Directory")
            }
            _ => ("ProvisioningManagement", "Account Provisioning"),
        }
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
            Activity::TestConnection => "Test connection",
            Activity::ProvisionOnDemand => "Provision on demand",
            Activity::DiscoverIdentities => "Discover identities",
            Activity::Assign => "Add app role assignment grant to user",
            Activity::Unassign => "Remove app role assignment from user",
            Activity::AssignGroup => "Add app role assignment to group",
            Activity::UnassignGroup => "Remove app role assignment from group",
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
        let (category, service_name) = self.activity.place();
        json!({
            "id": names.audit(self.number),
            "category": category,
            "correlationId": names.audit(self.number),
            "result": if self.refused.is_none() { "success" } else { "failure" },
            "resultReason": self.refused.as_deref().unwrap_or_default(),
            "activityDisplayName": self.activity.word(),
            "activityDateTime": self.at.rfc3339(),
            "loggedByService": service_name,
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
    pub fn record_denied(
        &mut self,
        activity: Activity,
        detail: String,
        why: String,
        moment: &Moment<'_>,
    ) {
        if self.settings.policy.audit_denied {
            self.record_refused(activity, detail, why, moment);
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
