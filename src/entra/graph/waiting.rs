//! An answer that is not there yet: the application has to be asked first.

use super::backend::Backend;
use super::endpoint::GraphOutcome;
use super::synchronization::{credentials, on_demand};
use crate::entra::job::OnDemandId;
use crate::entra::tenant::AppId;

/// The host of a tenant URL whose credentials a client wants tested. Nothing is sent there: the
/// test asks the application that the tenant is connected to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WantedHost {
    /// The host of the tenant URL, with its port if it names one.
    pub host: String,
    /// The host at which the client reached Graph, which serves the application too.
    pub graph: String,
}

/// What a request waits for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Waiting {
    /// A test of the credentials.
    Test {
        /// The application whose job tests.
        app: AppId,
        /// How many tests had a result when it was asked for.
        done: u64,
        /// Whether the credentials are those of the request, which are forgotten afterwards.
        given: bool,
        /// The host that the request names, when it names one.
        wanted: Option<Box<WantedHost>>,
    },
    /// A run on demand.
    OnDemand {
        /// The application whose job runs.
        app: AppId,
        /// The run.
        run: OnDemandId,
        /// The context of the answer.
        context: String,
    },
}

impl Waiting {
    /// The application that is asked.
    pub fn app(&self) -> AppId {
        match self {
            Waiting::Test { app, .. } | Waiting::OnDemand { app, .. } => *app,
        }
    }

    /// Whether the result is there.
    pub fn is_over(&self, backend: &dyn Backend) -> bool {
        let job = backend.entra().job_of(self.app());
        match self {
            Waiting::Test { done, .. } => job.tests_done() > *done,
            Waiting::OnDemand { run, .. } => {
                job.on_demand().under_way().all(|other| other.id != *run)
            }
        }
    }

    /// The answer, once the result is there.
    pub fn outcome(&self, backend: &mut dyn Backend) -> GraphOutcome {
        match self {
            Waiting::Test { app, given, .. } => credentials::outcome(backend, *app, *given),
            Waiting::OnDemand { app, run, context } => {
                on_demand::outcome(backend, *app, *run, context)
            }
        }
    }
}
