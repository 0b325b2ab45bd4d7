//! What external clients and strict readers meet: addresses, instants, declared types, and requests
//! of which a part is wrong.

use std::time::Duration;

use super::generic::generic;
use super::*;
use crate::golinks::ClientTime;

const TOKEN: (&str, &str) = ("authorization", "Bearer golinks-demo-token");

/// A request of an external client at this time of its own, with these headers.
fn external(bench: &mut Bench, secs: u64, ask: &str, body: &str, host: &str) -> Answer {
    let now = START + Duration::from_secs(secs);
    let client = Some(ClientTime { now, speed: None });
    bench.send_at(client, ask, body, &[TOKEN, ("host", host)])
}

/// The whole body as text.
fn body_of(answer: &Answer) -> String {
    String::from_utf8_lossy(answer.response.body()).into_owned()
}

/// The attribute of a resource as JSON.
fn attribute(answer: &Answer, name: &str) -> String {
    answer.body().get(name).map(Value::to_string).unwrap_or_default()
}

#[test]
fn a_location_begins_with_the_address_under_which_the_client_came() {
    let mut bench = generic();
    for host in ["scimulator:4040", "127.0.0.1:8080", "scimulator:4040", "[::1]:9"] {
        let user = user(&format!("u{}", host.len()));
        let there = format!("http://{host}/scim/v2/Users/");
        let created = external(&mut bench, 0, "POST /Users", &user, host);
        match created.status {
            201 => {
                assert!(created.header("location").starts_with(&there), "{host}");
                assert!(created.at("meta.location").contains(&there), "{host}");
            }
            status => assert_eq!(status, 409),
        }
        let list = external(&mut bench, 0, "GET /Users", "", host);
        assert!(body_of(&list).contains(&there), "{host}");
        let types = external(&mut bench, 0, "GET /ResourceTypes/User", "", host);
        assert!(types.at("meta.location").contains(&format!("http://{host}/")), "{host}");
        let member = list.at("Resources.id").replace('"', "");
        let group = format!(r#"{{"displayName":"{host}","members":[{{"value":"{member}"}}]}}"#);
        let group = external(&mut bench, 0, "POST /Groups", &group, host);
        if group.status == 201 {
            assert!(group.at("members.$ref").contains(&there), "{host}");
        }
    }
    // What is no host is not repeated, and the engine sees one address, after any client.
    let bad = external(&mut bench, 0, "GET /Users", "", "a b\\\"");
    assert!(body_of(&bad).contains("https://api.golinks.io/scim/v2/"));
    let engine = bench.send("GET /Users", "");
    assert!(body_of(&engine).contains("https://api.golinks.io/scim/v2/"));
}

#[test]
fn a_public_address_is_that_of_every_client() {
    let mut bench = Bench::with(&[
        ("profile", text("generic")),
        ("public_url", text("https://scim.example:8443/")),
        ("base_path", text("/scim/v2")),
    ]);
    let there = "https://scim.example:8443/scim/v2/Users/";
    let created = external(&mut bench, 0, "POST /Users", &user("ann"), "scimulator:4040");
    assert!(created.header("location").starts_with(there));
    assert!(body_of(&bench.send("GET /Users", "")).contains(there));
}

#[test]
fn last_modified_moves_for_external_clients_while_the_clock_stands() {
    let mut bench = generic();
    let created = external(&mut bench, 5, "POST /Users", &user("ann"), "h");
    assert_eq!(created.at("meta.created"), created.at("meta.lastModified"));
    let id = created.id();
    let mut seen = vec![created.at("meta.lastModified")];
    for (secs, title) in [(5, "a"), (5, "b"), (60, "c"), (61, "d")] {
        let body = format!(r#"{{"userName":"ann","title":"{title}"}}"#);
        let put = external(&mut bench, secs, &format!("PUT /Users/{id}"), &body, "h");
        seen.push(put.at("meta.lastModified"));
    }
    assert!(seen.windows(2).all(|two| two[0] < two[1]), "{seen:?}");
    // A minute passed for the client, although none did here.
    assert!(seen[3].as_str() >= "\"2026-03-02T08:00:55Z\"", "{seen:?}");
    // What changes nothing moves nothing, and the engine's own writes keep to virtual time.
    let same = r#"{"userName":"ann","title":"d"}"#;
    let put = external(&mut bench, 90, &format!("PUT /Users/{id}"), same, "h");
    assert_eq!(Some(&put.at("meta.lastModified")), seen.last());
    assert_eq!(bench.send("POST /Users", &user("bea")).at("meta.created"), seen[0]);
}

#[test]
fn elements_are_the_same_by_type_and_value() {
    let mut bench = generic();
    let twice = r#"{"userName":"d","emails":[
        {"value":"a@example.com","type":"work","primary":true},
        {"value":"a@example.com","type":"Work","display":"A"},
        {"value":"a@example.com","type":"home"}],"roles":[{"value":"r1"},{"value":"r1"}]}"#;
    let created = bench.send("POST /Users", twice);
    let emails = attribute(&created, "emails");
    assert_eq!(emails.matches("a@example.com").count(), 2, "{emails}");
    assert!(emails.contains(r#""primary":true"#) && emails.contains(r#""display":"A""#));
    assert_eq!(attribute(&created, "roles").matches("r1").count(), 1);
    let patch = format!("PATCH /Users/{}", created.id());
    let add = |value: &str| {
        format!(r#"{{"Operations":[{{"op":"Add","path":"emails","value":[{value}]}}]}}"#)
    };
    // Adding what is there changes nothing: it stays primary, and lastModified where it was.
    bench.now = START + Duration::from_secs(60);
    let again = add(r#"{"value":"a@example.com","type":"work"}"#);
    let answer = bench.send(&patch, &again);
    assert_eq!(attribute(&answer, "emails"), emails);
    assert_eq!(answer.at("meta.created"), answer.at("meta.lastModified"));
    let primary = add(r#"{"value":"a@example.com","type":"home","primary":true}"#);
    let answer = bench.send(&patch, &primary);
    assert_eq!(attribute(&answer, "emails").matches("a@example.com").count(), 2);
    assert_eq!(answer.at("emails[primary eq true].type"), "\"home\"");
}

#[test]
fn a_comparison_that_cannot_be_made_is_refused() {
    let mut bench = generic();
    bench.send("POST /Users", &user("ann"));
    for filter in [
        r#"name eq "x""#,
        r#"name co "x""#,
        r#"meta eq "x""#,
        r#"addresses eq "x""#,
        r#"active eq "maybe""#,
        r#"emails.primary eq "maybe""#,
        r#"emails[primary eq "maybe"]"#,
        r#"meta.created gt "zzz""#,
        r#"meta.lastModified eq "yesterday""#,
        "userName eq {}",
        "userName eq [1]",
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User eq "x""#,
        r#"not (name eq "x")"#,
        r#"userName eq "ann" or name sw "x""#,
    ] {
        let query = format!("GET /Users?filter={}", filter.replace('"', "%22").replace(' ', "+"));
        let answer = bench.send(&query, "");
        assert_eq!(
            (answer.status, answer.at("scimType")),
            (400, "\"invalidFilter\"".to_owned()),
            "{filter}"
        );
    }
    for (filter, met) in [
        (r#"name eq null"#, "1"),
        (r#"active eq "True""#, "1"),
        (r#"meta.resourceType eq "User""#, "1"),
        // RFC 7643 3.1: with its case.
        (r#"meta.resourceType eq "user""#, "0"),
        (r#"addresses eq null and meta.created le "2026-03-02T08:00:00Z""#, "1"),
    ] {
        let query = format!("GET /Users?filter={}", filter.replace('"', "%22").replace(' ', "+"));
        assert_eq!(bench.send(&query, "").at("totalResults"), met, "{filter}");
    }
}

#[test]
fn a_reference_is_a_uri() {
    let mut bench = generic();
    let body = |part: &str| format!(r#"{{"userName":"u",{part}}}"#);
    for part in [
        r#""profileUrl":"not a url""#,
        r#""profileUrl":"example.com/ann""#,
        r#""photos":[{"value":"also not"}]"#,
        r#""photos":[{"value":"https://a.example/{id}"}]"#,
        r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"$ref":"a b"}}"#,
    ] {
        let answer = bench.send("POST /Users", &body(part));
        assert_eq!(
            (answer.status, answer.at("scimType")),
            (400, "\"invalidValue\"".to_owned()),
            "{part}"
        );
    }
    let good = body(
        r#""profileUrl":"https://example.com/ann?q=1#top","photos":[{"value":"data:image/png;base64,AA=="}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"value":"1","$ref":"../Users/1"}}"#,
    );
    assert_eq!(bench.send("POST /Users", &good).status, 201);
}

#[test]
fn malformed_parts_of_a_bulk_request_fail_alone() {
    let mut bench = generic();
    for wrong in [
        r#"{"method":"POST","path":"/Users","data":{"userName":"x"}}"#,
        r#"{"method":"GET","path":"/Users"}"#,
        r#"{"method":"POST","path":"/Bulk","bulkId":"1","data":{}}"#,
        r#"{"method":"POST","path":"/Users/.search","bulkId":"1","data":{}}"#,
        r#"{"method":"POST","path":3,"bulkId":"1"}"#,
        r#"{"method":"POST","bulkId":"1"}"#,
        r#"{"method":"POST","path":"/Users","bulkId":"g","data":{"userName":"other"}}"#,
        "7",
        "null",
    ] {
        let good = r#"{"method":"POST","path":"/Users","bulkId":"g","data":{"userName":"good"}}"#;
        let body = format!(r#"{{"Operations":[{good},{wrong}]}}"#);
        let answer = bench.send("POST /Bulk", &body);
        assert_eq!(answer.at("Operations[status eq \"400\"].status"), "\"400\"", "{wrong}");
        assert_eq!(answer.status, 200, "{wrong}");
        assert!(body_of(&answer).contains("invalidSyntax"), "{wrong}");
        let made = answer.at("Operations[status eq \"201\"].bulkId");
        assert_eq!(made, "\"g\"", "{wrong}");
        let id = bench.send("GET /Users?filter=userName+eq+%22good%22", "").at("Resources.id");
        bench.send(&format!("DELETE /Users/{}", id.replace('"', "")), "");
    }
}

#[test]
fn operations_that_wait_for_each_other_in_a_long_row_cost_what_they_are() {
    let mut bench = generic();
    let group = |nth: usize| {
        let member = match nth {
            999 => String::new(),
            _ => format!(r#"{{"value":"bulkId:g{}"}}"#, nth + 1),
        };
        format!(
            r#"{{"method":"POST","path":"/Groups","bulkId":"g{nth}","data":{{"displayName":"g{nth}","members":[{member}]}}}}"#
        )
    };
    let operations: Vec<String> = (0..1_000).map(group).collect();
    let body = format!(r#"{{"Operations":[{}]}}"#, operations.join(","));
    let answer = bench.send("POST /Bulk", &body);
    let done = answer.body();
    let done = done.get("Operations").and_then(Value::as_list).unwrap();
    assert!(done.iter().all(|it| it.as_object().unwrap().get("status") == Some(&"201".into())));
    assert_eq!(done.len(), 1_000);
}

#[test]
fn a_filter_that_would_hold_everything_up_is_refused() {
    let mut bench = generic();
    bench.do_by_hand(|golinks, moment| {
        for nth in 0..70_000 {
            let name = Value::from(format!("u{nth}"));
            let resource = Object::from_iter([("userName".into(), name)]);
            golinks.create_account(resource, moment).unwrap();
        }
    });
    for (query, status) in [
        ("filter=title+co+%22x%22", 400),
        ("sortBy=title", 400),
        ("filter=userName+eq+%22u7%22", 200),
        ("filter=active+eq+false", 200),
        ("filter=meta.created+gt+%222027-01-01T00:00:00Z%22", 200),
        ("sortBy=id&count=1", 200),
    ] {
        let answer = bench.send(&format!("GET /Users?{query}"), "");
        assert_eq!(answer.status, status, "{query}");
        if status == 400 {
            assert_eq!(answer.at("scimType"), "\"tooMany\"", "{query}");
        }
    }
}

#[test]
fn a_coded_body_is_refused_by_its_coding() {
    let mut bench = generic();
    let coded = [TOKEN, ("content-encoding", "gzip")];
    for ask in ["POST /Users", "POST /Groups", "POST /Bulk", "POST /.search"] {
        let answer = bench.send_with(ask, "\u{1f}\u{8b}", &coded);
        assert_eq!((answer.status, answer.header("accept-encoding")), (415, "identity"), "{ask}");
        assert!(answer.at("detail").contains("gzip"), "{ask}");
    }
    let plain = [TOKEN, ("content-encoding", "identity")];
    assert_eq!(bench.send_with("POST /Users", &user("ann"), &plain).status, 201);
}

#[test]
fn how_to_show_credentials_is_told_without_any() {
    for settings in [vec![], vec![("auth", text("basic"))]] {
        let mut bench = Bench::with(&settings);
        let config = bench.send_with("GET /ServiceProviderConfig", "", &[]);
        assert_eq!(config.status, 200);
        assert!(!config.at("authenticationSchemes").is_empty());
        for ask in ["GET /Schemas", "GET /ResourceTypes", "POST /ServiceProviderConfig"] {
            assert_eq!(bench.send_with(ask, "", &[]).status, 401, "{ask}");
        }
    }
}

#[test]
fn a_user_is_indirectly_in_the_groups_above_its_own() {
    let mut bench = generic();
    let ann = bench.send("POST /Users", &user("ann")).id();
    let mut member = ann.clone();
    for name in ["inner", "middle", "outer"] {
        let body = format!(r#"{{"displayName":"{name}","members":[{{"value":"{member}"}}]}}"#);
        member = bench.send("POST /Groups", &body).id();
    }
    // A circle of groups has an end.
    let circle = format!(
        r#"{{"Operations":[{{"op":"add","path":"members","value":[{{"value":"{member}"}}]}}]}}"#
    );
    let inner = bench.send("GET /Groups?filter=displayName+eq+%22inner%22", "").at("Resources.id");
    bench.send(&format!("PATCH /Groups/{}", inner.replace('"', "")), &circle);
    let shown = bench.send(&format!("GET /Users/{ann}"), "").body();
    let groups: Vec<(String, String)> = shown
        .get("groups")
        .and_then(Value::as_list)
        .unwrap()
        .iter()
        .filter_map(Value::as_object)
        .map(|it| ["display", "type"].map(|name| it.get(name).unwrap().as_text().unwrap().into()))
        .map(|[display, kind]: [String; 2]| (display, kind))
        .collect();
    let expected = [("inner", "direct"), ("middle", "indirect"), ("outer", "indirect")];
    assert_eq!(groups, expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())));
}

#[test]
fn a_name_of_blanks_is_no_name() {
    let mut bench = generic();
    for (ask, body) in [
        ("POST /Users", r#"{"userName":"   "}"#),
        ("POST /Users", r#"{"userName":"\t"}"#),
        ("POST /Groups", r#"{"displayName":" "}"#),
    ] {
        let answer = bench.send(ask, body);
        assert_eq!((answer.status, answer.at("scimType")), (400, "\"invalidValue\"".to_owned()));
    }
    let ann = bench.send("POST /Users", &user("ann")).id();
    let patch = r#"{"Operations":[{"op":"replace","value":{"userName":"  "}}]}"#;
    assert_eq!(bench.send(&format!("PATCH /Users/{ann}"), patch).status, 400);
    assert_eq!(bench.send(&format!("PUT /Users/{ann}"), r#"{"userName":" "}"#).status, 400);
}

#[test]
fn what_cannot_be_changed_by_its_path_cannot_be_changed_by_a_value() {
    let mut bench = generic();
    let ann = bench.send("POST /Users", &user("ann")).id();
    for operation in [
        r#"{"op":"replace","path":"groups","value":[{"value":"1"}]}"#,
        r#"{"op":"replace","value":{"groups":[{"value":"1"}]}}"#,
        r#"{"op":"add","value":{"groups":[{"value":"1"}]}}"#,
    ] {
        let body = format!(r#"{{"Operations":[{operation}]}}"#);
        let answer = bench.send(&format!("PATCH /Users/{ann}"), &body);
        assert_eq!(
            (answer.status, answer.at("scimType")),
            (400, "\"mutability\"".to_owned()),
            "{operation}"
        );
    }
}

#[test]
fn many_elements_added_at_once_cost_what_their_length_costs() {
    let mut bench = generic();
    let id = bench.send("POST /Users", r#"{"userName":"many"}"#).id();
    let emails: Vec<String> = (0..10_000)
        .map(|nth| format!(r#"{{"value":"a{nth}@x.example","type":"other"}}"#))
        .collect();
    let add = |emails: &[String]| {
        let list = emails.join(",");
        format!(r#"{{"Operations":[{{"op":"add","path":"emails","value":[{list}]}}]}}"#)
    };
    // Walked one by one this would touch fifty million pairs.
    let ask = format!("PATCH /Users/{id}");
    assert_eq!(bench.send(&ask, &add(&emails)).status, 200);
    let again = bench.send(&ask, &add(&emails[..5_000]));
    assert_eq!(again.status, 200, "what is there already is found");
}
