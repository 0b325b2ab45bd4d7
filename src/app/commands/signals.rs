//! The signals that stop the program: Ctrl-C and a container's termination signal.

use tokio::signal;

use crate::app::exit::Exit;

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
