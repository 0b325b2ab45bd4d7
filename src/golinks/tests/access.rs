//! Ways in other than a plain bearer token, and limits other than a rate.

use std::time::Duration;

use super::*;

fn send(
    bench: &mut Bench,
    ask: &str,
    kind: &str,
    body: &str,
    authorization: &str,
) -> (u16, String) {
    let (method, path) = ask.split_once(' ').unwrap();
    let request = Request::builder()
        .method(method)
        .uri(format!("/scim/v2{path}"))
        .header("content-type", kind);
    let request =
        request.header("authorization", authorization).body(Bytes::from(body.to_owned())).unwrap();
    let response = bench.do_by_hand(|golinks, moment| golinks.handle(&request, moment));
    (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
}

#[test]
fn the_token_endpoint_issues_tokens_that_end() {
    let mut bench =
        Bench::with(&[("oauth.client_secret", text("a secret")), ("oauth.expires", text("10m"))]);
    let form = "application/x-www-form-urlencoded";
    let good = "grant_type=client_credentials&client_id=entra&client_secret=a+secret";
    let mut ask = |kind: &str, body: &str, authorization: &str| {
        let (status, body) = send(&mut bench, "POST /oauth/token", kind, body, authorization);
        let body = Object::parse(body.as_bytes()).unwrap();
        let text =
            |name: &str| body.get(name).and_then(Value::as_text).unwrap_or_default().to_owned();
        (
            status,
            text("error"),
            text("access_token"),
            body.get("expires_in").and_then(Value::as_i64),
        )
    };
    let refused = |status: u16, error: &str| (status, error.to_owned(), String::new(), None);
    assert_eq!(ask("application/json", good, ""), refused(400, "invalid_request"));
    assert_eq!(
        ask(form, "grant_type=client_credentials&client_id=entra", ""),
        refused(401, "invalid_client")
    );
    assert_eq!(
        ask(form, &good.replace("client_c", "c"), ""),
        refused(400, "unsupported_grant_type")
    );
    assert_eq!(
        ask(form, "client_id=entra&client_secret=a+secret", ""),
        refused(400, "invalid_request")
    );
    let by_header = ask(form, "grant_type=client_credentials", "Basic ZW50cmE6YSBzZWNyZXQ=");
    let (status, _, token, expires) = ask(form, good, "");
    assert_eq!((by_header.0, status, expires), (200, 200, Some(600)));
    assert_ne!(by_header.2, token);
    let bearer = format!("Bearer {token}");
    assert_eq!(send(&mut bench, "GET /Users", "", "", &bearer).0, 200);
    assert_eq!(send(&mut bench, "GET /Users", "", "", "Bearer golinks-demo-token").0, 200);
    bench.now = START + Duration::from_secs(600);
    assert_eq!(bench.golinks.next_due(), Some(bench.now));
    assert_eq!(send(&mut bench, "GET /Users", "", "", &bearer).0, 401);
    bench.do_by_hand(|golinks, moment| golinks.expire(moment));
    assert_eq!(bench.golinks.next_due(), None);
    let said = bench.events();
    assert_eq!(said[4..6], ["token oaut… issued", "token oaut… issued"]);
    assert_eq!(said.last().unwrap(), "token oaut… expired");
    assert_eq!(
        send(&mut Bench::new(), "POST /oauth/token", form, good, "Bearer golinks-demo-token").0,
        404
    );
}

#[test]
fn there_are_other_ways_in_and_tokens_that_only_read() {
    let status = |settings: &[(&str, Kind)], ask: &str, authorization: &str| {
        send(&mut Bench::with(settings), ask, "application/scim+json", &user("c"), authorization).0
    };
    let basic =
        [("auth", text("basic")), ("basic.user", text("a")), ("basic.password", text("bc"))];
    assert_eq!(status(&basic, "GET /Users", "Basic YTpiYw=="), 200);
    assert_eq!(status(&basic, "GET /Users", "basic YTpiYw=="), 200);
    assert_eq!(status(&basic, "GET /Users", "Basic YTpiYg=="), 401);
    assert_eq!(status(&basic, "GET /Users", "Bearer golinks-demo-token"), 401);
    assert_eq!(status(&[("auth", text("none"))], "POST /Users", ""), 201);
    let read =
        [("token.value", text("t")), ("token.scope", text("read")), ("profile", text("generic"))];
    assert_eq!(status(&read, "GET /Users", "Bearer t"), 200);
    assert_eq!(status(&read, "POST /Users", "Bearer t"), 403);
    assert_eq!(status(&read, "POST /Users/.search", "Bearer t"), 200);
}

#[test]
fn seats_run_out_and_come_free() {
    let mut bench = Bench::with(&[
        ("limits.seats", Kind::Integer(1)),
        ("limits.seats_status", Kind::Integer(400)),
    ]);
    let ann = bench.send("POST /Users", &user("ann"));
    assert_eq!(bench.send("POST /Users", &user("ben")).at("detail"), "\"the only seat is taken\"");
    let ben = bench.send("POST /Users", r#"{"userName":"ben","active":false}"#);
    assert_eq!((ann.status, ben.status), (201, 201));
    let set = |bench: &mut Bench, id: &str, active: bool| {
        let body =
            format!(r#"{{"Operations":[{{"op":"replace","path":"active","value":{active}}}]}}"#);
        bench.send(&format!("PATCH /Users/{id}"), &body).status
    };
    assert_eq!(set(&mut bench, &ben.id(), true), 400);
    assert_eq!([set(&mut bench, &ann.id(), false), set(&mut bench, &ben.id(), true)], [200, 200]);
    assert_eq!(set(&mut bench, &ann.id(), true), 400);
}

#[test]
fn what_is_new_is_found_later_and_maintenance_passes() {
    let mut bench = Bench::with(&[("limits.visible_after", text("15m"))]);
    let ann = bench.send("POST /Users", &user("ann"));
    let found = "GET /Users?filter=userName+eq+%22ann%22";
    assert_eq!(bench.send(found, "").at("totalResults"), "0");
    assert_eq!(bench.send(&format!("GET /Users/{}", ann.id()), "").status, 200);
    assert_eq!(bench.send("POST /Users", &user("ann")).status, 409);
    bench.now = START + Duration::from_secs(900);
    assert_eq!(bench.send(found, "").at("totalResults"), "1");
    // A client in real time finds what it made after as long in its own, though the clock stands
    // still.
    let token = [("authorization", "Bearer golinks-demo-token")];
    let ask = |bench: &mut Bench, secs: u64, ask: &str, body: &str| {
        let own =
            crate::golinks::ClientTime { now: START + Duration::from_secs(secs), speed: None };
        bench.send_at(Some(own), ask, body, &token)
    };
    let found = "GET /Users?filter=userName+eq+%22ben%22";
    assert_eq!(ask(&mut bench, 50, "POST /Users", &user("ben")).status, 201);
    let totals = [900, 949, 950].map(|secs| ask(&mut bench, secs, found, "").at("totalResults"));
    assert_eq!(totals, ["0", "0", "1"]);
    assert_eq!(bench.send(found, "").at("totalResults"), "0", "the engine waits for the clock");

    let window = Node::table([("from", Node::text("1h")), ("for", Node::text("30m"))]);
    let mut bench = Bench::with(&[("limits.maintenance", window.kind)]);
    for (minutes, status, retry_after) in
        [(59, 200, ""), (60, 503, "1800"), (89, 503, "60"), (90, 200, "")]
    {
        bench.now = START + Duration::from_secs(minutes * 60);
        let answer = bench.send("GET /Users", "");
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (status, retry_after),
            "{minutes}"
        );
    }
}

#[test]
fn the_plan_and_the_issuer_of_a_token_are_reasons_for_403() {
    let ask = |settings: &[(&str, Kind)], ask: &str| {
        send(&mut Bench::with(settings), ask, "application/scim+json", "", "Bearer t")
    };
    let token = ("token.value", text("t"));
    let list = "GET /Users";
    assert_eq!(ask(std::slice::from_ref(&token), list).0, 200);
    let (status, said) = ask(&[token.clone(), ("plan", text("free"))], list);
    assert!(status == 403 && said.contains("Enterprise plan"), "{status} {said}");
    let (status, said) = ask(&[token.clone(), ("token.issued_by", text("member"))], list);
    assert!(status == 403 && said.contains("without admin permissions"), "{status} {said}");
    // A wrong token is told first.
    assert_eq!(ask(&[("plan", text("free"))], list).0, 401);
}
