//! The hosts under which clients know the server, and the last time virtual time moved.

use bytes::Bytes;
use http::Request;
use http::header::HOST;
use http::uri::Authority;

use crate::base::Time;

/// The hosts under which clients know the server, such as `https://api.golinks.io`.
#[derive(Clone, Debug)]
pub(super) struct Hosts {
    /// For the engine, and for readers within the program.
    pub(super) engine: String,
    /// For an external client that does not name a host.
    pub(super) fallback: String,
    /// For the external client whose request came last.
    pub(super) external: String,
}

impl Default for Hosts {
    fn default() -> Hosts {
        let host = "https://api.golinks.io".to_owned();
        Hosts { engine: host.clone(), fallback: host.clone(), external: host }
    }
}

/// When virtual time last moved, and what time it was for external clients then.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Standstill {
    pub(super) since: Time,
    pub(super) client: Time,
}

/// Returns the host that a request names (RFC 9112 3.2, RFC 9113 8.3.1), when it is valid.
pub(super) fn host_of(request: &Request<Bytes>) -> Option<String> {
    let authority = match request.uri().authority() {
        Some(authority) => authority.clone(),
        None => request.headers().get(HOST)?.to_str().ok()?.parse::<Authority>().ok()?,
    };
    let plain = !authority.as_str().contains('@') && !authority.host().is_empty();
    plain.then(|| format!("http://{authority}"))
}
