//! The owner of the play: it sends the engine's calls and their answers, and moves the clock at the
//! set pace. `shared_owner.rs` has the loop that calls it.
//!
//! A call is in transit from its sending until it arrives at a door, and an answer until it arrives
//! at the engine. While one of them is in transit, the clock stands and nothing else is sent.
//! Requests of external clients are never in transit: they are handled whenever they arrive, even
//! while the clock is paused.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::awaited::Awaited;
use super::by_hand::ByHand;
use super::captions::Reading;
use super::foreign::ForeignLine;
use super::frames::Frames;
use super::look_back::LookBack;
use super::message::{CommandOutcome, CommandRefusal, Handle, Message};
use super::pace::{ClockLimit, Mode, Pace, Speed};
use super::past::Waiter;
use super::wire::Wire;
use crate::app::dashboard::{Live, Query};
use crate::base::Time;
use crate::base::time::earliest;
use crate::entra::AppId;
use crate::entra::CallId;
use crate::scenario::{Play, Script};
use crate::world::{AppView, DelayedReply, Drive, ExternalAnswer, Outgoing, Ticket};

/// The parts that an owner keeps from run to run.
pub struct OwnerParts {
    /// Where external clients reach GoLinks; `None` for a run without external clients, because its
    /// journal must not depend on a port.
    pub base_url: Option<String>,
    /// The speed of the clock.
    pub speed: Speed,
    /// Whether each run starts with the clock paused.
    pub paused: bool,
    /// The engine's client.
    pub wire: Wire,
    /// Sends messages to the owner, for the threads that it starts.
    pub handle: Handle,
    /// The line to a server that is not ours, when that is the target.
    pub target: Option<ForeignTarget>,
    /// Prints new records of the play on a terminal; called with each frame and at the end.
    pub narrator: Box<dyn FnMut(&Play)>,
}

/// A server that is not ours, as the target of every run.
pub struct ForeignTarget {
    /// The line to it.
    pub line: ForeignLine,
    /// Where it is, as the page says it.
    pub url: String,
}

/// The owner of the play; there is only one.
pub struct Owner {
    pub(super) play: Play,
    pub(super) pace: Pace,
    /// Commands that get their reply when the clock pauses again.
    pub(super) steppers: Vec<oneshot::Sender<CommandOutcome>>,
    pub(super) parts: OwnerParts,
    /// Counts the runs of this process, so that a late reply of an earlier run is recognised.
    pub(super) run: u64,
    pub(super) transit: Option<Transit>,
    /// Calls and answers that were taken out of the world and are not yet sent.
    pub(super) held: VecDeque<Outgoing>,
    /// The engine's requests at a door, each with the connection that waits for the answer.
    pub(super) waiting: BTreeMap<Ticket, (CallId, oneshot::Sender<DelayedReply>)>,
    /// The engine's requests that were handed to a door without a connection, in a jump.
    pub(super) handed: BTreeSet<Ticket>,
    pub(super) frames: Frames,
    /// The past instants that pages look at, and what waits for one.
    pub(super) look_back: LookBack,
    pub(super) waiters: Vec<Waiter>,
    /// The caption that is being read.
    pub(super) reading: Reading,
    pub(super) notices: Notices,
    /// Why the run cannot continue, if it cannot.
    pub(super) failure: Option<String>,
    /// The actions of this run that are not in its script.
    pub(super) by_hand: ByHand,
    /// Commands that test the connection or provision on demand, each with what it waits for. The
    /// command gets its reply when that is there.
    pub(super) testers: Vec<(AppId, Awaited, oneshot::Sender<CommandOutcome>)>,
    /// Answers to external clients that wait for a result.
    pub(super) external: Vec<(ExternalAnswer, oneshot::Sender<DelayedReply>)>,
    /// Whether the script's end has been reached.
    pub(super) over: bool,
    /// Whether everything was read again at the end of the script, so that it can be judged.
    pub(super) read_again: bool,
    /// Why the run ends at the next instant, before the end of the script.
    pub(super) ends_here: Option<&'static str>,
    /// Whether external clients are served, even after the end of the script.
    pub(super) serving: bool,
    /// The real instant from which the time of external clients is counted.
    pub(super) opened: Instant,
}

/// What the pages are told about the run itself.
#[derive(Default, Debug)]
pub(super) struct Notices {
    /// Why the file of the scenario cannot be used.
    file: Option<String>,
    /// Why the clock was paused without a command; `None` once it moves again.
    pub(super) pause: Option<String>,
    /// Why a server that is not ours is left alone for a while.
    pub(super) wait: Option<String>,
}

