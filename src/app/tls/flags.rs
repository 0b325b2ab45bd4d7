//! What the command line says of HTTPS and of the tenant's tokens.

use std::path::PathBuf;

use clap::Args;

/// How clients of the tenant reach it, and how its tokens are signed.
#[derive(Args, Clone, Debug, Default)]
pub struct TlsFlags {
    /// Serve HTTPS too, with certificates made for this machine and for graph.microsoft.com
    #[arg(long)]
    pub tls: bool,
    /// The port of HTTPS [default: the one after --port]
    #[arg(long, value_name = "PORT")]
    pub tls_port: Option<u16>,
    /// Keep the certificate authority in this folder, so that clients trust it again next time
    #[arg(long, value_name = "DIR")]
    pub tls_dir: Option<PathBuf>,
    /// Another name or address that the certificate is good for (repeatable)
    #[arg(long, value_name = "NAME")]
    pub tls_name: Vec<String>,
    /// Lead clients with the vendor's host names here: a proxy for HTTPS_PROXY, on loopback
    #[arg(long)]
    pub relay: bool,
    /// The port of the relay [default: the second one after --port]
    #[arg(long, value_name = "PORT")]
    pub relay_port: Option<u16>,
    /// Write the variables by which clients find and trust this server into this file
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// The RSA key that signs tokens, in PKCS #8 as PEM [default: made at the start]
    #[arg(long, value_name = "FILE")]
    pub token_key: Option<PathBuf>,
}

impl TlsFlags {
    /// Whether HTTPS is served: the relay needs it.
    pub fn serves_https(&self) -> bool {
        self.tls || self.relay
    }

    /// The port of HTTPS, for a server of this port; 0 is any free one.
    pub fn https_port(&self, port: u16) -> u16 {
        self.tls_port.unwrap_or_else(|| after(port, 1))
    }

    /// The port of the relay, likewise.
    pub fn port_of_relay(&self, port: u16) -> u16 {
        self.relay_port.unwrap_or_else(|| after(port, 2))
    }
}

impl TlsFlags {
    /// Two of the ports that are one, each with the flag that sets it; `None` when they differ.
    pub fn clash(&self, port: u16) -> Option<[(&'static str, u16); 2]> {
        let mut ports = vec![("--port", port)];
        if self.serves_https() {
            ports.push(("--tls-port", self.https_port(port)));
        }
        if self.relay {
            ports.push(("--relay-port", self.port_of_relay(port)));
        }
        ports.iter().enumerate().find_map(|(nth, one)| {
            let same = |other: &&(&str, u16)| other.1 == one.1 && one.1 != 0;
            ports[nth + 1..].iter().find(same).map(|other| [*one, *other])
        })
    }
}

/// The port so many after another; a server that takes any free one takes any here too.
fn after(port: u16, by: u16) -> u16 {
    if port == 0 { 0 } else { port.checked_add(by).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_follow_the_servers_unless_they_are_given() {
        let flags = TlsFlags { relay_port: Some(9_000), relay: true, ..TlsFlags::default() };
        assert!(flags.serves_https());
        assert_eq!((flags.https_port(4040), flags.port_of_relay(4040)), (4041, 9_000));
        assert_eq!((flags.https_port(0), flags.https_port(u16::MAX)), (0, 0));
        assert!(!TlsFlags::default().serves_https());
    }

    #[test]
    fn a_port_that_is_given_twice_is_found_before_it_is_opened() {
        let at = |tls_port, relay_port| TlsFlags {
            relay: true,
            tls_port,
            relay_port,
            ..TlsFlags::default()
        };
        assert_eq!(at(None, None).clash(4040), None);
        assert_eq!(at(Some(0), Some(0)).clash(0), None);
        let both = Some([("--port", 4040), ("--tls-port", 4040)]);
        assert_eq!(at(Some(4040), None).clash(4040), both);
        let both = Some([("--tls-port", 4042), ("--relay-port", 4042)]);
        assert_eq!(at(Some(4042), None).clash(4040), both);
        assert_eq!(TlsFlags { tls_port: Some(4040), ..TlsFlags::default() }.clash(4040), None);
    }
}
