//! A target that is a server of another process: its requests are sent by the driver, and the
//! faults strike on the way.

use bytes::Bytes;
use http::{Request, Response};

use super::World;
use super::applications::WorkspaceId;
use super::driver::Drive;
use super::fact::Fact;
use super::faults::{Reset, Strike};
use super::outbox::{DoorOutcome, PendingReply};
use super::record::Cause;
use super::target::{Snapshot, TargetServer};
use super::transit::{Door, WireReply};
use crate::entra::{CallId, Reply};
use crate::golinks::{AccountId, AccountView, Event};
use crate::scim::Object;

impl World {
    /// Makes the target a server of another process, of which nothing has been read yet.
    pub fn provision_another_server(&mut self) {
        *self.workspaces.of_mut(WorkspaceId::MAIN) = TargetServer::External(Snapshot::default());
    }

    /// Takes a call that has left; tells whether it is to be sent to the other server. It is not
    /// when a fault answers in the server's place, or when the engine has given up on it.
    pub fn forward(&mut self, call: CallId, request: &Request<Bytes>) -> bool {
        let strike = self.outbox.pending.get(&call).map(|pending| &pending.strike);
        let sent = match strike {
            None => false,
            Some(Some(Strike::Stall | Strike::Respond(_) | Strike::Reset(Reset::Before))) => false,
            Some(_) => true,
        };
        if !sent {
            self.receive(call, request);
        }
        sent
    }

    /// Takes what came of a call that was sent: the response goes through the fault that strikes
    /// it, and a loss reaches the engine at once.
    pub fn replied(&mut self, call: CallId, reply: Reply) {
        let response = match reply {
            Ok(response) => response,
            Err(_) => return self.deliver(call, reply),
        };
        let ticket = self.outbox.ticket();
        self.outbox.call_arrived(call);
        let Some(pending) = self.outbox.pending.get_mut(&call) else { return };
        pending.ticket = Some(ticket);
        let (record, left, strike) = (pending.request, pending.left, pending.strike.take());
        let outcome = strike_reply(response, strike);
        self.take_outcome(PendingReply { ticket, to: call, request: record, left, outcome });
    }

    /// Takes in one account of the other server as it was read back, after the request of a call
    /// if it was one; `None` when the account is gone. Journals what has changed.
    pub fn read_back_one(&mut self, call: Option<CallId>, id: &str, resource: Option<Object>) {
        let record = call.and_then(|call| Some(self.outbox.pending.get(&call)?.request));
        let TargetServer::External(snapshot) = self.workspaces.of_mut(WorkspaceId::MAIN) else {
            return;
        };
        let events = match resource {
            Some(resource) => match snapshot.put(resource) {
                Some((id, before)) => {
                    let after = snapshot.get(id).cloned();
                    after.map(|after| changes(id, before, after)).unwrap_or_default()
                }
                None => Vec::new(),
            },
            None => {
                let gone = snapshot.known(id).and_then(|id| Some((id, snapshot.remove(id)?)));
                gone.map(|(id, gone)| deleted(id, gone)).into_iter().collect()
            }
        };
        let cause = record.map_or(Cause::Timer, Cause::Request);
        self.because(cause, |world| {
            for event in events {
                world.record(Fact::golinks(WorkspaceId::MAIN, event));
            }
        });
    }
}

/// What becomes of a response that a fault strikes on its way.
fn strike_reply(response: Response<Bytes>, strike: Option<Strike>) -> DoorOutcome {
    match strike {
        Some(Strike::Reset(_)) => DoorOutcome::by(Door::Scim, WireReply::Reset),
        Some(Strike::Delay(wait)) => {
            DoorOutcome { wait, ..DoorOutcome::by(Door::Scim, WireReply::Response(response)) }
        }
        Some(Strike::Garble(garble)) => {
            DoorOutcome::by(Door::Scim, WireReply::Response(garble.spoil(response)))
        }
        _ => DoorOutcome::by(Door::Scim, WireReply::Response(response)),
    }
}

/// What happened to an account, from how it was and how it is.
fn changes(id: AccountId, before: Option<AccountView>, after: AccountView) -> Vec<Event> {
    let user_name = after.user_name.as_str().into();
    let Some(before) = before else { return vec![Event::AccountCreated { id, user_name }] };
    let mut events = Vec::new();
    match (before.active, after.active) {
        (true, false) => events.push(Event::Deactivated { id, user_name }),
        (false, true) => events.push(Event::Reactivated { id, user_name }),
        _ => {}
    }
    let differs = |name: &&str| {
        !["active", "meta", "schemas"].contains(name)
            && before.resource.get(name) != after.resource.get(name)
    };
    let names = after.resource.iter().chain(before.resource.iter()).map(|(name, _)| name);
    let mut what: Vec<Box<str>> = names.filter(differs).map(Box::from).collect();
    what.sort();
    what.dedup();
    if !what.is_empty() {
        let user_name = after.user_name.as_str().into();
        events.push(Event::AccountChanged { id, user_name, what: what.into() });
    }
    events
}

fn deleted(id: AccountId, gone: AccountView) -> Event {
    Event::AccountDeleted { id, user_name: gone.user_name.as_str().into() }
}
