//! Tokens that a tenant has signed: assertions at the token endpoint, and what travels when the
//! secret is left blank.

use std::time::Duration;

use serde_json::json;

use super::*;
use crate::base::Seed;
use crate::base::jwt::{JwtKey, KeySet};
use crate::golinks::TenantFacts;

const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn key(id: &'static str) -> JwtKey {
    JwtKey::drawn(id, Seed(7)).unwrap()
}

/// A GoLinks that trusts the key `k` of tenant `t`.
fn trusting(settings: &[(&str, Kind)]) -> Bench {
    let mut all = vec![("oauth.client_id", text("entra"))];
    all.extend(settings.iter().cloned());
    let mut bench = Bench::with(&all);
    let facts = TenantFacts {
        tenant: "t".to_owned(),
        keys: KeySet::new([key("k").public()]),
        subject: "service".to_owned(),
        audience: "api://app".to_owned(),
    };
    bench.do_by_hand(|golinks, moment| golinks.trust_tenant(facts, moment));
    bench
}

/// Good claims, begun five minutes ago, with some of them replaced.
fn claims(other: serde_json::Value) -> serde_json::Value {
    let now = START.timestamp().as_second();
    let mut claims = json!({
        "iss": "https://login.microsoftonline.com/t/v2.0", "sub": "service", "aud": "api://app",
        "nbf": now - 300, "exp": now + 3_600,
    });
    claims.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    claims
}

fn ask(bench: &mut Bench, fields: &[(&str, &str)]) -> (u16, String) {
    let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let answer = bench.send_at(None, "POST /oauth/token", &form.join("&"), &kind);
    let said = answer.body();
    let word = |name: &str| said.get(name).and_then(Value::as_text).unwrap_or_default().to_owned();
    let (error, more) = (word("error"), word("error_description"));
    (answer.status, if more.is_empty() { error } else { format!("{error}: {more}") })
}

fn grant(bench: &mut Bench, assertion: &str) -> (u16, String) {
    ask(
        bench,
        &[
            ("grant_type", "client_credentials"),
            ("client_id", "entra"),
            ("client_assertion_type", KIND),
            ("client_assertion", assertion),
            ("baseAddress", "https://x"),
        ],
    )
}

#[test]
fn an_assertion_is_taken_when_everything_about_it_is_right() {
    let mut bench = trusting(&[]);
    let good = key("k").sign(&claims(json!({})));
    assert_eq!(grant(&mut bench, &good), (200, String::new()));
    let listed = key("k").sign(&claims(json!({ "aud": ["other", "api://app"] })));
    assert_eq!(grant(&mut bench, &listed).0, 200);
    let now = START.timestamp().as_second();
    // The signature of other claims.
    let forged =
        format!("{}{}", &good[..good.rfind('.').unwrap()], &listed[listed.rfind('.').unwrap()..]);
    let cases = [
        (key("new").sign(&claims(json!({}))), "its key \"new\" is not known"),
        (forged, "its signature is wrong"),
        ("golinks-demo-token".to_owned(), "it is no signed token"),
        (
            key("k").sign(&claims(json!({ "iss": "https://elsewhere" }))),
            "`iss` of the signed token",
        ),
        (key("k").sign(&claims(json!({ "sub": "somebody" }))), "`sub` of the signed token is"),
        (key("k").sign(&claims(json!({ "aud": "api://app/.default" }))), "not \"api://app\""),
        (key("k").sign(&claims(json!({ "exp": null }))), "has no `exp`"),
        (key("k").sign(&claims(json!({ "exp": now }))), "has ended at 2026-03-02T08:00:00Z"),
        (key("k").sign(&claims(json!({ "nbf": now + 1 }))), "begins at 2026-03-02T08:00:01Z"),
    ];
    for (assertion, why) in cases {
        let (status, said) = grant(&mut bench, &assertion);
        assert_eq!(status, 401, "{said}");
        assert!(said.starts_with("invalid_client: ") && said.contains(why), "{why}: {said}");
    }
    let mut bench = Bench::with(&[("oauth.client_id", text("entra"))]);
    let why = "invalid_client: assertions are not taken: no tenant is trusted";
    assert_eq!(grant(&mut bench, &good), (401, why.to_owned()));
}