impl Notices {
    /// The notice that the pages show; what paused the clock comes first.
    fn first(&self) -> Option<&str> {
        self.pause.as_deref().or(self.wait.as_deref()).or(self.file.as_deref())
    }
}

/// The call or the answer that is in transit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transit {
    /// A call on its way to a door.
    Call(CallId),
    /// An answer on its way to the engine.
    Answer(CallId),
    /// A server that is not ours is made ready, or read again.
    Target,
}

/// What the pages are told of an owner's run; it borrows all but the frames.
macro_rules! live {
    ($owner:ident, $speed:expr) => {
        Live {
            run: $owner.run,
            speed: $speed,
            paused: $owner.pace.paused(),
            notice: $owner.notices.first(),
            by_hand: $owner.by_hand.actions(),
            jumped_back: $owner.by_hand.jumped_back,
            outside: $owner.by_hand.outside,
            target: $owner.parts.target.as_ref().map(|target| target.url.as_str()),
            branched: $owner.by_hand.branched(),
            captions: $owner.reading.mode.word(),
            reading: $owner.reading.until().is_some(),
        }
    };
}

/// How a turn of the owner ends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Turn {
    /// There is more to do, but the connections get their share first.
    Again,
    /// There is nothing to do until a message arrives, or until this real instant if one is known.
    WaitUntil(Option<Instant>),
    /// The run has failed, or it is over and serves no clients.
    Over,
}

/// The longest turn, in real time; the connections wait for its end.
const TURN_MAX: Duration = Duration::from_millis(1);

impl Owner {
    /// Creates an owner of this play, which may already have advanced; nothing moves yet.
    pub fn new(play: Play, parts: OwnerParts) -> Owner {
        let mut owner = Owner {
            pace: Pace::new(parts.speed, parts.paused, play.now()),
            play,
            steppers: Vec::new(),
            look_back: LookBack::new(parts.handle.clone()),
            waiters: Vec::new(),
            reading: Reading::default(),
            parts,
            run: 1,
            transit: None,
            held: VecDeque::new(),
            waiting: BTreeMap::new(),
            handed: BTreeSet::new(),
            frames: Frames::unwatched(),
            notices: Notices::default(),
            failure: None,
            by_hand: ByHand::default(),
            testers: Vec::new(),
            external: Vec::new(),
            over: false,
            read_again: false,
            ends_here: None,
            serving: false,
            opened: Instant::now(),
        };
        owner.prepare_target();
        owner.show();
        owner
    }

    /// Returns the play once the loop has ended.
    ///
    /// # Errors
    /// Why the run could not continue to its end.
    pub fn into_play(mut self) -> Result<Play, String> {
        if let Some(why) = self.ends_here.filter(|_| !self.over) {
            self.play.cut_here(why);
        }
        self.failure.map_or(Ok(self.play), Err)
    }

    /// The play as it is now.
    pub fn play(&self) -> &Play {
        &self.play
    }

    /// Sends calls and answers and moves the clock, as far as the pace allows now.
    pub(super) fn turn(&mut self) -> Turn {
        let began = Instant::now();
        if self.failure.is_some() {
            return Turn::Over;
        }
        loop {
            // A connection test and a run on demand are carried even while the clock is paused.
            let stands = self.pace.paused();
            if self.transit.is_some() || (stands && !self.is_asked()) {
                return Turn::WaitUntil(self.frame_due());
            }
            self.repeat_by_hand();
            if let Some(outgoing) = self.held.pop_front().or_else(|| self.play.next_outgoing()) {
                self.carry(outgoing);
            } else if stands {
                return Turn::WaitUntil(self.frame_due());
            } else if let Some(end) = self.tick() {
                return end;
            }
            self.frames.touch();
            if began.elapsed() > TURN_MAX {
                return Turn::Again;
            }
        }
    }

