//! Plays scenarios against a server that is reached over HTTP, until a signal ends it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::header::HeaderMap;

use super::HttpServer;
use crate::app::live::Speed;
use crate::foreign::{Access, ForeignPlay, Left, Target};
use crate::scenario::{Play, Script};
use crate::world::Drive;

/// Set by a signal: the run ends before its next request, and cleans up.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// Plays a script so that virtual time passes at a pace. It stands while an answer is awaited, and
/// does not hurry afterwards.
fn paced(
    running: &mut ForeignPlay<'_, HttpServer>,
    script: Script,
    factor: f64,
    begun: &mut dyn FnMut(&mut Play),
) -> Play {
    let ends = script.ends;
    let mut play = running.begin_with(script, begun);
    let start = play.now();
    running.run_to(&mut play, start);
    while let Some(due) = play.next_due().filter(|due| *due <= ends && running.ended().is_none()) {
        let due = due.max(play.now());
        let mut left = Duration::from_secs_f64(due.since(play.now()).as_secs_f64() / factor);
        while !left.is_zero() && !STOP.load(Ordering::Relaxed) {
            let now = left.min(LOOK);
            std::thread::sleep(now);
            left -= now;
        }
        running.run_to(&mut play, due);
    }
    running.run_to(&mut play, ends);
    running.finish(&mut play);
    play
}

/// How often a wait looks whether a signal has come.
const LOOK: Duration = Duration::from_millis(50);

/// A server that is not ours, as a run uses it.
pub struct RemoteTarget {
    target: Target<HttpServer>,
    ended: Option<String>,
    gone: bool,
    stuck: bool,
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
        let base_path = base_path.to_owned();
        let access = Access { base_path, headers, tokens: None, budget, adopt };
        RemoteTarget::of(Target::new(server, access))
    }

    /// A run into this target.
    pub fn of(target: Target<HttpServer>) -> RemoteTarget {
        RemoteTarget { target, ended: None, gone: false, stuck: false }
    }

    /// Plays a script to its end, or until the server breaks, the budget is spent, or a signal
    /// comes.
    pub fn play(&mut self, script: Script, speed: Speed) -> Play {
        self.play_with(script, speed, &mut |_| ())
    }

    /// Like [`RemoteTarget::play`]; `begun` is called with the play before anything happens in it.
    pub fn play_with(
        &mut self,
        script: Script,
        speed: Speed,
        begun: &mut dyn FnMut(&mut Play),
    ) -> Play {
        let stops = || STOP.load(Ordering::Relaxed);
        let mut running = ForeignPlay::new(&mut self.target, &stops);
        let play = match speed {
            Speed::Times(factor) => paced(&mut running, script, factor, begun),
            _ => running.play_with(script, begun),
        };
        self.ended = running.ended().map(str::to_owned);
        self.stuck = self.target.is_stuck();
        self.gone = self.ended.is_some() && self.target.is_gone();
        play
    }

    /// Why the last run ended before its time.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    /// Whether the last run ended because the server answers no more.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// Whether the last run ended because the server got nowhere with what it was sent.
    pub fn is_stuck(&self) -> bool {
        self.stuck
    }

    /// How many requests were answered.
    pub fn answered(&self) -> u64 {
        self.target.answered()
    }

    /// How many requests were sent.
    pub fn sent(&self) -> u64 {
        self.target.sent()
    }

    /// Deletes what was made, latest first, unless it is to stay.
    pub fn clean_up(&mut self, keep: bool) -> Left {
        if keep { self.target.keep() } else { self.target.clean_up() }
    }
}
