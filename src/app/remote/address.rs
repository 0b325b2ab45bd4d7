//! The address of a SCIM server: what the URL says, and whether it is near enough to be written to
//! without being asked.

use std::net::{IpAddr, ToSocketAddrs};

use http::Uri;
use http::uri::Authority;

use super::secrets::may_be_secret;
use crate::app::exit::CommandError;
use crate::foreign::Carried;
use crate::scenario::report::quoted;

/// The address of a SCIM server.
#[derive(Clone, Debug)]
pub struct Address {
    /// Scheme, host and port: `http://localhost:8080`.
    pub origin: String,
    /// The path without a slash at its end; empty when resources are at the root.
    pub base_path: String,
    /// The query of the tenant URL; it may hold the flag of the dialect.
    pub query: Option<String>,
    /// What of the query goes along with every request.
    pub carried: Option<Carried>,
    /// The port.
    pub port: u16,
    /// Where the host name leads.
    pub places: Vec<IpAddr>,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.origin, self.base_path)?;
        self.carried.iter().try_for_each(|carried| write!(f, "?{}", carried.query()))
    }
}

impl Address {
    /// Reads a tenant URL.
    ///
    /// # Errors
    /// When it is not such a URL, or the name of its host leads nowhere.
    pub fn parse(url: &str) -> Result<Address, CommandError> {
        let wrong = || {
            CommandError::bad(format!("{} is not the URL of a SCIM server", without_secrets(url)))
                .help("write it as Entra's tenant URL, such as http://localhost:8080/scim/v2")
        };
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let (Some(scheme @ ("http" | "https")), Some(authority)) =
            (uri.scheme_str(), uri.authority())
        else {
            return Err(wrong());
        };
        if authority.as_str().contains('@') {
            return Err(CommandError::bad("a URL may hold no user name or password").help(TOKEN));
        }
        if let Some(name) = secret_of(uri.query().unwrap_or_default()) {
            let said = format!(
                "`{name}` of the URL may be a secret, and every user of this machine can read what was \
                 typed"
            );
            return Err(CommandError::bad(said).help(HEADER));
        }
        let carried = uri.query().and_then(Carried::of);
        if let Some(name) = carried.as_ref().and_then(Carried::of_scim) {
            let said =
                format!("`{name}` of the URL is a parameter of SCIM, and each request has its own");
            return Err(CommandError::bad(said).help("leave it off the URL"));
        }
        Ok(Address {
            origin: format!("{scheme}://{authority}"),
            base_path: uri.path().trim_end_matches('/').to_owned(),
            query: uri.query().map(str::to_owned),
            carried,
            port: port(authority, scheme),
            places: places(authority, port(authority, scheme))?,
        })
    }

    /// Whether every place that the name leads to is this machine or a private network
    /// (RFC 1918, RFC 4193). Link-local addresses are not: in a cloud one of them hands out the
    /// machine's credentials.
    pub fn is_near(&self) -> bool {
        self.places.iter().all(|place| match place {
            IpAddr::V4(place) => place.is_loopback() || place.is_private(),
            IpAddr::V6(place) => place.is_loopback() || place.is_unique_local(),
        })
    }

    /// The URL as a shell takes it, with all of its query.
    pub fn typed(&self) -> String {
        let query = self.query.as_ref().filter(|query| !query.is_empty());
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        quoted(&format!("{}{}{query}", self.origin, self.base_path))
    }

    /// Refuses a server that is neither on this machine nor in a private network.
    ///
    /// # Errors
    /// That it is far away, and `anywhere` is not set.
    pub fn must_be_near(&self, anywhere: bool) -> Result<(), CommandError> {
        if anywhere || self.is_near() {
            return Ok(());
        }
        let places: Vec<String> = self.places.iter().map(IpAddr::to_string).collect();
        Err(CommandError::bad(format!(
            "{} leads to {}, which is neither this machine nor a private network",
            self.origin,
            places.join(", ")
        ))
        .help("objects are created, changed and deleted there; say --anywhere if that is meant"))
    }
}

/// How a client is let in.
const TOKEN: &str =
    "give the token in the variable SCIM_TOKEN, or with --token-env or --token-file";

