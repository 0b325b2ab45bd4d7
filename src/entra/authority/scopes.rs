//! What a token is asked for: a resource, and what may be done there.

use super::error::SignInError;
use super::path::Version;
use super::{Asked, At, registration};

/// The application id of Graph, in every tenant [graph-permissions].
pub(super) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// The address by which clients name Graph.
pub(super) const GRAPH: &str = "https://graph.microsoft.com";

/// Whom a token is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum TokenFor {
    /// The Graph API.
    Graph,
    /// A registered application, by its client id.
    App(String),
}

/// The scopes of OpenID Connect, which belong to no resource.
const OF_OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// What a user's client asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Scopes {
    /// Whom the access token is for.
    pub(super) resource: TokenFor,
    /// What may be done there: `User.Read`, or `.default` for all.
    pub(super) names: Vec<String>,
    /// The scopes of OpenID Connect.
    pub(super) openid: Vec<&'static str>,
}

impl Scopes {
    /// Whether a scope of OpenID Connect is among them.
    pub(super) fn has(&self, name: &str) -> bool {
        self.openid.contains(&name)
    }
}

/// The resource of an application that asks in its own name.
///
/// # Errors
/// When it is not known, or is asked for in another form than the grant has.
pub(super) fn of_application(asked: &Asked<'_>, version: Version) -> Result<TokenFor, SignInError> {
    if version == Version::V1 {
        return named(asked.form.need("resource")?, asked.at);
    }
    let scope = asked.form.need("scope")?;
    let mut words = scope.split_whitespace().filter(|word| !OF_OPENID.contains(word));
    let (Some(word), None) = (words.next(), words.next()) else {
        return Err(SignInError::bad_scope(scope));
    };
    match word.strip_suffix("/.default") {
        Some(resource) => named(resource, asked.at),
        None => Err(SignInError::not_default_scope(word)),
    }
}

/// What a client asks for in a user's name.
///
/// # Errors
/// When it asks for nothing, for what is no scope, or for several resources at once.
pub(super) fn of_user(text: Option<&str>, at: At<'_>) -> Result<Scopes, SignInError> {
    let text = text.ok_or_else(|| SignInError::missing("scope"))?;
    let mut found = Scopes { resource: TokenFor::Graph, names: Vec::new(), openid: Vec::new() };
    let mut resource = None;
    for word in text.split_whitespace() {
        if let Some(known) = OF_OPENID.iter().find(|known| known.eq_ignore_ascii_case(word)) {
            found.openid.push(known);
            continue;
        }
        let (of, name) = match word.rsplit_once('/') {
            Some((of, name)) => (named(of, at)?, name),
            None => (TokenFor::Graph, word),
        };
        let letters = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if name.is_empty() || !name.chars().all(letters) {
            return Err(SignInError::bad_scope(word));
        }
        if *resource.get_or_insert_with(|| of.clone()) != of {
            return Err(SignInError::several_resources());
        }
        found.names.push(name.to_owned());
    }
    if resource.is_none() && found.openid.is_empty() {
        return Err(SignInError::bad_scope(text));
    }
    found.resource = resource.unwrap_or(TokenFor::Graph);
    Ok(found)
}

/// What a client of the older endpoint asks for: all of one resource.
///
/// # Errors
/// When the resource is not known.
pub(super) fn of_resource(resource: Option<&str>, at: At<'_>) -> Result<Scopes, SignInError> {
    let resource = resource.map_or(Ok(TokenFor::Graph), |name| named(name, at))?;
    let openid = vec!["openid", "profile", "offline_access"];
    Ok(Scopes { resource, names: vec![".default".to_owned()], openid })
}

/// The resource of this name. Graph is also meant by the address at which it is here, since its
/// clients make the name of the address that they are pointed at.
fn named(name: &str, at: At<'_>) -> Result<TokenFor, SignInError> {
    let short = name.trim_end_matches('/');
    if short.eq_ignore_ascii_case(GRAPH) || short.eq_ignore_ascii_case(GRAPH_APP_ID) {
        return Ok(TokenFor::Graph);
    }
    let host = |address: &str| address.parse::<http::Uri>().ok()?.host().map(str::to_owned);
    if short.starts_with("http://") || short.starts_with("https://") {
        let own = ["127.0.0.1", "localhost", "[::1]"];
        if host(short).is_some_and(|name| own.contains(&&*name) || host(at.base) == Some(name)) {
            return Ok(TokenFor::Graph);
        }
    }
    let id = short.strip_prefix("api://").unwrap_or(short);
    let known = registration::find(id, at).map(|known| TokenFor::App(known.app_id));
    known.ok_or_else(|| SignInError::unknown_resource(name, at))
}
