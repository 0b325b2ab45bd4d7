//! Single sign-on over real HTTP, as a browser and a service provider see it.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use scimulator::base::Time;
use scimulator::saml::binding::{read_posted, redirect_query};
use scimulator::saml::{AuthnRequest, metadata, verify};

use super::program::{Answer, Program, serve};

pub(super) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
pub(super) const ACS: &str = "http://localhost:5000/acs";

fn server() -> Program {
    let sso = "entra.sso.identifier=https://sp.example";
    let to = format!("entra.sso.reply_urls={ACS}");
    serve(super::STORY, &["--paused", "--set", sso, "--set", &to])
}

pub(super) fn request(acs_url: Option<&str>) -> String {
    let request = AuthnRequest {
        id: "_id1".to_owned(),
        issue_instant: Time::from_secs(1_000),
        issuer: "https://sp.example".to_owned(),
        destination: None,
        acs_url: acs_url.map(str::to_owned),
        name_id_format: None,
        force_authn: false,
        is_passive: false,
        context: None,
        unsupported: Vec::new(),
        signed: false,
    };
    request.write()
}

/// The values of the hidden fields with this name.
pub(super) fn field(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

pub(super) fn encoded(fields: &[(&str, &str)]) -> String {
    let pair = |(name, value): &(&str, &str)| {
        format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC))
    };
    fields.iter().map(pair).collect::<Vec<_>>().join("&")
}

pub(super) fn cookie(answer: &Answer) -> Option<String> {
    // The head is in small letters.
    let line = answer.head.lines().find(|it| it.starts_with("set-cookie: estsauth="))?;
    Some(format!("ESTSAUTH={}", line.split_once('=')?.1.split(';').next()?))
}

#[test]
fn a_browser_is_signed_in_and_taken_back_with_a_response() {
    let server = server();
    let state = "/deep?a=\"<b>\"&c";
    let query = redirect_query("SAMLRequest", &request(Some(ACS)), Some(state));
    let path = format!("/common/saml2?{query}");
    let page = server.ask("GET", &path, "", "");
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Ann Okafor") && !page.body.contains("<b>\""), "{}", page.body);
    let message = field(&page.body, "SAMLRequest").expect("the request");
    let fields =
        [("SAMLRequest", &*message), ("RelayState", state), ("user", "ann.okafor@contoso.example")];
    let done = server.ask("POST", "/common/saml2", FORM, &encoded(&fields));
    assert!(done.body.contains(&format!("action=\"{ACS}\"")), "{}", done.body);
    assert_eq!(field(&done.body, "RelayState").as_deref(), Some(state));
    let text = read_posted(&field(&done.body, "SAMLResponse").expect("a Response")).expect("text");
    let described =
        server.ask("GET", "/common/federationmetadata/2007-06/federationmetadata.xml", "", "");
    let read = verify(&text, &metadata::certificates_of(&described.body)).expect("a good Response");
    assert_eq!(read.response.in_response_to.as_deref(), Some("_id1"));
    assert_eq!(read.assertion.name_id.value, "ann.okafor@contoso.example");

    // The session of the browser is enough for the next one, and for My Apps; signing out ends it.
    let session = format!("Cookie: {}\r\n", cookie(&done).expect("a session"));
    let again = server.ask("GET", &path, &session, "");
    assert!(field(&again.body, "SAMLResponse").is_some(), "{}", again.body);
    let apps = server.ask("GET", "/myapps", &session, "");
    let (_, app_id) = apps.body.split_once("/api/signin/").expect("an application");
    let launch = format!("/api/signin/{}", &app_id[..36]);
    let launched = server.ask("GET", &launch, &session, "");
    let text =
        read_posted(&field(&launched.body, "SAMLResponse").expect("a Response")).expect("text");
    assert!(!text.contains("InResponseTo"), "{text}");
    server.ask("POST", "/common/logout", &session, "");
    let out = server.ask("GET", &path, &session, "");
    assert!(field(&out.body, "SAMLResponse").is_none(), "{}", out.body);
    let bearer = "Authorization: Bearer graph-demo-token\r\n";
    let rows = server.ask("GET", "/v1.0/auditLogs/signIns", bearer, "").json();
    assert_eq!(rows["value"].as_array().map(Vec::len), Some(3), "{rows}");
}

