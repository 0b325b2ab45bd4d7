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

impl SsoPath<'_> {
    /// Reads a path, in any case.
    pub(super) fn of(path: &str) -> Option<SsoPath<'_>> {
        let path = path.trim_start_matches('/').trim_end_matches('/');
        let of = |tenant, endpoint| Some(SsoPath { tenant, endpoint });
        let is = |text: &str, known: &str| text.eq_ignore_ascii_case(known);
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [page] if is(page, "myapps") => of("", SsoEndpoint::MyApps),
            // The older form has the domain and a name before the client id.
            ["api", signin, app_id] if is(signin, "signin") => of("", SsoEndpoint::Launch(app_id)),
            [signin, _, app_id] if is(signin, "signin") => of("", SsoEndpoint::Launch(app_id)),
            [tenant, saml] if is(saml, "saml2") && !tenant.is_empty() => {
                of(tenant, SsoEndpoint::Saml)
            }
            [tenant, out] if is(out, "logout") => of(tenant, SsoEndpoint::SignOut),
            [tenant, rest @ ..]
                if rest.len() == 3
                    && is(&rest.join("/"), "FederationMetadata/2007-06/FederationMetadata.xml") =>
            {
                of(tenant, SsoEndpoint::Metadata)
            }
            _ => None,
        }
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
