//! The applications that are registered with the tenant and may ask for tokens.

use serde_json::Value;

use super::error::SignInError;
use super::scopes::GRAPH_APP_ID;
use super::{At, permissions};
use crate::base::Seed;
use crate::base::Time;
use crate::base::jwt::PublicJwk;
use crate::base::seed::show_guid;
use crate::entra::Entra;
use crate::entra::graph::GraphClient;
use crate::entra::graph::registered::{certificate, display_name, ids, object_id};
use crate::entra::tenant::registry::{AppSide, Registered};

/// The client secret of the registration that every tenant has. It is for demonstrations.
pub const DEMO_SECRET: &str = "graph-demo-secret";

/// The client id of the registration that every tenant has.
pub fn demo_client_id(seed: Seed) -> String {
    show_guid(seed.guid("graph client", "", 0))
}

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
    /// Whether its service principal lets it sign in.
    pub(super) standing: ClientStanding,
}

/// Whether the service principal of an application lets it sign in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum ClientStanding {
    /// It does.
    Good,
    /// It is switched off.
    Disabled,
    /// There is none in the tenant.
    NoPrincipal,
}

/// A client secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Secret {
    /// The secret itself.
    pub(super) value: String,
    /// When it expires, in virtual time.
    pub(super) ends: Option<Time>,
}

/// The registration with this client id, if its service principal lets it sign in.
///
/// # Errors
/// There is none, or it may not.
pub(super) fn known(app_id: &str, at: At<'_>) -> Result<Registration, SignInError> {
    let found = find(app_id, at).ok_or_else(|| SignInError::unknown_client(app_id, at))?;
    match found.standing {
        ClientStanding::Good => Ok(found),
        ClientStanding::Disabled => Err(SignInError::disabled_client(&found.app_id, &found.name)),
        ClientStanding::NoPrincipal => Err(SignInError::no_principal(&found.app_id, at)),
    }
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
    if let Some(registered) = registered(app_id, at) {
        return Some(registered);
    }
    let known = FIRST_PARTY.iter().find(|(known, _)| app_id.eq_ignore_ascii_case(known));
    known.map(|(app_id, name)| first_party(app_id, name, at.seed))
}

/// The client id of an application that a scenario registers.
pub fn client_id(client: &GraphClient, seed: Seed) -> String {
    let drawn = || show_guid(seed.guid("graph client", &client.name, 0));
    client.id.clone().unwrap_or_else(drawn)
}

/// The client id and the name of a client of the scenario's, by the object id of its service
/// principal.
pub fn client_principal(entra: &Entra, seed: Seed, object_id: &str) -> Option<(String, String)> {
    let demo = demo(seed);
    if demo.object_id == object_id {
        return Some((demo.app_id, demo.name));
    }
    let clients = &entra.job().settings().graph.clients;
    let found = clients.iter().find(|client| principal_id(client, seed) == object_id)?;
    Some((client_id(found, seed), found.name.clone()))
}

fn principal_id(client: &GraphClient, seed: Seed) -> String {
    show_guid(seed.guid("graph client principal", &client.name, 0))
}

/// An application of the directory's registry, which clients of Graph write. Its permissions are
/// those it says it needs: an administrator has consented to them (assumed).
fn registered(app_id: &str, at: At<'_>) -> Option<Registration> {
    let mut rows = at.tenant().registry().rows();
    let (_, row) = rows.find(|(_, row)| {
        row.has(AppSide::Registration)
            && ids(at.entra, at.seed, row).client.eq_ignore_ascii_case(app_id)
    })?;
    let standing = match row.app().filter(|_| row.has(AppSide::Principal)) {
        None => ClientStanding::NoPrincipal,
        Some(app) if !at.entra.sso_of(app).enabled => ClientStanding::Disabled,
        Some(_) => ClientStanding::Good,
    };
    let sides = [&row.registration, &row.principal];
    let secrets = sides.into_iter().flat_map(|side| &side.passwords);
    let secrets = secrets.map(|kept| Secret { value: kept.text.clone(), ends: Some(kept.end) });
    let keys = sides.into_iter().filter_map(|side| side.values.get("keyCredentials"));
    let keys = keys.flat_map(|keys| keys.as_array().into_iter().flatten());
    let public = row.registration.values.get("isFallbackPublicClient");
    Some(Registration {
        app_id: app_id.to_ascii_lowercase(),
        name: display_name(at.entra, row).to_owned(),
        object_id: object_id(at.entra, at.seed, row, AppSide::Principal).unwrap_or_default(),
        public: public.and_then(Value::as_bool).unwrap_or(false),
        secrets: secrets.collect(),
        certificates: keys.filter_map(certificate_of).collect(),
        permissions: Some(permissions_of(row)),
        redirects: at.entra.redirect_uris(row),
        standing,
    })
}

fn certificate_of(key: &Value) -> Option<PublicJwk> {
    use base64ct::{Base64, Encoding};
    certificate(&Base64::decode_vec(key["key"].as_str()?).ok()?)
}

/// The application permissions that a registration says it needs of Graph, by name.
fn permissions_of(row: &Registered) -> Vec<String> {
    let needed = row.registration.values.get("requiredResourceAccess");
    let of_graph = needed.and_then(Value::as_array).into_iter().flatten();
    let of_graph = of_graph.filter(|one| one["resourceAppId"] == GRAPH_APP_ID);
    let access = of_graph.flat_map(|one| one["resourceAccess"].as_array().into_iter().flatten());
    let roles = access.filter(|one| one["type"] == "Role").filter_map(|one| one["id"].as_str());
    roles.filter_map(permissions::name_of).map(str::to_owned).collect()
}

fn declared_by(client: &GraphClient, at: At<'_>) -> Registration {
    let ends = client.secret_expires.map(|point| point.instant(at.start));
    let secret = client.secret.clone().map(|value| Secret { value, ends });
    Registration {
        app_id: client_id(client, at.seed),
        name: client.name.clone(),
        object_id: principal_id(client, at.seed),
        public: client.public,
        secrets: secret.into_iter().collect(),
        certificates: client.certificate.clone().into_iter().collect(),
        permissions: client.permissions.clone(),
        redirects: client.redirect_uris.clone(),
        standing: ClientStanding::Good,
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
        standing: ClientStanding::Good,
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
        standing: ClientStanding::Good,
    }
}

/// Whether a client of the tenant has this address as one of its own, or it is this machine's.
pub(super) fn leads_back_to_any(uri: &str, at: At<'_>) -> bool {
    let registered = at.tenant().registry().rows();
    let registered = registered.filter(|(_, row)| row.has(AppSide::Registration));
    let mut redirects = registered.flat_map(|(_, row)| at.entra.redirect_uris(row));
    demo(at.seed).leads_back_to(uri)
        || at
            .entra
            .job()
            .settings()
            .graph
            .clients
            .iter()
            .any(|it| it.redirect_uris.iter().any(|known| known == uri))
        || redirects.any(|known| known == uri)
}

impl Registration {
    /// Its application permissions by name.
    pub(super) fn roles(&self) -> Vec<String> {
        match &self.permissions {
            None => permissions::names().map(str::to_owned).collect(),
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
