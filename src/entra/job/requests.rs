//! The requests of the provisioning client, as they go over the wire (scim-wire.md, sections 1 to
//! 9).

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::uri::PathAndQuery;
use http::{Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::entra::settings::Settings;
use crate::scim;

/// What stays as it is in a query value; a space becomes `+` [field: azure-docs#11784].
const QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@').remove(b' ');

/// What stays as it is in a path segment.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// A request before it leaves: cheap to keep for a repetition.
#[derive(Clone, PartialEq, Debug)]
pub struct ScimRequest {
    method: Method,
    target: PathAndQuery,
    body: Bytes,
}

impl ScimRequest {
    /// Looks for an account by the value of a matching attribute (section 4).
    pub fn lookup(settings: &Settings, attribute: &str, value: &str) -> ScimRequest {
        let mut target =
            String::with_capacity(settings.base_path.len() + attribute.len() + value.len() + 32);
        target.push_str(&settings.base_path);
        target.push_str("/Users?filter=");
        push_query(attribute, &mut target);
        target.push_str("+eq+%22");
        if value.contains(['"', '\\']) {
            push_query(&value.replace('\\', "\\\\").replace('"', "\\\""), &mut target);
        } else {
            push_query(value, &mut target);
        }
        target.push_str("%22");
        ScimRequest::new(Method::GET, target, Bytes::new())
    }

    /// Reads the linked account (section 5).
    pub fn read(settings: &Settings, id: &str) -> ScimRequest {
        ScimRequest::new(Method::GET, account(settings, id), Bytes::new())
    }

    /// Asks whether an account has this manager (section 4: reference check).
    pub fn refers(settings: &Settings, id: &str, manager: &str) -> ScimRequest {
        let mut target = format!("{}/Users?filter=id+eq+%22", settings.base_path);
        push_query(&id.replace('\\', "\\\\").replace('"', "\\\""), &mut target);
        target.push_str("%22+and+manager+eq+%22");
        push_query(&manager.replace('\\', "\\\\").replace('"', "\\\""), &mut target);
        target.push_str("%22&attributes=id");
        ScimRequest::new(Method::GET, target, Bytes::new())
    }

    /// Creates an account (section 6).
    pub fn create(settings: &Settings, body: Bytes) -> ScimRequest {
        ScimRequest::new(Method::POST, format!("{}/Users", settings.base_path), body)
    }

    /// Changes an account (section 7).
    pub fn patch(settings: &Settings, id: &str, body: Bytes) -> ScimRequest {
        ScimRequest::new(Method::PATCH, account(settings, id), body)
    }

    /// Deletes an account (section 9).
    pub fn delete(settings: &Settings, id: &str) -> ScimRequest {
        ScimRequest::new(Method::DELETE, account(settings, id), Bytes::new())
    }

    /// The request itself, with the headers of the client (section 1).
    pub fn request(&self, bearer: Option<&HeaderValue>) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = Uri::from(self.target.clone());
        let headers = request.headers_mut();
        if let Some(bearer) = bearer {
            headers.insert(AUTHORIZATION, bearer.clone());
        }
        headers.insert(ACCEPT, HeaderValue::from_static(scim::CONTENT_TYPE));
        if !self.body.is_empty() {
            headers.insert(
                CONTENT_TYPE,
                HeaderValue::from_static("application/scim+json; charset=utf-8"),
            );
        }
        request
    }

    fn new(method: Method, target: String, body: Bytes) -> ScimRequest {
        // Everything in the text is percent-encoded but the base path, which was read as a URI.
        let target = PathAndQuery::from_maybe_shared(Bytes::from(target))
            .unwrap_or(PathAndQuery::from_static("/"));
        ScimRequest { method, target, body }
    }
}

/// The `Authorization` value for a secret; `None` for a secret that no header can carry, or for
/// none.
pub fn bearer(secret: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::try_from(format!("Bearer {secret}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn account(settings: &Settings, id: &str) -> String {
    format!("{}/Users/{}", settings.base_path, utf8_percent_encode(id, SEGMENT))
}

fn push_query(text: &str, out: &mut String) {
    for piece in utf8_percent_encode(text, QUERY) {
        if piece.contains(' ') {
            out.push_str(&piece.replace(' ', "+"));
        } else {
            out.push_str(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lookup_is_encoded_as_the_client_does() {
        let settings = Settings::default();
        let cases = [
            (
                "rosalind.okafor@northwind.example",
                "/scim/v2/Users?filter=userName+eq+%22rosalind.okafor@northwind.example%22",
            ),
            (
                "o'neil \"x\" & y\\z",
                "/scim/v2/Users?filter=userName+eq+%22o%27neil+%5C%22x%5C%22+%26+y%5C%5Cz%22",
            ),
            ("zoë", "/scim/v2/Users?filter=userName+eq+%22zo%C3%AB%22"),
        ];
        for (value, target) in cases {
            assert_eq!(
                ScimRequest::lookup(&settings, "userName", value).request(None).uri().to_string(),
                target
            );
        }
        let work = ScimRequest::lookup(&settings, "emails[type eq \"work\"].value", "a@b");
        assert_eq!(
            work.target,
            "/scim/v2/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22a@b%22"
        );
    }

    #[test]
    fn a_body_is_announced_and_the_secret_is_marked() {
        let request = ScimRequest::create(&Settings::default(), Bytes::from_static(b"{}"));
        let request = request.request(bearer("class-token").as_ref());
        assert_eq!(request.headers()[CONTENT_TYPE], "application/scim+json; charset=utf-8");
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        assert!(bearer("bad\nsecret").is_none());
    }
}
