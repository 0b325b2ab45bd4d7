//! Any text as an OData filter of Graph: what is tried is in the tests, which try it too.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/it/soak/targets.rs"]
#[allow(dead_code, reason = "each target needs some of it")]
mod targets;

fuzz_target!(|text: &str| {
    targets::odata_filter(text);
});
