//! One connection: hyper reads requests and writes answers; a client that does not finish its
//! request is cut off.

use std::fmt;
use std::net::SocketAddr;
use std::rc::Rc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Server;
use super::meter::Meter;
use super::route;

/// Whose connection it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    /// The engine's, at this address.
    Engine(SocketAddr),
    /// Somebody else's.
    Outside,
}

/// The connection is to be closed without an answer, as if it had broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CloseConnection;

impl fmt::Display for CloseConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed without an answer")
    }
}

impl std::error::Error for CloseConnection {}

/// Serves a connection in a task of its own.
pub fn spawn(server: &Rc<Server>, stream: TcpStream, address: SocketAddr) {
    let peer = if server.callers.knows(address) { Peer::Engine(address) } else { Peer::Outside };
    let meter = server.meters.meter();
    let own = meter.clone();
    if peer != Peer::Outside {
        own.open();
    }
    let server = server.clone();
    server.clone().meters.watch(&meter, |number| {
        let task = tokio::task::spawn_local(async move {
            serve(&server, stream, peer, own).await;
            server.meters.forget(number);
        });
        task.abort_handle()
    });
}

async fn serve(server: &Rc<Server>, stream: TcpStream, peer: Peer, meter: Rc<Meter>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| route::answer(server.clone(), peer, request, meter.clone()));
    let mut builder = http1::Builder::new();
    // Time limits are the meter's business: a timer a request would cost more than the request.
    // Without half-closing hyper looks for the end of the stream while an answer is awaited, and
    // takes a new buffer to do so.
    builder.header_read_timeout(None).pipeline_flush(true).half_close(true).max_buf_size(64 << 10);
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!("a connection ended: {error}");
    }
}
