//! The owner of the play, shared by its message loop and by the connections.
//!
//! There is one owner and one thread, so there is no lock: a caller borrows the owner for one
//! synchronous closure, never across an await. A request of an external client borrows it directly,
//! because a message and its reply would cost as much as handling the request. The engine's client,
//! the control API and the file watch send a [`Message`] to the loop instead.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Instant;

use bytes::Bytes;
use http::Request;
use serde_json::Value;
use tokio::sync::{Notify, mpsc};

use super::carry::ExternalReply;
use super::message::Message;
use super::owner::{Owner, Turn};
use crate::scenario::Play;
use crate::world::Door;

/// The owner of the play and the loop that runs it; cheap to clone.
#[derive(Clone)]
pub struct SharedOwner(Rc<OwnerSlot>);

struct OwnerSlot {
    /// Empty while a caller has the owner, and for good after a panic of a caller or the end of the
    /// loop.
    owner: Cell<Option<Box<Owner>>>,
    /// Wakes the loop when a request of an external client has changed something to show.
    changed: Notify,
}

impl SharedOwner {
    /// Shares an owner; the clock stands until [`SharedOwner::serve`] or [`SharedOwner::finish`].
    pub fn new(owner: Owner) -> SharedOwner {
        let owner = Cell::new(Some(Box::new(owner)));
        SharedOwner(Rc::new(OwnerSlot { owner, changed: Notify::new() }))
    }

    /// Handles a request of an external client at once; returns `None` when the owner has stopped.
    pub fn handle_external(
        &self,
        door: Door,
        request: &mut Request<Bytes>,
    ) -> Option<ExternalReply> {
        let _waker = PanicWaker(&self.0.changed);
        let mut first_change = false;
        let reply = self.with(|owner| {
            first_change = owner.touch();
            owner.handle_external(door, request)
        });
        if first_change {
            self.0.changed.notify_one();
        }
        reply
    }

    /// Reads from the play; returns `None` when the owner has stopped.
    pub fn read<T>(&self, read: impl FnOnce(&Play) -> T) -> Option<T> {
        self.with(|owner| read(owner.play()))
    }

    /// Reads an answer from the play, and leaves the secrets of the run out of it; returns `None`
    /// when the owner has stopped.
    pub fn read_masked<E>(
        &self,
        read: impl FnOnce(&Play) -> Result<Value, E>,
    ) -> Option<Result<Value, E>> {
        self.with(|owner| read(owner.play()).map(|answer| owner.without_secrets(answer)))
    }

    /// Changes the play beside its script, for a client; returns `None` when the owner has stopped.
    pub fn change<T>(&self, change: impl FnOnce(&mut Play) -> T) -> Option<T> {
        self.with(|owner| owner.by_hand.outside = true)?;
        self.note(change)
    }

    /// Has the play note what a client did, which nothing else hangs on: a row of the sign-in log.
    /// Returns `None` when the owner has stopped.
    pub fn note<T>(&self, note: impl FnOnce(&mut Play) -> T) -> Option<T> {
        let _waker = PanicWaker(&self.0.changed);
        let mut first_change = false;
        let done = self.with(|owner| {
            first_change = owner.touch();
            note(&mut owner.play)
        });
        if first_change {
            self.0.changed.notify_one();
        }
        done
    }

    /// Plays and serves until [`Message::Stop`] arrives.
    pub async fn serve(&self, messages: mpsc::UnboundedReceiver<Message>) {
        self.with(|owner| owner.serving = true);
        self.work(messages).await;
        self.with(Owner::narrate);
        self.0.owner.take();
    }

    /// Plays to the end and returns the play.
    ///
    /// # Errors
    /// Why the run could not continue to its end.
    pub async fn finish(&self, messages: mpsc::UnboundedReceiver<Message>) -> Result<Play, String> {
        let over = self.work(messages).await;
        match self.0.owner.take().filter(|_| over) {
            Some(owner) => owner.into_play(),
            None => Err("it was stopped before its end".to_owned()),
        }
    }

    /// Runs the loop: a turn of the owner, then the messages that have arrived, then a frame for
    /// the pages. Returns `true` when the run is over, `false` when it was told to stop.
    async fn work(&self, mut messages: mpsc::UnboundedReceiver<Message>) -> bool {
        loop {
            let first = match self.with_owner(Owner::turn) {
                Turn::Over => return true,
                Turn::Again => {
                    tokio::task::yield_now().await;
                    None
                }
                Turn::WaitUntil(wake) => tokio::select! {
                    biased;
                    message = messages.recv() => message,
                    () = self.0.changed.notified() => None,
                    () = sleep_until(wake) => None,
                },
            };
            let more = std::iter::from_fn(|| messages.try_recv().ok());
            for message in first.into_iter().chain(more) {
                if let Message::Stop = message {
                    return false;
                }
                self.with_owner(|owner| {
                    owner.touch();
                    owner.handle_message(message);
                });
            }
            let round = self.with_owner(|owner| {
                owner.reply_to_testers();
                owner.reply_to_external();
                owner.show_if_due()
            });
            if let Some(began) = round {
                self.note_when_written(began);
            }
        }
    }

    /// Notes how long a round of frames took once the connections have written it: they were woken
    /// before the task that starts here, and tasks have their turns in that order.
    fn note_when_written(&self, began: Instant) {
        let owner = self.clone();
        tokio::task::spawn_local(async move {
            owner.with(|owner| owner.frames.written(began));
        });
    }

    /// Lends the owner to `work`; returns `None` when the owner has stopped.
    fn with<T>(&self, work: impl FnOnce(&mut Owner) -> T) -> Option<T> {
        let mut owner = self.0.owner.take()?;
        let done = work(&mut owner);
        self.0.owner.set(Some(owner));
        Some(done)
    }

    /// Lends the owner to the loop. Apart from a panic, only the end of the loop removes the owner
    /// for good.
    fn with_owner<T>(&self, work: impl FnOnce(&mut Owner) -> T) -> T {
        self.with(work).expect("the owner is lost only by a panic, which has been reported")
    }
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake.into()).await,
        None => std::future::pending().await,
    }
}

/// Wakes the loop when handling a request panics. The owner is lost then, and the loop must end the
/// program instead of waiting for messages to a lost owner.
struct PanicWaker<'a>(&'a Notify);

impl Drop for PanicWaker<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.notify_one();
        }
    }
}