    /// Moves the clock if it may move, or returns how the turn ends. Nothing is in transit and
    /// nothing waits to be sent.
    fn tick(&mut self) -> Option<Turn> {
        let ended = !self.over && self.end_reached();
        if ended && !self.read_again && self.read_target_again() {
            return Some(Turn::WaitUntil(self.frame_due()));
        }
        if ended {
            self.play.finish();
            self.over = true;
        }
        // A served run pauses at its end and wherever its script says so; a command resumes it.
        if self.serving && (self.play.take_pause() || ended) || self.point_reached() {
            self.stand_still();
        }
        if (self.over || self.ends_here.is_some()) && !self.serving {
            return Some(Turn::Over);
        }
        if let Some(until) = self.read_caption() {
            return Some(Turn::WaitUntil(
                [Some(until), self.frame_due()].into_iter().flatten().min(),
            ));
        }
        let (now, due) = (self.play.now(), self.due());
        match (due, self.pace.limit(due.unwrap_or(now), Instant::now())) {
            (_, ClockLimit::Stay) | (None, ClockLimit::None) => {
                return Some(Turn::WaitUntil(self.frame_due()));
            }
            (Some(due), ClockLimit::None) => self.advance(due),
            (Some(due), ClockLimit::UpTo(to)) if due <= to => self.advance(due),
            (due, ClockLimit::UpTo(to)) => match self.pace.mode() {
                Mode::Until(_) => self.advance(to.max(now)),
                _ => {
                    let next = due.and_then(|due| self.pace.reaches(due));
                    return Some(Turn::WaitUntil(
                        [next, self.frame_due()].into_iter().flatten().min(),
                    ));
                }
            },
        }
        None
    }

    /// Returns when the next event, action by hand or end of the script is due.
    fn due(&self) -> Option<Time> {
        let end = (!self.over).then_some(self.play.ends());
        earliest([self.play.next_due(), end, self.by_hand.next_due()])
            .map(|due| due.max(self.play.now()))
    }

    fn end_reached(&self) -> bool {
        let end = self.play.ends();
        self.play.now() >= end && self.play.next_due().is_none_or(|due| due > end)
    }

    fn advance(&mut self, to: Time) {
        self.play.advance(to);
        if let Mode::Step { .. } = self.pace.mode() {
            self.pace.set_mode(Mode::Step { gone: true }, to);
        }
    }

    /// Whether the clock has reached the end of a step, a cycle, a jump, or what was asked for.
    fn point_reached(&self) -> bool {
        match self.pace.mode() {
            Mode::Step { gone } => gone || self.due().is_none(),
            Mode::Cycle { ended } => self.cycles_ended() > ended || self.due().is_none(),
            Mode::Moment { played } => {
                self.play.steps_played() > played || self.due().is_none() || self.end_reached()
            }
            Mode::Until(to) => self.play.now() >= to,
            Mode::Asked { done } => self.asked_done() > done || self.due().is_none(),
            Mode::Running | Mode::Paused => false,
        }
    }

