//! Who holds a token that this authority has issued: for the Graph API, and for `userinfo`.

use bytes::Bytes;
use http::Response;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::error::SignInError;
use super::registration::APPLICATION_PERMISSIONS;
use super::scopes::{GRAPH, GRAPH_APP_ID};
use super::{Asked, At, Authority, json as answer};
use crate::base::jwt::{Claims, JwtError, KeySet, is_jwt};
use crate::entra::identity;
use crate::entra::tenant::{Attribute, UserKey};

/// The holder of a token for Graph.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Holder {
    /// The client id.
    pub app_id: String,
    /// The client's name.
    pub app_name: String,
    /// The object id of the application's service principal, or of the user.
    pub object_id: String,
    /// The user in whose name the client asks.
    pub user: Option<UserKey>,
    /// What the client may do; `None` for everything.
    pub permissions: Option<Vec<String>>,
}

impl Authority {
    /// The holder of a bearer token for Graph; `None` when it is no token of this kind, but maybe a
    /// plain one.
    ///
    /// # Errors
    /// Why a token of this kind is not good here, in the vendor's words.
    pub fn holder(&self, token: &str, at: At<'_>) -> Option<Result<Holder, String>> {
        is_jwt(token).then(|| self.read(token, at))
    }

    fn read(&self, token: &str, at: At<'_>) -> Result<Holder, String> {
        let claims = self.good(token, at)?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        if ![GRAPH, &format!("{GRAPH}/"), GRAPH_APP_ID].contains(&text("aud")) {
            return Err("Access token validation failure. Invalid audience.".to_owned());
        }
        let (user, names) = match claims.get("scp").and_then(Value::as_str) {
            Some(scopes) => {
                let user = at.user(text("oid"));
                let gone = || "The user of the access token is not in the directory.".to_owned();
                (Some(user.ok_or_else(gone)?), scopes.split(' ').map(str::to_owned).collect())
            }
            None => (None, texts(claims.get("roles"))),
        };
        let all = APPLICATION_PERMISSIONS.iter().all(|name| names.iter().any(|had| had == name));
        Ok(Holder {
            app_id: text("appid").to_owned(),
            app_name: text("app_displayname").to_owned(),
            object_id: text("oid").to_owned(),
            user,
            permissions: (!all).then_some(names),
        })
    }

    /// The claims of a token that this authority has signed for this tenant, and whose time it is.
    fn good(&self, token: &str, at: At<'_>) -> Result<Claims, String> {
        let claims = KeySet::new([self.key.public()]).verify(token);
        let claims = claims.map_err(|error| match error {
            JwtError::Malformed => {
                "IDX14100: JWT is not well formed, there are no dots (.).\nThe token needs to be in JWS or JWE Compact Serialization Format."
            }
            JwtError::Algorithm => "IDX10511: Signature validation failed. The algorithm is not supported.",
            JwtError::UnknownKey(_) => "IDX10503: Signature validation failed. The key is not known.",
            JwtError::Signature => "Access token validation failure. Invalid signature.",
        })?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
        if text("tid") != at.tenant_id() {
            return Err("Access token validation failure. Invalid issuer.".to_owned());
        }
        let now = at.seconds();
        if number("exp") <= now {
            return Err("Lifetime validation failed, the token is expired.".to_owned());
        }
        if number("nbf") > now {
            return Err("Lifetime validation failed, the token is not yet valid.".to_owned());
        }
        let issuers =
            [identity::blank_secret_issuer(at.seed), identity::federation_issuer(at.seed)];
        let own =
            text("iss").strip_suffix("/v2.0").is_some_and(|rest| rest.ends_with(&at.tenant_id()));
        match own || issuers.iter().any(|known| known == text("iss")) {
            true => Ok(claims),
            false => Err("Access token validation failure. Invalid issuer.".to_owned()),
        }
    }

    /// Who the holder of a user's token is (OpenID Connect Core 1.0, section 5.3).
    pub(super) fn user_info(&mut self, asked: &Asked<'_>) -> Result<Response<Bytes>, SignInError> {
        let header = asked.request.headers().get(AUTHORIZATION);
        let token = header.and_then(|value| value.to_str().ok()).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
        });
        let token = token.ok_or_else(|| SignInError::bad_token("Access token is empty."))?;
        let claims = self.good(token, asked.at).map_err(|why| SignInError::bad_token(&why))?;
        let object = claims.get("oid").and_then(Value::as_str).unwrap_or_default();
        let user = claims.get("scp").and_then(|_| asked.at.user(object));
        let user = user.ok_or_else(|| SignInError::bad_token("The token is no user's."))?;
        let user = asked.at.tenant().user(user);
        Ok(answer(&json!({
            "sub": claims.get("sub"),
            "name": user.get(Attribute::DisplayName),
            "given_name": user.get(Attribute::GivenName),
            "family_name": user.get(Attribute::Surname),
            "email": user.get(Attribute::Mail),
        })))
    }
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
