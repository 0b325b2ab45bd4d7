//! How the job signs in: access tokens, the token that the tenant signs, and what becomes of a
//! cycle without either.

use super::*;
use crate::base::jwt::Claims;
use crate::entra::AppId;
use crate::entra::call::CallEndpoint;
use crate::entra::error_code::ErrorCode;
use crate::entra::identity::published_keys;
use crate::entra::job::OnDemandRefusal;

const HOUR: &str = r#"{"access_token":"first","token_type":"Bearer","expires_in":3600}"#;
const NEXT: &str = r#"{"access_token":"second","token_type":"bearer","expires_in":"3600"}"#;

fn text(text: &str) -> Node {
    Node::text(text)
}

impl Talk {
    /// A job with client credentials that is started.
    fn with_client(handles: &[&str]) -> Talk {
        let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
        talk.save(&["auth"], &text("client_credentials"));
        let oauth = [("client_id", "entra"), ("client_secret", "a b&c"), ("scope", "scim")];
        talk.save(&["oauth"], &Node::table(oauth.map(|(key, value)| (key, text(value)))));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk
    }

    fn federated(handles: &[&str]) -> Talk {
        let mut talk = Talk::with(handles).policy("concurrency", Kind::Integer(1));
        talk.save(&["auth"], &text("federation"));
        talk.save(&["oauth", "client_id"], &text("entra"));
        talk.act(|entra, moment| entra.job_mut().start(moment));
        talk
    }

    /// Expects a request for an access token, and answers it; returns its body.
    fn token(&mut self, status: u16, answer: &str) -> String {
        let call = self.next_call();
        assert_eq!(call.endpoint, CallEndpoint::Token, "{}", shown(&call));
        assert_eq!(call.request.uri().path(), "/scim/v2/oauth/token");
        let kind = &call.request.headers()["content-type"];
        assert_eq!(kind, "application/x-www-form-urlencoded");
        assert!(!call.request.headers().contains_key("authorization"), "no Basic header");
        self.reply(call.id, status, answer);
        String::from_utf8_lossy(call.request.body()).into_owned()
    }

    /// Expects a SCIM request that carries this token, and answers it.
    fn bears(&mut self, token: &str, words: &str, status: u16, answer: &str) {
        let call = self.next_call();
        assert!(shown(&call).contains(words), "{words}: {}", shown(&call));
        assert_eq!(call.request.headers()["authorization"], format!("Bearer {token}"));
        self.reply(call.id, status, answer);
    }

    fn why(&self) -> (ErrorCode, String) {
        let quarantine = self.entra.job().quarantine().expect("a quarantine");
        (quarantine.cause.code.expect("a code"), quarantine.cause.text())
    }
}

/// The claims of a token that the tenant has signed.
fn claims(token: &str) -> Claims {
    published_keys(2).verify(token).expect("a token of the tenant")
}

fn field<'a>(form: &'a str, name: &str) -> &'a str {
    let mut pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).expect("a field").1
}

