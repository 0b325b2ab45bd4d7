//! The tenant's authority: the endpoints at which clients of the tenant get tokens, as
//! `login.microsoftonline.com` has them, for the Graph API and for registered applications
//! [id-tokens].
//!
//! Nothing here reads a clock or draws from the air: a request comes with the real time, since a
//! token's own life is real time, and the key and the chance are handed in at the start. Secrets of
//! applications expire in virtual time. What is issued belongs to one process, and no journal has
//! it; that there was a sign-in is a row of the sign-in log, which the journal has.

mod assertion;
mod authorize;
mod claims;
mod client;
mod device;
mod discovery;
mod error;
mod form;
mod grants;
mod kept;
mod logged;
mod logout;
mod page;
mod path;
mod permissions;
mod registration;
mod scopes;
mod token;
mod trust;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use http::{Method, Request, Response, StatusCode};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;
use serde_json::Value;

use super::Entra;
use super::identity;
use super::sign_in_log::LoggedSignIn;
use super::tenant::{Tenant, UserKey};
use crate::base::jwt::{JwtKey, KeySet};
use crate::base::seed::show_guid;
use crate::base::{Seed, Time};
use authorize::Code;
use device::DeviceSignIn;
use error::SignInError;
use form::FormFields;
use grants::Consent;
use kept::Kept;
pub use logout::signs_out;
use path::{Path, SignInEndpoint};
pub use path::{SignInRow, is_for_programs, leads_here, sign_in_rows};
pub use registration::{DEMO_SECRET, client_id, client_principal, demo_client_id};
pub use trust::has_signed_token;

/// How long an access token is good, in seconds [client-creds].
const ACCESS_TOKEN_SECS: i64 = 3_599;

/// How long an authorization code is good, in seconds [auth-code].
const CODE_SECS: i64 = 600;

/// How long a code of the device flow is good, in seconds [device-code].
const DEVICE_CODE_SECS: i64 = 900;

/// How long a refresh token is good, in seconds: 90 days [auth-code].
const REFRESH_TOKEN_SECS: i64 = 90 * 86_400;

/// How many codes of each kind, and how many refresh tokens, are kept; the oldest go first.
const KEPT_MAX: usize = 1_000;

/// Signs tokens and remembers what it has issued.
pub struct Authority {
    key: JwtKey,
    /// The certificate of the key, as the key set publishes it: DER in base64.
    certificate: String,
    chance: ChaCha20Rng,
    codes: Kept<Code>,
    refresh_tokens: Kept<Consent>,
    device_codes: Kept<DeviceSignIn>,
    /// The sign-ins that were not taken over into the log yet.
    sign_ins: Vec<LoggedSignIn>,
}

/// Where and when a request arrives.
#[derive(Clone, Copy)]
pub struct At<'a> {
    /// The scheme, host and port that the client used: `https://127.0.0.1:4041`.
    pub base: &'a str,
    /// The real time.
    pub real: Time,
    /// The virtual time, in which secrets of applications expire.
    pub now: Time,
    /// When the run began, in virtual time.
    pub start: Time,
    /// The tenant.
    pub entra: &'a Entra,
    /// The seed of its ids.
    pub seed: Seed,
}

impl At<'_> {
    fn tenant(&self) -> &Tenant {
        self.entra.tenant()
    }

    fn tenant_id(&self) -> String {
        identity::tenant_id(self.seed)
    }

    /// The user of this object id or sign-in name.
    fn user(&self, name: &str) -> Option<UserKey> {
        let tenant = self.tenant();
        tenant.find_upn(name).or_else(|| tenant.find_user_id(super::tenant::ObjectId::parse(name)?))
    }

    fn seconds(&self) -> i64 {
        self.real.timestamp().as_second()
    }
}

impl Authority {
    /// An authority that signs with this key, which has a certificate.
    pub fn new(key: JwtKey, certificate: String, chance: ChaCha20Rng) -> Authority {
        let (codes, refresh_tokens) = (Kept::new(KEPT_MAX), Kept::new(KEPT_MAX));
        let device_codes = Kept::new(KEPT_MAX);
        let sign_ins = Vec::new();
        Authority { key, certificate, chance, codes, refresh_tokens, device_codes, sign_ins }
    }

    /// The sign-ins since the last call of this, for the sign-in log.
    pub fn take_sign_ins(&mut self) -> Vec<LoggedSignIn> {
        std::mem::take(&mut self.sign_ins)
    }

