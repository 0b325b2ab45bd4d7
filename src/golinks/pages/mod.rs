//! GoLinks' own pages: links, people, SCIM, single sign-on, the audit log, and signing in. Plain
//! HTML with forms: no script, so that nothing a user writes can run.
//!
//! The simulator shows GoLinks as an administrator sees it: whoever opens a page may read all of it
//! and press an administrator's buttons. What is done as a user, such as making a link or following
//! one, takes a session.

mod admin;
mod audit;
mod html;
mod input;
mod links;
mod people;
mod shown;
mod sign_in;

pub use audit::{AuditRow, By, account_row, audit_row};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};

use super::{ACS_PATH, Event, GoLinks};
use crate::base::{Moment, Seed, Time};
use html::{Page, see_other};
use input::{PageForm, cookie};
use shown::{Shown, Visitor};

impl GoLinks {
    /// Whether a path leads to a page of GoLinks, which no base path of SCIM can take.
    pub fn is_page(path: &str) -> bool {
        let first = path.split('/').nth(1).unwrap_or_default();
        path == ACS_PATH || first == "go" || (first == "golinks" && !path.ends_with(".css"))
    }

    /// Whether a request to a page changes nothing, so that it leaves no trace.
    pub fn only_reads<T>(request: &Request<T>) -> bool {
        matches!(*request.method(), Method::GET | Method::HEAD)
            && !request.uri().path().starts_with("/go/")
    }

    /// Shows a page; `audit` has the rows of the audit log, the last one first.
    pub fn show_page(
        &self,
        request: &Request<Bytes>,
        audit: &[AuditRow],
        now: Time,
        seed: Seed,
    ) -> Response<Bytes> {
        let shown = Shown {
            golinks: self,
            now,
            visitor: self.visitor(request, seed),
            query: request.uri().query().unwrap_or_default(),
        };
        let page = match request.uri().path().trim_end_matches('/') {
            "/golinks" | "/golinks/links" => links::page(&shown),
            "/golinks/people" => people::page(&shown),
            "/golinks/scim" => admin::scim(&shown),
            "/golinks/sso" => admin::sso(&shown),
            "/golinks/audit" => audit::page(&shown, audit),
            "/golinks/sign-in" => sign_in::page(&shown),
            _ => Page::refusal(StatusCode::NOT_FOUND, "There is no such page."),
        };
        page.response(&shown)
    }

    /// Carries out what a form of a page asks for, or follows a link.
    pub fn take_form(
        &mut self,
        request: &Request<Bytes>,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        let visitor = self.visitor(request, moment.seed());
        let path = request.uri().path();
        if let Some(name) = path.strip_prefix("/go/") {
            return links::follow(self, name, visitor, moment);
        }
        let Some(form) =
            (*request.method() == Method::POST).then(|| PageForm::read(request)).flatten()
        else {
            return self.refusal(StatusCode::BAD_REQUEST, "This is no form of this page.", moment);
        };
        if path == ACS_PATH {
            return sign_in::take_response(self, &form, moment);
        }
        let done = match path {
            "/golinks/sign-in" => return sign_in::ask(self, &form, moment),
            "/golinks/sign-out" => {
                if let Some(visitor) = visitor {
                    self.sign_out(visitor.session, moment);
                }
                return sign_in::signed_out();
            }
            "/golinks/links" => links::write(self, &form, visitor, moment),
            "/golinks/links/delete" => links::delete(self, &form, moment),
            "/golinks/links/transfer" => links::transfer(self, &form, moment),
            "/golinks/people" => people::change(self, &form, moment),
            "/golinks/scim" => admin::token(self, &form, moment),
            _ => Err("There is no such form.".to_owned()),
        };
        match done {
            Ok(place) => see_other(place),
            Err(why) => self.refusal(StatusCode::CONFLICT, &why, moment),
        }
    }

    fn refusal(
        &self,
        status: StatusCode,
        why: &str,
        moment: &Moment<'_, Event>,
    ) -> Response<Bytes> {
        let shown = Shown { golinks: self, now: moment.now(), visitor: None, query: "" };
        Page::refusal(status, why).response(&shown)
    }

    /// The cookie of a session, for tests.
    #[cfg(test)]
    pub(super) fn cookie_of(&self, session: u64, seed: Seed) -> Option<String> {
        let id = self.account_of_session(session)?;
        sign_in::cookie_value(self, id, session, seed)
    }

    /// Who sends a request, by the cookie of a session that has not ended.
    fn visitor(&self, request: &Request<Bytes>, seed: Seed) -> Option<Visitor> {
        let value = cookie(request, sign_in::COOKIE)?;
        let session: u64 = value.split('.').next()?.parse().ok()?;
        let id = self.account_of_session(session)?;
        let good = sign_in::cookie_value(self, id, session, seed)?;
        (value == good).then(|| Visitor { id, session, user_name: self.name_of(id) })
    }
}
