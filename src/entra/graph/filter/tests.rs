//! Filters against one object, and filters that are refused.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Comparing, Filter};

fn object() -> Value {
    json!({
        "id": "7a4f6f0e-1c4c-4b6e-a5a5-2f9d5b1e7c01", "displayName": "Zoë O'Hara", "accountEnabled": true,
        "mail": null, "createdDateTime": "2031-03-04T09:20:31Z", "durationInMilliseconds": 412,
        "proxyAddresses": ["smtp:a@x", "SMTP:b@x"],
        "sourceIdentity": { "id": "7A4F", "details": { "odatatype": "User" } },
        "provisioningStatusInfo": { "status": "failure" },
    })
}

#[test]
fn the_grammar_of_the_sheet_is_read_and_evaluated() {
    for (text, expected) in [
        ("displayName eq 'zoë o''hara'", true),
        ("displayName EQ 'Zoë O''Hara' AND accountEnabled eq true", true),
        ("accountEnabled eq false", false),
        ("mail eq null", true),
        ("id eq 7a4f6f0e-1c4c-4b6e-a5a5-2f9d5b1e7c01", true),
        ("id eq 'x' or id eq '7A4F6F0E-1c4c-4b6e-a5a5-2f9d5b1e7c01'", true),
        ("startsWith(displayName,'Zo')", true),
        ("startswith(displayName, 'Zo') eq true", true),
        ("endsWith(displayName,'hara')", true),
        ("displayName in ('a', 'Zoë O''Hara')", true),
        ("displayName ne 'x'", true),
        ("not(startswith(displayName,'Zo'))", false),
        ("not startswith(displayName,'A')", true),
        ("createdDateTime ge 2031-03-04", true),
        ("createdDateTime ge 2031-03-04T09:20:31Z and createdDateTime lt 2031-03-05", true),
        ("createdDateTime gt 2031-03-04T09:20:31.5Z", false),
        ("durationInMilliseconds gt 400", true),
        ("proxyAddresses/any(p:p eq 'smtp:a@x')", true),
        ("proxyAddresses/any(p:startswith(p,'x500'))", false),
        ("proxyAddresses/any()", true),
        ("contains(tolower(sourceIdentity/id), '7a4')", true),
        ("sourceIdentity/details/odataType eq 'User'", true),
        ("(((provisioningStatusInfo/status eq 'failure')))", true),
        ("a eq null", true),
    ] {
        let filter =
            Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {}", error.message));
        assert_eq!(filter.holds(&object(), Comparing::IgnoringCase), expected, "{text}");
    }
    let exact = Filter::parse("displayName eq 'zoë o''hara'").expect("a filter");
    assert!(!exact.holds(&object(), Comparing::Exactly));
}

#[test]
fn what_cannot_be_read_is_an_invalid_filter_clause() {
    let (deep, long) = ("(".repeat(5_000), format!("a eq '{}'", "x".repeat(9_000)));
    let lower = "tolower(".repeat(500);
    for text in [
        "",
        "eq",
        "a eq",
        "a is 'x'",
        "a eq 'x",
        "a eq 'x' and",
        "(a eq 'x'",
        "a eq 'x')",
        "f(a) eq 'x'",
        "a eq 'x' 'y'",
        "a in ()",
        "a in 'x'",
        "p/any(p eq 'x')",
        "a eq \"x\"",
        "not",
        &deep,
        &long,
        &lower,
    ] {
        let error = Filter::parse(text).expect_err(text);
        assert_eq!((error.status.as_u16(), error.code), (400, "BadRequest"), "{text}");
        assert!(error.message.starts_with("Invalid filter clause: "), "{text}: {}", error.message);
    }
}

#[test]
fn negations_nulls_and_ends_are_advanced() {
    for (text, advanced) in [
        ("displayName eq 'x'", false),
        ("displayName ne 'x'", true),
        ("mail eq null", true),
        ("endswith(mail,'x')", true),
        ("not(startswith(mail,'x'))", true),
        ("startswith(mail,'x') or id in ('1')", false),
    ] {
        assert_eq!(Filter::parse(text).expect(text).is_advanced(), advanced, "{text}");
    }
}

#[test]
fn a_path_has_a_name_between_its_slashes() {
    for text in ["/any(x:x eq 'y')", "a//any()", "a/ eq 'x'", "a//b eq 'x'"] {
        assert!(Filter::parse(text).is_err(), "{text}");
    }
    assert!(Filter::parse("a/b eq 'x' and l/any(x:x eq 'y')").is_ok());
}

#[test]
fn the_values_that_an_index_can_look_up_are_found() {
    let values = |text: &str| {
        let filter = Filter::parse(text).expect(text);
        filter.values_of("id").map(|values| values.join(","))
    };
    assert_eq!(values("id eq '1'").as_deref(), Some("1"));
    assert_eq!(values("id in ('1','2') and a eq 'x'").as_deref(), Some("1,2"));
    assert_eq!(values("id eq '1' or id eq '2'").as_deref(), Some("1,2"));
    assert_eq!(values("id eq '1' or a eq 'x'"), None);
    assert_eq!(values("not(id eq '1')"), None);
}

proptest! {
    /// Any text is read or refused, and what is read can be evaluated.
    #[test]
    fn no_filter_panics(text in "[a-z'(),/: 0-9T:\\-é]{0,40}|(a eq 'b' (and|or) ){0,4}(not )?a eq [0-9]") {
        if let Ok(filter) = Filter::parse(&text) {
            filter.holds(&object(), Comparing::IgnoringCase);
            filter.holds(&object(), Comparing::Exactly);
            filter.paths();
            filter.is_advanced();
        }
    }
}
