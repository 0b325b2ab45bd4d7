//! A small HTTP client for `ctl` and `healthcheck`: sends one request to a running server.

use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The largest response body that is read, in bytes.
const ANSWER_MAX: usize = 64 << 20;

/// A request to a running server.
pub struct Ask<'a> {
    /// The server, such as `http://127.0.0.1:4040`.
    pub url: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// The path, with its leading slash.
    pub path: &'a str,
    /// The content type of the body.
    pub kind: &'static str,
    /// The body; empty for none.
    pub body: String,
    /// How long the whole exchange may take, from connecting to the end of the response.
    pub patience: Duration,
}

impl<'a> Ask<'a> {
    /// A GET request without a body.
    pub fn get(url: &'a str, path: &'a str, patience: Duration) -> Ask<'a> {
        Ask {
            url,
            method: Method::GET,
            path,
            kind: "application/json",
            body: String::new(),
            patience,
        }
    }

    /// Sends the request and returns the status and body of the response.
    ///
    /// # Errors
    /// When the server cannot be reached, or the exchange takes too long.
    pub fn send(self) -> anyhow::Result<(StatusCode, Bytes)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (url, patience) = (self.url.to_owned(), self.patience);
        let answer = async { tokio::time::timeout(patience, self.exchange()).await };
        runtime
            .block_on(answer)
            .with_context(|| format!("{url} did not answer within {} s", patience.as_secs()))?
    }

    async fn exchange(self) -> anyhow::Result<(StatusCode, Bytes)> {
        let uri: Uri = self.url.parse().with_context(|| format!("`{}` is not a URL", self.url))?;
        let Some(authority) = uri.authority().filter(|_| uri.scheme_str() == Some("http")) else {
            bail!("`{}` is not a URL such as http://127.0.0.1:4040", self.url);
        };
        let host = authority.host().trim_matches(['[', ']']);
        let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80)))
            .await
            .with_context(|| format!("no server answers at {}", self.url))?;
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let request = Request::builder()
            .method(self.method)
            .uri(self.path)
            .header(HOST, authority.as_str())
            .header(CONTENT_TYPE, self.kind)
            .body(Full::new(Bytes::from(self.body)))?;
        let response = sender
            .send_request(request)
            .await
            .with_context(|| format!("{} broke off", self.url))?;
        let status = response.status();
        let Ok(body) = Limited::new(response.into_body(), ANSWER_MAX).collect().await else {
            bail!("{} broke off in the middle of its answer", self.url);
        };
        Ok((status, body.to_bytes()))
    }
}
