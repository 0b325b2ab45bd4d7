//! What an application asks for, judged in the vendor's order: it can be read, the application is
//! known and switched on, the Response may go where it is wanted, and the rest is supported.

use super::SignOnAt;
use super::refusal::Refusal;
use super::settings::SsoSettings;
use crate::base::seed::show_guid;
use crate::entra::Entra;
use crate::entra::identity;
use crate::entra::sign_in_log::SignInParty;
use crate::entra::tenant::AppId;
use crate::saml::binding::SignedQuery;
use crate::saml::names::{context, format};
use crate::saml::{
    Algorithm, AuthnRequest, LogoutAnswer, LogoutRequest, LogoutResponse, is_id, verify_request,
};

/// A sign-in that may be carried out, once it is known whose.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// The application.
    pub app: AppId,
    /// The request that is answered; `None` for a sign-in that begins at My Apps.
    pub request: Option<AuthnRequest>,
    /// Where the Response goes.
    pub reply_url: String,
    /// What travels along untouched.
    pub relay_state: Option<String>,
}

/// How a message came, and so where its signature is (saml-bindings 3.4.4.1, 3.5.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CameBy<'a> {
    /// In a query, which is signed itself, or is not.
    Redirect(Option<&'a SignedQuery>),
    /// In a form.
    Post,
}

