//! The HTTP server: one port for the page, GoLinks, the control API and health.
//!
//! It carries requests to the owner of the play and answers back; it decides nothing about SCIM.
//! One thread serves everything, so that the way from a connection to the owner and back is short.

mod action;
mod body;
mod connection;
mod control;
mod guard;
mod meter;
mod page;
mod route;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;

use self::guard::Guard;
use self::meter::Meters;
use super::live::{Callers, Handle, SharedOwner};

/// What the server needs to begin.
pub struct Options {
    /// The names under which the control API may be reached, besides this machine's own.
    pub allowed_hosts: Vec<String>,
    /// Serves the page from this folder instead of the copy in the program.
    pub web_dir: Option<PathBuf>,
    /// How long a client may take to send a request.
    pub patience: Duration,
}

/// The server, shared by its connections.
pub struct Server {
    owner: SharedOwner,
    handle: Handle,
    callers: Callers,
    guard: Guard,
    web_dir: Option<PathBuf>,
    meters: Meters,
}

/// How long a stopping server waits for the answers under way.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

impl Server {
    /// A server in front of this owner, which knows the engine's connections.
    pub fn new(
        owner: SharedOwner,
        handle: Handle,
        callers: Callers,
        options: Options,
    ) -> Rc<Server> {
        Rc::new(Server {
            owner,
            handle,
            callers,
            guard: Guard::new(&options.allowed_hosts),
            web_dir: options.web_dir,
            meters: Meters::new(options.patience),
        })
    }

    /// Accepts connections for ever.
    pub async fn accept(self: Rc<Self>, listener: TcpListener) {
        let sweeper = self.clone();
        tokio::task::spawn_local(async move { sweeper.meters.sweep().await });
        loop {
            match listener.accept().await {
                Ok((stream, peer)) => connection::spawn(&self, stream, canonical(peer)),
                Err(error) => {
                    // Out of file descriptors, or a client that left at once: others may still be
                    // served.
                    tracing::warn!("a connection could not be accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Lets answers under way be finished, then closes all connections.
    pub async fn stop(&self) {
        self.meters.close(FAREWELL_MAX).await;
    }
}

/// An IPv4 peer as such, also on a socket that listens on IPv6.
fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}
