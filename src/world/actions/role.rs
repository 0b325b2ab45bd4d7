//! What takes a role in the directory, and the rows of the audit log about what one did not allow.

use super::{Action, ActionError, Name};
use crate::base::Moment;
use crate::entra::Job;
use crate::entra::admin::AdminRole;
use crate::entra::event::Event;
use crate::entra::job::audit::Activity;

/// The verbs with which an administrator configures provisioning, and what each is in the audit
/// log; `set` too, for settings of `entra`. Assigning takes one of the same roles [assign-portal].
pub(super) const CONFIGURE: [(&str, Activity); 17] = [
    ("start", Activity::Start),
    ("stop", Activity::Stop),
    ("restart", Activity::Restart),
    ("delete_job", Activity::Delete),
    ("allow_deletes", Activity::Restart),
    ("reject_deletes", Activity::Restart),
    ("fill_in", Activity::UpdateSettings),
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

impl Action {
    /// Whether an administrator of this role may do it.
    pub(in crate::world) fn allowed_as(&self, role: AdminRole) -> Result<(), ActionError> {
        match !role.may_configure() && !self.taking_a_role().is_empty() {
            true => Err(insufficient(role, self.verb())),
            false => Ok(()),
        }
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

    /// What it would do that takes a role, with the detail of the row.
    fn taking_a_role(&self) -> Vec<(Activity, String)> {
        match self {
            Action::OfApp(of_app) => of_app.action.taking_a_role(),
            // Policies and the administrator who is signed in are the simulation's.
            Action::Set(set) => {
                let paths = set.paths_of_entra();
                let known = paths.iter().filter(|path| !matches!(&*path[0], "policy" | "role"));
                let row = |path: &Vec<String>| {
                    let path: Vec<&str> = path.iter().map(String::as_str).collect();
                    (Activity::of_setting(&path), path.join("."))
                };
                known.map(row).collect()
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
