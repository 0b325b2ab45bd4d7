//! GoLinks' own pages: links, people, API tokens, SCIM, single sign-on, the audit log, and signing
//! in. Plain HTML with forms: no script, so that nothing a user writes can run.
//!
//! A visitor is signed in: as a person of the tenant, with that person's role, or as the owner of
//! the workspace, for whom there are no limits.

mod admin;
mod audit;
mod developer;
mod done;
mod follow;
mod forms;
mod html;
mod input;
mod links;
mod people;
mod shown;
mod sign_in;
mod sso;
mod transfer;
mod wanted;

pub use audit::{AuditRow, By, account_row, audit_row};
pub use forms::PageForm;
pub use shown::PagePlace;
pub use wanted::{LinkWish, Wanted};

use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, AUTHORIZATION, HeaderValue};
use http::{Method, Request, Response, StatusCode};

use super::{ACS_PATH, Event, GoLinks};
use crate::base::{Moment, Seed, Time};
use crate::golinks::form::FormFields;
use crate::golinks::rights::Right;
use done::{no_form, no_session, sentence};
use html::{Page, see_other};
use input::cookie;
use shown::{Shown, Visitor};

/// Refuses a request of another method than browsers send (RFC 9110, section 15.5.6).
fn wrong_method(shown: &Shown<'_>) -> Response<Bytes> {
    let why = "This page is read with GET, and its forms are sent with POST.";
    let mut response = Page::refusal(StatusCode::METHOD_NOT_ALLOWED, why).response(shown);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    response
}

impl GoLinks {
    /// Whether a path leads to a page of GoLinks or to its REST API, which no base path of SCIM can
    /// take.
    pub fn is_page(path: &str) -> bool {
        let first = path.split('/').nth(1).unwrap_or_default();
        path == ACS_PATH || first == "go" || (first == "golinks" && !path.ends_with(".css"))
    }

    /// Whether a request is one of the REST API, whose path a page has too: a browser that only
    /// looks sends no token, and asks for HTML.
    pub fn is_rest<T>(request: &Request<T>) -> bool {
        let html = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
        request.uri().path() == "/golinks"
            && (request.headers().contains_key(AUTHORIZATION)
                || !matches!(*request.method(), Method::GET | Method::HEAD)
                || !html.is_some_and(|accept| accept.contains("text/html")))
    }

    /// Whether a request to a page changes nothing, so that it leaves no trace.
    pub fn only_reads<T>(request: &Request<T>) -> bool {
        matches!(*request.method(), Method::GET | Method::HEAD)
            && !request.uri().path().starts_with("/go/")
            && !GoLinks::is_rest(request)
    }

    /// The workspace that a browser has chosen to see, by its place among them.
    pub fn chosen_workspace<T>(request: &Request<T>) -> usize {
        let chosen = cookie(request, sign_in::WORKSPACE_COOKIE).and_then(|it| it.parse().ok());
        chosen.unwrap_or_default()
    }

    /// Shows a page; `audit` has the rows of the audit log, the last one first.
    pub fn show_page(
        &self,
        request: &Request<Bytes>,
        place: &PagePlace,
        audit: &[AuditRow],
        (now, seed): (Time, Seed),
    ) -> Response<Bytes> {
        let visitor = self.visitor(request, place, seed);
        let query = request.uri().query().unwrap_or_default();
        let path = match request.uri().path().trim_end_matches('/') {
            "/golinks" => "/golinks/links",
            path => path,
        };
        if path == "/golinks/workspace" {
            return sign_in::choose_workspace(query, place);
        }
        let shown = Shown { golinks: self, now, visitor, query, place };
        let Some(visitor) = &shown.visitor else {
            return match path {
                "/golinks/sign-in" => sign_in::page(&shown).response(&shown),
                path => see_other(format!("/golinks/sign-in?to={}", input::place(path))),
            };
        };
        let right = match path {
            "/golinks/people" => Some(Right::SeePeople),
            "/golinks/scim" | "/golinks/sso" | "/golinks/audit" => Some(Right::Settings),
            _ => None,
        };
        if let Some(Err(why)) = right.map(|right| self.may(visitor.actor, right)) {
            return Page::refusal(StatusCode::FORBIDDEN, &why).response(&shown);
        }
        let page = match path {
            "/golinks/links" => links::page(&shown),
            "/golinks/people" => people::page(&shown),
            "/golinks/developer" => developer::page(&shown, None),
            "/golinks/scim" => admin::scim(&shown),
            "/golinks/sso" => sso::page(&shown),
            "/golinks/audit" => audit::page(audit),
            "/golinks/sign-in" => sign_in::page(&shown),
            _ => Page::refusal(StatusCode::NOT_FOUND, "There is no such page."),
        };
        page.response(&shown)
    }

    /// A page that says why a request was not even read.
    pub fn show_refusal(
        &self,
        request: &Request<Bytes>,
        place: &PagePlace,
        (status, why): (StatusCode, &str),
        (now, seed): (Time, Seed),
    ) -> Response<Bytes> {
        let visitor = self.visitor(request, place, seed);
        Page::refusal(status, &sentence(why)).response(&self.shown(visitor, place, now))
    }

    /// Signs a visitor in or out, as a form of a page asks, or follows a link.
    pub fn take_form(
        &mut self,
        request: &Request<Bytes>,
        place: &PagePlace,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        let visitor = self.visitor(request, place, moment.seed());
        let path = request.uri().path();
        if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
            return wrong_method(&self.shown(visitor, place, moment.now()));
        }
        if let Some(entered) = path.strip_prefix("/go/") {
            return follow::follow(self, entered, visitor, place, moment);
        }
        let form = (*request.method() == Method::POST).then(|| FormFields::read(request)).flatten();
        let answered = match (form, &visitor) {
            (None, _) => Err(no_form()),
            (Some(form), _) if path == ACS_PATH => {
                sign_in::take_response(self, &form, place, moment)
            }
            (Some(form), _) if path == "/golinks/sign-in" => {
                sign_in::ask(self, &form, place, moment)
            }
            (Some(_), _) if path == forms::SIGN_OUT => {
                Ok(sign_in::out(self, visitor.as_ref(), place, moment))
            }
            // What changes something is read by `asked_at_page`.
            (Some(_), None) => Err(no_session()),
            (Some(_), Some(_)) => Err((StatusCode::NOT_FOUND, "There is no such form.".to_owned())),
        };
        answered.unwrap_or_else(|(status, why)| {
            let shown = self.shown(visitor, place, moment.now());
            Page::refusal(status, &why).response(&shown)
        })
    }

    fn shown<'a>(&'a self, visitor: Option<Visitor>, place: &'a PagePlace, now: Time) -> Shown<'a> {
        Shown { golinks: self, now, visitor, query: "", place }
    }

    /// The cookie of a session, for tests.
    #[cfg(test)]
    pub(super) fn cookie_of(&self, session: u64, seed: Seed) -> Option<String> {
        sign_in::cookie_value(self, session, seed)
    }

    /// The visitor, by the cookie of a session that has not ended.
    fn visitor(&self, request: &Request<Bytes>, place: &PagePlace, seed: Seed) -> Option<Visitor> {
        sign_in::visitor(self, cookie(request, &place.session_cookie())?, seed)
    }
}
