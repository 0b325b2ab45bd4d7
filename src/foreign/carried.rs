//! What of a tenant URL's query goes along with every request.

use std::sync::Arc;

use http::Uri;

/// What the query of a tenant URL says to Entra's client, and not to the server [scim-compat].
const FLAGS: [&str; 2] = ["aadOptscim062020", "AzureAdScimPatch2017"];

/// Parameters to which the protocol gives a meaning (RFC 7644 3.4.2, 3.9), each request its own.
const OF_SCIM: [&str; 7] =
    ["filter", "attributes", "excludedAttributes", "sortBy", "sortOrder", "startIndex", "count"];

/// The parameters of a tenant URL that are the server's: those that tell its tenants apart, for
/// instance. A flag of the client is none of them (assumed: it is not sent).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carried(Arc<str>);

impl Carried {
    /// Those of a query; none when it holds no more than flags.
    pub fn of(query: &str) -> Option<Carried> {
        let is_flag = |part: &&str| FLAGS.iter().any(|flag| part.eq_ignore_ascii_case(flag));
        let parts: Vec<&str> =
            query.split('&').filter(|part| !part.is_empty() && !is_flag(part)).collect();
        (!parts.is_empty()).then(|| Carried(parts.join("&").into()))
    }

    /// They, as they stand in a query.
    pub fn query(&self) -> &str {
        &self.0
    }

    /// The first one to which the protocol gives a meaning.
    pub fn of_scim(&self) -> Option<&str> {
        let is = |name: &&str| OF_SCIM.iter().any(|known| name.eq_ignore_ascii_case(known));
        self.0.split('&').map(name).find(is)
    }

    /// A URI with them. One that has a parameter of the same name, as a recorded request may, has
    /// that of the tenant URL instead; added twice, they stand there once.
    pub fn added_to(&self, uri: &Uri) -> Uri {
        let ours = |part: &&str| self.0.split('&').any(|own| name(own) == name(part));
        let own = uri.query().unwrap_or_default().split('&');
        let mut parts: Vec<&str> = own.filter(|part| !part.is_empty() && !ours(part)).collect();
        parts.push(&self.0);
        let mut out = uri.clone().into_parts();
        let whole = format!("{}?{}", uri.path(), parts.join("&"));
        out.path_and_query = whole.parse().ok().or(out.path_and_query);
        Uri::from_parts(out).unwrap_or_else(|_| uri.clone())
    }
}

/// The name of a parameter.
fn name(part: &str) -> &str {
    part.split('=').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_flag_of_the_client_goes_along() {
        let of = |query| Carried::of(query).map(|carried| carried.query().to_owned());
        assert_eq!(of(""), None);
        assert_eq!(of("aadoptscim062020"), None);
        assert_eq!(of("tenant=7&aadOptscim062020&x").as_deref(), Some("tenant=7&x"));
    }

    #[test]
    fn it_is_merged_with_the_query_of_a_request() {
        let carried = Carried::of("tenant=7&x").expect("two parameters");
        for (uri, wanted) in [
            ("/Users", "/Users?tenant=7&x"),
            ("/Users?filter=a%20eq%20%22b%22", "/Users?filter=a%20eq%20%22b%22&tenant=7&x"),
            ("/Users?tenant=3&count=1", "/Users?count=1&tenant=7&x"),
            ("http://h/Users?tenants=3", "http://h/Users?tenants=3&tenant=7&x"),
        ] {
            let once = carried.added_to(&uri.parse().expect("a URI"));
            assert_eq!(once.to_string(), wanted, "{uri}");
            assert_eq!(carried.added_to(&once), once, "{uri}");
        }
    }

    #[test]
    fn a_parameter_of_the_protocol_is_found() {
        let of = |query| Carried::of(query).and_then(|it| it.of_scim().map(str::to_owned));
        assert_eq!(of("tenant=7"), None);
        assert_eq!(of("tenant=7&Count=5").as_deref(), Some("Count"));
    }
}