#[test]
fn a_response_goes_nowhere_else_and_nobody_is_signed_in_by_another_site() {
    let server = server();
    let foreign = redirect_query("SAMLRequest", &request(Some("https://evil.example/")), None);
    let refused = server.ask("GET", &format!("/common/saml2?{foreign}"), "", "");
    assert!(refused.body.contains("AADSTS50011"), "{}", refused.body);

    // A RelayState is echoed to the application and never followed here.
    let away = redirect_query("SAMLRequest", &request(None), Some("https://evil.example/"));
    let page = server.ask("GET", &format!("/common/saml2?{away}"), "", "");
    assert!(!page.head.to_lowercase().contains("location:"), "{}", page.head);

    // Another site can send a browser here with a request, and choose nobody.
    let message = field(&page.body, "SAMLRequest").expect("the request");
    let fields = encoded(&[("SAMLRequest", &message), ("user", "ann.okafor@contoso.example")]);
    let from_evil = format!("{FORM}Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n");
    let shown = server.ask("POST", "/common/saml2", &from_evil, &fields);
    assert_eq!(
        (shown.status, field(&shown.body, "SAMLResponse"), cookie(&shown)),
        (200, None, None)
    );
    let by_query = server.ask(
        "GET",
        &format!("/common/saml2?{away}&user=ann.okafor%40contoso.example"),
        "",
        "",
    );
    assert_eq!(field(&by_query.body, "SAMLResponse"), None);
}

#[test]
fn refusals_have_the_vendors_numbers() {
    let server = server();
    let query = redirect_query("SAMLRequest", &request(None), None);
    let cases = [
        ("/common/saml2", "AADSTS750054"),
        ("/common/saml2?SAMLRequest=AAAA", "AADSTS75005"),
        (&*format!("/elsewhere.example/saml2?{query}"), "AADSTS90002"),
        ("/api/signin/00000000-0000-0000-0000-000000000000", "AADSTS700016"),
    ];
    for (path, number) in cases {
        let page = server.ask("GET", path, "", "");
        assert!(page.body.contains(number), "{path}: {}", page.body);
        assert!(page.body.contains("Correlation Id") && page.body.contains("Timestamp"), "{path}");
    }
    let named = redirect_query("SAMLRequest", &request(None).replace("_id1", "<1>"), None);
    let page = server.ask("GET", &format!("/common/saml2?{named}"), "", "");
    assert!(page.body.contains("AADSTS75005"), "{}", page.body);
}

/// What an application says at a sign-out: a request, or an answer.
fn logout(kind: &str, issuer: &str) -> String {
    format!(
        "<p:{kind} xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_o1\" Version=\"2.0\" \
         IssueInstant=\"2031-03-04T09:15:02Z\"><Issuer xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
         {issuer}</Issuer><p:Status><p:StatusCode \
         Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></p:Status></p:{kind}>"
    )
}

#[test]
fn what_is_no_message_of_its_kind_is_refused_at_the_endpoint() {
    let server = server();
    let known = "https://sp.example";
    let query = |name: &str, text: &str| redirect_query(name, text, None);
    let cases = [
        ("SAMLResponse=abc".to_owned(), "AADSTS75005"),
        (query("SAMLResponse", &request(None)), "AADSTS75005"),
        (query("SAMLRequest", &logout("LogoutResponse", known)), "AADSTS75005"),
        (query("SAMLResponse", &logout("LogoutRequest", known)), "AADSTS75005"),
        (
            query("SAMLRequest", &logout("LogoutRequest", known).replace("2.0\" I", "1.1\" I")),
            "AADSTS75005",
        ),
        (
            query("SAMLRequest", &logout("LogoutRequest", known).replace("_o1", "1")),
            "AADSTS7500529",
        ),
        (
            query("SAMLResponse", &logout("LogoutResponse", known).replace("_o1", "1")),
            "AADSTS7500529",
        ),
        (query("SAMLRequest", &logout("LogoutRequest", "https://x.example")), "AADSTS700016"),
        (query("SAMLResponse", &logout("LogoutResponse", "https://x.example")), "AADSTS700016"),
        (
            query("SAMLRequest", &request(None).replace("AuthnRequest", "AttributeQuery")),
            "AADSTS75005",
        ),
        (
            format!("{}&{}", query("SAMLRequest", &request(None)), query("SAMLResponse", "<a/>")),
            "AADSTS75005",
        ),
    ];
    for (query, number) in cases {
        let page = server.ask("GET", &format!("/common/saml2?{query}"), "", "");
        assert!(page.body.contains(number), "{number} {query}: {}", page.body);
        assert_eq!(cookie(&page), None);
    }
    let good = query("SAMLResponse", &logout("LogoutResponse", known));
    let page = server.ask("GET", &format!("/common/saml2?{good}"), "", "");
    assert!(page.body.contains("says that it has signed you out"), "{}", page.body);
    let posted = encoded(&[("SAMLResponse", "abc")]);
    let page = server.ask("POST", "/common/saml2", FORM, &posted);
    assert!(page.body.contains("AADSTS75005"), "{}", page.body);
}

