//! What takes a role in the directory, and the rows of the audit log about what one did not allow.

use super::context::application_is_there;
use super::{Action, ActionError, Name, TO_JOB};
use crate::base::Moment;
use crate::entra::admin::AdminRole;
use crate::entra::event::Event;
use crate::entra::job::audit::{Activity, AuditTarget};
use crate::entra::tenant::Tenant;
use crate::entra::{AppId, Entra, Job};

/// The verbs with which an administrator configures provisioning, and what each is in the audit
/// log; `set` too, for settings of `entra`, and `fill_in` and `discard`, which leave no row because
/// nothing that is typed leaves the page. Assigning takes one of the same roles [assign-portal],
/// and so does a user or a group that is assigned as it is created.
const CONFIGURE: [(&str, Activity); 16] = [
    ("start", Activity::Start),
    ("stop", Activity::Stop),
    ("restart", Activity::Restart),
    ("delete_job", Activity::Delete),
    ("allow_deletes", Activity::Restart),
    ("reject_deletes", Activity::Restart),
    ("test_connection", Activity::TestConnection),
    ("save", Activity::UpdateSettings),
    ("set_secret", Activity::UpdateSettings),
    ("set_scope", Activity::UpdateMappings),
    ("restore_default_mappings", Activity::UpdateMappings),
    ("provision_on_demand", Activity::ProvisionOnDemand),
    ("discover_identities", Activity::DiscoverIdentities),
    ("delete_connection", Activity::DeleteConnection),
    ("assign", Activity::Assign),
    ("unassign", Activity::Unassign),
];

/// The verbs that take a role and leave no row.
const ON_THE_PAGE: [&str; 2] = ["fill_in", "discard"];

/// The verbs that are done to users and groups, of which the directory logs each.
const TO_OBJECTS: [&str; 2] = ["assign", "unassign"];

/// The verb that is done to an application and takes no role: it stands for a fault.
const BREAK_ASSIGNMENT: &str = "break_assignment";

impl Action {
    /// Whether an administrator of this role may do it.
    pub(in crate::world) fn allowed_as(&self, role: AdminRole) -> Result<(), ActionError> {
        match !role.may_configure() && self.takes_a_role() {
            true => Err(insufficient(role, self.verb())),
            false => Ok(()),
        }
    }

    /// Whether not every administrator may do it.
    pub(in crate::world) fn takes_a_role(&self) -> bool {
        ON_THE_PAGE.contains(&self.verb()) || !self.taking_a_role().is_empty()
    }

    /// Adds the rows about what the role of the administrator who is signed in did not allow.
    pub(in crate::world) fn record_denied(
        &self,
        denied: &ActionError,
        entra: &mut Entra,
        app: AppId,
        moment: &mut Moment<'_, Event>,
    ) {
        self.record_each(denied, Job::record_denied, entra, app, moment);
    }

    /// Whether it is done to a job, which has to be there for it.
    pub fn is_done_to_a_job(&self) -> bool {
        TO_JOB.contains(&self.verb())
    }

    /// Refuses it where the application that it is done to is deleted.
    pub(in crate::world) fn is_possible(
        &self,
        tenant: &Tenant,
        app: AppId,
    ) -> Result<(), ActionError> {
        if self.needs_application() { application_is_there(tenant, app) } else { Ok(()) }
    }

    /// Whether it is done to an application, which has to be there for it.
    pub(super) fn needs_application(&self) -> bool {
        let verb = self.verb();
        self.takes_a_role() || TO_JOB.contains(&verb) || verb == BREAK_ASSIGNMENT
    }

    /// Adds the rows about what was refused for another reason. What names a user or a group that
    /// is not in the directory cannot be picked in the portal, and leaves none.
    pub(super) fn record_refused(
        &self,
        refused: &ActionError,
        entra: &mut Entra,
        app: AppId,
        moment: &mut Moment<'_, Event>,
    ) {
        let names = self.names();
        let mut found = names.iter().filter_map(|name| target_of(name, entra.tenant()));
        if found.all(|target| target.is_some()) {
            self.record_each(refused, Job::record_refused, entra, app, moment);
        }
    }

    /// Adds a row for each thing that it would do, to each user or group that is assigned.
    fn record_each(
        &self,
        why: &ActionError,
        record: impl Fn(&mut Job, Activity, String, String, &Moment<'_, Event>),
        entra: &mut Entra,
        app: AppId,
        moment: &Moment<'_, Event>,
    ) {
        let names = self.names();
        let assigned = names.iter().filter(|_| TO_OBJECTS.contains(&self.verb()));
        let found = assigned.filter_map(|name| target_of(name, entra.tenant()));
        let mut objects: Vec<Option<AuditTarget>> = found.collect();
        if objects.is_empty() {
            objects.push(None);
        }
        let job = entra.job_of_mut(app);
        for (activity, detail) in self.taking_a_role() {
            for object in &objects {
                let before = job.audit().count();
                record(job, activity, detail.clone(), why.message.clone(), moment);
                if job.audit().count() > before {
                    job.name_object(object.clone());
                }
            }
        }
    }

    /// What it would do that takes a role, with the detail of the row.
    fn taking_a_role(&self) -> Vec<(Activity, String)> {
        match self {
            Action::OfApp(of_app) => of_app.action.taking_a_role(),
            Action::Set(set) => set.of_configuration(),
            // Without an assignment they are done to the directory alone.
            Action::Hire(hire) if hire.assigns() => {
                vec![(Activity::Assign, self.verb().to_owned())]
            }
            Action::CreateGroup(create) if create.assigns() => {
                vec![(Activity::AssignGroup, self.verb().replace('_', " "))]
            }
            _ => {
                let verb = self.verb();
                let found = CONFIGURE.iter().find(|(known, _)| *known == verb);
                let group = self.names().iter().any(|name| matches!(name, Name::Group(_)));
                let row = |(_, activity): &(&str, Activity)| {
                    let activity = if group { activity.of_group() } else { *activity };
                    (activity, verb.replace('_', " "))
                };
                found.map(row).into_iter().collect()
            }
        }
    }
}

/// The user or the group of a name, which may not be there; `None` for a name of anything else.
fn target_of(name: &Name<'_>, tenant: &Tenant) -> Option<Option<AuditTarget>> {
    match name {
        Name::User(user) => {
            Some(tenant.find_user(user).map(|user| AuditTarget::user(tenant, user)))
        }
        Name::Group(group) => {
            Some(tenant.find_group(group).map(|group| AuditTarget::group(tenant, group)))
        }
        _ => None,
    }
}

/// The refusal of Microsoft Graph when a role is lacking (Authorization_RequestDenied).
fn insufficient(role: AdminRole, what: &str) -> ActionError {
    ActionError {
        message: format!(
            "Insufficient privileges to complete the operation: {what} as {}",
            role.name()
        ),
        help: "sign in as Application Administrator, Cloud Application Administrator or Application Owner: \
               set = { entra.role = \"Application Administrator\" }"
            .to_owned(),
    }
}
