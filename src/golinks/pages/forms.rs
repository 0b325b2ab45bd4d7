//! The forms of the pages: each is read, the visitor's role decides, and what could not be done is
//! refused with a sentence, before anything has changed.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::done::{NotDone, no_form, no_session};
use super::html::see_other;
use super::shown::{PagePlace, Visitor};
use super::wanted::{LinkWish, Wanted};
use super::{admin, developer, links, people, sso, transfer};
use crate::base::{Moment, Seed};
use crate::golinks::form::FormFields;
use crate::golinks::rights::{Actor, Right};
use crate::golinks::{ACS_PATH, AccountId, Event, GoLinks};

/// The forms that change something.
const FORMS: [&str; 8] = [
    "/golinks/links",
    "/golinks/links/delete",
    "/golinks/links/transfer",
    "/golinks/people",
    "/golinks/developer",
    NEW_TOKEN,
    "/golinks/scim",
    sso::PATH,
];

/// The form that makes an API token, which is shown once.
const NEW_TOKEN: &str = "/golinks/developer/new";

/// The form that ends a session.
pub(super) const SIGN_OUT: &str = "/golinks/sign-out";

/// A form that was read and may be carried out.
#[derive(Clone, Debug)]
pub struct PageForm {
    /// What is to be done; `None` when everything is so already.
    pub wanted: Option<Wanted>,
    /// Where the browser goes on.
    done: &'static str,
    visitor: Visitor,
}

impl GoLinks {
    /// Whether a request is a form that changes something, which is an action.
    pub fn asks_for_change(request: &Request<Bytes>) -> bool {
        *request.method() == Method::POST && FORMS.contains(&request.uri().path())
    }

    /// Whether a request may be an action: a form that changes something, a link that is followed,
    /// signing in or out.
    pub fn may_act_at_page(request: &Request<Bytes>) -> bool {
        let path = request.uri().path();
        GoLinks::asks_for_change(request)
            || path.starts_with("/go/")
            || (*request.method() == Method::POST && [ACS_PATH, SIGN_OUT].contains(&path))
    }

    /// Whether a request to a page leaves nothing behind unless it is an action: it is a form that
    /// was refused, a link that leads nowhere, or asks to sign in.
    pub fn leaves_nothing_at_page(request: &Request<Bytes>) -> bool {
        let path = request.uri().path();
        FORMS.contains(&path) || path.starts_with("/go/") || path == "/golinks/sign-in"
    }

    /// The link that a visitor follows, and where it leads; `None` where it leads nowhere, which
    /// changes nothing.
    pub fn followed_at_page(
        &self,
        request: &Request<Bytes>,
        place: &PagePlace,
        seed: Seed,
    ) -> Option<(Wanted, Response<Bytes>)> {
        let entered = request.uri().path().strip_prefix("/go/")?;
        let entered = percent_decode_str(entered).decode_utf8_lossy().into_owned();
        let actor = self.visitor(request, place, seed)?.actor;
        let url = self.leads_to(&entered, actor)?;
        Some((Wanted::Link(LinkWish::Follow(entered), actor), see_other(url)))
    }

    /// The person with one session, which this request ends.
    pub fn signs_out(
        &self,
        request: &Request<Bytes>,
        place: &PagePlace,
        seed: Seed,
    ) -> Option<AccountId> {
        let asked = *request.method() == Method::POST && request.uri().path() == SIGN_OUT;
        let visitor = self.visitor(request, place, seed).filter(|_| asked)?;
        match visitor.actor {
            Actor::Person(id) if self.sessions(id).len() == 1 => Some(id),
            _ => None,
        }
    }

    /// What a form of a page asks for. Nothing is changed.
    ///
    /// # Errors
    /// Why the visitor may not, why it cannot be done, or why the form is none.
    pub fn asked_at_page(
        &mut self,
        request: &Request<Bytes>,
        place: &PagePlace,
        seed: Seed,
    ) -> Result<PageForm, NotDone> {
        let form = FormFields::read(request).ok_or_else(no_form)?;
        let visitor = self.visitor(request, place, seed).ok_or_else(no_session)?;
        let (path, actor) = (request.uri().path(), visitor.actor);
        let right = match path {
            "/golinks/people" => Some(Right::ManagePeople),
            "/golinks/scim" | sso::PATH => Some(Right::Settings),
            "/golinks/links/transfer" => Some(Right::TransferLinks),
            _ => None,
        };
        if let Some(right) = right {
            self.may(actor, right).map_err(|why| (StatusCode::FORBIDDEN, why))?;
        }
        let (wanted, done) = match path {
            "/golinks/links" => links::write(self, &form, actor),
            "/golinks/links/delete" => links::delete(self, &form, actor),
            "/golinks/links/transfer" => transfer::transfer(self, &form),
            "/golinks/people" => people::change(self, &form),
            "/golinks/developer" => developer::revoke(self, &form, actor),
            NEW_TOKEN => developer::make(self, actor),
            "/golinks/scim" => admin::token(self, &form),
            sso::PATH => Ok(sso::change(self, &form)),
            _ => Err((StatusCode::NOT_FOUND, "There is no such form.".to_owned())),
        }?;
        Ok(PageForm { wanted, done, visitor })
    }

    /// Notes the form of a visitor that was carried out, and shows what it has done.
    pub fn form_done(
        &self,
        request: &Request<Bytes>,
        place: &PagePlace,
        asked: &PageForm,
        moment: &mut Moment<'_, Event>,
    ) -> Response<Bytes> {
        let (visitor, form) = (asked.visitor.name.clone(), request.uri().path().into());
        moment.emit(Event::FormSent { visitor, form });
        match asked.wanted {
            Some(Wanted::MakeApiToken(id)) => {
                let value = self.api_tokens(id).last().map(|token| token.value.clone());
                let shown = self.shown(Some(asked.visitor.clone()), place, moment.now());
                developer::page(&shown, value.as_deref()).response(&shown)
            }
            _ => see_other(asked.done),
        }
    }
}
