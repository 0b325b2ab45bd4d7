//! One connection of a client and the one to the server that belongs to it. Both directions flow at
//! once; an end stays an end, and a reset a reset.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::upstream::Wire;
use super::{FAREWELL_MAX, Recorder};
use crate::recording::{Exchange, Loss, Tap};

/// How many bytes are read at a time.
const PIECE: usize = 32 << 10;

/// How one connection has ended.
enum End {
    /// Both sides have closed it.
    Closed,
    /// The server broke it off.
    ServerReset,
    /// The client broke it off.
    ClientReset,
    /// The recorder stops.
    Stopped,
}

/// Carries what goes over one connection, until it ends.
pub async fn carry(
    recorder: &Recorder,
    number: u64,
    client: TcpStream,
    exchanges: &mpsc::Sender<Exchange>,
    stopped: &mut watch::Receiver<bool>,
) {
    let _ = client.set_nodelay(true);
    let tap = Tap::new(number, recorder.host.clone(), recorder.limits);
    match recorder.upstream.connect().await {
        Ok(server) => {
            let (client_in, client_out) = client.into_split();
            let (server_in, server_out) = tokio::io::split(server);
            let mut relay = Relay {
                recorder,
                tap,
                exchanges,
                to_server: Flow::new(server_out),
                to_client: Flow::new(client_out),
                client: Some(client_in),
                server: Some(server_in),
                server_ended: None,
            };
            let end = relay.run(stopped).await;
            relay.end(end).await;
        }
        Err(error) => {
            tracing::warn!("the server cannot be reached: {error}");
            refuse(recorder, tap, client, exchanges).await;
        }
    }
}

/// Notes the request that cannot be passed on, and resets the connection.
async fn refuse(
    recorder: &Recorder,
    mut tap: Tap,
    mut client: TcpStream,
    exchanges: &mpsc::Sender<Exchange>,
) {
    let (mut piece, mut unsent) = (vec![0; PIECE], Vec::new());
    while !tap.has_whole_request()
        && let Ok(Ok(count @ 1..)) = timeout(FAREWELL_MAX, client.read(&mut piece)).await
    {
        unsent.clear();
        tap.sent(recorder.now(), &piece[..count], &mut unsent, &mut || recorder.next_request());
    }
    tap.close(recorder.now(), Loss::Refused);
    for exchange in tap.take() {
        let _ = exchanges.send(exchange).await;
    }
    let _ = client.set_zero_linger();
}

/// Bytes on their way to one side.
struct Flow<W> {
    writer: W,
    bytes: Vec<u8>,
    written: usize,
    /// Nothing follows, so that this side is told so once all is written.
    last: bool,
    shut: bool,
}

impl<W: AsyncWriteExt + Unpin> Flow<W> {
    fn new(writer: W) -> Flow<W> {
        Flow { writer, bytes: Vec::with_capacity(PIECE), written: 0, last: false, shut: false }
    }

    fn is_empty(&self) -> bool {
        self.written == self.bytes.len()
    }

    /// Whether there is anything to do.
    fn is_due(&self) -> bool {
        !self.shut && (!self.is_empty() || self.last)
    }

    /// Writes some of what is there. It may be cancelled at any time.
    async fn write(&mut self) -> io::Result<()> {
        if self.is_empty() {
            self.writer.shutdown().await?;
            self.shut = true;
            return Ok(());
        }
        let count = self.writer.write(&self.bytes[self.written..]).await?;
        self.written += count;
        if self.is_empty() {
            self.bytes.clear();
            self.written = 0;
            self.writer.flush().await?;
        }
        Ok(())
    }

    /// Nothing can be written any more.
    fn give_up(&mut self) {
        self.bytes.clear();
        self.written = 0;
        self.shut = true;
    }
}

struct Relay<'a> {
    recorder: &'a Recorder,
    tap: Tap,
    exchanges: &'a mpsc::Sender<Exchange>,
    to_server: Flow<WriteHalf<Wire>>,
    to_client: Flow<OwnedWriteHalf>,
    /// `None` once it has closed its half.
    client: Option<OwnedReadHalf>,
    server: Option<ReadHalf<Wire>>,
    /// A half that is not read any more, kept for the end.
    server_ended: Option<ReadHalf<Wire>>,
}

