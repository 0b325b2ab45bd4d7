//! What may be said to the task that owns the play, and the handle to say it with.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use tokio::sync::{mpsc, oneshot};

use super::Speed;
use super::frames::Watched;
use super::wire::OwnCall;
use crate::app::dashboard::Query;
use crate::base::Time;
use crate::entra::{Call, Reply};
use crate::scenario::Script;
use crate::world::{Action, DelayedReply};

/// Everything that reaches the owner.
pub enum Message {
    /// A request of the engine's own reached a door.
    Request(Incoming),
    /// A reply reached the engine's client.
    Reply {
        /// The call; one of an earlier run is dropped.
        own: OwnCall,
        /// What came of it.
        reply: Reply,
    },
    /// A command that changes the clock or the world.
    Command(Command, oneshot::Sender<CommandOutcome>),
    /// Asks for the state, as JSON.
    State(Query, oneshot::Sender<Bytes>),
    /// A page wants to be sent what changes, as server-sent events.
    Watch {
        /// What it wants to see.
        query: Query,
        /// The id of the last frame it got on an earlier connection.
        last_id: Option<String>,
        /// Takes the frames, or `None` when there are as many pages as may be.
        watched: oneshot::Sender<Option<Watched>>,
    },
    /// The page of this number wants to see something else. The reply is whether there is one.
    Ask(u64, Query, oneshot::Sender<bool>),
    /// The watched file has changed, and this was read.
    File(Box<Script>),
    /// What the pages are to say about the run itself: that its file cannot be used, and why.
    Notice(Option<String>),
    /// A call of the engine could not be sent, for lack of a socket here.
    Unsent {
        /// The call.
        own: OwnCall,
        /// The call as it was to be sent.
        call: Call,
        /// What the system says.
        why: String,
    },
    /// The server is about to stop.
    Stop,
}

/// A request of the engine's own at a door, and where its answer goes.
pub struct Incoming {
    /// The call it carries.
    pub own: OwnCall,
    /// The request; its path is the one below the base.
    pub request: Request<Bytes>,
    /// Takes the answer; dropped without one, the connection is closed.
    pub answer: oneshot::Sender<DelayedReply>,
}

/// What a page, a shell or a test may ask of a running server.
#[derive(Clone, PartialEq, Debug)]
pub enum Command {
    /// Let the clock stand still.
    Pause,
    /// Let it go on.
    Resume,
    /// Set its speed.
    Speed(Speed),
    /// Do the next thing due, then pause.
    Step,
    /// Run to the end of the next cycle, then pause.
    Cycle,
    /// Run to an instant as fast as possible, then pause; one that is past is reached by running
    /// anew.
    Jump(Jump),
    /// Change the world.
    Act(Box<Action>),
    /// Start the scenario anew.
    Rerun,
}

/// Where a jump goes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Jump {
    /// To an instant.
    To(Time),
    /// So long after the run's start.
    After(Duration),
}

/// What came of a command: how the clock stands now, or why it was refused.
pub type CommandOutcome = Result<Standing, CommandRefusal>;

/// How the clock stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    /// The current virtual instant.
    pub now: Time,
    /// Whether the clock is paused.
    pub paused: bool,
    /// How fast it goes when it goes.
    pub speed: Speed,
    /// The result of the connection test that was asked for, if one was.
    pub test: Option<Result<(), String>>,
}

/// Why a command was refused; nothing has changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommandRefusal {
    /// What is wrong.
    pub message: String,
    /// What to do about it; empty when there is nothing to add.
    pub help: String,
}

/// Speaks to the owner; cheap to clone. Every question is answered with `None` once the owner is
/// gone.
#[derive(Clone)]
pub struct Handle {
    to_owner: mpsc::UnboundedSender<Message>,
}

impl Handle {
    /// A handle and the owner's end of it.
    pub fn new() -> (Handle, mpsc::UnboundedReceiver<Message>) {
        let (to_owner, messages) = mpsc::unbounded_channel();
        (Handle { to_owner }, messages)
    }

    /// Says something that needs no answer.
    pub fn send(&self, message: Message) {
        // The owner is gone when the server stops; the message is not needed then.
        let _ = self.to_owner.send(message);
    }

    /// Hands a request of the engine's own to its door and waits for its answer, which the world
    /// may keep back.
    pub async fn request(&self, own: OwnCall, request: Request<Bytes>) -> Option<DelayedReply> {
        self.ask(|answer| Message::Request(Incoming { own, request, answer })).await
    }

    /// Gives a command and waits until it is carried out; a step is when its end is reached.
    pub async fn command(&self, command: Command) -> Option<CommandOutcome> {
        self.ask(|answer| Message::Command(command, answer)).await
    }

    /// A stream of frames for a page; `Some(None)` when there are as many pages as may be.
    pub async fn watch(&self, query: Query, last_id: Option<String>) -> Option<Option<Watched>> {
        self.ask(|watched| Message::Watch { query, last_id, watched }).await
    }

    /// Changes what the page of this number sees; `Some(false)` when there is none.
    pub async fn ask_for(&self, number: u64, query: Query) -> Option<bool> {
        self.ask(|reply| Message::Ask(number, query, reply)).await
    }

    /// The state, as JSON.
    pub async fn state(&self, query: Query) -> Option<Bytes> {
        self.ask(|answer| Message::State(query, answer)).await
    }

    async fn ask<T>(&self, message: impl FnOnce(oneshot::Sender<T>) -> Message) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        self.send(message(answer));
        answered.await.ok()
    }
}
