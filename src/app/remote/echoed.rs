//! What a request carries that lets the client in, taken out of the answer as it is read, so that
//! no output can show it.

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{Request, Response};

use super::secrets::may_be_secret;
use crate::recording::Echo;

/// The secrets of a request; headers of these names were typed, so that their values are none.
pub(super) fn secrets_of(request: &Request<Bytes>, typed: &[HeaderName]) -> Echo {
    let headers = request.headers().iter().filter(|(name, value)| {
        *name == AUTHORIZATION
            || may_be_secret(name.as_str())
            || (value.is_sensitive() && !typed.contains(name))
    });
    let form = std::str::from_utf8(request.body()).unwrap_or_default();
    Echo::of(headers.map(|(_, value)| value.as_bytes()), form)
}

/// Takes them out of the answer.
pub(super) fn mask(echo: &Echo, response: &mut Response<Bytes>) {
    if let Some(masked) = echo.without(response.body()) {
        *response.body_mut() = masked.into();
    }
    for value in response.headers_mut().values_mut() {
        let masked = echo.without(value.as_bytes());
        if let Some(masked) = masked.and_then(|masked| HeaderValue::try_from(masked).ok()) {
            *value = masked;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_the_client_in_is_taken_out_and_what_was_typed_stays() {
        let mut key = HeaderValue::from_static("k-123456789");
        key.set_sensitive(true);
        let request = Request::builder()
            .header("authorization", "Bearer token-of-a-target")
            .header("x-b", key)
            .body(Bytes::new())
            .expect("a request");
        let shown = |typed: &[HeaderName]| {
            let said = "k-123456789 with token-of-a-target";
            let response = Response::builder().header("www-authenticate", said);
            let mut response = response.body(Bytes::from_static(said.as_bytes())).expect("one");
            mask(&secrets_of(&request, typed), &mut response);
            let body = String::from_utf8_lossy(response.body()).into_owned();
            assert_eq!(response.headers()["www-authenticate"], body);
            body
        };
        assert_eq!(shown(&[]), "*** with ***");
        assert_eq!(shown(&[HeaderName::from_static("x-b")]), "k-123456789 with ***");
    }
}
