//! What happened in the directory, and how the audit log shows it.

use serde_json::{Value, json};

use super::backend::Backend;
use crate::base::Time;
use crate::base::seed::show_guid;
use crate::entra::job::audit::{CORE_DIRECTORY, Initiator};
use crate::entra::job::changed::modified;
use crate::entra::sign_in_log::LoggedSignIn;
use crate::entra::tenant::registry::AppSide;
use crate::entra::tenant::{About, AppId, Attribute, SignOnError, TenantEvent};

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
    /// The client of Graph or the administrator that did it; `None` for an administrator of whom no
    /// role is known, and for the directory by itself.
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

/// The activity and the category of a change; `None` for what goes wrong without anyone's doing,
/// of which the directory logs nothing.
fn activity(event: &TenantEvent) -> Option<(&'static str, &'static str)> {
    use TenantEvent::*;
    const USER: &str = "UserManagement";
    const GROUP: &str = "GroupManagement";
    const APPLICATION: &str = "ApplicationManagement";
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

/// Whether an administrator of the application does it: any other change is done by an
/// administrator of the directory, of whom nothing is known.
fn is_of_application(event: &TenantEvent) -> bool {
    use TenantEvent::*;
    matches!(
        event,
        Assigned { .. } | Unassigned { .. } | GroupAssigned { .. } | GroupUnassigned { .. }
    )
}

/// A change as a `directoryAudit`; `None` for what is no change.
pub fn audit(fact: &DirectoryFact, backend: &dyn Backend) -> Option<Value> {
    let DirectoryChange::Changed(event) = &fact.what else { return None };
    let (activity, category) = activity(event)?;
    let id = show_guid(backend.seed().guid("directory audit", "", fact.number));
    let administrator = json!({
        "id": null, "displayName": null, "userPrincipalName": null, "ipAddress": null,
    });
    let portal = || json!({ "user": administrator, "app": null });
    let known = |by: &&Initiator| match by {
        Initiator::Client(_) => true,
        Initiator::Administrator(_) => is_of_application(event),
    };
    let initiated = fact.by.as_ref().filter(known).map_or_else(portal, Initiator::to_graph);
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
        "initiatedBy": initiated,
        "targetResources": [target(event, backend)],
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

/// The object of a change, with what changed about it.
fn target(event: &TenantEvent, backend: &dyn Backend) -> Value {
    let tenant = backend.entra().tenant();
    let modified: Value = modified_properties(event).into_iter().collect();
    let (id, name, kind, upn) = match event.about() {
        About::User(handle) => {
            let user = tenant.find_user(handle).map(|user| tenant.user(user));
            let text = |attribute| user.and_then(|user| user.get(attribute)).map(str::to_owned);
            let id = user.map(|user| user.object_id().to_string());
            (id, text(Attribute::DisplayName), "User", text(Attribute::UserPrincipalName))
        }
        About::Group(handle) => {
            let group = tenant.find_group(handle).map(|group| tenant.group(group));
            let name = group.map(|group| group.display_name().to_owned());
            (group.map(|group| group.object_id().to_string()), name, "Group", None)
        }
        About::Application(name) => (None, Some(name.to_string()), "ServicePrincipal", None),
    };
    json!({
        "id": id, "displayName": name, "type": kind, "userPrincipalName": upn,
        "groupType": (kind == "Group").then_some("azureAD"), "modifiedProperties": modified,
    })
}
