//! What is tried with any text at the readers of filters and of messages. The fuzz targets of the
//! same names call these too, so that both ask the same.

use std::sync::LazyLock;

use scimulator::base::jwt::JwtKey;
use scimulator::base::{Seed, Time};
use scimulator::entra::graph::{Comparing, Filter, Property, Resource};
use scimulator::saml::{
    Algorithm, Assertion, AuthnRequest, Certificate, Confirmation, IssuedResponse, LogoutAnswer,
    LogoutRequest, NameId, SigningKey, SigningOption, Subject, binding, metadata, names, verify,
    xml,
};

/// An object with a property of each kind; every other is null.
struct Ann;

impl Resource for Ann {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        Some(match name {
            "a" => Property::owned("Zoë"),
            "b" => Property::Bool(true),
            "t" => Property::owned("2031-03-04T09:20:31Z"),
            "l" => Property::Texts(vec!["x".into(), "y".into()]),
            _ => return None,
        })
    }
}

/// An OData filter of Graph: it is read or refused, and what is read is evaluated without a panic,
/// however deep or long it is. Returns whether it was read.
pub fn odata_filter(text: &str) -> bool {
    let Ok(filter) = Filter::parse(text) else { return false };
    filter.is_advanced();
    filter.values_of("id");
    for path in filter.paths() {
        assert!(!path.is_empty());
    }
    filter.holds(&Ann, Comparing::IgnoringCase);
    filter.holds(&Ann, Comparing::Exactly);
    true
}

/// A message of an application, from its binding on: what is read as a request comes back as it was
/// written. Returns whether it was read.
pub fn authn_request(text: &str) -> bool {
    let _ = (binding::read_redirect(text), binding::read_posted(text));
    let _ = (LogoutRequest::read(text), LogoutAnswer::read(text));
    let _ = metadata::certificates_of(text);
    let Ok(request) = AuthnRequest::read(text) else { return xml::parse(text).is_ok() };
    let written = request.write();
    let again = AuthnRequest::read(&written).expect("what is written can be read");
    assert_eq!((again.id, again.issuer), (request.id, request.issuer));
    true
}

/// A Response: one that is taken says what was signed, whatever else was changed about it. Returns
/// whether it is XML.
pub fn response(text: &str) -> bool {
    let trusted = [KEY.1.clone()];
    if let Ok(read) = verify(text, &trusted) {
        assert_eq!(read.assertion, assertion(), "{text}");
        assert!(!read.response_signed || read.response.id == "_r1", "{text}");
    }
    assert!(verify(text, &[]).is_err());
    xml::parse(text).is_ok()
}

/// Good filters.
pub fn filters() -> Vec<String> {
    [
        "displayName eq 'GoLinks'",
        "id eq 'x' or id eq 'y' and not(b eq true)",
        "startswith(a,'Zo') and t ge 2031-03-01T00:00:00Z",
        "a in ('x','y''z')",
        "endsWith(a,'é')",
        "l/any(x:x eq 'y') or l/any()",
        "((contains(tolower(servicePrincipal/id), 'q') or a ne null) and t lt 2031-03-02)",
        "sourceIdentity/id eq '5b0d1c7e-2f64-4a3b-9a10-6f0f3b2f9a01'",
        "n gt 1.5e3 and toupper(a) le 'Z'",
    ]
    .map(str::to_owned)
    .into()
}

/// Good requests.
pub fn requests() -> Vec<String> {
    let request = AuthnRequest {
        id: "_id1".to_owned(),
        issue_instant: Time::from_secs(1_900_000_000),
        issuer: "https://sp.example".to_owned(),
        destination: Some("https://idp.example/saml2".to_owned()),
        acs_url: Some("https://sp.example/acs".to_owned()),
        name_id_format: Some(names::format::EMAIL.to_owned()),
        force_authn: true,
        is_passive: false,
        context: None,
        unsupported: Vec::new(),
        signed: false,
    };
    let text = request.write();
    let logout = text.replace("AuthnRequest", "LogoutRequest");
    let posted = binding::posted(&text);
    vec![text, logout, posted]
}

/// Good Responses, one of each signing option.
pub fn responses() -> Vec<String> {
    let options = [SigningOption::Assertion, SigningOption::Response, SigningOption::Both];
    let head = IssuedResponse {
        id: "_r1".to_owned(),
        issue_instant: Time::from_secs(1_900_000_000),
        destination: "https://sp.example/acs".to_owned(),
        in_response_to: Some("id1".to_owned()),
        issuer: "https://sts.windows.net/t/".to_owned(),
    };
    let by = (&KEY.0, &KEY.1, Algorithm::Sha256);
    options.map(|option| head.signed(&assertion(), option, by)).into()
}

static KEY: LazyLock<(SigningKey, Certificate)> = LazyLock::new(|| {
    let key = JwtKey::drawn("soak", Seed(7)).and_then(|key| SigningKey::of(&key)).expect("a key");
    let until = Time::from_secs(4_000_000_000);
    let made = key.certificate(Subject::Vendor, 7, Time::from_secs(0), until);
    (key, made.expect("a certificate"))
});

fn assertion() -> Assertion {
    Assertion {
        id: "_a1".to_owned(),
        issue_instant: Time::from_secs(1_900_000_000),
        issuer: "https://sts.windows.net/t/".to_owned(),
        name_id: NameId {
            value: "mira.lind@northwind.example".to_owned(),
            format: Some(names::format::EMAIL.to_owned()),
        },
        confirmation: Confirmation {
            in_response_to: Some("id1".to_owned()),
            recipient: Some("https://sp.example/acs".to_owned()),
            not_on_or_after: Some(Time::from_secs(1_900_003_600)),
        },
        not_before: Some(Time::from_secs(1_899_999_700)),
        not_on_or_after: Some(Time::from_secs(1_900_003_600)),
        audiences: vec!["https://sp.example".to_owned()],
        attributes: Vec::new(),
        authn_instant: Some(Time::from_secs(1_899_990_000)),
        session_index: Some("_a1".to_owned()),
        context: Some(names::context::PASSWORD.to_owned()),
    }
}
