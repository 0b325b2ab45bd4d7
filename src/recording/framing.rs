//! Where an HTTP/1 message ends (RFC 9112 6.3): a length, chunks, the end of the connection. Fed
//! with a stream in pieces of any size, it hands out heads, the content, and the ends.

use super::head::{self, Head, Read};

/// How the content of a message is delimited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Length {
    /// So many bytes follow the head.
    Known(u64),
    /// Chunks.
    Chunked,
    /// All until the connection ends.
    UntilClose,
    /// What follows is no HTTP any more (101, CONNECT), or cannot be told.
    Foreign,
}

impl Length {
    /// Of a request.
    pub fn of_request(head: &Head) -> Length {
        if head.method.eq_ignore_ascii_case("CONNECT") {
            return Length::Foreign;
        }
        match (coding(head), known(head)) {
            (Some(true), _) => Length::Chunked,
            (Some(false), _) | (None, Err(())) => Length::Foreign,
            (None, Ok(length)) => Length::Known(length.unwrap_or(0)),
        }
    }

    /// Of the response to a request with this method.
    pub fn of_response(head: &Head, method: &str) -> Length {
        if head.status == 101 {
            return Length::Foreign;
        }
        let bare = (100..200).contains(&head.status) || matches!(head.status, 204 | 304);
        if bare || method.eq_ignore_ascii_case("HEAD") {
            return Length::Known(0);
        }
        match (coding(head), known(head)) {
            (Some(true), _) => Length::Chunked,
            (Some(false), _) | (None, Ok(None)) => Length::UntilClose,
            (None, Ok(Some(length))) => Length::Known(length),
            (None, Err(())) => Length::Foreign,
        }
    }
}

/// Whether the last transfer coding is `chunked`; `None` without any.
fn coding(head: &Head) -> Option<bool> {
    let last = head.all("transfer-encoding").last()?;
    let last = last.rsplit(',').next().unwrap_or_default().trim();
    Some(last.eq_ignore_ascii_case("chunked"))
}

/// The Content-Length; an error when there are several that differ, or it is no number.
fn known(head: &Head) -> Result<Option<u64>, ()> {
    let mut known = None;
    for value in head.all("content-length").flat_map(|value| value.split(',')) {
        let value = value.trim();
        let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
        let length: u64 = if digits { value.parse().map_err(|_| ())? } else { return Err(()) };
        if known.is_some_and(|known| known != length) {
            return Err(());
        }
        known = Some(length);
    }
    Ok(known)
}

