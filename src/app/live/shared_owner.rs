//! Where the owner of the play sits: it works by itself when something is due or said, and answers
//! outsiders who knock.
//!
//! There is one owner and one thread. Whoever works with the owner takes it from the desk and puts
//! it back before anything is awaited. Outsiders come to the desk themselves, for the way by
//! message and back costs as much as many an answer; their place in a run is nobody's business but
//! theirs. All others send messages, and the loop here hears them.

use std::cell::Cell;
use std::rc::Rc;

use bytes::Bytes;
use http::Request;
use tokio::sync::{Notify, mpsc};

use super::alarm::Alarm;
use super::message::Message;
use super::owner::{Owner, Rest};
use crate::scenario::Play;
use crate::world::{DelayedReply, Door};

/// The desk, as connections know it; cheap to clone.
#[derive(Clone)]
pub struct SharedOwner(Rc<OwnerSlot>);

struct OwnerSlot {
    owner: Cell<Option<Box<Owner>>>,
    news: Notify,
}

impl SharedOwner {
    /// Seats an owner.
    pub fn new(owner: Owner) -> SharedOwner {
        SharedOwner(Rc::new(OwnerSlot {
            owner: Cell::new(Some(Box::new(owner))),
            news: Notify::new(),
        }))
    }

    /// Answers an outsider's request at once; `None` when nobody sits here any more.
    pub fn handle_external(
        &self,
        door: Door,
        request: &mut Request<Bytes>,
    ) -> Option<DelayedReply> {
        let _witness = PanicWaker(&self.0.news);
        let mut news = false;
        let sending = self.with(|owner| {
            news = owner.touch();
            owner.handle_external(door, request)
        });
        if news {
            self.0.news.notify_one();
        }
        sending
    }

    /// Looks at the play; `None` when nobody sits here any more.
    pub fn read<T>(&self, read: impl FnOnce(&Play) -> T) -> Option<T> {
        self.with(|owner| read(owner.play()))
    }

    /// Works until told to stop.
    pub async fn serve(&self, messages: mpsc::UnboundedReceiver<Message>) {
        self.with(|owner| owner.serving = true);
        self.work(messages, |_| false).await;
        self.with(Owner::narrate);
        self.0.owner.take();
    }

    /// Works until the play has ended, and gives it back; `None` when it was told to stop before.
    pub async fn finish(&self, messages: mpsc::UnboundedReceiver<Message>) -> Option<Play> {
        self.work(messages, |owner| owner.over).await;
        self.0.owner.take().map(|owner| owner.into_play())
    }

    async fn work(
        &self,
        mut messages: mpsc::UnboundedReceiver<Message>,
        done: impl Fn(&Owner) -> bool,
    ) {
        let mut alarm = Alarm::default();
        loop {
            let (rest, frame) = self.present(|owner| (owner.turn(), owner.frame_due()));
            if self.present(|owner| done(owner)) {
                return;
            }
            let first = match rest {
                Rest::None => {
                    // Connections have their turn.
                    tokio::task::yield_now().await;
                    None
                }
                Rest::Until(wake) => tokio::select! {
                    biased;
                    message = messages.recv() => message,
                    () = self.0.news.notified() => None,
                    () = alarm.rings_at([wake, frame].into_iter().flatten().min()) => None,
                },
            };
            let more = std::iter::from_fn(|| messages.try_recv().ok());
            for message in first.into_iter().chain(more) {
                if let Message::Stop = message {
                    return;
                }
                self.present(|owner| {
                    owner.touch();
                    owner.handle_message(message);
                });
            }
            self.present(Owner::show_if_due);
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Owner) -> T) -> Option<T> {
        let mut owner = self.0.owner.take()?;
        let done = work(&mut owner);
        self.0.owner.set(Some(owner));
        Some(done)
    }

    fn present<T>(&self, work: impl FnOnce(&mut Owner) -> T) -> T {
        self.with(work).expect(
            "only a panic while an outsider was answered takes the owner away: a bug, told already",
        )
    }
}

/// Wakes the loop when a request makes the owner panic, so that the program ends instead of
/// answering nobody.
struct PanicWaker<'a>(&'a Notify);

impl Drop for PanicWaker<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.notify_one();
        }
    }
}
