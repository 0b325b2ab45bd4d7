//! What happened in the directory, and how the audit log shows it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::backend::Backend;
use crate::base::Time;
use crate::base::seed::show_guid;
use crate::entra::job::audit::ActingClient;
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
    /// The client of Graph that did it; otherwise an administrator, or the directory by itself.
    pub by: Option<Arc<ActingClient>>,
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

/// The activity and the category of a change.
fn activity(event: &TenantEvent) -> (&'static str, &'static str) {
    use TenantEvent::*;
    const USER: &str = "UserManagement";
    const GROUP: &str = "GroupManagement";
    const APPLICATION: &str = "ApplicationManagement";
    match event {
        Hired { .. } => ("Add user", USER),
        Updated { .. } | ExtensionUpdated { .. } | Enabled { .. } => ("Update user", USER),
        ManagerChanged { .. } => ("Set user manager", USER),
        Disabled { .. } => ("Disable account", USER),
        Deleted { .. } => ("Delete user", USER),
        Restored { .. } => ("Restore user", USER),
        Purged { .. } => ("Hard Delete user", USER),
        Assigned { .. } => ("Add app role assignment grant to user", USER),
        Unassigned { .. } | AssignmentBroken { .. } => {
            ("Remove app role assignment from user", USER)
        }
        GroupAssigned { .. } => ("Add app role assignment to group", GROUP),
        GroupUnassigned { .. } | GroupAssignmentBroken { .. } => {
            ("Remove app role assignment from group", GROUP)
        }
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
    }
}

/// A change as a `directoryAudit`; `None` for what is no change.
pub fn audit(fact: &DirectoryFact, backend: &dyn Backend) -> Option<Value> {
    let DirectoryChange::Changed(event) = &fact.what else { return None };
    let (activity, category) = activity(event);
    let id = show_guid(backend.seed().guid("directory audit", "", fact.number));
    let administrator = json!({
        "id": null, "displayName": null, "userPrincipalName": null, "ipAddress": null,
    });
    let portal = || json!({ "user": administrator, "app": null });
    let initiated = fact.by.as_ref().map_or_else(portal, |client| client.initiated_by());
    Some(json!({
        "id": format!("Directory_{id}_{}", fact.number),
        "category": category,
        "correlationId": id,
        "result": "success",
        "resultReason": "",
        "activityDisplayName": activity,
        "activityDateTime": fact.at.rfc3339(),
        "loggedByService": "Core Directory",
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

/// The object of a change, with what changed about it.
fn target(event: &TenantEvent, backend: &dyn Backend) -> Value {
    let tenant = backend.entra().tenant();
    let quoted = |value: &Option<Box<str>>| {
        value.as_ref().map_or(Value::Null, |text| json!([&**text]).to_string().into())
    };
    let modified = match event {
        TenantEvent::Updated { attribute, before, after, .. } => json!([{
            "displayName": attribute.name(), "oldValue": quoted(before), "newValue": quoted(after),
        }]),
        TenantEvent::Disabled { .. } => json!([{
            "displayName": "AccountEnabled", "oldValue": "[true]", "newValue": "[false]",
        }]),
        TenantEvent::Enabled { .. } => json!([{
            "displayName": "AccountEnabled", "oldValue": "[false]", "newValue": "[true]",
        }]),
        _ => json!([]),
    };
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
