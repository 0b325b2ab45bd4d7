//! The sign-in log over real HTTP: passwords, refusals before a user is known, clients that ask
//! for tokens, and where a session ends.

use scimulator::saml::binding::redirect_query;
use serde_json::Value;

use super::program::{Program, serve};
use super::sso::{ACS, FORM, cookie, encoded, field, request};

const BEARER: &str = "Authorization: Bearer graph-demo-token\r\n";
const ANN: &str = "ann.okafor@contoso.example";

/// A story in which Ann has a password.
fn server() -> Program {
    let ann = "name = \"Ann Okafor\"\npassword = \"Correct-Horse-9\"";
    let story = super::STORY.replacen("name = \"Ann Okafor\"", ann, 1);
    let sso = "entra.sso.identifier=https://sp.example";
    let to = format!("entra.sso.reply_urls={ACS}");
    serve(&story, &["--paused", "--set", sso, "--set", &to])
}

fn rows(server: &Program, query: &str) -> Vec<Value> {
    let listed = server.ask("GET", &format!("/beta/auditLogs/signIns{query}"), BEARER, "");
    assert_eq!(listed.status, 200, "{}", listed.body);
    listed.json()["value"].as_array().expect("rows").clone()
}

fn codes(rows: &[Value]) -> Vec<u64> {
    rows.iter().filter_map(|row| row["status"]["errorCode"].as_u64()).collect()
}

#[test]
fn a_password_is_asked_for_and_a_wrong_one_is_refused() {
    let server = server();
    let query = redirect_query("SAMLRequest", &request(Some(ACS)), None);
    let people = server.ask("GET", &format!("/common/saml2?{query}"), "", "");
    assert!(people.body.contains("some have a password"), "{}", people.body);
    let message = field(&people.body, "SAMLRequest").expect("the request");
    let enter = |password: &str| {
        let fields = [("SAMLRequest", &*message), ("user", ANN), ("password", password)];
        server.ask("POST", "/common/saml2", FORM, &encoded(&fields))
    };
    let asked = enter("");
    assert!(asked.body.contains("type=\"password\"") && cookie(&asked).is_none(), "{}", asked.body);
    assert_eq!(field(&asked.body, "SAMLRequest").as_deref(), Some(&*message));
    let refused = enter("correct-horse-9");
    assert!(refused.body.contains("AADSTS50126"), "{}", refused.body);
    assert_eq!((field(&refused.body, "SAMLResponse"), cookie(&refused)), (None, None));
    let done = enter("Correct-Horse-9");
    assert!(field(&done.body, "SAMLResponse").is_some(), "{}", done.body);
    // With the session no password is asked for again.
    let session = format!("Cookie: {}\r\n", cookie(&done).expect("a session"));
    let again = server.ask("GET", &format!("/common/saml2?{query}"), &session, "");
    assert!(field(&again.body, "SAMLResponse").is_some(), "{}", again.body);
    let all = rows(&server, "");
    assert_eq!(codes(&all), [0, 0, 50_126]);
    assert!(all.iter().all(|row| row["userPrincipalName"] == ANN), "{all:?}");
    for id in ["id", "correlationId"] {
        assert!(refused.body.contains(all[2][id].as_str().expect("an id")), "{}", refused.body);
    }

    // My Apps, a client's sign-in and a device ask too.
    let at_my_apps = |password: &str| {
        server.ask("POST", "/myapps", FORM, &encoded(&[("user", ANN), ("password", password)]))
    };
    assert!(at_my_apps("").body.contains("type=\"password\""));
    assert!(at_my_apps("x").body.contains("AADSTS50126"));
    assert!(cookie(&at_my_apps("Correct-Horse-9")).is_some());
    let client = "client_id=04b07795-8ddb-461a-bbee-02f9e1bf7b46";
    let at = format!(
        "/common/oauth2/v2.0/authorize?{client}&response_type=code&redirect_uri=http%3A%2F%2Flocalhost%3A1&scope=openid"
    );
    let authorize = |fields: &[(&str, &str)]| server.ask("POST", &at, FORM, &encoded(fields));
    assert!(authorize(&[("user", ANN)]).body.contains("type=password"));
    let wrong = authorize(&[("user", ANN), ("password", "x")]);
    assert!(wrong.body.contains("AADSTS50126") && !wrong.head.contains("location:"), "{wrong:?}");
    let code = authorize(&[("user", ANN), ("password", "Correct-Horse-9")]);
    assert!(code.head.contains("location: http://localhost:1?code="), "{code:?}");
    let device = server.ask(
        "POST",
        "/common/oauth2/v2.0/devicecode",
        FORM,
        &format!("{client}&scope=openid"),
    );
    let shown = device.json()["user_code"].as_str().expect("a code").to_owned();
    let on_device = |password: &str| {
        let fields = [("user_code", &*shown), ("user", ANN), ("password", password)];
        server.ask("POST", "/common/oauth2/deviceauth", FORM, &encoded(&fields))
    };
    assert!(on_device("").body.contains("type=password"));
    assert!(on_device("x").body.contains("AADSTS50126"));
    assert!(on_device("Correct-Horse-9").body.contains("is signed in on the device"));
    assert_eq!(codes(&rows(&server, ""))[..6], [0, 50_126, 0, 50_126, 0, 50_126]);

    // It stands nowhere that a reader can see.
    for path in ["/api/v1/state", "/api/v1/report", "/v1.0/users?$select=passwordProfile"] {
        let shown = server.ask("GET", path, BEARER, "");
        assert!(!shown.body.contains("Correct-Horse-9"), "{path}");
    }
}