/// Judges a request of an application; `text` is the message as it was read from its binding.
///
/// # Errors
/// Why it is not carried out.
pub fn requested(
    entra: &Entra,
    (text, by): (&str, CameBy<'_>),
    relay_state: Option<&str>,
    at: SignOnAt<'_>,
) -> Result<Ask, Refusal> {
    let request =
        AuthnRequest::read(text).map_err(|error| Refusal::unreadable(&error.to_string()))?;
    if !is_id(&request.id) {
        return Err(Refusal::bad_id(&request.id));
    }
    let app = named(entra, &request.issuer, at)?;
    let sso = usable(entra, app, at)?;
    let reply_url = reply_url(entra, app, sso, request.acs_url.as_deref(), at)?;
    signature(sso, &request, text, by)?;
    if let Some(part) = request.unsupported.first() {
        return Err(Refusal::unsupported(part));
    }
    let formats = [format::PERSISTENT, format::EMAIL, format::UNSPECIFIED, format::TRANSIENT];
    match &request.name_id_format {
        Some(other) if !formats.contains(&&**other) => Err(Refusal::bad_name_policy(other)),
        _ => {
            let relay_state = relay_state.map(str::to_owned);
            Ok(Ask { app, request: Some(request), reply_url, relay_state })
        }
    }
}

/// Checks the signature of a request where the application's requests must have one; elsewhere
/// it is not looked at [saml-protocol].
fn signature(
    sso: &SsoSettings,
    request: &AuthnRequest,
    text: &str,
    by: CameBy<'_>,
) -> Result<(), Refusal> {
    if !sso.signed_requests {
        return Ok(());
    }
    let (trusted, taken) = (&sso.request_certificates, Algorithm::taken(sso.sha1_requests));
    let verified = match by {
        CameBy::Redirect(None) => return Err(Refusal::unsigned()),
        CameBy::Post if !request.signed => return Err(Refusal::unsigned()),
        _ if trusted.is_empty() => Ok(()),
        CameBy::Redirect(Some(query)) => query.verify(trusted, taken),
        CameBy::Post => verify_request(text, trusted, taken),
    };
    verified.map_err(|why| Refusal::wrong_signature(&why.to_string()))
}

/// The application that a request says it comes from, as the sign-in log names it: also one that
/// is not known here, by what the request has for it.
pub fn asking_party(entra: &Entra, text: &str, at: SignOnAt<'_>) -> SignInParty {
    let Ok(request) = AuthnRequest::read(text) else { return SignInParty::default() };
    match named(entra, &request.issuer, at) {
        Ok(app) => party_of(entra, app, at),
        Err(_) => SignInParty::new(&request.issuer, ""),
    }
}

/// An application as the sign-in log names it.
pub fn party_of(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> SignInParty {
    let names = entra.app_names(app, at.seed);
    SignInParty::new(&names.client_id(), &names.application)
}

/// A sign-in that begins at My Apps: the first reply URL, and the application's own RelayState.
///
/// # Errors
/// Why it is not carried out.
pub fn from_my_apps(entra: &Entra, app: AppId, at: SignOnAt<'_>) -> Result<Ask, Refusal> {
    let sso = usable(entra, app, at)?;
    let reply_url = reply_url(entra, app, sso, None, at)?;
    match sso.signed_requests {
        true => Err(Refusal::unsigned()),
        false => Ok(Ask { app, request: None, reply_url, relay_state: sso.relay_state.clone() }),
    }
}

/// Judges a request to sign a user out: the application is known.
///
/// # Errors
/// Why it is not carried out.
pub fn requested_logout(
    entra: &Entra,
    text: &str,
    at: SignOnAt<'_>,
) -> Result<(AppId, LogoutRequest), Refusal> {
    let request =
        LogoutRequest::read(text).map_err(|error| Refusal::unreadable(&error.to_string()))?;
    if !is_id(&request.id) {
        return Err(Refusal::bad_id(&request.id));
    }
    let app = named(entra, &request.issuer, at)?;
    Ok((app, request))
}

/// Judges what an application answers about signing a user out: the application is known.
///
/// # Errors
/// Why it is not taken.
pub fn answered_logout(
    entra: &Entra,
    text: &str,
    at: SignOnAt<'_>,
) -> Result<(AppId, LogoutAnswer), Refusal> {
    let answer =
        LogoutAnswer::read(text).map_err(|error| Refusal::unreadable(&error.to_string()))?;
    if !is_id(&answer.id) {
        return Err(Refusal::bad_id(&answer.id));
    }
    let app = named(entra, &answer.issuer, at)?;
    Ok((app, answer))
}

/// The answer to a request to sign a user out, and where it goes; `None` when the application has
/// no address for it. Its issuer is not that of everything else [saml-logout].
pub fn logged_out(
    entra: &Entra,
    (app, request): &(AppId, LogoutRequest),
    at: SignOnAt<'_>,
) -> Option<(String, String)> {
    let sso = entra.sso_of(*app);
    let url = at.whole(sso.logout_url.as_deref()?);
    let key = format!("{} {}", request.id, at.outside.as_micros());
    let response = LogoutResponse {
        id: format!("_{}", show_guid(at.seed.guid("logout response", &key, 0))),
        issue_instant: at.time_at(&url),
        destination: url.clone(),
        in_response_to: request.id.clone(),
        issuer: format!("https://login.microsoftonline.com/{}/", identity::tenant_id(at.seed)),
    };
    Some((url, response.write()))
}

/// Checks that the way in which a user signed in is one that was asked for. A password session has
/// the classes of a password and no other [saml-protocol] (list assumed).
///
/// # Errors
/// When it is none of them.
pub(super) fn context_fits(ask: &Ask) -> Result<(), Refusal> {
    const FIT: [&str; 3] = [context::PASSWORD, context::PROTECTED, context::UNSPECIFIED];
    let Some(asked) = ask.request.as_ref().and_then(|it| it.context.as_ref()) else {
        return Ok(());
    };
    let fits = asked.classes.is_empty() || asked.classes.iter().any(|it| FIT.contains(&&**it));
    match fits && asked.comparison == "exact" {
        true => Ok(()),
        false => Err(Refusal::other_context("Password", &asked.classes.join(", "))),
    }
}

/// The application that has this identifier.
fn named(entra: &Entra, issuer: &str, at: SignOnAt<'_>) -> Result<AppId, Refusal> {
    let has = |app: &AppId| {
        let sso = entra.sso_of(*app);
        let id = || entra.app_names(*app, at.seed).client_id();
        sso.identifiers.iter().any(|known| known == issuer) || issuer == id()
    };
    let tenant = || identity::tenant_id(at.seed);
    entra.apps().find(has).ok_or_else(|| Refusal::unknown_application(issuer, &tenant()))
}

fn usable<'e>(entra: &'e Entra, app: AppId, at: SignOnAt<'_>) -> Result<&'e SsoSettings, Refusal> {
    let sso = entra.sso_of(app);
    let id = || entra.app_names(app, at.seed).client_id();
    if sso.enabled { Ok(sso) } else { Err(Refusal::application_disabled(&id())) }
}

/// Where the Response goes: where it is wanted, if that is registered letter by letter.
fn reply_url(
    entra: &Entra,
    app: AppId,
    sso: &SsoSettings,
    wanted: Option<&str>,
    at: SignOnAt<'_>,
) -> Result<String, Refusal> {
    let mut registered = sso.reply_urls.iter().map(|url| at.whole(url));
    match wanted {
        None => registered.next().ok_or_else(Refusal::no_reply_url),
        Some(wanted) => registered.find(|url| url == wanted).ok_or_else(|| {
            Refusal::foreign_reply_url(wanted, &entra.app_names(app, at.seed).client_id())
        }),
    }
}
