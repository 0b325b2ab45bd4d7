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
pub(super) enum Endpoint {
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

/// The paths below a tenant.
const PATHS: [(&str, Endpoint); 15] = [
    ("v2.0/.well-known/openid-configuration", Endpoint::Discovery(Version::V2)),
    (".well-known/openid-configuration", Endpoint::Discovery(Version::V1)),
    ("discovery/instance", Endpoint::Instances),
    ("discovery/v2.0/keys", Endpoint::Keys),
    ("discovery/keys", Endpoint::Keys),
    ("oauth2/v2.0/token", Endpoint::Token(Version::V2)),
    ("oauth2/token", Endpoint::Token(Version::V1)),
    ("oauth2/v2.0/authorize", Endpoint::Authorize(Version::V2)),
    ("oauth2/authorize", Endpoint::Authorize(Version::V1)),
    ("oauth2/v2.0/devicecode", Endpoint::DeviceCode),
    ("oauth2/devicecode", Endpoint::DeviceCode),
    ("oauth2/deviceauth", Endpoint::DeviceSignIn),
    ("userinfo", Endpoint::UserInfo),
    ("oauth2/v2.0/logout", Endpoint::Logout),
    ("oauth2/logout", Endpoint::Logout),
];

/// A path of the authority.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Path<'a> {
    /// The tenant as the client names it.
    pub(super) tenant: &'a str,
    /// The endpoint.
    pub(super) endpoint: Endpoint,
}

/// Whether a path leads to the authority.
pub fn leads_here(path: &str) -> bool {
    Path::of(path).is_some()
}

impl Path<'_> {
    /// Reads a path; a doubled slash counts as one.
    pub(super) fn of(path: &str) -> Option<Path<'_>> {
        let (tenant, rest) = path.trim_start_matches('/').split_once('/')?;
        let rest = rest.trim_matches('/');
        let (_, endpoint) = PATHS.iter().find(|(known, _)| rest.eq_ignore_ascii_case(known))?;
        // `userinfo` belongs to no tenant.
        let fits = (*endpoint == Endpoint::UserInfo) == tenant.eq_ignore_ascii_case("oidc");
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

impl Endpoint {
    /// Whether the endpoint takes requests of this method.
    pub(super) fn takes(self, method: &Method) -> bool {
        match self {
            Endpoint::Token(_) | Endpoint::DeviceCode => method == Method::POST,
            Endpoint::Discovery(_) | Endpoint::Instances | Endpoint::Keys => {
                [Method::GET, Method::HEAD].contains(method)
            }
            Endpoint::Authorize(_)
            | Endpoint::DeviceSignIn
            | Endpoint::UserInfo
            | Endpoint::Logout => [Method::GET, Method::HEAD, Method::POST].contains(method),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_endpoints() {
        let cases = [
            ("/t/oauth2/v2.0/token", Some(Endpoint::Token(Version::V2))),
            ("//t/oauth2/token/", Some(Endpoint::Token(Version::V1))),
            ("/t/v2.0/.well-known/openid-configuration", Some(Endpoint::Discovery(Version::V2))),
            ("/oidc/userinfo", Some(Endpoint::UserInfo)),
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