#[test]
fn a_refusal_before_a_user_is_known_is_a_row_of_the_log() {
    let server = server();
    let foreign = redirect_query("SAMLRequest", &request(Some("https://evil.example/")), None);
    let named = request(None).replace("https://sp.example", "https://other.example");
    let unknown = redirect_query("SAMLRequest", &named, None);
    let passive = request(None).replace("Version=", "IsPassive=\"true\" Version=");
    let passive = redirect_query("SAMLRequest", &passive, None);
    let cases = [
        ("/common/saml2".to_owned(), 750_054, Value::Null),
        ("/common/saml2?SAMLRequest=AAAA".to_owned(), 75_005, Value::Null),
        (format!("/common/saml2?{foreign}"), 50_011, "GoLinks".into()),
        (format!("/common/saml2?{unknown}"), 700_016, Value::Null),
        (format!("/common/saml2?{passive}"), 50_058, "GoLinks".into()),
        ("/api/signin/0-1-2".to_owned(), 700_016, Value::Null),
    ];
    for (path, code, app) in cases {
        let page = server.ask("GET", &path, "", "");
        let row = rows(&server, "?$top=1").remove(0);
        assert_eq!(row["status"]["errorCode"], code, "{path}");
        assert_eq!((&row["appDisplayName"], &row["userId"]), (&app, &Value::Null), "{path}");
        if code != 50_058 {
            assert!(page.body.contains(row["id"].as_str().expect("an id")), "{path}");
        }
    }
    let other =
        rows(&server, "?$filter=appId eq 'https://other.example'".replace(' ', "%20").as_str());
    assert_eq!(codes(&other), [700_016]);
    let message = scimulator::saml::binding::posted(&request(None));
    let fields = encoded(&[("SAMLRequest", &message), ("user", "nobody@contoso.example")]);
    let page = server.ask("POST", "/common/saml2", FORM, &fields);
    assert!(page.body.contains("AADSTS50034"), "{}", page.body);
    let row = rows(&server, "?$top=1").remove(0);
    assert_eq!(row["userPrincipalName"], "nobody@contoso.example");
    assert_eq!(
        (&row["appDisplayName"], &row["status"]["errorCode"]),
        (&"GoLinks".into(), &50_034.into())
    );
    // Another tenant's refusals are not in this tenant's log.
    let before = rows(&server, "").len();
    server.ask("GET", "/elsewhere.example/saml2", "", "");
    assert_eq!(rows(&server, "").len(), before);
}