    /// The response to a request that leads here.
    pub fn answer(&mut self, request: &Request<Bytes>, at: At<'_>) -> Response<Bytes> {
        let asked = match Asked::of(request, at) {
            Ok(asked) => asked,
            Err(error) => return self.refused(&error, request.uri().path(), None, at),
        };
        let answered = match asked.path.endpoint {
            SignInEndpoint::Discovery(version) => Ok(json(&discovery::document(at, version))),
            SignInEndpoint::Instances => Ok(json(&discovery::instances(at))),
            SignInEndpoint::Keys => Ok(json(&self.published(at))),
            SignInEndpoint::Token(version) => self.token(&asked, version),
            SignInEndpoint::Authorize(version) => self.sign_in(&asked, version),
            SignInEndpoint::DeviceCode => self.device_code(&asked),
            SignInEndpoint::DeviceSignIn => self.device_sign_in(&asked),
            SignInEndpoint::UserInfo => self.user_info(&asked),
            SignInEndpoint::Logout => logout::signed_out(&asked),
        };
        let (path, correlation) = (request.uri().path(), asked.correlation());
        answered.unwrap_or_else(|error| self.refused(&error, path, correlation, at))
    }

    /// The refusal of a form that is larger than `limit` bytes.
    pub fn too_large(&mut self, path: &str, limit: usize, at: At<'_>) -> Response<Bytes> {
        let error = SignInError::too_large(limit);
        self.refused(&error, path, None, at)
    }

    /// A refusal as the peer reads it: a page where a person is, OAuth's error for a program.
    fn refused(
        &mut self,
        error: &SignInError,
        path: &str,
        correlation: Option<&str>,
        at: At<'_>,
    ) -> Response<Bytes> {
        let is_page = Path::of(path).is_some_and(|path| path.endpoint.is_page());
        if !is_page {
            return error.response(at, correlation, &mut self.chance);
        }
        let request = guid(&mut self.chance);
        let correlation = correlation.map_or_else(|| guid(&mut self.chance), str::to_owned);
        page::refused(error, &[request, correlation], &error::page_stamp(at))
    }

    /// The key set: the key of this process, and those with which the tenant's provisioning service
    /// signs in at applications.
    fn published(&self, at: At<'_>) -> Value {
        let number = at.entra.job().settings().oauth.signing_key;
        let mut set = identity::published_keys(number).to_json();
        let mut own = KeySet::new([self.key.public()]).to_json();
        if let Some(key) = own["keys"].as_array_mut().and_then(|keys| keys.pop())
            && let Some(keys) = set["keys"].as_array_mut()
        {
            keys.push(discovery::with_certificate(key, &self.certificate, at));
        }
        set
    }

    /// A text that nobody can guess.
    fn opaque(&mut self) -> String {
        opaque(&mut self.chance)
    }
}

/// A request as the endpoints read it.
struct Asked<'a> {
    request: &'a Request<Bytes>,
    at: At<'a>,
    path: Path<'a>,
    query: FormFields,
    form: FormFields,
}

impl<'a> Asked<'a> {
    fn of(request: &'a Request<Bytes>, at: At<'a>) -> Result<Asked<'a>, SignInError> {
        let path = Path::of(request.uri().path())
            .ok_or_else(|| SignInError::malformed("there is no such endpoint"))?;
        if !path.names_tenant(at) {
            return Err(SignInError::unknown_tenant(path.tenant));
        }
        if !path.endpoint.takes(request.method()) {
            return Err(SignInError::wrong_method());
        }
        let query = FormFields::parse(request.uri().query().unwrap_or_default());
        let form = match *request.method() {
            Method::POST => FormFields::of_body(request)?,
            _ => FormFields::default(),
        };
        Ok(Asked { request, at, path, query, form })
    }

    /// The id by which a client finds its request again.
    fn correlation(&self) -> Option<&str> {
        let header = self.request.headers().get("client-request-id");
        header.and_then(|id| id.to_str().ok()).or_else(|| self.query.get("client-request-id"))
    }
}

/// 256 bits, in URL-safe base64.
fn opaque(chance: &mut ChaCha20Rng) -> String {
    use base64ct::Encoding;
    let mut bytes = [0; 32];
    chance.fill_bytes(&mut bytes);
    base64ct::Base64UrlUnpadded::encode_string(&bytes)
}

/// A GUID that is drawn from the chance of the process.
fn guid(chance: &mut ChaCha20Rng) -> String {
    show_guid(Seed(chance.next_u64()).guid("request", "", chance.next_u64()))
}

fn json(value: &Value) -> Response<Bytes> {
    whole(StatusCode::OK, "application/json; charset=utf-8", value.to_string())
}

/// A response that no cache may keep (RFC 6749, section 5.1).
fn whole(status: StatusCode, kind: &'static str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("pragma"), HeaderValue::from_static("no-cache"));
    response
}

/// Leads a browser on to a client.
fn redirect(to: &str) -> Result<Response<Bytes>, SignInError> {
    let mut response = whole(StatusCode::FOUND, "text/plain; charset=utf-8", String::new());
    let to = HeaderValue::from_str(to)
        .map_err(|_| SignInError::malformed("the redirect_uri has characters that no URI has"))?;
    response.headers_mut().insert(LOCATION, to);
    Ok(response)
}
