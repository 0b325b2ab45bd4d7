//! What takes a role in the directory, and the rows of the audit log about what one did not allow.

use super::{Action, ActionError, Name, TO_JOB};
use crate::base::Moment;
use crate::entra::Job;
use crate::entra::admin::AdminRole;
use crate::entra::event::Event;
use crate::entra::job::audit::Activity;

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
        job: &mut Job,
        moment: &mut Moment<'_, Event>,
    ) {
        for (activity, detail) in self.taking_a_role() {
            job.record_denied(activity, detail, denied.message.clone(), moment);
        }
    }

    /// Whether it is done to an application, which has to be there for it.
    pub(super) fn needs_application(&self) -> bool {
        let verb = self.verb();
        self.takes_a_role() || TO_JOB.contains(&verb) || verb == BREAK_ASSIGNMENT
    }

    /// Adds the rows about what was refused because the application is deleted.
    pub(super) fn record_refused(
        &self,
        refused: &ActionError,
        job: &mut Job,
        moment: &mut Moment<'_, Event>,
    ) {
        for (activity, detail) in self.taking_a_role() {
            job.record_refused(activity, detail, refused.message.clone(), moment);
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
