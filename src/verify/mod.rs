//! Checks whether a SCIM server holds what Entra's provisioning needs of it. Each check sends
//! requests, reads back what they changed, and judges.
//!
//! Start reading at [`verify`]; [`Check`] is one row, `checks/` has them by topic, [`Session`] is
//! what a check works with. The server is a trait: the command line speaks HTTP, a test calls the
//! mock.

mod again;
pub mod answer;
pub mod bodies;
pub mod check;
pub mod checks;
pub mod curl;
pub mod exchange;
pub mod finding;
mod lives;
pub mod pick;
pub mod plan;
pub mod report;
pub mod session;
mod stories;

pub use crate::foreign::Server;
pub use check::{Check, Needs, Severity};
pub use exchange::Exchange;
pub use finding::{Finding, NotPassed, Outcome};
pub use plan::{Plan, Profile, TokenForms, WithGroups};
pub use report::{Checked, Report};

pub use session::Session;

/// The check that sends the plainest PATCH. A server that refuses it as a method does so for every
/// PATCH.
const PLAINEST: &str = "patch.op-case";

/// Runs the planned checks against a server, in the order of their table, and cleans up after each.
///
/// When nothing after a check could mean anything (the server does not answer, or answers 401 to
/// everything), the others are skipped with that reason.
pub fn verify(server: &mut dyn Server, plan: &Plan) -> Report {
    let mut session = Session::new(server, plan);
    let mut checked = Vec::new();
    let mut failed: Vec<&str> = Vec::new();
    let mut stop: Option<String> = None;
    for check in checks::all() {
        let same_cause = check.after.iter().find(|other| failed.contains(other));
        let outcome = match (&stop, plan.skips(check)) {
            (_, Some(why)) => Outcome::Skipped(why),
            (Some(why), None) => Outcome::Skipped(why.clone()),
            (None, None) => match same_cause {
                Some(other) => {
                    Outcome::Skipped(format!("{other} failed, which has the same cause"))
                }
                None => session.judge(check),
            },
        };
        let outcome = match (session.unsupported_patch(), outcome) {
            (Some(status), Outcome::Failed(_)) if check.id != PLAINEST => Outcome::Skipped(
                format!("{PLAINEST} failed with the same {status}, which has the same cause"),
            ),
            (_, outcome) => outcome,
        };
        // What is skipped for the cause of another has that cause too, for those after it.
        if matches!(outcome, Outcome::Failed(_)) || same_cause.is_some() {
            failed.push(check.id);
        }
        if check.id == PLAINEST {
            session.remember_refused_patch(&outcome);
        }
        if stop.is_none() {
            let first = plan.fail_fast && matches!(outcome, Outcome::Failed(_));
            stop = session
                .pointless()
                .or_else(|| ends_all(check, &outcome))
                .or_else(|| first.then(|| format!("{} failed, which is enough", check.id)));
        }
        checked.push(Checked { check, outcome, exchanges: session.take_exchanges() });
    }
    let left_behind = session.finish();
    Report { checked, left_behind, requests: session.requests() }
}

/// Why nothing that follows could mean anything, when this check ended so.
fn ends_all(check: &Check, outcome: &Outcome) -> Option<String> {
    let Outcome::Failed(_) = outcome else { return None };
    check.ends_all.then(|| format!("{} failed", check.id))
}
