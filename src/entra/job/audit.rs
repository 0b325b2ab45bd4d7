//! The audit log: who changed the configuration, and when the service put the job into quarantine
//! [when-finish, quarantine].

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};

use super::changed::ChangedSetting;
use super::summary::{LogNames, SERVICE};
use super::{Job, Moment};
use crate::base::{Node, Time};
use crate::entra::admin::AdminRole;
use crate::entra::secrets;
use crate::entra::tenant::{Attribute, GroupKey, Tenant, UserKey};

/// The service that logs what happens in the directory [g:audit].
pub const CORE_DIRECTORY: &str = "Core Directory";

/// The detail of a row about the secret token.
pub(super) const SECRET_TOKEN: &str = "secret token";

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
    /// The job was deleted (name assumed).
    Delete,
    /// The connection of an object with its account was deleted (name assumed).
    DeleteConnection,
    /// The job was quarantined [quarantine].
    Quarantine,
    /// A test of the connection began (name assumed).
    TestConnection,
    /// A run on demand began (name assumed).
    ProvisionOnDemand,
    /// A discovery of accounts began (name assumed).
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

    /// What the change of a setting is, given its path below `entra`, and the detail of its row;
    /// `None` for what is no configuration of Entra: policies and the administrator who is signed
    /// in are the simulation's. A policy that Graph has among its secrets is a setting.
    pub fn of_setting(path: &[&str], value: &Node) -> Option<(Activity, String)> {
        match path {
            [] | ["role", ..] => None,
            ["policy", ..] => {
                let keys: Vec<&str> = secrets::keys_of(path, value).collect();
                (!keys.is_empty()).then(|| (Activity::UpdateSettings, keys.join(", ")))
            }
            ["secret", ..] => Some((Activity::UpdateSettings, SECRET_TOKEN.to_owned())),
            ["mappings" | "filters" | "scope", ..] => {
                Some((Activity::UpdateMappings, path.join(".")))
            }
            _ => Some((Activity::UpdateSettings, path.join("."))),
        }
    }

    /// What it is to delete credentials by `entra.secrets`, or one key of it, given the path below
    /// `entra`, and the detail of its row.
    pub fn of_deletion(path: &[&str], value: &Node) -> Option<(Activity, String)> {
        let ["secrets", inner @ ..] = path else { return None };
        let keys: Vec<&str> = secrets::credentials_deleted_by(inner, value).collect();
        (!keys.is_empty()).then(|| (Activity::UpdateSettings, keys.join(", ")))
    }

    /// Whether it changes no configuration: the vendor's page names only what does.
    fn is_try(self) -> bool {
        let tries =
            [Activity::TestConnection, Activity::ProvisionOnDemand, Activity::DiscoverIdentities];
        tries.contains(&self)
    }

    /// The same, done to a group instead of users.
    pub fn of_group(self) -> Activity {
        match self {
            Activity::Assign => Activity::AssignGroup,
            Activity::Unassign => Activity::UnassignGroup,
            other => other,
        }
    }

    /// The category, and the service that logs it: assignments are the directory's.
    fn place(self) -> (&'static str, &'static str) {
        match self {
            Activity::Assign | Activity::Unassign => ("UserManagement", CORE_DIRECTORY),
            Activity::AssignGroup | Activity::UnassignGroup => ("GroupManagement", CORE_DIRECTORY),
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

/// A user or a group that a row of the audit log is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditTarget {
    /// The object id.
    pub id: String,
    /// The name; `None` when it has none.
    pub name: Option<String>,
    /// `User` or `Group`.
    pub kind: &'static str,
    /// The name for signing in.
    pub principal_name: Option<String>,
}

impl AuditTarget {
    /// A user.
    pub fn user(tenant: &Tenant, user: UserKey) -> AuditTarget {
        let user = tenant.user(user);
        let text = |attribute| user.get(attribute).map(str::to_owned);
        AuditTarget {
            id: user.object_id().to_string(),
            name: text(Attribute::DisplayName),
            kind: "User",
            principal_name: text(Attribute::UserPrincipalName),
        }
    }

    /// A group.
    pub fn group(tenant: &Tenant, group: GroupKey) -> AuditTarget {
        let group = tenant.group(group);
        let (id, name) = (group.object_id().to_string(), Some(group.display_name().to_owned()));
        AuditTarget { id, name, kind: "Group", principal_name: None }
    }

    /// The object as `targetResources` has it.
    pub fn to_graph(&self, modified: Value) -> Value {
        json!({
            "id": self.id, "displayName": self.name, "type": self.kind,
            "userPrincipalName": self.principal_name,
            "groupType": (self.kind == "Group").then_some("azureAD"),
            "modifiedProperties": modified,
        })
    }
}

/// The service principal of an application as `targetResources` has it.
pub fn application_target(names: &LogNames, modified: Value) -> Value {
    json!({
        "id": names.service_principal(),
        "displayName": &*names.application,
        "type": "ServicePrincipal",
        "userPrincipalName": null,
        "groupType": null,
        "modifiedProperties": modified,
    })
}

/// An administrator as `initiatedBy` has it. The people who administer have no names here, so their
/// role stands for them.
pub fn administrator(role: &str) -> Value {
    json!({
        "user": {
            "id": null, "displayName": role, "userPrincipalName": null, "ipAddress": null,
            "roles": [role],
        },
        "app": null,
    })
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
    /// The properties that changed.
    pub changed: Vec<ChangedSetting>,
    /// The user or the group that it was to be done to, beside the application.
    pub object: Option<AuditTarget>,
}

/// Who changed something: a client of Graph, or the administrator signed in at the portal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Initiator {
    /// A client.
    Client(Arc<ActingClient>),
    /// An administrator of this role.
    Administrator(AdminRole),
}

