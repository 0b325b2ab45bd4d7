//! The tenant as its clients reach it: tokens over HTTP, HTTPS under the vendor's host names by the
//! relay, and what is refused on the way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, Stream, crypto};
use serde_json::Value;

use super::program::{Program, serve};

/// A tenant with an application that may read users only.
fn tenant(arguments: &[&str]) -> Program {
    let story = super::STORY.replace(
        "[people]",
        "[entra.graph.clients.reader]\nsecret = \"reader-secret\"\nsecret_expires = \"1d\"\npermissions = [\"User.Read.All\"]\n\n[people]",
    );
    serve(&story, &[&["--paused"], arguments].concat())
}

/// What the greeting exports under a name.
fn exported<'a>(server: &'a Program, name: &str) -> &'a str {
    let begins = format!("export {name}=");
    let mut lines = server.greeting.lines().map(str::trim);
    lines.find_map(|line| line.strip_prefix(&begins)).unwrap_or_else(|| panic!("{name}"))
}

fn token(server: &Program, client: &str, secret: &str) -> Value {
    let form = format!(
        "grant_type=client_credentials&client_id={client}&client_secret={secret}&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
    );
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    server.ask("POST", "/common/oauth2/v2.0/token", kind, &form).json()
}

fn bearer(token: &Value) -> String {
    let token = token["access_token"].as_str().unwrap_or_else(|| panic!("no token: {token}"));
    format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n")
}

#[test]
fn a_token_opens_the_graph_api_as_far_as_its_permissions_go() {
    let server = tenant(&["--tls"]);
    let reader = exported(&server, "CLIENT_ID_READER").to_owned();
    let all = token(&server, exported(&server, "AZURE_CLIENT_ID"), "graph-demo-secret");
    let few = token(&server, &reader, "reader-secret");
    let new = r#"{"accountEnabled":true,"displayName":"New","mailNickname":"new","userPrincipalName":"new@contoso.example","passwordProfile":{"password":"Xy12345678!"}}"#;
    assert_eq!(server.ask("GET", "/v1.0/users", &bearer(&few), "").status, 200);
    let refused = server.ask("POST", "/v1.0/users", &bearer(&few), new);
    assert_eq!(refused.status, 403, "{refused:?}");
    assert_eq!(refused.json()["error"]["code"], "Authorization_RequestDenied");
    assert_eq!(server.ask("POST", "/v1.0/users", &bearer(&all), new).status, 201);

    let mut forged = bearer(&all);
    forged.insert(forged.find("\r\n").expect("a line"), 'x');
    for headers in ["", &forged, "Authorization: Bearer a.b.c\r\n"] {
        let refused = server.ask("GET", "/v1.0/users", headers, "");
        assert_eq!(refused.status, 401, "{headers} {refused:?}");
        assert_eq!(refused.json()["error"]["code"], "InvalidAuthenticationToken");
    }
    // The token lives on in real time; the secret has ended in virtual time.
    server.command("jump", r#"{"to":"2d"}"#);
    assert_eq!(server.ask("GET", "/v1.0/users", &bearer(&few), "").status, 200);
    assert_eq!(token(&server, &reader, "reader-secret")["error_codes"][0], 7_000_222);
}

#[test]
fn a_foreign_host_gets_neither_tokens_nor_graph() {
    let server = tenant(&[]);
    let ask = |host: &str, path: &str, more: &str| {
        let text = format!(
            "GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}Authorization: Bearer graph-demo-token\r\nConnection: close\r\n\r\n"
        );
        server.send(&text).status
    };
    let discovery = "/common/v2.0/.well-known/openid-configuration";
    for path in ["/v1.0/users", discovery] {
        assert_eq!(ask("evil.example", path, ""), 403, "{path}");
        assert_eq!(ask("graph.microsoft.com", path, ""), 200, "{path}");
        assert_eq!(ask(&server.address, path, ""), 200, "{path}");
    }
    // The vendor's names are the tenant's alone.
    assert_eq!(ask("graph.microsoft.com", "/api/v1/state", ""), 403);
    let cross =
        "Origin: https://evil.example\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    let posted = server.ask("POST", "/common/oauth2/deviceauth", cross, "user_code=X&user=ann");
    assert_eq!(posted.status, 403);
    let large = "x".repeat(70_000);
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(server.ask("POST", "/common/oauth2/v2.0/token", kind, &large).status, 413);
}

/// A request by way of the relay, to a host under a name; the answer, or the relay's refusal.
fn by_relay(server: &Program, to: &str, name: &str, request: &str) -> String {
    let relay = exported(server, "HTTPS_PROXY").strip_prefix("http://").expect("an address");
    let mut socket = TcpStream::connect(relay).expect("it listens");
    socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
    write!(socket, "CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n").expect("it reads");
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if socket.read(&mut byte).expect("an answer") == 0 {
            break;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    if !head.starts_with("HTTP/1.1 200") {
        return head;
    }
    let mut roots = RootCertStore::empty();
    let certificate = CertificateDer::from_pem_file(exported(server, "SSL_CERT_FILE"));
    roots.add(certificate.expect("a certificate")).expect("an authority");
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let mut tls = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = Stream::new(&mut tls, &mut socket);
    stream.write_all(request.as_bytes()).expect("it is trusted");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn clients_with_the_vendors_host_names_are_led_here_and_nowhere_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().display().to_string();
    let server = tenant(&["--relay", "--tls-dir", &kept]);
    let users = "GET /v1.0/users?$top=1 HTTP/1.1\r\nHost: graph.microsoft.com\r\nAuthorization: Bearer graph-demo-token\r\nConnection: close\r\n\r\n";
    let answer = by_relay(&server, "graph.microsoft.com:443", "graph.microsoft.com", users);
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // Links lead where the client came from.
    assert!(answer.contains("https://graph.microsoft.com/v1.0/users?"), "{answer}");
    let login = "login.microsoftonline.com";
    let discovery = format!(
        "GET /common/v2.0/.well-known/openid-configuration HTTP/1.1\r\nHost: {login}\r\nConnection: close\r\n\r\n"
    );
    let answer = by_relay(&server, &format!("{login}:443"), login, &discovery);
    assert!(answer.contains(&format!("https://{login}/")), "{answer}");
    for to in ["example.org:443", "127.0.0.1:22", &server.address] {
        let answer = by_relay(&server, to, "localhost", "");
        assert!(answer.starts_with("HTTP/1.1 403"), "{to}: {answer}");
    }
}
