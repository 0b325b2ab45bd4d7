//! What happened beside requests and answers, as the journal keeps it.

use super::Action;
use super::applications::{Party, WorkspaceId};
use super::faults::Switched;
use super::record::RecordedEvent;
use crate::entra::AppId;
use crate::{entra, golinks};

/// What happened beside requests and answers.
pub(super) enum Fact {
    /// An event of the directory, or of the provisioning job of an application.
    Entra(AppId, Box<entra::Event>),
    /// An event of a workspace; the journal keeps events of accounts as `KeptAccountEvent`.
    GoLinks(WorkspaceId, Box<golinks::Event>),
    /// A fault became active.
    FaultOn(Box<str>),
    /// A fault is no longer active.
    FaultOff(Box<str>),
    /// A fault struck a request.
    FaultStruck(Box<Struck>),
    /// The narrator spoke.
    Narrated(Box<str>),
    /// An action of the script, a button or the control API.
    Action(Box<Action>),
    /// An action of the script was refused.
    Refused(Box<RefusedAction>),
}

/// An action that was refused.
pub(super) struct RefusedAction {
    /// The action.
    pub(super) action: Action,
    /// Why.
    pub(super) why: Box<str>,
}

/// A fault struck a request.
pub(super) struct Struck {
    /// The name of the fault.
    pub(super) fault: Box<str>,
    /// The record of the request.
    pub(super) request: u64,
    /// What it did to the request.
    pub(super) did: Box<str>,
}

impl Fact {
    /// The fact that a fault became active or ended.
    pub(super) fn switched(switched: Switched) -> Fact {
        if switched.on { Fact::FaultOn(switched.name) } else { Fact::FaultOff(switched.name) }
    }

    /// The fact as the journal shows it.
    pub(super) fn event(&self) -> RecordedEvent<'_> {
        match self {
            Fact::Entra(_, event) => RecordedEvent::Entra(event),
            Fact::GoLinks(_, event) => RecordedEvent::GoLinks(event),
            Fact::FaultOn(name) => RecordedEvent::FaultOn(name),
            Fact::FaultOff(name) => RecordedEvent::FaultOff(name),
            Fact::FaultStruck(struck) => RecordedEvent::FaultStruck {
                fault: &struck.fault,
                request: struck.request,
                did: &struck.did,
            },
            Fact::Narrated(text) => RecordedEvent::Narrated(text),
            Fact::Action(action) => RecordedEvent::Action(action),
            Fact::Refused(refused) => {
                RecordedEvent::Refused { action: &refused.action, why: &refused.why }
            }
        }
    }

    /// The party that it is about; the directory is one for all.
    pub(super) fn party(&self) -> Party {
        match self {
            // A sign-in that came to no user of an application says itself where it led.
            Fact::Entra(_, event)
                if matches!(**event, entra::Event::Tenant(_) | entra::Event::SignInLogged(_)) =>
            {
                Party::World
            }
            Fact::Entra(app, _) => Party::App(*app),
            Fact::GoLinks(workspace, _) => Party::Workspace(*workspace),
            _ => Party::World,
        }
    }

    /// An event of the directory or of an application's job.
    pub(super) fn entra(app: AppId, event: entra::Event) -> Fact {
        Fact::Entra(app, Box::new(event))
    }

    /// An event of a workspace.
    pub(super) fn golinks(workspace: WorkspaceId, event: golinks::Event) -> Fact {
        Fact::GoLinks(workspace, Box::new(event))
    }

    /// Reads a little of the memory that dropping the fact will touch. The number that is returned
    /// only keeps the compiler from leaving the reads out.
    pub(super) fn prefetch(&self) -> usize {
        match self {
            Fact::Entra(_, event) => event.prefetch(),
            _ => 0,
        }
    }
}
