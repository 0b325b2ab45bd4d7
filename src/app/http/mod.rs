//! The HTTP server: one port for the page, GoLinks, the tenant, the control API and health; HTTPS
//! on a second one.
//!
//! The server carries requests to the owner of the play and responses back; it decides nothing
//! about SCIM. One thread serves everything, so a request of an external client reaches the owner
//! by a plain function call.

mod action;
mod answers;
mod body;
mod commands;
mod connection;
mod control;
mod exchanges;
mod graph_schemas;
mod guard;
pub mod openapi;
mod page;
mod raw_target;
mod readings;
mod refusals;
mod report;
mod route;
mod routes;
mod sign_on;
mod tokens;

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, watch};
use tokio_rustls::TlsAcceptor;

use self::body::Unfinished;
use self::connection::Peer;
use self::guard::Guard;
pub use self::readings::{ApplicationName, Applications};
pub use self::sign_on::SSO_PATHS;
use self::sign_on::Sessions;
use self::tokens::Tokens;
pub use self::tokens::read_key;
use super::live::{Callers, Handle, SharedOwner};
use super::tls::STOCK_HOSTS;

/// The options the server is started with.
pub struct ServerOptions {
    /// The names under which the control API may be reached, besides this machine's own.
    pub allowed_hosts: Vec<String>,
    /// A folder with files of the page, which are served instead of the copies in the program.
    pub web_dir: Option<PathBuf>,
    /// The limits on clients.
    pub limits: ServerLimits,
    /// The file of the key that signs the tenant's tokens; without one a key is made.
    pub token_key: Option<PathBuf>,
    /// Further names of the certificate, under which the tenant may be reached too.
    pub tls_names: Vec<String>,
}

/// Limits on the time, the connections and the memory that clients may use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ServerLimits {
    /// How long a client may take to send a request, or go without reading any of a response.
    pub patience: Duration,
    /// How many connections may be open at once; the engine's are accepted even beyond that.
    pub connections: usize,
    /// The most bytes that all request bodies still arriving may hold in memory together.
    pub unfinished_bytes: usize,
}

impl Default for ServerLimits {
    fn default() -> ServerLimits {
        ServerLimits {
            patience: Duration::from_secs(15),
            connections: 1_000,
            unfinished_bytes: 256 << 20,
        }
    }
}

/// The server, shared by its connections.
pub struct Server {
    owner: SharedOwner,
    handle: Handle,
    callers: Callers,
    guard: Guard,
    /// The guard of the Graph API and of sign-in, which also answer to the vendor's names.
    front: Guard,
    tokens: Tokens,
    /// The sessions of browsers at the tenant.
    sessions: Sessions,
    web_dir: Option<PathBuf>,
    limits: ServerLimits,
    unfinished: Unfinished,
    /// Held while a report is made.
    reports: Mutex<()>,
    /// Counts the open connections, and closes them when the server stops.
    graceful: RefCell<GracefulShutdown>,
    stopping: watch::Sender<bool>,
}

/// The longest time a stopping server waits for unfinished responses.
const FAREWELL_MAX: Duration = Duration::from_secs(2);

/// How many clients over the limit are refused with 503 at a time; any more are disconnected
/// without a response.
const TURNED_AWAY_MAX: usize = 64;

impl Server {
    /// Creates a server in front of `owner`; `callers` knows which connections are the engine's.
    pub fn new(
        owner: SharedOwner,
        handle: Handle,
        callers: Callers,
        options: ServerOptions,
    ) -> Rc<Server> {
        let mut front = options.allowed_hosts.clone();
        front.extend(options.tls_names);
        front.extend(STOCK_HOSTS.map(str::to_owned));
        Rc::new(Server {
            owner,
            handle,
            callers,
            guard: Guard::new("the control API", &options.allowed_hosts),
            front: Guard::new("the tenant", &front),
            tokens: Tokens::new(options.token_key),
            sessions: Sessions::default(),
            web_dir: options.web_dir,
            limits: options.limits,
            unfinished: Unfinished::new(options.limits.unfinished_bytes),
            reports: Mutex::default(),
            graceful: RefCell::default(),
            stopping: watch::Sender::new(false),
        })
    }

    /// Accepts connections until the server stops.
    pub async fn accept(self: Rc<Self>, listener: TcpListener) {
        let mut failures = Failures::default();
        let mut stopping = self.stopping.subscribe();
        // Whether the engine has freed the descriptor that it had reserved for its connection.
        let mut freed = false;
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stopping.wait_for(|stopping| *stopping) => return,
            };
            match accepted {
                Ok((stream, address)) => {
                    failures.over();
                    let (address, open) = (canonical(address), self.graceful.borrow().count());
                    if self.callers.knows(address) {
                        freed = false;
                        self.callers.accepted(address);
                        connection::spawn(&self, stream, Peer::Engine(address));
                    } else if freed {
                        // That descriptor is not for this client, and there is no other.
                        drop(stream);
                    } else if open < self.limits.connections {
                        connection::spawn(&self, stream, Peer::Outside);
                    } else if open < self.limits.connections + TURNED_AWAY_MAX {
                        connection::turn_away(&self, stream);
                    }
                }
                Err(error) if !freed && self.callers.free_descriptor() => {
                    tracing::debug!("a connection could not be accepted at once: {error}");
                    freed = true;
                }
                Err(error) => {
                    failures.count(&error);
                    // The cause may be a lack of file descriptors; some may be free after a pause.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Accepts connections of HTTPS until the server stops; by way of the relay when it is one.
    pub async fn accept_tls(self: Rc<Self>, listener: TcpListener, way: TlsWay) {
        let mut failures = Failures::default();
        let mut stopping = self.stopping.subscribe();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = stopping.wait_for(|stopping| *stopping) => return,
            };
            match accepted {
                Ok((stream, _)) => {
                    failures.over();
                    if self.graceful.borrow().count() < self.limits.connections {
                        connection::spawn_tls(&self, stream, way.clone());
                    }
                }
                Err(error) => {
                    failures.count(&error);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        }
    }

    /// Stops accepting connections and closes each open one after its current response; waits at
    /// most `FAREWELL_MAX` for that.
    pub async fn stop(self: Rc<Self>) {
        self.stopping.send_replace(true);
        let _ = tokio::time::timeout(FAREWELL_MAX, self.graceful.take().shutdown()).await;
    }
}

/// How a connection comes to HTTPS.
#[derive(Clone)]
pub struct TlsWay {
    /// Does the handshake.
    pub acceptor: TlsAcceptor,
    /// Whether the client first asks the relay to lead it here.
    pub relayed: bool,
}

/// Counts failures to accept a connection that follow one another. The first is logged at once,
/// and the number of them when connections are accepted again.
#[derive(Default)]
struct Failures(u64);

impl Failures {
    fn count(&mut self, error: &io::Error) {
        if self.0 == 0 {
            tracing::warn!("a connection could not be accepted: {error}");
        }
        self.0 += 1;
    }

    fn over(&mut self) {
        if self.0 > 1 {
            tracing::warn!("connections are accepted again, after {} failures", self.0);
        }
        self.0 = 0;
    }
}

/// Returns the address of a peer. An IPv4 address that an IPv6 socket reports in mapped form
/// becomes plain IPv4.
fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}
