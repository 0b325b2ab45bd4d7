//! What holds of any PATCH: the resource still fits its schema, and saying the same again changes
//! nothing.

use proptest::prelude::*;

use crate::scim::fast::Part;
use crate::scim::immutable::keep_immutable;
use crate::scim::schema::{ResourceType, Unknown};
use crate::scim::shape::shape;
use crate::scim::{Error, Object, PatchRequest, Path, ScimType, Value};
use crate::scim::{Rules, standard};

pub(super) fn kind() -> ResourceType {
    let mut kind = ResourceType {
        name: "User".into(),
        endpoint: "/Users".into(),
        description: "".into(),
        schema: standard::user(),
        extensions: vec![standard::enterprise_user()],
        unknown: Unknown::RefusePaths,
    };
    // One attribute that can be set once, and one with a required part.
    kind.schema.attributes.iter_mut().filter(|it| it.name == "locale").for_each(|it| {
        it.mutability = crate::scim::schema::Mutability::Immutable;
    });
    kind.schema
        .attributes
        .iter_mut()
        .filter(|it| it.name == "ims")
        .for_each(|it| it.sub[0].required = true);
    kind
}

pub(super) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

pub(super) fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Value as Json, json};
    let word = prop::sample::select(vec![
        "a",
        "b",
        "work",
        "home",
        "True",
        "",
        "YQ==",
        "2026-03-02T08:00:00Z",
        "q\"é\n",
    ]);
    let leaf = prop_oneof![
        word.prop_map(Json::from),
        any::<bool>().prop_map(Json::from),
        Just(Json::Null),
        Just(json!(7)),
        Just(json!({"value": "a", "type": "work", "primary": true})),
        Just(json!({"value": "b", "primary": "True"})),
        Just(json!({"value": "c", "type": "home"})),
        Just(json!({"givenName": "G"})),
        Just(json!({"department": "D", "manager": "m"})),
        Just(json!({"type": "work"})),
        Just(json!({"value": ""})),
        Just(json!({"value": {"value": "a"}, "nosuch": 1})),
        Just(json!({"TYPE": "home", "Value": "d", "value": "e"})),
        Just(json!({"name.givenName": "N", "emails[type eq \"work\"].value": "p"})),
        Just(json!(-1.5)),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| prop::collection::vec(inner, 0..3).prop_map(Json::from))
}

fn path() -> impl Strategy<Value = String> {
    let plain = prop::sample::select(vec![
        "userName",
        "displayName",
        "name",
        "name.givenName",
        "active",
        "emails",
        "emails.value",
        "emails.primary",
        "emails[type eq \"work\"]",
        "emails[type eq \"work\"].value",
        "emails[type eq \"home\"].primary",
        "emails[primary eq true].type",
        "emails[value co \"a\"]",
        "emails[value eq \"a\"].value",
        "emails[value eq \"a\"]",
        "emails[not (type eq \"work\")].value",
        "emails[type eq \"work\" and primary eq \"True\"].value",
        "emails[type eq \"work\" or type eq \"home\"]",
        "emails[primary eq true]",
        "emails[type pr]",
        "emails[type eq null].type",
        "emails[nosuch eq \"a\"]",
        "emails[primary gt \"a\"]",
        "EMAILS[TYPE EQ \"Work\"].VALUE",
        "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName",
        "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].value",
        "manager",
        "department",
        "roles[primary eq \"True\"].value",
        "roles",
        "addresses",
        "addresses[type eq \"work\"].locality",
        "ims",
        "ims[type eq \"xmpp\"].value",
        "ims.type",
        "locale",
        "password",
        "x509Certificates",
        "groups",
        "id",
        "schemas",
        "meta",
        "nosuch",
        "profileUrl",
        "title",
        "externalId",
    ]);
    let extended = prop::sample::select(vec![
        "",
        ":department",
        ":manager",
        ":manager.value",
        ":manager.displayName",
    ]);
    prop_oneof![4 => plain.prop_map(str::to_owned), 1 => extended.prop_map(|it| format!("{ENTERPRISE}{it}"))]
}

