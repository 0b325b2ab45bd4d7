//! Clients that would use up the server: pipelines that nobody reads, half requests, malformed
//! heads, too many connections and bodies.

use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

use super::STORY;
use super::program::{Program, serve};

const SHORT: [&str; 3] = ["--paused", "--read-timeout", "300ms"];

/// A request for a page of accounts, with the token.
fn list(server: &Program) -> String {
    format!(
        "GET /scim/v2/Users HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer test-token\r\n\r\n",
        server.address
    )
}

fn create(server: &Program, name: &str) -> String {
    let body = format!(r#"{{"userName":"{name}"}}"#);
    format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer test-token\r\n\
         Content-Type: application/scim+json\r\nContent-Length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    )
}

#[test]
#[cfg(target_os = "linux")]
fn a_client_that_pipelines_and_does_not_read_holds_little_memory_and_is_cut_off() {
    let server = serve(STORY, &SHORT);
    server.command("cycle", "");
    let before = server.resident_kib();
    let mut stream = server.connect();
    stream.set_nonblocking(true).expect("a socket");
    let requests = list(&server).repeat(1_000);
    let (began, mut sent) = (Instant::now(), 0);
    // Sends without a pause until it is cut off; 100 MB of requests would have 2 GB of responses.
    while sent < 100 << 20 {
        match stream.write(requests.as_bytes()) {
            Ok(count) => sent += count,
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::yield_now(),
            Err(_) => break,
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{sent} bytes, and it is not cut off");
    }
    let grown = server.resident_kib().saturating_sub(before);
    assert!(grown < 32 << 10, "{grown} KiB more after {sent} bytes");
    assert!(sent < 100 << 20, "it was never cut off");
    assert_eq!(server.scim("GET", "/Users?count=1", "").status, 200, "others are served");
}

#[test]
fn a_request_is_answered_whatever_follows_it() {
    let server = serve(STORY, &["--paused"]);
    for (nth, rest) in
        ["", "\r\n", "\r\n\r\n", "GET /scim", "GET /scim/v2/Users HTTP/1.1\r\n", "\0"]
            .into_iter()
            .enumerate()
    {
        let mut stream = server.connect();
        let text = format!("\r\n\r\n{}{rest}", create(&server, &format!("u{nth}")));
        stream.write_all(text.as_bytes()).expect("it reads");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).expect("an answer in time");
        assert_eq!(&answer, b"HTTP/1.1 201", "followed by {rest:?}");
    }
}

#[test]
fn a_malformed_request_is_told_so() {
    let server = serve(STORY, &["--paused"]);
    let long = "x".repeat(500_000);
    let many = "X: y\r\n".repeat(200);
    let cases = [
        ("NONSENSE\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), 400),
        ("GET  / HTTP/1.1\r\n\r\n".to_owned(), 400),
        ("\u{1}\u{2}\u{3}\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345".to_owned(), 400),
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n".to_owned(), 400),
        (format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", &long[..100_000]), 414),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"), 431),
        (format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n"), 431),
        ("POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test-token\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n".to_owned(), 400),
    ];
    for (text, status) in cases {
        let answer = server.send(&text);
        assert_eq!(answer.status, status, "{}: {answer:?}", &text[..text.len().min(80)]);
    }
}

#[test]
fn there_are_no_more_connections_than_may_be() {
    let server = serve(STORY, &["--paused", "--max-connections", "5"]);
    let full = || server.send("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let idle: Vec<_> = (0..5).map(|_| server.connect()).collect();
    let refused = full();
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.head.contains("retry-after: 1"), "{refused:?}");
    drop(idle);
    let until = Instant::now() + Duration::from_secs(60);
    while full().status != 200 {
        assert!(Instant::now() < until, "room is never made");
    }
}

#[test]
fn unfinished_bodies_have_a_limit_together() {
    let body = "GET".repeat(200_000);
    let set = ["--set", "golinks.body_limit=1000000"];
    let server = serve(STORY, &[&["--paused", "--max-body-memory", "1"], &set[..]].concat());
    let begin = format!(
        "POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer test-token\r\nContent-Length: {}\r\n\r\n{body}",
        body.len() + 1
    );
    let mut first = server.connect();
    first.write_all(begin.as_bytes()).expect("it reads");
    // Another one is refused, once the first has been read.
    let until = Instant::now() + Duration::from_secs(60);
    let whole =
        format!("{begin}x").replace("Content-Length", "Connection: close\r\nContent-Length");
    while server.send(&whole).status != 503 {
        assert!(Instant::now() < until, "it is never refused");
    }
    first.write_all(b"x").expect("it reads");
    let mut answer = [0; 12];
    first.read_exact(&mut answer).expect("an answer in time");
    assert_eq!(&answer, b"HTTP/1.1 400", "the first one is whole, and no JSON");
    let status = server.scim("POST", "/Users", r#"{"userName":"a"}"#).status;
    assert_eq!(status, 201, "there is room again");
}
