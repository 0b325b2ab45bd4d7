//! A target that is a server of another process: its requests are sent by the driver, and the
//! faults strike on the way.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Request, Response};

use super::World;
use super::applications::WorkspaceId;
use super::driver::Drive;
use super::fact::Fact;
use super::faults::{Reset, Strike};
use super::outbox::{DoorOutcome, PendingReply};
use super::record::Cause;
use super::snapshot::{GroupRead, ReadBack, Snapshot};
use super::target::TargetServer;
use super::transit::{Door, WireReply};
use crate::entra::field::ObjectKind;
use crate::entra::{AppId, CallId, Reply};
use crate::golinks::{AccountId, AccountView, Event, GroupId};
use crate::scim::Object;

impl World {
    /// Makes the target a server of another process, of which nothing has been read yet.
    pub fn provision_another_server(&mut self) {
        self.entra.tenant_mut().provision_another();
        let base = self.seen_by(AppId::MAIN).entra().job().settings().base_path.clone();
        let mut snapshot = Snapshot::default();
        snapshot.base = base;
        *self.workspaces.of_mut(WorkspaceId::MAIN) = TargetServer::External(Box::new(snapshot));
    }

    /// Takes a call that has left; tells whether it is to be sent to the other server. It is not
    /// when it goes to a workspace of the mock, when a fault answers in the server's place, or when
    /// the engine has given up on it.
    pub fn forward(&mut self, call: CallId, request: &Request<Bytes>) -> bool {
        let to = self.destination(Some(call), request);
        let is_ours = self.workspaces.of(to).mock().is_some();
        let strike = self.outbox.pending.get(&call).map(|pending| pending.strike.as_deref());
        let sent = match strike {
            _ if is_ours => false,
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
        let (record, left, door) = (pending.request, pending.left, pending.door);
        let strike = pending.strike.take().map(|strike| *strike);
        let outcome = DoorOutcome { door, ..strike_reply(response, strike) };
        self.take_outcome(PendingReply { ticket, to: call, request: record, left, outcome });
    }

    /// Takes in one resource of the other server as it was read back, after the request of a call
    /// if it was one. Journals what has changed.
    pub fn read_back_one(&mut self, call: Option<CallId>, read: ReadBack) {
        let record = call.and_then(|call| Some(self.outbox.pending.get(&call)?.request));
        let now = self.now();
        let TargetServer::External(snapshot) = self.workspaces.of_mut(WorkspaceId::MAIN) else {
            return;
        };
        snapshot.read_at = Some(now);
        let events = match (read.kind, read.resource) {
            (ObjectKind::User, Some(resource)) => match snapshot.put(resource) {
                Some((id, before)) => {
                    let after = snapshot.get(id).cloned();
                    after.map(|after| changes(id, before, after)).unwrap_or_default()
                }
                None => Vec::new(),
            },
            (ObjectKind::User, None) => {
                let known = snapshot.known(&read.id);
                let gone = known.and_then(|id| Some((id, snapshot.remove(id)?)));
                gone.map(|(id, gone)| deleted(id, gone)).into_iter().collect()
            }
            (ObjectKind::Group, Some(resource)) => {
                let put = snapshot.put_group(resource);
                let now = put.and_then(|(id, before)| Some((id, before, snapshot.group(id)?)));
                now.and_then(|(id, before, after)| group_change(id, before, after))
                    .into_iter()
                    .collect()
            }
            (ObjectKind::Group, None) => {
                let known = snapshot.known_group(&read.id);
                let gone = known.and_then(|id| Some((id, snapshot.remove_group(id)?)));
                let event = |(id, gone): (GroupId, GroupRead)| Event::GroupDeleted {
                    id,
                    display_name: gone.display_name.as_str().into(),
                };
                gone.map(event).into_iter().collect()
            }
        };
        let cause = record.map_or(Cause::Timer, Cause::Request);
        self.because(cause, |world| {
            for event in events {
                world.record(Fact::golinks(WorkspaceId::MAIN, event));
            }
        });
    }

    /// Notes that the other server answers no more, so that what was read last says nothing of what
    /// it holds now.
    pub fn note_gone(&mut self) {
        if let TargetServer::External(snapshot) = self.workspaces.of_mut(WorkspaceId::MAIN) {
            snapshot.gone = true;
        }
    }

    /// Notes whether the other server answers at its endpoint for groups.
    pub fn note_groups(&mut self, has_groups: bool) {
        if let TargetServer::External(snapshot) = self.workspaces.of_mut(WorkspaceId::MAIN) {
            snapshot.note_groups(has_groups);
        }
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
    let what = changed(&before.resource, &after.resource);
    if !what.is_empty() {
        let user_name = after.user_name.as_str().into();
        events.push(Event::AccountChanged { id, user_name, what });
    }
    events
}

/// The names of the attributes in which two readings of a resource differ.
fn changed(before: &Object, after: &Object) -> Box<[Box<str>]> {
    let differs = |name: &&str| {
        !["active", "meta", "schemas"].contains(name) && before.get(name) != after.get(name)
    };
    let names = after.iter().chain(before.iter()).map(|(name, _)| name);
    let mut what: Vec<Box<str>> = names.filter(differs).map(Box::from).collect();
    what.sort();
    what.dedup();
    what.into()
}

/// What happened to a group, from how it was and how it is.
fn group_change(id: GroupId, before: Option<GroupRead>, after: &GroupRead) -> Option<Event> {
    let display_name = after.display_name.as_str().into();
    let Some(before) = before else {
        return Some(Event::GroupCreated { id, display_name, members: after.members.len() });
    };
    let (had, has): (BTreeSet<&String>, BTreeSet<&String>) =
        (before.members.iter().collect(), after.members.iter().collect());
    let (added, removed) = (has.difference(&had).count(), had.difference(&has).count());
    let what = changed(&before.resource, &after.resource);
    let differs = !what.is_empty() || added + removed > 0;
    differs.then_some(Event::GroupChanged { id, display_name, what, added, removed })
}

fn deleted(id: AccountId, gone: AccountView) -> Event {
    Event::AccountDeleted { id, user_name: gone.user_name.as_str().into() }
}
