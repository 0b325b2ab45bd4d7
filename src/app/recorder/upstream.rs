//! The server behind a recorder: how a connection to it is made, plain or over TLS.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::Context as _;
use http::Uri;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::flags::TrustFlags;
use crate::app::exit::CommandError;
use crate::app::remote::{Address, tls};

/// How long a connection may take to come about.
const CONNECT_MAX: Duration = Duration::from_secs(30);

/// A server that connections are made to.
pub struct Upstream {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Upstream {
    /// The server at an address.
    ///
    /// # Errors
    /// When a certificate cannot be read, or `--insecure` is said of a server that is far away.
    pub fn new(address: &Address, trust: &TrustFlags) -> Result<Upstream, CommandError> {
        let uri: Uri = address.origin.parse().context("the address was read before")?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let secure = uri.scheme_str() == Some("https");
        let port = uri.port_u16().unwrap_or(if secure { 443 } else { 80 });
        let tls = if secure {
            let name = ServerName::try_from(host.clone())
                .map_err(|_| CommandError::bad(format!("`{host}` is no name of a host")))?;
            let config =
                tls::config(address, trust.ca.as_deref(), trust.insecure, tls::Offer::Usual)?;
            Some((TlsConnector::from(Arc::new(config)), name))
        } else {
            None
        };
        Ok(Upstream { host, port, tls })
    }

    /// Makes a connection.
    ///
    /// # Errors
    /// When there is none within half a minute, or its certificate is not trusted.
    pub async fn connect(&self) -> io::Result<Wire> {
        let connect = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
            stream.set_nodelay(true)?;
            Ok(match &self.tls {
                None => Wire::Plain(stream),
                Some((tls, name)) => Wire::Tls(Box::new(tls.connect(name.clone(), stream).await?)),
            })
        };
        tokio::time::timeout(CONNECT_MAX, connect).await?
    }
}

/// A connection to the server.
pub enum Wire {
    /// Plain HTTP.
    Plain(TcpStream),
    /// Over TLS.
    Tls(Box<TlsStream<TcpStream>>),
}

impl Wire {
    /// Lets the connection end with a reset instead of in an orderly way.
    pub fn reset(self) {
        let stream = match &self {
            Wire::Plain(stream) => stream,
            Wire::Tls(stream) => stream.get_ref().0,
        };
        let _ = stream.set_zero_linger();
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_read(cx, into),
            Wire::Tls(stream) => match Pin::new(stream.as_mut()).poll_read(cx, into) {
                // Many servers close without a farewell of TLS; to a client that is an end too.
                Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    Poll::Ready(Ok(()))
                }
                read => read,
            },
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_write(cx, bytes),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Wire::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Wire::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}
