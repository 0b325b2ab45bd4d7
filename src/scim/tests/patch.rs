//! PATCH over a schema with lists: RFC 7644's examples on lists, and that a repeated request
//! changes nothing more.

use proptest::prelude::*;

use crate::scim::schema::{Attribute, Kind, Mutability, ResourceType, Schema, Unknown};
use crate::scim::shape::shape;
use crate::scim::{Object, PatchRequest, Rules, urn};

/// A user with lists, an immutable part of the tests' own and strictness about unknown names.
fn kind() -> ResourceType {
    let text = |name: &'static str| Attribute::new(name, Kind::String, "");
    let list = |name: &'static str| {
        let parts = vec![text("type"), text("value"), Attribute::new("primary", Kind::Boolean, "")];
        Attribute { multi_valued: true, ..Attribute::new(name, Kind::Complex, "") }.with(parts)
    };
    ResourceType {
        name: "User".into(),
        endpoint: "/Users".into(),
        description: "".into(),
        schema: Schema {
            id: urn::USER.into(),
            name: "User".into(),
            description: "".into(),
            attributes: vec![
                Attribute { required: true, ..text("userName") },
                text("title"),
                Attribute::new("name", Kind::Complex, "")
                    .with(vec![text("givenName"), text("familyName")]),
                list("emails"),
                list("members"),
                Attribute { mutability: Mutability::ReadOnly, ..text("computed") },
                Attribute::new("age", Kind::Integer, ""),
                Attribute { multi_valued: true, ..text("tags") },
            ],
        },
        extensions: vec![Schema {
            id: urn::ENTERPRISE_USER.into(),
            name: "EnterpriseUser".into(),
            description: "".into(),
            attributes: vec![
                text("department"),
                Attribute::new("manager", Kind::Complex, "").with(vec![text("value")]),
            ],
        }],
        unknown: Unknown::Refuse,
    }
}

const BEFORE: &str = r#"{"userName":"b","title":"T","name":{"givenName":"B","familyName":"J"},
    "emails":[{"type":"work","value":"w","primary":true},{"type":"home","value":"h"}],
    "members":[{"value":"1"},{"value":"2"},{"value":"3"}],"tags":["x"]}"#;