    /// How many connection tests and runs on demand of any application have a result.
    pub(super) fn asked_done(&self) -> u64 {
        let of = |app: AppView<'_>| {
            let job = app.entra().job();
            job.tests_done() + job.on_demand().count()
        };
        self.play.world().views().map(of).sum()
    }

    /// Whether a connection test or a run on demand is under way.
    fn is_asked(&self) -> bool {
        self.play.world().views().any(|app| {
            let job = app.entra().job();
            job.is_testing() || job.on_demand().under_way().next().is_some()
        })
    }

    /// How many cycles of any application have ended.
    pub(super) fn cycles_ended(&self) -> u64 {
        self.play.world().views().map(|app| app.entra().job().counters().cycles).sum()
    }

    /// Whether a cycle of any application is under way or due: without one, a clock that is to move
    /// to the end of the next cycle would stand only at the end of the story.
    pub(super) fn has_cycle_ahead(&self) -> bool {
        self.play.world().views().any(|app| {
            let job = app.entra().job();
            job.cycle().is_some() || job.next_cycle().is_some()
        })
    }

    /// Whether a call or an answer is in transit or waits to be sent. A step then finishes that
    /// and does not move the clock.
    pub(super) fn something_leaves(&mut self) -> bool {
        if self.held.is_empty() {
            self.held.extend(self.play.next_outgoing());
        }
        self.transit.is_some() || !self.held.is_empty()
    }

    /// Pauses the clock and replies to the commands that waited for it.
    pub(super) fn stand_still(&mut self) {
        self.pace.set_mode(Mode::Paused, self.play.now());
        // A page that was told of a moving clock is told that it stands.
        self.frames.touch();
        let standing = self.standing();
        for stepper in self.steppers.drain(..) {
            let _ = stepper.send(Ok(standing.clone()));
        }
    }

    /// Handles a message from the loop.
    pub(super) fn handle_message(&mut self, message: Message) {
        match message {
            Message::Request(incoming) => self.receive(incoming),
            Message::Reply { own, reply } => self.deliver(own, reply),
            Message::Command(command, answer) => self.command(command, answer),
            Message::State(query, answer) => self.state(query, answer),
            Message::SoFar(answer) => {
                let _ = answer.send(self.so_far());
            }
            Message::Replayed(told) => self.replayed(told),
            Message::Watch { query, last_id, watched } => {
                let _ = watched.send(self.frames.watch(query, last_id.as_deref()));
            }
            Message::Ask(number, query, reply) => {
                let _ = reply.send(self.frames.ask(number, query));
            }
            Message::Unsent { own, call, why } => {
                let why = format!("the engine has no socket to send its request: {why}");
                self.keep_unsent(own, call, why);
            }
            Message::Reached(reached) => self.reached(reached),
            Message::File(script) => {
                self.notices.file = None;
                // The clock stays running or paused as before; after a run that had ended it starts
                // as in the first run.
                let standing = self.pace.paused() || self.pace.stepping();
                let paused = if self.over { self.parts.paused } else { standing };
                self.by_hand = ByHand::default();
                self.look_back.forget_all();
                self.begin_anew(*script, paused);
            }
            Message::Notice(notice) => self.notices.file = notice,
            Message::EndHere(why) => self.ends_here = Some(why),
            Message::Stop => {}
        }
    }

    /// Moves the clock up to real time when nothing is due before that, so that a frame or the
    /// request of an external client finds the current time.
    pub(super) fn catch_up(&mut self) {
        if let (Mode::Running, Speed::Times(_)) = (self.pace.mode(), self.pace.speed())
            && self.reading.until().is_none()
            && !self.something_leaves()
        {
            let now = self.play.now();
            let due = self.due();
            if let ClockLimit::UpTo(to) = self.pace.limit(due.unwrap_or(now), Instant::now())
                && now < to
                && due.is_none_or(|due| to < due)
            {
                self.play.advance(to);
            }
        }
    }

    /// Starts a new run with this script.
    pub(super) fn begin_anew(&mut self, script: Script, paused: bool) {
        let play = self.parts.stage(script);
        self.begin(play, paused);
        self.prepare_target();
    }

    /// Starts a new run with this play, which may already have advanced.
    pub(super) fn begin(&mut self, play: Play, paused: bool) {
        self.stand_still();
        self.notices.pause = None;
        self.parts.wire.abandon_all();
        self.waiting.clear();
        self.handed.clear();
        self.held.clear();
        self.transit = None;
        (self.over, self.read_again) = (play.ended(), false);
        self.run += 1;
        self.play = play;
        self.pace = Pace::new(self.pace.speed(), paused, self.play.now());
        self.reading.end();
        self.reading.meets(self.play.caption());
    }

    /// When the next frame for the pages is due, if there is anything new to show.
    pub(super) fn frame_due(&self) -> Option<Instant> {
        self.frames.due(!self.pace.paused())
    }

    /// Sends a frame to the pages if one is due; returns when that began if connections write it
    /// now.
    pub(super) fn show_if_due(&mut self) -> Option<Instant> {
        let due = self.frame_due().is_some_and(|due| due <= Instant::now());
        if !due {
            return None;
        }
        self.catch_up();
        self.show();
        self.frames.round()
    }

    /// Notes that something may have changed; returns whether this is the first change since the
    /// last frame.
    pub(super) fn touch(&mut self) -> bool {
        self.frames.touch()
    }

    /// Prints new records on the terminal; also called at the very end, after the last frame.
    pub(super) fn narrate(&mut self) {
        (self.parts.narrator)(&self.play);
    }

    fn show(&mut self) {
        self.narrate();
        self.want_pasts();
        let speed = self.pace.speed().to_string();
        let live = live!(self, &speed);
        self.frames.show(&self.play, &live, &self.look_back);
    }

    /// Returns the state as JSON, with what there is of the past.
    pub(super) fn state_now(&mut self, query: &Query) -> Result<Bytes, CommandRefusal> {
        let speed = self.pace.speed().to_string();
        let live = live!(self, &speed);
        self.frames.state(&self.play, &live, query, &self.look_back)
    }

    /// An answer without the secrets of the run.
    pub(super) fn without_secrets(&mut self, answer: serde_json::Value) -> serde_json::Value {
        let live = live!(self, "");
        self.frames.without_secrets(answer, &self.play, &live)
    }
}

impl OwnerParts {
    /// Returns a new play of a script.
    pub fn stage(&self, script: Script) -> Play {
        match (&self.target, &self.base_url) {
            (Some(_), _) => Play::against_another(script),
            (None, Some(url)) => Play::served_at(script, url),
            (None, None) => Play::new(script),
        }
    }
}
