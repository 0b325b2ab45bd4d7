//! Single sign-on: the tenant as the identity provider of its applications, by SAML 2.0.
//!
//! All of it is pure. [`requested`] finds the application that a request comes from and judges the
//! request, [`from_my_apps`] does without one; [`Entra::sign_on`] decides about the user, writes
//! the Response and signs it. Every refusal is a [`Refusal`] with the vendor's number; times are
//! handed in, because service providers of other processes live in real time and GoLinks in the
//! story's.

mod certificates;
mod claims;
mod refusal;
mod request;
mod respond;
mod settings;
#[cfg(test)]
mod tests;
mod written;

pub use certificates::{
    AppCertificate, CERTIFICATE_NAME, CERTIFICATE_YEARS, active, all as certificates,
    asked_for_by_graph, key_id, metadata, preferred,
};
pub use refusal::Refusal;
pub use request::{
    Ask, CameBy, answered_logout, asking_party, from_my_apps, logged_out, party_of, requested,
    requested_logout,
};
pub use respond::{Issued, TenantSession};
pub use settings::{GroupClaims, NameIdSource, SSO_KEYS, SsoSettings};
pub use written::{ADDRESSES, GraphSignOn, own_path};

use super::Entra;
use super::identity;
use super::job::summary::LogNames;
use super::tenant::registry::Registered;
use super::tenant::{AppId, SignOnError, UserKey};
use crate::base::{Seed, Time};

/// Where and when a user signs in.
#[derive(Clone, Copy, Debug)]
pub struct SignOnAt<'a> {
    /// The scheme, host and port of this server as the browser sees it; a reply URL that is only a
    /// path is below it.
    pub base: &'a str,
    /// The time of the story: certificates expire by it, and GoLinks lives in it.
    pub now: Time,
    /// The time of service providers of other processes; the story's where there are none.
    pub outside: Time,
    /// When the run began.
    pub start: Time,
    /// The seed of the tenant's ids.
    pub seed: Seed,
}

impl SignOnAt<'_> {
    /// The identity provider's identifier.
    pub fn issuer(&self) -> String {
        identity::blank_secret_issuer(self.seed)
    }

    /// A path of this server as a URL; any other address as it is.
    pub fn whole(&self, url: &str) -> String {
        if url.starts_with('/') { format!("{}{url}", self.base) } else { url.to_owned() }
    }

    /// Whether a reply URL is at this server: the mock GoLinks, which lives in the story's time.
    pub fn is_own(&self, reply_url: &str) -> bool {
        let rest = reply_url.strip_prefix(self.base);
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// The time of the service provider at this reply URL.
    pub fn time_at(&self, reply_url: &str) -> Time {
        if self.is_own(reply_url) { self.now } else { self.outside }
    }
}

impl Entra {
    /// The names and ids of an application.
    pub fn app_names(&self, app: AppId, seed: Seed) -> LogNames {
        LogNames::of(self.seen_by(app), seed)
    }

    /// The application with this client id, with dashes or without.
    pub fn app_of_client_id(&self, client_id: &str, seed: Seed) -> Option<AppId> {
        let plain = |text: &str| text.replace('-', "").to_ascii_lowercase();
        let wanted = plain(client_id);
        self.apps().find(|app| plain(&self.app_names(*app, seed).client_id()) == wanted)
    }

    /// How users sign in to an application: what the scenario or a client of Graph has set last.
    pub fn sso_of(&self, app: AppId) -> &SsoSettings {
        &self.job_of(app).settings().sso
    }

    /// Where users may be led back to with a code: all that is registered, for any kind of client.
    pub fn redirect_uris(&self, row: &Registered) -> Vec<String> {
        let mut all = row.redirect_uris();
        all.extend(row.app().into_iter().flat_map(|app| self.sso_of(app).reply_urls.clone()));
        all
    }

    /// Whether a user may sign in to an application: the switch of the application, the user's own
    /// state, and the assignment, if one is required.
    ///
    /// # Errors
    /// The reason why Entra refuses the user.
    pub fn may_sign_on(&self, app: AppId, user: UserKey) -> Result<(), SignOnError> {
        if self.tenant().registry().gone(app).is_some() {
            return Err(SignOnError::ApplicationNotFound);
        }
        let sso = self.sso_of(app);
        if !sso.enabled {
            return Err(SignOnError::ApplicationDisabled);
        }
        self.tenant().sign_on(user)?;
        match sso.assignment_required && !self.tenant().is_assigned(app, user) {
            true => Err(SignOnError::NotAssigned),
            false => Ok(()),
        }
    }
}
