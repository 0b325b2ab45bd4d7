//! What the job signs in with: a secret token, a token of the tenant's own, or the access tokens of
//! a token endpoint.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::requests::Bearer;
use super::token::AccessGrant;
use crate::base::{Seed, Time};
use crate::entra::admin::ProvisioningMode;
use crate::entra::identity::{self, Validity};
use crate::entra::policy::{NewToken, Policy};
use crate::entra::settings::Settings;
use crate::entra::sign_in::AuthMethod;

/// What the job signs in with.
#[derive(Default)]
pub(super) struct Credentials {
    method: Method,
    /// The token in use; `None` when the next request needs a new one.
    token: Option<AccessToken>,
    /// How many tokens there were so far; the number of a token tells it from later ones.
    obtained: u64,
    /// Whether a token request is under way.
    asking: bool,
}

#[derive(Default)]
enum Method {
    /// Nothing was filled in.
    #[default]
    Unknown,
    /// A secret token as a header; `None` if no header can carry it.
    Secret(Option<Box<Bearer>>),
    /// The secret was left blank: a token that the tenant signs travels instead [scim-dev].
    Blank,
    /// Access tokens of a token endpoint.
    OAuth(AuthMethod),
}

struct AccessToken {
    /// `None` if no header can carry it.
    bearer: Option<Bearer>,
    /// When a new one is needed; `None` if no end is known.
    renew_at: Option<Time>,
    ends: Option<Time>,
    /// Whether the application has accepted it.
    proved: bool,
}

impl Credentials {
    /// The credentials that the administrator has filled in.
    pub fn new(settings: &Settings) -> Credentials {
        let method = match (settings.auth, &settings.secret) {
            _ if settings.mode != ProvisioningMode::Automatic => Method::Unknown,
            (AuthMethod::Bearer, None) => Method::Unknown,
            (AuthMethod::Bearer, Some(secret)) if secret.is_empty() => Method::Blank,
            (AuthMethod::Bearer, Some(secret)) => Method::Secret(Bearer::new(secret).map(Box::new)),
            (oauth, _) => Method::OAuth(oauth),
        };
        Credentials { method, ..Credentials::default() }
    }

    /// Whether nothing was filled in.
    pub fn is_empty(&self) -> bool {
        matches!(self.method, Method::Unknown)
    }

    /// Whether access tokens come from a token endpoint.
    pub fn is_oauth(&self) -> bool {
        matches!(self.method, Method::OAuth(_))
    }

    /// What a request carries.
    pub fn bearer(&self) -> Option<&Bearer> {
        match &self.method {
            Method::Secret(bearer) => bearer.as_deref(),
            _ => self.token.as_ref()?.bearer.as_ref(),
        }
    }

    /// Whether a request can be sent without a token being fetched first.
    pub fn are_ready(&self, now: Time) -> bool {
        match self.method {
            Method::Unknown | Method::Secret(_) => true,
            Method::Blank | Method::OAuth(_) => self
                .token
                .as_ref()
                .is_some_and(|token| token.renew_at.is_none_or(|renew_at| renew_at > now)),
        }
    }

    /// Whether the token in use has not ended, so that a request may still travel with it.
    pub fn are_good(&self, now: Time) -> bool {
        match self.method {
            Method::Unknown | Method::Secret(_) => true,
            Method::Blank | Method::OAuth(_) => {
                self.token.as_ref().is_some_and(|token| token.ends.is_none_or(|ends| ends > now))
            }
        }
    }

    /// Whether a token request is under way.
    pub fn are_asking(&self) -> bool {
        self.asking
    }

    /// Notes that a token request is sent, or that it has its reply.
    pub fn ask(&mut self, asking: bool) {
        self.asking = asking;
    }

    /// The number of the token in use.
    pub fn number(&self) -> u64 {
        self.obtained
    }

