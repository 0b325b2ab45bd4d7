//! What happened in the directory, and how the audit log shows it.

use serde_json::{Value, json};

use super::backend::Backend;
use super::registered;
use crate::base::Time;
use crate::base::seed::show_guid;
use crate::entra::admin::AdminRole;
use crate::entra::job::audit::{
    AuditTarget, CORE_DIRECTORY, Initiator, administrator, application_target,
};
use crate::entra::job::changed::modified;
use crate::entra::sign_in_log::LoggedSignIn;
use crate::entra::tenant::registry::AppSide;
use crate::entra::tenant::{About, AppId, Role, SignOnError, Tenant, TenantEvent};

/// Something of the directory that the journal still has.
#[derive(Clone, PartialEq, Debug)]
pub struct DirectoryFact {
    /// The number of its record.
    pub number: u64,
    /// When it happened.
    pub at: Time,
    /// The application that it is about, the main one where it is about none in particular.
    pub app: AppId,
    /// What happened.
    pub what: DirectoryChange,
    /// Whether the directory does it by itself, such as when a time is over or a rule is evaluated.
    pub by_itself: bool,
    /// The client of Graph or the administrator of the application that did it; `None` for an
    /// administrator of the directory, and for the directory by itself.
    pub by: Option<Initiator>,
}

/// What happened in the directory.
#[derive(Clone, PartialEq, Debug)]
pub enum DirectoryChange {
    /// An object changed.
    Changed(TenantEvent),
    /// A user, by this handle, was signed in to an application.
    SignedOn(String),
    /// A user was not let in.
    SignInRefused(String, SignOnError),
    /// Another sign-in, which says itself where it led.
    SignInLogged(Box<LoggedSignIn>),
}

const USER: &str = "UserManagement";
const GROUP: &str = "GroupManagement";
const APPLICATION: &str = "ApplicationManagement";

/// The activity and the category of a change; `None` for what goes wrong without anyone's doing,
/// of which the directory logs nothing.
fn activity(event: &TenantEvent) -> Option<(&'static str, &'static str)> {
    use TenantEvent::*;
    Some(match event {
        AssignmentBroken { .. } | GroupAssignmentBroken { .. } => return None,
        Hired { .. } => ("Add user", USER),
        Updated { .. } | ExtensionUpdated { .. } | Enabled { .. } => ("Update user", USER),
        ManagerChanged { .. } => ("Set user manager", USER),
        Disabled { .. } => ("Disable account", USER),
        Deleted { .. } => ("Delete user", USER),
        Restored { .. } => ("Restore user", USER),
        Purged { .. } => ("Hard Delete user", USER),
        Assigned { .. } => ("Add app role assignment grant to user", USER),
        Unassigned { .. } => ("Remove app role assignment from user", USER),
        SessionsRevoked { .. } => ("Revoke sign in session", USER),
        GroupAssigned { .. } => ("Add app role assignment to group", GROUP),
        GroupUnassigned { .. } => ("Remove app role assignment from group", GROUP),
        GroupCreated { .. } => ("Add group", GROUP),
        GroupUpdated { .. } => ("Update group", GROUP),
        GroupDeleted { .. } => ("Delete group", GROUP),
        GroupRestored { .. } => ("Restore Group", GROUP),
        GroupPurged { .. } => ("Hard Delete group", GROUP),
        MemberAdded { .. } => ("Add member to group", GROUP),
        MemberRemoved { .. } => ("Remove member from group", GROUP),
        ApplicationAdded { .. } => ("Add service principal", APPLICATION),
        ApplicationRegistered { .. } => ("Add application", APPLICATION),
        ApplicationUpdated { side, .. } => match side {
            AppSide::Registration => ("Update application", APPLICATION),
            AppSide::Principal => ("Update service principal", APPLICATION),
        },
        ApplicationDeleted { side, for_good, .. } => match (side, for_good) {
            (AppSide::Registration, false) => ("Delete application", APPLICATION),
            (AppSide::Registration, true) => ("Hard Delete application", APPLICATION),
            (AppSide::Principal, false) => ("Remove service principal", APPLICATION),
            (AppSide::Principal, true) => ("Hard Delete service principal", APPLICATION),
        },
        ApplicationRestored { side, .. } => match side {
            AppSide::Registration => ("Restore application", APPLICATION),
            AppSide::Principal => ("Restore service principal", APPLICATION),
        },
    })
}

/// The role of an assignment, and whether it is made or taken away; `None` for any other change.
/// An administrator of the application does it, and what else changes in the directory another one.
fn assignment(event: &TenantEvent) -> Option<(Role, bool)> {
    use TenantEvent::*;
    match event {
        Assigned { role, .. } | GroupAssigned { role, .. } => Some((*role, true)),
        Unassigned { role, .. } | GroupUnassigned { role, .. } => Some((*role, false)),
        _ => None,
    }
}

