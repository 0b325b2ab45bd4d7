//! Bodies: a request body is read whole, within limits; a response body is whole, or a stream of
//! server-sent events.

use std::cell::Cell;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::mpsc;
use tokio::time::timeout;

/// The body of a response.
pub enum Body {
    /// All of it, known before the first byte is sent.
    Whole(Bytes),
    /// Pieces that are sent as they arrive; the body ends when their sender is dropped.
    Stream(mpsc::Receiver<Bytes>),
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Body::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Body::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Body::Stream(pieces) => {
                pieces.poll_recv(cx).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Body::Whole(bytes) if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Body::Stream(_) => SizeHint::default(),
        }
    }
}

/// Why a request's body could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unread {
    /// The body is larger than the limit.
    TooLarge,
    /// With this body, the unfinished bodies of all requests would exceed their common limit.
    NoRoom,
    /// The body ended early, or its chunks are malformed.
    Malformed,
    /// The client took too long.
    TimedOut,
}

/// Up to this size a body over the limit is read and discarded, so that the client can still read
/// the refusal.
const DISCARD_MAX: usize = 64 << 20;

/// How long a body that is refused for lack of room is read and discarded.
const DISCARD_FOR: Duration = Duration::from_millis(250);

/// Limits how many bytes the bodies that have not arrived whole may hold together.
pub struct Unfinished {
    room: Cell<usize>,
}

impl Unfinished {
    /// Leaves room for this many bytes.
    pub fn new(bytes: usize) -> Unfinished {
        Unfinished { room: Cell::new(bytes) }
    }

    /// Adds `more` bytes to the share of a body; returns `false` when there is no room for them.
    fn take(&self, share: &mut Share<'_>, more: usize) -> bool {
        let Some(left) = self.room.get().checked_sub(more) else { return false };
        self.room.set(left);
        share.bytes += more;
        true
    }
}

/// The bytes that one body has taken of the room; dropping the share returns them.
struct Share<'a> {
    of: &'a Unfinished,
    bytes: usize,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.of.room.set(self.of.room.get() + self.bytes);
    }
}

/// Reads a whole body within the time `patience`; never holds more than `limit` bytes of it.
///
/// # Errors
/// When the body is too large, there is no room for it, or it does not arrive whole in time.
pub async fn read(
    body: &mut Incoming,
    limit: usize,
    patience: Duration,
    unfinished: &Unfinished,
) -> Result<Bytes, Unread> {
    match timeout(patience, collect(body, limit, unfinished)).await {
        Ok(Err(Unread::TooLarge)) => {
            let _ = timeout(patience, discard(body, limit)).await;
            Err(Unread::TooLarge)
        }
        Ok(Err(Unread::NoRoom)) => {
            let _ = timeout(DISCARD_FOR, discard(body, 0)).await;
            Err(Unread::NoRoom)
        }
        Ok(read) => read,
        Err(_) => Err(Unread::TimedOut),
    }
}

async fn collect(
    body: &mut Incoming,
    limit: usize,
    unfinished: &Unfinished,
) -> Result<Bytes, Unread> {
    // Most bodies arrive in one piece. That piece is a part of the connection's read buffer and is
    // dropped with the request, so it need not be copied.
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    let mut share = Share { of: unfinished, bytes: 0 };
    // A body of known length ends with its last piece; no frame follows.
    while !body.is_end_stream()
        && let Some(frame) = body.frame().await
    {
        let Ok(data) = frame.map_err(|_| Unread::Malformed)?.into_data() else { continue };
        if first.len() + more.len() + data.len() > limit {
            return Err(Unread::TooLarge);
        }
        if !unfinished.take(&mut share, data.len()) {
            return Err(Unread::NoRoom);
        }
        match first.is_empty() {
            true => first = data,
            false => more.extend_from_slice(&data),
        }
    }
    if more.is_empty() {
        return Ok(first);
    }
    Ok([first, more.freeze()].concat().into())
}

async fn discard(body: &mut Incoming, mut length: usize) {
    while length <= DISCARD_MAX
        && let Some(Ok(frame)) = body.frame().await
    {
        length += frame.data_ref().map_or(0, Bytes::len);
    }
}
