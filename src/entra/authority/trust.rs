//! Who holds a token that this authority has issued: for the Graph API, and for `userinfo`.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Response};
use serde_json::{Value, json};

use super::error::SignInError;
use super::permissions;
use super::scopes::{GRAPH, GRAPH_APP_ID};
use super::{Asked, At, Authority, json as answer};
use crate::base::jwt::{Claims, JwtError, KeySet, is_jwt};
use crate::entra::graph::{Authorized, Caller, GraphError, NO_SEGMENTS, Permissions};
use crate::entra::identity;
use crate::entra::tenant::Attribute;

impl Authority {
    /// What is known of the client of a Graph request; `None` when its token is none of this kind,
    /// but maybe a plain one.
    pub fn authorize(&self, headers: &HeaderMap, at: At<'_>) -> Option<Authorized> {
        let token = bearer(headers).filter(|token| is_jwt(token))?;
        Some(Authorized(self.read(token, at).map_err(GraphError::token)))
    }

    fn read(&self, token: &str, at: At<'_>) -> Result<Caller, String> {
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
        let all = permissions::names().all(|name| names.iter().any(|had| had == name));
        Ok(Caller {
            app_id: text("appid").to_owned(),
            app_name: text("app_displayname").to_owned(),
            object_id: text("oid").to_owned(),
            user,
            permissions: match all {
                true => Permissions::All,
                false => Permissions::Some(names.into_iter().collect()),
            },
        })
    }

    /// The claims of a token that this authority has signed for this tenant, and whose time it is.
    fn good(&self, token: &str, at: At<'_>) -> Result<Claims, String> {
        let claims = KeySet::new([self.key.public()]).verify(token);
        let claims = claims.map_err(|error| match error {
            JwtError::Malformed => NO_SEGMENTS,
            JwtError::Critical => {
                "IDX10252: The header of the token has 'crit', and no extension is understood."
            }
            JwtError::Algorithm => {
                "IDX10511: Signature validation failed. The algorithm is not supported."
            }
            JwtError::UnknownKey(_) => {
                "IDX10503: Signature validation failed. The key is not known."
            }
            JwtError::Signature => "Access token validation failure. Invalid signature.",
        })?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
        if text("tid") != at.tenant_id() {
            return Err("Access token validation failure. Invalid issuer.".to_owned());
        }
        let now = at.seconds();
        if !claims.contains_key("exp") {
            let why =
                "IDX10225: Lifetime validation failed. The token is missing an Expiration Time.";
            return Err(why.to_owned());
        }
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

    /// Who the holder of a user's token is (UserInfo of OpenID Connect Core 1.0).
    pub(super) fn user_info(&mut self, asked: &Asked<'_>) -> Result<Response<Bytes>, SignInError> {
        let token = bearer(asked.request.headers());
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

/// Whether a request has a signed token, which only the authority can judge.
pub fn has_signed_token(headers: &HeaderMap) -> bool {
    bearer(headers).is_some_and(is_jwt)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

fn texts(list: Option<&Value>) -> Vec<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}
