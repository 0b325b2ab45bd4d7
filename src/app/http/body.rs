//! Bodies: requests are read whole, within a limit; responses are whole, or a stream of server-sent
//! events.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::sync::mpsc;

/// The body of a response.
pub enum Body {
    /// Known whole.
    Whole(Bytes),
    /// Pieces as they come, until the sender is dropped.
    Stream(mpsc::Receiver<Bytes>),
}

impl Body {
    /// Whether it goes on until somebody ends it.
    pub fn is_stream(&self) -> bool {
        matches!(self, Body::Stream(_))
    }
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

/// Why a request's body could not be had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unread {
    /// It is larger than the limit.
    TooLarge,
    /// The client went away, or broke the rules of HTTP.
    Broken,
}

/// How much of a body beyond the limit is read and thrown away, so that the client gets to read the
/// refusal.
const DISCARD_MAX: usize = 64 << 20;

/// Reads a body whole; more than `limit` bytes of it are never held.
///
/// # Errors
/// When it is too large, or does not come whole.
pub async fn read(body: &mut Incoming, limit: usize) -> Result<Bytes, Unread> {
    // Most bodies come in one piece, which is a part of the connection's read buffer. It need not
    // be copied: nobody keeps it for longer than the request lasts.
    let mut first = Bytes::new();
    let mut more = BytesMut::new();
    // Whose length was told is at its end with its last piece: nothing need be waited for after
    // that.
    while !body.is_end_stream()
        && let Some(frame) = body.frame().await
    {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        let length = first.len() + more.len() + data.len();
        if length > limit {
            // Boxed, as it is rare.
            return Box::pin(discard(body, length)).await;
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

async fn discard(body: &mut Incoming, mut length: usize) -> Result<Bytes, Unread> {
    while let Some(Ok(frame)) = body.frame().await {
        length += frame.data_ref().map_or(0, Bytes::len);
        if length > DISCARD_MAX {
            break;
        }
    }
    Err(Unread::TooLarge)
}
