//! The signals that stop the program: Ctrl-C and a container's termination signal.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::signal;

use crate::app::exit::Exit;
use crate::app::remote::{STOP, ledger};
use crate::app::terminal;
pub use crate::foreign::STOPPED;

/// What a command says at the first signal that has made something at a server.
pub const DELETES_FIRST: &str =
    "stopping: what was made at the server is deleted; again to leave it there";

/// Whether the signal was the termination signal.
static TERMINATED: AtomicBool = AtomicBool::new(false);

/// The exit code of a command that a signal has ended; `None` while none has come.
pub fn signalled() -> Option<Exit> {
    let stopped = STOP.load(Ordering::Acquire);
    let terminated = TERMINATED.load(Ordering::Relaxed);
    stopped.then_some(if terminated { Exit::Terminated } else { Exit::Interrupted })
}

/// Lets Ctrl-C and a termination signal end a command before its next request, so that it cleans
/// up, and says so in these words; a second one ends the program at once.
pub fn stop_when_told(words: &'static str) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return tracing::warn!("signals cannot be caught");
    };
    let mut signals = {
        let _inside = runtime.enter();
        Signals::catch()
    };
    std::thread::spawn(move || {
        let exit = runtime.block_on(signals.next());
        TERMINATED.store(exit == Exit::Terminated, Ordering::Relaxed);
        STOP.store(true, Ordering::Release);
        terminal::note(words);
        let exit = runtime.block_on(signals.next());
        end_now(exit);
    });
}

/// Ends the program at once, and names what it leaves at servers.
pub fn end_now(exit: Exit) -> ! {
    ledger::lines().iter().for_each(|line| terminal::note(line));
    std::process::exit(exit as i32);
}

/// Makes Ctrl-C and a termination signal end the program at once with these words, each with its
/// own exit code.
pub fn exit_when_told(words: &'static str) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return tracing::warn!("signals cannot be caught");
    };
    let mut signals = {
        let _inside = runtime.enter();
        Signals::catch()
    };
    std::thread::spawn(move || {
        let exit = runtime.block_on(signals.next());
        terminal::note(words);
        std::process::exit(exit as i32);
    });
}

/// The caught signals.
pub struct Signals {
    #[cfg(unix)]
    caught: Option<(signal::unix::Signal, signal::unix::Signal)>,
}

impl Signals {
    /// Begins to catch the signals. Must be called inside a tokio runtime.
    pub fn catch() -> Signals {
        #[cfg(unix)]
        {
            use signal::unix::{SignalKind, signal};
            let caught = signal(SignalKind::interrupt())
                .and_then(|i| Ok((i, signal(SignalKind::terminate())?)));
            if let Err(error) = &caught {
                tracing::warn!("signals cannot be caught: {error}");
            }
            Signals { caught: caught.ok() }
        }
        #[cfg(not(unix))]
        Signals {}
    }

    /// Waits for the next signal and returns its exit code.
    pub async fn next(&mut self) -> Exit {
        #[cfg(unix)]
        match &mut self.caught {
            Some((interrupt, terminate)) => {
                tokio::select! {
                    _ = interrupt.recv() => Exit::Interrupted,
                    _ = terminate.recv() => Exit::Terminated,
                }
            }
            None => std::future::pending().await,
        }
        #[cfg(not(unix))]
        {
            let _ = signal::ctrl_c().await;
            Exit::Interrupted
        }
    }
}
