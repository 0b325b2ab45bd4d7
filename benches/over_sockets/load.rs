//! The load: some connections that each send a request, await its answer, and send the next.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::LocalSet;

use super::servers::Thread;

/// How many connections.
pub const CONNECTIONS: usize = 16;

/// How long a round is.
const ROUND: Duration = Duration::from_millis(400);

/// A request, as bytes.
pub type Request = Vec<u8>;

/// What is asked, request by request: the nth of a client in a round.
pub type Asked = dyn Fn(Nth) -> Request;

/// Which request it is; no two of a bench are the same.
#[derive(Clone, Copy)]
pub struct Nth {
    /// The round it belongs to.
    pub round: usize,
    /// The client that sends it.
    pub client: usize,
    /// How many this client has sent before it in this round.
    pub nth: usize,
}

/// What a round came to.
#[derive(Clone, Copy)]
pub struct Measured {
    /// Requests answered in a second.
    pub per_second: f64,
    /// Half of the answers came within so many microseconds.
    pub p50_micros: f64,
    /// Microseconds of the server's processor time a request.
    pub cpu_micros: f64,
}

/// The median of some rounds, figure by figure.
pub fn median(rounds: Vec<Measured>) -> Measured {
    let middle = |figure: fn(&Measured) -> f64| {
        let mut all: Vec<f64> = rounds.iter().map(figure).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    Measured {
        per_second: middle(|m| m.per_second),
        p50_micros: middle(|m| m.p50_micros),
        cpu_micros: middle(|m| m.cpu_micros),
    }
}

/// Loads a server for a round; what it measured, and the ids of what was created.
pub fn round(
    server: SocketAddr,
    thread: &Thread,
    round: usize,
    asked: &Rc<Asked>,
) -> (Measured, Vec<String>) {
    super::servers::stay_on(1);
    let worked = thread.micros();
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("an event queue");
    let created = Rc::new(RefCell::new(Vec::new()));
    let mut latencies = LocalSet::new().block_on(&runtime, async {
        // The thread never sleeps: to wake it would be work for the server, and the more the slower
        // the server is.
        tokio::task::spawn_local(async {
            loop {
                tokio::task::yield_now().await;
            }
        });
        let began = Instant::now();
        let clients: Vec<_> = (0..CONNECTIONS)
            .map(|client| {
                let first = Nth { round, client, nth: 0 };
                tokio::task::spawn_local(ask(
                    server,
                    asked.clone(),
                    first,
                    began + ROUND,
                    created.clone(),
                ))
            })
            .collect();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.await.expect("a client that does not panic"));
        }
        all
    });
    latencies.sort_unstable();
    let measured = Measured {
        per_second: latencies.len() as f64 / ROUND.as_secs_f64(),
        p50_micros: latencies[latencies.len() / 2].as_nanos() as f64 / 1000.0,
        cpu_micros: (thread.micros() - worked) / latencies.len() as f64,
    };
    (measured, created.take())
}

/// The bodies of a server's answers to some requests, which must be successes.
pub fn answers_to(server: SocketAddr, requests: &[Request]) -> Vec<Vec<u8>> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("an event queue");
    runtime.block_on(async {
        let mut stream = TcpStream::connect(server).await.expect("a server that listens");
        let mut buffer = Vec::new();
        let mut bodies = Vec::new();
        for request in requests {
            stream.write_all(request).await.expect("a server that reads");
            buffer.clear();
            let (head, whole) = answer(&mut stream, &mut buffer).await;
            assert!(buffer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&buffer));
            bodies.push(buffer[head..whole].to_vec());
        }
        bodies
    })
}

async fn ask(
    server: SocketAddr,
    asked: Rc<Asked>,
    first: Nth,
    until: Instant,
    created: Rc<RefCell<Vec<String>>>,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(server).await.expect("a server that listens");
    stream.set_nodelay(true).expect("a TCP socket");
    let mut buffer = Vec::with_capacity(64 << 10);
    let mut latencies = Vec::with_capacity(1 << 16);
    let mut began = Instant::now();
    let mut nth = first;
    while began < until {
        stream.write_all(&asked(nth)).await.expect("a server that reads");
        buffer.clear();
        answer(&mut stream, &mut buffer).await;
        assert!(buffer.starts_with(b"HTTP/1.1 2"), "{}", String::from_utf8_lossy(&buffer));
        if buffer.starts_with(b"HTTP/1.1 201") {
            created.borrow_mut().extend(id_in(&buffer));
        }
        let now = Instant::now();
        latencies.push(now - began);
        began = now;
        nth.nth += 1;
    }
    latencies
}

/// Reads one answer whole; where its head ends, and where it ends.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> (usize, usize) {
    loop {
        if let Some(head) = find(buffer, b"\r\n\r\n").map(|at| at + 4) {
            let whole = head + length(&buffer[..head]);
            if buffer.len() >= whole {
                return (head, whole);
            }
        }
        assert!(
            stream.read_buf(buffer).await.expect("a server that writes") > 0,
            "the server closed the connection"
        );
    }
}

/// The id of the resource in an answer.
pub fn id_in(answer: &[u8]) -> Option<String> {
    let at = find(answer, b"\"id\":\"")? + 6;
    let end = at + memchr::memchr(b'"', &answer[at..])?;
    Some(String::from_utf8_lossy(&answer[at..end]).into_owned())
}

fn length(head: &[u8]) -> usize {
    let Some(at) = find(head, b"content-length: ") else { return 0 };
    let digits = head[at + 16..].iter().take_while(|b| b.is_ascii_digit());
    digits.fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'))
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, part)
}