#[test]
fn a_clock_that_is_behind_finds_that_a_token_has_not_begun_and_leeway_bears_it() {
    let good = key("k").sign(&claims(json!({})));
    for (slow, leeway, status) in
        [("5m", "0s", 200), ("10m", "0s", 401), ("10m", "5m", 200), ("0s", "5m", 200)]
    {
        let settings = [("trust.clock_slow", text(slow)), ("trust.leeway", text(leeway))];
        let mut bench = trusting(&settings);
        assert_eq!(grant(&mut bench, &good).0, status, "{slow} {leeway}");
        bench.now = START + Duration::from_secs(3_600);
        let kept = leeway == "5m" || slow != "0s";
        assert_eq!(grant(&mut bench, &good).0 == 200, kept, "{slow} {leeway}");
    }
}

#[test]
fn what_does_not_follow_the_protocol_is_an_invalid_request() {
    let mut bench = trusting(&[]);
    let good = key("k").sign(&claims(json!({})));
    let grant = ("grant_type", "client_credentials");
    type Case<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);
    let cases: [Case<'_>; 4] = [
        (&[grant, ("client_assertion", &good)], 400, "invalid_request: the assertion has no type"),
        (
            &[grant, ("client_assertion_type", "urn:saml"), ("client_assertion", &good)],
            400,
            "invalid_request: this type of assertion is not taken",
        ),
        (
            &[
                grant,
                ("client_id", "else"),
                ("client_assertion_type", KIND),
                ("client_assertion", &good),
            ],
            401,
            "invalid_client: the client is not known",
        ),
        (&[("client_assertion_type", KIND), ("client_assertion", &good)], 400, "invalid_request"),
    ];
    for (fields, status, said) in cases {
        assert_eq!(ask(&mut bench, fields), (status, said.to_owned()));
    }
}

#[test]
fn several_client_secrets_are_good_until_they_end() {
    let secrets = |items: Vec<Node>| Kind::List(items);
    let next = Node::table([("value", Node::text("next")), ("expires", Node::text("20d"))]);
    let mut bench = Bench::with(&[
        ("oauth.client_secret", text("first")),
        ("oauth.secret_expires", text("10d")),
        ("oauth.client_secrets", secrets(vec![next, Node::text("third")])),
    ]);
    let day = |bench: &mut Bench, days: u64| {
        bench.now = START + Duration::from_secs(days * 86_400);
        ["first", "next", "third", "other"].map(|secret| {
            let id = ("client_id", "entra");
            let (status, said) =
                ask(bench, &[("grant_type", "client_credentials"), id, ("client_secret", secret)]);
            if status == 200 { "ok".to_owned() } else { said }
        })
    };
    let (wrong, ended) = (
        "invalid_client: client id or secret is wrong",
        "invalid_client: the client secret has expired",
    );
    assert_eq!(day(&mut bench, 9), ["ok", "ok", "ok", wrong]);
    assert_eq!(day(&mut bench, 10), [ended, "ok", "ok", wrong]);
    assert_eq!(day(&mut bench, 20), [ended, ended, "ok", wrong]);
}

#[test]
fn the_token_of_a_blank_secret_is_refused_accepted_or_validated() {
    let blank = |aud: &str| {
        let iss = "https://sts.windows.net/t/";
        format!("Bearer {}", key("k").sign(&claims(json!({ "iss": iss, "aud": aud }))))
    };
    let (good, other) = (blank("8adf8e6e-67b2-4cf2-a259-e3dc5476c621"), blank("api://app"));
    let tokens = [good.as_str(), &other, "Bearer a.b.c", "Bearer golinks-demo-token", ""];
    for (mode, statuses) in [
        ("refuse", [401, 401, 401, 200, 401]),
        ("accept", [200, 200, 401, 200, 401]),
        ("validate", [200, 401, 401, 200, 401]),
    ] {
        let mut bench = trusting(&[("trust.blank_secret", text(mode))]);
        let ask = |token| bench.send_with("GET /Users", "", &[("authorization", token)]).status;
        assert_eq!(tokens.map(ask), statuses, "{mode}");
    }
    let mut bench = trusting(&[("trust.blank_secret", text("validate"))]);
    let said = bench.send_with("GET /Users", "", &[("authorization", &other)]).at("detail");
    assert!(said.contains("`aud` of the signed token"), "{said}");
}
