//! Filters: what is read, how it is printed back, what is refused, and what meets it.

use proptest::prelude::*;

use super::path::any_path;
use crate::scim::filter::Operator;
use crate::scim::{Filter, Object, Value};

fn check_printed(text: &str, printed: &str) {
    let filter = Filter::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
    assert_eq!(filter.to_string(), printed);
    assert_eq!(Filter::parse(printed), Ok(filter));
}

#[test]
fn filters_print_back_as_they_were_read() {
    // The examples of RFC 7644 3.4.2.2, figures 4 to 20.
    for same in [
        r#"userName eq "bjensen""#,
        r#"name.familyName co "O'Malley""#,
        r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J""#,
        "title pr",
        r#"meta.lastModified gt "2011-05-13T04:42:34Z""#,
        r#"title pr and userType eq "Employee""#,
        r#"title pr or userType eq "Intern""#,
        r#"schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#,
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
        r#"userType eq "Employee" and (emails.type eq "work")"#,
        r#"userType eq "Employee" and emails[type eq "work" and value co "@example.com"]"#,
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
        r#"emails[type eq "work"].value eq "ann@x.example""#,
        r#"a eq 1 or b eq -2.5 and (c eq true or d eq null)"#,
        r#"(a pr and b pr) and c pr"#,
        r#"(a pr or b pr) or c pr"#,
    ] {
        let filter = Filter::parse(same).unwrap_or_else(|why| panic!("{same}: {why}"));
        assert_eq!(filter.to_string().replace(['(', ')'], ""), same.replace(['(', ')'], ""));
        check_printed(&filter.to_string(), &filter.to_string());
    }
    check_printed(r#"USERNAME EQ "x""#, r#"USERNAME eq "x""#);
    check_printed(r#"  ( ( a pr ) )  "#, "a pr");
    check_printed("a pr AND b pr Or c pr", "a pr and b pr or c pr");
    check_printed("userName eq bjensen@example.com", r#"userName eq "bjensen@example.com""#);
    check_printed("a eq True", "a eq true");
    check_printed(r#"a eq "é\u0022\\""#, r#"a eq "é\"\\""#);
    check_printed(r#"emails[type eq "work"] pr"#, r#"emails[type eq "work"]"#);
    check_printed("not(a pr)", "not (a pr)");
    check_printed("not eq 1", "not eq 1");
}

#[test]
fn what_is_missing_at_the_end_is_named() {
    for (bad, why) in [
        ("a pr and", "expected a filter after `and` (at character 9)"),
        ("a pr or ", "expected a filter after `or` (at character 9)"),
        ("a eq 1 and b pr OR", "expected a filter after `or` (at character 19)"),
        ("a pr or b pr and", "expected a filter after `and` (at character 17)"),
        ("(a pr and) or b pr", "expected a filter after `and` (at character 10)"),
        ("emails[type pr or]", "expected a filter after `or` (at character 18)"),
        (r#"emails[type eq "work"] and"#, "expected a filter after `and` (at character 27)"),
        ("not (a pr) and", "expected a filter after `and` (at character 15)"),
        ("a pr andy", "expected the end, `and` or `or` (at character 6)"),
    ] {
        assert_eq!(
            Filter::parse(bad).map_err(|error| error.to_string()),
            Err(why.to_owned()),
            "{bad}"
        );
    }
}

#[test]
fn what_is_no_filter_is_refused_with_its_place() {
    let deep = format!("{}a pr{}", "(".repeat(33), ")".repeat(33));
    let deep_not = "not (".repeat(100_000);
    let deep_brackets = "a[".repeat(100_000);
    for (bad, at) in [
        ("", 0),
        ("userName", 8),
        ("userName eq", 11),
        (r#"userName is "x""#, 9),
        (r#"userName eq "x"#, 12),
        (r#"userName eq "\q""#, 12),
        ("userName eq 'x'", 12),
        (r#"userName eq "x" and"#, 19),
        (r#"userName eq "x" userName"#, 16),
        ("(a pr", 5),
        ("a pr)", 4),
        ("emails[type eq 1", 16),
        ("emails.type[a pr]", 11),
        ("emails[a pr].", 13),
        ("a.b.c pr", 0),
        ("1a pr", 0),
        (":a pr", 0),
        (&deep, 32),
        (&deep_not, 164),
        (&deep_brackets, 65),
    ] {
        match Filter::parse(bad) {
            Err(why) => assert_eq!(why.at, at, "{}: {why}", &bad[..bad.len().min(40)]),
            Ok(filter) => panic!("{bad} was read as {filter}"),
        }
    }
}

fn ann() -> Object {
    Object::parse(
        br#"{"id":"u-1","userName":"Ann@X.example","active":true,"title":"","age":41,"name":{"familyName":"M\u00dcLLER"},
        "emails":[{"type":"work","value":"ann@x.example","primary":true},{"type":"home","value":"a@home.example"}],
        "meta":{"lastModified":"2026-03-02T08:00:00Z"},
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Sales"}}"#,
    )
    .unwrap()
}

#[test]
fn resources_meet_filters() {
    let ann = ann();
    for (filter, expected) in [
        (r#"userName eq "ann@x.EXAMPLE""#, true),
        (r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ann@x.example""#, true),
        (r#"id eq "U-1""#, false),
        (r#"id eq "u-1" and active eq true"#, true),
        (r#"active eq "True""#, true),
        (r#"active ne true"#, false),
        (r#"name.familyName sw "mül""#, true),
        (r#"title pr"#, false),
        (r#"title eq """#, true),
        (r#"nickName pr"#, false),
        (r#"nickName eq null"#, true),
        (r#"nickName ne "x""#, true),
        (r#"age ge 41 and age lt 41.5"#, true),
        (r#"age gt "x""#, false),
        (r#"emails.type eq "home""#, true),
        (r#"emails co "@HOME""#, true),
        (r#"emails[type eq "work" and value co "home"]"#, false),
        (r#"emails[type eq "work"].value ew "x.example""#, true),
        (r#"emails[primary eq "True"].value sw "ann""#, true),
        (r#"emails[type eq "other"].value pr"#, false),
        (r#"not (emails[type eq "other"])"#, true),
        (r#"meta.lastModified gt "2026-03-02T08:30:00+01:00""#, true),
        (r#"meta.lastModified le "2026-03-02T08:00:00.000Z""#, true),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "sales""#,
            true,
        ),
        (r#"userName.x eq "a" or age.y pr"#, false),
    ] {
        assert_eq!(Filter::parse(filter).unwrap().matches(&ann), expected, "{filter}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<String>().prop_map(Value::from),
        "[a-z\"\\\\ ()\\[\\]é]{0,8}".prop_map(Value::from),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        (-1e9..1e9f64)
            .prop_map(|n| serde_json::Number::from_f64(n).map_or(Value::Null, Value::Number)),
        Just(Value::Null),
    ]
}

pub(super) fn any_filter() -> impl Strategy<Value = Filter> {
    let leaf = (any_path(None), 0..Operator::WORDS.len(), any_value(), any::<bool>()).prop_map(
        |(path, operator, value, present)| match present {
            true => Filter::Present(path),
            false => Filter::Compare(path, Operator::WORDS[operator].1, value),
        },
    );
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.clone().prop_map(|filter| Filter::Not(Box::new(filter))),
            (any_path(Some(inner)), any::<bool>()).prop_map(|(path, compared)| match compared {
                true => Filter::Compare(path, Operator::Eq, Value::from("x")),
                false => Filter::Present(path),
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_filter_reads_back_as_it_was_printed(filter in any_filter()) {
        prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-z.:$\"\\\\ ()\\[\\]é0-9]{0,40}") {
        if let Ok(filter) = Filter::parse(&text) {
            prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter.clone()));
            filter.matches(&ann());
        }
    }
}
