//! The messages to the owner of the play, and the handle that sends them.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::sync::{mpsc, oneshot};

use super::foreign::Reached;
use super::frames::Watched;
use super::look_back::Replayed;
use super::so_far::SoFar;
use super::wire::OwnCall;
use super::{Captions, Speed};
use crate::app::dashboard::Query;
use crate::base::Time;
use crate::base::time::parse_duration;
use crate::entra::{Call, Reply};
use crate::scenario::Script;
use crate::world::{Action, DelayedReply};

/// A message to the owner.
pub enum Message {
    /// A request of the engine has reached a door.
    Request(Incoming),
    /// A reply has reached the engine's client.
    Reply {
        /// The call; the reply to a call of an earlier run is dropped.
        own: OwnCall,
        /// The response, or how it was lost.
        reply: Reply,
    },
    /// A command that changes the clock or the world.
    Command(Command, oneshot::Sender<CommandOutcome>),
    /// Asks for the state, as JSON; that of a past instant comes when it is played again.
    State(Query, oneshot::Sender<Result<Bytes, CommandRefusal>>),
    /// Asks for what the report of the run so far is made from.
    SoFar(oneshot::Sender<Result<SoFar, CommandRefusal>>),
    /// A page wants to receive changes as server-sent events.
    Watch {
        /// What the page wants to see.
        query: Query,
        /// The id of the last frame that the page got on an earlier connection.
        last_id: Option<String>,
        /// Takes the stream of frames, or `None` when no more pages may watch.
        watched: oneshot::Sender<Option<Watched>>,
    },
    /// The page with this number wants to see something else. The reply says whether such a page
    /// exists.
    Ask(u64, Query, oneshot::Sender<bool>),
    /// The run, which serves nobody, is to end at the next instant, for this reason.
    EndHere(&'static str),
    /// The watched file has changed; this is its new script.
    File(Box<Script>),
    /// A notice for the pages about the run itself, such as why its file cannot be used; `None`
    /// removes it.
    Notice(Option<String>),
    /// A call of the engine could not be sent, for lack of a socket here.
    Unsent {
        /// The run and the id of the call.
        own: OwnCall,
        /// The whole call, so that it can be sent later.
        call: Call,
        /// The error of the operating system.
        why: String,
    },
    /// What has come of playing a past instant again.
    Replayed(Replayed),
    /// What came of what was sent to a server that is not ours.
    Reached(Reached),
    /// The server is about to stop.
    Stop,
}

/// A request of the engine at a door, and the channel for its answer.
pub struct Incoming {
    /// The call that the request carries.
    pub own: OwnCall,
    /// The request with its whole path, base path included.
    pub request: Request<Bytes>,
    /// Takes the answer. Dropping it without an answer closes the connection.
    pub answer: oneshot::Sender<DelayedReply>,
}

/// A command from a page, a shell or a test to a running server.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Pause the clock.
    Pause,
    /// Let the clock run.
    Resume,
    /// Set the speed of the clock.
    Speed(Speed),
    /// Do the next thing due, then pause.
    Step,
    /// Run to the end of the next cycle, then pause.
    Cycle,
    /// Run to the next moment of the story, then pause.
    Moment,
    /// Run to an instant as fast as possible, then pause. A past instant is reached by running the
    /// scenario from its start.
    Jump(Jump),
    /// Carry out an action in the world.
    Act(Box<Action>),
    /// Start the scenario anew.
    Rerun,
    /// Let the run go on from a past instant in another way: what was done by hand after it is
    /// dropped.
    Branch(Jump),
    /// Go back to the run that the last branch has left.
    Unbranch,
    /// Set what the clock does while a caption is new.
    Captions(Captions),
}

/// Where a jump goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Jump {
    /// To an instant.
    To(Time),
    /// To the instant this long after the run's start.
    After(Duration),
    /// To the instant that is so long after the midnight at which the first day of the run began.
    OfDays(Duration),
}

impl Jump {
    /// Reads `2026-04-01T08:00:00Z`, `3d 7h` after the start, or `day 3 15:00` as instants are
    /// written everywhere.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &str) -> Result<Jump, CommandRefusal> {
        if let Some(instant) = Time::parse(text) {
            return Ok(Jump::To(instant));
        }
        if let Some(span) = of_days(text) {
            return Ok(Jump::OfDays(span));
        }
        parse_duration(text).map(Jump::After).map_err(|_| CommandRefusal {
            message: format!("`{text}` is not a moment"),
            help: "write `30d` after the start, `day 30 08:00`, or `2026-04-01T08:00:00Z`"
                .to_owned(),
        })
    }

    /// The instant, in a run that starts at `start`.
    pub fn instant(self, start: Time) -> Time {
        match self {
            Jump::To(instant) => instant,
            Jump::After(span) => start + span,
            Jump::OfDays(span) => {
                let midnight = start.as_micros().div_euclid(DAY_US) * DAY_US;
                Time::from_micros(midnight) + span
            }
        }
    }
}

