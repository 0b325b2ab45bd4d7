//! The requests of the provisioning client, as they go over the wire [scim-dev].

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::entra::field::ObjectKind;
use crate::scim;

/// The characters to encode in a query value; a space becomes `+` [field: azure-docs#11784].
const QUERY: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@').remove(b' ');

/// The characters to encode in a path segment.
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'@');

/// Where the resources of one kind live at the application.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    base_path: &'a str,
    kind: ObjectKind,
    /// Whether quotes and backslashes within a value of a filter are escaped.
    escapes: bool,
}

impl<'a> Endpoint<'a> {
    /// The endpoint of a kind below the path of the tenant URL (RFC 7644, section 3.2).
    pub fn new(base_path: &'a str, kind: ObjectKind) -> Endpoint<'a> {
        Endpoint { base_path, kind, escapes: true }
    }

    /// The same endpoint, whose filters escape quotes and backslashes within a value, or do not.
    pub fn escaping(self, escapes: bool) -> Endpoint<'a> {
        Endpoint { escapes, ..self }
    }

    /// Looks for a resource by the value of a matching attribute (RFC 7644, section 3.4.2.2).
    pub fn lookup(self, attribute: &str, value: &str) -> ScimRequest {
        let mut target = self.query(attribute.len() + value.len() + 32);
        push_comparison(attribute, value, self.escapes, &mut target);
        ScimRequest::new(Method::GET, target, Bytes::new())
    }

    /// Asks for a page of all resources, from the `first` on (RFC 7644, section 3.4.2.4).
    pub fn page(self, first: u64, count: u64) -> ScimRequest {
        let (path, kind) = (self.base_path, self.collection());
        let target = format!("{path}{kind}?startIndex={first}&count={count}");
        ScimRequest::new(Method::GET, target, Bytes::new())
    }

    /// Asks whether a resource has this reference already [scim-dev].
    pub fn refers(self, id: &str, attribute: &str, referent: &str) -> ScimRequest {
        let mut target = self.query(64);
        push_comparison("id", id, true, &mut target);
        target.push_str("+and+");
        push_comparison(attribute, referent, true, &mut target);
        target.push_str("&attributes=id");
        ScimRequest::new(Method::GET, target, Bytes::new())
    }

    /// Reads a linked resource (RFC 7644, section 3.4.1).
    pub fn read(self, id: &str) -> ScimRequest {
        let mut target = self.resource(id);
        if self.kind == ObjectKind::Group {
            target.push_str("?excludedAttributes=members");
        }
        ScimRequest::new(Method::GET, target, Bytes::new())
    }

    /// Creates a resource (RFC 7644, section 3.3).
    pub fn create(self, body: Bytes) -> ScimRequest {
        let target = [self.base_path, self.collection()].concat();
        ScimRequest::new(Method::POST, target, body)
    }

    /// Changes a resource (RFC 7644, section 3.5.2).
    pub fn patch(self, id: &str, body: Bytes) -> ScimRequest {
        ScimRequest::new(Method::PATCH, self.resource(id), body)
    }

    /// Deletes a resource (RFC 7644, section 3.6).
    pub fn delete(self, id: &str) -> ScimRequest {
        ScimRequest::new(Method::DELETE, self.resource(id), Bytes::new())
    }

    fn query(self, room: usize) -> String {
        let mut target = String::with_capacity(self.base_path.len() + room);
        target.push_str(self.base_path);
        target.push_str(self.collection());
        // Members of a group are never read back [scim-dev].
        target.push_str(match self.kind {
            ObjectKind::User => "?filter=",
            ObjectKind::Group => "?excludedAttributes=members&filter=",
        });
        target
    }

    fn collection(self) -> &'static str {
        match self.kind {
            ObjectKind::User => "/Users",
            ObjectKind::Group => "/Groups",
        }
    }

    fn resource(self, id: &str) -> String {
        format!("{}{}/{}", self.base_path, self.collection(), utf8_percent_encode(id, SEGMENT))
    }
}

/// A request before it is sent; it is cheap to keep and can be sent again.
#[derive(Clone, PartialEq, Debug)]
pub struct ScimRequest {
    method: Method,
    target: PathAndQuery,
    body: Bytes,
}

