//! Plays a scenario against a server that is not ours. Virtual time stands still while an answer
//! is awaited.

use std::cell::Cell;

use super::server::Server;
use super::target::Target;
use crate::base::Time;
use crate::entra::{Call, Lost};
use crate::scenario::report::plural;
use crate::scenario::{Play, Script};
use crate::scim::Object;
use crate::world::driver::{self, carry_other};
use crate::world::{Drive, Outgoing, ReadBack};

/// Why a run ended that was told to.
pub const STOPPED: &str = "stopped by a signal";

/// A play against a server that is not ours.
pub struct ForeignPlay<'a, S> {
    target: &'a mut Target<S>,
    /// Asked before each request: whether the run is to end now.
    stops: &'a dyn Fn() -> bool,
    /// Why the run ended before its time.
    ended: Option<String>,
    /// Whether that is because the server answers no more.
    gone: bool,
}

impl<'a, S: Server> ForeignPlay<'a, S> {
    /// A play that has sent nothing; `stops` is asked before each request.
    pub fn new(target: &'a mut Target<S>, stops: &'a dyn Fn() -> bool) -> ForeignPlay<'a, S> {
        ForeignPlay { target, stops, ended: None, gone: false }
    }

    /// Plays a script to its end, or until the server breaks, the budget is spent, or it is to
    /// end.
    pub fn play(&mut self, script: Script) -> Play {
        self.play_with(script, &mut |_| ())
    }

    /// Like [`ForeignPlay::play`]; `begun` is called with the play before anything happens in it.
    pub fn play_with(&mut self, script: Script, begun: &mut dyn FnMut(&mut Play)) -> Play {
        let ends = script.ends;
        let mut play = self.begin_with(script, begun);
        self.run_to(&mut play, ends);
        self.finish(&mut play);
        play
    }

    /// A play at its start; the accounts of the script are made.
    pub fn begin(&mut self, script: Script) -> Play {
        self.begin_with(script, &mut |_| ())
    }

    /// Like [`ForeignPlay::begin`]; `begun` is called with the play before anything happens in it.
    pub fn begin_with(&mut self, script: Script, begun: &mut dyn FnMut(&mut Play)) -> Play {
        let accounts: Vec<Object> =
            script.setup.accounts.iter().map(|account| account.resource.clone()).collect();
        let mut play = Play::against_another(script);
        begun(&mut play);
        for account in accounts {
            match self.target.prepare(&account) {
                Ok(read) => take_in(&mut play, read),
                Err(why) => self.ended = Some(why),
            }
        }
        self.ended = self.ended.take().or_else(|| self.must_go_on().err());
        play
    }

    /// Plays up to an instant. Virtual time does not pass after the run has ended.
    pub fn run_to(&mut self, play: &mut Play, until: Time) {
        let stops = self.stops;
        let over = Cell::new(self.ended.is_some());
        let mut carry = |play: &mut Play| {
            let carried = self.carry(play);
            over.set(self.ended.is_some());
            carried
        };
        let reached = driver::run_to_unless(play, until, &mut carry, &|| over.get() || stops());
        if !reached {
            self.ended.get_or_insert_with(|| STOPPED.to_owned());
        }
    }

    /// Judges the closing expectations; of a run that ended before its time, nothing more.
    pub fn finish(&mut self, play: &mut Play) {
        if self.ended.is_none() {
            // What the server changed by itself since it was read last.
            let read = self.target.read_again();
            take_in(play, read);
            self.ended = self.must_answer().err();
        }
        if self.gone {
            play.note_gone();
        }
        if (self.stops)() {
            self.ended.get_or_insert_with(|| STOPPED.to_owned());
        }
        match &self.ended {
            Some(why) if why == STOPPED => play.cut_here(why),
            Some(why) => play.stop_here(why),
            None => play.finish(),
        }
    }

    /// Deletes at the server, past provisioning, the first account that was made there.
    pub fn delete_by_hand(&mut self, play: &mut Play) {
        let read = self.target.delete_by_hand();
        take_in(play, read.into_iter().collect());
    }

    /// Why the run ended before its time.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Fails when nothing more is to be sent: what a play holds of a server that is gone says
    /// nothing about that server.
    fn must_go_on(&mut self) -> Result<(), String> {
        self.target.must_go_on()?;
        self.must_answer()
    }

    fn must_answer(&mut self) -> Result<(), String> {
        if (self.stops)() || !self.target.is_gone() {
            return Ok(());
        }
        self.gone = true;
        let answered = self.target.answered();
        Err(format!("the server stopped answering after {}", plural(answered, "request")))
    }

    /// Carries one thing between the engine and the server.
    fn carry(&mut self, play: &mut Play) -> bool {
        if self.ended.is_some() {
            return false;
        }
        if (self.stops)() {
            self.ended = Some(STOPPED.to_owned());
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
        match self.target.carry(call.endpoint, *call.request) {
            Ok(came) => {
                if let Some(has_groups) = came.has_groups {
                    play.note_groups(has_groups);
                }
                for read in came.read {
                    play.read_back(Some(call.id), read);
                }
                self.ended = came.not_ours.or_else(|| self.must_go_on().err());
                play.replied(call.id, came.reply);
            }
            Err(why) => {
                // It would change what was there before this run.
                self.ended = Some(why);
                play.replied(call.id, Err(Lost::LeftAlone));
            }
        }
    }
}

fn take_in(play: &mut Play, read: Vec<ReadBack>) {
    for read in read {
        play.read_back(None, read);
    }
}
