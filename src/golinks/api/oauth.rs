//! The token endpoint: the client-credentials grant of OAuth 2.0 (RFC 6749 4.4), for a client
//! secret or for an assertion that the trusted tenant has signed (RFC 7523 2.2).

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::json;

use crate::base::{Moment, Time};
use crate::golinks::ClientTime;
use crate::golinks::Event;
use crate::golinks::api::query::decode;
use crate::golinks::server::{GoLinks, basic, check_assertion};
use crate::golinks::settings::access::OAuth;

/// The path of the token endpoint, below the base path.
const PATH: &str = "/oauth/token";

/// The type of an assertion (RFC 7523 2.2).
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// An error of RFC 6749 5.2.
struct GrantError {
    error: &'static str,
    /// What is wrong, for people; empty when the error says it all.
    description: String,
}

impl GoLinks {
    /// Whether a path is that of the token endpoint, and there is one.
    pub fn is_token_endpoint(&self, path: &str) -> bool {
        self.settings().oauth.is_some()
            && path.strip_prefix(&*self.settings().base_path) == Some(PATH)
    }
}

/// Handles a request to the token endpoint; `None` when the request is for another path or the
/// server has no such endpoint.
pub(crate) fn token_endpoint(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    moment: &mut Moment<'_, Event>,
) -> Option<Response<Bytes>> {
    if !server.is_token_endpoint(request.uri().path()) {
        return None;
    }
    let oauth = server.settings().oauth.as_ref()?;
    let lifetime = oauth.expires;
    Some(match granted(server, oauth, request, moment.now()) {
        Err(GrantError { error, description }) => {
            // RFC 6749 5.2: a client that could not be authenticated gets 401, all else 400.
            let status = match error {
                "invalid_client" => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            let detail = match description.is_empty() {
                true => error.into(),
                false => format!("{error}: {description}").into(),
            };
            moment.emit(Event::Refused { status: status.as_u16(), scim_type: "", detail });
            let body = match description.is_empty() {
                true => json!({ "error": error }),
                false => json!({ "error": error, "error_description": description }),
            };
            answer(status, body.to_string())
        }
        Ok(()) => {
            let value = server.issue_token(lifetime, ClientTime::of(request), moment);
            let secs = lifetime.as_secs();
            let body = format!(
                "{{\"access_token\":\"{value}\",\"token_type\":\"Bearer\",\"expires_in\":{secs}}}"
            );
            answer(StatusCode::OK, body)
        }
    })
}

/// Checks whether a request may have a token.
fn granted(
    server: &GoLinks,
    oauth: &OAuth,
    request: &Request<Bytes>,
    now: Time,
) -> Result<(), GrantError> {
    let form = Form::read(request)?;
    match (form.field("client_assertion")?, form.field("client_assertion_type")?) {
        (None, None) => check_secret(server, oauth, request, &form, now)?,
        (Some(assertion), Some(kind)) if kind == JWT_BEARER => {
            // The client's name may be left out (RFC 7521 4.2).
            if form.field("client_id")?.is_some_and(|id| id != oauth.client_id) {
                return Err(invalid_client("the client is not known"));
            }
            check_assertion(&assertion, server.settings(), now).map_err(invalid_client)?;
        }
        (_, Some(_)) => return Err(invalid_request("this type of assertion is not taken")),
        (Some(_), None) => return Err(invalid_request("the assertion has no type")),
    }
    match form.field("grant_type")?.as_deref() {
        Some("client_credentials") => Ok(()),
        Some(_) => Err(GrantError { error: "unsupported_grant_type", description: String::new() }),
        None => Err(invalid_request("")),
    }
}

/// Checks name and secret of a client, from the body or from a Basic header (RFC 6749 2.3.1).
fn check_secret(
    server: &GoLinks,
    oauth: &OAuth,
    request: &Request<Bytes>,
    form: &Form<'_>,
    now: Time,
) -> Result<(), GrantError> {
    let sent = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let by_body = form.field("client_id")?.as_deref() == Some(&oauth.client_id);
    let secret = form.field("client_secret")?;
    let is_sent = |value: &str| {
        let by_header =
            || sent.is_some_and(|sent| sent == basic(&oauth.client_id, value).as_bytes());
        (by_body && secret.as_deref() == Some(value)) || by_header()
    };
    let Some((_, expires)) = oauth.secrets().find(|(value, _)| is_sent(value)) else {
        return Err(invalid_client("client id or secret is wrong"));
    };
    match expires.instant(server.start()) {
        Some(ended) if ended <= now => Err(invalid_client("the client secret has expired")),
        _ => Ok(()),
    }
}

/// The fields of a request's body.
struct Form<'a>(&'a str);

impl<'a> Form<'a> {
    fn read(request: &'a Request<Bytes>) -> Result<Form<'a>, GrantError> {
        let kind = request.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let form = kind.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded");
        if request.method() != Method::POST || !form {
            return Err(invalid_request(""));
        }
        std::str::from_utf8(request.body()).map(Form).map_err(|_| invalid_request(""))
    }

    fn field(&self, name: &str) -> Result<Option<String>, GrantError> {
        let value = self.0.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let decoded = value.map(decode).transpose().map_err(|_| invalid_request(""))?;
        Ok(decoded.map(|value| value.into_owned()))
    }
}

fn invalid_client(description: impl Into<String>) -> GrantError {
    GrantError { error: "invalid_client", description: description.into() }
}

fn invalid_request(description: &str) -> GrantError {
    GrantError { error: "invalid_request", description: description.to_owned() }
}

fn answer(status: StatusCode, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"GoLinks\""));
    }
    response
}
