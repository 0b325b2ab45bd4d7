//! The user that a request is about: the engine names the user of its own calls; for an external
//! client's request the user is read from path, query and body.

use bytes::Bytes;
use http::Request;
use percent_encoding::percent_decode_str;

use super::World;
use crate::entra::tenant::{Tenant, UserKey};
use crate::golinks::AccountId;
use crate::scim::{Object, Value};

/// The user that a request is about, as far as it is known.
pub(super) enum RequestSubject {
    /// This user, or none.
    User(Option<UserKey>),
    /// The user with this userName, in lower case.
    Name(String),
}

impl RequestSubject {
    /// Whether the request is about the user of this handle.
    pub(super) fn is(&self, handle: &str, tenant: &Tenant) -> bool {
        match self {
            RequestSubject::User(None) => false,
            RequestSubject::User(Some(user)) => tenant.find_user(handle) == Some(*user),
            RequestSubject::Name(name) if *name == handle.to_lowercase() => true,
            RequestSubject::Name(name) => tenant
                .find_user(handle)
                .and_then(|user| tenant.user(user).sign_in_name())
                .is_some_and(|upn| upn.to_lowercase() == *name),
        }
    }
}

/// The user that an external client's request is about, by the userName of the account in the path,
/// else by the userName in the filter or in the body.
pub(super) fn outside(world: &World, request: &Request<Bytes>) -> RequestSubject {
    let of_path = request.uri().path().rsplit('/').next().and_then(AccountId::parse);
    let name = of_path
        .and_then(|id| world.target_at(request.uri().path()).account(id))
        .map(|account| account.user_name)
        .or_else(|| request.uri().query().and_then(filtered_name))
        .or_else(|| body_name(request.body()));
    match name {
        Some(name) => RequestSubject::Name(name.to_lowercase()),
        None => RequestSubject::User(None),
    }
}

/// The value of `userName eq "…"` in a query.
fn filtered_name(query: &str) -> Option<String> {
    let filter = query.split('&').find_map(|pair| pair.strip_prefix("filter="))?.replace('+', " ");
    let filter = percent_decode_str(&filter).decode_utf8_lossy();
    let at = filter.to_lowercase().find("username eq \"")? + "username eq \"".len();
    filter.get(at..)?.split('"').next().map(str::to_owned)
}

fn body_name(body: &[u8]) -> Option<String> {
    match Object::parse(body).ok()?.get("userName")? {
        Value::Text(name) => Some(name.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_its_user_however_it_is_encoded() {
        for query in [
            "filter=userName%20eq%20%22ann%40x.example%22",
            "startIndex=1&filter=username+eq+\"ann@x.example\"",
            "filter=userName eq \"ann@x.example\" and active eq true",
        ] {
            assert_eq!(filtered_name(query).as_deref(), Some("ann@x.example"), "{query}");
        }
        for query in ["", "filter=", "filter=userName%20eq%20", "filter=%ff%fe", "startIndex=1"] {
            assert_eq!(filtered_name(query), None, "{query}");
        }
    }
}
