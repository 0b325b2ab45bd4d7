//! `test_connection`: the portal's Test connection.

use super::{Act, Action, ActionContext, ActionError, Concerns, Verb, bare};

/// How it is written.
pub const VERB: Verb = Verb {
    name: "test_connection",
    doc: "Asks GoLinks for a user who does not exist, with the credentials the job has, or with those that were filled in.\nThe journal says how it went.",
    example: "\"test_connection\"",
    read: |node, problems| {
        bare(node, "test_connection", Action::TestConnection(TestConnection), problems)
    },
};

/// See [`VERB`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TestConnection;

impl Act for TestConnection {
    fn concerns(&self) -> Concerns {
        Concerns::Application
    }

    fn apply(&self, context: &mut ActionContext<'_>) -> Result<(), ActionError> {
        context.portal(|job, moment| {
            job.can_test()?;
            job.test_connection(moment);
            Ok(())
        })
    }
}
