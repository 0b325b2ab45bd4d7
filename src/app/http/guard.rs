//! Guards what changes state beside SCIM: the control API, the Graph API and sign-in. A request
//! must name this machine as its host, and only the server's own page and programs may change
//! anything.
//!
//! A page of another web site can make a browser send requests here. If the site's name is made to
//! resolve to this machine (DNS rebinding), the browser even lets that page read the responses; the
//! `Host` header shows the foreign name. `Origin` and `Sec-Fetch-Site` show a plain cross-origin
//! request. The server sends no CORS headers, so a browser lets no other site read a response.

use http::header::{HOST, HeaderMap, HeaderName, ORIGIN};
use http::{Method, Uri};

static SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names under which a part of the server may be reached.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// What is guarded, in words.
    what: &'static str,
    allowed: Vec<String>,
}

impl Guard {
    /// Allows these host names besides this machine's own.
    pub fn new(what: &'static str, allowed: &[String]) -> Guard {
        Guard { what, allowed: allowed.iter().map(|name| name.to_ascii_lowercase()).collect() }
    }

    /// Checks that a request may use what is guarded.
    ///
    /// # Errors
    /// A sentence for the client that says why the request is refused.
    pub fn check(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), String> {
        let host = match uri.authority() {
            Some(authority) => authority.as_str(),
            None => headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or(""),
        };
        let name = host_name(host);
        if !self.names_this_machine(name) {
            return Err(format!(
                "{} does not answer to the host `{name}`; start the server with --allow-host {name}",
                self.what
            ));
        }
        match method {
            &Method::GET | &Method::HEAD => Ok(()),
            _ => same_origin(host, headers),
        }
    }

    fn names_this_machine(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]") || self.allowed.contains(&name)
    }
}

fn same_origin(host: &str, headers: &HeaderMap) -> Result<(), String> {
    let refusal = || {
        Err("changes are taken from this server's own page and from programs, not from other sites"
            .into())
    };
    if let Some(origin) = headers.get(ORIGIN) {
        let origin = origin.to_str().unwrap_or("");
        let origin = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        if origin != Some(host) {
            return refusal();
        }
    }
    match headers.get(&SEC_FETCH_SITE).map(|site| site.as_bytes()) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => refusal(),
    }
}

/// Returns the host without its port: `[::1]:4040` → `[::1]`.
fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if !name.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, headers: &[(&'static str, &str)], expected: bool) {
        let guard = Guard::new("the control API", &["Mock.local".to_owned()]);
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header value"));
        }
        let read = guard.check(&method, &Uri::from_static("/api/v1/state"), &map);
        assert_eq!(read.is_ok(), expected, "{method} {headers:?} {read:?}");
    }

    #[test]
    fn only_this_machines_names_are_answered() {
        for host in
            ["localhost:4040", "127.0.0.1", "127.0.0.1:80", "[::1]:4040", "[::1]", "mock.LOCAL:1"]
        {
            check(Method::GET, &[("host", host)], true);
        }
        for host in [
            "evil.example",
            "localhost.evil.example:4040",
            "127.0.0.1.nip.io",
            "",
            "::1",
            "[::1].x:1",
        ] {
            check(Method::GET, &[("host", host)], false);
        }
        check(Method::GET, &[], false);
    }

    #[test]
    fn changes_come_from_the_own_page_or_from_programs() {
        let host = ("host", "localhost:4040");
        check(Method::POST, &[host], true);
        check(
            Method::POST,
            &[host, ("origin", "http://localhost:4040"), ("sec-fetch-site", "same-origin")],
            true,
        );
        check(Method::POST, &[host, ("origin", "http://localhost:5000")], false);
        check(Method::POST, &[host, ("origin", "https://evil.example")], false);
        check(Method::POST, &[host, ("origin", "null")], false);
        check(Method::POST, &[host, ("sec-fetch-site", "cross-site")], false);
        check(Method::POST, &[host, ("sec-fetch-site", "same-site")], false);
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site")], true);
    }
}
