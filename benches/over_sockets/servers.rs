//! The two servers under load, each on a thread of its own, and the program itself for the time it takes to start.

use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;

use bytes::Bytes;
use http::{Response, header};
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use scimulator::app::live::{Message, Speed};
use scimulator::app::stand::{self, Place, Show, What};
use scimulator::scenario::{self, Play};
use scimulator::world::driver;
use tokio::net::TcpListener;

use super::load::Request;

/// A hyper server that answers everything with the same bytes.
pub struct Trivial {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its thread.
    pub thread: Thread,
}

/// A thread of this process, for the processor time it has had.
#[derive(Clone)]
pub struct Thread(Option<PathBuf>);

impl Thread {
    /// The calling thread.
    pub fn current() -> Thread {
        Thread(std::fs::read_link("/proc/thread-self").ok().map(|link| Path::new("/proc").join(link).join("schedstat")))
    }

    /// The processor time it has had, in microseconds; not a number where the system does not say.
    pub fn micros(&self) -> f64 {
        let text = self.0.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
        let nanos: Option<f64> = text.and_then(|text| text.split(' ').next()?.parse().ok());
        nanos.map_or(f64::NAN, |nanos| nanos / 1000.0)
    }
}

impl Trivial {
    /// A server whose answers have a body of `size` bytes.
    pub fn answering(size: usize) -> Trivial {
        let (ready, address) = mpsc::channel();
        std::thread::spawn(move || {
            let served = stand::on_one_thread::<()>(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                ready.send((listener.local_addr()?, Thread::current())).expect("somebody waits for the address");
                let body = Bytes::from(vec![b'x'; size]);
                loop {
                    let (stream, _) = listener.accept().await?;
                    stream.set_nodelay(true)?;
                    tokio::task::spawn_local(answer(stream, body.clone()));
                }
            });
            served.expect("a trivial server");
        });
        let (address, thread) = address.recv().expect("a server that starts");
        Trivial { address, thread }
    }
}

async fn answer(stream: tokio::net::TcpStream, body: Bytes) {
    let service = service_fn(move |_| {
        let mut response = Response::new(Full::new(body.clone()));
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/scim+json"));
        async move { Ok::<_, Infallible>(response) }
    });
    let _ = http1::Builder::new().pipeline_flush(true).serve_connection(TokioIo::new(stream), service).await;
}

/// GoLinks as `serve` has it, filled by provisioning.
pub struct GoLinks {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its thread.
    pub thread: Thread,
    users: Vec<(String, String)>,
}

const TOKEN: &str = "bench-token";

/// Provisions so many people by the pure driver, serves what came of it on this thread, as the program does, with the
/// clock standing still; and lets another thread measure.
pub fn with_accounts(accounts: u32, measure: impl FnOnce(GoLinks) + Send + 'static) {
    let served = stand::on_one_thread(async {
        let play = provisioned(accounts);
        let users = some_users(&play);
        let place = Place::default();
        let listener = stand::listen(&place).await?;
        let golinks = GoLinks { address: listener.local_addr()?, thread: Thread::current(), users };
        let what = What::Play(Box::new(play));
        let show = Show { what, speed: Speed::Max, paused: true, open: true, narrator: Box::new(|_| {}) };
        let stand = stand::open(listener, &place, show)?;
        let owner = stand.handle.clone();
        std::thread::spawn(move || {
            measure(golinks);
            owner.tell(Message::Stop);
        });
        stand.serve().await;
        Ok(())
    });
    served.expect("a server");
}

impl GoLinks {
    /// What is asked of it, by kind.
    pub fn requests(&self) -> Vec<(&'static str, Vec<Request>)> {
        let by_id = |(id, _): &(String, String)| request("GET", &format!("/scim/v2/Users/{id}"), "");
        let by_name = |(_, name): &(String, String)| {
            let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
            request("GET", &format!("/scim/v2/Users?filter=userName%20eq%20%22{name}%22"), "")
        };
        let patch = |(nth, (id, _)): (usize, &(String, String))| {
            let body = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{{"op":"Replace","path":"title","value":"Number {nth}"}}]}}"#
            );
            request("PATCH", &format!("/scim/v2/Users/{id}"), &body)
        };
        vec![
            ("GET by id", self.users.iter().map(by_id).collect()),
            ("GET by userName", self.users.iter().map(by_name).collect()),
            ("PATCH of a title", self.users.iter().enumerate().map(patch).collect()),
        ]
    }
}

fn provisioned(accounts: u32) -> Play {
    let text = format!(
        "title = \"load\"\nseed = 7\nstart = 2026-03-02T08:00:00Z\nends = \"1d\"\n\
         [golinks]\ntoken = \"{TOKEN}\"\n[entra]\nsecret = \"{TOKEN}\"\n[people]\ngenerate = {accounts}\nassigned = true\n\
         [[at]]\ntime = \"0d\"\ndo = \"start\"\n[[at]]\nafter = \"cycle 1\"\ndo = \"stop\"\n"
    );
    let script = scenario::load("load", &text, &[]).unwrap_or_else(|problems| {
        panic!("{}", scenario::messages::render(&problems));
    });
    let mut play = Play::new(script);
    let until = play.ends();
    driver::run_to(&mut play, until);
    play
}

/// Ids and user names from all over the accounts.
fn some_users(play: &Play) -> Vec<(String, String)> {
    let golinks = play.world().golinks();
    let step = (golinks.accounts().len() / 1000).max(1);
    let users: Vec<_> =
        golinks.iter().step_by(step).map(|account| (account.id.to_string(), account.user_name.to_string())).collect();
    assert!(users.len() >= 1000, "only {} accounts came about by {}", golinks.accounts().len(), play.world().now());
    users
}

fn request(method: &str, target: &str, body: &str) -> Request {
    format!(
        "{method} {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {TOKEN}\r\naccept: application/scim+json\r\n\
         content-type: application/scim+json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Starts the program, waits until it answers, and stops it.
pub fn start_program() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_scimulator"))
        .args(["serve", "welcome", "--port", "0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let out = BufReader::new(program.stdout.take().expect("it was piped"));
    let url = out.lines().map_while(Result::ok).find_map(|line| {
        let at = line.find("http://")?;
        Some(line[at..].trim_end_matches('/').to_owned())
    });
    let url = url.expect("it says where it is");
    let address: SocketAddr = url.trim_start_matches("http://").parse().expect("an address");
    super::load::answer_size(address, &request("GET", "/healthz", ""));
    program.kill().expect("it runs");
    program.wait().expect("it ends");
}
