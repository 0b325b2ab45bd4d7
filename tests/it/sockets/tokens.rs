//! The token endpoint over real HTTP: both grants, for the engine and for a client from outside.

use scimulator::base::jwt::KeySet;
use scimulator::base::{Seed, Time};
use scimulator::entra::identity::{Validity, client_assertion, tenant_id};

use super::program::{Answer, Program, serve};

const KIND: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

fn token(server: &Program, form: &str) -> Answer {
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    server.ask("POST", "/scim/v2/oauth/token", kind, form)
}

fn reads(server: &Program, answer: &Answer) -> u16 {
    let token = answer.json()["access_token"].as_str().expect("a token").to_owned();
    server.ask("GET", "/scim/v2/Users", &format!("Authorization: Bearer {token}\r\n"), "").status
}

#[test]
fn a_client_signs_in_with_a_secret_or_with_an_assertion_of_the_tenant() {
    let auth = ["--paused", "--set", "entra.auth=federation"];
    let server = serve(super::STORY, &auth);
    let grant = "grant_type=client_credentials&client_id=entra";
    let by_secret = token(&server, &format!("{grant}&client_secret=golinks-demo-secret"));
    assert_eq!((by_secret.status, reads(&server, &by_secret)), (200, 200));
    assert!(by_secret.head.to_lowercase().contains("cache-control: no-store"), "{by_secret:?}");

    // The story stands at its start.
    let start = Time::parse("2026-03-02T08:00:00Z").expect("an instant");
    let hour = std::time::Duration::from_secs(3_600);
    let when = Validity { from: start, until: start + hour };
    let assertion = client_assertion(Seed(7), 1, None, when);
    let form = format!("{grant}&client_assertion_type={KIND}&client_assertion={assertion}");
    let by_assertion = token(&server, &form);
    assert_eq!((by_assertion.status, reads(&server, &by_assertion)), (200, 200));

    let refused = token(&server, &form.replace(&assertion, "a.b.c"));
    assert_eq!((refused.status, &refused.json()["error"]), (401, &"invalid_client".into()));
    let wrong = token(&server, &format!("{grant}&client_secret=guess"));
    assert_eq!(wrong.status, 401);

    // What the page and the control API show has none of the secrets.
    let shown = server.ask("GET", "/api/v1/state", "", "").body;
    for secret in ["golinks-demo-secret", &assertion, "oauth-"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn the_tenant_publishes_the_keys_it_signs_with() {
    let server = serve(super::STORY, &["--paused"]);
    let keys = |tenant: &str| server.ask("GET", &format!("/{tenant}/discovery/v2.0/keys"), "", "");
    let tenant = tenant_id(Seed(7));
    let published = || KeySet::parse(&keys(&tenant).body).expect("a key set");
    let start = Time::from_secs(0);
    let sign = |key| client_assertion(Seed(7), key, None, Validity { from: start, until: start });
    assert!(published().verify(&sign(1)).is_ok());
    assert!(published().verify(&sign(2)).is_err());
    server.command("action", r#"{"set":{"entra":{"oauth":{"signing_key":2}}}}"#);
    assert!(published().verify(&sign(2)).is_ok());
    let elsewhere = keys("another-tenant");
    assert_eq!((elsewhere.status, &elsewhere.json()["error_codes"][0]), (400, &90_002.into()));
}

#[test]
fn the_engine_gets_its_tokens_over_the_wire() {
    for auth in ["client_credentials", "federation"] {
        let auth = format!("entra.auth={auth}");
        let server = serve(super::STORY, &["--paused", "--set", &auth]);
        server.command("jump", r#"{"to":"1h 30m"}"#);
        let state = server.ask("GET", "/api/v1/state", "", "").json();
        let text = state.to_string();
        assert!(text.contains("12 of 12 in scope are right at GoLinks"), "{auth}: {text}");
    }
}
