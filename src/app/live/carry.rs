//! Carries calls and answers between the engine and the doors, one at a time, and handles requests
//! of external clients whenever they arrive.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use tokio::sync::oneshot;

use super::foreign::Reached;
use super::message::Incoming;
use super::owner::{Owner, Transit};
use super::pace::Mode;
use super::tested;
use super::wire::OwnCall;
use crate::app::dashboard::Done;
use crate::entra::{Call, CallId, Reply};
use crate::golinks::{ClientTime, GoLinks};
use crate::world::driver::carry_other;
use crate::world::{
    Answer, ClientAction, DelayedReply, Door, Drive, ExternalAnswer, Outgoing, WireReply,
};

/// The reply to an external client.
pub enum ExternalReply {
    /// It is there.
    Now(DelayedReply),
    /// It comes when something has a result.
    Later(oneshot::Receiver<DelayedReply>),
}

impl Owner {
    /// Sends a call or an answer, or drops a call that the engine has given up.
    pub(super) fn carry(&mut self, outgoing: Outgoing) {
        match outgoing {
            Outgoing::Call(call) if self.parts.target.is_some() => self.forward(call),
            Outgoing::Answer(answer) if self.parts.target.is_some() => {
                carry_other(&mut self.play, Outgoing::Answer(answer));
            }
            // In a jump nothing is watched on its way, and a socket takes most of the time.
            Outgoing::Call(call) if self.serving && self.pace.jumping() => {
                self.handed.insert(self.play.receive(call.id, &call.request));
            }
            Outgoing::Call(call) => {
                self.transit = Some(Transit::Call(call.id));
                self.parts.wire.send(self.run, call);
            }
            Outgoing::Answer(answer) => self.answer(answer),
            Outgoing::Abandon(call) => {
                self.parts.wire.abandon(call);
                self.waiting.retain(|_, (own, _)| *own != call);
                self.arrived(call);
            }
        }
    }

    fn answer(&mut self, answer: Answer) {
        if self.handed.remove(&answer.ticket) {
            return carry_other(&mut self.play, Outgoing::Answer(answer));
        }
        // A call that stalls keeps its connection until the engine gives up on it.
        if let WireReply::Never = answer.reply {
            return;
        }
        let Some((_, connection)) = self.waiting.remove(&answer.ticket) else { return };
        self.transit = Some(Transit::Answer(answer.to));
        // Sending fails when the connection has ended meanwhile. The engine's client reports such a
        // loss itself.
        let _ = connection.send(DelayedReply { wait: Duration::ZERO, reply: answer.reply });
    }

    /// The answer to an external client, as it leaves.
    fn sent(&mut self, answer: ExternalAnswer) -> DelayedReply {
        let mut sent = self.play.send(answer);
        let foreign = self.parts.target.as_ref().map(|target| target.url.as_str());
        if let Some(application) = foreign.or(self.parts.base_url.as_deref()) {
            tested::tell_unasked(&mut sent, application);
        }
        sent
    }

    /// Notes that nothing of this call is in transit any more.
    fn arrived(&mut self, call: CallId) {
        if matches!(self.transit, Some(Transit::Call(c) | Transit::Answer(c)) if c == call) {
            self.transit = None;
        }
    }

    /// Takes a request of the engine that has arrived at a door.
    pub(super) fn receive(&mut self, incoming: Incoming) {
        let Incoming { own: OwnCall { run, id: call }, request, answer } = incoming;
        // A call of an earlier run, or one that the engine has given up, is ignored: dropping
        // `answer` closes its connection.
        if run == self.run && self.transit == Some(Transit::Call(call)) {
            self.transit = None;
            let ticket = self.play.receive(call, &request);
            self.waiting.insert(ticket, (call, answer));
        }
    }

    /// Handles a request of an external client at once, even while the clock is paused.
    pub(super) fn handle_external(
        &mut self,
        door: Door,
        request: &mut Request<Bytes>,
    ) -> ExternalReply {
        self.catch_up();
        let at_page = GoLinks::may_act_at_page(request);
        let at_graph = door == Door::Graph && request.method() != Method::GET;
        if (at_graph || at_page) && !self.something_leaves() {
            // What such a request does is an action by hand.
            self.play.begin_instant();
        }
        let now = self.play.script().start + self.opened.elapsed();
        request.extensions_mut().insert(ClientTime { now, speed: self.pace.passing() });
        let mut answer = self.play.handle_external(door, request);
        let actions = self.play.take_client_actions();
        let of_page = door == Door::Pages && GoLinks::leaves_nothing_at_page(request);
        self.by_hand.outside |= door != Door::Graph && actions.is_empty() && !of_page;
        for ClientAction { action, by } in actions {
            let (at, steps) = (self.play.now(), self.play.steps_played());
            // Pages ask for no secret of a client.
            let (hidden, at_page) = (by.is_some(), door == Door::Pages);
            self.by_hand.keep(Done { at, steps, action, hidden, by, at_page });
        }
        if self.play.take_poll() && self.pace.paused() && self.has_cycle_ahead() {
            self.set_mode(Mode::Cycle { ended: self.cycles_ended() });
        }
        if self.play.settle(&mut answer) {
            return ExternalReply::Now(self.sent(answer));
        }
        let (reply, later) = oneshot::channel();
        self.external.push((answer, reply));
        // A paused clock moves until the result is there, as it does for a command that asks.
        if self.pace.paused() {
            let done = self.asked_done();
            self.set_mode(Mode::Asked { done });
        }
        ExternalReply::Later(later)
    }

