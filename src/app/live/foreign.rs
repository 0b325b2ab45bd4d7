//! The line to a server that is not ours: a thread sends the engine's requests there one after the
//! other, reads back, and cleans up before each run and at the end.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_local;

use super::message::{Handle, Message};
use super::wire::OwnCall;
use crate::app::remote::{HttpServer, Patience, ledger};
use crate::app::terminal;
use crate::entra::Call;
use crate::foreign::{Came, Left, Target};
use crate::scim::Object;
use crate::world::ReadBack;

/// A server that is not ours, before the line to it is open.
pub struct ForeignServer {
    /// The server.
    pub target: Target<HttpServer>,
    /// Where it is, as the page says it.
    pub url: String,
    /// How long it wants to be left alone.
    pub patience: Arc<Patience>,
}

/// The owner's end of the line; cheap to clone.
#[derive(Clone)]
pub struct ForeignLine {
    jobs: mpsc::UnboundedSender<Job>,
}

/// What the line is to do.
enum Job {
    /// Send a call of the engine.
    Send(OwnCall, Box<Call>),
    /// Delete what an earlier run made, and make these accounts for the run of this number.
    Prepare(u64, Vec<Object>),
    /// Read everything again, for the run of this number.
    ReadAgain(u64),
    /// Say what was made, and delete it unless it is to stay.
    End { keep: bool, left: oneshot::Sender<(Left, u64)> },
}

/// What the line tells the owner.
pub enum Reached {
    /// What came of a call.
    Call(OwnCall, Box<Came>),
    /// A call was not sent.
    Unsent {
        /// The run and the id of the call.
        own: OwnCall,
        /// The whole call, so that it can be sent later.
        call: Box<Call>,
        /// Why.
        why: String,
    },
    /// The target is as the run of this number needs it, or why it is not.
    Prepared(u64, Vec<ReadBack>, Option<String>),
    /// Everything was read again for the run of this number.
    ReadAgain(u64, Vec<ReadBack>),
    /// The server is left alone for a while, and why; `None` when that is over.
    Waits(Option<String>),
}

impl ForeignLine {
    /// Starts the thread; what it has to tell goes to the owner. Must be called inside a
    /// `LocalSet`.
    pub fn open(server: ForeignServer, owner: Handle) -> ForeignLine {
        let (jobs, received) = mpsc::unbounded_channel();
        let (telling, mut told) = mpsc::unbounded_channel();
        let ForeignServer { target, patience, url } = server;
        let page = telling.clone();
        patience.tell_by(move |why| {
            why.iter().for_each(|why| why.note("; virtual time stands"));
            let why = why.map(|why| format!("{}; virtual time stands", why.why));
            // The owner is gone only when the program ends.
            let _ = page.send(Reached::Waits(why));
        });
        std::thread::spawn(move || work(target, received, &telling, &mut Silence::of(url)));
        spawn_local(async move {
            while let Some(reached) = told.recv().await {
                owner.send(Message::Reached(reached));
            }
        });
        ForeignLine { jobs }
    }

    /// Sends a call; the owner will get what came of it as a message.
    pub fn send(&self, own: OwnCall, call: Call) {
        self.give(Job::Send(own, Box::new(call)));
    }

    /// Deletes what an earlier run made, and makes the accounts of a new one.
    pub fn prepare(&self, run: u64, accounts: Vec<Object>) {
        self.give(Job::Prepare(run, accounts));
    }

    /// Reads everything again.
    pub fn read_again(&self, run: u64) {
        self.give(Job::ReadAgain(run));
    }

    /// Cleans up after the last run, unless what it made is to stay; returns what is left and how
    /// many requests were sent.
    pub async fn end(&self, keep: bool) -> Option<(Left, u64)> {
        let (left, told) = oneshot::channel();
        self.give(Job::End { keep, left });
        told.await.ok()
    }

    fn give(&self, job: Job) {
        // The thread ends only with the program.
        let _ = self.jobs.send(job);
    }
}

/// Whether the server is silent, as the terminal was told: once when it stops answering, and once
/// when it answers again.
struct Silence {
    url: String,
    silent: bool,
}

impl Silence {
    fn of(url: String) -> Silence {
        Silence { url, silent: false }
    }

    fn tell(&mut self, is_silent: bool) {
        if self.silent == is_silent {
            return;
        }
        self.silent = is_silent;
        let url = &self.url;
        terminal::note(&match is_silent {
            true => format!("{url} answers no more: until it does, the job meets an outage"),
            false => format!("{url} answers again"),
        });
    }
}

fn work(
    mut target: Target<HttpServer>,
    mut jobs: mpsc::UnboundedReceiver<Job>,
    owner: &mpsc::UnboundedSender<Reached>,
    silence: &mut Silence,
) {
    while let Some(job) = jobs.blocking_recv() {
        let told = match job {
            Job::Send(own, call) => match target.carry(call.endpoint, (*call.request).clone()) {
                Ok(came) => Reached::Call(own, Box::new(came)),
                Err(why) => {
                    // When the clock is resumed the server gets another chance.
                    target.forgive();
                    Reached::Unsent { own, call, why }
                }
            },
            Job::Prepare(run, accounts) => {
                let (read, why) = prepare(&mut target, accounts);
                Reached::Prepared(run, read, why)
            }
            Job::ReadAgain(run) => Reached::ReadAgain(run, target.read_again()),
            Job::End { keep, left } => {
                let what = match keep {
                    true => target.keep(),
                    false => ledger::cleaning(|| target.clean_up()),
                };
                let _ = left.send((what, target.sent()));
                continue;
            }
        };
        silence.tell(target.is_silent());
        // The owner is gone only when the program ends.
        let _ = owner.send(told);
    }
}

/// Makes the target as a run needs it; returns what was read back, and why it is not so.
fn prepare(
    target: &mut Target<HttpServer>,
    accounts: Vec<Object>,
) -> (Vec<ReadBack>, Option<String>) {
    if target.made() > 0 {
        let left = target.clean_up();
        if !left.there.is_empty() {
            let still: Vec<String> = left.there.iter().map(ToString::to_string).collect();
            let still = still.join(", ");
            return (Vec::new(), Some(format!("what the run before made is still there: {still}")));
        }
    }
    let mut read = Vec::new();
    for account in accounts {
        match target.prepare(&account) {
            Ok(more) => read.extend(more),
            Err(why) => return (read, Some(why)),
        }
    }
    (read, None)
}