/// A day in microseconds.
const DAY_US: i64 = 86_400_000_000;

/// Reads `day 3 15:00`, `day 3 15:00:07` or `day 3 15:00:07.25`.
fn of_days(text: &str) -> Option<Duration> {
    let text = text.trim().to_lowercase();
    let (day, time) = text.strip_prefix("day ")?.split_once(' ')?;
    let day: u64 = day.parse().ok().filter(|day| *day < 1_000_000)?;
    let mut parts = time.splitn(3, ':');
    let mut below = |most: u64| parts.next()?.parse().ok().filter(|it: &u64| *it < most);
    let (hours, minutes) = (below(24)?, below(60)?);
    let seconds = parts.next().map_or(Some(0.0), |it| it.parse().ok())?;
    let seconds = Some(seconds).filter(|it: &f64| (0.0..60.0).contains(it))?;
    let minutes = (day * 24 + hours) * 60 + minutes;
    Some(Duration::from_secs(minutes * 60) + Duration::from_micros((seconds * 1e6).round() as u64))
}

/// The result of a command: the state of the clock, or why the command was refused.
pub type CommandOutcome = Result<Standing, CommandRefusal>;

/// How a run on demand ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OnDemandEnd {
    /// Graph's word for the result.
    pub result: &'static str,
    /// What it did, in words.
    pub did: String,
}

/// The state of the clock after a command.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    /// The current virtual instant.
    pub now: Time,
    /// Whether the clock is paused.
    pub paused: bool,
    /// The set speed, which also applies after a pause.
    pub speed: Speed,
    /// The result of the connection test that was asked for, if one was.
    pub test: Option<Result<(), String>>,
    /// How the run on demand ended that was asked for, if one was.
    pub on_demand: Option<OnDemandEnd>,
    /// What came of the sign-ins that were asked for, a line each.
    pub sign_ins: Vec<String>,
}

/// Why a command was refused; nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandRefusal {
    /// What is wrong.
    pub message: String,
    /// What to do about it; empty when there is nothing to add.
    pub help: String,
}

/// Sends messages to the owner; cheap to clone. Its async functions return `None` once the owner is
/// gone.
#[derive(Clone)]
pub struct Handle {
    to_owner: mpsc::UnboundedSender<Message>,
}

impl Handle {
    /// Returns a handle and the owner's receiving end.
    pub fn new() -> (Handle, mpsc::UnboundedReceiver<Message>) {
        let (to_owner, messages) = mpsc::unbounded_channel();
        (Handle { to_owner }, messages)
    }

    /// Sends a message without waiting for a reply.
    pub fn send(&self, message: Message) {
        // Sending fails only when the server stops; the message is not needed then.
        let _ = self.to_owner.send(message);
    }

    /// Hands a request of the engine to its door and waits for the answer, which the world may
    /// delay.
    pub async fn request(&self, own: OwnCall, request: Request<Bytes>) -> Option<DelayedReply> {
        self.ask(|answer| Message::Request(Incoming { own, request, answer })).await
    }

    /// Sends a command and waits until it is carried out: a step, for example, until its end.
    pub async fn command(&self, command: Command) -> Option<CommandOutcome> {
        self.ask(|answer| Message::Command(command, answer)).await
    }

    /// Returns a stream of frames for a page; `Some(None)` when no more pages may watch.
    pub async fn watch(&self, query: Query, last_id: Option<String>) -> Option<Option<Watched>> {
        self.ask(|watched| Message::Watch { query, last_id, watched }).await
    }

    /// Changes what the page with this number sees; returns `Some(false)` when there is none.
    pub async fn ask_for(&self, number: u64, query: Query) -> Option<bool> {
        self.ask(|reply| Message::Ask(number, query, reply)).await
    }

    /// Returns the state as JSON.
    pub async fn state(&self, query: Query) -> Option<Result<Bytes, CommandRefusal>> {
        self.ask(|answer| Message::State(query, answer)).await
    }

    /// Returns what the report of the run so far is made from.
    pub async fn so_far(&self) -> Option<Result<SoFar, CommandRefusal>> {
        self.ask(Message::SoFar).await
    }

    async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.send(message(answer));
        answered.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_is_read_as_instants_are_written() {
        let start = Time::parse("2026-03-02T08:00:00Z").expect("an instant");
        for (text, instant) in [
            ("2026-03-03T07:00:00Z", "2026-03-03T07:00:00Z"),
            ("23h", "2026-03-03T07:00:00Z"),
            ("day 1 07:00", "2026-03-03T07:00:00Z"),
            ("Day 0 09:20:00.25", "2026-03-02T09:20:00.25Z"),
        ] {
            let read = Jump::read(text).expect(text).instant(start);
            assert_eq!(read, Time::parse(instant).expect("an instant"), "{text}");
        }
        for text in ["day 1", "day 1 24:00", "day x 07:00", "day 1 07:60", "day 1 07:00:61"] {
            assert!(Jump::read(text).is_err(), "{text}");
        }
    }
}
