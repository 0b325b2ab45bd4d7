//! The owner of the play: it carries what goes out, and moves the clock at the set pace. `desk.rs`
//! lets it work.
//!
//! In transit is a call between leaving and its arrival at a door, or an answer between leaving and
//! its arrival at the engine. While something is, the clock stands and nothing else leaves.
//! Requests from outside are never in transit: they are answered whenever they come, also while the
//! clock is paused.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::frames::Frames;
use super::message::{CommandOutcome, Message};
use super::pace::{Leave, Mode, Pace, Speed};
use super::wire::Wire;
use crate::app::dashboard::Live;
use crate::base::Time;
use crate::base::time::earliest;
use crate::entra::CallId;
use crate::scenario::{Play, Script};
use crate::world::{DelayedReply, Drive, Outgoing, Ticket};

/// What an owner works with, run after run.
pub struct OwnerParts {
    /// Where outsiders reach GoLinks; `None` for a run nobody else can reach, whose journal must
    /// not hold a port.
    pub base_url: Option<String>,
    /// How fast.
    pub speed: Speed,
    /// Whether the clock stands still at first.
    pub paused: bool,
    /// The engine's client.
    pub wire: Wire,
    /// Is shown the play now and then, to tell a terminal about it.
    pub narrator: Box<dyn FnMut(&Play)>,
}

/// Owns the play.
pub struct Owner {
    pub(super) play: Play,
    pub(super) pace: Pace,
    pub(super) steppers: Vec<oneshot::Sender<CommandOutcome>>,
    pub(super) parts: OwnerParts,
    pub(super) run: u64,
    pub(super) transit: Option<Transit>,
    pub(super) held: VecDeque<Outgoing>,
    /// The engine's requests at a door whose answers have not left.
    pub(super) waiting: BTreeMap<Ticket, (CallId, oneshot::Sender<DelayedReply>)>,
    frames: Frames,
    notice: Option<String>,
    pub(super) over: bool,
    pub(super) serving: bool,
    /// Since when outsiders count their time.
    pub(super) opened: Instant,
}

/// What is on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Transit {
    /// A call on its way to a door.
    Call(CallId),
    /// An answer on its way to the engine.
    Answer(CallId),
}

/// What a turn of the owner ends with.
pub(super) enum Rest {
    /// There is more to do at once.
    None,
    /// Nothing to do until a message comes, or until this real instant.
    Until(Option<Instant>),
}

/// The longest the owner works without letting connections have their turn.
const TURN_MAX: Duration = Duration::from_millis(1);

impl Owner {
    /// An owner of this play, at whatever point it has been brought to; nothing moves yet.
    pub fn new(play: Play, parts: OwnerParts) -> Owner {
        let mut owner = Owner {
            pace: Pace::new(parts.speed, parts.paused, play.now()),
            play,
            steppers: Vec::new(),
            parts,
            run: 1,
            transit: None,
            held: VecDeque::new(),
            waiting: BTreeMap::new(),
            frames: Frames::new(),
            notice: None,
            over: false,
            serving: false,
            opened: Instant::now(),
        };
        owner.show();
        owner
    }

    /// The play, when the owner's work is done.
    pub fn into_play(self) -> Play {
        self.play
    }

    /// The play, as it stands.
    pub fn play(&self) -> &Play {
        &self.play
    }

    /// Carries what goes out and moves the clock, as far as that is allowed now.
    pub(super) fn turn(&mut self) -> Rest {
        let began = Instant::now();
        loop {
            if self.transit.is_some() || self.pace.paused() {
                return Rest::Until(None);
            }
            if let Some(outgoing) = self.held.pop_front().or_else(|| self.play.next_outgoing()) {
                self.carry(outgoing);
            } else if let Some(rest) = self.tick() {
                return rest;
            }
            self.frames.touch();
            if began.elapsed() > TURN_MAX {
                return Rest::None;
            }
        }
    }

    /// Moves the clock if it may; otherwise says how long to rest. Nothing is in transit and
    /// nothing wants to go out.
    fn tick(&mut self) -> Option<Rest> {
        let ended = !self.over && self.end_reached();
        if ended {
            self.play.finish();
            self.over = true;
        }
        // Served, a run rests at its end, or when its script asks for it, and can be set going
        // again.
        if self.serving && (self.play.take_pause() || ended) || self.point_reached() {
            self.stand_still();
        }
        if self.over && !self.serving {
            return Some(Rest::None);
        }
        let (now, due) = (self.play.now(), self.due());
        match (due, self.pace.leave(due.unwrap_or(now), Instant::now())) {
            (_, Leave::Stay) | (None, Leave::Any) => return Some(Rest::Until(None)),
            (Some(due), Leave::Any) => self.advance(due),
            (Some(due), Leave::To(to)) if due <= to => self.advance(due),
            (due, Leave::To(to)) => match self.pace.mode() {
                Mode::Until(_) => self.advance(to.max(now)),
                _ => return Some(Rest::Until(due.and_then(|due| self.pace.reaches(due)))),
            },
        }
        None
    }

