//! What is wrong with a request, and the status it gets.

use proptest::prelude::*;

use super::*;

#[test]
fn wrong_requests_get_the_right_error() {
    let mut bench = Bench::new();
    let id = bench.send("POST /Users", MIRA).id();
    let before = bench.send(&format!("GET /Users/{id}"), "").response;
    let filter = |filter: &str| {
        let encoded: String = filter.bytes().map(|byte| format!("%{byte:02x}")).collect();
        format!("GET /Users?filter={encoded}")
    };
    let deep = "(".repeat(2_000);
    for (ask, body, status, reason) in [
        ("GET /".to_owned(), "", 404, ""),
        ("GET /users".to_owned(), "", 404, ""),
        ("GET /Nothing/1".to_owned(), "", 404, ""),
        (format!("GET /Users/{id}/name"), "", 404, ""),
        ("GET /Users/1".to_owned(), "", 404, ""),
        ("GET /Users/%00%ff".to_owned(), "", 404, ""),
        ("GET /Users/999999999999999".to_owned(), "", 404, ""),
        ("PATCH /Users/999999999999999".to_owned(), r#"{"Operations":[]}"#, 404, ""),
        ("DELETE /Users".to_owned(), "", 405, ""),
        (format!("POST /Users/{id}"), "{}", 405, ""),
        ("BREW /Users".to_owned(), "", 405, ""),
        ("POST /Schemas".to_owned(), "{}", 405, ""),
        ("GET /Me".to_owned(), "", 501, ""),
        ("POST /Bulk".to_owned(), "{}", 501, ""),
        ("POST /Users/.search".to_owned(), "{}", 501, ""),
        (filter(""), "", 400, "invalidFilter"),
        (filter("userName"), "", 400, "invalidFilter"),
        (filter("userName co \"x\""), "", 400, "invalidFilter"),
        (filter("userName eq \"x\" and active eq true"), "", 400, "invalidFilter"),
        (filter("externalId eq \"mlind\""), "", 400, "invalidFilter"),
        (filter("emails[type eq \"work\"].value eq \"x\""), "", 400, "invalidFilter"),
        (filter("urn:x:userName eq \"x\""), "", 400, "invalidFilter"),
        (filter(&deep), "", 400, "invalidFilter"),
        ("GET /Users?filter=%ff".to_owned(), "", 400, "invalidValue"),
        ("GET /Users?startIndex=one".to_owned(), "", 400, "invalidValue"),
        ("POST /Users".to_owned(), "", 400, "invalidSyntax"),
        ("POST /Users".to_owned(), "{\"userName\":", 400, "invalidSyntax"),
        ("POST /Users".to_owned(), "[]", 400, "invalidSyntax"),
        ("POST /Users".to_owned(), "{}", 400, "invalidValue"),
        ("POST /Users".to_owned(), r#"{"userName":""}"#, 400, "invalidValue"),
        ("POST /Users".to_owned(), r#"{"userName":7}"#, 400, "invalidValue"),
        ("POST /Users".to_owned(), r#"{"userName":"x","active":"perhaps"}"#, 400, "invalidValue"),
        ("POST /Users".to_owned(), r#"{"userName":"x","name":[{},{}]}"#, 400, "invalidValue"),
        (
            "POST /Users".to_owned(),
            &format!(r#"{{"userName":"x","{ENTERPRISE}":3}}"#),
            400,
            "invalidValue",
        ),
        (format!("PUT /Users/{id}"), "{}", 400, "invalidValue"),
        (format!("PATCH /Users/{id}"), "x", 400, "invalidSyntax"),
        // A body that is no JSON comes before a missing user, and that before its content.
        ("PATCH /Users/nobody".to_owned(), "x", 400, "invalidSyntax"),
        ("PATCH /Users/nobody".to_owned(), r#"{"Operations":3}"#, 404, ""),
        (format!("PATCH /Users/{id}"), r#"{"Operations":3}"#, 400, "invalidSyntax"),
    ] {
        let answer = bench.send(&ask, body);
        assert_eq!(answer.status, status, "{ask} {body}");
        assert_eq!(answer.at("scimType").trim_matches('"'), reason, "{ask} {body}");
        assert_eq!(answer.at("schemas"), "\"urn:ietf:params:scim:api:messages:2.0:Error\"");
        assert_eq!(answer.at("status"), format!("\"{status}\""));
        assert!(answer.at("detail").len() < 400, "{ask}");
    }
    assert_eq!(bench.golinks.accounts().len(), 1);
    assert_eq!(bench.send(&format!("GET /Users/{id}"), "").response.body(), before.body());
}

#[test]
fn content_types_and_sizes_are_looked_at() {
    let auth = ("authorization", "Bearer golinks-demo-token");
    let check = |kind: &str, status: u16| {
        let answer =
            Bench::new().send_with("POST /Users", &user("x"), &[auth, ("content-type", kind)]);
        assert_eq!(answer.status, status, "{kind}");
    };
    check("application/scim+json", 201);
    check("Application/SCIM+JSON ; charset=utf-8", 201);
    check("application/json", 201);
    check("text/plain", 415);
    check("application/x-www-form-urlencoded", 415);
    check("", 415);
    let mut bench = Bench::with(&[("body_limit", Kind::Integer(40))]);
    assert_eq!(bench.send("POST /Users", &user(&"x".repeat(40))).status, 413);
    assert_eq!(bench.send("POST /Users", &user("x")).status, 201);
    assert_eq!(bench.send("DELETE /Users", "").header("allow"), "GET, POST");
}

#[test]
fn slashes_and_a_moved_base() {
    let mut bench = Bench::new();
    assert_eq!(bench.send("GET /Users/", "").status, 200);
    assert_eq!(bench.send("GET //Users//?filter=userName+eq+%22x%22", "").status, 200);
    bench.do_by_hand(|golinks, moment| golinks.set_base("auth/scim/", moment));
    assert_eq!(bench.send("GET /Users", "").status, 404);
    bench.do_by_hand(|golinks, moment| golinks.set_base("/scim/v2", moment));
    assert_eq!(bench.send("GET /Users", "").status, 200);
    assert_eq!(bench.send("GET x/Users", "").status, 404);
    assert_eq!(bench.events()[0], "base path moved to /auth/scim");
}

/// No clock is asked: were one of these to cost the square of its length, this test would run for
/// minutes.
#[test]
fn hostile_bodies_cost_what_their_length_costs() {
    let mut bench = Bench::new();
    let id = bench.send("POST /Users", MIRA).id();
    let patch = format!("PATCH /Users/{id}");
    let many = |one: &str, times: usize| vec![one; times].join(",");
    let elements = many(r#"{"type":"work","value":"x"}"#, 20_000);
    let filter = vec!["type eq \\\"a\\\""; 20_000].join(" and ");
    for body in [
        format!(
            r#"{{"Operations":[{}]}}"#,
            many(r#"{"op":"add","path":"emails","value":[{"value":"x"}]}"#, 15_000)
        ),
        format!(r#"{{"Operations":[{{"op":"add","path":"emails","value":[{elements}]}}]}}"#),
        format!(r#"{{"Operations":[{{"op":"add","path":"emails[{filter}].value","value":"x"}}]}}"#),
        format!(r#"{{"Operations":[{{"op":"add","value":{{{}}}}}]}}"#, many(r#""a.b":1"#, 100_000)),
        format!(r#"{{"userName":"y",{}}}"#, many(r#""userName":"x""#, 50_000)),
        format!(r#"{{"userName":"y","name":{}1{}}}"#, "[".repeat(200_000), "]".repeat(200_000)),
    ] {
        for ask in [patch.as_str(), "POST /Users", &format!("PUT /Users/{id}")] {
            let status = bench.send(ask, &body).status;
            assert!((200..500).contains(&status), "{status}");
        }
    }
}

proptest! {
    #[test]
    fn any_request_is_answered(
        method in "GET|POST|PUT|PATCH|DELETE|[A-Z]{1,8}",
        path in "(/(Users|Groups|Schemas|ID|[!-~]{0,12})){0,3}",
        query in "((filter|count|startIndex)=[!-~]{0,30}&?){0,3}",
        body in prop_oneof![
            ".{0,40}",
            r#"\{"userName":.{0,10}\}"#,
            r#"\{"Operations":\[\{"op":"(add|Replace|remove)","path":"[a-zU:.\[\] ]{0,20}","value":("x"|\{\}|\[1\]|null)\}\]\}"#,
        ],
    ) {
        let mut bench = Bench::new();
        let id = bench.send("POST /Users", MIRA).id();
        let ask = format!("{method} {}?{query}", path.replace("ID", &format!("Users/{id}")));
        if format!("/scim/v2{}", &ask[method.len() + 1..]).parse::<http::Uri>().is_ok() {
            let status = bench.send(&ask, &body).status;
            prop_assert!((200..502).contains(&status));
            prop_assert!(bench.golinks.iter().all(|view| view.resource.get("userName").is_some()));
        }
    }
}

#[test]
fn a_user_name_is_not_endless() {
    let mut bench = Bench::new();
    let long = |count: usize| user(&"é".repeat(count));
    assert_eq!(bench.send("POST /Users", &long(256)).status, 201);
    let refused = bench.send("POST /Users", &long(257));
    assert_eq!((refused.status, refused.at("scimType")), (400, "\"invalidValue\"".to_owned()));
    let id = bench.send("POST /Users", &user("ann")).id();
    assert_eq!(bench.send(&format!("PUT /Users/{id}"), &long(300)).status, 400);
    let mut bench = Bench::with(&[("limits.user_name", Kind::Integer(3))]);
    assert_eq!(
        [
            bench.send("POST /Users", &user("ann")).status,
            bench.send("POST /Users", &user("anna")).status
        ],
        [201, 400]
    );
}