    /// Answers the external clients whose result is there by now.
    pub(super) fn reply_to_external(&mut self) {
        if self.external.is_empty() {
            return;
        }
        for (mut answer, reply) in std::mem::take(&mut self.external) {
            if self.play.settle(&mut answer) {
                let _ = reply.send(self.sent(answer));
            } else {
                self.external.push((answer, reply));
            }
        }
    }

    /// Puts a call that could not be sent back at the head of the queue and pauses the clock; a run
    /// without clients fails. A lack of sockets here must not look like a refusal by the
    /// application.
    pub(super) fn keep_unsent(&mut self, own: OwnCall, call: Call, why: String) {
        if own.run != self.run {
            return;
        }
        self.parts.wire.done(own.id);
        self.arrived(own.id);
        self.held.push_front(Outgoing::Call(call));
        if self.serving {
            self.pause_because(why);
        } else {
            self.failure = Some(why);
        }
    }

    /// Pauses the clock without a command, and tells the pages and the terminal why.
    fn pause_because(&mut self, why: String) {
        tracing::warn!("{why}; the clock is paused");
        self.stand_still();
        self.notices.pause = Some(why + "; the clock is paused");
    }

    /// Delivers a reply to the engine; one from an earlier run is dropped.
    pub(super) fn deliver(&mut self, own: OwnCall, reply: Reply) {
        let OwnCall { run, id: call } = own;
        if run == self.run {
            self.parts.wire.done(call);
            self.waiting.retain(|_, (own, _)| *own != call);
            self.arrived(call);
            self.play.deliver(call, reply);
        }
    }

    // ---- a server that is not ours ----

    /// Sends a call to it, unless a fault answers in its place.
    fn forward(&mut self, call: Call) {
        let Some(target) = &self.parts.target else { return };
        if self.play.forward(call.id, &call.request) {
            self.transit = Some(Transit::Call(call.id));
            target.line.send(OwnCall { run: self.run, id: call.id }, call);
        }
    }

    /// Makes it ready for a run: what the run before made goes, and what the script says is there
    /// comes. Until that is done nothing moves.
    pub(super) fn prepare_target(&mut self) {
        let Some(target) = &self.parts.target else { return };
        let accounts = &self.play.script().setup.accounts;
        let accounts = accounts.iter().map(|account| account.resource.clone()).collect();
        self.transit = Some(Transit::Target);
        target.line.prepare(self.run, accounts);
    }

    /// Has everything read again before the end is judged; `false` when there is nothing to read.
    pub(super) fn read_target_again(&mut self) -> bool {
        let Some(target) = &self.parts.target else { return false };
        self.transit = Some(Transit::Target);
        target.line.read_again(self.run);
        true
    }

    /// Takes what came of something that was sent to it. What belongs to an earlier run is dropped.
    pub(super) fn reached(&mut self, reached: Reached) {
        let read = match reached {
            Reached::Call(own, came) if own.run == self.run => {
                self.arrived(own.id);
                if let Some(has_groups) = came.has_groups {
                    self.play.note_groups(has_groups);
                }
                for read in came.read {
                    self.play.read_back(Some(own.id), read);
                }
                self.play.replied(own.id, came.reply);
                Vec::new()
            }
            Reached::Unsent { own, call, why } => return self.keep_unsent(own, *call, why),
            Reached::Waits(why) => {
                self.notices.wait = why;
                self.touch();
                return;
            }
            Reached::Prepared(run, read, why) if run == self.run => {
                self.transit = None;
                if let Some(why) = why {
                    self.pause_because(why);
                }
                read
            }
            Reached::ReadAgain(run, read) if run == self.run => {
                (self.transit, self.read_again) = (None, true);
                read
            }
            Reached::Call(..) | Reached::Prepared(..) | Reached::ReadAgain(..) => return,
        };
        for read in read {
            self.play.read_back(None, read);
        }
        // The clock stood still while the answer was awaited.
        self.pace.count_from(self.play.now());
    }
}
