//! Which endpoint of the authority a path leads to, and for which tenant.

use http::Method;

use super::At;

/// The version of an endpoint or of a token.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Version {
    /// The older one, which knows resources.
    V1,
    /// The newer one, which knows scopes.
    V2,
}

/// The endpoints of a tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SignInEndpoint {
    /// The document that names all others (OpenID Connect Discovery 1.0).
    Discovery(Version),
    /// Which authorities belong together.
    Instances,
    /// The public keys.
    Keys,
    /// Where tokens are issued.
    Token(Version),
    /// Where a user signs in in a browser.
    Authorize(Version),
    /// Where a device without a browser begins (RFC 8628).
    DeviceCode,
    /// Where the user of that device signs in.
    DeviceSignIn,
    /// Who the holder of a token is.
    UserInfo,
    /// Where a user signs out.
    Logout,
}

/// An endpoint at which people and programs sign in, as the reference lists it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignInRow {
    /// The methods it takes.
    pub methods: &'static str,
    /// Its path below the tenant.
    pub path: &'static str,
    /// What is left out; empty when nothing is.
    pub lacks: &'static str,
}

/// The paths below a tenant, with what each leaves out.
const PATHS: [(&str, SignInEndpoint, &str); 15] = [
    ("v2.0/.well-known/openid-configuration", SignInEndpoint::Discovery(Version::V2), ""),
    (".well-known/openid-configuration", SignInEndpoint::Discovery(Version::V1), ""),
    ("discovery/instance", SignInEndpoint::Instances, ONE_ADDRESS),
    ("discovery/v2.0/keys", SignInEndpoint::Keys, ""),
    ("discovery/keys", SignInEndpoint::Keys, ""),
    ("oauth2/v2.0/token", SignInEndpoint::Token(Version::V2), FOUR_GRANTS),
    ("oauth2/token", SignInEndpoint::Token(Version::V1), FOUR_GRANTS),
    ("oauth2/v2.0/authorize", SignInEndpoint::Authorize(Version::V2), CODES_ALONE),
    ("oauth2/authorize", SignInEndpoint::Authorize(Version::V1), CODES_ALONE),
    ("oauth2/v2.0/devicecode", SignInEndpoint::DeviceCode, ""),
    ("oauth2/devicecode", SignInEndpoint::DeviceCode, ""),
    ("oauth2/deviceauth", SignInEndpoint::DeviceSignIn, PICKED),
    ("userinfo", SignInEndpoint::UserInfo, ""),
    ("oauth2/v2.0/logout", SignInEndpoint::Logout, SIGN_OUT),
    ("oauth2/logout", SignInEndpoint::Logout, SIGN_OUT),
];

const ONE_ADDRESS: &str = "the address that was asked is the only authority it names";
const FOUR_GRANTS: &str = "client credentials, authorization code, refresh token and device code; no password and no on-behalf-of grant";
const CODES_ALONE: &str =
    "response_type is code; who signs in is picked from the tenant's people, and consent is given";
const PICKED: &str = "who signs in is picked from the tenant's people; a password is asked for where a scenario has set one";
const SIGN_OUT: &str = "it ends the session at the tenant and leads back to an address of a registered client; the applications are not told";

/// The endpoints of the authority as the reference lists them.
pub fn sign_in_rows() -> impl Iterator<Item = SignInRow> {
    PATHS.into_iter().map(|(path, endpoint, lacks)| {
        let methods = [Method::GET, Method::POST].map(|method| endpoint.takes(&method));
        let methods = match methods {
            [true, true] => "GET, POST",
            [true, false] => "GET",
            _ => "POST",
        };
        SignInRow { methods, path, lacks }
    })
}

/// A path of the authority.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Path<'a> {
    /// The tenant as the client names it.
    pub(super) tenant: &'a str,
    /// The endpoint.
    pub(super) endpoint: SignInEndpoint,
}

/// Whether a path leads to the authority.
pub fn leads_here(path: &str) -> bool {
    Path::of(path).is_some()
}

/// Whether a program reads what comes back of this path, and no person.
pub fn is_for_programs(path: &str) -> bool {
    Path::of(path).is_some_and(|path| !path.endpoint.is_page())
}

impl Path<'_> {
    /// Reads a path; a doubled slash counts as one.
    pub(super) fn of(path: &str) -> Option<Path<'_>> {
        let (tenant, rest) = path.trim_start_matches('/').split_once('/')?;
        let rest = rest.trim_matches('/');
        let (_, endpoint, _) = PATHS.iter().find(|(known, ..)| rest.eq_ignore_ascii_case(known))?;
        // `userinfo` belongs to no tenant.
        let fits = (*endpoint == SignInEndpoint::UserInfo) == tenant.eq_ignore_ascii_case("oidc");
        (fits && !tenant.is_empty()).then_some(Path { tenant, endpoint: *endpoint })
    }

    /// Whether the tenant of the path is the one that is here: by its id, by its domain, or as one
    /// of several.
    pub(super) fn names_tenant(&self, at: At<'_>) -> bool {
        let named = |name: &str| self.tenant.eq_ignore_ascii_case(name);
        named(&at.tenant_id())
            || named(&at.tenant().settings().domain)
            || ["common", "organizations", "oidc"].into_iter().any(named)
    }
}

impl SignInEndpoint {
    /// Whether a person in front of a browser reads what comes back.
    pub(super) fn is_page(self) -> bool {
        matches!(
            self,
            SignInEndpoint::Authorize(_) | SignInEndpoint::DeviceSignIn | SignInEndpoint::Logout
        )
    }

    /// Whether the endpoint takes requests of this method.
    pub(super) fn takes(self, method: &Method) -> bool {
        match self {
            SignInEndpoint::Token(_) | SignInEndpoint::DeviceCode => method == Method::POST,
            SignInEndpoint::Discovery(_) | SignInEndpoint::Instances | SignInEndpoint::Keys => {
                [Method::GET, Method::HEAD].contains(method)
            }
            SignInEndpoint::Authorize(_)
            | SignInEndpoint::DeviceSignIn
            | SignInEndpoint::UserInfo
            | SignInEndpoint::Logout => [Method::GET, Method::HEAD, Method::POST].contains(method),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_leads_to_its_endpoint() {
        for (path, endpoint, _) in PATHS {
            let tenant = if endpoint == SignInEndpoint::UserInfo { "oidc" } else { "t" };
            let read = Path::of(&format!("/{tenant}/{path}")).map(|path| path.endpoint);
            assert_eq!(read, Some(endpoint), "{path}");
        }
    }

    #[test]
    fn paths_lead_to_their_endpoints() {
        let cases = [
            ("/t/oauth2/v2.0/token", Some(SignInEndpoint::Token(Version::V2))),
            ("//t/oauth2/token/", Some(SignInEndpoint::Token(Version::V1))),
            (
                "/t/v2.0/.well-known/openid-configuration",
                Some(SignInEndpoint::Discovery(Version::V2)),
            ),
            ("/oidc/userinfo", Some(SignInEndpoint::UserInfo)),
            ("/t/userinfo", None),
            ("/oidc/oauth2/token", None),
            ("/oauth2/token", None),
            ("/t", None),
            ("", None),
            ("/", None),
        ];
        for (path, endpoint) in cases {
            assert_eq!(Path::of(path).map(|path| path.endpoint), endpoint, "{path}");
        }
    }
}
