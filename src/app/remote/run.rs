//! Plays a scenario against a server that is not ours. Virtual time stands still while an answer
//! is awaited.

use std::sync::atomic::{AtomicBool, Ordering};

use http::header::HeaderMap;

use super::HttpServer;
use super::target::{Access, Left, Target};
use crate::entra::{Call, Lost};
use crate::scenario::{Play, Script};
use crate::scim::Object;
use crate::world::driver::{self, carry_other};
use crate::world::{Drive, Outgoing, ReadBack};

/// Set by a signal: the run ends before its next request, and cleans up.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// A server that is not ours, as a run uses it.
pub struct RemoteTarget {
    server: HttpServer,
    target: Target,
    /// Why the run ended before its time.
    ended: Option<String>,
}

impl RemoteTarget {
    /// A target that has been sent nothing.
    pub fn new(
        server: HttpServer,
        base_path: &str,
        headers: HeaderMap,
        budget: u64,
        adopt: bool,
    ) -> RemoteTarget {
        let access = Access {
            origin: server.origin().to_owned(),
            base_path: base_path.to_owned(),
            headers,
            budget,
            adopt,
        };
        let target = Target::new(server.client(), access);
        RemoteTarget { server, target, ended: None }
    }

    /// Plays a script to its end, or until the server breaks, the budget is spent, or a signal
    /// comes.
    pub fn play(&mut self, script: Script) -> Play {
        let accounts: Vec<Object> =
            script.setup.accounts.iter().map(|account| account.resource.clone()).collect();
        let mut play = Play::against_another(script);
        for account in accounts {
            match self.server.wait(self.target.prepare(&account)) {
                Ok(read) => take_in(&mut play, read),
                Err(why) => self.ended = Some(why),
            }
        }
        let ends = play.ends();
        driver::run_to_with(&mut play, ends, &mut |play| self.carry(play));
        if self.ended.is_none() {
            // What the server changed by itself since it was read last.
            let read = self.server.wait(self.target.read_again());
            take_in(&mut play, read);
        }
        play.finish();
        play
    }

    /// Why the run ended before its time.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.target.sent()
    }

    /// Deletes what this run made, latest first, unless it is to stay.
    pub fn clean_up(&mut self, keep: bool) -> Left {
        self.server.wait(async {
            if keep { self.target.keep().await } else { self.target.clean_up().await }
        })
    }

    /// Carries one thing between the engine and the server.
    fn carry(&mut self, play: &mut Play) -> bool {
        if self.ended.is_some() {
            return false;
        }
        if STOP.load(Ordering::Relaxed) {
            self.ended = Some("stopped".to_owned());
            return false;
        }
        match play.next_outgoing() {
            None => return false,
            Some(Outgoing::Call(call)) => {
                if play.forward(call.id, &call.request) {
                    self.send(play, call);
                }
            }
            Some(other) => carry_other(play, other),
        }
        true
    }

    fn send(&mut self, play: &mut Play, call: Call) {
        match self.server.wait(self.target.carry(call.request)) {
            Ok(came) => {
                if let Some(has_groups) = came.has_groups {
                    play.note_groups(has_groups);
                }
                for read in came.read {
                    play.read_back(Some(call.id), read);
                }
                play.replied(call.id, came.reply);
                self.ended = self.target.must_go_on().err();
            }
            Err(why) => {
                // It was not sent, so the server has not seen it.
                self.ended = Some(why);
                play.replied(call.id, Err(Lost::Refused));
            }
        }
    }
}

fn take_in(play: &mut Play, read: Vec<ReadBack>) {
    for read in read {
        play.read_back(None, read);
    }
}