#[test]
fn client_credentials_go_into_the_body_and_the_token_into_every_request() {
    let mut talk = Talk::with_client(&["ann"]);
    let form = talk.token(200, HOUR);
    let wanted = "grant_type=client_credentials&client_id=entra&client_secret=a+b%26c&scope=scim";
    assert_eq!(form, wanted);
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.bears("first", "ann.lind@", 200, EMPTY);
    talk.bears("first", "POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
    // After 40 minutes it is still good, and before the third cycle it has to be renewed.
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.token(200, NEXT);
    assert_eq!(talk.now, START + Duration::from_secs(80 * 60));
    talk.bears("second", "filter=userName", 200, EMPTY);
}

#[test]
fn a_token_is_renewed_shortly_before_it_ends_in_the_middle_of_a_cycle_too() {
    for (renewal, renews) in [("60s", true), ("0s", false)] {
        let mut talk = Talk::with_client(&["ann", "bob"])
            .policy("token_renewal", Kind::Text(renewal.to_owned()));
        talk.token(200, HOUR);
        talk.bears("first", "filter=userName", 200, EMPTY);
        let (lookup, _) = talk.next();
        talk.now = START + Duration::from_secs(3_600 - 30);
        talk.save(&["policy", "request_timeout"], &text("2h"));
        talk.reply(lookup, 200, EMPTY);
        let call = talk.next_call();
        assert_eq!(call.endpoint == CallEndpoint::Token, renews, "{renewal}: {}", shown(&call));
    }
}

#[test]
fn a_token_of_a_second_or_without_an_end_is_used() {
    for lifetime in [r#","expires_in":0"#, r#","expires_in":1"#, "", r#","expires_in":"soon""#] {
        let mut talk = Talk::with_client(&["ann"]);
        talk.token(200, &format!(r#"{{"access_token":"t"{lifetime}}}"#));
        talk.bears("t", "filter=userName", 200, EMPTY);
    }
}

#[test]
fn a_refused_token_is_renewed_once_and_then_the_cycle_fails() {
    let mut talk = Talk::with_client(&["ann"]);
    talk.token(200, HOUR);
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.bears("first", "ann.lind@", 401, "");
    talk.token(200, NEXT);
    talk.bears("second", "ann.lind@", 200, EMPTY);
    talk.bears("second", "POST", 201, r#"{"id":"1"}"#);
    assert_eq!(talk.log("ann"), "create ann success");

    let mut talk = Talk::with_client(&["ann"]);
    talk.token(200, HOUR);
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.bears("first", "ann.lind@", 401, "");
    talk.token(200, NEXT);
    talk.bears("second", "ann.lind@", 401, r#"{"detail":"no"}"#);
    assert_eq!(talk.why(), (ErrorCode::Unauthorized, "401 no".to_owned()));

    let mut talk = Talk::with_client(&["ann"]).policy("token_after_401", Kind::Bool(false));
    talk.token(200, HOUR);
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.bears("first", "ann.lind@", 401, "");
    assert_eq!(talk.why().0, ErrorCode::Unauthorized);
}

#[test]
fn a_token_that_was_never_good_is_not_renewed() {
    let mut talk = Talk::with_client(&["ann"]);
    talk.token(200, HOUR);
    talk.bears("first", "filter=userName", 401, r#"{"detail":"who is this"}"#);
    let failure = ErrorCode::CredentialValidationFailure;
    assert_eq!(talk.why(), (failure, "401 who is this".to_owned()));
    // At the next attempt the token has ended long since.
    talk.token(200, NEXT);
    talk.bears("second", "filter=userName", 200, EMPTY);
    assert!(talk.entra.job().quarantine().is_some(), "the attempt has not ended");
}

#[test]
fn several_requests_under_way_need_one_new_token() {
    let mut talk = Talk::with_client(&["ann", "bob", "cleo"]);
    talk.save(&["policy", "concurrency"], &Node::bare(Kind::Integer(3)));
    talk.token(200, HOUR);
    talk.bears("first", "filter=userName", 200, EMPTY);
    let lookups: Vec<CallId> = (0..3).map(|_| talk.next().0).collect();
    talk.reply(lookups[0], 401, "");
    let fetch = talk.next_call();
    assert_eq!(fetch.endpoint, CallEndpoint::Token);
    talk.reply(lookups[1], 401, "");
    talk.reply(fetch.id, 200, NEXT);
    talk.reply(lookups[2], 401, "");
    for _ in 0..3 {
        talk.bears("second", ".lind@", 200, EMPTY);
    }
}

#[test]
fn each_way_to_get_no_token_has_its_own_words() {
    let refused = ErrorCode::CredentialValidationFailure;
    let unavailable = ErrorCode::CredentialValidationUnavailable;
    let cases = [
        (
            401,
            r#"{"error":"invalid_client","error_description":"the client secret has expired"}"#,
            refused,
            "token endpoint: 401 invalid_client: the client secret has expired",
        ),
        (400, r#"{"error":"invalid_scope"}"#, refused, "token endpoint: 400 invalid_scope"),
        (403, "", refused, "token endpoint: 403 Forbidden"),
        (404, "", unavailable, "token endpoint: 404 Not Found"),
        (503, "down", unavailable, "token endpoint: 503 down"),
        (
            200,
            "<html>Sign in</html>",
            unavailable,
            "token endpoint: the answer holds no access token; it begins: <html>Sign in</html>",
        ),
        (
            200,
            r#"{"access_token":"sec"#,
            unavailable,
            "token endpoint: the answer with the access token cannot be read",
        ),
        (
            200,
            r#"{"access_token":"a","token_type":"MAC"}"#,
            unavailable,
            "token endpoint: the access token is of the type \"MAC\", not Bearer",
        ),
        (
            200,
            r#"{"access_token":"a\nb"}"#,
            unavailable,
            "token endpoint: no header can carry the access token",
        ),
    ];
    for (status, body, code, words) in cases {
        let mut talk = Talk::with_client(&["ann"]);
        talk.token(status, body);
        assert_eq!(talk.why(), (code, words.to_owned()));
        assert_eq!(talk.entra.job().log().rows().count(), 0, "no object was looked at");
    }
    for (lost, words) in [
        (Lost::Refused, "token endpoint: the connection was refused"),
        (Lost::Untrusted, "token endpoint: the certificate is not trusted"),
    ] {
        let mut talk = Talk::with_client(&["ann"]);
        let call = talk.next_call();
        talk.act(|entra, moment| entra.deliver(call.id, Err(lost), moment));
        assert_eq!(talk.why(), (unavailable, words.to_owned()));
    }
    // Slow: nothing else is sent, and the time-out decides.
    let mut talk = Talk::with_client(&["ann"]);
    talk.next_call();
    assert_eq!(talk.entra.next_due(), Some(START + Duration::from_secs(100)));
    talk.now = START + Duration::from_secs(100);
    talk.act(|entra, moment| entra.wake(moment));
    let words = "token endpoint: no answer within the time-out";
    assert_eq!(talk.why(), (unavailable, words.to_owned()));
}

#[test]
fn a_throttled_token_endpoint_is_waited_for() {
    let mut talk = Talk::with_client(&["ann"]);
    let call = talk.next_call();
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response.headers_mut().insert("retry-after", http::HeaderValue::from_static("30"));
    talk.act(|entra, moment| entra.deliver(call.id, Ok(response), moment));
    talk.token(200, HOUR);
    assert_eq!(talk.now, START + Duration::from_secs(30));
    talk.bears("first", "filter=userName", 200, EMPTY);
}

#[test]
fn a_federated_job_asks_for_a_token_a_cycle_with_an_assertion_and_no_secret() {
    for (policy, again) in [("federation", true), ("always", true), ("never", false)] {
        let mut talk =
            Talk::federated(&[]).policy("new_token_each_cycle", Kind::Text(policy.to_owned()));
        let form = talk.token(200, HOUR);
        assert!(!form.contains("client_secret"), "{form}");
        let kind = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";
        assert_eq!(field(&form, "client_assertion_type"), kind);
        let said = claims(field(&form, "client_assertion"));
        let second = |name: &str| said[name].as_i64().expect("a time");
        let start = START.timestamp().as_second();
        assert_eq!([second("nbf"), second("exp")], [start - 300, start + 3_600]);
        talk.bears("first", "filter=userName", 200, EMPTY);
        let call = talk.next_call();
        assert_eq!(talk.now, START + Duration::from_secs(40 * 60));
        assert_eq!(call.endpoint == CallEndpoint::Token, again, "{policy}");
    }
    let mut talk =
        Talk::with_client(&[]).policy("new_token_each_cycle", Kind::Text("always".to_owned()));
    talk.token(200, HOUR);
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.token(200, NEXT);
}

#[test]
fn audience_and_key_of_an_assertion_are_the_administrators() {
    let mut talk = Talk::federated(&[])
        .policy("tenant_token_lifetime", Kind::Text("2h".to_owned()))
        .policy("tenant_token_backdated", Kind::Text("0s".to_owned()));
    talk.save(&["oauth", "audience"], &text("api://golinks/.default"));
    talk.save(&["oauth", "signing_key"], &Node::bare(Kind::Integer(2)));
    let form = talk.token(401, r#"{"error":"invalid_client"}"#);
    let assertion = field(&form, "client_assertion");
    assert!(published_keys(1).verify(assertion).is_err(), "the first key is not used any more");
    let said = claims(assertion);
    assert_eq!(said["aud"], "api://golinks/.default");
    assert_eq!(said["exp"].as_i64(), said["nbf"].as_i64().map(|from| from + 7_200));
}

#[test]
fn a_blank_secret_sends_a_token_that_the_tenant_signs() {
    let mut talk = Talk::with(&[]);
    talk.save(&["secret"], &text(""));
    talk.act(|entra, moment| entra.job_mut().start(moment));
    let call = talk.next_call();
    let bearer = call.request.headers()["authorization"].to_str().expect("text").to_owned();
    let said = claims(bearer.strip_prefix("Bearer ").expect("a bearer token"));
    assert!(said["iss"].as_str().is_some_and(|iss| iss.starts_with("https://sts.windows.net/")));
    assert_eq!(said["aud"], "8adf8e6e-67b2-4cf2-a259-e3dc5476c621");
    talk.reply(call.id, 200, EMPTY);
    assert_ne!(talk.entra.job().status(), JobStatus::NotConfigured);
    // It is signed anew before it ends.
    talk.probe();
    let call = talk.next_call();
    assert_ne!(call.request.headers()["authorization"], bearer.as_str());
}

#[test]
fn test_connection_runs_the_whole_exchange() {
    let mut talk = Talk::with_client(&[]);
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    let test = |talk: &mut Talk| talk.act(|entra, moment| entra.job_mut().test_connection(moment));
    test(&mut talk);
    assert!(talk.entra.job().is_testing());
    talk.token(200, HOUR);
    assert!(talk.entra.job().is_testing());
    talk.bears("first", "filter=userName", 200, EMPTY);
    assert!(!talk.entra.job().is_testing());
    assert_eq!(talk.entra.job().last_test(), Some(&Ok(())));
    test(&mut talk);
    talk.token(401, r#"{"error":"invalid_client"}"#);
    let failed = talk.entra.job().last_test().expect("a result").clone().expect_err("refused");
    assert_eq!(failed.text(), "token endpoint: 401 invalid_client");
    assert_eq!(failed.code, ErrorCode::CredentialValidationFailure);
    assert_eq!(talk.entra.job().tests_done(), 2);
    assert!(talk.entra.job().quarantine().is_none(), "a test quarantines nothing");
}

#[test]
fn new_credentials_are_used_at_once() {
    let mut talk = Talk::with_client(&[]);
    talk.token(401, r#"{"error":"invalid_client"}"#);
    talk.act(|entra, moment| {
        entra.job_mut().set_secret("fresh", moment).expect("it is short");
        entra.job_mut().start(moment);
    });
    assert_eq!(field(&talk.token(200, HOUR), "client_secret"), "fresh");
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.save(&["oauth", "client_secret"], &text("other"));
    assert_eq!(field(&talk.token(200, NEXT), "client_secret"), "other");
}

#[test]
fn on_demand_an_application_with_oauth_is_stopped_first_unless_a_policy_says_otherwise() {
    let mut talk = Talk::with_client(&["ann"]);
    let ann = talk.user("ann");
    let on_demand = |talk: &mut Talk| {
        talk.act(|entra, moment| entra.provision_on_demand(AppId::MAIN, ann.into(), moment))
    };
    assert_eq!(on_demand(&mut talk), Err(OnDemandRefusal::Running));
    talk.token(200, HOUR);
    talk.bears("first", "GET /scim/v2/Users?filter=", 200, EMPTY);
    talk.act(|entra, moment| entra.job_mut().stop(moment));
    assert_eq!(on_demand(&mut talk), Err(OnDemandRefusal::Running), "its cycle goes on to its end");
    talk.bears("first", "GET /scim/v2/Users?filter=", 200, EMPTY);
    talk.bears("first", "POST /scim/v2/Users ", 201, r#"{"id":"1"}"#);
    on_demand(&mut talk).expect("it is stopped");
    talk.bears("first", "GET /scim/v2/Users?filter=", 200, EMPTY);
    talk.bears("first", "GET /scim/v2/Users/1 ", 200, &account("1", "ann", true));
    let mut talk = Talk::with_client(&["ann"]).policy("on_demand_oauth_running", Kind::Bool(true));
    on_demand(&mut talk).expect("the policy allows it");
}

impl Talk {
    /// A stopped job with client credentials, and a run on demand that has begun.
    fn on_demand_with_client() -> Talk {
        let mut talk = Talk::with_client(&["ann"]);
        talk.act(|entra, moment| entra.job_mut().stop(moment));
        let ann = talk.user("ann");
        let begun = talk.act(|entra, moment| {
            entra.provision_on_demand(crate::entra::AppId::MAIN, ann.into(), moment)
        });
        assert!(begun.is_ok(), "{begun:?}");
        talk
    }
}

#[test]
fn a_run_on_demand_waits_for_its_token_and_renews_a_refused_one() {
    let mut talk = Talk::on_demand_with_client();
    talk.token(200, HOUR);
    talk.bears("first", "filter=userName", 200, EMPTY);
    talk.bears("first", "ann.lind@", 401, "");
    talk.token(200, NEXT);
    talk.bears("second", "ann.lind@", 200, EMPTY);
    talk.bears("second", "POST", 201, r#"{"id":"1"}"#);
    assert_eq!(talk.entra.job().links().len(), 1);
    assert_eq!(talk.entra.next_due(), None, "nothing goes on");
}

#[test]
fn a_run_on_demand_without_a_token_ends_at_its_connection_test() {
    let mut talk = Talk::on_demand_with_client();
    talk.token(401, r#"{"error":"invalid_client"}"#);
    let ann = talk.user("ann");
    let run = talk.entra.job().on_demand().last_of(ann).expect("a run").clone();
    let said = format!("{:?}", run.stopped);
    assert!(said.contains("ConnectionTest") && said.contains("invalid_client"), "{said}");
    assert!(talk.entra.job().quarantine().is_none(), "a run on demand quarantines nothing");
    assert_eq!(talk.entra.next_due(), None);
}
