//! Which endpoint of single sign-on a path leads to, and for which tenant.

use crate::entra::identity;
use crate::entra::sign_on::SignOnAt;
use crate::entra::tenant::Tenant;

/// The endpoints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum SsoEndpoint<'a> {
    /// Where applications send browsers to sign in and out.
    Saml,
    /// The federation metadata.
    Metadata,
    /// The address of an application at My Apps, by its client id.
    Launch(&'a str),
    /// My Apps itself.
    MyApps,
    /// Where a browser's session ends.
    SignOut,
}

/// A path of single sign-on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SsoPath<'a> {
    /// The tenant; empty where the path names none.
    pub(super) tenant: &'a str,
    /// The endpoint.
    pub(super) endpoint: SsoEndpoint<'a>,
}

/// Whether a path leads to single sign-on.
pub fn leads_here(path: &str) -> bool {
    SsoPath::of(path).is_some()
}

/// The paths: `{tenant}`, `{app}` and `{name}` stand for any segment. Beside each what it leaves
/// out. The older form of an application's address has the domain and a name before its id.
pub const SSO_PATHS: [(&str, &str); 6] = [
    ("/myapps", "the applications alone: no collections, no requests for access"),
    ("/api/signin/{app}", ""),
    ("/signin/{name}/{app}", ""),
    (
        "/{tenant}/saml2",
        "who signs in is picked from the tenant's people, with a password where a scenario has set one; encrypted assertions and artifacts are not made",
    ),
    ("/{tenant}/logout", "it ends the session at the tenant; the applications are not told"),
    (
        "/{tenant}/FederationMetadata/2007-06/FederationMetadata.xml",
        "SAML's descriptor alone, without those of WS-Federation",
    ),
];

impl SsoPath<'_> {
    /// Reads a path, in any case.
    pub(super) fn of(path: &str) -> Option<SsoPath<'_>> {
        let path = path.trim_start_matches('/').trim_end_matches('/');
        let parts: Vec<&str> = path.split('/').collect();
        SSO_PATHS.into_iter().find_map(|(pattern, _)| {
            let (tenant, app) = fit(pattern, &parts)?;
            let endpoint = match pattern.rsplit('/').next()? {
                "saml2" => SsoEndpoint::Saml,
                "myapps" => SsoEndpoint::MyApps,
                "logout" => SsoEndpoint::SignOut,
                "{app}" => SsoEndpoint::Launch(app),
                _ => SsoEndpoint::Metadata,
            };
            Some(SsoPath { tenant, endpoint })
        })
    }

    /// Whether the tenant of the path is the one that is here: by its id, by its domain, or as one
    /// of several.
    pub(super) fn names_tenant(&self, tenant: &Tenant, at: SignOnAt<'_>) -> bool {
        let named = |name: &str| self.tenant.eq_ignore_ascii_case(name);
        self.tenant.is_empty()
            || named(&identity::tenant_id(at.seed))
            || named(&tenant.settings().domain)
            || ["common", "organizations"].into_iter().any(named)
    }
}

/// The tenant and the application that a path of this pattern names.
fn fit<'a>(pattern: &str, parts: &[&'a str]) -> Option<(&'a str, &'a str)> {
    let (mut tenant, mut app) = ("", "");
    let mut rest = parts.iter();
    for wanted in pattern.split('/').skip(1) {
        let part = rest.next()?;
        match wanted {
            "{tenant}" if part.is_empty() => return None,
            "{tenant}" => tenant = part,
            "{app}" => app = part,
            "{name}" => {}
            _ if wanted.eq_ignore_ascii_case(part) => {}
            _ => return None,
        }
    }
    rest.next().is_none().then_some((tenant, app))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_to_their_endpoints() {
        let cases = [
            ("/t/saml2", Some(SsoEndpoint::Saml)),
            ("/t/SAML2/", Some(SsoEndpoint::Saml)),
            ("/t/federationmetadata/2007-06/federationmetadata.xml", Some(SsoEndpoint::Metadata)),
            ("/api/signin/abc", Some(SsoEndpoint::Launch("abc"))),
            ("/signin/GoLinks/abc", Some(SsoEndpoint::Launch("abc"))),
            ("/myapps", Some(SsoEndpoint::MyApps)),
            ("/t/logout", Some(SsoEndpoint::SignOut)),
            ("/api/v1/state", None),
            ("/saml2", None),
            ("/t/oauth2/v2.0/logout", None),
            ("/signin/signin.css", None),
            ("/", None),
        ];
        for (path, endpoint) in cases {
            assert_eq!(SsoPath::of(path).map(|path| path.endpoint), endpoint, "{path}");
        }
    }
}
