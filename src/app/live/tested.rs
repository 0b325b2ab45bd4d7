//! A test of credentials asks the one application that the tenant is connected to. Where a client
//! names another host, the answer says that this one was not asked.

use http::HeaderValue;
use http::header::WARNING;
use http::uri::Authority;

use crate::entra::graph::WantedHost;
use crate::world::{DelayedReply, WireReply};

/// Says so in the answer and on the terminal; `application` is the URL of the application that was
/// asked.
pub fn tell_unasked(answer: &mut DelayedReply, application: &str) {
    let WireReply::Response(response) = &mut answer.reply else { return };
    let Some(wanted) = response.extensions().get::<WantedHost>() else { return };
    if is_asked(wanted, application) {
        return;
    }
    let said = format!(
        "{} was not asked: credentials are tried at {application}, whatever host the tenant URL \
         names",
        wanted.host
    );
    tracing::warn!("validateCredentials: {said}");
    // 299 is a warning of any kind (RFC 7234 5.5.7); a 204 has no body to say it in.
    if let Ok(value) = HeaderValue::try_from(format!("299 scimulator \"{said}\"")) {
        response.headers_mut().insert(WARNING, value);
    }
}

/// Whether the host that a client named is that of the application: the one that was asked, or the
/// one that serves Graph to this client and the application too.
fn is_asked(wanted: &WantedHost, application: &str) -> bool {
    let application = application.split_once("://").map_or("", |(_, rest)| rest);
    let application = application.split('/').next().unwrap_or_default();
    let Some(named) = place(&wanted.host) else { return false };
    [application, &wanted.graph].into_iter().filter_map(place).any(|own| own == named)
}

/// A host in lower case with its port. The names of this machine are one.
fn place(host: &str) -> Option<(String, Option<u16>)> {
    let authority: Authority = host.parse().ok()?;
    let name = match authority.host() {
        "127.0.0.1" | "[::1]" => "localhost".to_owned(),
        other => other.to_ascii_lowercase(),
    };
    let port = authority.port_u16().filter(|port| !matches!(port, 80 | 443));
    Some((name, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_that_is_not_the_applications_was_not_asked() {
        let target = "http://127.0.0.1:8080/scim";
        for (host, graph, asked) in [
            ("127.0.0.1:8080", "127.0.0.1:4040", true),
            ("localhost:8080", "127.0.0.1:4040", true),
            ("localhost:4040", "127.0.0.1:4040", true),
            ("LOCALHOST:9443", "localhost:9443", true),
            ("graph.microsoft.com", "graph.microsoft.com:443", true),
            ("127.0.0.1:8081", "127.0.0.1:4040", false),
            ("golinks.example", "127.0.0.1:4040", false),
        ] {
            let wanted = WantedHost { host: host.to_owned(), graph: graph.to_owned() };
            assert_eq!(is_asked(&wanted, target), asked, "{host}");
        }
    }
}
