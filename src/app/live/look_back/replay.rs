//! One past instant, played again in a thread of its own.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;

use crate::app::dashboard::{Board, Gathering};
use crate::app::live::by_hand::ByHand;
use crate::app::live::message::{Handle, Message};
use crate::app::live::repeated::{DrivesPlay, Repeated};
use crate::base::Time;
use crate::entra::{CallId, Reply};
use crate::scenario::{Play, Script};
use crate::world::{Drive, Outgoing, Ticket};

/// What a run is played again from.
pub struct Course<'a> {
    /// The script.
    pub script: &'a Script,
    /// Where external clients reach GoLinks, as in the run.
    pub base_url: Option<&'a str>,
    /// The actions that are not in the script.
    pub by_hand: &'a ByHand,
    /// How many people the run has now.
    pub people: usize,
}

/// What a thread tells the owner.
pub enum Replayed {
    /// So many thousandths of the way are played.
    Reached {
        /// The number of the replay.
        number: u64,
        /// The thousandths.
        played: u16,
    },
    /// The instant is reached.
    Done {
        /// The number of the replay.
        number: u64,
        /// The play, which stands there.
        play: Box<Play>,
        /// What was gathered on the way.
        board: Box<Board>,
    },
    /// It will not be reached: the thread has panicked, which has been reported.
    Failed {
        /// The number of the replay.
        number: u64,
    },
}

/// How often a thread tells what it has reached.
const TELLS_EVERY: Duration = Duration::from_millis(100);

impl Course<'_> {
    /// Begins to play up to an instant.
    ///
    /// # Errors
    /// When there can be no more threads.
    pub(super) fn begin(
        &self,
        at: Time,
        number: u64,
        stop: Arc<AtomicBool>,
        owner: Handle,
    ) -> io::Result<()> {
        let script = self.script.clone();
        let base_url = self.base_url.map(str::to_owned);
        let by_hand = self.by_hand.again();
        let work = move || {
            let mut told = Told { number, owner, over: false };
            let play = match base_url {
                Some(url) => Play::served_at(script, &url),
                None => Play::new(script),
            };
            let gathered = Gathered { play, gathering: Gathering::default() };
            let mut replay = Repeated::new(gathered, by_hand);
            if run(&mut replay, at, &stop, &told) {
                let Gathered { play, gathering } = replay.inner;
                let board = Box::new(gathering.finish(&play));
                let play = Box::new(play);
                told.owner.send(Message::Replayed(Replayed::Done { number, play, board }));
            }
            told.over = true;
        };
        thread::Builder::new().name("look back".to_owned()).spawn(work).map(drop)
    }
}

/// Tells the owner; also when the thread panics.
struct Told {
    number: u64,
    owner: Handle,
    over: bool,
}

impl Drop for Told {
    fn drop(&mut self) {
        if !self.over {
            self.owner.send(Message::Replayed(Replayed::Failed { number: self.number }));
        }
    }
}

/// A play whose records are gathered before its journal forgets them.
struct Gathered {
    play: Play,
    gathering: Gathering,
}

impl DrivesPlay for Gathered {
    fn play(&mut self) -> &mut Play {
        &mut self.play
    }
}

impl Drive for Gathered {
    fn now(&self) -> Time {
        self.play.now()
    }

    fn next_due(&self) -> Option<Time> {
        self.play.next_due()
    }

    fn advance(&mut self, to: Time) {
        self.gathering.read(&self.play);
        self.play.advance(to);
    }

    fn next_outgoing(&mut self) -> Option<Outgoing> {
        self.play.next_outgoing()
    }

    fn receive(&mut self, call: CallId, request: &Request<Bytes>) -> Ticket {
        self.gathering.read(&self.play);
        self.play.receive(call, request)
    }

    fn deliver(&mut self, call: CallId, reply: Reply) {
        self.play.deliver(call, reply);
    }
}

/// Plays up to an instant and tells how far it is; `false` when it was stopped on the way.
fn run(replay: &mut Repeated<Gathered>, at: Time, stop: &AtomicBool, told: &Told) -> bool {
    let start = replay.inner.play.script().start;
    let whole = at.since(start).as_secs_f64().max(1e-6);
    let last = Cell::new(Instant::now());
    replay.run(at, &|now| {
        if last.get().elapsed() >= TELLS_EVERY {
            last.set(Instant::now());
            let share = now.since(start).as_secs_f64() / whole;
            let played = (share.min(1.0) * 1000.0) as u16;
            told.owner.send(Message::Replayed(Replayed::Reached { number: told.number, played }));
        }
        stop.load(Ordering::Relaxed)
    })
}
