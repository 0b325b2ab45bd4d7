//! PATCH: the shapes of both dialects, the examples of RFC 7644 that apply, and what is refused.

use super::*;
use crate::scim::tests::properties::operation;

/// Patches Mira with these operations and compares values of the answer.
fn check(operations: &str, expected: &[(&str, &str)]) {
    check_with(&[], MIRA, operations, expected);
}

fn check_with(settings: &[(&str, Kind)], user: &str, operations: &str, expected: &[(&str, &str)]) {
    let mut bench = Bench::with(settings);
    let id = bench.send("POST /Users", user).id();
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operations}]}}"#
    );
    let answer = bench.send(&format!("PATCH /Users/{id}"), &body);
    assert_eq!(
        answer.status,
        200,
        "{operations}: {}",
        String::from_utf8_lossy(answer.response.body())
    );
    for (path, value) in expected {
        assert_eq!(answer.at(path), *value, "{operations} at {path}");
    }
    let read = bench.send(&format!("GET /Users/{id}"), "");
    assert_eq!(read.response.body(), answer.response.body(), "what is answered is what is stored");
}

const WORK: &str = "emails[type eq \"work\"].value";
const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";

#[test]
fn the_classic_dialect_is_understood() {
    check(
        r#"{"op":"Replace","path":"displayName","value":"Mira Adeyemi"},
           {"op":"Replace","path":"emails[type eq \"work\"].value","value":"mira.adeyemi@northwind.example"},
           {"op":"Replace","path":"name.familyName","value":"Adeyemi"},
           {"op":"Replace","path":"externalId","value":"madeyemi"},
           {"op":"Add","path":"nickName","value":"Mi"},
           {"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Hydrology"}"#,
        &[
            (WORK, "\"mira.adeyemi@northwind.example\""),
            ("emails.primary", "true"),
            ("name", r#"{"givenName":"Mira","familyName":"Adeyemi"}"#),
            ("externalId", "\"madeyemi\""),
            ("displayName", ""),
            ("nickName", ""),
            (DEPARTMENT, "\"Hydrology\""),
        ],
    );
    check(r#"{"op":"Replace","path":"active","value":"False"}"#, &[("active", "false")]);
    check(r#"{"op":"Add","path":"active","value":"false"}"#, &[("active", "false")]);
    check(r#"{"op":"Replace","path":"active","value":false}"#, &[("active", "false")]);
    check(r#"{"op":"Add","path":"externalId","value":"again"}"#, &[("externalId", "\"again\"")]);
    check(
        r#"{"op":"Replace","path":"emails[type eq \"work\"].Value","value":"w@x"}"#,
        &[(WORK, "\"w@x\"")],
    );
}

#[test]
fn the_compliant_dialect_is_understood() {
    check(
        r#"{"op":"replace","path":"emails[type eq \"work\"].value","value":"rosalind@northwind.example"},
           {"op":"replace","value":{"displayName":"R","name.familyName":"Adeyemi","active":false,
             "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"Hydrology"}},
           {"op":"add","path":"nickName","value":"Roz"}"#,
        &[
            (WORK, "\"rosalind@northwind.example\""),
            ("name", r#"{"givenName":"Mira","familyName":"Adeyemi"}"#),
            ("active", "false"),
            (DEPARTMENT, "\"Hydrology\""),
        ],
    );
    let nested = format!(
        r#"{{"op":"add","value":{{"name":{{"givenName":"M"}},"{ENTERPRISE}":{{"department":"X"}},"id":"1"}}}}"#
    );
    check(&nested, &[("name", r#"{"givenName":"M","familyName":"Lind"}"#), (DEPARTMENT, "\"X\"")]);
    check(
        &format!(r#"{{"op":"replace","path":"{ENTERPRISE}","value":{{"department":"Y"}}}}"#),
        &[(DEPARTMENT, "\"Y\"")],
    );
}

#[test]
fn lists_and_removals_follow_the_rfc() {
    // RFC 7644 3.5.2.1: adding what is there changes nothing; a list may be replaced whole.
    check(
        r#"{"op":"add","path":"emails","value":[{"type":"work","value":"mira.lind@northwind.example","primary":true}]}"#,
        &[(WORK, "\"mira.lind@northwind.example\"")],
    );
    check(
        r#"{"op":"add","value":{"emails":[{"value":"n@x","type":"work"}]}}"#,
        &[(WORK, "\"n@x\"")],
    );
    check(
        r#"{"op":"replace","path":"emails","value":[{"value":"n@x","type":"work"}]}"#,
        &[("emails", r#"{"type":"work","value":"n@x"}"#)],
    );
    check(
        r#"{"op":"replace","path":"emails[type eq \"work\"]","value":{"type":"work","value":"n@x"}}"#,
        &[("emails", r#"{"type":"work","value":"n@x"}"#)],
    );
    check(r#"{"op":"replace","path":"emails.value","value":"n@x"}"#, &[(WORK, "\"n@x\"")]);
    // RFC 7644 3.5.2.2
    check(
        r#"{"op":"remove","path":"emails[type eq \"work\" and value co \"lind\"]"}"#,
        &[("emails", "")],
    );
    check(
        r#"{"op":"Remove","path":"emails[type eq \"work\"].value","value":"stale"}"#,
        &[("emails", "")],
    );
    check(
        r#"{"op":"remove","path":"emails","value":[{"value":"mira.lind@northwind.example"}]}"#,
        &[("emails", "")],
    );
    check(
        r#"{"op":"remove","path":"emails","value":[{"value":"other"}]}"#,
        &[(WORK, "\"mira.lind@northwind.example\"")],
    );
    check(
        r#"{"op":"remove","path":"emails[type eq \"home\"]"}"#,
        &[(WORK, "\"mira.lind@northwind.example\"")],
    );
    check(r#"{"op":"remove","path":"name.givenName"}"#, &[("name", r#"{"familyName":"Lind"}"#)]);
    check(r#"{"op":"remove","path":"name"},{"op":"remove","path":"name"}"#, &[("name", "")]);
    check(
        &format!(r#"{{"op":"remove","path":"{DEPARTMENT}"}}"#),
        &[(ENTERPRISE, ""), ("schemas", "\"urn:ietf:params:scim:schemas:core:2.0:User\"")],
    );
    check(r#"{"op":"replace","path":"externalId","value":null}"#, &[("externalId", "")]);
}

#[test]
fn a_filtered_path_creates_its_element() {
    let nobody = r#"{"userName":"x"}"#;
    for op in ["Add", "Replace", "add", "replace"] {
        let operation =
            format!(r#"{{"op":"{op}","path":"emails[type eq \"work\"].value","value":"w@x"}}"#);
        check_with(&[], nobody, &operation, &[("emails", r#"{"type":"work","value":"w@x"}"#)]);
    }
    check_with(
        &[],
        nobody,
        r#"{"op":"add","path":"emails[type eq \"home\"].value","value":"h@x"}"#,
        &[("emails", "")],
    );
    check_with(
        &[],
        nobody,
        r#"{"op":"replace","path":"emails[type eq \"work\" and primary eq true].value","value":"w@x"}"#,
        &[("emails", r#"{"type":"work","value":"w@x","primary":true}"#)],
    );
}

#[test]
fn what_changes_nothing_leaves_the_account_alone() {
    let mut bench = Bench::new();
    let mira = bench.send("POST /Users", MIRA);
    bench.now = bench.now + std::time::Duration::from_secs(60);
    let path = format!("PATCH /Users/{}", mira.id());
    for operations in [
        "",
        r#"{"op":"replace","path":"externalId","value":"mlind"}"#,
        r#"{"op":"replace","path":"nickName","value":"x"}"#,
        r#"{"op":"replace","value":{"id":"9","schemas":[],"meta":{}}}"#,
    ] {
        let answer = bench.send(&path, &format!(r#"{{"Operations":[{operations}]}}"#));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.at("meta.lastModified"), "\"2026-03-02T08:00:00Z\"", "{operations}");
    }
    assert_eq!(bench.events().len(), 1);
    let answer =
        bench.send(&path, r#"{"Operations":[{"op":"replace","path":"active","value":"False"}]}"#);
    assert_eq!(answer.at("meta.lastModified"), "\"2026-03-02T08:01:00Z\"");
    bench.send(
        &path,
        r#"{"Operations":[{"op":"replace","value":{"active":true,"externalId":"m"}}]}"#,
    );
    assert_eq!(
        bench.events(),
        [
            "account deactivated mira.lind@northwind.example",
            "account changed mira.lind@northwind.example: externalId",
            "account reactivated mira.lind@northwind.example"
        ]
    );
}

#[test]
fn what_cannot_be_done_is_refused_and_nothing_is_stored() {
    let mut bench = Bench::new();
    let mira = bench.send("POST /Users", MIRA);
    let path = mira.id();
    for (operations, reason) in [
        (
            r#"{"op":"replace","path":"externalId","value":"n"},{"op":"move","path":"name"}"#,
            "invalidSyntax",
        ),
        (r#"{"path":"name"}"#, "invalidSyntax"),
        (r#"{"op":3,"path":"name"}"#, "invalidSyntax"),
        ("3", "invalidSyntax"),
        (r#"{"op":"replace","path":"externalId","value":"n"},{"op":"remove"}"#, "noTarget"),
        (r#"{"op":"replace","path":"externalId"}"#, "invalidValue"),
        (r#"{"op":"add","value":"x"}"#, "invalidValue"),
        (
            r#"{"op":"replace","path":"externalId","value":"n"},{"op":"replace","path":"name[","value":1}"#,
            "invalidPath",
        ),
        (r#"{"op":"replace","path":7,"value":1}"#, "invalidPath"),
        (
            r#"{"op":"replace","path":"name[givenName eq \"x\"].familyName","value":"y"}"#,
            "invalidPath",
        ),
        (r#"{"op":"replace","path":"userName.x","value":"y"}"#, "invalidPath"),
        (r#"{"op":"replace","path":"emails[value sw \"zz\"].value","value":"y"}"#, "noTarget"),
        (r#"{"op":"replace","path":"id","value":"1"}"#, "mutability"),
        (r#"{"op":"remove","path":"userName"}"#, "mutability"),
        (r#"{"op":"replace","path":"userName","value":""}"#, "invalidValue"),
        (r#"{"op":"replace","path":"active","value":"maybe"}"#, "invalidValue"),
        (r#"{"op":"replace","path":"active","value":1}"#, "invalidValue"),
        (r#"{"op":"replace","path":"name","value":"Mira"}"#, "invalidValue"),
        (r#"{"op":"replace","path":"externalId","value":["a","b"]}"#, "invalidValue"),
    ] {
        let answer = bench
            .send(&format!("PATCH /Users/{path}"), &format!(r#"{{"Operations":[{operations}]}}"#));
        assert_eq!(
            (answer.status, answer.at("scimType")),
            (400, format!("\"{reason}\"")),
            "{operations}"
        );
    }
    for body in [r#"{}"#, r#"{"Operations":{}}"#, r#"{"schemas":["urn:x"],"Operations":[]}"#] {
        assert_eq!(
            bench.send(&format!("PATCH /Users/{path}"), body).at("scimType"),
            "\"invalidSyntax\"",
            "{body}"
        );
    }
    assert_eq!(bench.send(&format!("GET /Users/{path}"), "").response.body(), mira.response.body());
}

#[test]
fn quirks_answer_as_their_stories_tell() {
    let on = |name: &str| (format!("quirks.{name}"), Kind::Bool(true));
    let check =
        |setting: (String, Kind), operations: &str, status: u16, at: &str, expected: &str| {
            let mut bench = Bench::with(&[(setting.0.as_str(), setting.1.clone())]);
            let id = bench
                .send("POST /Users", r#"{"userName":"x","active":true,"name":{"givenName":"A"}}"#)
                .id();
            let answer = bench.send(
                &format!("PATCH /Users/{id}"),
                &format!(r#"{{"Operations":[{operations}]}}"#),
            );
            assert_eq!(answer.status, status, "{setting:?} {operations}");
            let read = bench.send(&format!("GET /Users/{id}"), "");
            assert_eq!(read.at(at), expected, "{setting:?} {operations}");
        };
    let disable = r#"{"op":"Replace","path":"active","value":"False"}"#;
    check(on("strict_booleans"), disable, 400, "active", "true");
    check(on("strict_op_case"), disable, 400, "active", "true");
    check(on("patch_noop_200"), disable, 200, "active", "true");
    check(on("client_errors_as_500"), r#"{"op":"fly"}"#, 500, "active", "true");
    check(
        on("noop_patch_is_400"),
        r#"{"op":"add","path":"nickName","value":"n"}"#,
        400,
        "active",
        "true",
    );
    let mail = r#"{"op":"Add","path":"emails[type eq \"work\"].value","value":"w"}"#;
    check(on("no_create_on_filter_miss"), mail, 400, "emails", "");
    let dotted = r#"{"op":"replace","value":{"name.givenName":"B","externalId":"e"}}"#;
    check(
        ("quirks.dotted_keys".to_owned(), text("ignore")),
        dotted,
        200,
        "name.givenName",
        "\"A\"",
    );
    let literal = ("quirks.dotted_keys".to_owned(), text("literal"));
    check(literal.clone(), dotted, 200, "name.givenName", "\"A\"");
    check(literal, dotted, 200, "externalId", "\"e\"");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 400, ..Default::default() })]

    #[test]
    fn what_a_patch_leaves_its_own_schema_takes_back(
        generic in proptest::bool::ANY,
        requests in proptest::collection::vec(
            proptest::collection::vec(operation(&["Add", "replace", "Remove"]), 1..4), 1..4),
    ) {
        let mut bench = Bench::with(&[("profile", text(if generic { "generic" } else { "golinks" }))]);
        let place = format!("/Users/{}", bench.send("POST /Users", MIRA).id());
        for operations in requests {
            let body = serde_json::json!({"Operations": operations}).to_string();
            let status = bench.send(&format!("PATCH {place}"), &body).status;
            proptest::prop_assert!(matches!(status, 200 | 400), "{} {}", status, body);
            let read = bench.send(&format!("GET {place}"), "");
            let resource = String::from_utf8(read.response.body().to_vec()).unwrap();
            let taken = bench.send(&format!("PUT {place}"), &resource);
            proptest::prop_assert_eq!(taken.status, 200, "{} {}", body, resource);
            let again = bench.send(&format!("GET {place}"), "");
            proptest::prop_assert_eq!(again.response.body(), read.response.body(), "{}", body);
        }
    }
}
