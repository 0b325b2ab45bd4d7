//! The client that reaches a server over HTTP: kept connections, HTTP/1.1, no redirect followed, no
//! proxy, no User-Agent.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use http::header::HeaderName;
use http::{Request, Response};
use reqwest::redirect::Policy;
use tokio::runtime::{Builder, Runtime};

use super::ledger::Noted;
use super::patience::WaitReason;
use super::reach::CONNECT;
use super::{Address, Patience, echoed, tls};
use crate::app::cli::AccessFlags;
use crate::app::exit::CommandError;
use crate::entra::{Lost, Reply};
use crate::foreign::Server;

/// The largest response body that is read, in bytes.
const BODY_MAX: usize = 64 << 20;

/// How long an answer is awaited before that is said.
const SLOW: Duration = Duration::from_secs(10);

/// How long a connection is kept that carries nothing; some servers close theirs after 2 s.
const IDLE_MAX: Duration = Duration::from_secs(1);

/// A server that is reached over HTTP, for callers that wait. It has a runtime of its own, so it
/// may not be used inside of another.
pub struct HttpServer {
    /// There until the drop.
    runtime: Option<Runtime>,
    clients: Clients,
    patience: Arc<Patience>,
    trusting: Trusting,
    /// The headers that were typed, which hold no secrets.
    typed: Arc<[HeaderName]>,
    /// Why the last request got no response, in the words of the system.
    loss: Option<String>,
    /// How long it was left alone before the last request.
    left_alone: Duration,
}

impl Drop for HttpServer {
    /// It may be dropped inside of another runtime, as when `serve` cannot begin, and no runtime
    /// may be waited for there.
    fn drop(&mut self) {
        self.runtime.take().into_iter().for_each(Runtime::shutdown_background);
    }
}

/// Where it is, and what a further handshake trusts.
struct Trusting {
    address: Address,
    ca: Option<PathBuf>,
    insecure: bool,
}

impl HttpServer {
    /// Prepares a client; nothing is sent yet. What the server says of waiting is kept in
    /// `patience`, and so shared with its other clients.
    ///
    /// # Errors
    /// When a certificate cannot be read, or `--insecure` is said of a server that is far away.
    pub fn new(
        address: &Address,
        flags: &AccessFlags,
        patience: &Arc<Patience>,
    ) -> Result<HttpServer, CommandError> {
        // It fails when a provider is set already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let clients = Clients::new(address, flags)?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let patience = patience.clone();
        let trusting =
            Trusting { address: address.clone(), ca: flags.ca.clone(), insecure: flags.insecure };
        let runtime = Some(runtime);
        let (loss, left_alone) = (None, Duration::ZERO);
        let names = flags.header.iter().filter_map(|text| text.split_once(':'));
        let typed = names.filter_map(|(name, _)| HeaderName::try_from(name.trim()).ok()).collect();
        Ok(HttpServer { runtime, clients, patience, trusting, typed, loss, left_alone })
    }
}

/// The clients of a server.
#[derive(Clone)]
struct Clients {
    /// It keeps its connections.
    kept: reqwest::Client,
    /// It opens one for each request.
    new: reqwest::Client,
}

impl Clients {
    fn new(address: &Address, flags: &AccessFlags) -> Result<Clients, CommandError> {
        let is_https = |url: &str| url.starts_with("https:");
        let tls = is_https(&address.origin) || flags.token_url.as_deref().is_some_and(is_https);
        let config = match tls || flags.ca.is_some() || flags.insecure {
            true => {
                let (ca, offer) = (flags.ca.as_deref(), tls::Offer::Usual);
                Some(tls::config(address, ca, flags.insecure, offer)?)
            }
            false => None,
        };
        let client = |kept: usize| {
            let mut client = reqwest::Client::builder()
                .redirect(Policy::none())
                .no_proxy()
                .http1_only()
                .tcp_nodelay(true)
                // Between requests nothing looks at a kept connection, so one that the server has
                // closed meanwhile would be noticed too late.
                .pool_idle_timeout(IDLE_MAX)
                .pool_max_idle_per_host(kept)
                .connect_timeout(CONNECT)
                .timeout(flags.timeout);
            if let Some(config) = config.clone() {
                client = client.tls_backend_preconfigured(config);
            }
            client.build().context("the HTTP client cannot be made")
        };
        Ok(Clients { kept: client(usize::MAX)?, new: client(0)? })
    }
}

/// What came, how long it took, and why nothing came if that is so.
type Timed = (Reply, Duration, Option<String>);

async fn timed(
    (clients, patience): (&Clients, &Patience),
    (address, typed): (&Address, &[HeaderName]),
    request: Request<Bytes>,
) -> Timed {
    // Its time does not count as the server's.
    let _place = patience.backlog.place().await;
    let new = patience.delayed.wants_new();
    let client = if new { &clients.new } else { &clients.kept };
    let echo = echoed::secrets_of(&request, typed);
    let began = Instant::now();
    let (reply, loss) = match exchange(client, address, request).await {
        Ok(mut response) => {
            echoed::mask(&echo, &mut response);
            patience.backlog.note(response.version(), response.headers());
            if patience.delayed.note(new, began.elapsed()) {
                patience.backlog.end_each();
            }
            (Ok(response), None)
        }
        Err(NotCome(lost, why)) => (Err(lost), Some(why)),
    };
    (reply, began.elapsed(), loss)
}