    /// Takes a token that was granted now.
    pub fn take(&mut self, grant: AccessGrant, now: Time, policy: &Policy) {
        let margin = |lifetime: Duration| policy.token_renewal.min(lifetime / 2);
        // A token must be good for one request at least, whatever its lifetime.
        let lifetime = grant.lifetime.map(|lifetime| lifetime.max(Duration::from_secs(1)));
        self.obtained += 1;
        self.token = Some(AccessToken {
            bearer: Bearer::new(&grant.token),
            renew_at: lifetime.map(|lifetime| now + (lifetime - margin(lifetime))),
            ends: lifetime.map(|lifetime| now + lifetime),
            proved: false,
        });
    }

    /// Makes the tenant's own token, which needs no request; returns whether that is the method.
    pub fn sign_own(&mut self, key: u64, now: Time, seed: Seed, policy: &Policy) -> bool {
        let blank = matches!(self.method, Method::Blank);
        if blank {
            let when = validity(now, policy);
            let token = identity::blank_secret_token(seed, key, when);
            let lifetime = Some(when.until.since(now));
            self.take(AccessGrant { token, lifetime }, now, policy);
        }
        blank
    }

    /// A cycle begins: some jobs ask for a new token then [refcode-wif].
    pub fn begin_cycle(&mut self, policy: &Policy) {
        let renews = match (policy.new_token_each_cycle, &self.method) {
            (NewToken::Always, Method::OAuth(_)) => true,
            (NewToken::Federation, Method::OAuth(method)) => *method == AuthMethod::Federation,
            _ => false,
        };
        if renews {
            self.token = None;
        }
    }

    /// The application has accepted the token of this number.
    pub fn prove(&mut self, number: u64) {
        if let Some(token) = self.token.as_mut().filter(|_| number == self.obtained) {
            token.proved = true;
        }
    }

    /// The application has refused the token of this number (401). Returns whether to send the
    /// request again, with a newer token or after a new one was asked for: once, and only when the
    /// token had been good before (assumed).
    pub fn renew(&mut self, number: u64, policy: &Policy) -> bool {
        if !self.is_oauth() || !policy.token_after_401 {
            return false;
        }
        if number < self.obtained || self.token.is_none() {
            return true;
        }
        let proved = self.token.as_ref().is_some_and(|token| token.proved);
        if proved {
            self.token = None;
        }
        proved
    }
}

/// When a token that the tenant signs now is good.
fn validity(now: Time, policy: &Policy) -> Validity {
    let from = now.before(policy.tenant_token_backdated);
    Validity { from, until: from + policy.tenant_token_lifetime }
}

/// The characters to encode in a form; a space becomes `+` (the URL standard's form encoding).
const FORM: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*').remove(b' ');

/// The request for an access token: a form, with the credentials in its body [gallery-val,
/// refcode-wif].
pub(super) fn token_request(settings: &Settings, now: Time, seed: Seed) -> Request<Bytes> {
    let oauth = &settings.oauth;
    let mut fields = vec![
        ("grant_type", "client_credentials".to_owned()),
        ("client_id", oauth.client_id.clone().unwrap_or_default()),
    ];
    if settings.auth == AuthMethod::Federation {
        let (key, audience) = (oauth.signing_key, oauth.audience.as_deref());
        let when = validity(now, &settings.policy);
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        fields.push(("client_assertion_type", kind.to_owned()));
        fields.push(("client_assertion", identity::client_assertion(seed, key, audience, when)));
    } else {
        fields.push(("client_secret", oauth.client_secret.clone().unwrap_or_default()));
    }
    fields.extend(oauth.scope.clone().map(|scope| ("scope", scope)));
    let encode = |(name, value): (&str, String)| {
        format!("{name}={}", utf8_percent_encode(&value, FORM).to_string().replace(' ', "+"))
    };
    let body: Vec<String> = fields.into_iter().map(encode).collect();
    let mut request = Request::new(Bytes::from(body.join("&")));
    *request.method_mut() = http::Method::POST;
    *request.uri_mut() = settings.token_path().parse().unwrap_or_default();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers_mut().insert(CONTENT_TYPE, form);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}