#[test]
fn a_form_that_is_too_large_is_refused_on_a_page() {
    let server = server();
    let large = format!("SAMLRequest={}", "A".repeat(600 << 10));
    for (path, number) in
        [("/common/saml2", "AADSTS75005"), ("/common/oauth2/v2.0/authorize", "AADSTS9002313")]
    {
        let page = server.ask("POST", path, FORM, &large);
        assert_eq!(page.status, 413, "{path}");
        assert!(page.head.contains("content-type: text/html"), "{}", page.head);
        for part in [number, "larger than", "Request Id", "Correlation Id", "Timestamp"] {
            assert!(page.body.contains(part), "{path} {part}: {}", page.body);
        }
    }
    let program = server.ask("POST", "/common/oauth2/v2.0/token", FORM, &large);
    assert_eq!((program.status, program.json()["error_codes"][0].as_u64()), (413, Some(9_002_313)));
}

#[test]
fn another_site_signs_nobody_out() {
    let server = server();
    let fields = encoded(&[("user", "ann.okafor@contoso.example")]);
    let done = server.ask("POST", "/myapps", FORM, &fields);
    let session = format!("Cookie: {}\r\n", cookie(&done).expect("a session"));
    let evil = format!("{session}Origin: https://evil.example\r\nSec-Fetch-Site: cross-site\r\n");
    for (method, headers) in [("POST", &evil), ("GET", &evil), ("GET", &session)] {
        let asked = server.ask(method, "/common/logout", headers, "");
        assert!(!asked.head.contains("set-cookie"), "{}", asked.head);
        assert!(asked.body.contains("Sign out here?"), "{}", asked.body);
        let apps = server.ask("GET", "/myapps", &session, "");
        assert!(apps.body.contains("Signed in as"), "{method}: {}", apps.body);
    }
    server.ask("POST", "/common/logout", &session, "");
    let apps = server.ask("GET", "/myapps", &session, "");
    assert!(!apps.body.contains("Signed in as"), "{}", apps.body);
}

#[test]
fn a_refusal_is_found_in_the_sign_in_log_by_its_ids() {
    let bob = "\n[user.bob]\nname = \"Bob Stone\"\nassigned = false\n\n[[at]]\ntime = \"0d\"";
    let story = super::STORY.replacen("\n[[at]]\ntime = \"0d\"", bob, 1);
    let sso = "entra.sso.identifier=https://sp.example";
    let to = format!("entra.sso.reply_urls={ACS}");
    let server = serve(&story, &["--paused", "--set", sso, "--set", &to]);
    let fields = [
        ("SAMLRequest", &*scimulator::saml::binding::posted(&request(None))),
        ("user", "bob.stone@contoso.example"),
    ];
    let page = server.ask("POST", "/common/saml2", FORM, &encoded(&fields));
    assert!(page.body.contains("AADSTS50105"), "{}", page.body);
    let bearer = "Authorization: Bearer graph-demo-token\r\n";
    let rows = server.ask("GET", "/v1.0/auditLogs/signIns", bearer, "").json();
    let row = &rows["value"][0];
    for part in ["id", "correlationId"] {
        let id = row[part].as_str().expect("an id");
        assert!(page.body.contains(id), "{part}: {row} {}", page.body);
    }
    let at = row["createdDateTime"].as_str().expect("an instant");
    assert!(page.body.contains(&at[..19]), "{at}: {}", page.body);
}
