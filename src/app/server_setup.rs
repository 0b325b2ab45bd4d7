//! Starts a run over sockets: the listener, the server, the engine's client, and the owner of the
//! play.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::LocalSet;

use super::descriptors;
use super::exit::CommandError;
use super::http::{Server, ServerLimits, ServerOptions, TlsWay};
use super::live::foreign::{ForeignLine, ForeignServer};
use super::live::owner::{ForeignTarget, OwnerParts};
use super::live::wire::Wire;
use super::live::{Callers, Handle, Message, Owner, SharedOwner, Speed};
use super::tls::{CertificateFile, Tls, TlsFlags};
use crate::scenario::{Play, Script};

/// Where and how to serve.
#[derive(Clone, Debug)]
pub struct ListenOptions {
    /// The address to listen on.
    pub host: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Further names under which the control API may be reached.
    pub allowed_hosts: Vec<String>,
    /// A folder to serve the page from, instead of the files in the binary.
    pub web_dir: Option<PathBuf>,
    /// The limits for clients.
    pub limits: ServerLimits,
    /// How clients of the tenant reach it.
    pub tls: TlsFlags,
}

impl Default for ListenOptions {
    fn default() -> ListenOptions {
        let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
        ListenOptions {
            host,
            port: 0,
            allowed_hosts: Vec::new(),
            web_dir: None,
            limits: ServerLimits::default(),
            tls: TlsFlags::default(),
        }
    }
}

/// How a run is played over sockets.
pub struct PlayOptions {
    /// What is played.
    pub source: PlaySource,
    /// How fast the clock runs.
    pub speed: Speed,
    /// Whether the clock is paused at first.
    pub paused: bool,
    /// Whether external clients are served; the world then gets the server's SCIM address.
    pub open: bool,
    /// A server that is not ours, to provision in place of the mock.
    pub target: Option<ForeignServer>,
    /// Called with the play now and then, to print what is new to a terminal.
    pub narrator: Box<dyn FnMut(&Play)>,
}

/// The source of a run.
pub enum PlaySource {
    /// A script, from its start.
    Script(Box<Script>),
    /// A play that has already advanced to some instant.
    Play(Box<Play>),
}

/// A run over sockets, whose listener accepts connections.
pub struct RunningServer {
    /// The owner of the play; its work has not begun.
    pub owner: SharedOwner,
    /// Sends messages to the owner.
    pub handle: Handle,
    /// Where this machine reaches the server: `http://127.0.0.1:4040`.
    pub url: String,
    /// The line to the server that is provisioned, when it is not ours.
    pub target: Option<ForeignLine>,
    messages: UnboundedReceiver<Message>,
    server: Rc<Server>,
    /// Keeps the file of the certificate as long as the server.
    trusted: Option<CertificateFile>,
}

/// Where HTTPS is served, and by what it is trusted.
#[derive(Clone, Debug)]
pub struct HttpsAddress {
    /// `https://127.0.0.1:4041`.
    pub url: String,
    /// The certificate to trust.
    pub certificate: PathBuf,
    /// The relay, for `HTTPS_PROXY`.
    pub relay: Option<String>,
}

/// Binds the address. Clients may connect from now on, but no connection is accepted yet.
///
/// # Errors
/// When the address cannot be bound, with what to do about it.
pub async fn listen(at: &ListenOptions) -> Result<TcpListener, CommandError> {
    bind(at.host, at.port, "--port").await
}

/// Binds an address whose port comes from a flag.
async fn bind(host: IpAddr, port: u16, flag: &str) -> Result<TcpListener, CommandError> {
    TcpListener::bind((host, port)).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => {
            CommandError::not_started(format!("port {port} of {host} is taken"))
                .help(format!("stop the program that has it, or take a free port with `{flag} 0`"))
        }
        io::ErrorKind::PermissionDenied => {
            CommandError::not_started(format!("not allowed to listen on port {port}"))
                .help(format!("take a port from 1024 up, or a free one with `{flag} 0`"))
        }
        io::ErrorKind::AddrNotAvailable => {
            CommandError::not_started(format!("{host} is not an address of this machine"))
                .help("`--host 127.0.0.1` is")
        }
        _ => CommandError::not_started(format!("cannot listen on {host} port {port}: {error}")),
    })
}

