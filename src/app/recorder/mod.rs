//! Stands between a SCIM client and a server, passes every byte on, and writes down what passed.
//!
//! A connection of a client gets a connection of its own to the server ([`relay`]); what goes over
//! it is read along by a [`Tap`](crate::recording::Tap), and each exchange is written by a thread
//! ([`files`]) that takes secrets and people out of it first.

mod files;
mod flags;
mod relay;
mod upstream;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, watch};

pub use self::files::Files;
pub use self::flags::{RecordArgs, ReplayArgs};
pub use self::upstream::Upstream;
use crate::app::exit::CommandError;
use crate::recording::tap::Limits;
use crate::recording::{self, Exchange};

/// Connections at once; further ones wait to be accepted.
const CONNECTIONS_MAX: usize = 128;

/// Exchanges that may wait to be written; beyond them connections wait.
const UNWRITTEN_MAX: usize = 256;

/// How long connections that wait for an answer are kept when the recorder stops.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// What all connections share.
pub struct Recorder {
    upstream: Upstream,
    /// What `Host` says to the server; `None` leaves it as the client says it.
    host: Option<String>,
    limits: Limits,
    requests: AtomicU64,
    connections: AtomicU64,
    began: (Instant, u64),
}

impl Recorder {
    /// A recorder in front of a server. No content longer than `content` bytes is kept.
    pub fn new(upstream: Upstream, host: Option<String>, content: usize) -> Recorder {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Recorder {
            upstream,
            host,
            limits: Limits { content, connection: content.saturating_mul(4) },
            requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            began: (Instant::now(), u64::try_from(since.as_micros()).unwrap_or(u64::MAX)),
        }
    }

    /// Microseconds since 1970; they never run backward.
    fn now(&self) -> u64 {
        let passed = self.began.0.elapsed().as_micros();
        self.began.1.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX))
    }

    fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Takes connections until `stop` ends; returns when the last of them has ended.
    pub async fn run(
        self: Arc<Self>,
        listener: TcpListener,
        exchanges: mpsc::Sender<Exchange>,
        stop: impl Future<Output = ()>,
    ) {
        let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let (stopping, stopped) = watch::channel(false);
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = accept(&listener, &room) => accepted,
                () = &mut stop => break,
            };
            let Some((client, place)) = accepted else { continue };
            let (recorder, exchanges) = (self.clone(), exchanges.clone());
            let mut stopped = stopped.clone();
            tokio::spawn(async move {
                let number = recorder.connections.fetch_add(1, Ordering::Relaxed) + 1;
                relay::carry(&recorder, number, client, &exchanges, &mut stopped).await;
                drop(place);
            });
        }
        let _ = stopping.send(true);
        let all = room.acquire_many(CONNECTIONS_MAX as u32);
        let _ = tokio::time::timeout(FAREWELL_MAX + Duration::from_secs(1), all).await;
    }
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = room.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((client, _)) => Some((client, place)),
        Err(error) => {
            tracing::warn!("a connection could not be accepted: {error}");
            // The cause may be a lack of file descriptors; some may be free after a pause.
            tokio::time::sleep(Duration::from_millis(20)).await;
            None
        }
    }
}

/// A queue for what is to be written.
pub fn queue() -> (mpsc::Sender<Exchange>, mpsc::Receiver<Exchange>) {
    mpsc::channel(UNWRITTEN_MAX)
}

/// The scenario that is made of the recording in a folder.
///
/// # Errors
/// When the folder holds none.
pub fn scenario_of(folder: &std::path::Path) -> Result<String, CommandError> {
    let (recording, exchanges) = Files::read(folder)?;
    Ok(recording::scenario::write(&recording, &exchanges))
}
