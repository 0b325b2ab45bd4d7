//! The head of an HTTP/1 message, read along without changing it: names as they are spelled, in
//! their order. Whatever bytes come, nothing panics; what cannot be read is passed on unread.

use std::ops::Range;

/// The longest head that is read; a longer one is passed on unread.
pub const HEAD_MAX: usize = 64 << 10;

/// The most headers of a head that is read.
const HEADERS_MAX: usize = 256;

/// A head.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// The first line, without its end: `GET /Users HTTP/1.1`, `HTTP/1.1 200 OK`.
    pub line: String,
    /// The headers, as they are spelled and ordered.
    pub headers: Vec<(String, String)>,
    /// The method of a request; empty for a response.
    pub method: String,
    /// The status of a response; 0 for a request.
    pub status: u16,
}

impl Head {
    /// The values of a header, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(have, _): &&(String, String)| have.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_str())
    }

    /// The first value of a header.
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }
}

/// What the beginning of a stream is.
#[derive(PartialEq, Eq, Debug)]
pub enum Read {
    /// Not all of a head yet.
    Partial,
    /// A head, and how many bytes it has.
    Head(Box<Head>, usize),
    /// Something that is no head.
    Unreadable,
}

/// Whether the bytes from `from` on bring the end of a head: an empty line.
pub fn may_end(bytes: &[u8], from: usize) -> bool {
    let from = from.saturating_sub(3).min(bytes.len());
    let tail = &bytes[from..];
    memchr::memmem::find(tail, b"\n\r\n").is_some() || memchr::memmem::find(tail, b"\n\n").is_some()
}

/// Reads the head of a request.
pub fn request(bytes: &[u8]) -> Read {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut read = httparse::Request::new(&mut headers);
    match read.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => {
            let head = Head {
                line: line(&bytes[..length]),
                headers: pairs(read.headers),
                method: read.method.unwrap_or_default().to_owned(),
                status: 0,
            };
            Read::Head(Box::new(head), length)
        }
        Ok(httparse::Status::Partial) if bytes.len() <= HEAD_MAX => Read::Partial,
        _ => Read::Unreadable,
    }
}

/// Reads the head of a response, as leniently as clients do.
pub fn response(bytes: &[u8]) -> Read {
    let mut config = httparse::ParserConfig::default();
    config
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true);
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut read = httparse::Response::new(&mut headers);
    match config.parse_response(&mut read, bytes) {
        Ok(httparse::Status::Complete(length)) => {
            let head = Head {
                line: line(&bytes[..length]),
                headers: pairs(read.headers),
                method: String::new(),
                status: read.code.unwrap_or_default(),
            };
            Read::Head(Box::new(head), length)
        }
        Ok(httparse::Status::Partial) if bytes.len() <= HEAD_MAX => Read::Partial,
        _ => Read::Unreadable,
    }
}

fn pairs(headers: &[httparse::Header<'_>]) -> Vec<(String, String)> {
    let pair = |header: &httparse::Header<'_>| (header.name.to_owned(), text(header.value));
    headers.iter().map(pair).collect()
}

/// Header bytes as text: UTF-8 where it is, else byte by byte (ISO 8859-1).
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// The first line that is not empty.
fn line(head: &[u8]) -> String {
    let lines = head.split(|byte| *byte == b'\n');
    let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    text(lines.into_iter().find(|line| !line.is_empty()).unwrap_or_default())
}

/// Where the values of the `Host` headers stand in a head, last first.
pub fn hosts(head: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        if !line[..colon].eq_ignore_ascii_case(b"host") {
            continue;
        }
        let value = &line[colon + 1..];
        let lead = value.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let value = &value[lead..];
        let length = value.trim_ascii_end().len();
        let from = start + colon + 1 + lead;
        found.push(from..from + length);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_their_spelling_and_order() {
        let text =
            "GET /Users?a=%20+b HTTP/1.0\r\nhOSt:  x:1 \r\nACCEPT: */*\r\nAccept: b\r\n\r\nrest";
        let Read::Head(head, length) = request(text.as_bytes()) else { panic!("no head") };
        assert_eq!(&text[length..], "rest");
        assert_eq!(head.line, "GET /Users?a=%20+b HTTP/1.0");
        let names: Vec<&str> = head.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["hOSt", "ACCEPT", "Accept"]);
        assert_eq!(head.all("accept").collect::<Vec<_>>(), ["*/*", "b"]);
        let spans = hosts(&text.as_bytes()[..length]);
        assert_eq!(spans.into_iter().map(|span| &text[span]).collect::<Vec<_>>(), ["x:1"]);
    }

    #[test]
    fn a_head_is_partial_complete_or_unreadable() {
        for (bytes, expected) in [
            ("GET / HTTP/1.1\r\nHost: x\r\n", "partial"),
            ("\r\n\r\n", "partial"),
            ("\r\nGET / HTTP/1.1\r\n\r\n", "head"),
            ("GET / HTTP/1.1\n\n", "head"),
            ("GET /\u{1}\r\n\r\n", "unreadable"),
            ("{}", "unreadable"),
            ("\u{16}\u{3}\u{1}", "unreadable"),
        ] {
            let read = match request(bytes.as_bytes()) {
                Read::Partial => "partial",
                Read::Head(..) => "head",
                Read::Unreadable => "unreadable",
            };
            assert_eq!(read, expected, "{bytes:?}");
        }
        assert!(
            matches!(response(b"HTTP/1.0  200\r\nA : b\r\n\r\n"), Read::Head(head, _) if head.status == 200)
        );
    }
}
