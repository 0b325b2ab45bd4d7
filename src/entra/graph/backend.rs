//! What the Graph API reads and changes: the tenant, the clock, and the one way to act.

use super::caller::Caller;
use super::directory_audit::DirectoryFact;
use super::endpoint::GraphOutcome;
use super::request::GraphRequest;
use crate::base::{Node, Seed, Time};
use crate::entra::Entra;
use crate::entra::mapping::Template;
use crate::entra::tenant::{AppId, TenantEvent};

/// The world behind the API, as far as it concerns the API.
pub trait Backend {
    /// The tenant and its jobs.
    fn entra(&self) -> &Entra;
    /// The current virtual instant.
    fn now(&self) -> Time;
    /// The first instant of the run: before it, nothing is known of when things were made.
    fn start(&self) -> Time;
    /// The seed of the run.
    fn seed(&self) -> Seed;
    /// The tenant and its jobs, for what is no action: what the API itself keeps.
    fn entra_mut(&mut self) -> &mut Entra;
    /// Adds an enterprise application of this name, with a job that is not configured, for the main
    /// application's workspace.
    ///
    /// # Errors
    /// There are too many.
    fn instantiate(&mut self, name: &str, template: Template) -> Result<AppId, ActRefusal>;
    /// Notes what a client changed about an application or a registration.
    fn note(&mut self, app: AppId, event: TenantEvent);
    /// Deletes the job of an application that is about to be deleted.
    ///
    /// # Errors
    /// The role of the administrator does not allow it.
    fn remove_job(&mut self, app: AppId, by: &Caller) -> Result<(), ActRefusal>;
    /// What happened in the directory, as far as the journal still has it, oldest first.
    fn directory_facts(&self) -> Vec<DirectoryFact>;
    /// A client has read what changes with a cycle; by policy the clock moves on.
    fn polled(&mut self);
    /// Has a request carried out that no verb of scenarios stands for, with all that it changes: it
    /// is an action itself.
    ///
    /// # Errors
    /// What `handle` refuses.
    fn whole(
        &mut self,
        request: &GraphRequest,
        by: &Caller,
        handle: &mut dyn FnMut(&mut dyn Backend) -> GraphOutcome,
    ) -> GraphOutcome;
    /// Whether such a request is being carried out.
    fn in_whole(&self) -> bool;
    /// Carries out an action on behalf of a client: a verb of scenarios with its argument.
    ///
    /// # Errors
    /// Why nothing has changed.
    fn act(
        &mut self,
        app: AppId,
        verb: &str,
        argument: Node,
        by: &Caller,
    ) -> Result<(), ActRefusal>;
}

/// Why an action was not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ActRefusal {
    /// The role of the administrator does not allow it.
    Denied,
    /// The tenant refuses it, with this sentence.
    Refused(String),
}