/// Sets up the play and begins to accept connections. Must be called inside a [`LocalSet`].
///
/// # Errors
/// When the listener has no address.
pub fn open(
    listener: TcpListener,
    at: &ListenOptions,
    play: PlayOptions,
) -> Result<RunningServer, CommandError> {
    let address = reachable(listener.local_addr()?);
    let url = format!("http://{address}");
    let (handle, messages) = Handle::new();
    let callers = Callers::default();
    let target = play.target.map(|server| ForeignTarget {
        url: server.url.clone(),
        line: ForeignLine::open(server, handle.clone()),
    });
    let line = target.as_ref().map(|target| target.line.clone());
    let parts = OwnerParts {
        base_url: play.open.then(|| format!("{url}/scim/v2")),
        speed: play.speed,
        paused: play.paused,
        wire: Wire::new(address, callers.clone(), handle.clone()),
        handle: handle.clone(),
        target,
        narrator: play.narrator,
    };
    let started = match play.source {
        PlaySource::Script(script) => parts.stage(*script),
        PlaySource::Play(play) => *play,
    };
    let owner = SharedOwner::new(Owner::new(started, parts));
    let options = ServerOptions {
        allowed_hosts: at.allowed_hosts.clone(),
        web_dir: at.web_dir.clone(),
        limits: at.limits,
        token_key: at.tls.token_key.clone(),
        tls_names: at.tls.tls_name.clone(),
    };
    let server = Server::new(owner.clone(), handle.clone(), callers, options);
    tokio::task::spawn_local(server.clone().accept(listener));
    Ok(RunningServer { owner, handle, url, target: line, messages, server, trusted: None })
}

impl RunningServer {
    /// Serves HTTPS too, and the relay, as the flags say. Must be called inside a [`LocalSet`].
    ///
    /// # Errors
    /// When a port is taken, or the certificates cannot be made.
    pub async fn open_https(
        &mut self,
        at: &ListenOptions,
    ) -> Result<Option<HttpsAddress>, CommandError> {
        if !at.tls.serves_https() {
            return Ok(None);
        }
        let port = self.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(0);
        let port = if at.port == 0 { 0 } else { port };
        let tls = Tls::new(&at.tls, at.host)
            .map_err(|error| CommandError::not_started(format!("{error:#}")))?;
        let listener = bind(at.host, at.tls.https_port(port), "--tls-port").await?;
        let url = format!("https://{}", reachable(listener.local_addr()?));
        let way = TlsWay { acceptor: tls.acceptor.clone(), relayed: false };
        tokio::task::spawn_local(self.server.clone().accept_tls(listener, way));
        let mut relay = None;
        if at.tls.relay {
            // Whoever reaches the relay reaches the tenant under the vendor's names: only this
            // machine may.
            let host = IpAddr::V4(Ipv4Addr::LOCALHOST);
            let listener = bind(host, at.tls.port_of_relay(port), "--relay-port").await?;
            relay = Some(format!("http://{}", listener.local_addr()?));
            let way = TlsWay { acceptor: tls.acceptor, relayed: true };
            tokio::task::spawn_local(self.server.clone().accept_tls(listener, way));
        }
        let certificate = tls.trusted.path.clone();
        self.trusted = Some(tls.trusted);
        Ok(Some(HttpsAddress { url, certificate, relay }))
    }

    /// Serves until told to stop, then finishes the responses under way.
    pub async fn serve(self) {
        self.owner.serve(self.messages).await;
        self.server.stop().await;
        drop(self.trusted);
    }

    /// Plays to the end and returns the play.
    ///
    /// # Errors
    /// Why the run could not go on to its end.
    pub async fn finish(self) -> Result<Play, String> {
        self.owner.finish(self.messages).await
    }
}

/// What a run over sockets tells, and is told.
pub struct Told {
    /// Called with the play now and then.
    pub narrator: Box<dyn FnMut(&Play)>,
    /// Why the run is to end at the next instant, once it is.
    pub stops: Box<dyn Fn() -> Option<&'static str>>,
}

impl Default for Told {
    fn default() -> Told {
        Told { narrator: Box::new(|_| {}), stops: Box::new(|| None) }
    }
}

/// How often a run is asked whether it is to end.
const ASKED: Duration = Duration::from_millis(50);

/// Plays a play that is at its start to its end, or until it is told to stop, with every request
/// carried over sockets and without external clients.
///
/// # Errors
/// When there are too few descriptors, no port is free, or the run cannot go on.
pub fn play_over_http(play: Play, speed: Speed, told: Told) -> Result<Play, CommandError> {
    let _reserved = descriptors::reserve(play.script().setup.entra.policy.concurrency)?;
    on_one_thread(async {
        let at = ListenOptions::default();
        let play = PlayOptions {
            source: PlaySource::Play(Box::new(play)),
            speed,
            paused: false,
            open: false,
            target: None,
            narrator: told.narrator,
        };
        let running = open(listen(&at).await?, &at, play)?;
        let handle = running.handle.clone();
        tokio::task::spawn_local(async move {
            let why = loop {
                match (told.stops)() {
                    Some(why) => break why,
                    None => tokio::time::sleep(ASKED).await,
                }
            };
            handle.send(Message::EndHere(why));
        });
        let played = running.finish().await;
        played.map_err(|why| CommandError::not_started(format!("the run cannot go on: {why}")))
    })
}

/// Runs a future and everything it spawns on this thread.
///
/// # Errors
/// The error of the future, or that the system has no event queue left.
pub fn on_one_thread<T>(
    work: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, work)
}

/// The address under which this machine reaches a listener.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(ip, bound.port())
}
