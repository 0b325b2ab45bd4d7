//! Plays one life, against the mock in this process or against a server that is not ours.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::app::cli::RemoteFlags;
use crate::app::commands::run_remote;
use crate::app::live::Speed;
use crate::app::remote::{Address, Patience, RemoteTarget, STOP};
use crate::foreign::Left;
use crate::scenario::report::WriteShown;
use crate::scenario::{Override, Play, Script, load, messages, report};
use crate::swarm::{Against, Finding, Life, NameSpace};

/// Against what lives are played, and with which settings.
pub struct Player {
    /// Settings of the command line.
    pub overrides: Vec<Override>,
    /// The server; `None` for the mock.
    pub server: Option<ServerOfLives>,
}

/// A server that is not ours.
pub struct ServerOfLives {
    /// Where it is.
    pub address: Address,
    /// How it lets the client in, and what may be done there.
    pub remote: RemoteFlags,
    /// Whether it has groups.
    pub groups: bool,
    /// How long it wants to be left alone; all lives keep to it.
    pub patience: Arc<Patience>,
    /// What came of all lives that were played there, those too that were played to shorten a
    /// failure.
    pub tally: Mutex<ServerTally>,
}

/// What came of all lives at a server.
#[derive(Default)]
pub struct ServerTally {
    /// What they made and could not delete.
    pub left: Left,
    /// How many requests were sent.
    pub sent: u64,
    /// How many of them were answered.
    pub answered: u64,
    /// Whether the server answers no more.
    pub gone: bool,
}

/// What came of playing a life.
#[derive(Default)]
pub struct PlayedLife {
    /// What does not hold.
    pub findings: Vec<Finding>,
    /// Why it was not played to its end.
    pub ended: Option<String>,
    /// How many requests were sent.
    pub requests: u64,
    /// What was sent to change something, and what came.
    pub writes: Vec<WriteShown>,
    /// Whether a job is in quarantine at the end.
    pub quarantined: bool,
}

impl PlayedLife {
    /// Whether it fails in the same way: the same check on the same kind of object.
    pub fn fails(&self, check: &str) -> bool {
        self.findings.iter().any(|finding| finding.check == check)
    }
}

impl Player {
    /// Against what lives are written.
    pub fn against(&self) -> Against {
        match &self.server {
            None => Against::Mock,
            Some(server) => Against::Server { groups: server.groups },
        }
    }

    /// Reads a life as a scenario.
    ///
    /// # Errors
    /// Why it is none, which a setting of the command line may be the cause of.
    pub fn script(&self, life: &Life, names: &NameSpace) -> Result<Script, String> {
        load("swarm.toml", &life.text(names), &self.all_overrides())
            .map_err(|problems| messages::render(&problems))
    }

    /// Plays a life to its end and deletes what it made.
    pub fn play(&self, life: &Life, names: &NameSpace) -> PlayedLife {
        let script = match self.script(life, names) {
            Ok(script) => script,
            Err(why) => return PlayedLife { ended: Some(why), ..PlayedLife::default() },
        };
        match &self.server {
            None => {
                let mut play = Play::new(script);
                play.run_to_end();
                judged(&play)
            }
            Some(server) => server.play(script),
        }
    }

    /// What a server that is not ours needs, and the settings of the command line.
    fn all_overrides(&self) -> Vec<Override> {
        let of_target = self
            .server
            .as_ref()
            .map(|server| run_remote::of_target(&server.address, &server.remote.access));
        of_target.into_iter().flatten().chain(self.overrides.iter().cloned()).collect()
    }
}

impl ServerOfLives {
    /// What came of all lives so far.
    pub fn tally(&self) -> MutexGuard<'_, ServerTally> {
        // A panic elsewhere leaves whole entries.
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn play(&self, script: Script) -> PlayedLife {
        let mut target =
            match run_remote::bounded(&self.address, &self.remote, script.seed, &self.patience) {
                Ok(target) => RemoteTarget::of(target),
                Err(error) => {
                    return PlayedLife {
                        ended: Some(error.error.to_string()),
                        ..Default::default()
                    };
                }
            };
        let play = target.play(script, Speed::Max);
        let mut played = judged(&play);
        let left = target.clean_up(false);
        played.requests = target.sent();
        let mut tally = self.tally();
        tally.left.add(left);
        tally.sent += target.sent();
        tally.answered += target.answered();
        tally.gone |= target.is_gone();
        drop(tally);
        played.ended = target.ended().map(str::to_owned);
        if STOP.load(Ordering::Relaxed) {
            played.ended.get_or_insert_with(|| "stopped".to_owned());
        }
        // What an unfinished run holds at its end means nothing.
        if played.ended.is_some() {
            played.findings.clear();
        }
        played
    }
}

fn judged(play: &Play) -> PlayedLife {
    PlayedLife {
        findings: Finding::all(play),
        requests: play.world().journal().counters().requests(),
        writes: report::writes(play),
        quarantined: play.world().views().any(|app| app.entra().job().quarantine().is_some()),
        ..PlayedLife::default()
    }
}