fn patched(resource: &Object, operations: &str) -> Result<Object, String> {
    let body = Object::parse(format!(r#"{{"Operations":[{operations}]}}"#).as_bytes()).unwrap();
    let mut resource = resource.clone();
    PatchRequest::parse(body, Rules::default())
        .and_then(|request| request.apply(&mut resource, &kind(), Rules::default()))
        .and_then(|()| shape(resource, &kind(), Rules::default()))
        .map_err(|error| error.to_string())
}

fn check(operations: &str, name: &str, expected: &str) {
    let before = Object::parse(BEFORE.as_bytes()).unwrap();
    let after = patched(&before, operations).unwrap_or_else(|why| panic!("{operations}: {why}"));
    assert_eq!(
        after.get(name).map(|value| value.to_string()).unwrap_or_default(),
        expected,
        "{operations}"
    );
}

#[test]
fn lists_follow_rfc_7644_3_5_2() {
    let primary = r#"[{"type":"work","value":"w","primary":false},{"type":"home","value":"h"},{"value":"n","primary":true}]"#;
    check(
        r#"{"op":"add","path":"emails","value":[{"value":"n","primary":true}]}"#,
        "emails",
        primary,
    );
    check(
        r#"{"op":"add","path":"emails","value":{"value":"n","primary":true}}"#,
        "emails",
        primary,
    );
    check(r#"{"op":"add","value":{"emails":[{"value":"n","primary":true}]}}"#, "emails", primary);
    let home = r#"[{"type":"work","value":"w","primary":false},{"type":"home","value":"h","primary":true}]"#;
    check(
        r#"{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}"#,
        "emails",
        home,
    );
    check(
        r#"{"op":"replace","path":"emails[type eq \"home\"]","value":{"type":"other","value":"o"}}"#,
        "emails",
        r#"[{"type":"work","value":"w","primary":true},{"type":"other","value":"o"}]"#,
    );
    check(
        r#"{"op":"add","path":"emails[type eq \"home\"]","value":{"value":"o"}}"#,
        "emails",
        r#"[{"type":"work","value":"w","primary":true},{"type":"home","value":"o"}]"#,
    );
    check(
        r#"{"op":"add","path":"emails[type eq \"other\"]","value":{"value":"o"}}"#,
        "emails",
        r#"[{"type":"work","value":"w","primary":true},{"type":"home","value":"h"},{"type":"other","value":"o"}]"#,
    );
    // An element that is replaced stays the one its filter chose, unless the value says otherwise.
    check(
        r#"{"op":"replace","path":"emails[type eq \"home\"]","value":{"value":"o"}}"#,
        "emails",
        r#"[{"type":"work","value":"w","primary":true},{"type":"home","value":"o"}]"#,
    );
    check(
        r#"{"op":"add","path":"emails[type eq \"other\" and primary eq \"True\"].value","value":"o"}"#,
        "emails",
        r#"[{"type":"work","value":"w","primary":false},{"type":"home","value":"h"},{"type":"other","value":"o","primary":true}]"#,
    );
    check(r#"{"op":"replace","path":"emails","value":[]}"#, "emails", "");
    check(
        r#"{"op":"add","path":"tags","value":"y"},{"op":"add","path":"tags","value":["x","z"]}"#,
        "tags",
        r#"["x","y","z"]"#,
    );
    check(r#"{"op":"replace","path":"tags","value":null}"#, "tags", "");
    // Of a list without parts `value` is the value itself (RFC 7643 2.4).
    check(r#"{"op":"remove","path":"tags[value eq \"X\"]"}"#, "tags", "");
    check(r#"{"op":"remove","path":"tags[value eq \"y\"]"}"#, "tags", r#"["x"]"#);
    check(r#"{"op":"remove","path":"tags[not (value sw \"y\")].value"}"#, "tags", "");
    check(r#"{"op":"replace","path":"tags[value eq \"x\"]","value":"y"}"#, "tags", r#"["y"]"#);
    check(
        r#"{"op":"replace","path":"tags[value eq \"x\"].value","value":"y"}"#,
        "tags",
        r#"["y"]"#,
    );
    check(r#"{"op":"add","path":"tags[value eq \"y\"]","value":"y"}"#, "tags", r#"["x","y"]"#);
    check(r#"{"op":"remove","path":"tags","value":["x"]}"#, "tags", "");
}

#[test]
fn null_is_no_value_for_add_and_replace_alike() {
    const CLEARED: [(&str, &str, &str); 8] = [
        ("title", "title", ""),
        ("name", "name", ""),
        ("name.givenName", "name", r#"{"familyName":"J"}"#),
        ("age", "age", ""),
        ("emails[type eq \\\"work\\\"].value", "emails", r#"[{"type":"home","value":"h"}]"#),
        ("emails[type eq \\\"work\\\"]", "emails", r#"[{"type":"home","value":"h"}]"#),
        (
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            urn::ENTERPRISE_USER,
            "",
        ),
        (urn::ENTERPRISE_USER, urn::ENTERPRISE_USER, ""),
    ];
    let filled = format!(
        r#"{{"op":"add","value":{{"age":7,"{}":{{"department":"D"}}}}}}"#,
        urn::ENTERPRISE_USER
    );
    for op in ["add", "replace"] {
        for (path, name, left) in CLEARED {
            check(&format!(r#"{filled},{{"op":"{op}","path":"{path}","value":null}}"#), name, left);
            if !path.contains('[') {
                check(
                    &format!(r#"{filled},{{"op":"{op}","value":{{"{path}":null}}}}"#),
                    name,
                    left,
                );
            }
        }
        // Of many values there is none to add; all may be replaced by none.
        for nothing in ["null", "[]"] {
            let left = if op == "add" { r#"["x"]"# } else { "" };
            check(&format!(r#"{{"op":"{op}","path":"tags","value":{nothing}}}"#), "tags", left);
        }
    }
}

#[test]
fn the_core_schema_as_a_path_is_the_whole_resource() {
    for op in ["add", "replace"] {
        let core = "urn:ietf:params:scim:schemas:core:2.0:User";
        let value = r#"{"title":"U","name.givenName":"C","tags":"x"}"#;
        let operation = format!(r#"{{"op":"{op}","path":"{core}","value":{value}}}"#);
        check(&operation, "title", r#""U""#);
        check(&operation, "name", r#"{"givenName":"C","familyName":"J"}"#);
        check(&operation, "userName", r#""b""#);
    }
}

#[test]
fn members_are_removed_one_by_one_in_either_dialect() {
    let left = r#"[{"value":"1"},{"value":"3"}]"#;
    check(
        r#"{"op":"Remove","path":"members","value":[{"$ref":null,"value":"2"}]}"#,
        "members",
        left,
    );
    check(r#"{"op":"remove","path":"members[value eq \"2\"]"}"#, "members", left);
    check(
        r#"{"op":"remove","path":"members","value":[{"value":"9"}]}"#,
        "members",
        r#"[{"value":"1"},{"value":"2"},{"value":"3"}]"#,
    );
    check(
        r#"{"op":"add","path":"members","value":[{"$ref":null,"value":"2"}]}"#,
        "members",
        r#"[{"value":"1"},{"value":"2"},{"value":"3"}]"#,
    );
    check(r#"{"op":"remove","path":"members"}"#, "members", "");
}

#[test]
fn managers_come_in_many_shapes() {
    let extension = urn::ENTERPRISE_USER;
    let manager = r#"{"manager":{"value":"u-1"}}"#;
    for value in
        [r#""u-1""#, r#"{"value":"u-1"}"#, r#"[{"$ref":"http://x/Users/u-1","value":"u-1"}]"#]
    {
        check(
            &format!(r#"{{"op":"Add","path":"{extension}:manager","value":{value}}}"#),
            extension,
            manager,
        );
        check(
            &format!(r#"{{"op":"add","value":{{"{extension}:manager":{value}}}}}"#),
            extension,
            manager,
        );
    }
    check(
        &format!(r#"{{"op":"add","path":"{extension}:manager.value","value":"u-1"}}"#),
        extension,
        manager,
    );
    let set = format!(r#"{{"op":"add","path":"{extension}:manager","value":"u-1"}}"#);
    for clear in [r#""""#, "null", r#"{"value":null}"#] {
        check(
            &format!(r#"{set},{{"op":"replace","path":"{extension}:manager","value":{clear}}}"#),
            extension,
            "",
        );
    }
}

#[test]
fn strictness_names_its_reason() {
    let before = Object::parse(BEFORE.as_bytes()).unwrap();
    for (operations, reason) in [
        (r#"{"op":"add","path":"nothing","value":1}"#, "400 invalidPath"),
        (r#"{"op":"add","value":{"nothing":1}}"#, "400 invalidPath"),
        (r#"{"op":"add","value":{"a b":1}}"#, "400 invalidPath"),
        (r#"{"op":"add","path":"name.nothing","value":1}"#, "400 invalidPath"),
        (r#"{"op":"add","path":"computed","value":"x"}"#, "400 mutability"),
        (r#"{"op":"add","path":"age","value":"old"}"#, "400 invalidValue"),
        (r#"{"op":"add","path":"age","value":1.5}"#, "400 invalidValue"),
        (
            r#"{"op":"replace","path":"emails[type ne \"work\" and type ne \"home\"].value","value":"x"}"#,
            "400 noTarget",
        ),
        (r#"{"op":"remove","path":"urn:ietf:params:scim:schemas:core:2.0:User"}"#, "400 noTarget"),
        (
            r#"{"op":"add","path":"urn:ietf:params:scim:schemas:core:2.0:User","value":1}"#,
            "400 invalidValue",
        ),
        (r#"{"op":"replace","path":"tags[value eq \"y\"]","value":"z"}"#, "400 noTarget"),
        (r#"{"op":"remove","path":"tags[name eq \"y\"]"}"#, "400 invalidFilter"),
        (r#"{"op":"remove","path":"title[value eq \"T\"]"}"#, "400 invalidFilter"),
        (
            r#"{"op":"replace","path":"emails[type eq \"x\" and type eq \"y\"].value","value":"z"}"#,
            "400 noTarget",
        ),
    ] {
        let refused = patched(&before, operations).unwrap_err();
        assert!(refused.starts_with(reason), "{operations}: {refused}");
    }
}

fn any_operation() -> impl Strategy<Value = String> {
    let path = prop_oneof![
        Just("title"),
        Just("name"),
        Just("name.givenName"),
        Just("emails"),
        Just("emails.value"),
        Just("tags"),
        Just("age"),
        Just(r#"emails[type eq \"work\"]"#),
        Just(r#"emails[type eq \"other\"].value"#),
        Just("members"),
        Just(r#"emails[primary eq true].type"#),
        Just("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"),
    ];
    let value = prop_oneof![
        Just(r#""x""#),
        Just("7"),
        Just("null"),
        Just(r#"{"value":"v"}"#),
        Just(r#"{"givenName":"G"}"#),
        Just(r#"[{"type":"work","value":"n","primary":true}]"#),
        Just(r#"[{"value":"1"},{"value":"4"}]"#),
        Just(r#"["x","y"]"#),
    ];
    let op = prop_oneof![Just("add"), Just("Replace"), Just("remove")];
    (op, path, value)
        .prop_map(|(op, path, value)| format!(r#"{{"op":"{op}","path":"{path}","value":{value}}}"#))
}

proptest! {
    #[test]
    fn what_is_patched_keeps_its_shape_and_a_repeated_operation_changes_nothing(
        operations in prop::collection::vec(any_operation(), 1..4),
    ) {
        let mut resource = Object::parse(BEFORE.as_bytes()).unwrap();
        for operation in operations {
            let Ok(after) = patched(&resource, &operation) else { continue };
            prop_assert_eq!(shape(after.clone(), &kind(), Rules::default()), Ok(after.clone()));
            // An element that a filter no longer meets, once changed, is another matter.
            if operation.split("\"value\"").next().is_some_and(|path| !path.contains('[')) {
                prop_assert_eq!(patched(&after, &operation), Ok(after.clone()), "{}", operation);
            }
            resource = after;
        }
    }
}

#[test]
fn a_request_that_would_cost_the_square_of_its_length_is_cut_off() {
    let member = |nth: usize| format!(r#"{{"value":"{nth}"}}"#);
    let members: Vec<String> = (0..20_000).map(member).collect();
    let all = members.join(",");
    let before =
        Object::parse(format!(r#"{{"userName":"b","members":[{all}]}}"#).as_bytes()).unwrap();
    let filter = vec![r#"value eq \"x\""#; 5_000].join(" or ");
    for operation in [
        format!(r#"{{"op":"remove","path":"members","value":[{all}]}}"#),
        format!(r#"{{"op":"remove","path":"members[{filter}]"}}"#),
        format!(r#"{{"op":"replace","path":"members.value","value":"{}"}}"#, "x".repeat(100_000)),
    ] {
        assert!(
            patched(&before, &operation).unwrap_err().starts_with("413"),
            "{}",
            &operation[..40]
        );
    }
}

#[test]
fn a_long_text_costs_its_length_for_each_comparison() {
    for (letter, times) in [("x", 600), ("ë", 20)] {
        let value = letter.repeat(400_000);
        let before = format!(r#"{{"userName":"b","members":[{{"value":"{value}"}}]}}"#);
        let before = Object::parse(before.as_bytes()).expect("a resource");
        let removed = |times: usize| {
            let filter = vec![r#"value co \"y\""#; times].join(" or ");
            patched(&before, &format!(r#"{{"op":"remove","path":"members[{filter}]"}}"#))
        };
        assert!(removed(times).unwrap_err().starts_with("413"), "{letter}");
        assert_eq!(removed(times / 10), Ok(before.clone()), "{letter}");
    }
}
