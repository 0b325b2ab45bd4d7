//! A server with a certificate of its own making: not trusted, and told as that, until it is given
//! with `--ca`. Its key is in the repository and guards nothing.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream, crypto};

const CERTIFICATE: &str = "tests/it/sockets/certificate/self-signed.pem";
const KEY: &str = "tests/it/sockets/certificate/key.pem";

/// Starts a server that answers 401 to everything, and returns its port.
fn server() -> u16 {
    let certificate = CertificateDer::from_pem_file(CERTIFICATE).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(KEY).expect("a key");
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let config = config.clone();
            std::thread::spawn(move || {
                let mut socket = socket;
                let Ok(mut tls) = ServerConnection::new(config) else { return };
                let mut stream = Stream::new(&mut tls, &mut socket);
                let mut piece = [0; 4096];
                // A handshake that fails, or a client that leaves, ends it.
                while stream.read(&mut piece).is_ok_and(|count| count > 0) {
                    let answer = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n";
                    if stream.write_all(answer).is_err() {
                        return;
                    }
                }
            });
        }
    });
    port
}

#[test]
fn a_certificate_of_its_own_is_told_as_not_trusted_and_trusted_when_it_is_given() {
    let url = format!("https://127.0.0.1:{}/scim/v2", server());
    let verify = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"));
        command.args(["verify", &url]).args(arguments);
        command.env("XDG_STATE_HOME", env!("CARGO_TARGET_TMPDIR"));
        let output = command.env("NO_COLOR", "1").env_remove("SCIM_TOKEN").output();
        String::from_utf8_lossy(&output.expect("it runs").stderr).into_owned()
    };
    let said = verify(&[]);
    assert!(
        said.starts_with("error: ") && said.contains("shows a certificate that is not trusted"),
        "{said}"
    );
    assert!(!said.contains("ERROR") && said.contains("--ca"), "{said}");
    for trusting in [&["--ca", CERTIFICATE][..], &["--insecure"]] {
        let said = verify(trusting);
        assert!(said.contains("answers 401 Unauthorized"), "{said}");
    }
    let said = verify(&["--ca", "no-such-file.pem"]);
    assert!(said.starts_with("error: cannot read the certificate no-such-file.pem: "), "{said}");
}

#[test]
fn http_to_a_port_that_speaks_tls_is_told_so() {
    let port = server();
    let url = format!("http://127.0.0.1:{port}/scim/v2");
    for arguments in [
        &["verify", &url][..],
        &["run", "first-sync", "--target", &url],
        &["swarm", &url, "--seeds", "1..2"],
    ] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scimulator"));
        let output = command.args(arguments).env("NO_COLOR", "1").output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {told}");
        let said = format!("error: http://127.0.0.1:{port} speaks TLS alone");
        assert!(told.contains(&said), "{told}");
        assert!(told.contains(&format!("try https://127.0.0.1:{port}/scim/v2")), "{told}");
    }
}
