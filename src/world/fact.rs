//! What happened beside requests and answers, as the journal keeps it.

use std::sync::Arc;

use super::Action;
use super::faults::Switched;
use super::record::Event;
use crate::{entra, golinks};

/// What happened beside requests and answers.
pub(super) enum Fact {
    /// The directory or the provisioning job says.
    Entra(Box<entra::Event>),
    /// GoLinks says.
    GoLinks(golinks::Event),
    /// A fault became active.
    FaultOn(Box<str>),
    /// A fault is no longer active.
    FaultOff(Box<str>),
    /// A fault struck a request.
    FaultStruck(Box<Struck>),
    /// The narrator spoke.
    Said(Box<str>),
    /// Somebody acted.
    Action(Box<Action>),
}

/// A fault struck a request.
pub(super) struct Struck {
    /// Which fault.
    pub(super) fault: Box<str>,
    /// The record of the request.
    pub(super) request: u64,
    /// What it did to the request.
    pub(super) did: Box<str>,
}

impl Fact {
    /// A fault became active, or ceased to be.
    pub(super) fn switched(switched: Switched) -> Fact {
        if switched.on { Fact::FaultOn(switched.name) } else { Fact::FaultOff(switched.name) }
    }

    /// As the journal shows it.
    pub(super) fn event(&self) -> Event<'_> {
        match self {
            Fact::Entra(event) => Event::Entra(event),
            Fact::GoLinks(event) => Event::GoLinks(event),
            Fact::FaultOn(name) => Event::FaultOn(name),
            Fact::FaultOff(name) => Event::FaultOff(name),
            Fact::FaultStruck(struck) => {
                Event::FaultStruck { fault: &struck.fault, request: struck.request, did: &struck.did }
            }
            Fact::Said(text) => Event::Said(text),
            Fact::Action(action) => Event::Action(action),
        }
    }

    /// Reads a little of everything that dropping it will touch.
    pub(super) fn reach(&self) -> usize {
        match self {
            Fact::Entra(event) => event.reach(),
            Fact::GoLinks(golinks::Event::AccountCreated { user_name, .. }) => Arc::strong_count(user_name),
            Fact::GoLinks(golinks::Event::AccountChanged { user_name, what, .. }) => {
                let first = what.first().and_then(|path| path.as_bytes().first());
                Arc::strong_count(user_name) + usize::from(first.copied().unwrap_or_default())
            }
            _ => 0,
        }
    }
}

impl From<entra::Event> for Fact {
    fn from(event: entra::Event) -> Fact {
        Fact::Entra(Box::new(event))
    }
}

impl From<golinks::Event> for Fact {
    fn from(event: golinks::Event) -> Fact {
        Fact::GoLinks(event)
    }
}
