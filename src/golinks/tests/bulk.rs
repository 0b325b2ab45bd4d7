//! Operations that refer to each other: where a reference can stand, and where such a text is a
//! text.

use super::*;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Carries out operations after `{"method":"POST","path":"/Users","bulkId":"u",…}` for u and v and
/// a group g of both; the ids of u, v and g, and the statuses.
fn bulk(bench: &mut Bench, operations: &str) -> ([String; 3], Vec<String>) {
    let made = r#"{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"u"}},
        {"method":"POST","path":"/Users","bulkId":"v","data":{"userName":"v"}},
        {"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"g",
            "members":[{"value":"bulkId:u"},{"value":"bulkId:v"}]}}"#;
    let answer = bench.send("POST /Bulk", &format!(r#"{{"Operations":[{made},{operations}]}}"#));
    assert_eq!(answer.status, 200, "{operations}");
    let body = answer.body();
    let done = body.get("Operations").and_then(Value::as_list).unwrap();
    let text = |nth: usize, name: &str| {
        done[nth].as_object().and_then(|it| it.get(name)?.as_text()).unwrap_or_default().to_owned()
    };
    let ids = [0, 1, 2].map(|nth| text(nth, "location").rsplit('/').next().unwrap().to_owned());
    (ids, (3..done.len()).map(|nth| text(nth, "status")).collect())
}

fn patch(path: &str, operation: &str) -> String {
    format!(r#"{{"method":"PATCH","path":"{path}","data":{{"Operations":[{operation}]}}}}"#)
}

#[test]
fn references_stand_where_the_schema_has_them() {
    let manager = format!("{ENTERPRISE}:manager");
    for operation in [
        format!(
            r#"{{"method":"PUT","path":"/Users/bulkId:v","data":{{"userName":"v","{ENTERPRISE}":{{"manager":{{"value":"bulkId:u"}}}}}}}}"#
        ),
        format!(
            r#"{{"method":"PUT","path":"/Users/bulkId:v","data":{{"userName":"v","{ENTERPRISE}":{{"manager":"bulkId:u"}}}}}}"#
        ),
        patch(
            "/Users/bulkId:v",
            &format!(r#"{{"op":"add","path":"{manager}","value":"bulkId:u"}}"#),
        ),
        patch(
            "/Users/bulkId:v",
            &format!(r#"{{"op":"add","path":"{manager}","value":[{{"value":"bulkId:u"}}]}}"#),
        ),
        patch(
            "/Users/bulkId:v",
            &format!(r#"{{"op":"add","path":"{manager}.value","value":"bulkId:u"}}"#),
        ),
        patch(
            "/Users/bulkId:v",
            &format!(r#"{{"op":"add","path":"{ENTERPRISE}","value":{{"manager":"bulkId:u"}}}}"#),
        ),
        patch(
            "/Users/bulkId:v",
            &format!(r#"{{"op":"add","value":{{"{manager}.value":"bulkId:u"}}}}"#),
        ),
        patch(
            "/Users/bulkId:v",
            r#"{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"manager":"bulkId:u"}}"#,
        ),
    ] {
        let mut bench = Bench::with(&[("profile", text("generic"))]);
        let ([u, v, _], statuses) = bulk(&mut bench, &operation);
        assert_eq!(statuses, ["200"], "{operation}");
        let seen = bench.send(&format!("GET /Users/{v}"), "").at(&format!("{manager}.value"));
        assert_eq!(seen, format!("\"{u}\""), "{operation}");
    }
}

#[test]
fn references_stand_in_the_filters_of_paths() {
    for operation in [
        r#"{"op":"remove","path":"members[value eq \"bulkId:v\"]"}"#,
        r#"{"op":"remove","path":"members[type eq \"User\" and not (value eq \"bulkId:u\")]"}"#,
        r#"{"op":"remove","path":"members","value":[{"value":"bulkId:v"}]}"#,
        r#"{"op":"replace","path":"members","value":["bulkId:u"]}"#,
        r#"{"op":"replace","value":{"members":[{"$ref":"../Users/bulkId:u","value":"bulkId:u"}]}}"#,
    ] {
        let mut bench = Bench::with(&[("profile", text("generic"))]);
        let ([u, _, g], statuses) = bulk(&mut bench, &patch("/Groups/bulkId:g", operation));
        assert_eq!(statuses, ["204"], "{operation}");
        let group = bench.send(&format!("GET /Groups/{g}"), "").body();
        let members = group.get("members").and_then(Value::as_list).unwrap_or_default();
        let ids: Vec<_> =
            members.iter().filter_map(|it| it.as_object()?.get("value")?.as_text()).collect();
        assert_eq!(ids, [u], "{operation}");
    }
}

#[test]
fn elsewhere_such_a_text_is_a_text() {
    let mut bench = Bench::with(&[("profile", text("generic"))]);
    let body = r#"{"userName":"bulkId:u","title":"bulkId:none","nickName":"a/bulkId:u","externalId":"bulkId:u",
        "roles":[{"value":"bulkId:u"}],"profileUrl":"https://x.example/bulkId:u"}"#;
    let post = format!(r#"{{"method":"POST","path":"/Users","bulkId":"w","data":{body}}}"#);
    let change =
        patch("/Users/bulkId:w", r#"{"op":"replace","path":"displayName","value":"bulkId:u"}"#);
    let path =
        patch("/Users/bulkId:w", r#"{"op":"remove","path":"roles[value eq \"bulkId:none\"]"}"#);
    assert_eq!(bulk(&mut bench, &format!("{post},{change},{path}")).1, ["201", "200", "200"]);
    let found = bench.send("GET /Users?filter=userName+eq+%22bulkId:u%22", "");
    for (path, value) in [
        ("title", "bulkId:none"),
        ("nickName", "a/bulkId:u"),
        ("externalId", "bulkId:u"),
        ("displayName", "bulkId:u"),
        ("profileUrl", "https://x.example/bulkId:u"),
    ] {
        assert_eq!(found.at(&format!("Resources.{path}")), format!("\"{value}\""), "{path}");
    }
    assert_eq!(found.at("Resources.roles"), r#"[{"value":"bulkId:u"}]"#);
}

#[test]
fn a_reference_that_leads_nowhere_is_refused() {
    let mut bench = Bench::with(&[("profile", text("generic"))]);
    let post = |bulk_id: &str, name: &str, member: &str| {
        let data =
            format!(r#"{{"displayName":"{name}","members":[{{"value":"bulkId:{member}"}}]}}"#);
        format!(r#"{{"method":"POST","path":"/Groups","bulkId":"{bulk_id}","data":{data}}}"#)
    };
    let operations = [
        post("a", "a", "none"),
        post("b", "b", "a"),
        post("c", "c", "d"),
        post("d", "d", "c"),
        r#"{"method":"DELETE","path":"/Users/bulkId:"}"#.to_owned(),
        r#"{"method":"DELETE","path":"/Users/bulkId:u"}"#.to_owned(),
    ];
    let (_, statuses) = bulk(&mut bench, &operations.join(","));
    // There is no such operation; it failed; each waits for the other (RFC 7644 3.7.1).
    assert_eq!(statuses, ["400", "409", "409", "409", "400", "204"]);
}