impl Relay<'_> {
    async fn run(&mut self, stopped: &mut watch::Receiver<bool>) -> End {
        let (mut up, mut down) = (vec![0; PIECE], vec![0; PIECE]);
        loop {
            if self.server.is_none() && !self.to_client.is_due() {
                return End::Closed;
            }
            tokio::select! {
                read = read(&mut self.client, &mut up), if self.client.is_some() && self.to_server.is_empty() => {
                    match read {
                        Ok(count) => self.take_from_client(&up[..count]),
                        Err(_) => return End::ClientReset,
                    }
                }
                read = read(&mut self.server, &mut down), if self.server.is_some() && self.to_client.is_empty() => {
                    match read {
                        Ok(count) => self.take_from_server(&down[..count]),
                        Err(_) => return End::ServerReset,
                    }
                    self.hand_over().await;
                }
                written = self.to_server.write(), if self.to_server.is_due() => {
                    // What the server has answered before it broke off is still read.
                    if written.is_err() {
                        self.to_server.give_up();
                    }
                }
                written = self.to_client.write(), if self.to_client.is_due() => {
                    if written.is_err() {
                        return End::ClientReset;
                    }
                }
                () = told(stopped) => {
                    if self.tap.waiting() == 0 {
                        return End::Stopped;
                    }
                    return self.farewell(&mut down).await;
                }
            }
        }
    }

    /// Waits a little for answers that are under way while the recorder stops.
    async fn farewell(&mut self, down: &mut [u8]) -> End {
        let wait = async {
            while self.tap.waiting() > 0
                && let Ok(count @ 1..) = read(&mut self.server, down).await
            {
                self.take_from_server(&down[..count]);
                while !self.to_client.is_empty() && self.to_client.write().await.is_ok() {}
            }
        };
        let _ = timeout(FAREWELL_MAX, wait).await;
        End::Stopped
    }

    fn take_from_client(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.client = None;
            self.tap.client_closed(&mut self.to_server.bytes);
            self.to_server.last = true;
            return;
        }
        if self.to_server.shut {
            return;
        }
        let (now, recorder) = (self.recorder.now(), self.recorder);
        self.tap.sent(now, bytes, &mut self.to_server.bytes, &mut || recorder.next_request());
    }

    fn take_from_server(&mut self, bytes: &[u8]) {
        let now = self.recorder.now();
        if bytes.is_empty() {
            self.server_ended = self.server.take();
            self.tap.server_closed(now);
            self.to_client.last = true;
            return;
        }
        self.to_client.bytes.extend_from_slice(bytes);
        self.tap.received(now, bytes);
    }

    /// Hands over the exchanges that are done.
    async fn hand_over(&mut self) {
        for exchange in self.tap.take() {
            let _ = self.exchanges.send(exchange).await;
        }
    }

    async fn end(mut self, end: End) {
        let now = self.recorder.now();
        if let End::ServerReset = end {
            // What it sent before reaches the client.
            while !self.to_client.is_empty() && self.to_client.write().await.is_ok() {}
        }
        let gone = matches!(end, End::ClientReset | End::Stopped);
        self.tap.close(now, if gone { Loss::GaveUp } else { Loss::Reset });
        self.hand_over().await;
        match end {
            End::Closed | End::Stopped => {}
            End::ServerReset => {
                // A half that is dropped alone would end the connection in an orderly way.
                if let Some(half) = self.client.take()
                    && let Ok(client) = half.reunite(self.to_client.writer)
                {
                    let _ = client.set_zero_linger();
                }
            }
            End::ClientReset => {
                if let Some(half) = self.server.take().or(self.server_ended.take()) {
                    half.unsplit(self.to_server.writer).reset();
                }
            }
        }
    }
}

/// Waits until the recorder stops.
async fn told(stopped: &mut watch::Receiver<bool>) {
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Reads a piece; 0 is the end.
async fn read(from: &mut Option<impl AsyncReadExt + Unpin>, piece: &mut [u8]) -> io::Result<usize> {
    match from {
        Some(from) => from.read(piece).await,
        None => std::future::pending().await,
    }
}
