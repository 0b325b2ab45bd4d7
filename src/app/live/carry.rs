//! Carries calls and answers between the engine and the doors, one at a time, and handles requests
//! of external clients whenever they arrive.

use std::time::Duration;

use bytes::Bytes;
use http::Request;

use super::message::Incoming;
use super::owner::{Owner, Transit};
use super::wire::OwnCall;
use crate::entra::{Call, CallId, Reply};
use crate::golinks::ClientTime;
use crate::world::{Answer, DelayedReply, Door, Drive, Outgoing, WireReply};

impl Owner {
    /// Sends a call or an answer, or drops a call that the engine has given up.
    pub(super) fn carry(&mut self, outgoing: Outgoing) {
        match outgoing {
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
    ) -> DelayedReply {
        self.catch_up();
        let now = self.play.script().start + self.opened.elapsed();
        request.extensions_mut().insert(ClientTime { now, speed: self.pace.passing() });
        self.play.handle_external(door, request)
    }

    /// Puts a call that could not be sent back at the head of the queue and pauses the clock; a run
    /// without clients fails. A lack of sockets here must not look like a refusal by the
    /// application.
    pub(super) fn keep_unsent(&mut self, own: OwnCall, call: Call, why: &str) {
        if own.run != self.run {
            return;
        }
        self.parts.wire.done(own.id);
        self.arrived(own.id);
        self.held.push_front(Outgoing::Call(call));
        let sentence = format!("the engine has no socket to send its request: {why}");
        if self.serving {
            tracing::warn!("{sentence}; the clock is paused");
            self.stand_still();
            self.notices.pause = Some(sentence + "; the clock is paused");
        } else {
            self.failure = Some(sentence);
        }
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
}
