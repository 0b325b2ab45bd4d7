//! Signing in at the identity provider, and out again.

use bytes::Bytes;
use http::header::{HeaderValue, SET_COOKIE};
use http::{Response, StatusCode};

use super::html::{Page, see_other};
use super::input::{PageForm, place};
use super::shown::Shown;
use crate::base::html::escaped;
use crate::base::{Moment, Seed};
use crate::golinks::{AccountId, Event, GoLinks};
use crate::saml::{AuthnRequest, binding, names};

/// The cookie of a session.
pub(super) const COOKIE: &str = "golinks_session";

/// What the cookie of a session says: its number, and what only GoLinks can derive from it.
pub(super) fn cookie_value(
    golinks: &GoLinks,
    id: AccountId,
    session: u64,
    seed: Seed,
) -> Option<String> {
    let began = golinks.sessions(id).iter().find(|it| it.number == session)?.began;
    let secret = seed.named("session", &format!("{id} {}", began.rfc3339()), session);
    Some(format!("{session}.{secret:032x}"))
}

/// The page at which a user begins to sign in.
pub(super) fn page(shown: &Shown<'_>) -> Page {
    let wanted = PageForm::parse(shown.query);
    let to = place(wanted.as_ref().map_or("", |form| form.get("to")));
    let body = match &shown.visitor {
        Some(visitor) => {
            format!("<p>You are signed in as <b>{}</b>.</p>", escaped(&visitor.user_name))
        }
        None => format!(
            "<p>People of this workspace sign in with Microsoft Entra ID.</p>\
             <form method=post action=\"/golinks/sign-in\">\
             <input type=hidden name=to value=\"{}\"><button class=primary>Sign in with Entra</button>\
             </form>",
            escaped(to)
        ),
    };
    Page::new("Sign in", body)
}

/// Sends the browser to the identity provider with a request to sign in [golinks].
pub(super) fn ask(
    golinks: &mut GoLinks,
    form: &PageForm,
    moment: &Moment<'_, Event>,
) -> Response<Bytes> {
    let Some(provider) = golinks.identity_provider().map(|it| it.sign_on_url.clone()) else {
        return see_other("/golinks/sign-in");
    };
    let request = AuthnRequest {
        id: golinks.ask_to_sign_in(moment),
        issue_instant: moment.now(),
        issuer: golinks.settings().sso.entity_id.clone(),
        destination: None,
        acs_url: None,
        name_id_format: Some(names::format::EMAIL.to_owned()),
        force_authn: false,
        is_passive: false,
        context: None,
        unsupported: Vec::new(),
        signed: false,
    };
    let to = place(form.get("to"));
    let query = binding::redirect_query("SAMLRequest", &request.write(), Some(to));
    see_other(format!("{provider}?{query}"))
}

/// Takes the Response that a browser brings from the identity provider.
pub(super) fn take_response(
    golinks: &mut GoLinks,
    form: &PageForm,
    moment: &mut Moment<'_, Event>,
) -> Response<Bytes> {
    let text = binding::read_posted(form.get("SAMLResponse"));
    let entered = golinks.take_response(text.as_deref().unwrap_or_default(), moment);
    let session = match entered {
        Ok(session) => session,
        Err(why) => {
            let shown = Shown { golinks, now: moment.now(), visitor: None, query: "" };
            let why = format!(
                "GoLinks did not sign you in: {}. Ask an administrator of GoLinks.",
                why.text()
            );
            return Page::refusal(StatusCode::FORBIDDEN, &why).response(&shown);
        }
    };
    let mut response = see_other(place(form.get("RelayState")));
    let id = golinks.account_of_session(session);
    let value = id.and_then(|id| cookie_value(golinks, id, session, moment.seed()));
    if let Some(value) = value {
        set_cookie(&mut response, &format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax"));
    }
    response
}

/// Forgets the session's cookie.
pub(super) fn signed_out() -> Response<Bytes> {
    let mut response = see_other("/golinks/sign-in");
    set_cookie(&mut response, &format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"));
    response
}

fn set_cookie(response: &mut Response<Bytes>, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().insert(SET_COOKIE, value);
    }
}
