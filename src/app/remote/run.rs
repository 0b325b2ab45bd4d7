//! Plays scenarios against a server that is reached over HTTP, until a signal ends it.

use std::sync::atomic::{AtomicBool, Ordering};

use http::header::HeaderMap;

use super::HttpServer;
use crate::foreign::{Access, ForeignPlay, Left, Target};
use crate::scenario::{Play, Script};

/// Set by a signal: the run ends before its next request, and cleans up.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// A server that is not ours, as a run uses it.
pub struct RemoteTarget {
    target: Target<HttpServer>,
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
        let base_path = base_path.to_owned();
        let access = Access { base_path, headers, tokens: None, budget, adopt };
        RemoteTarget::of(Target::new(server, access))
    }

    /// A run into this target.
    pub fn of(target: Target<HttpServer>) -> RemoteTarget {
        RemoteTarget { target, ended: None }
    }

    /// Plays a script to its end, or until the server breaks, the budget is spent, or a signal
    /// comes.
    pub fn play(&mut self, script: Script) -> Play {
        let stops = || STOP.load(Ordering::Relaxed);
        let mut running = ForeignPlay::new(&mut self.target, &stops);
        let play = running.play(script);
        self.ended = running.ended().map(str::to_owned);
        play
    }

    /// Why the last run ended before its time.
    pub fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
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
