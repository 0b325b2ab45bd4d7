//! The calls of the job: the outbox, and the calls whose replies are awaited.

use std::collections::VecDeque;

use bytes::Bytes;
use http::Request;

use super::in_flight::OnDemandId;
use super::pace::Pace;
use super::subject::Subject;
use crate::base::{AscendingMap, Time};
use crate::entra::call::{Call, CallEndpoint, CallId};
use crate::entra::field::ObjectKind;
use crate::entra::policy::Policy;
use crate::entra::tenant::AppId;

/// What a call is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// A connection test that an administrator asked for, with a query for this kind of object.
    Test(ObjectKind),
    /// The connection test of a run on demand.
    OnDemandTest(OnDemandId),
    /// The probe at the start of a cycle.
    Probe,
    /// A page of the list of accounts, for an account discovery.
    Discovery,
    /// The task in this slot.
    Task(usize),
    /// The access token that everything else waits for.
    Token,
    /// The access token of a connection test.
    TestToken,
}

impl Purpose {
    fn endpoint(self) -> CallEndpoint {
        match self {
            Purpose::Token | Purpose::TestToken => CallEndpoint::Token,
            Purpose::Test(_)
            | Purpose::OnDemandTest(_)
            | Purpose::Probe
            | Purpose::Discovery
            | Purpose::Task(_) => CallEndpoint::Scim,
        }
    }
}

/// All calls of a job.
#[derive(Default)]
pub struct Calls {
    /// When the next request may be sent.
    pub pace: Pace,
    /// Calls that the driver has not fetched yet, first in, first out.
    outbox: VecDeque<Call>,
    /// Calls whose replies are awaited, by the id that comes with a reply.
    awaited: AscendingMap<CallId, Awaited>,
    /// The awaited calls by deadline; the job is woken at the earliest one.
    deadlines: AscendingMap<(Time, CallId), ()>,
    /// The id of the last call.
    made: u64,
}

#[derive(Clone, Copy, Debug)]
struct Awaited {
    purpose: Purpose,
    deadline: Time,
}

impl Calls {
    /// No calls yet; their ids will name the application.
    pub fn of(app: AppId) -> Calls {
        Calls { made: CallId::before_first(app).0, ..Calls::default() }
    }

    /// Sends a request; its reply is awaited from now on.
    pub fn send(
        &mut self,
        purpose: Purpose,
        subject: Option<Subject>,
        request: Request<Bytes>,
        (now, policy): (Time, &Policy),
    ) {
        self.made += 1;
        let (id, deadline) = (CallId(self.made), now + policy.request_timeout);
        self.pace.sent(now, policy.max_rps);
        self.awaited.insert(id, Awaited { purpose, deadline });
        self.deadlines.insert((deadline, id), ());
        let request = Box::new(request);
        self.outbox.push_back(Call { id, subject, endpoint: purpose.endpoint(), request });
    }

    /// The id of the call that was made last, or the id before that of the first one.
    pub fn last(&self) -> CallId {
        CallId(self.made)
    }

    /// Takes the next call out of the outbox, for the driver to send.
    pub fn next(&mut self) -> Option<Call> {
        self.outbox.pop_front()
    }

    /// Whether the reply to a call is still awaited.
    pub fn awaits(&self, call: CallId) -> bool {
        self.awaited.get(&call).is_some()
    }

    /// Whether a reply is awaited to a call of such a purpose.
    pub fn any(&self, is: impl Fn(Purpose) -> bool) -> bool {
        self.awaited.iter().any(|(_, awaited)| is(awaited.purpose))
    }

    /// The slots of the tasks whose reply is awaited.
    pub fn tasks(&self) -> impl Iterator<Item = usize> {
        self.awaited.iter().filter_map(|(_, awaited)| match awaited.purpose {
            Purpose::Task(slot) => Some(slot),
            _ => None,
        })
    }

    /// How many replies are awaited.
    pub fn awaited(&self) -> usize {
        self.awaited.count()
    }

    /// The earliest deadline.
    pub fn next_deadline(&self) -> Option<Time> {
        self.deadlines.iter().next().map(|((deadline, _), ())| *deadline)
    }

    /// A call whose deadline has passed.
    pub fn expired(&self, now: Time) -> Option<CallId> {
        let first = self.deadlines.iter().next();
        first.filter(|((deadline, _), ())| *deadline <= now).map(|((_, call), ())| *call)
    }

    /// Ends the wait for a reply and returns the purpose of the call; `None` if it was not awaited.
    pub fn take(&mut self, call: CallId) -> Option<Purpose> {
        let Awaited { purpose, deadline } = self.awaited.remove(&call)?;
        self.deadlines.remove(&(deadline, call));
        Some(purpose)
    }

    /// Drops every call whose purpose `keeps` rejects, sent or not.
    pub fn retain(&mut self, keeps: impl Fn(Purpose) -> bool) {
        let dropped: Vec<CallId> = self
            .awaited
            .iter()
            .filter(|(_, awaited)| !keeps(awaited.purpose))
            .map(|(call, _)| *call)
            .collect();
        for call in dropped {
            self.take(call);
        }
        self.outbox.retain(|call| self.awaited.get(&call.id).is_some());
    }
}