/// Something that was read.
#[derive(PartialEq, Eq, Debug)]
pub enum Part<'a> {
    /// The head of a message, as it was read and as it is written.
    Head(Box<Head>, &'a [u8]),
    /// A piece of its content, without the framing.
    Content(&'a [u8]),
    /// Its end.
    End,
    /// Bytes as they came that are no head; together with the heads they are the whole stream.
    Raw(&'a [u8]),
    /// The stream cannot be read any further.
    Foreign,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Head,
    Known(u64),
    UntilClose,
    /// In the line with a chunk's size; the size so far, and whether an extension has begun.
    Size {
        size: u64,
        digits: u8,
        extension: bool,
    },
    Chunk(u64),
    /// After a chunk's content, before its line end.
    ChunkEnd,
    /// In the lines after the last chunk; how long the present one is.
    Trailer(usize),
    Foreign,
}

/// The longest line with a chunk's size, and the longest trailer.
const LINE_MAX: usize = 16 << 10;

/// Reads one direction of a connection.
pub struct Framing {
    state: State,
    /// The beginning of a head.
    held: Vec<u8>,
    line: usize,
    of_requests: bool,
}

/// How long the content after a head is.
pub type Lengths<'a> = &'a mut dyn FnMut(&Head) -> Length;

impl Framing {
    /// Reads requests.
    pub fn of_requests() -> Framing {
        Framing { state: State::Head, held: Vec::new(), line: 0, of_requests: true }
    }

    /// Reads responses.
    pub fn of_responses() -> Framing {
        Framing { of_requests: false, ..Framing::of_requests() }
    }

    /// The beginning of a head that has not come whole.
    pub fn held(&self) -> &[u8] {
        &self.held
    }

    /// Whether a message is under way.
    pub fn inside(&self) -> bool {
        !matches!(self.state, State::Head | State::Foreign) || !self.held.is_empty()
    }

    /// Takes a piece of the stream. `length` says how long the content after a head is.
    pub fn feed(&mut self, mut bytes: &[u8], length: Lengths<'_>, each: &mut dyn FnMut(Part<'_>)) {
        while !bytes.is_empty() {
            let (before, of_head) = (bytes, self.state == State::Head);
            bytes = match self.state {
                State::Head => self.head(bytes, length, each),
                State::Known(left) => {
                    let (content, rest) = split(bytes, left);
                    each(Part::Content(content));
                    let left = left - content.len() as u64;
                    self.state = State::Known(left);
                    if left == 0 {
                        self.end(each);
                    }
                    rest
                }
                State::UntilClose => {
                    each(Part::Content(bytes));
                    &[]
                }
                State::Chunk(left) => {
                    let (content, rest) = split(bytes, left);
                    each(Part::Content(content));
                    let left = left - content.len() as u64;
                    self.state = if left == 0 { State::ChunkEnd } else { State::Chunk(left) };
                    rest
                }
                State::Size { .. } | State::ChunkEnd | State::Trailer(_) => {
                    self.between(bytes[0], each);
                    &bytes[1..]
                }
                State::Foreign => &[],
            };
            debug_assert!(bytes.len() < before.len(), "each turn takes something");
            if !of_head {
                each(Part::Raw(&before[..before.len() - bytes.len()]));
            }
        }
    }

    /// The connection has ended; returns whether the message under way is whole by that.
    pub fn close(&mut self, each: &mut dyn FnMut(Part<'_>)) {
        if self.state == State::UntilClose {
            self.end(each);
        }
    }

    fn end(&mut self, each: &mut dyn FnMut(Part<'_>)) {
        self.state = State::Head;
        each(Part::End);
    }

    fn foreign(&mut self, each: &mut dyn FnMut(Part<'_>)) {
        self.state = State::Foreign;
        each(Part::Foreign);
    }

    fn head<'b>(
        &mut self,
        bytes: &'b [u8],
        length: Lengths<'_>,
        each: &mut dyn FnMut(Part<'_>),
    ) -> &'b [u8] {
        let held = self.held.len();
        if held == 0 {
            // Empty lines before a head mean nothing (RFC 9112 2.2).
            let empty = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if empty > 0 {
                each(Part::Raw(&bytes[..empty]));
                return &bytes[empty..];
            }
        }
        self.held.extend_from_slice(bytes);
        // A head is parsed when its end may have come, so that one that comes byte by byte costs
        // no more than its length.
        let sound = sound_beginning(&self.held, self.of_requests);
        if sound && !head::may_end(&self.held, held) && self.held.len() <= head::HEAD_MAX {
            return &[];
        }
        let read = match self.of_requests {
            true => head::request(&self.held),
            false => head::response(&self.held),
        };
        match read {
            Read::Partial => &[],
            Read::Unreadable => {
                each(Part::Raw(&self.held));
                self.held.clear();
                self.foreign(each);
                &[]
            }
            Read::Head(head, used) => {
                let rest = &bytes[used.saturating_sub(held).min(bytes.len())..];
                let follows = length(&head);
                each(Part::Head(head, &self.held[..used]));
                self.held.clear();
                self.follow(follows, each);
                rest
            }
        }
    }

    fn follow(&mut self, length: Length, each: &mut dyn FnMut(Part<'_>)) {
        match length {
            Length::Known(0) => self.end(each),
            Length::Known(length) => self.state = State::Known(length),
            Length::Chunked => self.begin_size(),
            Length::UntilClose => self.state = State::UntilClose,
            Length::Foreign => self.foreign(each),
        }
    }

    fn begin_size(&mut self) {
        self.line = 0;
        self.state = State::Size { size: 0, digits: 0, extension: false };
    }

    /// A byte of the framing of chunks (RFC 9112 7.1).
    fn between(&mut self, byte: u8, each: &mut dyn FnMut(Part<'_>)) {
        self.line += 1;
        if self.line > LINE_MAX {
            return self.foreign(each);
        }
        match self.state {
            State::Size { size, digits, extension } => match byte {
                b'\n' if digits == 0 => self.foreign(each),
                b'\n' => {
                    self.line = 0;
                    self.state = if size == 0 { State::Trailer(0) } else { State::Chunk(size) };
                }
                b'\r' => {}
                _ if extension => {}
                b';' | b' ' | b'\t' => {
                    self.state = State::Size { size, digits, extension: digits > 0 };
                }
                _ => match char::from(byte).to_digit(16) {
                    Some(digit) if digits < 15 => {
                        let size = size * 16 + u64::from(digit);
                        self.state = State::Size { size, digits: digits + 1, extension };
                    }
                    _ => self.foreign(each),
                },
            },
            State::ChunkEnd => match byte {
                b'\r' => {}
                b'\n' => self.begin_size(),
                _ => self.foreign(each),
            },
            State::Trailer(length) => match byte {
                b'\n' if length == 0 => self.end(each),
                b'\n' => self.state = State::Trailer(0),
                b'\r' => {}
                _ => self.state = State::Trailer(length + 1),
            },
            _ => {}
        }
    }
}

/// Whether a stream may begin with a head: what is plainly none is passed on at once.
fn sound_beginning(bytes: &[u8], of_requests: bool) -> bool {
    match (bytes.first(), of_requests) {
        (None, _) => true,
        (Some(byte), true) => byte.is_ascii_alphabetic(),
        (Some(byte), false) => *byte == b'H',
    }
}

fn split(bytes: &[u8], left: u64) -> (&[u8], &[u8]) {
    bytes.split_at(usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read of a stream that comes in pieces of `size` bytes.
    fn read(framing: &mut Framing, bytes: &[u8], size: usize) -> String {
        let mut said = Vec::new();
        let of_requests = framing.of_requests;
        for piece in bytes.chunks(size) {
            let mut length = |head: &Head| match of_requests {
                true => Length::of_request(head),
                false => Length::of_response(head, "GET"),
            };
            framing.feed(piece, &mut length, &mut |part| match part {
                Part::Head(head, _) => said.extend(format!("[{}]", head.line).bytes()),
                Part::Content(content) => said.extend_from_slice(content),
                Part::End => said.push(b'|'),
                Part::Foreign => said.push(b'?'),
                Part::Raw(_) => {}
            });
        }
        framing.close(&mut |_| said.push(b'|'));
        String::from_utf8_lossy(&said).into_owned()
    }

    #[test]
    fn a_message_ends_where_it_says_in_whatever_pieces_it_comes() {
        for (bytes, expected) in [
            (
                "GET / HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
                "[GET / HTTP/1.1]|[GET /b HTTP/1.1]|",
            ),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcGET /", "[POST / HTTP/1.1]abc|"),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.0\n\n",
                "[POST / HTTP/1.1]abc0123456789|[GET / HTTP/1.0]|",
            ),
            ("POST / HTTP/1.1\r\nContent-Length: 3, 4\r\n\r\nabc", "[POST / HTTP/1.1]?"),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "[POST / HTTP/1.1]?"),
            ("CONNECT a:1 HTTP/1.1\r\n\r\n\u{16}", "[CONNECT a:1 HTTP/1.1]?"),
            ("\u{16}\u{3}\u{1}hello", "?"),
        ] {
            for size in [1, 2, 7, 1000] {
                let said = read(&mut Framing::of_requests(), bytes.as_bytes(), size);
                assert_eq!(said, expected, "{bytes:?} by {size}");
            }
        }
        for (bytes, expected) in [
            (
                "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length:1\r\n\r\nx",
                "[HTTP/1.1 204 No Content]|[HTTP/1.1 200 OK]x|",
            ),
            ("HTTP/1.0 200 OK\r\n\r\nall of it", "[HTTP/1.0 200 OK]all of it|"),
            ("HTTP/1.1 100 Continue\r\n\r\n", "[HTTP/1.1 100 Continue]|"),
            ("HTTP/1.1 101 Switching\r\n\r\n\u{1}", "[HTTP/1.1 101 Switching]?"),
        ] {
            for size in [1, 3, 1000] {
                let said = read(&mut Framing::of_responses(), bytes.as_bytes(), size);
                assert_eq!(said, expected, "{bytes:?} by {size}");
            }
        }
    }

    #[test]
    fn a_head_without_end_is_passed_on_unread() {
        let endless = format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(head::HEAD_MAX));
        assert_eq!(read(&mut Framing::of_requests(), endless.as_bytes(), 5_000), "?");
    }

    #[test]
    fn what_follows_a_body_is_judged_alike_in_whatever_pieces_it_comes() {
        let start = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n";
        let bytes = [start.as_bytes(), &[0, 0, 0, 0, 0, 35, 0]].concat();
        let whole = read(&mut Framing::of_requests(), &bytes, 1_000);
        for size in 1..bytes.len() {
            assert_eq!(read(&mut Framing::of_requests(), &bytes, size), whole, "{size}");
        }
    }

    proptest::proptest! {
        #[test]
        fn hostile_bytes_never_panic_and_their_pieces_do_not_matter(
            bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300),
            start in proptest::sample::select(vec![
                "", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
            ]),
            size in 1_usize..40,
        ) {
            let bytes = [start.as_bytes(), &bytes].concat();
            let whole = read(&mut Framing::of_requests(), &bytes, 1_000);
            let pieces = read(&mut Framing::of_requests(), &bytes, size);
            proptest::prop_assert_eq!(whole, pieces);
            read(&mut Framing::of_responses(), &bytes, size);
        }
    }
}
