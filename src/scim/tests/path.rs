//! Paths: what is read, what they find, and what they create.

use proptest::prelude::*;

use super::filter::any_filter;
use crate::scim::{Filter, Object, Path, Value};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[test]
fn paths_fall_into_their_parts() {
    let check = |text: &str,
                 schema: Option<&str>,
                 attribute: &str,
                 filter: Option<&str>,
                 sub: Option<&str>| {
        let path = Path::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(path.schema.as_deref(), schema, "{text}");
        assert_eq!(path.attribute, attribute, "{text}");
        assert_eq!(path.filter.as_ref().map(|f| f.to_string()).as_deref(), filter, "{text}");
        assert_eq!(path.sub_attribute.as_deref(), sub, "{text}");
        assert_eq!(path.to_string(), text);
    };
    check("userName", None, "userName", None, None);
    check("name.givenName", None, "name", None, Some("givenName"));
    check(
        "emails[type eq \"work\"].value",
        None,
        "emails",
        Some("type eq \"work\""),
        Some("value"),
    );
    check(
        "emails[type eq \"work\"].Value",
        None,
        "emails",
        Some("type eq \"work\""),
        Some("Value"),
    );
    check("members[value eq \"1\"]", None, "members", Some("value eq \"1\""), None);
    check("members.$ref", None, "members", None, Some("$ref"));
    check(&format!("{ENTERPRISE}:department"), Some(ENTERPRISE), "department", None, None);
    check(&format!("{ENTERPRISE}:manager.value"), Some(ENTERPRISE), "manager", None, Some("value"));
    check(ENTERPRISE, Some(ENTERPRISE), "", None, None);
    check("urn:x:1.5:Thing:list[a pr].b", Some("urn:x:1.5:Thing"), "list", Some("a pr"), Some("b"));
    for bad in [
        "", " ", "a.b.c", "a..b", "a[", "a[]", "a[b]", "a[b pr]c", "a b", "2", "é", ":", "urn:x:",
        "[a pr]",
    ] {
        assert!(Path::parse(bad).is_err(), "{bad}");
    }
}

fn find(object: &Object, path: &str) -> Option<String> {
    Path::parse(path).unwrap().find(object).map(Value::to_string)
}

#[test]
fn paths_create_what_is_missing_and_find_it_again() {
    let mut object = Object::new();
    let mut set =
        |path: &str, value: &str| Path::parse(path).unwrap().set(&mut object, Value::from(value));
    assert!(set("userName", "ann"));
    assert!(set("name.givenName", "Ann"));
    assert!(set("name.familyName", "Okafor"));
    assert!(set("emails[type eq \"work\"].value", "a@x"));
    assert!(set("emails[type eq \"home\" and primary eq false].value", "h@x"));
    assert!(set("EMAILS[type eq \"work\"].Value", "b@x"));
    assert!(!set("emails[type sw \"o\"].value", "never"));
    assert!(!set("emails[type eq \"a\" and type eq \"b\"].value", "never"));
    assert!(set(&format!("{ENTERPRISE}:department"), "Sales"));
    assert_eq!(
        object.to_bytes(),
        concat!(
            r#"{"userName":"ann","name":{"givenName":"Ann","familyName":"Okafor"},"emails":[{"type":"work","value":"b@x"},"#,
            r#"{"type":"home","primary":false,"value":"h@x"}],"#,
            r#""urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales"}}"#
        )
    );
    assert_eq!(find(&object, "emails[type eq \"home\"].value").as_deref(), Some("\"h@x\""));
    let mut tags = Object::parse(br#"{"tags":["a","b"],"one":"a"}"#).unwrap();
    for (path, found) in [
        ("tags[value eq \"B\"]", "b"),
        ("tags.value", "a"),
        ("one[value eq \"a\"]", ""),
        ("one.value", ""),
    ] {
        assert_eq!(find(&tags, path).unwrap_or_default().trim_matches('"'), found, "{path}");
    }
    assert_eq!(Path::parse("one[value eq \"a\"]").unwrap().remove(&mut tags), None);
    assert_eq!(
        Path::parse("tags[value eq \"A\"]").unwrap().remove(&mut tags),
        Some(Value::from("a"))
    );
    assert_eq!(tags.to_bytes(), r#"{"tags":["b"],"one":"a"}"#);
    assert_eq!(find(&object, "emails.value").as_deref(), Some("\"b@x\""));
    assert_eq!(
        find(&object, "urn:ietf:params:scim:schemas:core:2.0:User:NAME.givenname").as_deref(),
        Some("\"Ann\"")
    );
    assert_eq!(
        find(&object, &format!("{}:DEPARTMENT", ENTERPRISE.to_uppercase())).as_deref(),
        Some("\"Sales\"")
    );
    assert_eq!(find(&object, ENTERPRISE).as_deref(), Some(r#"{"department":"Sales"}"#));
    assert_eq!(find(&object, "emails[type eq \"other\"]"), None);
    assert_eq!(find(&object, "userName.x"), None);
}

#[test]
fn paths_remove_what_they_lead_to() {
    let mut object = Object::parse(
        br#"{"a":1,"name":{"x":1,"y":2},"emails":[{"type":"work","value":"a"},{"type":"home","value":"b"}],"urn:x:E":{"d":1}}"#,
    )
    .unwrap();
    let mut remove =
        |path: &str| Path::parse(path).unwrap().remove(&mut object).map(|v| v.to_string());
    assert_eq!(remove("name.x").as_deref(), Some("1"));
    assert_eq!(remove("name.x"), None);
    assert_eq!(
        remove("emails[type eq \"home\"]").as_deref(),
        Some(r#"{"type":"home","value":"b"}"#)
    );
    assert_eq!(remove("emails[type eq \"work\"].value").as_deref(), Some("\"a\""));
    assert_eq!(remove("urn:x:E:d").as_deref(), Some("1"));
    assert_eq!(remove("urn:y:E:d"), None);
    assert_eq!(
        object.to_bytes(),
        r#"{"a":1,"name":{"y":2},"emails":[{"type":"work"}],"urn:x:E":{}}"#
    );
}

pub(super) fn any_path(filter: Option<BoxedStrategy<Filter>>) -> impl Strategy<Value = Path> {
    let name = "[a-z$][A-Za-z0-9_-]{0,5}";
    let schema =
        prop_oneof![Just(None), "urn:[a-z]{1,5}:[0-9]\\.[0-9]:[A-Z][a-z]{1,5}".prop_map(Some)];
    let filter = match filter {
        Some(filter) => prop::option::of(filter.prop_map(Box::new)).boxed(),
        None => Just(None).boxed(),
    };
    (schema, name, filter, prop::option::of(name)).prop_map(
        |(schema, attribute, filter, sub_attribute)| Path {
            schema,
            attribute,
            filter,
            sub_attribute,
            case_exact: false,
        },
    )
}

proptest! {
    #[test]
    fn any_path_reads_back_as_it_was_printed(path in any_path(Some(any_filter().boxed()))) {
        prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn what_is_set_is_found(path in any_path(None)) {
        let mut object = Object::new();
        prop_assert!(path.set(&mut object, Value::from("x")));
        prop_assert_eq!(path.find(&object), Some(&Value::from("x")));
        prop_assert_eq!(path.remove(&mut object), Some(Value::from("x")));
        prop_assert_eq!(path.find(&object), None);
    }
}
