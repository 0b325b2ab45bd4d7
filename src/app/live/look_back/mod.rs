//! Looking back: a past instant is played again from the script and the actions by hand, by the
//! pure driver in a thread of its own. The run itself is not touched.
//!
//! One instant is played at a time and once for all pages that look at it, a few are kept, and one
//! that no page wants any more is given up.

mod replay;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::message::{Handle, Jump};
use crate::app::dashboard::Seen;
use crate::base::Time;
use crate::scenario::Play;

pub use replay::{Course, Replayed};

/// How many instants are kept, and how many of a run with many people: each takes as much memory as
/// the run.
const KEPT: usize = 6;
const KEPT_LARGE: usize = 2;

/// A run with more people than this is large.
const LARGE: usize = 20_000;

/// At what instant a page wants to look.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Aim {
    /// At the run as it is now.
    Now,
    /// At an instant that is still to come.
    Ahead(Time),
    /// At a past instant.
    Past(Time),
    /// At a past instant of a run into another server, of which there is what was recorded.
    Recorded(Time),
    /// At none that can be shown, and why.
    Refused(String),
}

impl Aim {
    /// Reads the instant that a page asks for.
    pub fn read(at: &str, play: &Play, now: Time, target: Option<&str>) -> Aim {
        if at.is_empty() {
            return Aim::Now;
        }
        let (start, jump) = (play.script().start, Jump::read(at));
        let at = match jump {
            Ok(jump) => jump.instant(start).max(start),
            Err(why) => return Aim::Refused(format!("{}; {}", why.message, why.help)),
        };
        match target {
            _ if at == now => Aim::Now,
            _ if at > now => Aim::Ahead(at),
            None => Aim::Past(at),
            // What is there was written by this run: it cannot be played again.
            Some(_) => Aim::Recorded(at),
        }
    }
}

/// The past instants that pages look at.
pub struct LookBack {
    replays: Vec<Replay>,
    owner: Handle,
    /// The number of the last replay that was begun.
    last: u64,
}

struct Replay {
    at: Time,
    number: u64,
    state: State,
    /// The number of the last replay that was begun when this one was last looked at.
    used: u64,
}

enum State {
    Waiting,
    Playing { stop: Arc<AtomicBool>, played: u16 },
    Ready(Box<Seen>),
    Failed,
}

/// What there is of a past instant.
pub enum PastFound<'a> {
    /// All of it.
    Seen(&'a Seen),
    /// It is being played; so many thousandths of the way are done.
    Playing(u16),
    /// It could not be played.
    Failed,
}

impl LookBack {
    /// Nothing is looked at yet. The threads tell the owner what they have reached.
    pub fn new(owner: Handle) -> LookBack {
        LookBack { replays: Vec::new(), owner, last: 0 }
    }

    /// Has these instants played, and gives up those that are not wanted any more.
    pub fn want(&mut self, wanted: &BTreeSet<Time>, course: &Course<'_>) {
        self.replays.retain(|replay| match &replay.state {
            State::Waiting | State::Failed => wanted.contains(&replay.at),
            State::Playing { stop, .. } if !wanted.contains(&replay.at) => {
                stop.store(true, Ordering::Relaxed);
                false
            }
            State::Playing { .. } | State::Ready(_) => true,
        });
        for at in wanted {
            match self.replays.iter_mut().find(|replay| replay.at == *at) {
                Some(replay) => replay.used = self.last,
                None => self.replays.push(Replay {
                    at: *at,
                    number: 0,
                    state: State::Waiting,
                    used: self.last,
                }),
            }
        }
        self.drop_old(wanted, if course.people > LARGE { KEPT_LARGE } else { KEPT });
        self.begin_next(course);
    }

    /// Drops what was looked at longest ago, where there is more than may be kept.
    fn drop_old(&mut self, wanted: &BTreeSet<Time>, kept: usize) {
        let ready = |replay: &&Replay| matches!(replay.state, State::Ready(_));
        while self.replays.iter().filter(ready).count() > kept {
            let idle = |replay: &&Replay| !wanted.contains(&replay.at);
            let oldest = self.replays.iter().filter(ready).filter(idle).min_by_key(|it| it.used);
            let Some(number) = oldest.map(|it| it.number) else { return };
            self.replays.retain(|it| it.number != number);
        }
    }

    fn begin_next(&mut self, course: &Course<'_>) {
        if self.replays.iter().any(|it| matches!(it.state, State::Playing { .. })) {
            return;
        }
        let waits = |replay: &&mut Replay| matches!(replay.state, State::Waiting);
        let Some(next) = self.replays.iter_mut().find(waits) else { return };
        self.last += 1;
        let stop = Arc::new(AtomicBool::new(false));
        (next.number, next.used) = (self.last, self.last);
        next.state = State::Playing { stop: stop.clone(), played: 0 };
        if course.begin(next.at, self.last, stop, self.owner.clone()).is_err() {
            next.state = State::Failed;
        }
    }

    /// Takes what a thread tells; what it tells of a replay that was given up is dropped.
    pub fn take_told(&mut self, told: Replayed) {
        let (Replayed::Reached { number, .. }
        | Replayed::Done { number, .. }
        | Replayed::Failed { number }) = &told;
        let found = self.replays.iter_mut().find(|replay| replay.number == *number);
        let Some(replay) = found else { return };
        match told {
            Replayed::Reached { played: so_far, .. } => {
                if let State::Playing { played, .. } = &mut replay.state {
                    *played = so_far;
                }
            }
            Replayed::Done { play, board, .. } => {
                replay.state = State::Ready(Box::new(Seen::new(*play, *board)));
            }
            Replayed::Failed { .. } => replay.state = State::Failed,
        }
    }

    /// What there is of a past instant.
    pub fn find(&self, at: Time) -> PastFound<'_> {
        match self.replays.iter().find(|replay| replay.at == at).map(|replay| &replay.state) {
            Some(State::Ready(seen)) => PastFound::Seen(seen),
            Some(State::Playing { played, .. }) => PastFound::Playing(*played),
            Some(State::Failed) => PastFound::Failed,
            Some(State::Waiting) | None => PastFound::Playing(0),
        }
    }

    /// Takes a past instant out, because the run goes on from there.
    pub fn take(&mut self, at: Time) -> Option<Seen> {
        let found = self.replays.iter().position(|replay| replay.at == at)?;
        match self.replays.swap_remove(found).state {
            State::Ready(seen) => Some(*seen),
            _ => None,
        }
    }

    /// Forgets every instant from this one on, because an action by hand has come in there.
    pub fn forget_from(&mut self, from: Time) {
        self.replays.retain(|replay| {
            if let (State::Playing { stop, .. }, true) = (&replay.state, replay.at >= from) {
                stop.store(true, Ordering::Relaxed);
            }
            replay.at < from
        });
    }

    /// Forgets everything, because the run has another past.
    pub fn forget_all(&mut self) {
        self.forget_from(Time::from_micros(i64::MIN));
    }
}

impl Drop for LookBack {
    fn drop(&mut self) {
        self.forget_all();
    }
}