#[test]
fn clients_that_ask_for_tokens_are_listed_where_a_filter_asks_for_them() {
    let server = server();
    let client = scimulator::entra::authority::demo_client_id(scimulator::base::Seed(7));
    let ask = |secret: &str| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &*client),
            ("client_secret", secret),
            ("scope", "https://graph.microsoft.com/.default"),
        ];
        server.ask("POST", "/common/oauth2/v2.0/token", FORM, &encoded(&fields)).status
    };
    assert_eq!((ask("graph-demo-secret"), ask("wrong")), (200, 401));
    assert_eq!(rows(&server, "").len(), 0, "only people are listed unless asked");
    let kind = |kind: &str| {
        let filter = format!("?$filter=signInEventTypes/any(t:%20t%20eq%20'{kind}')");
        rows(&server, &filter)
    };
    let all = kind("servicePrincipal");
    assert_eq!(codes(&all), [7_000_215, 0]);
    for row in &all {
        assert_eq!(row["appId"], client.as_str());
        assert_eq!(row["resourceDisplayName"], "Microsoft Graph");
        assert_eq!((&row["isInteractive"], &row["userId"]), (&false.into(), &Value::Null));
        assert!(row["servicePrincipalId"].as_str().is_some_and(|id| id.len() == 36), "{row}");
        assert!(!row.to_string().contains("wrong\""), "{row}");
    }
    assert_eq!(kind("interactiveUser").len(), 0);
    let one = format!("/v1.0/auditLogs/signIns/{}", all[1]["id"].as_str().expect("an id"));
    assert_eq!(server.ask("GET", &one, BEARER, "").status, 200);
}

#[test]
fn signing_out_at_the_authority_ends_the_session() {
    let server = server();
    for path in ["/common/oauth2/v2.0/logout", "/common/oauth2/logout"] {
        let fields = encoded(&[("user", ANN), ("password", "Correct-Horse-9")]);
        let done = server.ask("POST", "/myapps", FORM, &fields);
        let session = format!("Cookie: {}\r\n", cookie(&done).expect("a session"));
        assert!(server.ask("GET", "/myapps", &session, "").body.contains("Signed in as"));
        let out = server.ask("GET", path, &session, "");
        assert!(
            out.body.contains("You are signed out") && out.head.contains("max-age=0"),
            "{out:?}"
        );
        let apps = server.ask("GET", "/myapps", &session, "");
        assert!(!apps.body.contains("Signed in as"), "{}", apps.body);
    }
    // Back to a client of the tenant, and to no other site.
    let back = |to: &str| {
        let path = format!("/common/oauth2/v2.0/logout?post_logout_redirect_uri={to}&state=a%26b");
        server.ask("GET", &path, "", "")
    };
    let led = back("http%3A%2F%2Flocalhost%3A5000%2Fout");
    assert_eq!(led.status, 303);
    assert!(led.head.contains("location: http://localhost:5000/out?state=a%26b"), "{}", led.head);
    let stays = back("https%3A%2F%2Fevil.example%2F");
    assert_eq!((stays.status, stays.head.contains("location:")), (200, false), "{stays:?}");
}

#[test]
fn revoking_sessions_ends_them_at_the_tenant() {
    let server = server();
    let sign_in = || {
        let fields = encoded(&[("user", ANN), ("password", "Correct-Horse-9")]);
        let done = server.ask("POST", "/myapps", FORM, &fields);
        format!("Cookie: {}\r\n", cookie(&done).expect("a session"))
    };
    let is_in =
        |session: &str| server.ask("GET", "/myapps", session, "").body.contains("Signed in as");
    let (one, other) = (sign_in(), sign_in());
    assert!(is_in(&one) && is_in(&other));
    let path = format!("/v1.0/users/{ANN}/revokeSignInSessions");
    let done = server.ask("POST", &path, BEARER, "");
    assert_eq!((done.status, &done.json()["value"]), (200, &true.into()), "{done:?}");
    assert!(!is_in(&one) && !is_in(&other));
    // A new session is as good as any.
    assert!(is_in(&sign_in()));
}

