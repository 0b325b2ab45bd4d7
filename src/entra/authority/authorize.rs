//! The authorize endpoint: a user picks an account on a page, and the client gets a code
//! (RFC 6749, section 4.1; PKCE: RFC 7636) [auth-code].

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::error::{SignInError, stamp};
use super::form::{FormFields, encoded};
use super::grants::{Consent, Entered, entered, may_sign_in};
use super::path::Version;
use super::registration::{self, Registration};
use super::{Asked, Authority, CODE_SECS, guid, page, redirect, scopes};
use crate::entra::sign_in_log::SignInKind;
use crate::entra::tenant::UserKey;

/// A code that waits to be redeemed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Code {
    pub(super) consent: Consent,
    pub(super) redirect_uri: String,
    /// The hash of the verifier.
    pub(super) challenge: Option<String>,
    pub(super) redeemed: bool,
}

/// How the code reaches the client [auth-code].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

/// A request whose client is known and may be led back to: errors go there from now on.
struct Known<'a> {
    client: Registration,
    redirect_uri: &'a str,
    mode: ResponseMode,
    state: Option<&'a str>,
}

impl Authority {
    /// Shows the page, or takes the choice made there.
    pub(super) fn sign_in(
        &mut self,
        asked: &Asked<'_>,
        version: Version,
    ) -> Result<Response<Bytes>, SignInError> {
        // The page sends the choice with the request's own parameters in the address.
        let posted = FormFields::default();
        let (parameters, choice) = match asked.query.get("client_id") {
            Some(_) => (&asked.query, &asked.form),
            None => (&asked.form, &posted),
        };
        let known = Known::of(parameters, asked)?;
        let decided = self.decide(&known, parameters, choice, asked, version);
        match decided {
            Ok(Decided::Code(code)) => known.lead_back(&[("code", &code)], asked),
            Ok(Decided::Pick) => Ok(page::people(asked, parameters, &known.client.name)),
            Ok(Decided::Password(user, why)) => Ok(page::password(asked, user, &[], why.as_ref())),
            Err(error) => {
                let (trace, correlation) = (guid(&mut self.chance), guid(&mut self.chance));
                let described = error.described(&trace, &correlation, &stamp(asked.at));
                known.lead_back(&[("error", error.error), ("error_description", &described)], asked)
            }
        }
    }

    /// The code for the user who was chosen, or what is asked for first.
    fn decide(
        &mut self,
        known: &Known<'_>,
        parameters: &FormFields,
        choice: &FormFields,
        asked: &Asked<'_>,
        version: Version,
    ) -> Result<Decided, SignInError> {
        let kind = parameters.need("response_type")?;
        if kind != "code" {
            return Err(SignInError::unsupported_response(kind));
        }
        let scopes = match (version, parameters.get("scope")) {
            (Version::V1, _) => scopes::of_resource(parameters.get("resource"), asked.at)?,
            (Version::V2, text) => scopes::of_user(text, asked.at)?,
        };
        let challenge = challenge(parameters)?;
        let (how, of) =
            ((SignInKind::InteractiveUser, "oAuth2"), (&known.client, &scopes.resource));
        let (name, user) = match chosen(parameters, choice, asked) {
            Ok(Some(chosen)) => chosen,
            Ok(None) => return Ok(Decided::Pick),
            Err((name, error)) => {
                self.log_user(how, &name, of, Err(&error), asked.at);
                return Err(error);
            }
        };
        match entered(user, &name, choice, asked.at) {
            Entered::Right => {}
            Entered::Nothing => return Ok(Decided::Password(user, None)),
            Entered::Wrong(error) => {
                self.log_user(how, &name, of, Err(&error), asked.at);
                return Ok(Decided::Password(user, Some(error)));
            }
        }
        let may = may_sign_in(user, &name, asked.at);
        self.log_user(how, &name, of, may.as_ref().map(drop), asked.at);
        may?;
        let consent = Consent {
            client: known.client.app_id.clone(),
            user: asked.at.tenant().user(user).object_id().to_string(),
            scopes,
            nonce: parameters.get("nonce").map(str::to_owned),
            revoked: asked.at.tenant().times_revoked(user),
        };
        let redirect_uri = known.redirect_uri.to_owned();
        let code = self.opaque();
        let until = asked.at.seconds() + CODE_SECS;
        let kept = Code { consent, redirect_uri, challenge, redeemed: false };
        self.codes.keep(code.clone(), until, kept);
        Ok(Decided::Code(code))
    }
}

