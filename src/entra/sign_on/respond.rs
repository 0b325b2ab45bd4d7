//! Carries a sign-in out: decides about the user, and writes and signs the Response.

use super::claims;
use super::refusal::Refusal;
use super::request::{Ask, context_fits};
use super::{SignOnAt, active};
use crate::base::Time;
use crate::base::seed::show_guid;
use crate::entra::Entra;
use crate::entra::event::Event;
use crate::entra::identity;
use crate::entra::job::Moment;
use crate::entra::tenant::{Attribute, SignOnError, Tenant, UserKey};
use crate::saml::names::{context, status};
use crate::saml::{Assertion, Confirmation, IssuedResponse};

/// The session of a user at the tenant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TenantSession {
    /// The user.
    pub user: UserKey,
    /// When the session began, in the time of the story.
    pub began: Time,
    /// The same in the time of service providers of other processes.
    pub began_outside: Time,
    /// How often the user's sessions had been revoked by then; it is over when that changes.
    pub revoked: u32,
}

impl TenantSession {
    /// Whether it is still good: its user may sign in, and nothing has ended it.
    pub fn is_good(&self, tenant: &Tenant) -> bool {
        // A run that began anew has other people.
        self.user.index() < tenant.user_count()
            && tenant.sign_on(self.user).is_ok()
            && tenant.times_revoked(self.user) == self.revoked
    }
}

/// A Response, and where it goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Issued {
    /// The address to which the browser posts it.
    pub reply_url: String,
    /// Its text.
    pub response: String,
    /// What travels along.
    pub relay_state: Option<String>,
}

impl Entra {
    /// Signs a user in to an application: the Response, or the refusal that the tenant shows.
    /// Either is told to the journal.
    ///
    /// # Errors
    /// Why the user is not signed in.
    pub fn sign_on(
        &mut self,
        ask: &Ask,
        session: TenantSession,
        at: SignOnAt<'_>,
        moment: &mut Moment<'_>,
    ) -> Result<Issued, Refusal> {
        let user = session.user;
        let handle = self.tenant().user(user).handle().clone();
        // Whether the user may sign in at all comes first.
        if self.tenant().sign_on(user).is_ok()
            && let Err(refusal) = context_fits(ask)
        {
            moment.emit(Event::SignInRefused { user: handle, why: SignOnError::OtherContext });
            return Err(refusal);
        }
        let wanted = ask.request.as_ref().and_then(|it| it.name_id_format.as_deref());
        let name = self
            .may_sign_on(ask.app, user)
            .and_then(|()| claims::name_id(self, ask.app, user, wanted, at));
        let name = match name {
            Ok(name) => name,
            Err(why) => {
                moment.emit(Event::SignInRefused { user: handle, why });
                return Err(self.refusal(why, ask, user, at));
            }
        };
        self.sign_ons += 1;
        let assertion = self.assertion(ask, session, at, name);
        let response = self.response(ask, at, &assertion);
        moment.emit(Event::SignedOn { user: handle, name_id: assertion.name_id.value.into() });
        let Ask { reply_url, relay_state, .. } = ask.clone();
        Ok(Issued { reply_url, response, relay_state })
    }

    /// A Response that says that there is no session, for an application that wants none begun.
    pub fn no_session(&self, ask: &Ask, at: SignOnAt<'_>) -> Issued {
        let head = self.head(ask, at);
        let message = format!("AADSTS50058: {}", Refusal::no_session().message);
        let text = head.refusing(status::RESPONDER, Some(status::NO_PASSIVE), &message);
        let Ask { reply_url, relay_state, .. } = ask.clone();
        Issued { reply_url, response: text, relay_state }
    }

    fn refusal(&self, why: SignOnError, ask: &Ask, user: UserKey, at: SignOnAt<'_>) -> Refusal {
        let names = self.app_names(ask.app, at.seed);
        let row = self.tenant().user(user);
        let shown = row.sign_in_name().or(row.get(Attribute::DisplayName)).unwrap_or_default();
        let (app_id, tenant) = (names.client_id(), identity::tenant_id(at.seed));
        Refusal::of_user(why, shown, &names.application, (&app_id, &tenant))
    }

    fn assertion(
        &self,
        ask: &Ask,
        session: TenantSession,
        at: SignOnAt<'_>,
        name_id: crate::saml::NameId,
    ) -> Assertion {
        let settings = self.job_of(ask.app).settings();
        let policy = &settings.policy;
        let made = at.time_at(&ask.reply_url);
        let judged = made.before(policy.sso_issue_delay);
        let until = judged + policy.sso_window_after;
        let id = format!("_{}", show_guid(at.seed.guid("assertion", &self.nth(ask), 0)));
        let in_response_to = ask.request.as_ref().map(|request| request.id.clone());
        Assertion {
            issue_instant: made,
            issuer: at.issuer(),
            name_id,
            confirmation: Confirmation {
                in_response_to,
                recipient: Some(ask.reply_url.clone()),
                not_on_or_after: Some(until),
            },
            not_before: Some(judged.before(policy.sso_window_before)),
            not_on_or_after: Some(until),
            audiences: vec![self.audience(ask)],
            attributes: claims::of(self, ask.app, session.user, at),
            authn_instant: Some(match at.is_own(&ask.reply_url) {
                true => session.began.min(made),
                false => session.began_outside.min(made),
            }),
            session_index: Some(id.clone()),
            context: Some(context::PASSWORD.to_owned()),
            id,
        }
    }

    /// The service provider that is meant: the Issuer of the request. What is no URI gets a
    /// prefix, if the vendor's page is taken at its word [saml-protocol].
    fn audience(&self, ask: &Ask) -> String {
        let settings = self.job_of(ask.app).settings();
        let own = || settings.sso.identifiers.first().cloned().unwrap_or_default();
        let name = ask.request.as_ref().map_or_else(own, |request| request.issuer.clone());
        match settings.policy.sso_spn_prefix && !is_uri(&name) {
            true => format!("spn:{name}"),
            false => name,
        }
    }

    fn head(&self, ask: &Ask, at: SignOnAt<'_>) -> IssuedResponse {
        IssuedResponse {
            id: format!("_{}", show_guid(at.seed.guid("saml response", &self.nth(ask), 0))),
            issue_instant: at.time_at(&ask.reply_url),
            destination: ask.reply_url.clone(),
            in_response_to: ask.request.as_ref().map(|request| request.id.clone()),
            issuer: at.issuer(),
        }
    }

    fn response(&self, ask: &Ask, at: SignOnAt<'_>, assertion: &Assertion) -> String {
        let sso = &self.job_of(ask.app).settings().sso;
        let head = self.head(ask, at);
        match active(self, ask.app, at) {
            Some(by) => head.signed(assertion, sso.sign, (&by.key, &by.certificate, sso.algorithm)),
            // Every application has a certificate; a key that cannot be drawn is told in words.
            None => head.refusing(status::RESPONDER, None, "no key could be made for signing"),
        }
    }

    /// What tells this sign-in from all others of the run.
    fn nth(&self, ask: &Ask) -> String {
        format!("{} {}", ask.app.0, self.sign_ons)
    }
}

/// Whether a text is a URI: it begins with a scheme (RFC 3986 3.1).
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}