/// How a client is let in that servers of some clouds know by their query.
const HEADER: &str = "give the token in the variable SCIM_TOKEN, or with --token-env or --token-file; \
                      a key in a header: --header-env NAME=VARIABLE";

/// Names in a query whose values let a client in, whatever a header of that name is.
const KEYS: [&str; 6] = ["code", "sig", "signature", "jwt", "pwd", "pass"];

/// The name in a query whose value may let a client in.
fn secret_of(query: &str) -> Option<&str> {
    let is_key = |name: &&str| KEYS.iter().any(|key| name.eq_ignore_ascii_case(key));
    let named = query.split('&').filter_map(|pair| pair.split_once('='));
    named.map(|(name, _)| name).find(|name| may_be_secret(name) || is_key(name))
}

/// What was given for a URL, without its query and without what stands before its host.
fn without_secrets(url: &str) -> String {
    match url.split(['?', '#']).next() {
        Some(shown) if !shown.contains('@') => format!("`{shown}`"),
        _ => "what was given".to_owned(),
    }
}

fn port(authority: &Authority, scheme: &str) -> u16 {
    authority.port_u16().unwrap_or(if scheme == "https" { 443 } else { 80 })
}

fn places(authority: &Authority, port: u16) -> Result<Vec<IpAddr>, CommandError> {
    let host = authority.host().trim_matches(['[', ']']);
    let found = (host, port).to_socket_addrs().map_err(|error| {
        CommandError::not_started(format!("the name `{host}` leads nowhere: {error}"))
    })?;
    Ok(found.map(|address| address.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_url_is_taken_apart() {
        let read = |url| Address::parse(url).map(|address| (address.origin, address.base_path));
        let local = |path: &str| ("http://127.0.0.1:8080".to_owned(), path.to_owned());
        for (url, path) in [
            ("http://127.0.0.1:8080", ""),
            ("http://127.0.0.1:8080/", ""),
            ("http://127.0.0.1:8080/scim/v2/?aadOptscim062020", "/scim/v2"),
        ] {
            assert_eq!(read(url).expect(url), local(path), "{url}");
        }
        for url in ["127.0.0.1:8080", "ftp://127.0.0.1/", "/scim"] {
            assert!(read(url).is_err(), "{url}");
        }
    }

    #[test]
    fn what_goes_along_is_shown_and_the_flag_is_typed_too() {
        let address = Address::parse("http://127.0.0.1:8080/scim?aadOptscim062020&tenant=7");
        let address = address.expect("a URL");
        assert_eq!(address.to_string(), "http://127.0.0.1:8080/scim?tenant=7");
        assert_eq!(address.typed(), "'http://127.0.0.1:8080/scim?aadOptscim062020&tenant=7'");
        let refused = Address::parse("http://127.0.0.1/scim?count=5").expect_err("SCIM's own");
        assert!(refused.error.to_string().contains("`count` of the URL is a parameter of SCIM"));
    }

    #[test]
    fn a_secret_in_a_url_is_refused_and_not_repeated() {
        for url in [
            "http://a:do-not-say@127.0.0.1/",
            "127.0.0.1/?token=do-not-say",
            "http://127.0.0.1/scim?access_token=do-not-say",
            "http://127.0.0.1/scim?aadOptscim062020&apiKey=do-not-say",
            "http://127.0.0.1/scim?tenant=7&code=do-not-say",
        ] {
            let refused = Address::parse(url).expect_err(url);
            let said = format!("{} {}", refused.error, refused.help);
            assert!(!said.contains("do-not-say"), "{said}");
        }
        let flags = "http://127.0.0.1/scim?aadOptscim062020&feature=on";
        assert!(Address::parse(flags).is_ok());
    }

    #[test]
    fn only_this_machine_and_private_networks_are_near() {
        for (url, near) in [
            ("http://127.0.0.1/", true),
            ("http://[::1]/", true),
            ("http://192.168.7.7/", true),
            ("http://8.8.8.8/", false),
        ] {
            assert_eq!(Address::parse(url).expect(url).is_near(), near, "{url}");
        }
    }
}
