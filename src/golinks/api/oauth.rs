//! The token endpoint: the client-credentials grant of OAuth 2.0 (RFC 6749 4.4), as gallery
//! applications use it.

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, Request, Response, StatusCode};

use crate::base::Moment;
use crate::golinks::ClientTime;
use crate::golinks::Event;
use crate::golinks::api::query::decode;
use crate::golinks::server::GoLinks;
use crate::golinks::server::basic;
use crate::golinks::settings::access::OAuth;

/// The path of the token endpoint, below the base path.
pub(crate) const PATH: &str = "/oauth/token";

/// Handles a request to the token endpoint; `None` when the request is for another path or the
/// server has no such endpoint.
pub(crate) fn token_endpoint(
    server: &mut GoLinks,
    request: &Request<Bytes>,
    below: &str,
    moment: &mut Moment<'_, Event>,
) -> Option<Response<Bytes>> {
    let oauth = server.settings().oauth.as_ref().filter(|_| below == PATH)?;
    Some(match granted(oauth, request) {
        Err((status, error)) => {
            moment.emit(Event::Refused {
                status: status.as_u16(),
                scim_type: "",
                detail: error.into(),
            });
            answer(status, format!("{{\"error\":\"{error}\"}}"))
        }
        Ok(()) => {
            let lifetime = oauth.expires;
            let value = server.issue_token(lifetime, ClientTime::of(request), moment);
            let secs = lifetime.as_secs();
            let body = format!(
                "{{\"access_token\":\"{value}\",\"token_type\":\"Bearer\",\"expires_in\":{secs}}}"
            );
            answer(StatusCode::OK, body)
        }
    })
}

/// Checks whether a request may have a token; returns an error of RFC 6749 5.2 if not.
fn granted(oauth: &OAuth, request: &Request<Bytes>) -> Result<(), (StatusCode, &'static str)> {
    const BAD: StatusCode = StatusCode::BAD_REQUEST;
    let kind = request.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let form = kind.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded");
    if request.method() != Method::POST || !form {
        return Err((BAD, "invalid_request"));
    }
    let body = std::str::from_utf8(request.body()).map_err(|_| (BAD, "invalid_request"))?;
    let field = |name: &str| {
        let value = body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        value.map(decode).transpose().map_err(|_| (BAD, "invalid_request"))
    };
    let sent = request.headers().get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let by_header =
        sent.is_some_and(|sent| sent == basic(&oauth.client_id, &oauth.client_secret).as_bytes());
    let by_body = field("client_id")?.as_deref() == Some(&oauth.client_id)
        && field("client_secret")?.as_deref() == Some(&oauth.client_secret);
    if !by_header && !by_body {
        return Err((StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    match field("grant_type")?.as_deref() {
        Some("client_credentials") => Ok(()),
        Some(_) => Err((BAD, "unsupported_grant_type")),
        None => Err((BAD, "invalid_request")),
    }
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
