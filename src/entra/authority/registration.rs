//! The applications that are registered with the tenant and may ask for tokens.

use super::At;
use crate::base::Seed;
use crate::base::Time;
use crate::base::jwt::PublicJwk;
use crate::base::seed::show_guid;
use crate::entra::graph::GraphClient;

/// The client secret of the registration that every tenant has. It is for demonstrations.
pub const DEMO_SECRET: &str = "graph-demo-secret";

/// The client id of the registration that every tenant has.
pub fn demo_client_id(seed: Seed) -> String {
    show_guid(seed.guid("graph client", "", 0))
}

/// The application permissions that a registration has unless it is told to have fewer
/// [graph-permissions].
pub(super) const APPLICATION_PERMISSIONS: [&str; 17] = [
    "Application.Read.All",
    "Application.ReadWrite.All",
    "Application.ReadWrite.OwnedBy",
    "AppRoleAssignment.ReadWrite.All",
    "AuditLog.Read.All",
    "Directory.Read.All",
    "Directory.ReadWrite.All",
    "Domain.Read.All",
    "Group.Read.All",
    "Group.ReadWrite.All",
    "GroupMember.Read.All",
    "GroupMember.ReadWrite.All",
    "Organization.Read.All",
    "Synchronization.Read.All",
    "Synchronization.ReadWrite.All",
    "User.Read.All",
    "User.ReadWrite.All",
];

/// Clients of Microsoft's own tools, which sign users in without a secret in every tenant.
const FIRST_PARTY: [(&str, &str); 3] = [
    ("04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI"),
    ("14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools"),
    ("1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell"),
];

/// A registered application, with its service principal in the tenant.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Registration {
    /// The client id.
    pub(super) app_id: String,
    /// Its name.
    pub(super) name: String,
    /// The object id of the service principal.
    pub(super) object_id: String,
    /// Whether users may sign in through it without a secret of the application.
    pub(super) public: bool,
    /// The client secrets.
    pub(super) secrets: Vec<Secret>,
    /// The certificates with which it may sign in.
    pub(super) certificates: Vec<PublicJwk>,
    /// Its application permissions; `None` for all.
    pub(super) permissions: Option<Vec<String>>,
    /// Further addresses that users may be led back to, besides this machine's own.
    pub(super) redirects: Vec<String>,
}

/// A client secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Secret {
    /// The secret itself.
    pub(super) value: String,
    /// When it expires, in virtual time.
    pub(super) ends: Option<Time>,
}

/// The registration with this client id.
pub(super) fn find(app_id: &str, at: At<'_>) -> Option<Registration> {
    if app_id.eq_ignore_ascii_case(&demo_client_id(at.seed)) {
        return Some(demo(at.seed));
    }
    let declared = at.entra.job().settings().graph.clients.iter();
    if let Some(client) =
        declared.into_iter().find(|client| app_id.eq_ignore_ascii_case(&client_id(client, at.seed)))
    {
        return Some(declared_by(client, at));
    }
    let known = FIRST_PARTY.iter().find(|(known, _)| app_id.eq_ignore_ascii_case(known));
    known.map(|(app_id, name)| first_party(app_id, name, at.seed))
}

/// The client id of an application that a scenario registers.
pub fn client_id(client: &GraphClient, seed: Seed) -> String {
    let drawn = || show_guid(seed.guid("graph client", &client.name, 0));
    client.id.clone().unwrap_or_else(drawn)
}

fn declared_by(client: &GraphClient, at: At<'_>) -> Registration {
    let ends = client.secret_expires.map(|point| point.instant(at.start));
    let secret = client.secret.clone().map(|value| Secret { value, ends });
    Registration {
        app_id: client_id(client, at.seed),
        name: client.name.clone(),
        object_id: show_guid(at.seed.guid("graph client principal", &client.name, 0)),
        public: client.public,
        secrets: secret.into_iter().collect(),
        certificates: client.certificate.clone().into_iter().collect(),
        permissions: client.permissions.clone(),
        redirects: client.redirect_uris.clone(),
    }
}

fn demo(seed: Seed) -> Registration {
    Registration {
        app_id: demo_client_id(seed),
        name: "Graph client".to_owned(),
        object_id: show_guid(seed.guid("graph client principal", "", 0)),
        public: true,
        secrets: vec![Secret { value: DEMO_SECRET.to_owned(), ends: None }],
        certificates: Vec::new(),
        permissions: None,
        redirects: Vec::new(),
    }
}

fn first_party(app_id: &str, name: &str, seed: Seed) -> Registration {
    Registration {
        app_id: app_id.to_owned(),
        name: name.to_owned(),
        object_id: show_guid(seed.guid("first party principal", app_id, 0)),
        public: true,
        secrets: Vec::new(),
        certificates: Vec::new(),
        permissions: None,
        redirects: Vec::new(),
    }
}

impl Registration {
    /// Its application permissions by name.
    pub(super) fn roles(&self) -> Vec<String> {
        match &self.permissions {
            None => APPLICATION_PERMISSIONS.map(str::to_owned).into(),
            Some(names) => names.clone(),
        }
    }

    /// Whether users may be led back to this address with a code. Only this machine is, unless the
    /// registration names others: nobody is led to a foreign site with a code.
    pub(super) fn leads_back_to(&self, uri: &str) -> bool {
        if self.redirects.iter().any(|known| known == uri) {
            return true;
        }
        let Ok(parsed) = uri.parse::<http::Uri>() else { return false };
        let own = matches!(parsed.host(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let http = matches!(parsed.scheme_str(), Some("http" | "https"));
        let plain = parsed.authority().is_some_and(|authority| !authority.as_str().contains('@'));
        own && http && plain
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_goes_to_this_machine_or_to_what_is_registered() {
        let mut registration = demo(Seed(7));
        for uri in ["http://localhost:5000/back", "http://127.0.0.1/", "https://[::1]:1/x?y=z"] {
            assert!(registration.leads_back_to(uri), "{uri}");
        }
        for uri in [
            "http://evil.example/",
            "http://localhost.evil.example/",
            "http://localhost@evil.example/",
            "http://evil@localhost/",
            "javascript:alert(1)",
            "//localhost/",
            "/back",
            "",
        ] {
            assert!(!registration.leads_back_to(uri), "{uri}");
        }
        registration.redirects.push("https://app.example/back".to_owned());
        assert!(registration.leads_back_to("https://app.example/back"));
        assert!(!registration.leads_back_to("https://app.example/other"));
    }
}
