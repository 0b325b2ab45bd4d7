//! The engine's HTTP client: a small pool of plain connections, whose addresses the server knows.
//!
//! The server must recognise the engine's requests without a header that a real tenant would not
//! send. So each connection is bound to a local address before it connects, and the address is
//! registered with the call that the connection carries.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_LENGTH, DATE, HOST, HeaderMap, HeaderValue, TRANSFER_ENCODING,
};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpSocket;
use tokio::task::{AbortHandle, spawn_local};

use super::message::{Handle, Message};
use crate::entra::{Call, CallId, Lost, Reply};

/// A call of the engine and its run: each run numbers its calls anew.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OwnCall {
    /// The number of the run.
    pub run: u64,
    /// The id of the call within its run.
    pub id: CallId,
}

/// The local addresses of the engine's connections, each with the call that it carries.
#[derive(Clone, Default)]
pub struct Callers(Rc<RefCell<Register>>);

type Register = BTreeMap<SocketAddr, Caller>;

#[derive(Default)]
struct Caller {
    call: Option<OwnCall>,
    /// A socket that is never used: it keeps a descriptor free for the server's end of the
    /// connection, until the server has accepted it.
    reserved: Option<TcpSocket>,
}

impl Callers {
    /// Whether this address belongs to a connection of the engine.
    pub fn knows(&self, peer: SocketAddr) -> bool {
        self.0.borrow().contains_key(&peer)
    }

    /// Returns the call that the engine's connection from this address carries.
    pub fn call_of(&self, peer: SocketAddr) -> Option<OwnCall> {
        self.0.borrow().get(&peer)?.call
    }

    /// The server has accepted the connection from this address.
    pub fn accepted(&self, peer: SocketAddr) {
        if let Some(caller) = self.0.borrow_mut().get_mut(&peer) {
            caller.reserved = None;
        }
    }

    /// Frees a descriptor that a connection of the engine has reserved for the server's end.
    /// Returns whether there was one.
    pub fn free_descriptor(&self) -> bool {
        self.0.borrow_mut().values_mut().any(|caller| caller.reserved.take().is_some())
    }
}

/// The engine's client.
pub struct Wire {
    pool: Rc<Pool>,
    owner: Handle,
    calls: BTreeMap<CallId, AbortHandle>,
}

impl Wire {
    /// Creates a client of the server at `server`; replies go to the owner.
    pub fn new(server: SocketAddr, callers: Callers, owner: Handle) -> Wire {
        let host = HeaderValue::from_str(&server.to_string())
            .unwrap_or(HeaderValue::from_static("localhost"));
        let pool = Rc::new(Pool { server, host, callers, idle: RefCell::default() });
        Wire { pool, owner, calls: BTreeMap::new() }
    }

    /// Sends a call; the owner will get the reply as a message.
    pub fn send(&mut self, run: u64, call: Call) {
        let (pool, owner, id) = (self.pool.clone(), self.owner.clone(), call.id);
        let task = spawn_local(async move {
            let own = OwnCall { run, id };
            owner.send(match pool.exchange(own, (*call.request).clone()).await {
                Ok(reply) => Message::Reply { own, reply },
                Err(error) => Message::Unsent { own, call, why: error.to_string() },
            });
        });
        self.calls.insert(id, task.abort_handle());
    }

    /// Forgets a call that has its reply or could not be sent.
    pub fn done(&mut self, call: CallId) {
        self.calls.remove(&call);
    }

    /// Drops a call and its connection.
    pub fn abandon(&mut self, call: CallId) {
        if let Some(task) = self.calls.remove(&call) {
            task.abort();
        }
    }

    /// Drops all calls and their connections.
    pub fn abandon_all(&mut self) {
        for task in std::mem::take(&mut self.calls).into_values() {
            task.abort();
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.abandon_all();
    }
}

struct Pool {
    server: SocketAddr,
    host: HeaderValue,
    callers: Callers,
    idle: RefCell<Vec<Line>>,
}

/// One connection of the engine.
struct Line {
    sender: SendRequest<Full<Bytes>>,
    entry: Entry,
}

/// The entry of a connection's address in the register; dropping it removes the address.
struct Entry {
    address: SocketAddr,
    callers: Callers,
}

impl Entry {
    fn new(address: SocketAddr, callers: &Callers, reserved: TcpSocket) -> Entry {
        let caller = Caller { call: None, reserved: Some(reserved) };
        callers.0.borrow_mut().insert(address, caller);
        Entry { address, callers: callers.clone() }
    }

    fn carries(&self, call: Option<OwnCall>) {
        self.callers.0.borrow_mut().entry(self.address).or_default().call = call;
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.callers.0.borrow_mut().remove(&self.address);
    }
}

impl Pool {
    /// Sends a request and waits for its response.
    ///
    /// # Errors
    /// When no connection could be opened, so that nothing of the request has been sent.
    async fn exchange(&self, call: OwnCall, request: Request<Bytes>) -> io::Result<Reply> {
        let mut request = request.map(Full::new);
        request.headers_mut().insert(HOST, self.host.clone());
        loop {
            let mut line = self.connection().await?;
            line.entry.carries(Some(call));
            match line.sender.try_send_request(request).await {
                Ok(response) => return Ok(self.receive(line, response).await),
                Err(mut error) => match error.take_message() {
                    // The connection ended while idle, so nothing of the request has been sent.
                    Some(unsent) => request = unsent,
                    None => return Ok(Err(Lost::Reset)),
                },
            }
        }
    }

    async fn receive(&self, line: Line, response: Response<hyper::body::Incoming>) -> Reply {
        let (mut parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| Lost::Reset)?.to_bytes();
        strip(&mut parts.headers);
        line.entry.carries(None);
        self.idle.borrow_mut().push(line);
        Ok(Response::from_parts(parts, body))
    }

    /// Returns an idle connection, or opens one.
    async fn connection(&self) -> io::Result<Line> {
        while let Some(mut line) = self.pop() {
            if line.sender.ready().await.is_ok() {
                return Ok(line);
            }
        }
        self.open().await
    }

    fn pop(&self) -> Option<Line> {
        self.idle.borrow_mut().pop()
    }

    fn socket(&self) -> io::Result<TcpSocket> {
        if self.server.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }
    }

    async fn open(&self) -> io::Result<Line> {
        let socket = self.socket()?;
        // Without a descriptor for its own end the server could never accept the connection.
        let reserved = self.socket()?;
        socket.bind(SocketAddr::new(self.server.ip(), 0))?;
        let entry = Entry::new(socket.local_addr()?, &self.callers, reserved);
        let stream = socket.connect(self.server).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) =
            handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        spawn_local(async move {
            if let Err(error) = connection.await {
                tracing::debug!("a connection of the engine ended: {error}");
            }
        });
        Ok(Line { sender, entry })
    }
}

/// Removes the headers that belong to the connection, so that the world and the engine see the same
/// messages as with the pure driver.
pub fn strip(headers: &mut HeaderMap) {
    for name in [HOST, DATE, CONTENT_LENGTH, CONNECTION, TRANSFER_ENCODING] {
        headers.remove(name);
    }
}