    /// When the next thing is due, the end of the script included.
    fn due(&self) -> Option<Time> {
        let end = (!self.over).then_some(self.play.ends());
        earliest([self.play.next_due(), end]).map(|due| due.max(self.play.now()))
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

    /// Whether the clock has come to where it was sent.
    fn point_reached(&self) -> bool {
        match self.pace.mode() {
            Mode::Step { gone } => gone || self.due().is_none(),
            Mode::Cycle { ended } => self.cycles_ended() > ended || self.due().is_none(),
            Mode::Until(to) => self.play.now() >= to,
            Mode::Running | Mode::Paused => false,
        }
    }

    /// How many cycles have ended.
    pub(super) fn cycles_ended(&self) -> u64 {
        self.play.world().entra().job().counters().cycles
    }

    /// Whether something waits to be carried, so that the next step is to carry it.
    pub(super) fn something_leaves(&mut self) -> bool {
        if self.held.is_empty() {
            self.held.extend(self.play.next_outgoing());
        }
        self.transit.is_some() || !self.held.is_empty()
    }

    /// Lets the clock stand still and answers those who waited for it.
    pub(super) fn stand_still(&mut self) {
        self.pace.set_mode(Mode::Paused, self.play.now());
        let standing = self.standing();
        for stepper in self.steppers.drain(..) {
            let _ = stepper.send(Ok(standing.clone()));
        }
    }

    /// Hears what somebody has to say.
    pub(super) fn handle_message(&mut self, message: Message) {
        match message {
            Message::Request(incoming) => self.receive(incoming),
            Message::Reply { own, reply } => self.deliver(own, reply),
            Message::Command(command, answer) => self.command(command, answer),
            Message::State(query, answer) => {
                self.catch_up();
                let speed = self.pace.speed().to_string();
                let live = live(self.run, &self.pace, &speed, &self.notice);
                let _ = answer.send(self.frames.state(&self.play, &live, &query));
            }
            Message::Watch { query, last_id, page } => {
                self.frames.watch(query, last_id.as_deref(), page)
            }
            Message::File(Ok(script)) => {
                self.notice = None;
                // The clock goes on or stands still as it did; a run that rested at its end begins
                // as the first one did.
                let standing = self.pace.paused() || self.pace.stepping();
                let paused = if self.over { self.parts.paused } else { standing };
                self.begin_anew(*script, paused);
            }
            Message::File(Err(why)) => self.notice = Some(why),
            Message::Stop => {}
        }
    }

    /// Lets the clock catch up with real time, between two things that are due: for a display, and
    /// for an outsider.
    pub(super) fn catch_up(&mut self) {
        if let (Mode::Running, Speed::Times(_)) = (self.pace.mode(), self.pace.speed())
            && !self.something_leaves()
        {
            let now = self.play.now();
            let due = self.due();
            if let Leave::To(to) = self.pace.leave(due.unwrap_or(now), Instant::now())
                && now < to
                && due.is_none_or(|due| to < due)
            {
                self.play.advance(to);
            }
        }
    }

    /// Starts a run with another script, or with the same one again; the clock stands still if it
    /// shall.
    pub(super) fn begin_anew(&mut self, script: Script, paused: bool) {
        self.stand_still();
        self.parts.wire.abandon_all();
        self.waiting.clear();
        self.held.clear();
        self.transit = None;
        self.over = false;
        self.run += 1;
        self.play = stage(script, self.parts.base_url.as_deref());
        self.pace = Pace::new(self.pace.speed(), paused, self.play.now());
    }

    /// When the page is to be shown something next, if there is anything.
    pub(super) fn frame_due(&self) -> Option<Instant> {
        self.frames.due(!self.pace.paused())
    }

    /// Shows how things stand, if it is time to.
    pub(super) fn show_if_due(&mut self) {
        if self.frame_due().is_some_and(|due| due <= Instant::now()) {
            self.catch_up();
            self.show();
        }
    }

    /// Something has changed; `true` when that is news.
    pub(super) fn touch(&mut self) -> bool {
        self.frames.touch()
    }

    /// Tells a terminal what has not been told: also at the very end, when no frame is due any
    /// more.
    pub(super) fn narrate(&mut self) {
        (self.parts.narrator)(&self.play);
    }

    fn show(&mut self) {
        self.narrate();
        let speed = self.pace.speed().to_string();
        let live = live(self.run, &self.pace, &speed, &self.notice);
        self.frames.show(&self.play, &live);
    }
}

/// Sets the stage for a run, under the address outsiders know if any do.
pub fn stage(script: Script, base_url: Option<&str>) -> Play {
    match base_url {
        Some(url) => Play::served_at(script, url),
        None => Play::new(script),
    }
}

fn live<'a>(run: u64, pace: &Pace, speed: &'a str, notice: &'a Option<String>) -> Live<'a> {
    Live { run, speed, paused: pace.paused(), notice: notice.as_deref() }
}
