//! Any text as a filter: what is read prints to something that reads back the same, and matches without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scimulator::scim::{Filter, Object};

fuzz_target!(|text: &str| {
    let Ok(filter) = Filter::parse(text) else { return };
    let printed = filter.to_string();
    let again = Filter::parse(&printed).unwrap_or_else(|why| panic!("{printed:?} does not read back: {why}"));
    assert_eq!(filter, again, "{printed:?}");
    let ann = br#"{"userName":"ann","active":true,"name":{"familyName":"Lind"},"emails":[{"type":"work","value":"a@b"}]}"#;
    let ann = Object::parse(ann).expect("a resource");
    assert_eq!(filter.matches(&ann), again.matches(&ann));
});
