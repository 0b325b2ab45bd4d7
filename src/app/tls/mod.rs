//! HTTPS for clients that insist on it, and the relay by which scripts with the vendor's host names
//! reach this server.

mod authority;
pub mod flags;
pub mod relay;

use std::net::IpAddr;
use std::sync::Arc;

use anyhow::Context;
use rustls::ServerConfig;
use rustls::crypto::ring;
use tokio_rustls::TlsAcceptor;

pub use authority::{CertificateFile, self_signed};
pub use flags::TlsFlags;

/// The host names of the vendor, which clients use unless they are told another.
pub const STOCK_HOSTS: [&str; 2] = ["graph.microsoft.com", "login.microsoftonline.com"];

/// Accepts connections under a certificate that is made at the start.
pub struct Tls {
    /// Does the handshakes.
    pub acceptor: TlsAcceptor,
    /// The certificate that clients must trust; its file is removed with this value, unless the
    /// user keeps it.
    pub trusted: CertificateFile,
}

impl Tls {
    /// Makes the certificates for this machine, for the vendor's host names and for those of the
    /// flags.
    ///
    /// # Errors
    /// When the folder of the flags cannot be used.
    pub fn new(flags: &TlsFlags, host: IpAddr) -> anyhow::Result<Tls> {
        let mut names: Vec<String> = STOCK_HOSTS.map(str::to_owned).into();
        names.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
        names.extend(flags.tls_name.iter().cloned());
        if !host.is_unspecified() && !host.is_loopback() {
            names.push(host.to_string());
        }
        let made = authority::certificates(names, flags.tls_dir.as_deref())?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(made.chain, made.key)
            .context("the certificate that was made cannot be used")?;
        Ok(Tls { acceptor: TlsAcceptor::from(Arc::new(config)), trusted: made.trusted })
    }
}