/// A value such as the path asks for.
pub(super) fn fitting(path: &str) -> BoxedStrategy<serde_json::Value> {
    use serde_json::json;
    let path = path.to_lowercase();
    let text = || prop::sample::select(vec!["a", "b", "c", "work", "home"]);
    let element = || {
        let parts = (text(), prop::option::of(text()), prop::option::of(any::<bool>()));
        parts.prop_map(|(value, kind, primary)| {
            let all = [
                ("value", Some(json!(value))),
                ("type", kind.map(Into::into)),
                ("primary", primary.map(Into::into)),
            ];
            all.into_iter()
                .filter_map(|(name, value)| Some((name, value?)))
                .collect::<serde_json::Value>()
        })
    };
    let last = path.rsplit([':', '.', ']']).next().unwrap_or_default();
    match last {
        "active" | "primary" => {
            prop_oneof![any::<bool>().prop_map(Into::into), Just(json!("False"))].boxed()
        }
        "name" => prop_oneof![
            Just(json!({"givenName": "G"})),
            Just(json!({"familyName": "F", "formatted": "x"}))
        ]
        .boxed(),
        "manager" => prop_oneof![text().prop_map(Into::into), Just(json!({"value": "m"}))].boxed(),
        "user" => Just(json!({"department": "D", "costCenter": "7"})).boxed(),
        "emails" | "roles" | "ims" | "groups" => {
            prop::collection::vec(element(), 1..4).prop_map(Into::into).boxed()
        }
        "addresses" => {
            Just(json!([{"type": "work", "locality": "L"}, {"type": "home", "locality": "H"}]))
                .boxed()
        }
        "x509certificates" => Just(json!([{"value": "YQ=="}, {"value": "Yg=="}])).boxed(),
        "" => element().boxed(),
        _ => text().prop_map(Into::into).boxed(),
    }
}

/// An operation of a PATCH: with a path or without, of right and wrong types.
pub(crate) fn operation(ops: &'static [&'static str]) -> impl Strategy<Value = serde_json::Value> {
    let pair = || {
        let value = |path: String| {
            let value = prop_oneof![4 => fitting(&path), 1 => json()];
            (Just(path), value)
        };
        path().prop_flat_map(value)
    };
    let with_path = (prop::sample::select(ops), pair()).prop_map(
        |(op, (path, value))| serde_json::json!({"op": op, "path": path, "value": value}),
    );
    let without =
        (prop::sample::select(ops), prop::collection::vec(pair(), 1..3)).prop_map(|(op, pairs)| {
            let value: std::collections::BTreeMap<String, serde_json::Value> =
                pairs.into_iter().collect();
            serde_json::json!({"op": op, "value": value})
        });
    prop_oneof![3 => with_path, 1 => without]
}

const RICH: &str = r#"{"userName":"u","displayName":"D","name":{"givenName":"A","familyName":"B"},"active":true,"locale":"de",
    "emails":[{"value":"a","type":"work","primary":true},{"value":"b","type":"home"},{"value":"a","type":"home"}],
    "ims":[{"value":"i","type":"xmpp"}],"roles":[{"value":"r","primary":true},{"value":"s","type":"work"}],
    "addresses":[{"type":"work","locality":"L"}],
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"D","manager":{"value":"m"}}}"#;

/// A resource some requests have made, beginning with the least there can be or with a good deal.
fn resource() -> impl Strategy<Value = Object> {
    let first = prop::sample::select(vec![r#"{"userName":"u"}"#, RICH, RICH]);
    (first, prop::collection::vec(operation(&["add", "replace"]), 0..8)).prop_map(
        |(first, operations)| {
            let mut resource =
                shape(Object::parse(first.as_bytes()).unwrap(), &kind(), Rules::default()).unwrap();
            for operation in operations {
                if let Ok(after) = patched(&resource, &operation) {
                    resource = after;
                }
            }
            resource
        },
    )
}

#[test]
fn what_is_generated_puts_the_properties_to_the_test() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut taken, mut changed, mut several) = (0, 0, 0);
    for _ in 0..1_000 {
        let before = resource().new_tree(&mut runner).unwrap().current();
        let operation =
            operation(&["add", "replace", "remove"]).new_tree(&mut runner).unwrap().current();
        several += usize::from(
            before.iter().any(|(_, value)| value.as_list().is_some_and(|items| items.len() > 1)),
        );
        if let Ok(after) = patched(&before, &operation) {
            taken += 1;
            changed += usize::from(after != before);
        }
    }
    assert!(
        taken > 500 && changed > 300 && several > 600,
        "{taken} taken, {changed} changed, {several} with lists"
    );
}

/// What the server stores.
fn patched(before: &Object, operation: &serde_json::Value) -> Result<Object, Error> {
    all_patched(before, std::slice::from_ref(operation))
}

