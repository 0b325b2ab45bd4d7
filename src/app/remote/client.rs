//! The client that reaches a server over HTTP: kept connections, HTTP/1.1, no redirect followed, no
//! proxy, no User-Agent.

use std::time::{Duration, Instant};

use anyhow::Context;
use bytes::Bytes;
use http::{Request, Response};
use reqwest::redirect::Policy;
use tokio::runtime::{Builder, Runtime};

use super::Address;
use crate::app::cli::AccessFlags;
use crate::app::exit::CommandError;
use crate::entra::{Lost, Reply};
use crate::foreign::Server;

/// The largest response body that is read, in bytes.
const BODY_MAX: usize = 64 << 20;

/// A server that is reached over HTTP, for callers that wait. It has a runtime of its own, so it
/// may not be used inside of another.
pub struct HttpServer {
    runtime: Runtime,
    client: reqwest::Client,
    origin: String,
}

impl HttpServer {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// When a certificate cannot be read, or `--insecure` is said of a server that is far away.
    pub fn new(address: &Address, flags: &AccessFlags) -> Result<HttpServer, CommandError> {
        if flags.insecure && !address.is_near() {
            return Err(CommandError::bad("--insecure is for this machine and private networks")
                .help("give the certificate of the authority with --ca"));
        }
        // It fails when a provider is set already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .tcp_nodelay(true)
            .connect_timeout(Duration::from_secs(10))
            .timeout(flags.timeout)
            .tls_danger_accept_invalid_certs(flags.insecure);
        if let Some(path) = &flags.ca {
            let pem =
                std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            let authority = reqwest::Certificate::from_pem(&pem)
                .with_context(|| format!("{} is no certificate in PEM form", path.display()))?;
            client = client.tls_certs_merge([authority]);
        }
        let client = client.build().context("the HTTP client cannot be made")?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(HttpServer { runtime, client, origin: address.origin.clone() })
    }
}

async fn timed(
    client: &reqwest::Client,
    origin: &str,
    request: Request<Bytes>,
) -> (Reply, Duration) {
    let began = Instant::now();
    let reply = exchange(client, origin, request).await;
    (reply, began.elapsed())
}

impl Server for HttpServer {
    fn exchange(&mut self, request: Request<Bytes>) -> (Reply, Duration) {
        self.runtime.block_on(timed(&self.client, &self.origin, request))
    }

    fn at_once(&mut self, requests: Vec<Request<Bytes>>) -> Vec<(Reply, Duration)> {
        let ask = |request: Request<Bytes>| {
            let (client, origin) = (self.client.clone(), self.origin.clone());
            self.runtime.spawn(async move { timed(&client, &origin, request).await })
        };
        let tasks: Vec<_> = requests.into_iter().map(ask).collect();
        let lost = (Err(Lost::Reset), Duration::ZERO);
        let wait = |task: tokio::task::JoinHandle<(Reply, Duration)>| {
            self.runtime.block_on(task).unwrap_or(lost.clone())
        };
        tasks.into_iter().map(wait).collect()
    }
}

async fn exchange(client: &reqwest::Client, origin: &str, request: Request<Bytes>) -> Reply {
    let (parts, body) = request.into_parts();
    let mut headers = parts.headers;
    // The client writes it from the URL.
    headers.remove(http::header::HOST);
    let url = match parts.uri.authority() {
        Some(_) => parts.uri.to_string(),
        None => format!("{origin}{}", parts.uri),
    };
    let mut out = client.request(parts.method, url).headers(headers);
    if !body.is_empty() {
        out = out.body(body);
    }
    let mut answer = out.send().await.map_err(|error| lost(&error))?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = answer.status();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    let mut read = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| lost(&error))? {
        read.extend_from_slice(&chunk);
        if read.len() > BODY_MAX {
            return Err(Lost::Reset);
        }
    }
    *response.body_mut() = read.into();
    Ok(response)
}

/// How a request was lost, as the engine knows it.
fn lost(error: &reqwest::Error) -> Lost {
    tracing::debug!("{error:?}");
    if error.is_timeout() {
        return Lost::TimedOut;
    }
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(error) = cause {
        if error.downcast_ref::<rustls::Error>().is_some() {
            return Lost::Untrusted;
        }
        cause = error.source();
    }
    if error.is_connect() { Lost::Refused } else { Lost::Reset }
}
