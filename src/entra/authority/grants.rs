//! What a user has agreed to, and the tokens a client gets for it.

use base64ct::{Base64UrlUnpadded, Encoding};
use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::claims::{self, IdTokenOf, Named, OfUser};
use super::client::Shown;
use super::error::SignInError;
use super::form::FormFields;
use super::path::Version;
use super::permissions;
use super::registration::Registration;
use super::scopes::{self, GRAPH, Scopes, TokenFor};
use super::{ACCESS_TOKEN_SECS, Asked, At, Authority, REFRESH_TOKEN_SECS, json as answer};
use crate::entra::tenant::UserKey;

/// A user signed in to a client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Consent {
    /// The client id.
    pub(super) client: String,
    /// The user's object id.
    pub(super) user: String,
    /// What the client asked for.
    pub(super) scopes: Scopes,
    /// What the client gave to find its request again.
    pub(super) nonce: Option<String>,
    /// How often the user's sessions had been revoked by then.
    pub(super) revoked: u32,
}

impl Consent {
    /// The user, who must still be let in.
    ///
    /// # Errors
    /// When the user is gone or blocked, or what was given was revoked.
    pub(super) fn user(&self, at: At<'_>) -> Result<UserKey, SignInError> {
        let user = at.user(&self.user);
        let user = user.ok_or_else(|| SignInError::unknown_user(&self.user, at))?;
        may_sign_in(user, &self.user, at)?;
        match at.tenant().times_revoked(user) == self.revoked {
            true => Ok(user),
            false => Err(SignInError::revoked_grant()),
        }
    }
}

/// Checks that the tenant lets a user in.
///
/// # Errors
/// Why it does not.
pub(super) fn may_sign_in(user: UserKey, name: &str, at: At<'_>) -> Result<(), SignInError> {
    at.tenant().sign_on(user).map(drop).map_err(|why| SignInError::user(why, name, at))
}

/// What was entered for a user's password.
pub(super) enum Entered {
    /// The right one, or any for a user without one.
    Right,
    /// None yet, and there is one.
    Nothing,
    /// Another one, or the user is gone.
    Wrong(SignInError),
}

/// Checks what a form has for a user's password.
pub(super) fn entered(user: UserKey, name: &str, form: &FormFields, at: At<'_>) -> Entered {
    match (at.tenant().has_password(user), form.get("password")) {
        (true, None) => Entered::Nothing,
        (_, entered) => match at.tenant().check_password(user, entered.unwrap_or_default()) {
            Ok(()) => Entered::Right,
            Err(why) => Entered::Wrong(SignInError::user(why, name, at)),
        },
    }
}

/// A client that has shown who it is, at an endpoint of a version.
pub(super) struct Granted<'a> {
    pub(super) client: &'a Registration,
    pub(super) shown: Shown,
    pub(super) version: Version,
}

impl Authority {
    /// The answer to an application that asks in its own name.
    pub(super) fn application_tokens(
        &mut self,
        granted: &Granted<'_>,
        resource: &TokenFor,
        at: At<'_>,
    ) -> Response<Bytes> {
        let id = self.opaque();
        let named = Named { client: granted.client, shown: granted.shown, id: &id[..22] };
        let token = self.key.sign_by_certificate(&claims::of_application(named, resource, at));
        answer(&lasting(granted.version, resource, token, at))
    }

    /// The answer to a client that asks in a user's name.
    ///
    /// # Errors
    /// When the user may not sign in any more.
    pub(super) fn user_tokens(
        &mut self,
        granted: &Granted<'_>,
        consent: &Consent,
        asked: &Asked<'_>,
    ) -> Result<Response<Bytes>, SignInError> {
        let (at, user) = (asked.at, consent.user(asked.at)?);
        let id = self.opaque();
        let named = Named { client: granted.client, shown: granted.shown, id: &id[..22] };
        let scopes = given(granted.client, &consent.scopes)?;
        let of = OfUser { user, scopes: &scopes };
        let resource = &consent.scopes.resource;
        let token = self.key.sign_by_certificate(&claims::of_user(named, of, resource, at));
        let mut body = lasting(granted.version, resource, token, at);
        body["scope"] = json!(said(&scopes, &consent.scopes));
        if consent.scopes.has("openid") {
            let email = consent.scopes.has("email");
            let nonce = consent.nonce.as_deref();
            let of = IdTokenOf { version: granted.version, user, nonce, email };
            let claims = claims::id_token(named, of, at);
            body["id_token"] = json!(self.key.sign_by_certificate(&claims));
        }
        if consent.scopes.has("offline_access") {
            let refresh = self.opaque();
            let until = at.seconds() + REFRESH_TOKEN_SECS;
            self.refresh_tokens.keep(refresh.clone(), until, consent.clone());
            body["refresh_token"] = json!(refresh);
        }
        if asked.form.get("client_info") == Some("1") {
            body["client_info"] = json!(client_info(&consent.user, at));
        }
        Ok(answer(&body))
    }