/// What comes of a request that is in order.
enum Decided {
    /// The code for the client.
    Code(String),
    /// A user is to be picked.
    Pick,
    /// The password of this user is to be entered; why the last one was refused.
    Password(UserKey, Option<SignInError>),
}

/// The user who was chosen: on the page, or by the client when it names one and does not ask for a
/// choice. An error comes with the name that was given.
fn chosen(
    parameters: &FormFields,
    choice: &FormFields,
    asked: &Asked<'_>,
) -> Result<Option<(String, UserKey)>, (String, SignInError)> {
    let hinted = parameters.get("login_hint").filter(|_| {
        let prompt = parameters.get("prompt").unwrap_or_default();
        !["login", "select_account"].contains(&prompt)
    });
    let picked = match *asked.request.method() {
        Method::POST => choice.get("user"),
        _ => None,
    };
    match picked.or(hinted) {
        Some(name) => {
            let user = asked.at.user(name);
            let unknown = || (name.to_owned(), SignInError::unknown_user(name, asked.at));
            Ok(Some((name.to_owned(), user.ok_or_else(unknown)?)))
        }
        None if parameters.get("prompt") == Some("none") => {
            Err((String::new(), SignInError::no_session()))
        }
        None => Ok(None),
    }
}

/// The challenge of a client that will prove itself by a verifier. Only hashes are taken: a plain
/// one proves nothing.
fn challenge(parameters: &FormFields) -> Result<Option<String>, SignInError> {
    let Some(challenge) = parameters.get("code_challenge") else { return Ok(None) };
    let method = parameters.get("code_challenge_method").unwrap_or("plain");
    match (43..=128).contains(&challenge.len()) && method == "S256" {
        true => Ok(Some(challenge.to_owned())),
        false => Err(SignInError::bad_challenge()),
    }
}

impl<'a> Known<'a> {
    fn of(parameters: &'a FormFields, asked: &Asked<'_>) -> Result<Known<'a>, SignInError> {
        let app_id = parameters.need("client_id")?;
        let client = registration::known(app_id, asked.at)?;
        let redirect_uri = parameters.need("redirect_uri")?;
        if !client.leads_back_to(redirect_uri) {
            return Err(SignInError::foreign_redirect(redirect_uri, app_id));
        }
        let mode = match parameters.get("response_mode") {
            None | Some("query") => ResponseMode::Query,
            Some("fragment") => ResponseMode::Fragment,
            Some("form_post") => ResponseMode::FormPost,
            Some(_) => return Err(SignInError::malformed("The response_mode is not known.")),
        };
        Ok(Known { client, redirect_uri, mode, state: parameters.get("state") })
    }

    fn lead_back(
        &self,
        values: &[(&str, &str)],
        asked: &Asked<'_>,
    ) -> Result<Response<Bytes>, SignInError> {
        let session = asked.path.tenant;
        let mut values = values.to_vec();
        values.extend(self.state.map(|state| ("state", state)));
        values.push(("session_state", session));
        if self.mode == ResponseMode::FormPost {
            return Ok(page::posting(self.redirect_uri, &values));
        }
        let pairs = values.iter().map(|(name, value)| format!("{name}={}", encoded(value)));
        let pairs = pairs.collect::<Vec<_>>().join("&");
        let mark = match self.mode {
            ResponseMode::Fragment => '#',
            _ if self.redirect_uri.contains('?') => '&',
            _ => '?',
        };
        let mut response = redirect(&format!("{}{mark}{pairs}", self.redirect_uri))?;
        if *asked.request.method() == Method::POST {
            // The browser fetches the next page, and does not send the choice there.
            *response.status_mut() = StatusCode::SEE_OTHER;
        }
        Ok(response)
    }
}
