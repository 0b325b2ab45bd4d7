//! Any text as an OData filter of Graph: it is read or refused, and what is read is evaluated
//! without a panic, however deep or long it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use scimulator::entra::graph::{Comparing, Filter, Property, Resource};

/// An object with a property of each kind; every other is null.
struct Ann;

impl Resource for Ann {
    fn property(&self, name: &str) -> Option<Property<'_>> {
        Some(match name {
            "a" => Property::owned("Zoë"),
            "b" => Property::Bool(true),
            "t" => Property::owned("2031-03-04T09:20:31Z"),
            "l" => Property::Texts(vec!["x".into(), "y".into()]),
            _ => return None,
        })
    }
}

fuzz_target!(|text: &str| {
    let Ok(filter) = Filter::parse(text) else { return };
    filter.is_advanced();
    filter.values_of("id");
    for path in filter.paths() {
        assert!(!path.is_empty());
    }
    filter.holds(&Ann, Comparing::IgnoringCase);
    filter.holds(&Ann, Comparing::Exactly);
});