    /// The scopes of a request that redeems a consent: those it names, or those of the consent.
    ///
    /// # Errors
    /// When they cannot be read.
    pub(super) fn narrowed(consent: &Consent, asked: &Asked<'_>) -> Result<Scopes, SignInError> {
        if let Some(resource) = asked.form.get("resource") {
            return scopes::of_resource(Some(resource), asked.at);
        }
        let Some(text) = asked.form.get("scope") else { return Ok(consent.scopes.clone()) };
        let mut named = scopes::of_user(Some(text), asked.at)?;
        if named.names.is_empty() {
            (named.names, named.resource) =
                (consent.scopes.names.clone(), consent.scopes.resource.clone());
        }
        // What was granted at sign-in stays: clients leave these out when they renew.
        for word in &consent.scopes.openid {
            if !named.openid.contains(word) {
                named.openid.push(word);
            }
        }
        Ok(named)
    }
}

/// The account as clients keep it: base64url of the ids of user and tenant.
fn client_info(user: &str, at: At<'_>) -> String {
    let info = json!({ "uid": user, "utid": at.tenant_id() });
    Base64UrlUnpadded::encode_string(info.to_string().as_bytes())
}

/// The scopes that a client gets of those it asks for: all when it asks for `.default` or for none.
/// `User.Read` is what every client gets for Graph [graph-permissions].
///
/// # Errors
/// When it asks for one that nobody has consented to.
fn given(client: &Registration, scopes: &Scopes) -> Result<Vec<String>, SignInError> {
    let all = scopes.names.is_empty() || scopes.names.iter().any(|name| name == ".default");
    if scopes.resource != TokenFor::Graph {
        return Ok(match all {
            true => vec!["user_impersonation".to_owned()],
            false => scopes.names.clone(),
        });
    }
    if let Some(names) = &client.permissions {
        let known = |name: &String| names.contains(name) || name == "User.Read";
        if !all && !scopes.names.iter().all(known) {
            return Err(SignInError::no_consent(&client.app_id, &client.name));
        }
    }
    let everything = || match &client.permissions {
        None => permissions::names().map(str::to_owned).collect(),
        Some(names) => names.clone(),
    };
    let mut given = if scopes.names.is_empty() {
        Vec::new()
    } else if all {
        everything()
    } else {
        scopes.names.clone()
    };
    if !given.iter().any(|name| name == "User.Read") {
        given.push("User.Read".to_owned());
    }
    Ok(given)
}

/// The scopes as an answer names them: those of Graph with its address.
fn said(given: &[String], scopes: &Scopes) -> String {
    let of_resource = given.iter().map(|name| match &scopes.resource {
        TokenFor::Graph => format!("{GRAPH}/{name}"),
        TokenFor::App(app_id) => format!("api://{app_id}/{name}"),
    });
    let of_openid = scopes.openid.iter().filter(|name| **name != "offline_access");
    let of_openid = of_openid.map(|name| (*name).to_owned());
    of_openid.chain(of_resource).collect::<Vec<_>>().join(" ")
}

/// What every answer with an access token has; the older endpoint writes numbers as texts.
fn lasting(version: Version, resource: &TokenFor, token: String, at: At<'_>) -> Value {
    let now = at.seconds();
    match version {
        Version::V2 => json!({
            "token_type": "Bearer",
            "expires_in": ACCESS_TOKEN_SECS, "ext_expires_in": ACCESS_TOKEN_SECS,
            "access_token": token,
        }),
        Version::V1 => {
            let resource = match resource {
                TokenFor::Graph => GRAPH,
                TokenFor::App(app_id) => app_id,
            };
            json!({
                "token_type": "Bearer", "resource": resource, "access_token": token,
                "expires_in": ACCESS_TOKEN_SECS.to_string(),
                "ext_expires_in": ACCESS_TOKEN_SECS.to_string(),
                "expires_on": (now + ACCESS_TOKEN_SECS).to_string(),
                "not_before": now.to_string(),
            })
        }
    }
}
