//! To read a change request in one go comes to the same as to parse its body and to take the values
//! apart then.

use proptest::prelude::*;
use proptest::strategy::ValueTree;

use super::properties::{ENTERPRISE, json};
use crate::scim::patch::Read;
use crate::scim::{Error, Object, PatchRequest, Rules, urn};

/// The long way.
fn parsed(body: &[u8], rules: Rules) -> Result<Read, Error> {
    Object::parse(body).map(|body| PatchRequest::parse(body, rules))
}

fn check(body: &[u8]) -> Result<Read, Error> {
    let strict = Rules { strict_op_case: true, ..Rules::default() };
    assert_eq!(
        PatchRequest::read(body, strict),
        parsed(body, strict),
        "{}",
        String::from_utf8_lossy(body)
    );
    let read = PatchRequest::read(body, Rules::default());
    assert_eq!(read, parsed(body, Rules::default()), "{}", String::from_utf8_lossy(body));
    read
}

#[test]
fn odd_bodies_are_read_alike() {
    let schemas = format!(r#""schemas":["{}"]"#, urn::PATCH_OP);
    let deep = "[".repeat(300);
    for body in [
        "",
        "[]",
        "{",
        "{}",
        "null",
        r#"{"Operations":[]} x"#,
        r#"{"Operations":[]"#,
        r#"{"Operations":null}"#,
        r#"{"Operations":{"op":"add"}}"#,
        r#"{"operations":[{"op":"remove","path":"title"}]}"#,
        r#"{"Operations":[{"op":"remove","path":"title"}],"Operations":[]}"#,
        r#"{"Operations":[{"op":"remove","path":"title"}],"OPERATIONS":null}"#,
        r#"{"Operations":[],"nosuch":1e999}"#,
        r#"{"Operations":[],"nosuch":"\ud800"}"#,
        r#"{"schemas":[],"Operations":[]}"#,
        r#"{"schemas":null,"Operations":[]}"#,
        r#"{"schemas":"none","Operations":[]}"#,
        r#"{"schemas":["a",3,null],"Operations":[3]}"#,
        r#"{"schemas":["URN:ietf:params:scim:api:messages:2.0:patchOP",3],"Operations":[]}"#,
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Patch\u004fp"],"Operations":[]}"#,
        r#"[["urn:ietf:params:scim:api:messages:2.0:PatchOp"],[]]"#,
        r#"{"Operations":[["add","title","T"]]}"#,
        r#"{"Operations":[{"op":"replace","path":"a b"},{"op":}]}"#,
        &format!(r#"{{{schemas},"Operations":[{{"op":"add","value":{deep}}}]}}"#),
        &format!(r#"{{"Operations":[{{"op":"nosuch"}}],{schemas},"schemas":[]}}"#),
    ] {
        let _ = check(body.as_bytes());
    }
    let _ = check(b"{\"Operations\":[{\"op\":\"add\",\"path\":\"title\",\"value\":\"\xff\"}]}");
}

#[test]
fn odd_operations_are_read_alike() {
    for operation in [
        r#"{"op":"replace","path":"title","value":null}"#,
        r#"{"op":"Replace","path":"title"}"#,
        r#"{"op":"REMOVE","path":"title","value":[1]}"#,
        r#"{"op":"remove","value":{}}"#,
        r#"{"op":"add","path":null,"value":{"title":"T","TITLE":"U"}}"#,
        r#"{"op":"add","path":"","value":{"name":{"givenName":"G"}}}"#,
        r#"{"op":"add","path":" title ","value":"T"}"#,
        r#"{"op":"add","path":7,"value":"T"}"#,
        r#"{"op":"add","value":"T"}"#,
        r#"{"op":"add","value":null}"#,
        r#"{"op":null,"path":"title","value":"T"}"#,
        r#"{"op":"upsert","path":"a[","value":"T"}"#,
        r#"{"op":"\u0061dd","path":"t\u0069tle","value":"\u00e9\n\"\\"}"#,
        r#"{"OP":"add","Path":"title","VALUE":"T"}"#,
        r#"{"op":"add","path":"title","value":"T","path":"nickName","Value":"N"}"#,
        r#"{"op":"add","path":"title","value":"T","id":"x"}"#,
        r#"{"value":"T","path":"title","op":"add"}"#,
        r#"{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":{"a":1}}"#,
        r#"{"op":"remove","path":"urn:ietf:params:scim:schemas:core:2.0:User"}"#,
        r#"{"op":"add","path":"title","value":1e999}"#,
        r#"{"op":"add","path":"title","value":"\ud800"}"#,
        r#"{"op":"add","path":"title","value":[1.5,{"a":{"b":[-0]}}]}"#,
    ] {
        let _ = check(format!(r#"{{"Operations":[{operation}]}}"#).as_bytes());
        let _ = check(
            format!(r#"{{"Operations":[{{"op":"remove","path":"title"}},{operation},3]}}"#)
                .as_bytes(),
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]
    #[test]
    fn any_body_is_read_alike(
        members in prop::collection::vec(member(), 0..3),
        cut in prop::option::weighted(0.1, any::<prop::sample::Index>()),
    ) {
        let body = object(members);
        let length = cut.map_or(body.len(), |cut| cut.index(body.len()));
        let _ = check(&body.as_bytes()[..length]);
    }
}

/// The test above would say little if hardly a body were read.
#[test]
fn many_bodies_are_change_requests() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let bodies = prop::collection::vec(member(), 0..3).prop_map(object);
    let mut read = 0;
    for _ in 0..600 {
        let body = bodies.new_tree(&mut runner).expect("nothing is filtered").current();
        read += usize::from(
            matches!(check(body.as_bytes()), Ok(Ok(request)) if !request.operations.is_empty()),
        );
    }
    assert!(read > 100, "{read}");
}

fn object(members: Vec<(&'static str, String)>) -> String {
    let members: Vec<String> =
        members.into_iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", members.join(" ,"))
}

fn member() -> impl Strategy<Value = (&'static str, String)> {
    let odd = || json().prop_map(|value| value.to_string());
    let urns = prop_oneof![3 => Just(urn::PATCH_OP), 1 => Just(urn::USER)];
    let schemas =
        prop::collection::vec(urns, 1..3).prop_map(|urns| serde_json::json!(urns).to_string());
    let list = prop::collection::vec(prop_oneof![30 => operation(), 1 => odd()], 1..3);
    prop_oneof![
        1 => schemas.prop_map(|urns| ("schemas", urns)),
        6 => list.prop_map(|list| ("Operations", format!("[{}]", list.join(", ")))),
        1 => (prop::sample::select(vec!["schemas", "Schemas", "Operations", "operations", "nosuch"]), odd()),
    ]
}

/// An operation: mostly of the three parts there are, each of which may be odd, missing, or there
/// twice.
fn operation() -> impl Strategy<Value = String> {
    let ops = ["add", "Add", "replace", "REMOVE", "\\u0061dd", "move"];
    let op = prop::sample::select(ops.to_vec()).prop_map(|op| format!("\"{op}\""));
    let good =
        prop::sample::select(vec!["add", "Replace", "remove"]).prop_map(|op| format!("\"{op}\""));
    let op = prop_oneof![6 => good, 1 => op];
    let places = [
        "title",
        "title",
        "name.givenName",
        "emails[type eq \\\"work\\\"].value",
        ENTERPRISE,
        urn::USER,
        "",
        "a b",
    ];
    let path = prop::sample::select(places.to_vec()).prop_map(|path| format!("\"{path}\""));
    let odd = || json().prop_map(|value| value.to_string());
    let extra = prop::sample::select(vec!["op", "path", "value", "OP", "Path", "nosuch"]);
    let extra = (extra, odd());
    let first = (
        prop_oneof![30 => op, 1 => odd()],
        prop::option::weighted(0.9, prop_oneof![30 => path, 1 => odd()]),
    );
    let rest =
        (prop::option::weighted(0.9, odd()), prop::option::weighted(0.1, extra), any::<bool>());
    (first, rest).prop_map(|((op, path), (value, extra, turned))| {
        let mut parts = vec![("op", op)];
        parts.extend(path.map(|path| ("path", path)));
        parts.extend(value.map(|value| ("value", value)));
        parts.extend(extra);
        if turned {
            parts.reverse();
        }
        object(parts)
    })
}
