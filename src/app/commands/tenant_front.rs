//! How clients of the tenant find, trust and use it: what `serve` prints, and the variables it
//! writes for shells.

use std::fmt::Write as _;
use std::path::Path;

use crate::app::exit::CommandError;
use crate::app::server_setup::HttpsAddress;
use crate::entra::authority::{DEMO_SECRET, client_id, demo_client_id};
use crate::entra::identity;
use crate::scenario::Play;

/// The tenant as its clients are told of it.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct TenantFront {
    /// `http://127.0.0.1:4040/v1.0`.
    graph: String,
    /// The plain token; empty when a scenario has switched it off.
    token: String,
    tenant: String,
    client: String,
    /// The applications that the scenario registers, by name, with the client id of each.
    clients: Vec<(String, String)>,
    https: Option<Https>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Https {
    url: String,
    certificate: String,
    relay: Option<String>,
}

impl TenantFront {
    /// The tenant of a play that is served here.
    pub fn of(play: &Play, url: &str, https: Option<&HttpsAddress>) -> TenantFront {
        let world = play.world();
        TenantFront {
            graph: format!("{url}/v1.0"),
            token: world.entra().job().settings().graph.token.clone(),
            tenant: identity::tenant_id(world.seed()),
            client: demo_client_id(world.seed()),
            clients: world
                .entra()
                .job()
                .settings()
                .graph
                .clients
                .iter()
                .map(|client| (client.name.clone(), client_id(client, world.seed())))
                .collect(),
            https: https.map(|https| Https {
                url: https.url.clone(),
                certificate: https.certificate.display().to_string(),
                relay: https.relay.clone(),
            }),
        }
    }

    /// The lines of the greeting.
    pub fn told(&self) -> String {
        let token = match &*self.token {
            "" => String::new(),
            token => format!("  with the token {token}"),
        };
        let mut told = format!(
            "  Graph     {}{token}\n  sign in   tenant {}\n            client {}  secret {DEMO_SECRET}",
            self.graph, self.tenant, self.client
        );
        for (name, id) in &self.clients {
            let _ = write!(told, "\n            client {id}  of [entra.graph.clients.{name}]");
        }
        if self.https.is_some() {
            for (name, value) in self.variables() {
                let _ = write!(told, "\n            export {name}={value}");
            }
        }
        told
    }

    /// Writes the variables into a file, for `source`, that its owner alone can read: it has
    /// secrets.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, file: &Path) -> Result<(), CommandError> {
        let line = |(name, value): &(String, String)| format!("export {name}='{value}'\n");
        let text: String = self.variables().iter().map(line).collect();
        write_private(file, &text).map_err(|error| {
            CommandError::not_started(format!("{} cannot be written: {error}", file.display()))
        })
    }

    /// The variables by which the vendor's libraries, Terraform and curl find this tenant and trust
    /// its certificate.
    fn variables(&self) -> Vec<(String, String)> {
        let named = |(name, value): (&str, String)| (name.to_owned(), value);
        let mut variables = vec![
            ("GRAPH_URL", self.graph.clone()),
            ("GRAPH_TOKEN", self.token.clone()),
            ("AZURE_TENANT_ID", self.tenant.clone()),
            ("AZURE_CLIENT_ID", self.client.clone()),
            ("AZURE_CLIENT_SECRET", DEMO_SECRET.to_owned()),
            ("ARM_TENANT_ID", self.tenant.clone()),
            ("ARM_CLIENT_ID", self.client.clone()),
            ("ARM_CLIENT_SECRET", DEMO_SECRET.to_owned()),
        ];
        let of_clients = self.clients.iter().map(|(name, id)| (variable_of(name), id.clone()));
        let Some(https) = &self.https else {
            return variables.into_iter().map(named).chain(of_clients).collect();
        };
        variables.push(("GRAPH_HTTPS_URL", format!("{}/v1.0", https.url)));
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE"]
        {
            variables.push((name, https.certificate.clone()));
        }
        match &https.relay {
            Some(relay) => {
                variables.push(("HTTPS_PROXY", relay.clone()));
                variables.push(("NO_PROXY", "localhost,127.0.0.1".to_owned()));
            }
            None => variables.push(("AZURE_AUTHORITY_HOST", https.url.clone())),
        }
        variables.into_iter().map(named).chain(of_clients).collect()
    }
}

/// The variable with the client id of an application: `CLIENT_ID_READER`.
fn variable_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("CLIENT_ID_{}", name.chars().map(plain).collect::<String>())
}

/// Writes a file that its owner alone can read, also when it was there before.
fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(file)?;
    #[cfg(unix)]
    if open.metadata()?.is_file() {
        use std::os::unix::fs::PermissionsExt;
        open.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    std::io::Write::write_all(&mut open, text.as_bytes())
}
