//! The two servers under load, each on a thread of its own, and the program itself for the time it
//! takes to start.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::sync::mpsc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use scimulator::app::live::{Message, Speed};
use scimulator::app::server_setup::{self, ListenOptions, PlayOptions, PlaySource};
use scimulator::scenario::{self, Play};
use scimulator::world::Drive;
use scimulator::world::driver;
use tokio::net::TcpListener;

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
        Thread(
            std::fs::read_link("/proc/thread-self")
                .ok()
                .map(|link| Path::new("/proc").join(link).join("schedstat")),
        )
    }

    /// The processor time it has had, in microseconds; not a number where the system does not say.
    pub fn micros(&self) -> f64 {
        let text = self.0.as_ref().and_then(|path| std::fs::read_to_string(path).ok());
        let nanos: Option<f64> = text.and_then(|text| text.split(' ').next()?.parse().ok());
        nanos.map_or(f64::NAN, |nanos| nanos / 1000.0)
    }
}

/// Keeps the calling thread on one core, so that a server and its load never wait for each other's:
/// where the system can.
pub fn stay_on(core: usize) {
    #[cfg(target_os = "linux")]
    {
        let mut set = rustix::thread::CpuSet::new();
        set.set(core);
        // It fails where there is no such core.
        let _ = rustix::thread::sched_setaffinity(None, &set);
    }
}

impl Trivial {
    /// A server whose answers have a body of so many bytes, by the method of the request.
    pub fn answering(sizes: Sizes) -> Trivial {
        let (ready, address) = mpsc::channel();
        std::thread::spawn(move || {
            stay_on(0);
            let served = server_setup::on_one_thread::<()>(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                ready
                    .send((listener.local_addr()?, Thread::current()))
                    .expect("the main thread waits for the address");
                let bodies =
                    Rc::new(sizes.map(|(method, size)| (method, Bytes::from(vec![b'x'; size]))));
                loop {
                    let (stream, _) = listener.accept().await?;
                    stream.set_nodelay(true)?;
                    tokio::task::spawn_local(serve(stream, bodies.clone()));
                }
            });
            served.expect("a trivial server");
        });
        let (address, thread) = address.recv().expect("a server that starts");
        Trivial { address, thread }
    }
}

/// How large answers are, by the method of the request.
pub type Sizes = [(Method, usize); 3];

async fn serve(stream: tokio::net::TcpStream, bodies: Rc<[(Method, Bytes); 3]>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let bodies = bodies.clone();
        async move {
            let body = bodies
                .iter()
                .find(|(method, _)| method == request.method())
                .map(|(_, body)| body.clone());
            if !request.body().is_end_stream() {
                request.into_body().collect().await?;
            }
            let mut response = Response::new(Full::new(body.unwrap_or_default()));
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static("application/scim+json"));
            Ok::<_, hyper::Error>(response)
        }
    });
    let _ = http1::Builder::new()
        .pipeline_flush(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// GoLinks as `serve` has it, filled by provisioning.
pub struct GoLinks {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its thread.
    pub thread: Thread,
    /// Ids and userNames of some of its accounts.
    pub users: Vec<(String, String)>,
}

/// The token it asks for.
pub const TOKEN: &str = "bench-token";

/// Provisions so many people by the pure driver, serves what came of it on this thread, as the
/// program does, with the clock standing still; and lets another thread measure.
pub fn with_accounts(accounts: u32, profile: &str, measure: impl FnOnce(GoLinks) + Send + 'static) {
    let served = server_setup::on_one_thread(async {
        let play = provisioned(accounts, profile);
        let users = some_users(&play);
        let place = ListenOptions::default();
        let listener = server_setup::listen(&place).await?;
        let golinks = GoLinks { address: listener.local_addr()?, thread: Thread::current(), users };
        stay_on(0);
        let what = PlaySource::Play(Box::new(play));
        let show = PlayOptions {
            source: what,
            speed: Speed::Max,
            paused: true,
            open: true,
            target: None,
            narrator: Box::new(|_| {}),
        };
        let stand = server_setup::open(listener, &place, show)?;
        let owner = stand.handle.clone();
        std::thread::spawn(move || {
            measure(golinks);
            owner.send(Message::Stop);
        });
        stand.serve().await;
        Ok(())
    });
    served.expect("a server");
}

fn provisioned(accounts: u32, profile: &str) -> Play {
    let text = format!(
        "title = \"load\"\nseed = 7\nstart = 2026-03-02T08:00:00Z\nends = \"1d\"\n\
         [golinks]\nprofile = \"{profile}\"\ntoken = \"{TOKEN}\"\n[entra]\nsecret = \"{TOKEN}\"\n[people]\ngenerate = {accounts}\nassigned = true\n\
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
    let golinks = play.world().target().mock().expect("the mock");
    let step = (golinks.accounts().len() / 1000).max(1);
    let users: Vec<_> = golinks
        .iter()
        .step_by(step)
        .map(|account| (account.id.to_string(), account.user_name.to_string()))
        .collect();
    assert!(
        users.len() >= 1000,
        "only {} accounts came about by {}",
        golinks.accounts().len(),
        play.world().now()
    );
    users
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
    super::load::answers_to(address, &[super::requests::request("GET", "/healthz", "")]);
    program.kill().expect("it runs");
    program.wait().expect("it ends");
}
