//! A server over real sockets that is the mock but for some answers: it breaks, hangs, dies, or
//! shows a page to sign in, whenever a test says so.

#![allow(clippy::disallowed_types, reason = "its threads share what came and what is held")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use bytes::Bytes;
use http::Request;
use scimulator::verify::Server;

use crate::verify::Mock;

/// What the server does with a request.
pub enum Does {
    /// What the mock does.
    Mock,
    /// It answers this status, with this head and body, and does nothing.
    Answer(u16, &'static str, &'static str),
    /// It answers when the test says so, or never.
    Hang,
    /// It breaks the connection off.
    Drop,
    /// It takes no connection from now on.
    Die,
}

/// The server; it ends when dropped.
pub struct Odd {
    /// Its tenant URL.
    pub url: String,
    shared: Arc<Shared>,
}

struct Shared {
    mock: Mutex<Mock>,
    /// Methods and paths of what came.
    seen: Mutex<Vec<String>>,
    came: Condvar,
    dead: AtomicBool,
    /// Whether it was started again, as the mock.
    again: AtomicBool,
    address: std::net::SocketAddr,
    /// The parameter of the query without which a tenant is not found.
    tenant: Option<&'static str>,
    /// Decides by the method, the path, and how many requests came before.
    does: Box<Decides>,
    held: (Mutex<bool>, Condvar),
}

type Decides = dyn Fn(&str, &str, usize) -> Does + Send + Sync;

impl Odd {
    /// Starts a server that does what is said of each request.
    pub fn start(does: impl Fn(&str, &str, usize) -> Does + Send + Sync + 'static) -> Odd {
        Odd::start_for(None, does)
    }

    /// Starts the mock, which answers only requests with this parameter in their query.
    pub fn of_tenant(tenant: &'static str) -> Odd {
        Odd::start_for(Some(tenant), |_, _, _| Does::Mock)
    }

    fn start_for(
        tenant: Option<&'static str>,
        does: impl Fn(&str, &str, usize) -> Does + Send + Sync + 'static,
    ) -> Odd {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            mock: Mutex::new(Mock::with(&[])),
            seen: Mutex::default(),
            came: Condvar::new(),
            dead: AtomicBool::new(false),
            again: AtomicBool::new(false),
            address,
            tenant,
            does: Box::new(does),
            held: (Mutex::new(true), Condvar::new()),
        });
        shared.clone().listen(listener);
        Odd { url: format!("http://{address}/scim/v2"), shared }
    }

    /// Starts it again where it was, with what it held; from now on it is the mock.
    pub fn start_again(&self) {
        let bind = || TcpListener::bind(self.shared.address);
        let listener = std::iter::repeat_with(bind).find_map(Result::ok).expect("the old port");
        self.shared.again.store(true, Ordering::SeqCst);
        self.shared.dead.store(false, Ordering::SeqCst);
        self.shared.clone().listen(listener);
    }

    /// How many accounts it holds.
    pub fn held(&self) -> usize {
        self.shared.mock.lock().expect("no panic").held()
    }

    /// How many requests have come.
    pub fn came(&self) -> usize {
        self.shared.seen.lock().expect("no panic").len()
    }

    /// Waits until this is true of the requests that have come, each with method and path.
    pub fn wait_until(&self, wanted: impl Fn(&[String]) -> bool) {
        let mut seen = self.shared.seen.lock().expect("no panic");
        while !wanted(&seen) {
            seen = self.shared.came.wait(seen).expect("no panic");
        }
    }

    /// The requests that have come, each with method and path.
    pub fn requests(&self) -> Vec<String> {
        self.shared.seen.lock().expect("no panic").clone()
    }

    /// Lets all that hang be answered.
    pub fn release(&self) {
        *self.shared.held.0.lock().expect("no panic") = false;
        self.shared.held.1.notify_all();
    }
}

impl Drop for Odd {
    fn drop(&mut self) {
        self.release();
        self.shared.die();
    }
}

impl Shared {
    fn listen(self: Arc<Shared>, listener: TcpListener) {
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if self.dead.load(Ordering::SeqCst) {
                    break;
                }
                let (stream, shared) = (stream.expect("a connection"), self.clone());
                std::thread::spawn(move || shared.answer(stream));
            }
        });
    }

    fn die(&self) {
        self.dead.store(true, Ordering::SeqCst);
        // The thread that accepts looks again.
        let _ = TcpStream::connect(self.address);
    }

    /// Answers one request, and closes.
    fn answer(&self, mut stream: TcpStream) {
        let Some(request) = read(&mut stream) else { return };
        let line = format!("{} {}", request.method(), request.uri());
        let nth = {
            let mut seen = self.seen.lock().expect("no panic");
            seen.push(line);
            self.came.notify_all();
            seen.len() - 1
        };
        let query = request.uri().query().unwrap_or_default();
        let is_known = self.tenant.is_none_or(|tenant| query.split('&').any(|it| it == tenant));
        let does = match self.again.load(Ordering::SeqCst) {
            _ if !is_known => Does::Answer(404, "Content-Type: text/plain", "no such tenant"),
            true => Does::Mock,
            false => (self.does)(request.method().as_str(), request.uri().path(), nth),
        };
        let (status, head, body) = match does {
            Does::Mock => self.mock(request),
            Does::Answer(status, head, body) => {
                (status, format!("{head}\r\n"), body.as_bytes().to_vec())
            }
            Does::Hang => {
                let mut held = self.held.0.lock().expect("no panic");
                while *held {
                    held = self.held.1.wait(held).expect("no panic");
                }
                drop(held);
                self.mock(request)
            }
            Does::Drop => {
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
            Does::Die => {
                self.die();
                let _ = stream.shutdown(Shutdown::Both);
                return;
            }
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\n{head}Content-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(&[head.as_bytes(), &body].concat());
    }

    fn mock(&self, request: Request<Bytes>) -> (u16, String, Vec<u8>) {
        let (reply, _) = self.mock.lock().expect("no panic").exchange(request);
        let answer = reply.expect("the mock answers");
        let head = answer
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {}\r\n", value.to_str().expect("plain text")));
        (answer.status().as_u16(), head.collect(), answer.body().to_vec())
    }
}

/// Reads one request; `None` when none comes.
fn read(stream: &mut TcpStream) -> Option<Request<Bytes>> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let split = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at;
        }
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&piece[..read]);
    };
    let head = String::from_utf8(bytes[..split].to_vec()).expect("a head is text");
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let mut request = Request::builder().method(first.next()?).uri(first.next()?);
    let mut length = 0;
    for line in lines {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().expect("a number");
        }
        request = request.header(name, value.trim());
    }
    let mut body = bytes[split + 4..].to_vec();
    while body.len() < length {
        let read = stream.read(&mut piece).ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&piece[..read]);
    }
    Some(request.body(Bytes::from(body)).expect("a request"))
}
