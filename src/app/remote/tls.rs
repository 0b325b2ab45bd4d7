//! Whom a client trusts: what this machine trusts, the authority of `--ca`, and a certificate that
//! was given as it is.

use std::io::{Read, Write};
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme, SupportedProtocolVersion,
};
use rustls::{SupportedCipherSuite, crypto, version};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::Address;
use crate::app::exit::CommandError;

/// What a handshake offers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Offer {
    /// TLS 1.2 and 1.3.
    Usual,
    /// TLS 1.2 alone, with ECDHE and AES-GCM, which are among the suites of Entra's client
    /// [scim-dev]. Those with CBC are not known here.
    Tls12,
}

impl Offer {
    fn versions(self) -> &'static [&'static SupportedProtocolVersion] {
        const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS12, &version::TLS13];
        const OLDER: &[&SupportedProtocolVersion] = &[&version::TLS12];
        match self {
            Offer::Usual => BOTH,
            Offer::Tls12 => OLDER,
        }
    }

    fn provider(self) -> crypto::CryptoProvider {
        let mut provider = crypto::ring::default_provider();
        if self == Offer::Tls12 {
            let aes = |suite: &SupportedCipherSuite| format!("{:?}", suite.suite()).contains("AES");
            provider.cipher_suites.retain(aes);
        }
        provider
    }
}

/// Makes a handshake and ends the connection.
///
/// # Errors
/// Why there is none, in the words of the system.
pub async fn greet(address: &Address, config: ClientConfig) -> Result<(), String> {
    let uri: http::Uri = address.origin.parse().map_err(|_| "no URL".to_owned())?;
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let port = uri.port_u16().unwrap_or(443);
    let name = ServerName::try_from(host.clone()).map_err(|error| error.to_string())?;
    let greet = async {
        let stream = TcpStream::connect((host.as_str(), port)).await?;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.map(|_| ())
    };
    match tokio::time::timeout(GREET_MAX, greet).await {
        Ok(greeted) => greeted.map_err(|error| error.to_string()),
        Err(_) => Err(format!("none within {} s", GREET_MAX.as_secs())),
    }
}

/// Whether what listens at a place of an https URL answers a TLS handshake with something that is
/// no TLS, or breaks it off, and answers a plain request with HTTP.
pub fn speaks_plain_http(address: &Address, place: IpAddr) -> bool {
    let Some(host) = address.origin.strip_prefix("https://") else { return false };
    if speaks_tls(address, place) {
        return false;
    }
    let plain = format!("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n");
    first_answer(address, place, plain.as_bytes()).is_some_and(|came| came.starts_with(b"HTTP/"))
}

/// Whether what listens at a place answers a TLS handshake with TLS.
pub fn speaks_tls(address: &Address, place: IpAddr) -> bool {
    let host = address.origin.split_once("://").map_or("", |(_, host)| host);
    // A server of TLS answers with a record of it: 22 begins a handshake, 21 an alert.
    let first = hello(host).and_then(|hello| first_answer(address, place, &hello));
    first.is_some_and(|came| matches!(came.first(), Some(21 | 22)))
}

/// The first bytes with which a greeting is answered; `None` when none come in time.
fn first_answer(address: &Address, place: IpAddr, greeting: &[u8]) -> Option<Vec<u8>> {
    let at = (place, address.port).into();
    let mut stream = std::net::TcpStream::connect_timeout(&at, GREET_MAX).ok()?;
    stream.set_read_timeout(Some(PLAIN_MAX)).ok()?;
    stream.write_all(greeting).ok()?;
    let mut first = [0; 5];
    let read = stream.read(&mut first).ok()?;
    Some(first[..read].to_vec())
}

/// The first bytes of a handshake with a host.
fn hello(host: &str) -> Option<Vec<u8>> {
    let uri: http::Uri = host.parse().ok()?;
    let name = ServerName::try_from(uri.host()?.trim_matches(['[', ']']).to_owned()).ok()?;
    let config = ClientConfig::builder_with_provider(Arc::new(Offer::Usual.provider()))
        .with_protocol_versions(Offer::Usual.versions())
        .ok()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let mut hello = Vec::new();
    let mut begun = rustls::ClientConnection::new(Arc::new(config), name).ok()?;
    begun.write_tls(&mut hello).ok()?;
    Some(hello)
}

/// How long such an answer is awaited.
const PLAIN_MAX: Duration = Duration::from_secs(5);

/// How long a handshake may take.
const GREET_MAX: Duration = Duration::from_secs(10);

/// How TLS is spoken to a server.
///
/// # Errors
/// When a certificate cannot be read, or `--insecure` is said of a server that is far away.
pub fn config(
    address: &Address,
    ca: Option<&Path>,
    insecure: bool,
    offer: Offer,
) -> Result<ClientConfig, CommandError> {
    let provider = Arc::new(offer.provider());
    let trust = Trust {
        given: ca.map(certificates).transpose()?.unwrap_or_default(),
        insecure,
        usual: None,
        provider: provider.clone(),
    };
    let trust = if insecure {
        if !address.is_near() {
            return Err(CommandError::bad("--insecure is for this machine and private networks")
                .help("give the certificate of the authority with --ca"));
        }
        trust
    } else {
        let usual = rustls_platform_verifier::Verifier::new_with_extra_roots(
            trust.given.clone(),
            provider.clone(),
        );
        Trust { usual: Some(usual.context("what this machine trusts cannot be read")?), ..trust }
    };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(offer.versions())
        .context("TLS cannot be set up")?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(trust))
        .with_no_client_auth();
    // Requests are written, and recordings read along, as HTTP/1.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, CommandError> {
    let wrong = |why: String| {
        CommandError::bad(format!("{} is no certificate in PEM form{why}", path.display()))
            .help("the file begins with -----BEGIN CERTIFICATE-----")
    };
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(read) if read.is_empty() => Err(wrong(String::new())),
        Ok(read) => Ok(read),
        Err(pem::Error::Io(error)) => Err(CommandError::bad(format!(
            "cannot read the certificate {}: {error}",
            path.display()
        ))
        .help("--ca names a file in PEM form")),
        Err(error) => Err(wrong(format!(": {error}"))),
    }
}

/// Judges a server's certificate.
#[derive(Debug)]
struct Trust {
    /// The certificates of `--ca`. A server that shows one of them is trusted whatever name and
    /// dates stand in it: the user named this very certificate.
    given: Vec<CertificateDer<'static>>,
    /// Whether every certificate is trusted (`--insecure`).
    insecure: bool,
    /// What this machine trusts, and chains to the certificates of `--ca`.
    usual: Option<rustls_platform_verifier::Verifier>,
    provider: Arc<crypto::CryptoProvider>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match &self.usual {
            _ if self.insecure || self.given.contains(shown) => Ok(ServerCertVerified::assertion()),
            Some(usual) => usual.verify_server_cert(shown, between, name, ocsp, now),
            None => Err(Error::General("nothing is trusted".to_owned())),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        crypto::verify_tls12_signature(message, cert, dss, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.provider.signature_verification_algorithms;
        crypto::verify_tls13_signature(message, cert, dss, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
