//! The client of a Graph request: which application it is, and what it may do.
//!
//! [`authorize`] is the one place where a bearer token becomes a [`Caller`].

use std::collections::BTreeSet;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::access::GraphAccess;
use super::error::GraphError;
use crate::base::seed::show_guid;
use crate::base::{Seed, Time};
use crate::entra::tenant::UserKey;

/// What the driver found about the token of a request, when it checked it: in the request's
/// extensions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authorized(pub Result<Caller, GraphError>);

/// The application that sends a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Caller {
    /// The client id of the application.
    pub app_id: String,
    /// Its name in the directory.
    pub app_name: String,
    /// The object id of its service principal.
    pub object_id: String,
    /// What it may do.
    pub permissions: Permissions,
    /// The user who is signed in; `None` for the application itself.
    pub user: Option<UserKey>,
}

impl Caller {
    /// What stands for a client without a token, which reads what needs none.
    pub fn nameless(user: Option<UserKey>) -> Caller {
        Caller {
            app_id: String::new(),
            app_name: String::new(),
            object_id: String::new(),
            permissions: Permissions::All,
            user,
        }
    }

    /// The client that sends the requests of a script: the tenant's own, with every permission.
    pub fn script(seed: Seed) -> Caller {
        own_client(seed, Permissions::All)
    }
}

/// The permissions of a token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Permissions {
    /// All there are.
    All,
    /// Those that are named, such as `User.Read.All`.
    Some(BTreeSet<String>),
}

impl Permissions {
    /// Whether all permissions of one of these sets are there.
    pub fn meet(&self, any: &[&[&str]]) -> bool {
        match self {
            Permissions::All => true,
            Permissions::Some(held) => {
                any.iter().any(|set| set.iter().all(|name| held.contains(*name)))
            }
        }
    }
}

/// What tokens are checked against.
#[derive(Clone, Copy, Debug)]
pub struct Trust<'a> {
    /// The settings of the tenant.
    pub access: &'a GraphAccess,
    /// The seed of the run, from which the tenant's ids are drawn.
    pub seed: Seed,
    /// The client's own time: a token's life is real time, whatever the clock of the run does.
    pub now: Time,
}

/// Reads the bearer token of a request.
///
/// # Errors
/// The 401 of a request without a token, or with one that is not good here.
pub fn authorize(headers: &HeaderMap, trust: Trust<'_>) -> Result<Caller, GraphError> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Err(GraphError::token("Access token is empty."));
    };
    let value = value.to_str().unwrap_or_default();
    let token = match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => "",
    };
    if token.is_empty() {
        return Err(GraphError::token("Access token is empty."));
    }
    if !trust.access.token.is_empty() && token == trust.access.token {
        return Ok(demo_caller(trust));
    }
    if token.contains('.') {
        return Err(GraphError::token(NO_SEGMENTS));
    }
    Err(GraphError::token(
        "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format.",
    ))
}

/// The refusal of what has dots, and is no token all the same.
pub const NO_SEGMENTS: &str = "IDX12741: JWT must have three segments (JWS) or five segments (JWE), each of them Base64Url encoded.";

/// The client that holds the plain token.
fn demo_caller(trust: Trust<'_>) -> Caller {
    let permissions = match &trust.access.permissions {
        None => Permissions::All,
        Some(names) => Permissions::Some(names.iter().cloned().collect()),
    };
    own_client(trust.seed, permissions)
}

/// The client that is always there.
fn own_client(seed: Seed, permissions: Permissions) -> Caller {
    let guid = |kind| show_guid(seed.guid(kind, "", 0));
    Caller {
        app_id: guid("graph client"),
        app_name: "Graph client".to_owned(),
        object_id: guid("graph client principal"),
        permissions,
        user: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(header: Option<&str>) -> Result<Caller, GraphError> {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert(AUTHORIZATION, value.parse().expect("a header value"));
        }
        let access = GraphAccess::default();
        authorize(&headers, Trust { access: &access, seed: Seed(7), now: Time::from_secs(0) })
    }

    #[test]
    fn the_plain_token_is_taken_and_every_other_is_refused_with_the_vendors_words() {
        assert_eq!(
            read(Some("Bearer graph-demo-token")).expect("a caller").permissions,
            Permissions::All
        );
        assert!(read(Some("bearer graph-demo-token")).is_ok());
        for (header, begins) in [
            (None, "Access token is empty."),
            (Some("Basic eDp5"), "Access token is empty."),
            (Some("Bearer  "), "Access token is empty."),
            (Some("Bearer wrong"), "IDX14100: JWT is not well formed, there are no dots"),
            (Some("Bearer a.b.c"), "IDX12741: JWT must have three segments"),
        ] {
            let refused = read(header).expect_err("no caller");
            assert_eq!(
                (refused.status.as_u16(), refused.code),
                (401, "InvalidAuthenticationToken")
            );
            assert!(refused.message.starts_with(begins), "{header:?}: {}", refused.message);
        }
    }

    #[test]
    fn one_set_of_permissions_that_is_there_as_a_whole_is_enough() {
        let held = ["AuditLog.Read.All", "User.Read.All"].map(str::to_owned);
        let some = Permissions::Some(held.into());
        assert!(some.meet(&[&["User.Read.All"], &["Directory.Read.All"]]));
        assert!(!some.meet(&[&["AuditLog.Read.All", "Directory.Read.All"]]));
        assert!(Permissions::All.meet(&[&["AuditLog.Read.All", "Directory.Read.All"]]));
    }
}