impl Initiator {
    /// `initiatedBy` of the audit log.
    pub fn to_graph(&self) -> Value {
        match self {
            Initiator::Client(client) => client.initiated_by(),
            Initiator::Administrator(role) => administrator(role.name()),
        }
    }
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
        let initiated = match (&self.client, self.actor) {
            (Some(client), _) => client.initiated_by(),
            (None, Actor::Administrator(role)) => Initiator::Administrator(role).to_graph(),
            (None, Actor::Service) => json!({ "user": null, "app": service }),
        };
        let (category, service_name) = self.activity.place();
        let changed = self.changed.iter().map(ChangedSetting::to_graph).collect();
        let object = self.object.iter().map(|object| object.to_graph(json!([])));
        let targets: Value =
            std::iter::once(application_target(names, changed)).chain(object).collect();
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
            "targetResources": targets,
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
        let done = (Activity::Quarantine, reason.to_owned());
        self.push(at, Actor::Service, done, Ok(Vec::new()));
    }

    /// Adds a row: what was done or tried, and which properties changed or why it was refused.
    fn push(
        &mut self,
        at: Time,
        actor: Actor,
        (activity, detail): (Activity, String),
        outcome: Result<Vec<ChangedSetting>, String>,
    ) {
        self.written += 1;
        let (number, client) = (self.written, None);
        let (changed, refused) = match outcome {
            Ok(changed) => (changed, None),
            Err(why) => (Vec::new(), Some(why)),
        };
        let object = None;
        let row =
            AuditEntry { number, at, activity, actor, client, detail, refused, changed, object };
        self.rows.push_back(row);
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

    /// Records what the administrator signed in did that changed no property.
    pub(super) fn record(
        &mut self,
        activity: Activity,
        detail: impl Into<String>,
        moment: &Moment<'_>,
    ) {
        self.record_change(activity, detail, Vec::new(), moment);
    }

    /// Records what that administrator did, with the properties that changed by it.
    pub(super) fn record_change(
        &mut self,
        activity: Activity,
        detail: impl Into<String>,
        changed: Vec<ChangedSetting>,
        moment: &Moment<'_>,
    ) {
        self.add_row((activity, detail.into()), Ok(changed), moment);
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

    /// Names the user or the group that the last row is about.
    pub fn name_object(&mut self, object: Option<AuditTarget>) {
        if let Some(row) = self.history.audit.rows.back_mut() {
            row.object = object;
        }
    }

    /// Records what that administrator was refused, and why.
    pub fn record_refused(
        &mut self,
        activity: Activity,
        detail: String,
        why: String,
        moment: &Moment<'_>,
    ) {
        self.add_row((activity, detail), Err(why), moment);
    }

    fn add_row(
        &mut self,
        what: (Activity, String),
        outcome: Result<Vec<ChangedSetting>, String>,
        moment: &Moment<'_>,
    ) {
        if what.0.is_try() && !self.settings.policy.audit_tries {
            return;
        }
        let actor = Actor::Administrator(self.settings.role);
        self.history.audit.push(moment.now(), actor, what, outcome);
    }
}