#[test]
fn what_graph_does_not_read_is_refused_in_its_envelope() {
    let server = server();
    let envelope = |answer: &super::program::Answer, status: u16| {
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.head.contains("content-type: application/json"), "{}", answer.head);
        let body = answer.json();
        let id = body["error"]["innerError"]["request-id"].as_str().expect("an id").to_owned();
        assert!(answer.head.contains(&format!("request-id: {id}")), "{}", answer.head);
        assert_eq!(body["error"]["innerError"]["client-request-id"], "mine", "{body}");
        assert!(answer.head.contains("client-request-id: mine"), "{}", answer.head);
        body["error"]["code"].as_str().expect("a code").to_owned()
    };
    let raw = |host: &str, more: &str| {
        server.send(&format!(
            "POST /v1.0/users HTTP/1.1\r\n{host}{BEARER}client-request-id: mine\r\nContent-Type: application/json\r\n{more}"
        ))
    };
    let own = format!("Host: {}\r\n", server.address);
    let chunks = "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n";
    assert_eq!(envelope(&raw(&own, chunks), 400), "BadRequest");
    assert_eq!(
        envelope(&raw("Host: evil.example\r\n", "Content-Length: 0\r\n\r\n"), 403),
        "Forbidden"
    );
    let twice = format!("{own}{own}");
    assert_eq!(
        envelope(&raw(&twice, "Connection: close\r\nContent-Length: 0\r\n\r\n"), 400),
        "BadRequest"
    );
    let large =
        format!("Content-Length: {}\r\nConnection: close\r\n\r\n{}", 5 << 20, "a".repeat(5 << 20));
    assert_eq!(envelope(&raw(&own, &large), 413), "RequestEntityTooLarge");

    let cookie =
        format!("Cookie: {}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "a".repeat(70_000));
    assert_eq!(envelope(&raw(&own, &cookie), 431), "RequestHeaderFieldsTooLarge");
    let long = |path: &str, headers: &str| {
        let filled = format!("{path}?a={}", "a".repeat(40_000));
        server.send(&format!("GET {filled} HTTP/1.1\r\n{own}{headers}Connection: close\r\n\r\n"))
    };
    let asked = long("/v1.0/users", &format!("{BEARER}client-request-id: mine\r\n"));
    assert_eq!(envelope(&asked, 414), "RequestUriTooLong");
    let asked = long("/scim/v2/Users", "Authorization: Bearer test-token\r\n");
    assert_eq!((asked.status, asked.json()["status"].as_str()), (414, Some("414")), "{asked:?}");
    let asked = long("/common/oauth2/v2.0/token", "");
    assert_eq!((asked.status, asked.json()["error"].as_str()), (414, Some("invalid_request")));
    let asked = long("/golinks", "");
    assert!(asked.status == 414 && asked.body.contains("longer than 32768 bytes"), "{asked:?}");

    // SCIM has its own form, and so has OAuth.
    let scim = format!(
        "POST /scim/v2/Users HTTP/1.1\r\n{own}Authorization: Bearer test-token\r\n{chunks}"
    );
    let refused = server.send(&scim);
    assert_eq!(
        (refused.status, refused.json()["status"].as_str()),
        (400, Some("400")),
        "{refused:?}"
    );
    assert!(refused.head.contains("application/scim+json"), "{}", refused.head);
    let token = format!("POST /common/oauth2/v2.0/token HTTP/1.1\r\n{own}{FORM}{chunks}");
    let refused = server.send(&token);
    assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("invalid_request")));
}