/// How a request was lost, and why.
struct NotCome(Lost, String);

impl From<reqwest::Error> for NotCome {
    fn from(error: reqwest::Error) -> NotCome {
        tracing::debug!("{error:?}");
        let mut root: &dyn std::error::Error = &error;
        while let Some(cause) = root.source() {
            root = cause;
        }
        NotCome(lost(&error), root.to_string())
    }
}

impl HttpServer {
    /// Remembers what a reply says of waiting, and why none came.
    fn took(&mut self, (reply, took, loss): Timed) -> (Reply, Duration) {
        self.patience.note(&reply);
        self.loss = loss;
        (reply, took)
    }
}

impl Server for HttpServer {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        let waits = Instant::now();
        self.patience.wait();
        self.left_alone = waits.elapsed();
        let noted = Noted::of(&request);
        let line = format!("{} {}", request.method(), request.uri());
        let patience = self.patience.clone();
        let Some(runtime) = &self.runtime else { return (Err(Lost::Reset), Duration::ZERO) };
        let came = runtime.block_on(async {
            let came =
                timed((&self.clients, &patience), (&self.trusting.address, &self.typed), request);
            tokio::pin!(came);
            tokio::select! {
                came = &mut came => return came,
                () = tokio::time::sleep(SLOW) => {}
            }
            let why = format!("no answer yet after {} s: {line}", SLOW.as_secs());
            patience.say(Some(WaitReason { why: &why, is_one_of_many: false }));
            came.await
        });
        noted.came(&came.0);
        self.took(came)
    }

    fn wait(&mut self, time: Duration) {
        std::thread::sleep(time);
    }

    fn at_once(&mut self, requests: Vec<Request<Bytes>>) -> Vec<(Reply, Duration)> {
        self.patience.wait();
        let Some(runtime) = &self.runtime else { return Vec::new() };
        let ask = |request: Request<Bytes>| {
            let (clients, address) = (self.clients.clone(), self.trusting.address.clone());
            let (patience, typed) = (self.patience.clone(), self.typed.clone());
            runtime.spawn(async move {
                let noted = Noted::of(&request);
                let came = timed((&clients, &patience), (&address, &typed), request).await;
                noted.came(&came.0);
                came
            })
        };
        let tasks: Vec<_> = requests.into_iter().map(ask).collect();
        let lost = (Err(Lost::Reset), Duration::ZERO, None);
        let wait =
            |task: tokio::task::JoinHandle<Timed>| runtime.block_on(task).unwrap_or(lost.clone());
        let came: Vec<Timed> = tasks.into_iter().map(wait).collect();
        came.into_iter().map(|came| self.took(came)).collect()
    }

    fn greets_tls12(&mut self) -> Option<Result<(), String>> {
        let Trusting { address, ca, insecure } = &self.trusting;
        let config = tls::config(address, ca.as_deref(), *insecure, tls::Offer::Tls12);
        Some(match config {
            Ok(config) => self.runtime.as_ref()?.block_on(tls::greet(address, config)),
            Err(error) => Err(error.error.to_string()),
        })
    }

    fn left_alone(&self) -> Duration {
        self.left_alone
    }

    fn loss(&self) -> Option<&str> {
        self.loss.as_deref()
    }
}

async fn exchange(
    client: &reqwest::Client,
    address: &Address,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, NotCome> {
    let (parts, body) = request.into_parts();
    let mut headers = parts.headers;
    // The client writes it from the URL.
    headers.remove(http::header::HOST);
    let url = match parts.uri.authority() {
        Some(_) => parts.uri.to_string(),
        None => match &address.carried {
            Some(carried) => format!("{}{}", address.origin, carried.added_to(&parts.uri)),
            None => format!("{}{}", address.origin, parts.uri),
        },
    };
    let mut out = client.request(parts.method, url).headers(headers);
    if !body.is_empty() {
        out = out.body(body);
    }
    let mut answer = out.send().await?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = answer.status();
    *response.version_mut() = answer.version();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    let mut read = Vec::new();
    while let Some(chunk) = answer.chunk().await? {
        read.extend_from_slice(&chunk);
        if read.len() > BODY_MAX {
            let why = format!("a body of more than {} MiB", BODY_MAX >> 20);
            return Err(NotCome(Lost::Reset, why));
        }
    }
    *response.body_mut() = read.into();
    Ok(response)
}

/// How a request was lost, as the engine knows it.
fn lost(error: &reqwest::Error) -> Lost {
    if error.is_timeout() {
        return Lost::TimedOut;
    }
    if let Some(rustls::Error::InvalidCertificate(_)) = tls_error(error) {
        return Lost::Untrusted;
    }
    if error.is_connect() { Lost::Refused } else { Lost::Reset }
}

/// The error of TLS that an error comes from. An I/O error hides what it wraps: its source is the
/// source of that.
fn tls_error<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    if let Some(wrapped) = error.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref()) {
        return tls_error(wrapped);
    }
    error.source().and_then(tls_error)
}
