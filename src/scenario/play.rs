//! A world with a script: the same verbs, and the steps of the story when they are due.

use bytes::Bytes;
use http::Request;

use crate::base::Time;
use crate::entra::{CallId, Entra, Reply};
use crate::golinks::{self, GoLinks};
use crate::world::{Action, ActionError, Bounds, Door, Drive, Origin, Outgoing, Setup, Ticket, World};

use super::Script;

/// The tenant URL of a run that nobody outside can reach.
pub const BASE_URL: &str = "https://api.golinks.io/scim/v2";

/// A scenario being played.
pub struct Play {
    script: Script,
    world: World,
    touched: bool,
}

/// What came of a play.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verdict {
    /// Every expectation judged so far, in the order judged.
    pub checks: Vec<Checked>,
    /// How many of them were met.
    pub met: usize,
    /// How many were not.
    pub failed: usize,
    /// The digest of the journal; `None` when somebody outside touched the run.
    pub digest: Option<String>,
}

/// One expectation and what came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// Where in the story it was judged: `day 30`, `end`, `always`.
    pub step: String,
    /// The line of the file it stands in, counted from 1; 0 when it stands in none.
    pub line: usize,
    /// The expectation as written: `job.status = "Quarantine"`.
    pub expected: String,
    /// What was observed instead; empty when it was met.
    pub actual: String,
    /// Why, as far as can be told; lines for a reader.
    pub why: Vec<String>,
    /// When it was judged.
    pub at: Time,
    /// Whether it was met.
    pub met: bool,
}

impl Play {
    /// Sets the stage: a world as the script's tables describe it, at the script's start.
    pub fn new(script: Script) -> Play {
        Play::served_at(script, BASE_URL)
    }

    /// The same, where outsiders reach GoLinks under `base_url`, such as `http://127.0.0.1:4040/scim/v2`.
    pub fn served_at(script: Script, base_url: &str) -> Play {
        let world = World::new(Setup {
            seed: script.seed,
            start: script.start,
            entra: Entra::new(crate::entra::Settings::default(), crate::entra::tenant::Tenant::new(Default::default(), script.seed)),
            golinks: GoLinks::new(golinks::Settings::default(), script.start),
            faults: Vec::new(),
            base_url: base_url.to_owned(),
            journal: Bounds::default(),
        });
        Play { script, world, touched: false }
    }

    /// The world the script plays in.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// Somebody outside the script acts: a button, the control API. The run is touched from then on.
    ///
    /// # Errors
    /// Why it could not be done; nothing has changed then.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        self.world.act(action)?;
        self.touched = true;
        Ok(())
    }

    /// Whether a `pause` action asked the driver to stop the clock since this was last asked.
    pub fn take_pause(&mut self) -> bool {
        self.world.take_pause()
    }

    /// The script that is played.
    pub fn script(&self) -> &Script {
        &self.script
    }

    /// When the run ends; a driver need not go further.
    pub fn ends(&self) -> Time {
        self.script.ends
    }

    /// Whether the end has been reached and the closing expectations were judged.
    pub fn ended(&self) -> bool {
        false
    }

    /// Whether somebody outside the script changed the world, so that the run cannot be replayed.
    pub fn touched(&self) -> bool {
        self.touched
    }

    /// The narrator's current caption, with the instant it was said.
    pub fn caption(&self) -> Option<(Time, &str)> {
        None
    }

    /// The line of the file whose step was played last, counted from 1.
    pub fn line(&self) -> Option<usize> {
        None
    }

    /// What came of the expectations so far; final once the play has ended.
    pub fn verdict(&self) -> Verdict {
        Verdict { checks: Vec::new(), met: 0, failed: 0, digest: None }
    }
}

impl Drive for Play {
    fn now(&self) -> Time {
        self.world.now()
    }
    fn next_due(&self) -> Option<Time> {
        self.world.next_due()
    }
    fn advance(&mut self, to: Time) {
        self.world.move_clock(to);
        self.world.wake_engine();
    }
    fn next_outgoing(&mut self) -> Option<Outgoing> {
        self.world.next_outgoing()
    }
    fn receive(&mut self, origin: Origin, door: Door, request: Request<Bytes>) -> Ticket {
        self.touched |= origin == Origin::Outside;
        self.world.receive(origin, door, request)
    }
    fn deliver(&mut self, call: CallId, reply: Reply) {
        self.world.deliver(call, reply)
    }
}