fn all_patched(before: &Object, operations: &[serde_json::Value]) -> Result<Object, Error> {
    let body = Object::parse(serde_json::json!({"Operations": operations}).to_string().as_bytes())?;
    let (kind, rules) = (kind(), Rules::default());
    let mut after = before.clone();
    PatchRequest::parse(body, rules)?.apply(&mut after, &kind, rules)?;
    keep_immutable(before, &mut after, &kind)?;
    shape(after, &kind, rules)
}

/// The same, reading only the members that may change.
fn partly_patched(before: &Object, operations: &[serde_json::Value]) -> Result<Object, Error> {
    let body = Object::parse(serde_json::json!({"Operations": operations}).to_string().as_bytes())?;
    let (kind, rules) = (kind(), Rules::default());
    let request = PatchRequest::parse(body, rules)?;
    let stored = before.to_bytes();
    let part = Part::of(&request, &stored, &kind, rules, &[]).expect("it is shaped");
    let before = part.read(&stored, &kind);
    let mut after = before.clone();
    request.apply(&mut after, &kind, rules)?;
    keep_immutable(&before, &mut after, &kind)?;
    let mut bytes = Vec::new();
    part.write(&stored, &shape(after, &kind, rules)?, &kind, &mut bytes);
    Object::parse(&bytes)
}

fn check_schema(resource: &Object) {
    let kind = kind();
    assert_eq!(
        shape(resource.clone(), &kind, Rules::default()).as_ref(),
        Ok(resource),
        "its schema would change it"
    );
    assert!(resource.get("userName").and_then(Value::as_text).is_some_and(|name| !name.is_empty()));
    for name in ["password", "groups", "id", "meta", "schemas", "nosuch"] {
        assert_eq!(resource.get(name), None, "{name}");
    }
    let primaries = |value: &Value| {
        let items = value.as_list().unwrap_or_default();
        items
            .iter()
            .filter(|it| {
                it.as_object().and_then(|it| it.get("primary")) == Some(&Value::Bool(true))
            })
            .count()
    };
    assert!(resource.iter().all(|(_, value)| primaries(value) <= 1), "two are primary");
}

fn names_an_attribute_twice(operation: &serde_json::Value) -> bool {
    let keys = operation["value"].as_object().filter(|_| operation.get("path").is_none());
    let keys =
        keys.into_iter().flat_map(|keys| keys.keys()).filter_map(|key| Path::parse(key).ok());
    let mut names: Vec<String> = keys.map(|path| path.attribute.to_lowercase()).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    names.len() < all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn a_patched_resource_fits_its_schema(before in resource(), operation in operation(&["add", "replace", "remove"])) {
        check_schema(&before);
        if let Ok(after) = patched(&before, &operation) {
            check_schema(&after);
            if let Some(set) = before.get("locale") {
                prop_assert_eq!(after.get("locale"), Some(set), "set once");
            }
        }
    }

    #[test]
    fn several_operations_leave_a_resource_that_fits_its_schema(
        before in resource(),
        operations in prop::collection::vec(operation(&["Add", "Replace", "Remove"]), 1..5),
    ) {
        if let Ok(after) = all_patched(&before, &operations) {
            check_schema(&after);
        }
    }

    #[test]
    fn what_is_not_touched_need_not_be_read(
        before in resource(),
        operations in prop::collection::vec(operation(&["Add", "Replace", "Remove"]), 1..5),
    ) {
        prop_assert_eq!(partly_patched(&before, &operations), all_patched(&before, &operations));
    }

    #[test]
    fn a_replace_or_remove_said_again_changes_nothing(before in resource(), operation in operation(&["replace", "remove"])) {
        // A value without path that names an attribute twice is two operations, of which the second
        // undoes the first.
        prop_assume!(!names_an_attribute_twice(&operation));
        if let Ok(after) = patched(&before, &operation) {
            match patched(&after, &operation) {
                Ok(again) => prop_assert_eq!(again, after),
                // What a filter chose may be replaced by what it does not choose; then there is
                // nothing to replace.
                Err(error) => prop_assert_eq!(error.scim_type, Some(ScimType::NoTarget), "{}", error),
            }
        }
    }

    #[test]
    fn an_add_of_a_single_value_said_again_changes_nothing(
        before in resource(),
        path in prop::sample::select(vec!["userName", "displayName", "title", "name.givenName", "active", "externalId", "profileUrl"]),
        value in json(),
    ) {
        let operation = serde_json::json!({"op": "add", "path": path, "value": value});
        if let Ok(after) = patched(&before, &operation) {
            prop_assert_eq!(patched(&after, &operation), Ok(after));
        }
    }
}
