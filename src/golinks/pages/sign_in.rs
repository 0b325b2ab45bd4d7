//! Signing in at the identity provider or as the owner of the workspace, and out again.

use bytes::Bytes;
use http::{Response, StatusCode};

use super::done::NotDone;
use super::html::{Page, see_other, set_cookie};
use super::input::place;
use super::shown::{PagePlace, Shown, Visitor};
use crate::base::html::escaped;
use crate::base::{Moment, Seed};
use crate::golinks::form::FormFields;
use crate::golinks::rights::Actor;
use crate::golinks::{Event, GoLinks};
use crate::saml::{AuthnRequest, binding, names};

/// The cookie of the workspace that pages show.
pub(super) const WORKSPACE_COOKIE: &str = "golinks_workspace";

/// The number in the cookie of the owner of the workspace, which no session has.
const OWNER: u64 = 0;

/// What the cookie of a session says: its number, and what only GoLinks can derive from it.
pub(super) fn cookie_value(golinks: &GoLinks, session: u64, seed: Seed) -> Option<String> {
    if session == OWNER {
        let allowed = !golinks.settings().sso.required;
        return allowed.then(|| format!("{OWNER}.{:032x}", seed.named("session", "owner", OWNER)));
    }
    let id = golinks.account_of_session(session)?;
    let began = golinks.sessions(id).iter().find(|it| it.number == session)?.began;
    let secret = seed.named("session", &format!("{id} {}", began.rfc3339()), session);
    Some(format!("{session}.{secret:032x}"))
}

/// The visitor with the cookie of a session that has not ended.
pub(super) fn visitor(golinks: &GoLinks, value: &str, seed: Seed) -> Option<Visitor> {
    let session: u64 = value.split('.').next()?.parse().ok()?;
    if value != cookie_value(golinks, session, seed)? {
        return None;
    }
    let actor = match session {
        OWNER => Actor::Owner,
        _ => Actor::Person(golinks.account_of_session(session)?),
    };
    let name = match actor {
        Actor::Owner => "the owner of the workspace".into(),
        Actor::Person(id) => golinks.name_of(id),
    };
    Some(Visitor { actor, session, name, role: golinks.role_of(actor) })
}

/// The page at which a visitor begins to sign in.
pub(super) fn page(shown: &Shown<'_>) -> Page {
    let wanted = FormFields::parse(shown.query);
    let to = escaped(place(wanted.as_ref().map_or("", |form| form.get("to"))));
    if let Some(visitor) = &shown.visitor {
        let name = escaped(&visitor.name);
        let body = format!(
            "<p>You are signed in as <b>{name}</b>. <a href=\"{to}\">Go on</a>, or sign out first to be \
             someone else.</p>"
        );
        return Page::new("Sign in", body);
    }
    let mut body = format!(
        "<form method=post action=\"/golinks/sign-in\" class=door><input type=hidden name=to value=\"{to}\">\
         <button class=primary>Sign in with Entra</button>\
         <p>As a person of the tenant, by single sign-on: with that person’s role.</p></form>"
    );
    if !shown.golinks.settings().sso.required {
        body += &format!(
            "<form method=post action=\"/golinks/sign-in\" class=door><input type=hidden name=to value=\"{to}\">\
             <input type=hidden name=as value=owner><button>Open as the owner</button>\
             <p>Who has set the workspace up, without Entra and without an account: everything can be seen \
             and done.</p></form>"
        );
    }
    Page::new("Sign in", body)
}

/// Lets the owner of the workspace in, or sends the browser to the identity provider with a request
/// to sign in [golinks].
pub(super) fn ask(
    golinks: &mut GoLinks,
    form: &FormFields,
    at: &PagePlace,
    moment: &Moment<'_, Event>,
) -> Result<Response<Bytes>, NotDone> {
    let to = place(form.get("to"));
    if form.get("as") == "owner" {
        let value = cookie_value(golinks, OWNER, moment.seed());
        let value = value.ok_or_else(|| {
            let why = "This workspace lets people in by single sign-on alone.";
            (StatusCode::FORBIDDEN, why.to_owned())
        })?;
        let mut response = see_other(to);
        set_cookie(&mut response, &at.cookie(&at.session_cookie(), &value));
        return Ok(response);
    }
    let Some(provider) = golinks.identity_provider().map(|it| it.sign_on_url.clone()) else {
        let why = "Single sign-on is not set up: GoLinks has no metadata of an identity provider.";
        return Err((StatusCode::CONFLICT, why.to_owned()));
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
    let query = binding::redirect_query("SAMLRequest", &request.write(), Some(to));
    Ok(see_other(format!("{provider}?{query}")))
}

/// Takes the Response that a browser brings from the identity provider.
pub(super) fn take_response(
    golinks: &mut GoLinks,
    form: &FormFields,
    at: &PagePlace,
    moment: &mut Moment<'_, Event>,
) -> Result<Response<Bytes>, NotDone> {
    let text = binding::read_posted(form.get("SAMLResponse"));
    let entered = golinks.take_response(text.as_deref().unwrap_or_default(), moment);
    let session = entered.map_err(|why| {
        let advice = "Ask an admin of GoLinks, or sign in again.";
        let why = format!("GoLinks did not sign you in: {}. {advice}", why.text());
        (StatusCode::FORBIDDEN, why)
    })?;
    let mut response = see_other(place(form.get("RelayState")));
    if let Some(value) = cookie_value(golinks, session, moment.seed()) {
        set_cookie(&mut response, &at.cookie(&at.session_cookie(), &value));
    }
    if at.workspaces.len() > 1 {
        set_cookie(&mut response, &at.cookie(WORKSPACE_COOKIE, &at.current.to_string()));
    }
    Ok(response)
}

/// Ends the visitor's session, and forgets its cookie.
pub(super) fn out(
    golinks: &mut GoLinks,
    visitor: Option<&Visitor>,
    at: &PagePlace,
    moment: &mut Moment<'_, Event>,
) -> Response<Bytes> {
    if let Some(visitor) = visitor {
        golinks.sign_out(visitor.session, moment);
    }
    let mut response = see_other("/golinks/sign-in?done=out");
    set_cookie(&mut response, &format!("{}; Max-Age=0", at.cookie(&at.session_cookie(), "")));
    response
}

/// Shows another workspace from now on.
pub(super) fn choose_workspace(query: &str, at: &PagePlace) -> Response<Bytes> {
    let mut response = see_other("/golinks/links");
    let nth = FormFields::parse(query).and_then(|form| form.get("nth").parse::<usize>().ok());
    if let Some(nth) = nth.filter(|nth| *nth < at.workspaces.len()) {
        set_cookie(&mut response, &at.cookie(WORKSPACE_COOKIE, &nth.to_string()));
    }
    response
}
