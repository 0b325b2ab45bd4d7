//! One connection: hyper reads requests and writes responses. A client that stops sending or
//! reading for too long is disconnected.

use std::fmt;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Request;
use http::uri::Scheme;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep, timeout};

use super::raw_target::RawTarget;
use super::route;
use super::{Server, TlsWay};
use crate::app::tls::relay;

/// The other end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Peer {
    /// The provisioning engine, at this address.
    Engine(SocketAddr),
    /// An external client.
    Outside,
}

/// The error that makes hyper close the connection without a response, as if it had broken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CloseConnection;

impl fmt::Display for CloseConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is closed without an answer")
    }
}

impl std::error::Error for CloseConnection {}

/// The largest request head, and the most that is read ahead or waits to be written, in bytes.
/// hyper refuses a path of more than 64 KiB with 414, a larger head or more than 100 header fields
/// with 431, and neither with a body: what is refused in a form of its own is refused before that
/// (`route::large_head`).
const BUFFER_MAX: usize = 128 << 10;

/// Serves a connection in a new task.
pub fn spawn(server: &Rc<Server>, stream: TcpStream, peer: Peer) {
    let (server, watcher) = (server.clone(), server.graceful.borrow().watcher());
    tokio::task::spawn_local(async move {
        let _ = stream.set_nodelay(true);
        serve(server, stream, peer, Scheme::HTTP, watcher).await;
    });
}

/// Serves a connection of HTTPS in a new task: its handshake, after the relay's when there is one.
pub fn spawn_tls(server: &Rc<Server>, stream: TcpStream, way: TlsWay) {
    let (server, watcher) = (server.clone(), server.graceful.borrow().watcher());
    tokio::task::spawn_local(async move {
        let _ = stream.set_nodelay(true);
        let patience = server.limits.patience;
        let stream = match way.relayed {
            true => relay::admit(stream, patience).await,
            false => Some(stream),
        };
        let Some(stream) = stream else { return };
        match timeout(patience, way.acceptor.accept(stream)).await {
            Ok(Ok(stream)) => serve(server, stream, Peer::Outside, Scheme::HTTPS, watcher).await,
            Ok(Err(error)) => tracing::debug!("a handshake failed: {error}"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    });
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + 'static>(
    server: Rc<Server>,
    stream: S,
    peer: Peer,
    scheme: Scheme,
    watcher: Watcher,
) {
    let service = service_fn(|mut request: Request<Incoming>| {
        if scheme == Scheme::HTTPS {
            request.extensions_mut().insert(Scheme::HTTPS);
        }
        route::answer(server.clone(), peer, request)
    });
    let mut builder = http1::Builder::new();
    // Never `pipeline_flush`: it buffers responses without a limit while the client sends more
    // requests, and delays a response as long as the next request is incomplete.
    // With `half_close`, a client that closes its side after its request still gets the
    // response.
    builder.half_close(true).max_buf_size(BUFFER_MAX).header_read_timeout(None);
    if peer == Peer::Outside {
        // This also limits how long a connection may be idle. The engine's connections have no
        // such limit: they are idle for as long as the clock is paused.
        builder.timer(TokioTimer::new()).header_read_timeout(server.limits.patience);
    }
    let stream = RawTarget::new(WriteTimeout::new(stream, server.limits.patience));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!("a connection ended: {error}");
    }
}

/// The response to a client that connects when the limit of connections is reached.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 50\r\nretry-after: 1\r\n\
    connection: close\r\n\r\nthis server has as many connections as it may have";

/// How long a client over the limit may take to read its refusal.
const FAREWELL: Duration = Duration::from_millis(500);

/// Refuses a client over the limit of connections with 503, in a new task.
pub fn turn_away(server: &Rc<Server>, mut stream: TcpStream) {
    // The watcher counts this connection like a served one, so that refusals can be limited too.
    let watcher = server.graceful.borrow().watcher();
    tokio::task::spawn_local(async move {
        let _watcher = watcher;
        let exchange = async {
            stream.write_all(TOO_MANY).await?;
            stream.shutdown().await?;
            // Closing a socket with unread input would reset the connection, maybe before the
            // client has read the response.
            let mut unread = [0; 4096];
            while stream.read(&mut unread).await? > 0 {}
            io::Result::Ok(())
        };
        let _ = timeout(FAREWELL, exchange).await;
    });
}

/// A stream that fails when its peer takes nothing of a write for the time `patience`. Without it,
/// the responses to a client that never reads would stay in memory for ever.
struct WriteTimeout<S> {
    stream: S,
    patience: Duration,
    /// Runs while a write waits for the peer.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl<S> WriteTimeout<S> {
    fn new(stream: S, patience: Duration) -> WriteTimeout<S> {
        WriteTimeout { stream, patience, stalled: None }
    }

    /// Returns the result of a write, or a time-out when the write has waited too long.
    fn limit(
        &mut self,
        written: Poll<io::Result<usize>>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        stalled.as_mut().poll(cx).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for WriteTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WriteTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.limit(written, cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        self.limit(written, cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_cut_off_and_a_slow_one_is_not() {
        let (near, mut far) = tokio::io::duplex(8);
        let mut stream = WriteTimeout::new(near, Duration::from_secs(15));
        let reader = async {
            for _ in 0..4 {
                sleep(Duration::from_secs(14)).await;
                far.read_exact(&mut [0; 8]).await.expect("eight bytes have been written");
            }
            std::future::pending().await
        };
        let written = tokio::select! {
            written = stream.write_all(&[7; 64]) => written,
            () = reader => Ok(()),
        };
        assert_eq!(written.map_err(|error| error.kind()), Err(io::ErrorKind::TimedOut));
    }
}