/// `initiatedBy`. An administrator of the directory has the least role that may do it.
fn initiated_by(fact: &DirectoryFact, event: &TenantEvent, category: &str) -> Value {
    let known = |by: &&Initiator| match by {
        Initiator::Client(_) => true,
        Initiator::Administrator(_) => assignment(event).is_some(),
    };
    match fact.by.as_ref().filter(known) {
        Some(by) => by.to_graph(),
        None if fact.by_itself => json!({
            "user": null,
            "app": {
                "appId": null, "displayName": BY_ITSELF, "servicePrincipalId": null,
                "servicePrincipalName": null,
            },
        }),
        None => administrator(match category {
            USER => "User Administrator",
            GROUP => "Groups Administrator",
            _ => AdminRole::default().name(),
        }),
    }
}

/// What the directory does by itself is done by this application (assumed).
const BY_ITSELF: &str = "Microsoft Entra ID";

/// A change as a `directoryAudit`; `None` for what is no change.
pub fn audit(fact: &DirectoryFact, backend: &dyn Backend) -> Option<Value> {
    let DirectoryChange::Changed(event) = &fact.what else { return None };
    let (activity, category) = activity(event)?;
    let id = show_guid(backend.seed().guid("directory audit", "", fact.number));
    Some(json!({
        "id": format!("Directory_{id}_{}", fact.number),
        "category": category,
        "correlationId": id,
        "result": "success",
        "resultReason": "",
        "activityDisplayName": activity,
        "activityDateTime": fact.at.rfc3339(),
        "loggedByService": CORE_DIRECTORY,
        "operationType": operation(activity),
        "initiatedBy": initiated_by(fact, event, category),
        "targetResources": targets(fact.app, event, backend),
        "additionalDetails": [],
    }))
}

fn operation(activity: &str) -> &'static str {
    match activity.split(' ').next() {
        Some("Add") => "Add",
        Some("Delete" | "Hard") => "Delete",
        Some("Remove") => "Unassign",
        _ => "Update",
    }
}

/// The properties that a change has changed. Of an application no values are known.
fn modified_properties(event: &TenantEvent) -> Vec<Value> {
    use TenantEvent::*;
    let list = |value: Option<&str>| value.map_or(Value::Null, |text| json!([text]));
    let texts = |name: &str, before: &Option<Box<str>>, after: &Option<Box<str>>| {
        vec![modified(name, &list(before.as_deref()), &list(after.as_deref()))]
    };
    let enabled = |on: bool| vec![modified("AccountEnabled", &json!([!on]), &json!([on]))];
    match event {
        Updated { attribute, before, after, .. } => texts(attribute.name(), before, after),
        ExtensionUpdated { name, before, after, .. } => texts(name, before, after),
        GroupUpdated { attribute, before, after, .. } => texts(attribute, before, after),
        ManagerChanged { manager, .. } => {
            vec![modified("Manager", &Value::Null, &list(manager.as_deref()))]
        }
        Disabled { .. } => enabled(false),
        Enabled { .. } => enabled(true),
        ApplicationUpdated { properties, .. } => {
            let names = properties.split(", ").filter(|name| !name.is_empty());
            names.map(|name| modified(name, &Value::Null, &Value::Null)).collect()
        }
        _ => Vec::new(),
    }
}

/// The objects of a change, with what changed about them. Of an assignment they are the
/// application, which has its properties, and whatever is assigned (assumed).
fn targets(app: AppId, event: &TenantEvent, backend: &dyn Backend) -> Value {
    let tenant = backend.entra().tenant();
    let changed: Value = modified_properties(event).into_iter().collect();
    let object = match event.about() {
        About::User(handle) => tenant.find_user(handle).map(|it| AuditTarget::user(tenant, it)),
        About::Group(handle) => tenant.find_group(handle).map(|it| AuditTarget::group(tenant, it)),
        About::Application(name) => {
            return json!([{
                "id": null, "displayName": &**name, "type": "ServicePrincipal",
                "userPrincipalName": null, "groupType": null, "modifiedProperties": changed,
            }]);
        }
    };
    let assigned = assignment(event).zip(object.as_ref()).map(|((role, is_made), object)| {
        let names = registered::names(backend.entra(), backend.seed(), app);
        let properties = assignment_properties(tenant, app, role, object);
        let properties = properties.map(|(name, value)| match is_made {
            true => modified(name, &Value::Null, &value),
            false => modified(name, &value, &Value::Null),
        });
        application_target(&names, properties.into_iter().collect())
    });
    let object = object.map(|object| object.to_graph(changed));
    assigned.into_iter().chain(object).collect()
}

/// The properties of an assignment.
fn assignment_properties(
    tenant: &Tenant,
    app: AppId,
    role: Role,
    object: &AuditTarget,
) -> [(&'static str, Value); 4] {
    let (id, name) = match object.kind {
        "Group" => (("Group.ObjectID", &object.id), ("Group.DisplayName", &object.name)),
        _ => (("User.ObjectID", &object.id), ("User.UPN", &object.principal_name)),
    };
    [
        ("AppRole.Id", tenant.role_id(app, role).into()),
        ("AppRole.DisplayName", tenant.role_name(app, role).into()),
        (id.0, id.1.as_str().into()),
        (name.0, name.1.as_deref().map_or(Value::Null, Value::from)),
    ]
}
