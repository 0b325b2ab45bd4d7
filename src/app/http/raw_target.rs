//! Characters of a request's address that must be escaped and that clients send as they are:
//! `curl -g '…?$search="displayName:ann"'`. The HTTP library refuses them before anything sees the
//! request, where the vendor's servers read them. So they are escaped on their way to the library.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What the library refuses in a path or a query.
const REFUSED: &[u8] = b"\"<>^`";

/// How much of a header field is looked at: enough for those that say how long the body is.
const FIELD_MAX: usize = 64;

/// A stream of requests, in whose addresses what must be escaped is escaped.
pub struct RawTarget<S> {
    stream: S,
    reader: Reader,
    /// What was read and did not fit any more, from a position on.
    pending: Vec<u8>,
    taken: usize,
}

impl<S> RawTarget<S> {
    /// The stream of a connection on which nothing was read yet.
    pub fn new(stream: S) -> RawTarget<S> {
        RawTarget { stream, reader: Reader::default(), pending: Vec::new(), taken: 0 }
    }

    fn hand_out(&mut self, buffer: &mut ReadBuf<'_>) {
        let left = &self.pending[self.taken..];
        let fits = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..fits]);
        self.taken += fits;
        if self.taken == self.pending.len() {
            (self.pending, self.taken) = (Vec::new(), 0);
        }
    }
}

/// Where in its requests a connection is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Place {
    /// Before the first space of a request.
    #[default]
    Method,
    /// In its address.
    Target,
    /// Behind that, in the same line.
    Version,
    /// In its header fields.
    Fields,
    /// In its body, of which this many bytes are to come.
    Body(u64),
    /// It is not known where the next request begins: from here on nothing is changed.
    Unknown,
}

/// Follows requests byte by byte, as far as it takes to know where their addresses are.
#[derive(Default)]
struct Reader {
    place: Place,
    /// The beginning of the header field that is being read.
    field: Vec<u8>,
    /// The length of the body as the fields say.
    length: Option<u64>,
    /// Whether the end of the body is told in another way, or not clearly.
    unclear: bool,
}

impl Reader {
    /// Follows one byte, and says whether it has to be escaped.
    fn escapes(&mut self, byte: u8) -> bool {
        match (self.place, byte) {
            (Place::Method, b' ') => self.place = Place::Target,
            (Place::Target, b' ') => self.place = Place::Version,
            (Place::Target | Place::Version, b'\n') => self.place = Place::Fields,
            (Place::Target, byte) => return REFUSED.contains(&byte),
            (Place::Fields, b'\n') => self.field_ends(),
            (Place::Fields, byte) if self.field.len() <= FIELD_MAX => self.field.push(byte),
            (Place::Body(1), _) => self.place = Place::Method,
            (Place::Body(left), _) => self.place = Place::Body(left - 1),
            _ => {}
        }
        false
    }

    fn field_ends(&mut self) {
        let field = std::mem::take(&mut self.field);
        let text = String::from_utf8_lossy(&field).to_ascii_lowercase();
        let text = text.trim_end_matches('\r');
        if text.is_empty() {
            let length = self.length.take().unwrap_or_default();
            self.place = match (std::mem::take(&mut self.unclear), length) {
                (true, _) => Place::Unknown,
                (false, 0) => Place::Method,
                (false, length) => Place::Body(length),
            };
        } else if let Some(length) = text.strip_prefix("content-length:") {
            let length = length.trim().parse().ok().filter(|_| field.len() <= FIELD_MAX);
            self.unclear |= length.is_none() || self.length.is_some_and(|it| Some(it) != length);
            self.length = length;
        } else if text.starts_with("transfer-encoding") || text.starts_with("upgrade:") {
            self.unclear = true;
        }
    }

    /// Follows what was read. Where something has to be escaped, returns how much comes before
    /// that, and all from there on as it should be.
    fn follow(&mut self, read: &[u8]) -> Option<(usize, Vec<u8>)> {
        let mut at = 0;
        while let Some(rest) = read.get(at..).filter(|rest| !rest.is_empty()) {
            match self.place {
                Place::Unknown => return None,
                Place::Body(left) if left > rest.len() as u64 => {
                    self.place = Place::Body(left - rest.len() as u64);
                    return None;
                }
                Place::Body(left) => {
                    self.place = Place::Method;
                    at += usize::try_from(left).unwrap_or(rest.len());
                }
                _ => match self.escapes(rest[0]) {
                    true => break,
                    false => at += 1,
                },
            }
        }
        let (first, rest) = read.get(at..)?.split_first()?;
        let mut escaped = Vec::with_capacity(read.len() - at + 32);
        escape(*first, &mut escaped);
        for byte in rest {
            match self.escapes(*byte) {
                true => escape(*byte, &mut escaped),
                false => escaped.push(*byte),
            }
        }
        Some((at, escaped))
    }
}

fn escape(byte: u8, escaped: &mut Vec<u8>) {
    escaped.extend_from_slice(format!("%{byte:02X}").as_bytes());
}

impl<S: AsyncRead + Unpin> AsyncRead for RawTarget<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.pending.is_empty() {
            let before = buffer.filled().len();
            let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
            if !matches!(read, Poll::Ready(Ok(()))) {
                return read;
            }
            let Some((same, escaped)) = self.reader.follow(&buffer.filled()[before..]) else {
                return read;
            };
            buffer.set_filled(before + same);
            self.pending = escaped;
        }
        self.hand_out(buffer);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RawTarget<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, pieces)
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
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// What comes of some bytes, read this many at a time.
    async fn passed(sent: &str, at_a_time: usize) -> String {
        let (near, mut far) = tokio::io::duplex(at_a_time);
        let mut stream = RawTarget::new(near);
        let mut came = Vec::new();
        let write = async {
            far.write_all(sent.as_bytes()).await.expect("it takes them");
            drop(far);
        };
        tokio::join!(write, async { stream.read_to_end(&mut came).await.expect("it reads") });
        String::from_utf8(came).expect("text")
    }

    #[tokio::test]
    async fn addresses_are_escaped_and_nothing_else() {
        let body = "GET /\"<> HTTP/1.1\r\n\r\n{\"a\":\"<b>\"}";
        let length = body.len();
        let two = format!(
            "\r\nGET /x\"?q=\"a<b>`^\" HTTP/1.1\r\nX-Say: \"<hi>\"\r\n\r\n\
             POST /y?z=\"1\" HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{body}\
             GET /?\"2\" HTTP/1.1\r\n\r\n"
        );
        let expected = two
            .replace("/x\"?q=\"a<b>`^\"", "/x%22?q=%22a%3Cb%3E%60%5E%22")
            .replace("z=\"1\"", "z=%221%22")
            .replace("?\"2\"", "?%222%22");
        for at_a_time in [1, 2, 7, 64, 100_000] {
            assert_eq!(passed(&two, at_a_time).await, expected, "{at_a_time} at a time");
        }
        // Behind a body whose end is not followed nothing is touched.
        for field in ["Transfer-Encoding: chunked", "Content-Length: 1\r\nContent-Length: 2"] {
            let sent = format!("POST /\"a\" HTTP/1.1\r\n{field}\r\n\r\n0\r\n\r\nGET /\"b\" H\r\n");
            assert_eq!(passed(&sent, 9).await, sent.replace("\"a\"", "%22a%22"), "{field}");
        }
    }
}