impl ScimRequest {
    /// The HTTP request, with the headers of the client [scim-dev].
    pub fn to_http(&self, bearer: Option<&Bearer>) -> Request<Bytes> {
        let mut request = Request::new(self.body.clone());
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = Uri::from(self.target.clone());
        *request.headers_mut() = match (bearer, self.body.is_empty()) {
            (Some(bearer), true) => bearer.without_body.clone(),
            (Some(bearer), false) => bearer.with_body.clone(),
            (None, without_body) => headers(None, !without_body),
        };
        request
    }

    fn new(method: Method, target: String, body: Bytes) -> ScimRequest {
        // All parts are percent-encoded, except the base path, which was already checked as a URI.
        let target = PathAndQuery::from_maybe_shared(Bytes::from(target))
            .unwrap_or(PathAndQuery::from_static("/"));
        ScimRequest { method, target, body }
    }
}

/// A secret that requests carry, with their headers made ready: each request of a job has the same.
#[derive(Clone, Debug)]
pub struct Bearer {
    value: HeaderValue,
    with_body: HeaderMap,
    without_body: HeaderMap,
}

impl Bearer {
    /// Takes a secret; `None` when it is empty or no header can carry it.
    pub fn new(secret: &str) -> Option<Bearer> {
        if secret.is_empty() {
            return None;
        }
        let mut value = HeaderValue::try_from(format!("Bearer {secret}")).ok()?;
        value.set_sensitive(true);
        Some(Bearer {
            with_body: headers(Some(&value), true),
            without_body: headers(Some(&value), false),
            value,
        })
    }

    /// The value of the `Authorization` header.
    pub fn value(&self) -> &HeaderValue {
        &self.value
    }
}

/// The headers of a request.
fn headers(authorization: Option<&HeaderValue>, has_body: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.extend(authorization.map(|value| (AUTHORIZATION, value.clone())));
    headers.insert(ACCEPT, HeaderValue::from_static(scim::CONTENT_TYPE));
    if has_body {
        let json = HeaderValue::from_static("application/scim+json; charset=utf-8");
        headers.insert(CONTENT_TYPE, json);
    }
    headers
}

/// Appends `attribute eq "value"`, encoded.
fn push_comparison(attribute: &str, value: &str, escapes: bool, out: &mut String) {
    push_query(attribute, out);
    out.push_str("+eq+%22");
    if escapes && value.contains(['"', '\\']) {
        push_query(&value.replace('\\', "\\\\").replace('"', "\\\""), out);
    } else {
        push_query(value, out);
    }
    out.push_str("%22");
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

    const USERS: Endpoint<'static> =
        Endpoint { base_path: "/scim/v2", kind: ObjectKind::User, escapes: true };

    #[test]
    fn a_lookup_is_encoded_as_the_client_does() {
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
            let lookup = USERS.lookup("userName", value);
            assert_eq!(lookup.to_http(None).uri().to_string(), target);
        }
        let work = USERS.lookup("emails[type eq \"work\"].value", "a@b");
        assert_eq!(
            work.target,
            "/scim/v2/Users?filter=emails%5Btype+eq+%22work%22%5D.value+eq+%22a@b%22"
        );
    }

    #[test]
    fn the_endpoint_follows_the_kind() {
        for (kind, path) in [
            (ObjectKind::User, "/v2/Users/7"),
            (ObjectKind::Group, "/v2/Groups/7?excludedAttributes=members"),
        ] {
            let request = Endpoint::new("/v2", kind).read("7").to_http(None);
            assert_eq!(request.uri().to_string(), path);
        }
    }

    #[test]
    fn a_body_is_announced_and_the_secret_is_marked() {
        let create = USERS.create(Bytes::from_static(b"{}"));
        let request = create.to_http(Bearer::new("class-token").as_ref());
        assert_eq!(request.headers()[CONTENT_TYPE], "application/scim+json; charset=utf-8");
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        assert!(Bearer::new("bad\nsecret").is_none());
        assert!(Bearer::new("").is_none());
    }
}
